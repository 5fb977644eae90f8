"""From amounts to places: a linear scale that always shows zero, and round ticks for it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

ROUND_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)

SMALLEST: Final = 1e-12
"""Span below which there is nothing to tell apart."""


@dataclass(frozen=True)
class Scale:
    """A linear scale from `low` to `high` (zero lies on it) onto 0–1."""

    low: float
    high: float

    def at(self, value: float) -> float:
        """Where a value lies, 0 at the low end and 1 at the high end; beyond the ends it stops there."""
        span = self.high - self.low
        return min(1.0, max(0.0, (value - self.low) / span)) if span > 0 else 0.0

    @property
    def zero(self) -> float:
        """Where zero lies."""
        return self.at(0.0)


def scale_for(values: Iterable[float], *, margin: float = 0.0) -> Scale:
    """The scale that holds all values and zero, with a margin (share of the span) at each end that isn't zero."""
    known = [value for value in values if math.isfinite(value)]
    low, high = min([0.0, *known]), max([0.0, *known])
    if low == high:
        return Scale(0.0, 1.0)
    pad = (high - low) * margin
    return Scale(low - pad if low < 0 else low, high + pad if high > 0 else high)


def ticks(low: float, high: float, most: int = 5) -> tuple[float, ...]:
    """At most `most` round values from low to high, zero among them when it lies between."""
    if not (math.isfinite(low) and math.isfinite(high)) or high - low < SMALLEST:
        return (0.0,)
    power = 10.0 ** (math.floor(math.log10(high - low)) - 1)
    for size in (power * scale * step for scale in (1, 10, 100) for step in ROUND_STEPS):
        first, last = math.ceil(low / size - 1e-9), math.floor(high / size + 1e-9)
        if last - first + 1 <= most:
            return tuple(index * size for index in range(first, last + 1)) or (0.0,)
    return (0.0,)
