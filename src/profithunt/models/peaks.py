"""How many parcels the weeks ahead will bring: last year's weeks, at this year's level.

Weeks are counted back from the last day, so that 52 of them are 364 days and weekdays stay in place. Each week ahead is
taken to be what it was a year ago, times the last eight weeks against the same eight then; with several years, the mean
of what each of them says. Below a year and eight weeks no season is known and the last eight weeks are carried on. The
range is by how far the same forecast was off a quarter ago, a twentieth at least, and chance (Poisson).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

YEAR: Final = 52
_LATELY: Final = 8
_BACK: Final = 13
_NORMAL_90: Final = 1.2816
_LEAST_SPREAD: Final = 0.05


@dataclass(frozen=True)
class Ahead:
    """Parcels expected in each week ahead, with P10 and P90; `years` of history behind it, 0: no season is known."""

    expected: Array
    low: Array
    high: Array
    years: int
    spread: float


def ahead(weeks: Array, n: int) -> Ahead:
    """The next `n` weeks from weekly totals, oldest first. Raises ValueError without a week."""
    if not len(weeks):
        raise ValueError("no weeks")
    expected = _expected(weeks, n)
    spread = _LEAST_SPREAD
    if len(weeks) >= _LATELY + _BACK:
        before = _expected(weeks[:-_BACK], _BACK)
        known = (before > 0) & (weeks[-_BACK:] > 0)
        if known.any():
            off = np.log(weeks[-_BACK:][known] / before[known])
            spread = max(float(np.sqrt((off**2).mean())), _LEAST_SPREAD)
    chance = np.sqrt(spread**2 + 1 / np.maximum(expected, 1.0))
    times = np.exp(_NORMAL_90 * chance)
    return Ahead(expected, expected / times, expected * times, _years(weeks), spread)


def _years(weeks: Array) -> int:
    return int((len(weeks) - _LATELY) // YEAR) if len(weeks) >= YEAR + _LATELY else 0


def _expected(weeks: Array, n: int) -> Array:
    years = _years(weeks)
    lately = float(weeks[-_LATELY:].mean())
    if not years:
        return np.full(n, lately)
    parts = [_after(weeks[: len(weeks) - year * YEAR], weeks, lately, n) for year in range(1, years + 1)]
    return np.asarray(np.mean(parts, axis=0))


def _after(then: Array, weeks: Array, lately: float, n: int) -> Array:
    """What followed some whole years ago, at the level of the last eight weeks against the same eight then."""
    followed = weeks[len(then) : len(then) + YEAR]
    level = float(then[-_LATELY:].mean())
    return np.resize(followed, n) * (lately / level if level > 0 else 0.0)
