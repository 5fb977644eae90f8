"""Customers behind an opportunity: who is listed, for how much, with which least incentive."""

from __future__ import annotations

import pytest

from profithunt.detectors import parse_detector
from profithunt.detectors.cases import AS_OF, Case, attach
from profithunt.engine import Engine
from profithunt.errors import ModelError
from profithunt.opportunities import Ground, Settings, hunt, listed_customers

LISTING = """/* ---
code = "OWN9"
number = 1009
name = "asleep"
level = "sku"
entity = ["sku"]
owner = "crm"
action = "write"
reversible = true
statistic = "sum"
customers = "buyers"
[docs]
why = "They bought once."
value = "What one more order earns."
known_problems = "None."
--- */
WITH buyers AS (
  SELECT sku, customer_id, SUM(cm2) AS expected_profit, 40 AS price, 0.5 AS chance
  FROM ledger
  WHERE in_window AND entry = 'line'
  GROUP BY sku, customer_id
)
SELECT sku, SUM(expected_profit) AS loss, COUNT(*) AS n FROM buyers GROUP BY sku
"""


def _rows(statement_of: str = LISTING) -> list[dict[str, object]]:
    full = {"sku": "S1", "customer_id": "FULL", "list_sales": "40", "cogs": "-10", "times": "12"}
    waits = {"sku": "S1", "customer_id": "WAITS", "list_sales": "40", "promotion": "-8", "cogs": "-10", "times": "12"}
    poor = {"sku": "S1", "customer_id": "POOR", "list_sales": "40", "promotion": "-16", "cogs": "-23.9", "times": "12"}
    case = Case("case", {"ledger": [full, waits, poor]}, [], {})
    detector = parse_detector(statement_of, "own.sql")
    with Engine(threads=1) as engine:
        attach(engine, case)
        found = hunt(engine, [detector], Settings(as_of=AS_OF, minimum_value=0.0))
        assert not found.failed
        ground = Ground(engine, Settings(as_of=AS_OF))
        with listed_customers(ground, ground.tuned([detector]), found.opportunities) as statement:
            assert statement is not None
            rows = engine.dicts(statement)
    assert {row["id"] for row in rows} == {item.id for item in found}
    return rows


def test_least_incentive_by_habit():
    rows = {row["customer_id"]: row for row in _rows()}
    assert rows["FULL"]["incentive"] == 0
    # 12 lines at 20 % off, held against the shop's mean of its discounted lines (30 % of 24) as if of four more.
    assert float(rows["WAITS"]["incentive_share"]) == pytest.approx(0.25)
    assert float(rows["WAITS"]["incentive"]) == pytest.approx(10.0)
    assert float(rows["WAITS"]["net_profit"]) == pytest.approx(float(rows["WAITS"]["expected_profit"]) - 0.5 * 10)
    # An incentive that costs more than the order earns is none: this customer is not listed.
    assert "POOR" not in rows
    assert [row["place"] for row in sorted(rows.values(), key=lambda row: -float(row["net_profit"]))] == [1, 2]


def test_a_step_that_is_not_there_is_told():
    with pytest.raises(ModelError, match=r"customers is 'nobody'.*buyers"):
        _rows(LISTING.replace('customers = "buyers"', 'customers = "nobody"'))
