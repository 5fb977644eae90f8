"""What holds for every shop: flows close, cohorts add up to the ledger, parts add up to the profit (METRICS, section 2)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from profithunt.customers.build import PARTS, unassigned
from profithunt.engine import Engine
from profithunt.ledger.reading import totals, whale
from tests.customers.shops import customers_of, shops

pytestmark = pytest.mark.slow

checked = settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def _later(day: dt.date, choices: dict[str, Any]) -> dt.date:
    """First day on which an order of this day makes nobody active any longer."""
    if "active_days" in choices:
        return day + dt.timedelta(days=choices["active_days"])
    years, month = divmod(day.year * 12 + day.month - 1 + choices["active_months"], 12)
    for back in range(4):
        try:
            return dt.date(years, month + 1, day.day - back)
        except ValueError:
            continue
    raise AssertionError(day)


def _order_days(tables: dict[str, Any], zone: str) -> dict[str, set[dt.date]]:
    days: dict[str, set[dt.date]] = {}
    for row in tables["orders"]:
        if row["customer_id"] is not None and row["cancelled_at"] is None:
            local = row["ordered_at"].replace(tzinfo=dt.UTC).astimezone(ZoneInfo(zone)).date()
            days.setdefault(row["customer_id"], set()).add(local)
    return days


def _check_flows(engine: Engine, tables: dict[str, Any], choices: dict[str, Any]) -> None:
    """Against the plain definition, customer by customer and day by day."""
    days = _order_days(tables, choices["shop"]["timezone"])
    rows = [row for row in engine.dicts("SELECT * FROM customer_flows ORDER BY month") if row["month"] is not None]
    through = max(*(max(found) for found in days.values()), max(row["ordered_at"] for row in tables["orders"]).date())

    def active(customer: str, day: dt.date) -> bool:
        return any(o <= day < _later(o, choices["customers"]) for o in days[customer])

    before = 0
    for row in rows:
        assert row["closing"] == row["opening"] + row["new"] + row["reactivated"] - row["lapsed"]
        assert row["opening"] == before
        assert row["opening"] - row["retained"] <= row["lapsed"]
        before = row["closing"]
        first = row["month"]
        if first > through:
            continue
        last = min((first + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1), through)
        yesterday = first - dt.timedelta(days=1)
        was = {customer for customer in days if active(customer, yesterday)}
        now = {customer for customer in days if active(customer, last)}
        new = {customer for customer, found in days.items() if first <= min(found) <= last}
        assert row["closing"] == len(now), first
        assert row["new"] == len(new)
        assert row["retained"] == len(was & now)
        assert row["reactivated"] == len(now - was - new)
        assert row["lapsed"] == len(was - now) + len(new - now)
        assert row["ordering"] == sum(any(first <= day <= last for day in found) for found in days.values())
        # By the day: each day on which a customer stops being active, and each on which one starts again.
        month = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
        turns = [(active(c, day - dt.timedelta(days=1)), active(c, day)) for c in days for day in month]
        assert row["lapsed"] + row["lapsed_and_back"] == turns.count((True, False))
        assert row["new"] + row["reactivated"] + row["lapsed_and_back"] == turns.count((False, True))


def _check_totals(engine: Engine) -> None:
    whole = totals(engine)
    if not engine.value("SELECT COUNT(*) FROM ledger"):
        # Orders without a line: nothing was earned, where the sum over no rows is null.
        whole = dict.fromkeys(whole, Decimal(0))
    flows = engine.dicts(
        "SELECT SUM(net_sales + guest_net_sales) AS s, SUM(cm3 + guest_cm3 + other_cm3) AS p FROM customer_flows"
    )[0]
    assert flows["p"] == whole["cm3"]
    for row in engine.dicts(
        "SELECT dimension, SUM(net_sales) AS net_sales, SUM(cm2) AS cm2, SUM(cm3) AS cm3 FROM cohorts GROUP BY dimension"
    ):
        for name in ("net_sales", "cm2", "cm3"):
            assert row[name] == whole[name], row["dimension"]
    sizes = engine.dicts(
        "SELECT dimension, SUM(n_acquired) AS n, SUM(acquisition_spend) AS spend FROM cohorts WHERE months_since = 0 GROUP BY dimension"
    )
    people = engine.value("SELECT COUNT(*) FROM acquisitions")
    assert {row["n"] for row in sizes} == {people}
    assert len({row["spend"] for row in sizes}) == 1
    assert not engine.value("SELECT COUNT(*) FROM cohorts WHERE n_retained > n_acquired")
    assert not engine.value("SELECT COUNT(*) FROM cohorts WHERE months_since = 0 AND n_retained <> n_acquired")
    doubled = "SELECT COUNT(*) FROM (SELECT 1 FROM cohorts GROUP BY dimension, member, cohort_month, month HAVING COUNT(*) > 1)"
    assert engine.value(doubled) == 0


def _check_explained(engine: Engine) -> None:
    own, gap = "+".join(PARTS), "+".join(f"gap_{part}" for part in PARTS)
    assert not engine.rows(
        f"SELECT * FROM customer_explained WHERE {own} <> cm3 OR {gap} <> gap OR gap <> cm3 - peer_cm3"
    )
    curve = whale(engine)
    lost = engine.rows("SELECT SUM(lost), SUM(n_customers) FROM loss_segments")[0]
    if curve is None:
        assert lost == (None, None)
        return
    assert (lost[0] or 0, lost[1] or 0) == (curve.lost, curve.n_losing)
    assert engine.value("SELECT COUNT(*) FROM customer_explained") == curve.n_customers


@checked
@given(shops())
def test_flows_close_cohorts_and_parts_add_up(shop: tuple[dict[str, Any], dict[str, Any]]) -> None:
    tables, choices = shop
    with customers_of(tables, choices) as engine:
        if not engine.has("customer_flows"):
            assert not _order_days(tables, "UTC")
            return
        _check_flows(engine, tables, choices)
        _check_totals(engine)
        _check_explained(engine)


def test_every_component_belongs_to_one_part() -> None:
    assert unassigned() == set()


def test_what_lapses_in_the_middle_of_a_month_and_comes_back_is_counted_by_the_day_only() -> None:
    days = ["2023-01-10", "2023-02-20", "2023-05-01"]
    tables = {
        "orders": [
            {"order_id": str(n), "ordered_at": dt.datetime.fromisoformat(day), "customer_id": "c"}
            for n, day in enumerate(days)
        ],
        "order_lines": [
            {"order_id": str(n), "line_no": 1, "sku": "A", "quantity": Decimal(1), "unit_price": Decimal(10)}
            for n in range(len(days))
        ],
    }
    with customers_of(tables, {"customers": {"active_months": 1}}) as engine:
        rows = engine.rows(
            "SELECT opening, new, reactivated, lapsed, closing, lapsed_and_back FROM customer_flows ORDER BY month"
        )
    # Active to 9 February, again from the 20th to 19 March, and from 1 May.
    assert rows == [(0, 1, 0, 0, 1, 0), (1, 0, 0, 0, 1, 1), (1, 0, 0, 1, 0, 0), (0, 0, 0, 0, 0, 0), (0, 0, 1, 0, 1, 0)]
