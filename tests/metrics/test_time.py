"""Calendars against published ones, and what a period is compared with."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, strategies as st

from profithunt.config import Calendar as Settings
from profithunt.errors import ConfigError
from profithunt.metrics.time import GRAINS, Calendar

D = dt.date.fromisoformat
DAYS = st.dates(dt.date(1995, 1, 1), dt.date(2045, 12, 31))

# National Retail Federation, 4-5-4 calendar (nrf.com/resources/4-5-4-calendar): first and last day of each fiscal year.
NRF_YEARS = {
    2000: ("2000-01-30", "2001-02-03"),
    2006: ("2006-01-29", "2007-02-03"),
    2011: ("2011-01-30", "2012-01-28"),
    2012: ("2012-01-29", "2013-02-02"),
    2013: ("2013-02-03", "2014-02-01"),
    2016: ("2016-01-31", "2017-01-28"),
    2017: ("2017-01-29", "2018-02-03"),
    2018: ("2018-02-04", "2019-02-02"),
    2019: ("2019-02-03", "2020-02-01"),
    2020: ("2020-02-02", "2021-01-30"),
    2021: ("2021-01-31", "2022-01-29"),
    2022: ("2022-01-30", "2023-01-28"),
    2023: ("2023-01-29", "2024-02-03"),
    2024: ("2024-02-04", "2025-02-01"),
    2025: ("2025-02-02", "2026-01-31"),
}
# The same calendar, months of 2022 and of the 53-week year 2023: first days.
NRF_MONTHS = {
    2022: "01-30 02-27 04-03 05-01 05-29 07-03 07-31 08-28 10-02 10-30 11-27 01-01",
    2023: "01-29 02-26 04-02 04-30 05-28 07-02 07-30 08-27 10-01 10-29 11-26 12-31",
}
# Apple Inc., Form 10-K and 10-Q: quarters end on Saturdays, the year on the last Saturday of September; the 53-week
# year 2023 has its additional week in the first quarter.
APPLE_QUARTERS = {
    2022: ("2021-12-25", "2022-03-26", "2022-06-25", "2022-09-24"),
    2023: ("2022-12-31", "2023-04-01", "2023-07-01", "2023-09-30"),
    2024: ("2023-12-30", "2024-03-30", "2024-06-29", "2024-09-28"),
}
# Cisco Systems, Form 10-K: the last Saturday of July; 53 weeks in 2021.
CISCO_ENDS = {2019: "2019-07-27", 2020: "2020-07-25", 2021: "2021-07-31", 2022: "2022-07-30", 2023: "2023-07-29"}


@pytest.fixture
def nrf():
    return Calendar(Settings(kind="4-5-4", anchor="saturday nearest january 31"))


def test_the_years_of_the_national_retail_federation(nrf):
    for name, (start, end) in NRF_YEARS.items():
        year = nrf.period("year", D(start))
        assert (year.start, year.end, year.year) == (D(start), D(end), name)
        assert nrf.period("year", D(end)) == year
    long = {name for name, (start, end) in NRF_YEARS.items() if (D(end) - D(start)).days + 1 == 53 * 7}
    assert long == {2000, 2006, 2012, 2017, 2023}


def test_the_months_of_the_national_retail_federation(nrf):
    for name, starts in NRF_MONTHS.items():
        months = nrf.months_of_year(D(f"{name}-06-15"))
        assert [f"{month.start:%m-%d}" for month in months] == starts.split()
        assert [month.label.split()[0] for month in months] == (
            ["Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan"]
        )
    assert [month.n_days // 7 for month in nrf.months_of_year(D("2023-06-15"))] == [4, 5, 4, 4, 5, 4, 4, 5, 4, 4, 5, 5]
    assert nrf.period("week", D("2024-02-03")).number == 53
    assert nrf.period("month", D("2024-01-31")).label == "Jan 2024"


def test_the_quarters_of_a_published_4_4_5_calendar_with_its_53_week_year():
    apple = Calendar(Settings(kind="4-4-5", anchor="last saturday of september", year_named_by="end", extra_week_in=3))
    for name, ends in APPLE_QUARTERS.items():
        quarters = [apple.period("quarter", D(end)) for end in ends]
        assert [quarter.end for quarter in quarters] == [D(end) for end in ends]
        assert [quarter.label for quarter in quarters] == [f"Q{number} {name}" for number in (1, 2, 3, 4)]
    assert apple.period("quarter", D("2022-12-31")).n_days == 14 * 7


def test_years_that_end_on_the_last_saturday_of_a_month():
    cisco = Calendar(Settings(kind="4-4-5", anchor="Last Saturday of July", year_named_by="end"))
    for name, end in CISCO_ENDS.items():
        assert cisco.period("year", D(end)).end == D(end)
        assert cisco.period("year", D(end)).year == name
    assert cisco.period("year", D("2021-01-01")).n_days == 371


@pytest.mark.parametrize("kind", ["gregorian", "4-4-5", "4-5-4", "5-4-4"])
@given(day=DAYS, month=st.integers(1, 12))
def test_periods_part_time_without_gaps(kind, day, month):
    calendar = Calendar(Settings(kind=kind, year_starts_in=month, extra_week_in=month))
    for grain in GRAINS:
        period = calendar.period(grain, day)
        assert period.holds(day)
        assert calendar.period(grain, period.start) == calendar.period(grain, period.end) == period
        assert calendar.before(period).end == period.start - dt.timedelta(days=1)
    months = calendar.months_of_year(day)
    assert len(months) == 12
    assert sum(item.n_days for item in months) == calendar.period("year", day).n_days


@given(day=DAYS)
def test_weeks_are_those_of_iso_8601(day):
    week = Calendar().period("week", day)
    assert (week.year, week.number) == tuple(day.isocalendar())[:2]
    sunday = Calendar(Settings(week_starts_on="sunday")).period("week", day)
    assert sunday.start.weekday() == 6


@given(day=DAYS)
def test_the_year_before_has_the_same_weekdays_in_weeks_and_the_same_dates_in_months(day):
    calendar = Calendar()
    week = calendar.period("week", day)
    assert calendar.prior_year(week).start == week.start - dt.timedelta(days=364)
    month = calendar.period("month", day)
    before = calendar.prior_year(month)
    assert before == calendar.period("month", before.start)
    to_date = calendar.prior_year(calendar.to_date("year", day))
    assert (to_date.start.month, to_date.start.day) == (1, 1)
    if (day + dt.timedelta(days=1)).month == day.month:
        assert (to_date.end.month, to_date.end.day) == (day.month, day.day)


def test_to_date_at_the_end_of_february_takes_the_whole_of_february():
    calendar = Calendar()
    assert calendar.prior_year(calendar.to_date("month", D("2025-02-28"))).end == D("2024-02-29")
    assert calendar.prior_year(calendar.to_date("month", D("2024-02-29"))).end == D("2023-02-28")
    assert calendar.prior_year(calendar.to_date("month", D("2025-02-27"))).end == D("2024-02-27")


def test_a_retail_year_after_one_of_53_weeks_is_compared_with_the_weeks_364_days_before(nrf):
    month = nrf.period("month", D("2024-02-10"))
    assert month.start == D("2024-02-04")
    assert nrf.prior_year(month).start == D("2023-02-05")


def test_trailing_periods_are_over():
    calendar = Calendar()
    months = calendar.trailing("month", D("2021-09-25"), 12)
    assert [months[0].label, months[-1].label] == ["Sep 2020", "Aug 2021"]
    assert calendar.trailing("month", D("2022-04-30"), 12)[-1].label == "Apr 2022"
    weeks = calendar.weeks_until(D("2021-09-25"), 6)
    assert [week.n_days for week in weeks] == [7] * 6
    assert weeks[-1].end == D("2021-09-25")


def test_fiscal_years_and_quarters_of_a_gregorian_calendar():
    june = Calendar(Settings(year_starts_in=6))
    assert june.to_date("quarter", D("2021-09-25")).start == D("2021-09-01")
    assert june.to_date("year", D("2021-09-25")).start == D("2021-06-01")
    assert june.period("year", D("2021-05-31")).start == D("2020-06-01")


def test_an_anchor_that_is_not_understood_says_how_one_is_written():
    with pytest.raises(ConfigError, match="nearest"):
        Calendar(Settings.model_construct(**{**Settings().model_dump(), "anchor": "some day"}))
