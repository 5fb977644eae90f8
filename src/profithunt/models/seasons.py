"""The calendar factor: how much more than on average customers come back in each month of the year.

A model of repeat buying says how many repeat purchases each month's customers would make if there were no seasons.
What came, divided by that, is the month's factor. Only whole years count, so that growth does not look like a season,
and months with few purchases stay near 1.

Source: METRICS section 2 (calendar factor).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from profithunt.models.ahead import DAYS_PER_MONTH
from profithunt.models.maximum import Array
from profithunt.models.ranges import Buying

LEAST_MONTHS: Final = 24
"""Whole months of history that a calendar factor needs: two of each."""

_STEADY: Final = 100.0
"""Purchases as expected that are added to each month, so that few of them don't make a season."""


def calendar_factor(buying: Buying, month_of_year: Array, new: Array, again: Array, unit_days: float) -> Array | None:
    """Factors of January to December, 1 on average; None where the history is too short.

    `new` first purchases and `again` repeat purchases of consecutive whole months.
    """
    n = len(new)
    if n < LEAST_MONTHS:
        return None
    ends: Array = np.arange(0.5, n) * (DAYS_PER_MONTH / unit_days)
    start = np.zeros(1)
    per_customer = buying.expected(start, start, ends, np.eye(n))[0]
    expected = np.convolve(new, per_customer)[:n]
    # Whole years from the end; the first month's customers were new in it, and say nothing of seasons.
    used = slice(n - (n - 1) // 12 * 12, n)
    month = month_of_year[used].astype(np.int64) - 1
    level = again[used].sum() / max(expected[used].sum(), 1e-9)
    came = np.bincount(month, again[used], 12) + _STEADY
    due = np.bincount(month, expected[used] * level, 12) + _STEADY
    factor = came / due
    return np.asarray(factor / factor.mean(), dtype=np.float64)


def months_ahead(factor: Array | None, month: int, n: int) -> list[float]:
    """The factor of each of `n` months ahead, the first of them in the given month of the year (1–12)."""
    return [] if factor is None else [float(factor[(month - 1 + k) % 12]) for k in range(n)]
