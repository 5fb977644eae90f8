"""A metric over any period: sums of days, rates of sums, levels, and what is known of each day.

A day without rows is *missing* or a *zero*, and the two are told apart: see `Coverage`. A period is complete when it is
over and none of its days is missing. Two periods are compared on the days that are known in both.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, Protocol

from profithunt.metrics.definition import Aggregation
from profithunt.metrics.time import DAY, WEEK, Calendar, Period

Number = Decimal | float
Comparison = Literal["percent", "bps"]
Operation = Literal["sum", "difference", "product", "divide"]

NEVER: Final = 1e-3
"""Chance of a day without rows below which it is taken for missing data, not for a day on which nothing happened."""
HALF: Final = 0.5
ENOUGH: Final = 0.8
"""Share of a period's days that must be known in both of two periods for them to be compared."""
BASIS: Final = 10_000


@dataclass(frozen=True)
class Point:
    """A metric over a period; `n_missing` of its `n_days` days are not known."""

    value: Number | None
    numerator: Number | None = None
    denominator: Number | None = None
    n_days: int = 0
    n_missing: int = 0

    @property
    def complete(self) -> bool:
        """Whether every day is known."""
        return self.n_missing == 0


@dataclass(frozen=True)
class Change:
    """What changed between two periods: `value` in per cent of the earlier (0.1 for 10 %) or in basis points.

    `n_left_out` days were left out of both since they are known in one only.
    """

    value: float | None
    how: Comparison
    n_left_out: int = 0


class Coverage:
    """Which days are known: from `first` to `last`, without those that are `missing`."""

    def __init__(self, first: dt.date, last: dt.date, missing: Collection[dt.date] = ()) -> None:
        self.first = first
        self.last = last
        self.missing = frozenset(missing)
        self._upto = [0]
        for at in range(max((last - first).days + 1, 0)):
            self._upto.append(self._upto[-1] + (first + dt.timedelta(days=at) in self.missing))

    @classmethod
    def of_rows(
        cls, rows: Mapping[dt.date, int], last: dt.date, closed: Collection[dt.date] = (), first: dt.date | None = None
    ) -> Coverage:
        """From how many rows a source has on each day.

        A day without any is missing where the usual number of rows on its weekday makes that improbable (below one in
        a thousand, by Poisson: seven rows or more); else it is a zero. Days on which the shop is closed are zeros.
        """
        begin = first or min(rows, default=last)
        mean = [0.0] * WEEK
        for weekday in range(WEEK):
            n_days = sum(1 for _ in _weekdays(begin, last, weekday))
            n_rows = sum(count for day, count in rows.items() if day.weekday() == weekday and begin <= day <= last)
            mean[weekday] = n_rows / n_days if n_days else 0.0
        busy = [math.exp(-value) < NEVER for value in mean]
        missing = {
            day
            for at in range((last - begin).days + 1)
            if not rows.get(day := begin + dt.timedelta(days=at)) and busy[day.weekday()] and day not in closed
        }
        return cls(begin, last, missing)

    @classmethod
    def of_cells(cls, observed: Collection[dt.date], last: dt.date) -> Coverage:
        """From the days for which somebody wrote a figure down: a weekday that usually has one is missing without."""
        begin = min(observed, default=last)
        end = max(last, max(observed, default=last))
        until = max(observed, default=last)
        seen = set(observed)
        missing: set[dt.date] = set()
        for weekday in range(WEEK):
            days = list(_weekdays(begin, end, weekday))
            had = [day for day in days if day <= until]
            if had and sum(day in seen for day in had) / len(had) >= HALF:
                missing.update(day for day in days if day not in seen)
        return cls(begin, end, missing)

    def known(self, day: dt.date) -> bool:
        """Whether it is known what happened on a day."""
        return self.first <= day <= self.last and day not in self.missing

    def n_unknown(self, start: dt.date, end: dt.date) -> int:
        """Days from `start` to `end` that are not known."""
        n_days = (end - start).days + 1
        low = max((start - self.first).days, 0)
        high = min((end - self.first).days + 1, len(self._upto) - 1)
        if high <= low:
            return n_days
        return n_days - (high - low) + self._upto[high] - self._upto[low]


class Measure(Protocol):
    """Anything that has a value over a period."""

    @property
    def how(self) -> Comparison:
        """How two of its values are compared."""
        ...

    @property
    def additive(self) -> bool:
        """Whether it may be worked out over any set of days."""
        ...

    def over(self, start: dt.date, end: dt.date) -> Point:
        """Its value over the days from `start` to `end`."""
        ...

    def over_days(self, days: Sequence[dt.date]) -> Number | None:
        """Its value over these days."""
        ...

    def known(self, day: dt.date) -> bool:
        """Whether a day is known."""
        ...


class Daily:
    """A metric with a numerator, and perhaps a denominator, for each day.

    `empty_is_zero` says that a known day without rows counts as nothing done, not as nothing known.
    """

    def __init__(
        self,
        aggregation: Aggregation,
        numerators: Mapping[dt.date, Decimal],
        denominators: Mapping[dt.date, Decimal] | None,
        coverage: Coverage,
        *,
        how: Comparison = "percent",
        scale: float = 1.0,
        empty_is_zero: bool = True,
    ) -> None:
        self.aggregation = aggregation
        self.coverage = coverage
        self.how: Comparison = how
        self.scale = scale
        self._empty_is_zero = empty_is_zero
        self._numerators = numerators
        self._denominators = denominators
        self._tops = _Prefix(numerators)
        self._bottoms = _Prefix(denominators) if denominators is not None else None

    @property
    def additive(self) -> bool:
        """Sums and rates are; levels and extremes are not."""
        return self.aggregation in ("sum", "ratio")

    @property
    def first(self) -> dt.date:
        """The first day that is known."""
        return self.coverage.first

    def known(self, day: dt.date) -> bool:
        """Whether a day is known."""
        return self.coverage.known(day)

    def over(self, start: dt.date, end: dt.date) -> Point:
        """Its value over the days from `start` to `end`."""
        n_days = (end - start).days + 1
        unknown = self.coverage.n_unknown(start, end)
        if self.aggregation in ("last", "min", "max"):
            return Point(self._picked(start, end), None, None, n_days, unknown)
        top, seen = self._tops.between(start, end)
        if not seen and (unknown == n_days or not self._empty_is_zero):
            return Point(None, None, None, n_days, unknown)
        if self._bottoms is None:
            return Point(top, top, None, n_days, unknown)
        bottom, _ = self._bottoms.between(start, end)
        return Point(_divide(top, bottom, self.scale), top, bottom, n_days, unknown)

    def over_days(self, days: Sequence[dt.date]) -> Number | None:
        """Its value over these days."""
        if not days:
            return None
        top = sum((self._numerators.get(day, Decimal(0)) for day in days), Decimal(0))
        if self._denominators is None:
            return top
        bottom = sum((self._denominators.get(day, Decimal(0)) for day in days), Decimal(0))
        return _divide(top, bottom, self.scale)

    def _picked(self, start: dt.date, end: dt.date) -> Number | None:
        days = (start + dt.timedelta(days=at) for at in range((end - start).days + 1))
        found = [value for day in days if (value := self._numerators.get(day)) is not None]
        if not found:
            return None
        if self.aggregation == "last":
            return found[-1]
        return min(found) if self.aggregation == "min" else max(found)


class Composed:
    """A metric made of others: each is worked out over the period first, then they are put together."""

    def __init__(self, operation: Operation, parts: Sequence[Measure], *, how: Comparison = "percent") -> None:
        self.operation: Operation = operation
        self.parts = tuple(parts)
        self.how: Comparison = how

    @property
    def additive(self) -> bool:
        """Whether all its parts are."""
        return all(part.additive for part in self.parts)

    def known(self, day: dt.date) -> bool:
        """Whether a day is known of all its parts."""
        return all(part.known(day) for part in self.parts)

    def over(self, start: dt.date, end: dt.date) -> Point:
        """Its value over the days from `start` to `end`."""
        points = [part.over(start, end) for part in self.parts]
        value = _combine(self.operation, [point.value for point in points])
        tops = (points[0].value, points[1].value) if self.operation == "divide" else (value, None)
        return Point(value, tops[0], tops[1], points[0].n_days, max(point.n_missing for point in points))

    def over_days(self, days: Sequence[dt.date]) -> Number | None:
        """Its value over these days."""
        return _combine(self.operation, [part.over_days(days) for part in self.parts])


@dataclass(frozen=True)
class Compared:
    """What a period is compared with, and the day that each of its days is compared with."""

    period: Period
    days: Mapping[dt.date, dt.date]


def week_before(period: Period) -> Compared:
    """The seven days before a week."""
    back = dt.timedelta(days=WEEK)
    earlier = Period(period.grain, period.start - back, period.end - back, period.number, period.year, period.label)
    return Compared(earlier, {day: day - back for day in period.days()})


def month_before(calendar: Calendar, period: Period) -> Compared:
    """The month before a month; days have no partner, since months differ in length."""
    return Compared(calendar.before(period), {})


def year_before(calendar: Calendar, period: Period) -> Compared:
    """The same period a year before."""
    pairs = {day: back for day in period.days() if (back := calendar.day_before_year(period, day)) is not None}
    return Compared(calendar.prior_year(period), pairs)


def change(measure: Measure, period: Period, earlier: Compared) -> Change:
    """What changed from an earlier period, like for like: on the days that are known in both."""
    now = measure.over(period.start, period.end)
    then = measure.over(earlier.period.start, earlier.period.end)
    if (now.complete and then.complete) or not measure.additive:
        whole = now.value is not None and then.value is not None and then.n_missing < then.n_days
        return Change(difference(now.value, then.value, measure.how) if whole else None, measure.how)
    both = [(day, back) for day, back in earlier.days.items() if measure.known(day) and measure.known(back)]
    left_out = period.n_days - len(both)
    if len(both) < ENOUGH * period.n_days:
        return Change(None, measure.how, left_out)
    a = measure.over_days([day for day, _ in both])
    b = measure.over_days([back for _, back in both])
    return Change(difference(a, b, measure.how), measure.how, left_out)


def difference(now: Number | None, then: Number | None, how: Comparison) -> float | None:
    """From `then` to `now`: in basis points, or as a share of `then`; None where `then` is not above zero."""
    if now is None or then is None:
        return None
    if how == "bps":
        return (float(now) - float(then)) * BASIS
    return (float(now) - float(then)) / float(then) if then > 0 else None


class _Prefix:
    """Sums over any span of days in no time."""

    def __init__(self, values: Mapping[dt.date, Decimal]) -> None:
        self._first = min(values, default=dt.date.min)
        self._sums = [Decimal(0)]
        self._seen = [0]
        if not values:
            return
        total, seen = Decimal(0), 0
        for at in range((max(values) - self._first).days + 1):
            value = values.get(self._first + dt.timedelta(days=at))
            if value is not None:
                total += value
                seen += 1
            self._sums.append(total)
            self._seen.append(seen)

    def between(self, start: dt.date, end: dt.date) -> tuple[Decimal, int]:
        """The sum over the days, and on how many of them there was something."""
        size = len(self._sums) - 1
        low = min(max((start - self._first).days, 0), size)
        high = min(max((end - self._first).days + 1, low), size)
        return self._sums[high] - self._sums[low], self._seen[high] - self._seen[low]


def _weekdays(first: dt.date, last: dt.date, weekday: int) -> Iterable[dt.date]:
    day = first + DAY * ((weekday - first.weekday()) % WEEK)
    while day <= last:
        yield day
        day += DAY * WEEK


def _divide(top: Number, bottom: Number, scale: float = 1.0) -> float | None:
    return None if not bottom else float(top) / float(bottom) * scale


def _combine(operation: Operation, values: Sequence[Number | None]) -> Number | None:
    known = [value for value in values if value is not None]
    if len(known) < len(values) or not known:
        return None
    if len({type(value) for value in known}) > 1:
        known = [float(value) for value in known]
    result: Number = known[0]
    for value in known[1:]:
        if operation == "divide":
            if not value:
                return None
            result = float(result) / float(value)
        elif operation == "product":
            result = result * value  # type: ignore[operator]
        elif operation == "difference":
            result = result - value  # type: ignore[operator]
        else:
            result = result + value  # type: ignore[operator]
    return result
