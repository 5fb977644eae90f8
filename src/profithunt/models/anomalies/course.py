"""The course each series is expected to take: level, weekday, season, what all share, and the scatter around it."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from profithunt.models.anomalies.found import Index
from profithunt.models.shrinkage import Array

WEEK: Final = 7
YEAR: Final = 365.25
NEAR: Final = 21
"""Days on each side that the level of a day is taken from."""
MANY: Final = 50
"""So many series say how they differ on a day."""
LEAST_DAYS: Final = 28
"""A series shorter than this has no level to leave."""
TINY: Final = 1e-9

_ROUNDS = 2
_CLIP = 3.0
_LOADING = 10.0
_LARGE = 5.0
_ENOUGH = 20
_WEEKS = 5
_WEEKDAY_COUNTS = 30.0
_NEAR_COUNTS = 25.0


class Course:
    """What is expected of each series on each day, and how far chance carries it."""

    def __init__(
        self, counts: Array, weight: Array, there: npt.NDArray[np.bool_], first_weekday: int, *, shared: bool
    ) -> None:
        self.counts = counts
        self.shared_by_all = shared
        self.there = there
        self.n_series, self.n_days = counts.shape
        self.weekday = (np.arange(self.n_days) + first_weekday) % WEEK
        self.starts = np.zeros_like(counts, dtype=np.int32)
        self.ends = np.full(counts.shape, self.n_days, dtype=np.int32)
        self.overdispersion = np.full((self.n_series, 1), 0.05)
        self.loading = np.ones((self.n_series, 1))
        self.shared = np.zeros((1, self.n_days))
        self.slow = np.zeros(self.n_days)
        self.wave = np.zeros((1, 1))
        level = counts.sum(axis=1, keepdims=True) / np.maximum(weight.sum(axis=1, keepdims=True), TINY)
        self.base = weight * level
        for _ in range(_ROUNDS):
            self._weekdays()
            if shared and self.n_series > 1:
                self._common()
            self._season()
            self._scatter()

    def clipped(self, factor: Array | None = None) -> Array:
        """The counts without what is far off the weeks around, so that an anomaly does not teach what is usual.

        `factor` by day goes on top of what is expected.
        """
        return _clipped(self.counts, self.base if factor is None else self.base * factor, self.overdispersion)

    def _weekdays(self) -> None:
        counts = self.clipped()
        for weekday in range(WEEK):
            days = slice(int(np.argmax(self.weekday == weekday)), None, WEEK)
            got, due = counts[:, days].sum(axis=1), self.base[:, days].sum(axis=1)
            usual = got.sum() / max(due.sum(), TINY)
            factor = (got + usual * _WEEKDAY_COUNTS) / (due + _WEEKDAY_COUNTS)
            self.base[:, days] *= factor[:, None]

    def _common(self) -> None:
        """The factor of each day that all other series share, as strongly as each series follows it."""
        crude = (self.counts * self.there).sum(axis=0) / np.maximum(self.base.sum(axis=0), TINY)
        large = self.base.mean(axis=1) >= _LARGE
        if large.sum() >= _ENOUGH:
            # Of many series the middle one knows the day best: no large series and no anomaly decides.
            ratio = np.where(self.there[large], self.counts[large], np.nan) / np.maximum(self.base[large], TINY)
            some = np.isfinite(ratio).any(axis=0)
            crude[some] = np.nanmedian(ratio[:, some], axis=0)
        counts = self.clipped(crude)
        size = self.base.sum(axis=1, keepdims=True) / np.maximum(self.there.sum(axis=1, keepdims=True), 1)
        weight = 1 / (1 + self.overdispersion * size)
        got, due = counts * weight, self.base * weight
        total_got, total_due = got.sum(axis=0), due.sum(axis=0)
        if not (total_due > 0).any():
            return
        moved = (total_got / np.maximum(total_due, TINY) - 1) ** 2
        spread = max(float(np.mean(moved[total_due > 0])) - 1 / max(float(np.mean(total_due)), TINY), 1e-5)
        held = 1 / spread
        # Without the series itself: its own anomaly must not explain itself.
        factor = (total_got - got + held) / (total_due - due + held)
        before, slow_before = self.shared, self.slow
        alone = self.base * np.exp(-slow_before - self.loading * before)
        whole = slow_before + before + np.log(np.maximum(factor, 0.02))
        # Only what comes and goes within weeks is followed more or less; a season of its own is the series' own.
        usual = (
            np.log(np.maximum((total_got + held) / (total_due + held), 0.02)) + slow_before + np.median(before, axis=0)
        )
        self.slow = _smooth(usual)
        self.shared = whole - self.slow
        alone *= np.exp(self.slow)
        # Far off is no reason to cut here: a series that follows a holiday twice as much as others is far off on each.
        counts = np.minimum(self.counts, 4 * alone * np.exp(self.shared) + 10)
        for _ in range(2):
            expected = alone * np.exp(self.loading * self.shared)
            pull = self.shared / (1 + self.overdispersion * expected)
            follows = ((counts - expected) * pull).sum(axis=1, keepdims=True)
            strength = (expected * self.shared * pull).sum(axis=1, keepdims=True)
            prior = (1 - self.loading) * _LOADING
            self.loading = np.clip(self.loading + (follows + prior) / (strength + _LOADING), 0.0, 3.0)
        self.base = alone * np.exp(self.loading * self.shared)

    def _season(self) -> None:
        """Slow waves of a year and a line through the logarithm of each week's level, as far as they are not chance."""
        level, _ = weeks_of(self.clipped(), self.base)
        basis = waves(level.shape[1], self.n_days)
        solve = np.linalg.pinv(basis)
        log = np.log(level)
        slope = log @ solve.T
        rest = np.median(np.abs(log - slope @ basis.T), axis=1, keepdims=True) * 1.4826
        noise = rest**2 * (solve**2).sum(axis=1)[None, :]
        kept = np.maximum(1 - noise / np.maximum(slope**2, TINY), 0.0)
        kept[:, 0] = 1.0
        wave = np.clip((slope * kept) @ basis.T, -4, 4)
        self.wave = self.wave + wave
        self.base *= np.exp(wave)[:, week_of(self.n_days)]

    def _scatter(self) -> None:
        near = self.near()
        off = self.clipped() - near
        many = np.maximum(self.there.sum(axis=1), 1)
        squares = (near**2).sum(axis=1)
        # The level near a day is itself estimated from the days around it.
        own = ((off**2 - near) * self.there).sum(axis=1) / np.maximum(squares, TINY) / (1 - 1 / (2 * NEAR))
        noise = 2 * ((near + 1) ** 2).sum(axis=1) / np.maximum(squares, TINY) ** 2
        usual = float(np.median(own[many > LEAST_DAYS])) if (many > LEAST_DAYS).any() else 0.05
        usual = max(usual, 0.0)
        between = max(float(np.median(np.abs(own - usual))) ** 2 * 2.2, 1e-6)
        shrunk = (own * between + usual * noise) / (between + noise)
        self.overdispersion = np.maximum(shrunk, 1e-4)[:, None]

    def near(self) -> Array:
        """What is expected by the level of the days around, the day itself left out, never across a break."""
        own = self.clipped()
        counts, base = _running(own), _running(self.base)
        days = np.arange(self.n_days)[None, :]
        low = np.maximum(days - NEAR, self.starts)
        high = np.minimum(days + NEAR + 1, self.ends)
        got = _between(counts, low, high) - own
        due = _between(base, low, high) - self.base
        self.known = due
        factor = (got + _NEAR_COUNTS) / (due + _NEAR_COUNTS)
        return np.asarray(self.base * factor, dtype=np.float64)


def _clipped(counts: Array, base: Array, spread: Array) -> Array:
    """Counts cut where they are far off what is expected at the level of the weeks around, by running medians."""
    level, _ = weeks_of(counts, base)
    n_weeks = level.shape[1]
    if n_weeks >= _WEEKS:
        around = np.lib.stride_tricks.sliding_window_view(level, _WEEKS, axis=1)
        middle = np.median(around, axis=2)
        side = _WEEKS // 2
        level = np.concatenate([middle[:, :1].repeat(side, 1), middle, middle[:, -1:].repeat(side, 1)], axis=1)
    centre = base * level[:, week_of(base.shape[1])]
    reach = _CLIP * np.sqrt(centre + spread * centre**2) + 1
    return np.clip(counts, centre - reach, centre + reach)


def weeks_of(counts: Array, base: Array) -> tuple[Array, Array]:
    """Level of each week against what was expected, held towards 1 where little was, and what was expected."""
    starts = np.arange(max(base.shape[1] // WEEK, 1)) * WEEK
    got, due = np.add.reduceat(counts, starts, axis=1), np.add.reduceat(base, starts, axis=1)
    return (got + 1) / (due + 1), due


def week_of(n_days: int) -> Index:
    """The week of each day; days after the last whole week belong to it."""
    return np.minimum(np.arange(n_days) // WEEK, max(n_days // WEEK, 1) - 1)


def waves(n_weeks: int, n_days: int) -> Array:
    """A constant, a line and, of a year or more, two waves of a year: a row a week."""
    columns = [np.ones(n_weeks), np.linspace(-1, 1, n_weeks)]
    if n_days >= YEAR:
        turn = np.arange(n_weeks) * WEEK / YEAR * 2 * np.pi
        columns += [np.sin(turn), np.cos(turn), np.sin(2 * turn), np.cos(2 * turn)]
    return np.stack(columns, axis=1)


def _smooth(values: Array) -> Array:
    """Mean of the days around each day."""
    running = np.concatenate([[0.0], np.cumsum(values)])
    day = np.arange(values.size)
    low, high = np.maximum(day - NEAR, 0), np.minimum(day + NEAR + 1, values.size)
    return np.asarray((running[high] - running[low]) / (high - low), dtype=np.float64)


def _running(values: Array) -> Array:
    """Sums of the days before each day; one entry more than days."""
    result = np.zeros((values.shape[0], values.shape[1] + 1))
    np.cumsum(values, axis=1, out=result[:, 1:])
    return result


def _between(running: Array, low: npt.NDArray[np.signedinteger], high: npt.NDArray[np.signedinteger]) -> Array:
    return np.asarray(np.take_along_axis(running, high, axis=1) - np.take_along_axis(running, low, axis=1))
