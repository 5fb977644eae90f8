"""Looking at an experiment before it is over, without fooling oneself.

Two ways, for two kinds of runs. **Planned looks**: the run has an end; the chance of a false alarm is spent over the
looks as O'Brien and Fleming's bounds would, so that early looks ask for much and the last one for hardly more than a
single test. **Confidence sequence**: the run has no end; intervals that hold at all times at once, for whoever looks
whenever they like.

Sources: Lan and DeMets (1983) for spending; Armitage, McPherson and Rowe (1969) for the recursion behind the bounds;
Robbins (1970) and Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2024), section 2, for the normal mixture.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

Array = npt.NDArray[np.float64]

ALPHA: Final = 0.05
NEVER: Final = 8.0
"""A bound in standard errors that nothing crosses: looks whose share of the chance is too small to compute."""
_LEAST_SPENT: Final = 1e-13
_POINTS: Final = 241


def spent(share: float, alpha: float = ALPHA) -> float:
    """Chance of a false alarm, both sides together, that may be spent up to a `share` (0–1) of the information."""
    if share <= 0:
        return 0.0
    edge = special.ndtri(1 - alpha / 4)
    return float(4 * special.ndtr(-edge / math.sqrt(min(share, 1.0))))


@dataclass(frozen=True)
class Look:
    """One look: share of the planned information seen, bound on |z|, chance spent up to it."""

    share: float
    bound: float
    spent: float


def planned_looks(shares: Sequence[float], alpha: float = ALPHA) -> tuple[Look, ...]:
    """Bounds for looks at these shares of the planned information, rising; the k-th depends on the first k only.

    Shares beyond 1 count as 1. A look that adds nothing to the one before has its bound. Raises ValueError for shares
    that fall or are not above zero.
    """
    return _looks(tuple(shares), alpha)


@lru_cache(maxsize=256)
def _looks(shares: tuple[float, ...], alpha: float) -> tuple[Look, ...]:
    looks: list[Look] = []
    scores, density, at = np.zeros(1), np.ones(1), 0.0
    weights = np.ones(1)
    for raw in shares:
        share = min(float(raw), 1.0)
        if share <= 0 or share < at:
            raise ValueError("shares of the information rise from above zero")
        if share == at:
            looks.append(looks[-1])
            continue
        step = math.sqrt(share - at)
        before = looks[-1].spent if looks else 0.0
        budget = spent(share, alpha) - before
        bound = _bound(scores, density * weights, step, math.sqrt(share), budget)
        used = (
            before + _crossing(bound * math.sqrt(share), scores, density * weights, step) if bound < NEVER else before
        )
        looks.append(Look(share, bound, used))
        edge = bound * math.sqrt(share)
        following, next_weights = _grid(edge)
        density = _carried(following, scores, density * weights, step)
        scores, weights, at = following, next_weights, share
    return tuple(looks)


def _bound(scores: Array, mass: Array, step: float, root: float, budget: float) -> float:
    """The |z| that is crossed for the first time here with chance `budget`."""
    if budget < _LEAST_SPENT or _crossing(NEVER * root, scores, mass, step) >= budget:
        return NEVER

    def over(bound: float) -> float:
        return _crossing(bound * root, scores, mass, step) - budget

    return float(optimize.brentq(over, 0.0, NEVER, xtol=1e-10))


def _crossing(edge: float, scores: Array, mass: Array, step: float) -> float:
    """Chance to end beyond ± `edge` one step after `scores`."""
    above = special.ndtr((scores - edge) / step) + special.ndtr((-edge - scores) / step)
    return float((mass * above).sum())


def _carried(following: Array, scores: Array, mass: Array, step: float) -> Array:
    """Density at the following scores of what has not crossed so far."""
    gaps = (following[:, None] - scores[None, :]) / step
    kernel = np.exp(-0.5 * gaps**2) / (step * math.sqrt(2 * math.pi))
    return np.asarray(kernel @ mass, dtype=np.float64)


def _grid(edge: float) -> tuple[Array, Array]:
    """Points between ± `edge` and their weights (Gauss–Legendre)."""
    points, weights = _legendre()
    return points * edge, weights * edge


@cache
def _legendre() -> tuple[Array, Array]:
    points, weights = np.polynomial.legendre.leggauss(_POINTS)
    return points, weights


@dataclass(frozen=True)
class Interval:
    """An estimate with an interval that holds at every look, and the p-value of no effect that may be read at any."""

    estimate: float
    low: float
    high: float
    p_value: float

    @property
    def shows(self) -> bool:
        """Whether zero lies outside."""
        return self.low > 0 or self.high < 0


def mixture_scale(units: float, alpha: float = ALPHA) -> float:
    """Scale ρ of the mixture that makes the interval narrowest at `units`; it holds at every other number as well."""
    edge = -2 * math.log(alpha)
    return math.sqrt((edge + math.log(edge + 1)) / max(units, 1.0))


def confidence_sequence(
    estimate: float, error: float, units: float, narrowest_at: float, alpha: float = ALPHA
) -> Interval:
    """The interval of one look of an open-ended run: estimate, its standard error, the units behind it.

    `narrowest_at` is the number of units for which it is tuned, chosen before the run. Units are those of both arms;
    with few (below some hundred) the normal approximation behind it is not yet one.
    """
    scale = units * mixture_scale(narrowest_at, alpha) ** 2
    width = error * math.sqrt((scale + 1) / scale * math.log((scale + 1) / alpha**2))
    z = estimate / error if error > 0 else (math.inf if estimate else 0.0)
    p_value = math.exp(min(0.5 * math.log(scale + 1) - 0.5 * z * z * scale / (scale + 1), 0.0))
    return Interval(estimate, estimate - width, estimate + width, p_value)


def repeated_interval(estimate: float, error: float, bound: float) -> Interval:
    """The interval of one planned look: it holds for all looks together (Jennison and Turnbull 1989).

    The p-value is that of a single test; what decides is whether the interval holds zero.
    """
    z = abs(estimate) / error if error > 0 else (math.inf if estimate else 0.0)
    return Interval(estimate, estimate - bound * error, estimate + bound * error, float(2 * special.ndtr(-z)))
