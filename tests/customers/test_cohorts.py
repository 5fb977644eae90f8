"""Cohorts, CAC, payback and explained customers of a shop that can be worked out by hand."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from decimal import Decimal

import pytest

from profithunt.config import ShopConfig
from profithunt.customers import reading
from profithunt.customers.matrix import matrix_of
from profithunt.engine import AnyEngine
from profithunt.errors import NotFound, UsageError
from tests.customers.shops import customers_of
from tests.ledger.shops import line, order

D = Decimal
pytestmark = pytest.mark.slow

JANUARY, FEBRUARY, MARCH = (dt.date(2024, month, 1) for month in (1, 2, 3))
ORDERS = [
    # order, day, customer, channel, price
    ("1", "2024-01-05", "ada", "web", "20"),
    ("2", "2024-01-20", "bob", "web", "20"),
    ("3", "2024-02-03", "ada", "app", "50"),
    ("4", "2024-02-10", "cyd", "app", "20"),
    ("5", "2024-03-09", "bob", "web", "50"),
    ("6", "2024-03-10", None, "web", "30"),
]
PLAN = [
    {"month": JANUARY, "metric": "retained_share", "value": 0.4, "dimension": "months_since", "member": "1"},
    {"month": MARCH, "metric": "contribution_profit", "value": 10.0},
]


@pytest.fixture(scope="module")
def engine() -> Iterator[AnyEngine]:
    moment = dt.datetime.fromisoformat
    tables = {
        "orders": [order(id_, moment(day), customer_id=who, channel=channel) for id_, day, who, channel, _ in ORDERS],
        "order_lines": [line(id_, 1, "A", 1, price, unit_cost="10") for id_, _, _, _, price in ORDERS],
        "ad_spend": [{"spent_on": JANUARY, "channel": "search", "cost": D(60)}],
        "shipments": [
            {"shipment_id": "p", "order_id": "4", "shipping_cost": D(25), "dispatched_at": moment("2024-02-11")}
        ],
    }
    with customers_of(tables, {"customers": {"peers": 1}}) as made:
        yield made


def config(**settings: object) -> ShopConfig:
    return ShopConfig.model_validate({"plan": PLAN, **settings})


def test_what_has_not_happened_is_null_and_what_is_running_is_not_complete(engine: AnyEngine) -> None:
    rows = {(row["cohort_month"], row["months_since"]): row for row in reading.cohorts(engine, config()).dicts()}
    assert {key: row["retained_share"] for key, row in rows.items()} == {
        (JANUARY, 0): 1.0,
        (JANUARY, 1): 0.5,
        (JANUARY, 2): 0.5,
        (FEBRUARY, 0): 1.0,
        (FEBRUARY, 1): 0.0,
        (FEBRUARY, 2): None,
    }
    # The last order is of 10 March: the month is not over.
    assert [rows[key]["complete"] for key in sorted(rows)] == [True, True, False, True, False, None]
    assert rows[(JANUARY, 1)]["planned_retained_share"] == 0.4
    assert rows[(JANUARY, 2)]["planned_retained_share"] is None


def test_acquisition_cost_is_all_spend_of_the_month_that_won_no_old_customer_and_is_paid_back_when_cm2_covers_it(
    engine: AnyEngine,
) -> None:
    rows = {(row["cohort_month"], row["months_since"]): row for row in reading.cohorts(engine, config()).dicts()}
    january = [rows[(JANUARY, since)] for since in range(3)]
    assert january[0]["cac"] == 30.0
    assert [row["cumulative_cm2_per_acquired"] for row in january] == [10.0, 30.0, 50.0]
    assert {row["payback_month"] for row in january} == {1}
    assert rows[(FEBRUARY, 0)]["cac"] == 0.0
    assert rows[(FEBRUARY, 0)]["cm2_per_acquired"] == -15.0
    # Nothing was spent on the cohort of February, but it lost money so far.
    assert rows[(FEBRUARY, 0)]["payback_month"] is None


def test_without_any_spend_the_acquisition_cost_is_not_known() -> None:
    tables = {"orders": [order("1", customer_id="ada")], "order_lines": [line("1", 1, "A", 1, "20", unit_cost="10")]}
    with customers_of(tables) as made:
        (row,) = reading.cohorts(made, config()).dicts()
        assert (row["cac"], row["payback_month"], row["cm2_per_acquired"]) == (None, None, 10.0)


def test_cohorts_of_a_dimension_stand_together_and_only_over_months(engine: AnyEngine) -> None:
    grid = reading.cohorts(engine, config(), "channel")
    found = matrix_of(grid, "retained_share", "channel")
    assert [(row.member, row.n_acquired, [cell.value for cell in row.cells]) for row in found.rows] == [
        ("web", 2, [1.0, 0.5, None]),
        ("app", 1, [1.0, None, None]),
    ]
    upto = matrix_of(grid, "cumulative_cm2_per_acquired", "channel").rows[0]
    assert [cell.value for cell in upto.cells] == [10.0, 30.0, None]
    with pytest.raises(NotFound, match="retained_share"):
        matrix_of(grid, "profit", "channel")
    with pytest.raises(NotFound, match="colour"):
        reading.cohorts(engine, config(), "colour")


def test_each_month_is_stacked_by_cohort_and_what_belongs_to_none(engine: AnyEngine) -> None:
    stack = {(row["month"], row["cohort_month"]): row["cm3"] for row in reading.cohort_stack(engine)}
    assert stack[(FEBRUARY, JANUARY)] == 40
    assert stack[(FEBRUARY, FEBRUARY)] == -15
    assert stack[(MARCH, None)] == 20
    assert stack[(JANUARY, None)] == -60
    assert sum(stack.values()) == engine.value("SELECT SUM(cm3) FROM ledger")


def test_a_loss_is_explained_against_peers_and_its_segment_says_how(engine: AnyEngine) -> None:
    found = reading.customer(engine, "cyd")
    assert (found.cm3, found.place, found.n_customers) == (D(-15), 3, 3)
    assert found.parts == {"basket": 10, "discount": 0, "returns": 0, "delivery": -25, "service": 0, "acquisition": 0}
    # Nobody else ordered once: the peers are ada and bob, who made 50 each and paid nothing for delivery.
    assert (found.peers, found.n_peers, found.peer_cm3, found.gap) == ("all", 2, D(50), D(-65))
    assert found.gaps["delivery"] == -25
    assert sum(value for value in found.gaps.values() if value is not None) == found.gap
    assert found.segment == "delivery"
    assert [(row["segment"], row["n_customers"], row["lost"]) for row in reading.segments(engine)] == [
        ("delivery", 1, D(-15))
    ]
    assert [row["customer_id"] for row in reading.losers(engine, "delivery")] == ["cyd"]
    assert reading.losers(engine, "returns").rows() == []
    with pytest.raises(NotFound, match="nobody"):
        reading.customer(engine, "nobody")


def test_a_plan_of_the_profit_alone_is_compared_and_not_split(engine: AnyEngine) -> None:
    found = reading.plan_variance(engine, config())
    assert [(month.month, month.actual, month.parts) for month in found.months] == [(MARCH, D(60), {"unsplit": D(50)})]
    assert found.complete == ()
    with pytest.raises(UsageError, match="no plan"):
        reading.plan_variance(engine, config(plan=[]))


def test_a_plan_from_the_history_begins_with_the_customers_there_are(engine: AnyEngine) -> None:
    months = reading.proposed_months(engine, config(), months=3)
    assert [month.month for month in months] == [MARCH, dt.date(2024, 4, 1), dt.date(2024, 5, 1)]
    assert months[0].opening == 3
    assert all(later.opening == pytest.approx(before.closing) for before, later in itertools.pairwise(months))


def test_a_shop_without_customers_has_no_customer_tables() -> None:
    tables = {"orders": [order("1")], "order_lines": [line("1", 1, "A", 1, "20")]}
    with customers_of(tables) as made, pytest.raises(NotFound, match="customer key"):
        reading.flows(made)
