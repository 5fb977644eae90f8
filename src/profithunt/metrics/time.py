"""Periods of a shop's calendar: days, weeks, months, quarters, fiscal years, and what each is compared with.

Two kinds of calendar. *Gregorian*: months as everybody knows them, a fiscal year that may start in any month, weeks
from any weekday (a week belongs to the year that holds four of its days, the ISO rule). *Retail*: a year of 52 or 53
whole weeks that ends on the weekday nearest to a date, or on the last such weekday of a month; its quarters of 13
weeks are split 4-4-5, 4-5-4 or 5-4-4, and the week of a 53-week year that is left over goes to one month.

Compared with the year before: weeks, days and everything of a retail calendar with the same weekdays 364 days before;
gregorian months, quarters and years with the same dates (METRICS 4).
"""

from __future__ import annotations

import calendar as civil
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from profithunt.config import ANCHOR, Calendar as Settings
from profithunt.errors import ConfigError

Grain = Literal["day", "week", "month", "quarter", "year"]
GRAINS: Final[tuple[Grain, ...]] = ("day", "week", "month", "quarter", "year")

WEEK: Final = 7
YEAR_OF_WEEKS: Final = dt.timedelta(days=364)
DAY: Final = dt.timedelta(days=1)
NAMES: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS: Final = tuple(name.lower() for name in civil.month_name)
_WEEKDAYS: Final = tuple(name.lower() for name in civil.day_name)
_PATTERNS: Final = {"4-4-5": (4, 4, 5), "4-5-4": (4, 5, 4), "5-4-4": (5, 4, 4)}
_MIDDLE: Final = 15
"""An anchor before this day of a month ends the year before that month, one after it ends it with that month."""


@dataclass(frozen=True)
class Period:
    """Days from `start` to `end`, both counted; `number` within the fiscal year named `year`."""

    grain: Grain
    start: dt.date
    end: dt.date
    number: int
    year: int
    label: str

    @property
    def n_days(self) -> int:
        """Days in it."""
        return (self.end - self.start).days + 1

    def days(self) -> Iterator[dt.date]:
        """Each of its days."""
        return (self.start + dt.timedelta(days=at) for at in range(self.n_days))

    def holds(self, day: dt.date) -> bool:
        """Whether a day lies in it."""
        return self.start <= day <= self.end

    def to_json(self) -> dict[str, object]:
        """`{grain, start, end, number, year, label}`."""
        return {
            "grain": self.grain,
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "number": self.number,
            "year": self.year,
            "label": self.label,
        }


@dataclass(frozen=True)
class _RetailYear:
    start: dt.date
    end: dt.date
    name: int
    months: tuple[int, ...]
    """Weeks of each month."""


class Calendar:
    """The calendar that a shop's settings describe; see the module for what counts as what."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.retail = self.settings.kind != "gregorian"
        found = ANCHOR.fullmatch(" ".join(self.settings.anchor.lower().split()))
        if found is None:
            raise ConfigError(
                f"the anchor {self.settings.anchor!r} is not understood",
                where="calendar.anchor",
                expected="'saturday nearest january 31' or 'last saturday of january'",
            )
        self._anchor = found
        ends_on = _WEEKDAYS.index(found["weekday"] or found["last_weekday"])
        first = (ends_on + 1) % WEEK if self.retail else _WEEKDAYS.index(self.settings.week_starts_on)
        self.first_weekday = first
        """First day of a week, 0 for Monday."""
        self._year = lru_cache(maxsize=64)(self._retail_year)

    # Periods that hold a day

    def period(self, grain: Grain, day: dt.date) -> Period:
        """The period of a grain that holds a day."""
        if grain == "day":
            return Period("day", day, day, day.timetuple().tm_yday, day.year, day.isoformat())
        if grain == "week":
            return self._week(day)
        return self._retail_period(grain, day) if self.retail else self._civil_period(grain, day)

    def to_date(self, grain: Grain, day: dt.date) -> Period:
        """The period of a grain that holds a day, up to that day."""
        whole = self.period(grain, day)
        return Period(whole.grain, whole.start, day, whole.number, whole.year, whole.label)

    def before(self, period: Period) -> Period:
        """The period of the same grain that ends the day before this one starts."""
        return self.period(period.grain, period.start - DAY)

    def trailing(self, grain: Grain, until: dt.date, n: int) -> list[Period]:
        """The last `n` periods of a grain that were over by the end of a day, oldest first."""
        last = self.period(grain, until)
        if last.end > until:
            last = self.before(last)
        found = [last]
        while len(found) < n:
            found.append(self.before(found[-1]))
        return found[::-1]

    def months_of_year(self, day: dt.date) -> list[Period]:
        """The twelve months of the fiscal year that holds a day."""
        year = self.period("year", day)
        found = [self.period("month", year.start)]
        while found[-1].end < year.end:
            found.append(self.period("month", found[-1].end + DAY))
        return found

    def weeks_until(self, until: dt.date, n: int) -> list[Period]:
        """The last `n` spans of seven days of which the last one ends on a given day, whatever its weekday."""
        ends = [until - dt.timedelta(days=WEEK * back) for back in range(n)]
        return [self._week_named(end - dt.timedelta(days=WEEK - 1)) for end in reversed(ends)]

    # What a period is compared with

    def prior_year(self, period: Period) -> Period:
        """The same period a year before; of a period to date, the same part of it."""
        if self.retail or period.grain in ("day", "week"):
            start, end = period.start - YEAR_OF_WEEKS, period.end - YEAR_OF_WEEKS
            return Period(period.grain, start, end, period.number, period.year - 1, period.label)
        start, end = _year_back(period.start), self._end_back(period)
        whole = self.period(period.grain, start)
        return Period(period.grain, start, end, whole.number, whole.year, whole.label)

    def day_before_year(self, period: Period, day: dt.date) -> dt.date | None:
        """The day that a day of a period is compared with; None where the year before had no such day."""
        if self.retail or period.grain in ("day", "week"):
            return day - YEAR_OF_WEEKS
        back = _year_back(day)
        return back if back.day == day.day else None

    def _end_back(self, period: Period) -> dt.date:
        back = _year_back(period.end)
        last = period.end.day == civil.monthrange(period.end.year, period.end.month)[1]
        return back.replace(day=civil.monthrange(back.year, back.month)[1]) if last else back

    # Weeks

    def _week(self, day: dt.date) -> Period:
        return self._week_named(day - dt.timedelta(days=(day.weekday() - self.first_weekday) % WEEK))

    def _week_named(self, start: dt.date) -> Period:
        end = start + dt.timedelta(days=WEEK - 1)
        if self.retail:
            year = self._year(end)
            number, name = (end - year.start).days // WEEK + 1, year.name
        else:
            middle = start + dt.timedelta(days=3)
            number, name = (middle.timetuple().tm_yday - 1) // WEEK + 1, middle.year
        return Period("week", start, end, number, name, f"wk {number}")

    # Gregorian months, quarters, years

    def _civil_period(self, grain: Grain, day: dt.date) -> Period:
        first_month = self.settings.year_starts_in
        since = (day.month - first_month) % 12
        year_start = dt.date(day.year if day.month >= first_month else day.year - 1, first_month, 1)
        named = self.settings.year_named_by == "end" and first_month > 1
        name = year_start.year + int(named)
        size = {"month": 1, "quarter": 3, "year": 12}[grain]
        number = since // size
        start = _add_months(year_start, number * size)
        end = _add_months(start, size) - DAY
        label = f"{NAMES[start.month - 1]} {start.year}" if grain == "month" else _label(grain, number + 1, name)
        return Period(grain, start, end, number + 1, name, label)

    # Retail months, quarters, years

    def _year_end(self, year: int) -> dt.date:
        """The anchored last day of a retail year, in or about a calendar year."""
        found = self._anchor
        if found["last_weekday"]:
            month = _MONTHS.index(found["last_month"])
            last = dt.date(year, month, civil.monthrange(year, month)[1])
            return last - dt.timedelta(days=(last.weekday() - _WEEKDAYS.index(found["last_weekday"])) % WEEK)
        month = _MONTHS.index(found["month"])
        near = dt.date(year, month, min(int(found["day"]), civil.monthrange(year, month)[1]))
        ahead = (_WEEKDAYS.index(found["weekday"]) - near.weekday()) % WEEK
        return near + dt.timedelta(days=ahead if ahead <= WEEK // 2 else ahead - WEEK)

    def _retail_year(self, day: dt.date) -> _RetailYear:
        year = next(at for at in range(day.year - 1, day.year + 3) if day <= self._year_end(at))
        start, end = self._year_end(year - 1) + DAY, self._year_end(year)
        fortnight = dt.timedelta(days=14)
        name = (end - fortnight).year if self.settings.year_named_by == "end" else (start + fortnight).year
        weeks = list(_PATTERNS[self.settings.kind] * 4)
        if (end - start).days + 1 > YEAR_OF_WEEKS.days:
            weeks[self.settings.extra_week_in - 1] += 1
        return _RetailYear(start, end, name, tuple(weeks))

    @property
    def _first_month(self) -> int:
        """Calendar month that the first month of a retail year is named after, 1 for January."""
        found = self._anchor
        month = _MONTHS.index(found["month"] or found["last_month"])
        early = found["day"] is not None and int(found["day"]) < _MIDDLE
        return month if early else month % 12 + 1

    def _retail_period(self, grain: Grain, day: dt.date) -> Period:
        year = self._year(day)
        if grain == "year":
            return Period("year", year.start, year.end, 1, year.name, str(year.name))
        size = 1 if grain == "month" else 3
        start = end = year.start
        for number in range(12 // size):
            weeks = sum(year.months[number * size : (number + 1) * size])
            end = start + dt.timedelta(days=WEEK * weeks - 1)
            if day <= end:
                break
            start = end + DAY
        if grain == "month":
            middle = start + (end - start) / 2
            label = f"{NAMES[(self._first_month + number - 1) % 12]} {middle.year}"
        else:
            label = _label(grain, number + 1, year.name)
        return Period(grain, start, end, number + 1, year.name, label)


def _label(grain: Grain, number: int, year: int) -> str:
    return f"Q{number} {year}" if grain == "quarter" else str(year)


def _add_months(day: dt.date, months: int) -> dt.date:
    at = day.year * 12 + day.month - 1 + months
    return dt.date(at // 12, at % 12 + 1, 1)


def _year_back(day: dt.date) -> dt.date:
    """The same date a year before; 28 February for the 29th."""
    last = civil.monthrange(day.year - 1, day.month)[1]
    return dt.date(day.year - 1, day.month, min(day.day, last))
