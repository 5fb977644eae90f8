"""The planner against worlds in which the year ahead is known."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from profithunt.customers.build import add_months
from profithunt.customers.plan import Month, planned_months
from profithunt.customers.planner import Recency, carry, hazards, propose, seasons, usual

START = dt.date(2021, 1, 1)


def flow(month: dt.date, **fields: Any) -> dict[str, Any]:
    row = {
        "month": month, "complete": True, "opening": 0, "new": 0, "reactivated": 0, "lapsed": 0, "closing": 0,
        "ordering": 0, "orders": 0, "net_sales": Decimal(0), "cm3": Decimal(0), "guest_orders": 0,
        "guest_net_sales": Decimal(0), "guest_cm3": Decimal(0), "other_cm3": Decimal(0),
    }  # fmt: skip
    return {**row, **fields}


def test_customers_who_order_with_one_chance_each_month_are_carried_as_it_says() -> None:
    # 1,000 customers of each silence, each ordering with 0.5; a window of two months.
    recency = [Recency(silent, 1000, 100_000, 50_000) for silent in range(4)]
    assert hazards(recency, 3) == pytest.approx([0.5] * 4, rel=0.02)
    first, second = carry(recency, 2, [100, 100], [1.0, 1.0])
    assert (first.opening, round(first.lapsed), round(first.reactivated)) == (2000, 500, 1000)
    assert first.closing == pytest.approx(2000 + 100 + 1000 - 500, rel=0.01)
    assert second.opening == pytest.approx(first.closing)
    assert first.ordering == pytest.approx(100 + 0.5 * 4000, rel=0.01)


@pytest.mark.parametrize("n_months", [1, 2, 7, 12, 13, 30])
def test_identities_hold_in_every_proposed_month_however_short_the_history(n_months: int) -> None:
    flows = [
        flow(
            add_months(START, n), new=40 if n else 900, ordering=400, orders=500, net_sales=Decimal(25_000),
            cm3=Decimal(5000), closing=1000, guest_orders=20, guest_net_sales=Decimal(800), guest_cm3=Decimal(100),
            other_cm3=Decimal(-300),
        )
        for n in range(n_months)
    ]  # fmt: skip
    recency = [Recency(silent, 1000 // (silent + 1), 500, 200) for silent in range(n_months)]
    figures = propose(flows, recency, [], window_months=12, months=12)
    months = planned_months(figures, {})
    assert len(months) == 12
    for month in months.values():
        assert isinstance(month, Month)
        assert month.closing >= 0
        assert 0 <= month.lapsed <= month.opening + Decimal("0.01")
        assert month.net_sales_per_order == 50
        assert month.margin == Decimal("0.2")
        assert month.guests == pytest.approx(Decimal(100), rel=Decimal("0.2"))
        assert month.other == -300


def test_a_season_is_found_where_there_are_years_and_not_guessed_where_there_are_none() -> None:
    def sold(n: int) -> float:
        month = add_months(START, n).month
        return 1000 * 1.01**n * (2.0 if month == 12 else 1.0)

    year = [(add_months(START, n), sold(n)) for n in range(12)]
    assert set(seasons(year).values()) == {1.0}
    years = [(add_months(START, n), sold(n)) for n in range(48)]
    index = seasons(years)
    assert sum(index.values()) == pytest.approx(12)
    assert 1.6 < index[12] / index[6] < 2.0
    assert index[3] == pytest.approx(index[9], rel=0.05)


def test_customers_that_only_look_new_where_data_begin_do_not_make_the_plan() -> None:
    seen = [1900, 185, 113, 47, 45, 21, 21, 16, 16, 6, 11, 6]
    level = usual([(add_months(START, n), new) for n, new in enumerate(seen[1:])], dict.fromkeys(range(1, 13), 1.0))
    assert 6 < level < 16


def test_without_a_complete_month_nothing_is_proposed() -> None:
    assert propose([flow(START, complete=False, new=5)], [], [], window_months=12) == []
