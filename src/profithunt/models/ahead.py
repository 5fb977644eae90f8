"""The months ahead: how long each is in buying time, and what money in it is worth today.

A model of repeat buying knows no seasons. They enter as buying time: a month in which customers buy 1.3 times as much
as on average lasts 1.3 times as long. Discounting is by the month that an order falls into.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from profithunt.models.maximum import Array

DAYS_PER_MONTH: Final = 365.25 / 12


@dataclass(frozen=True)
class Ahead:
    """Steps ahead and the horizons that are asked for.

    `times` ends of the steps in buying time (time units), `discount` worth of money in each step, `horizons` the
    number of steps of each horizon, ascending.
    """

    times: Array
    discount: Array
    horizons: tuple[int, ...]

    @classmethod
    def months(cls, horizons: Sequence[int], *, unit_days: float, rate: float, season: Sequence[float] = ()) -> Ahead:
        """Months ahead, discounted at `rate` a year; `season` the calendar factor of each (default 1)."""
        n = max(horizons)
        factor = np.ones(n) if not season else np.resize(np.asarray(season, dtype=np.float64), n)
        times = np.cumsum(factor) * (DAYS_PER_MONTH / unit_days)
        discount = (1 + rate) ** (-(np.arange(n) + 0.5) / 12)
        return cls(times, discount, tuple(sorted(horizons)))

    @classmethod
    def stretch(cls, time: float) -> Ahead:
        """One stretch of buying time without discount, as a hold-out is."""
        return cls(np.array([time]), np.ones(1), (1,))

    @property
    def weights(self) -> Array:
        """How an order in each step counts: a row a horizon for its number, then a row a horizon for its worth."""
        steps = np.arange(len(self.times))
        within = np.array([(steps < n).astype(np.float64) for n in self.horizons])
        return np.concatenate([within, within * self.discount])

    def time(self, horizon: int) -> float:
        """Buying time until the end of a horizon, counted in steps."""
        return float(self.times[horizon - 1])

    def worth(self, first: Array, more: Array, until: Array) -> tuple[Array, Array]:
        """Worth of an order at `first` and of `more` spread evenly from there to `until`: its sum, sum of squares."""
        ends = np.concatenate([[0.0], self.times])
        middles = (ends[:-1] + ends[1:]) / 2
        summed = np.concatenate([[0.0], np.cumsum(self.discount * np.diff(ends))])
        once = np.interp(first, middles, self.discount)
        span = until - first
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = (np.interp(until, ends, summed) - np.interp(first, ends, summed)) / span
        each = np.where(span > 1e-9, mean, once)
        return once + more * each, once**2 + more * each**2
