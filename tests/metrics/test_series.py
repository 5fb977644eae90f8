"""Periods are sums of days, rates are divided after summing, and a missing day is no zero."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from profithunt.config import Calendar as Settings
from profithunt.metrics.control import signals, xmr
from profithunt.metrics.series import (
    Composed,
    Coverage,
    Daily,
    change,
    difference,
    month_before,
    week_before,
    year_before,
)
from profithunt.metrics.time import Calendar

FIRST = dt.date(2020, 1, 1)
AMOUNTS = st.decimals(-1000, 1000, places=4)
COUNTS = st.integers(0, 500).map(Decimal)


def day(at):
    return FIRST + dt.timedelta(days=at)


@st.composite
def two_years(draw):
    """Numerators and denominators of days, some of them absent."""
    days = draw(st.lists(st.integers(0, 730), unique=True, min_size=1, max_size=120))
    tops = {day(at): draw(AMOUNTS) for at in days}
    bottoms = {day(at): draw(COUNTS) for at in days}
    return tops, bottoms


@given(
    data=two_years(),
    kind=st.sampled_from(["gregorian", "4-4-5", "4-5-4", "5-4-4"]),
    grain=st.sampled_from(["day", "week", "month", "quarter", "year"]),
    at=st.integers(0, 730),
)
def test_a_rate_over_any_period_is_the_sum_of_numerators_over_the_sum_of_denominators(data, kind, grain, at):
    tops, bottoms = data
    coverage = Coverage(min(tops), max(tops))
    rate = Daily("ratio", tops, bottoms, coverage, scale=100)
    total = Daily("sum", tops, None, coverage)
    period = Calendar(Settings(kind=kind)).period(grain, day(at))
    top = sum((value for on, value in tops.items() if period.holds(on)), Decimal(0))
    bottom = sum((value for on, value in bottoms.items() if period.holds(on)), Decimal(0))
    point = rate.over(period.start, period.end)
    if any(period.holds(on) for on in tops):
        assert (point.numerator, point.denominator) == (top, bottom)
        assert total.over(period.start, period.end).value == top
        assert rate.over_days(list(period.days())) == (float(top) / float(bottom) * 100 if bottom else None)
    if bottom:
        assert point.value == float(top) / float(bottom) * 100
    else:
        assert point.value is None


@given(data=two_years(), cut=st.integers(1, 700))
def test_parts_of_a_period_add_up_to_it(data, cut):
    tops, _ = data
    whole = Daily("sum", tops, None, Coverage(FIRST, day(731)))
    parts = [whole.over(FIRST, day(cut - 1)).value, whole.over(day(cut), day(731)).value]
    assert sum(part for part in parts if part is not None) == whole.over(FIRST, day(731)).value


def test_a_busy_day_without_rows_is_missing_and_a_quiet_one_is_a_zero():
    busy = {day(at): 200 for at in range(60) if at not in (17, 18) and day(at).weekday() != 6}
    covered = Coverage.of_rows(busy, day(65), closed=[day(18)])
    assert not covered.known(day(17))
    assert covered.known(day(18)), "the shop was closed"
    assert all(covered.known(day(at)) for at in range(60) if day(at).weekday() == 6), "it never trades on Sundays"
    assert not covered.known(day(62)), "the data ends before the day that it should be complete to"
    quiet = Coverage.of_rows({day(at): 1 for at in range(0, 60, 3)}, day(60))
    assert all(quiet.known(day(at)) for at in range(60))
    assert not quiet.known(day(-1))


def test_a_figure_written_once_a_week_is_not_missing_on_other_days():
    weekly = Coverage.of_cells([day(at) for at in range(0, 70, 7)], day(70))
    assert weekly.n_unknown(day(0), day(63)) == 0
    assert not weekly.known(day(70))
    gap = Coverage.of_cells([day(at) for at in range(70) if at != 30], day(69))
    assert gap.n_unknown(day(28), day(34)) == 1


def test_nothing_known_is_no_zero_and_nothing_sold_is_one():
    tops = {day(0): Decimal(3), day(20): Decimal(4)}
    shop = Daily("sum", tops, None, Coverage(day(0), day(27)))
    assert shop.over(day(7), day(13)).value == 0
    assert shop.over(day(28), day(34)).value is None
    cells = Daily("sum", tops, None, Coverage(day(0), day(27)), empty_is_zero=False)
    assert cells.over(day(7), day(13)).value is None


def test_periods_with_missing_days_are_compared_on_the_days_known_in_both():
    calendar = Calendar()
    tops = {day(at): Decimal(10 if at < 366 else 20) for at in range(700)}
    for at in (369, 370):
        del tops[day(at)]
    covered = Coverage(day(0), day(699), {day(369), day(370)})
    measure = Daily("sum", tops, None, covered)
    january = calendar.period("month", day(366))
    found = change(measure, january, year_before(calendar, january))
    assert found.value == pytest.approx(1.0)
    assert found.n_left_out == 2
    assert not measure.over(january.start, january.end).complete
    short = Daily(
        "sum", {on: value for on, value in tops.items() if on >= day(380)}, None, Coverage(day(380), day(699))
    )
    assert change(short, january, year_before(calendar, january)).value is None


def test_weeks_compare_with_the_week_and_with_364_days_before():
    tops = {day(at): Decimal(at) for at in range(800)}
    measure = Daily("sum", tops, None, Coverage(day(0), day(799)))
    week = Calendar().period("week", day(600))
    now = sum(tops[on] for on in week.days())
    before = sum(tops[on - dt.timedelta(days=364)] for on in week.days())
    assert change(measure, week, year_before(Calendar(), week)).value == pytest.approx(float(now / before - 1))
    assert change(measure, week, week_before(week)).value == pytest.approx(float(now / (now - 49) - 1))
    month = Calendar().period("month", day(600))
    assert change(measure, month, month_before(Calendar(), month)).value is not None


def test_rates_compare_in_basis_points_and_a_loss_is_no_base_for_per_cent():
    assert difference(0.12, 0.1, "bps") == pytest.approx(200)
    assert difference(Decimal(3), Decimal(-1), "percent") is None
    assert difference(Decimal(3), Decimal(0), "percent") is None
    assert difference(None, 0.1, "bps") is None


@pytest.mark.parametrize(("operation", "wanted"), [("sum", 40), ("difference", 20), ("product", 300), ("divide", 3.0)])
def test_functions_put_together_what_was_summed_first(operation, wanted):
    covered = Coverage(day(0), day(1))
    one = Daily("sum", {day(0): Decimal(10), day(1): Decimal(20)}, None, covered)
    two = Daily("sum", {day(0): Decimal(4), day(1): Decimal(6)}, None, covered)
    assert Composed(operation, [one, two]).over(day(0), day(1)).value == wanted
    assert Composed("divide", [one, Daily("sum", {}, None, covered)]).over(day(0), day(1)).value is None


def test_levels_take_the_last_day_and_extremes_their_end():
    tops = {day(at): Decimal(at % 5) for at in range(7)}
    covered = Coverage(day(0), day(6))
    values = [Daily(kind, tops, None, covered).over(day(0), day(6)).value for kind in ("last", "min", "max")]
    assert values == [1, 0, 4]


@given(st.lists(st.floats(0, 1e6), min_size=8, max_size=60))
def test_limits_are_the_mean_and_2_66_mean_moving_ranges(values):
    limits = xmr(values)
    moving = sum(abs(b - a) for a, b in itertools.pairwise(values)) / (len(values) - 1)
    assert limits.centre == pytest.approx(math.fsum(values) / len(values))
    assert limits.upper - limits.centre == pytest.approx(2.66 * moving)
    assert limits.centre - limits.lower == pytest.approx(2.66 * moving)
    assert xmr(values, low=0.0).lower >= 0
    assert xmr(values[:7]) is None


def test_eight_in_a_row_on_one_side_are_a_signal_and_a_gap_ends_the_run():
    limits = xmr([9.0, 11.0] * 10)
    assert [(signal.at, signal.rule, signal.side) for signal in signals([10.5] * 9, limits)] == [
        (7, "run", "above"),
        (8, "run", "above"),
    ]
    assert signals([10.5] * 7 + [None] + [10.5] * 7, limits) == []
    assert signals([10.5] * 7 + [9.5] * 7, limits) == []
    assert [signal.rule for signal in signals([100.0], limits)] == ["limit"]
    assert signals([10.0] * 20, limits) == [], "on the mean is on neither side"
