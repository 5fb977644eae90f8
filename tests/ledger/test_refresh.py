"""A run built from an earlier one holds what a full run holds: every table, every row, whatever changed between."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from profithunt.config import ShopConfig
from profithunt.engine import Engine, refresh, values_query
from profithunt.engine.runner import Built, Earlier
from profithunt.ledger.build import build_ledger
from profithunt.schema import TABLES
from tests.ledger.shops import NOON, Tables, line, order
from tests.ledger.test_properties import shops

SMALL = {"runs": {"sort_rows_max": 0}, "limits": {"part_lines": 9}}


class Runs:
    """Runs of one shop, each in a folder of its own, built from the one before or in full."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.number = 0
        self.earlier: Earlier | None = None
        self.built: dict[str, Built] = {}

    def run(self, tables: Tables, choices: Mapping[str, Any], *, full: bool = False) -> dict[str, list[str]]:
        """The rows of every table of a run, as text in an order of their own."""
        self.number += 1
        out = self.folder / str(self.number) / "tables"
        out.mkdir(parents=True)
        with Engine(threads=1, temp_dir=self.folder) as engine:
            fingerprints = {name: f"no {name}" for name in TABLES}
            for name, rows in tables.items():
                columns = {column.name: column.type for column in TABLES[name].columns.values()}
                given_rows = [tuple(row.get(column) for column in columns) for row in rows]
                engine.write_parquet(values_query(columns, given_rows), out / f"{name}.parquet")
                engine.attach_parquet(name, out / f"{name}.parquet")
                fingerprints[name] = repr(sorted(map(repr, given_rows)))
            config = ShopConfig.model_validate({**choices, **SMALL})
            built = build_ledger(engine, config, out, fingerprints=fingerprints, earlier=None if full else self.earlier)
            result = {
                item.name: sorted(str(row) for row in engine.rows(f"SELECT * FROM {item.name}"))
                for item in built
                if not item.name.endswith("_cells")
            }
        if not full:
            statements = {item.name: item.statement for item in built}
            self.earlier = Earlier(out, fingerprints, statements)
        self.built = {item.name: item for item in built}
        return result


def assert_same(have: dict[str, list[str]], want: dict[str, list[str]], built: dict[str, Built]) -> None:
    for name, rows in want.items():
        assert have[name] == rows, (name, built[name].refreshed, built[name].why)


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runs:
    monkeypatch.setattr(refresh, "MOST", 9.0)
    return Runs(tmp_path)


def _two_months() -> dict[str, list[dict[str, Any]]]:
    """Forty orders of eight customers, one a day, with a parcel each, some returns, touches and spend."""
    start = dt.datetime(2024, 1, 20, 12)
    at = [start + dt.timedelta(days=n) for n in range(40)]
    spend = [("search", 0), ("search", 1), ("mail", 5), ("search", 20)]
    return {
        "products": [{"sku": "A", "category": "x", "unit_cost": Decimal(3)}, {"sku": "B", "category": "x"}],
        "orders": [order(f"o{n:02}", at[n], customer_id=f"c{n % 8}", channel="web") for n in range(40)],
        "order_lines": [
            line(f"o{n:02}", place, sku, 2, "9.99") for n in range(40) for place, sku in ((1, "A"), (2, "B"))
        ],
        "shipments": [
            {"shipment_id": f"p{n:02}", "order_id": f"o{n:02}", "carrier": "DHL", "dispatched_at": at[n]}
            for n in range(40)
        ],
        "returns": [
            {"return_id": f"r{n}", "order_id": f"o{n:02}", "line_no": 1, "sku": "A", "returned_at": at[n + 2]}
            for n in range(0, 30, 7)
        ],
        "contacts": [],
        "touches": [
            {
                "touch_id": f"t{n:02}",
                "touched_at": at[n] - dt.timedelta(hours=5),
                "customer_id": f"c{n % 8}",
                "visitor_id": f"v{n % 8}",
                "channel": "search",
            }
            for n in range(0, 40, 3)
        ],
        "ad_spend": [
            {"spent_on": (start + dt.timedelta(days=n)).date(), "channel": channel, "cost": Decimal("12.34")}
            for channel, n in spend
        ],
        "cost_rates": [{"kind": "pick", "rate": 0.5}, {"kind": "parcel", "rate": 4.0}],
    }


LATE = dt.datetime(2024, 2, 28, 12)
NIGHTS: dict[str, dict[str, list[dict[str, Any]]]] = {
    "an order": {"orders": [order("o98", LATE, customer_id="c1")], "order_lines": [line("o98", 1, "A", 1, "5")]},
    "a late return": {"returns": [{"return_id": "r99", "order_id": "o01", "line_no": 2, "returned_at": LATE}]},
    "a return without an order": {
        "returns": [{"return_id": "r98", "customer_id": "c3", "sku": "A", "returned_at": LATE}]
    },
    "a contact": {"contacts": [{"contact_id": "k1", "order_id": "o05", "contacted_at": LATE, "cost": Decimal(3)}]},
    "a second parcel": {"shipments": [{"shipment_id": "p99", "order_id": "o02", "billed_cost": Decimal(9)}]},
    "spend of a closed month": {
        "ad_spend": [{"spent_on": dt.date(2024, 1, 25), "channel": "search", "cost": Decimal(7)}]
    },
    "a touch before an order": {
        "touches": [{"touch_id": "t99", "touched_at": NOON, "visitor_id": "v3", "channel": "mail", "cost": Decimal(2)}]
    },
    "a backdated rate": {"cost_rates": [{"kind": "pick", "rate": 0.9, "starts_on": dt.date(2024, 2, 20)}]},
    "an earlier first order": {"orders": [order("o97", dt.datetime(2024, 1, 1), customer_id="c6")]},
    "a cost": {"order_lines": [line("o39", 3, "B", 1, "5", unit_cost="2")]},
}


@pytest.mark.slow
def test_night_after_night_equals_a_full_run(runs: Runs) -> None:
    """Each night brings something else; what it concerns is refreshed, not more, and all is as in a full run."""
    tables = _two_months()
    choices = {"shop": {"as_of": "2024-02-29"}, "returns": {"window_days": 20}}
    runs.run(tables, choices)
    for news, more in NIGHTS.items():
        tables = {name: [*rows, *more.get(name, [])] for name, rows in tables.items()}
        have = runs.run(tables, choices)
        built = runs.built
        assert built["ledger"].why is None, news
        # The newest cost of a SKU restates all its lines; anything else concerns some orders.
        assert built["ledger"].refreshed is None or built["ledger"].refreshed < 40 or news == "a cost"
        assert_same(have, runs.run(tables, choices, full=True), built)


@st.composite
def days(draw: st.DrawFn) -> tuple[list[dict[str, list[dict[str, Any]]]], dict[str, Any]]:
    """A shop on several days: each day rows come, go, or say something else than the day before."""
    last, choices = draw(shops())
    random = draw(st.randoms(use_true_random=False))
    versions = [last]
    for _ in range(draw(st.integers(1, 2))):
        after = versions[0]
        before: dict[str, list[dict[str, Any]]] = {}
        for name, rows in after.items():
            kept = [row for row in rows if random.random() > 0.15]
            for row in kept:
                if random.random() < 0.1:
                    _change(random, name, row, after)
            before[name] = [dict(row) for row in kept]
        ids = {row["order_id"] for row in before["orders"]}
        before["order_lines"] = [row for row in before["order_lines"] if row["order_id"] in ids]
        versions.insert(0, before)
    return versions, choices


def _change(random: Any, table: str, row: dict[str, Any], tables: dict[str, list[dict[str, Any]]]) -> None:
    """Another value in one column that is no key, as another row has it."""
    columns = sorted(name for name in row if name not in TABLES[table].key)
    if columns:
        name = random.choice(columns)
        row[name] = random.choice(tables[table]).get(name)


@pytest.mark.slow
@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(days())
def test_day_after_day_equals_a_full_run(
    case: tuple[list[dict[str, list[dict[str, Any]]]], dict[str, Any]],
) -> None:
    versions, choices = case
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(refresh, "MOST", 9.0)
        runs = Runs(Path(stack.enter_context(TemporaryDirectory())))
        for tables in versions:
            have = runs.run(tables, choices)
        built = runs.built
        assert_same(have, runs.run(versions[-1], choices, full=True), built)
