"""Control limits of a series of weeks: what moves within them is noise, what leaves them has a cause.

XmR chart (individuals and moving range): the limits lie 2.66 mean moving ranges above and below the mean. Two signals:
a point beyond a limit, and eight in a row on one side of the mean (METRICS 4; Wheeler, *Understanding Variation*).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

SPREAD: Final = 2.66
"""3 ÷ 1.128: limits in mean moving ranges of two."""
RUN: Final = 8
LEAST: Final = 8
"""Points below which limits say nothing."""


@dataclass(frozen=True)
class Limits:
    """Mean and limits of a series, and the number of points behind them; bounded where the metric is."""

    centre: float
    lower: float
    upper: float
    moving_range: float
    n: int

    def to_json(self) -> dict[str, Any]:
        """`{centre, lower, upper, moving_range, n}`."""
        return {
            "centre": self.centre,
            "lower": self.lower,
            "upper": self.upper,
            "moving_range": self.moving_range,
            "n": self.n,
        }


@dataclass(frozen=True)
class Signal:
    """Something that is not noise: `above` or `below` a limit at one point, or a `run` of eight that ends there."""

    at: int
    rule: str
    side: str

    def to_json(self) -> dict[str, Any]:
        """`{at, rule, side}`."""
        return {"at": self.at, "rule": self.rule, "side": self.side}


def xmr(values: Sequence[float], low: float | None = None, high: float | None = None) -> Limits | None:
    """Limits of a series, kept within what is possible for the metric; None for fewer than eight points."""
    if len(values) < LEAST:
        return None
    centre = sum(values) / len(values)
    ranges = [abs(b - a) for a, b in pairwise(values)]
    moving = sum(ranges) / len(ranges)
    lower, upper = centre - SPREAD * moving, centre + SPREAD * moving
    return Limits(
        centre,
        lower if low is None else max(lower, low),
        upper if high is None else min(upper, high),
        moving,
        len(values),
    )


def signals(values: Sequence[float | None], limits: Limits) -> list[Signal]:
    """Points beyond the limits, and each point that ends eight in a row on one side; a gap ends a run."""
    found = []
    run, side = 0, 0
    slack = 1e-9 * max(abs(limits.upper), abs(limits.lower), abs(limits.centre))
    for at, value in enumerate(values):
        if value is None:
            run, side = 0, 0
            continue
        if value > limits.upper + slack:
            found.append(Signal(at, "limit", "above"))
        elif value < limits.lower - slack:
            found.append(Signal(at, "limit", "below"))
        here = (value > limits.centre + slack) - (value < limits.centre - slack)
        run = run + 1 if here == side and here else int(bool(here))
        side = here
        if run >= RUN:
            found.append(Signal(at, "run", "above" if side > 0 else "below"))
    return found
