"""Negative controls: actions that do nothing, and what the estimator says of them.

At a million customers a standard error is smaller than what imperfect models leave of the confounding. How much that is
can be measured: on actions known to have no effect. Some are declared by the shop; others are made here, by drawing who
acts from curved and jumpy functions of the covariates that no model of ours contains, as strongly confounded as the
shop's own actions are. What is left of their naive difference, as a share of it, widens every interval.

Source: METRICS section 3; Schuemie et al. (2014), empirical calibration; Efron (2010), empirical null.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import special

from profithunt.models.causal.basis import Array, Single
from profithunt.models.causal.design import Mask

_SHAPES: Final = 5
_FEWEST: Final = 5


@dataclass(frozen=True)
class EmpiricalNull:
    """What the estimator leaves of confounding: `shift` and `spread` of bias ÷ confounding, from `n` controls."""

    shift: float = 0.0
    spread: float = 0.0
    n: int = 0

    def error(self, error: float, confounding: float) -> float:
        """The standard error with what misspecification may leave of the confounding that was removed."""
        return float(np.sqrt(error**2 + (self.shift**2 + self.spread**2) * confounding**2))


def empirical_null(effects: Sequence[float], errors: Sequence[float], gaps: Sequence[float]) -> EmpiricalNull:
    """Fit it to controls: effect = shift × gap + Normal(0, spread × gap) + Normal(0, error).

    Maximum likelihood; none where there are fewer than five controls.
    """
    if len(effects) < _FEWEST:
        return EmpiricalNull(n=len(effects))
    gap = np.asarray(gaps, dtype=np.float64)
    # A control with hardly any confounding, or whose outcome never varies, says nothing about how much is removed.
    keep = (np.abs(gap) > 0.1 * float(np.median(np.abs(gap)))) & (np.asarray(errors) > 0)
    if not keep.any():
        return EmpiricalNull(n=len(effects))
    share = np.asarray(effects)[keep] / gap[keep]
    variance = (np.asarray(errors)[keep] / gap[keep]) ** 2
    spreads = np.concatenate([[0.0], np.geomspace(1e-5, 1.0, 121)])
    weight = 1 / (variance[None, :] + spreads[:, None] ** 2)
    shift = (weight * share).sum(axis=1) / weight.sum(axis=1)
    loss = 0.5 * (np.log(1 / weight) + weight * (share[None, :] - shift[:, None]) ** 2).sum(axis=1)
    # Restricted likelihood: the shift was estimated from the same few controls.
    loss += 0.5 * np.log(weight.sum(axis=1))
    best = int(np.argmin(loss))
    return EmpiricalNull(float(shift[best]), float(spreads[best]), int(keep.sum()))


def drawn(x: Single, outlook: Array, share: float, strength: float, generator: np.random.Generator) -> Mask:
    """Who does an action without effect: a random curved function of covariates decides the odds.

    `x` standardised covariates, `outlook` the outcome expected of each customer, `share` of customers who act,
    `strength` the standard deviation of the log-odds.
    """
    index = _shape(_ranks(outlook), generator)
    for column in generator.choice(x.shape[1], size=min(_SHAPES, x.shape[1]), replace=False):
        index = index + 0.6 * _shape(_ranks(x[:, column]), generator)
    spread = float(index.std())
    odds = strength * (index - index.mean()) / (spread or 1.0)
    low, high = -20.0, 20.0
    sample = odds[:: max(1, len(odds) // 50_000)]
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if float(special.expit(sample + middle).mean()) < share else (low, middle)
    return np.asarray(generator.random(len(odds)) < special.expit(odds + low))


def _ranks(values: Array | Single) -> Array:
    """Place of each value among all, from −1 to 1."""
    grid = np.quantile(values[:: max(1, len(values) // 20_000)], np.linspace(0, 1, 201))
    points, first = np.unique(grid, return_index=True)
    return np.asarray(np.interp(values, points, np.linspace(-1, 1, 201)[first]))


def _shape(ranks: Array, generator: np.random.Generator) -> Array:
    """A monotone, a wavy or a stepped function, up or down."""
    sign = generator.choice([-1.0, 1.0])
    kind = generator.integers(3)
    at = generator.uniform(-0.5, 0.5)
    if kind == 0:
        return np.asarray(sign * np.tanh(3 * (ranks - at)))
    if kind == 1:
        return np.asarray(sign * np.sin(generator.uniform(1.5, 4.0) * (ranks - at)))
    return np.asarray(sign * (1.2 * (ranks > at) + 0.6 * ranks))
