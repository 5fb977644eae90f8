"""What the detectors of customers and marketing leave alone, and what a shop may tell them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from profithunt.detectors import FOLDER, read_detector
from profithunt.detectors.cases import AS_OF, Case, attach, read_case
from profithunt.engine import Engine
from profithunt.opportunities import Hunt, Settings, hunt


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(threads=1) as opened:
        yield opened


def _case(name: str, **tables: list[dict[str, Any]] | None) -> Case:
    """The case of a detector with other rows in some tables, or without them."""
    case = read_case(FOLDER / f"{name}.md")
    rows = {**case.tables, **{table: given for table, given in tables.items() if given is not None}}
    for table, given in tables.items():
        if given is None:
            rows.pop(table)
    return Case(case.title, rows, case.found, case.thresholds)


def _hunt(engine: Engine, name: str, case: Case, thresholds: Mapping[str, float | str] | None = None) -> Hunt:
    attach(engine, case)
    tuned = {name: {**case.thresholds, **(thresholds or {})}}
    found = hunt(engine, [read_detector(FOLDER / f"{name}.sql")], Settings(as_of=AS_OF, thresholds=tuned))
    assert not found.failed
    return found


def _changed(name: str, table: str, **cells: str) -> list[dict[str, Any]]:
    return [{**row, **cells} for row in read_case(FOLDER / f"{name}.md").tables[table]]


@pytest.mark.parametrize(
    ("name", "table", "wakes"),
    [
        ("next_high_value_action", "customer_actions", "effects of actions"),
        ("overstock_meets_buyer", "affinity", "affinity"),
        ("valuable_lapsing", "customer_clv", "forecast of customers"),
        ("paid_clicks_to_nothing", "stock", "stock"),
    ],
)
def test_sleeps_without_what_it_reads_and_says_so(engine: Engine, name: str, table: str, wakes: str):
    found = _hunt(engine, name, _case(name, **{table: None}))
    assert not list(found)
    (asleep,) = found.sleeping
    assert wakes in asleep.wakes


def test_own_names_are_those_that_the_shop_says(engine: Engine):
    name = "brand_cannibalisation"
    plain = _changed(name, "ad_spend", campaign="all")
    assert not list(_hunt(engine, name, _case(name, ad_spend=plain)))
    found = _hunt(engine, name, _case(name, ad_spend=plain), {"brand_terms": "Lindenhof | other"})
    assert [item.entity["keyword"] for item in found] == ["lindenhof"]


def test_a_click_is_not_dead_where_the_visitor_ordered(engine: Engine):
    name = "paid_clicks_to_nothing"
    tables = read_case(FOLDER / f"{name}.md").tables
    clicks = [{**row, "session_id": row["touch_id"]} for row in tables["touches"] if row["keyword"] == "red boots"]
    orders = [
        {"order_id": row["touch_id"], "session_id": row["touch_id"], "ordered_on": row["touched_at"]} for row in clicks
    ]
    case = _case(name, touches=clicks, orders=orders)
    assert not list(_hunt(engine, name, case))


def test_a_promotion_that_sells_twice_as_much_pays_and_one_without_end_is_not_judged(engine: Engine):
    name = "promotion_that_adds_nothing"
    tables = read_case(FOLDER / f"{name}.md").tables
    more = [{**row, "times": "112"} if row.get("promo_id") == "TWENTY" else dict(row) for row in tables["ledger"]]
    assert not list(_hunt(engine, name, _case(name, ledger=more)))
    endless = [{**row, "ends_at": "2025-06-30", "starts_at": "2024-01-01"} for row in tables["promotions"]]
    assert not list(_hunt(engine, name, _case(name, promotions=endless)))


def test_a_customer_who_never_paid_full_price_may_need_the_discount(engine: Engine):
    name = "discount_only_buyer"
    tables = read_case(FOLDER / f"{name}.md").tables
    before = [
        {**row, "customer_id": "C98", "discounted": "true", "promotion": "-10"}
        if row["ordered_on"].startswith("-727")
        else dict(row)
        for row in tables["ledger"]
    ]
    usual = {item.entity["customer_id"]: item.value for item in _hunt(engine, name, _case(name))}
    found = {item.entity["customer_id"]: item.value for item in _hunt(engine, name, _case(name, ledger=before))}
    assert found.get("C98", 0) < 0.2 * usual["C98"]
    assert found["C99"] == pytest.approx(usual["C99"], rel=0.05)


def test_a_cohort_whose_customers_come_back_earns_its_discount(engine: Engine):
    name = "discount_acquired_cohort"
    tables = read_case(FOLDER / f"{name}.md").tables
    back = {
        "order_id": "Z01..Z60", "customer_id": "D01..D60", "ordered_on": "2024-09-10", "list_sales": "50",
        "cogs": "-35", "is_new_customer_order": "false",
    }  # fmt: skip
    assert not list(_hunt(engine, name, _case(name, ledger=[*tables["ledger"], back])))
