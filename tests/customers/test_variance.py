"""The split of a difference from plan: exact whatever the figures, and right where it can be worked out by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, localcontext

from hypothesis import given, settings, strategies as st

from profithunt.customers.plan import DRIVERS, Figure, Month, compare, planned_months
from profithunt.customers.variance import PRECISION, log_mean, product, split, to_units

D = Decimal
MONTH = dt.date(2024, 1, 1)

count = st.one_of(st.just(0), st.integers(0, 20), st.integers(0, 10**9)).map(D)
ratio = st.one_of(
    st.none(), st.just(D(0)), st.decimals("-5", "5", places=6), st.decimals("-99999999999", "99999999999", places=4)
)
amount = st.one_of(st.just(D(0)), st.decimals("-99999999999999", "99999999999999", places=4))


@st.composite
def months(draw: st.DrawFn) -> Month:
    return Month(
        MONTH, draw(count), draw(count), draw(count), draw(count), draw(ratio), draw(ratio), draw(ratio),
        draw(amount), draw(amount), draw(amount),
    )  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(months(), months())
def test_parts_add_up_to_the_cent_whatever_the_figures(actual: Month, planned: Month) -> None:
    found = compare(actual, planned)
    with localcontext(prec=PRECISION):  # parts may be far larger than their sum
        assert sum(found.parts.values()) == found.variance == actual.profit - planned.profit
    assert set(found.parts) == set(DRIVERS)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(ratio, ratio), min_size=1, max_size=5))
def test_the_parts_of_a_product_add_up_to_its_change(pairs: list[tuple[Decimal | None, Decimal | None]]) -> None:
    found = split([old for old, _ in pairs], [new for _, new in pairs])
    with localcontext(prec=PRECISION):
        change = product(found.after) - product(found.before)
        scale = max(*map(abs, found.parts), abs(change), D(1))
        assert abs(sum(found.parts) - change) <= scale * D("1e-60")
    for (old, new), part in zip(pairs, found.parts, strict=True):
        if old == new or old is None or new is None:
            assert part == 0


@given(amount, amount, st.lists(amount, min_size=1, max_size=9))
def test_rounding_loses_nothing(total: Decimal, more: Decimal, parts: list[Decimal]) -> None:
    rough = [part / 3 for part in parts]
    assert sum(to_units(rough, total)) == total


def test_one_driver_alone_takes_it_all_and_two_share_it_by_their_logarithms() -> None:
    plan = Month(MONTH, D(100), D(10), D(0), D(10), D(2), D(50), D("0.1"), D(0), D(0), D(1000))
    worse = Month(MONTH, D(100), D(10), D(0), D(10), D(2), D(50), D("0.05"), D(0), D(0), D(500))
    assert {name: part for name, part in compare(worse, plan).parts.items() if part} == {"margin": D(-500)}
    both = Month(MONTH, D(100), D(10), D(0), D(10), D(4), D(25), D("0.1"), D(0), D(0), D(1000))
    parts = compare(both, plan).parts
    assert parts["orders_per_customer"] == -parts["net_sales_per_order"] == D("693.1472")
    # 100 instead of 10 new customers: each is worth what the logarithmic mean of customers says.
    more = Month(MONTH, D(100), D(100), D(0), D(10), D(2), D(50), D("0.1"), D(0), D(0), D(1900))
    assert compare(more, plan).parts["new_customers"] == D(900)


def test_a_zero_or_a_change_of_sign_is_split_by_shapley_values() -> None:
    plan = Month(MONTH, D(10), D(0), D(0), D(0), D(1), D(100), D("0.2"), D(0), D(0), D(200))
    loss = Month(MONTH, D(10), D(0), D(0), D(0), D(1), D(200), D("-0.1"), D(0), D(0), D(-200))
    found = compare(loss, plan)
    assert found.method == "shapley"
    # By hand: margin −0.3 × 10 × (100 + 200) ÷ 2; basket 100 × 10 × (0.2 − 0.1) ÷ 2.
    assert (found.parts["margin"], found.parts["net_sales_per_order"]) == (D(-450), D(50))
    none = Month(MONTH, D(10), D(0), D(0), D(10), None, None, None, D(0), D(0), D(0))
    assert {name: part for name, part in compare(none, plan).parts.items() if part} == {"lapsed_customers": D(-200)}


def test_profit_without_sales_is_not_put_on_a_driver() -> None:
    plan = Month(MONTH, D(10), D(0), D(0), D(0), D(1), D(100), D("0.2"), D(0), D(0), D(200))
    costs = Month(MONTH, D(10), D(0), D(0), D(0), D(0), None, None, D(5), D(-30), D(-32))
    parts = compare(costs, plan).parts
    assert parts["orders_per_customer"] == D(-200)
    assert (parts["guests"], parts["other"]) == (D(5), D(-37))


def test_a_plan_rolls_its_customers_forward_and_begins_with_those_there_are() -> None:
    metrics = {
        "new_customers": 20,
        "retention_rate": 0.9,
        "orders_per_customer": 1,
        "net_sales_per_order": 50,
        "margin": 0.2,
    }
    figures = [
        Figure(dt.date(2024, month, 1), metric, value) for month in (2, 3) for metric, value in metrics.items()
    ] + [Figure(dt.date(2024, 4, 1), "contribution_profit", 1000.0), Figure(dt.date(2024, 5, 1), "margin", 0.2)]
    found = planned_months(figures, {dt.date(2024, 1, 1): 100})
    february, march = found[dt.date(2024, 2, 1)], found[dt.date(2024, 3, 1)]
    assert isinstance(february, Month)
    assert isinstance(march, Month)
    assert (february.opening, february.closing, february.profit) == (100, 110, 1100)
    assert (march.opening, march.closing, march.profit) == (110, 119, 1190)
    assert found[dt.date(2024, 4, 1)] == D(1000)
    assert dt.date(2024, 5, 1) not in found


def test_the_logarithmic_mean_lies_between_and_meets_its_limit() -> None:
    assert log_mean(D(5), D(5)) == 5
    assert 5 < log_mean(D(5), D("5.0000000000000000000001")) < D("5.0000000000000000000001")
