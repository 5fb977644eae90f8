"""Single days far from the level around them, held against how far chance reaches in series of their size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from profithunt.models.anomalies.course import MANY, NEAR, TINY, Course
from profithunt.models.anomalies.found import SPIKE, Found, Index
from profithunt.models.shrinkage import Array

_ASK = 2.6
_GROUP = 50
_GROUPS = 12
_SAMPLE = 20_000
_USUAL_DAYS = 3_000
_USUAL = 0.1
"""Tails of daily figures of shops are like those of a Student t of ten degrees of freedom, where few days tell."""
_LEAST_SCALE = 0.7


def find_spikes(fit: Course) -> Found:
    """Days far from the level around them."""
    near = fit.near()
    unsure = fit.overdispersion + (1 / np.maximum(fit.known, 1.0) + fit.overdispersion / (2 * NEAR))
    off = (fit.counts - near) / np.sqrt(near + unsure * near**2 + TINY)
    off[~fit.there] = 0.0
    width = _days(off, fit)
    series, day = np.nonzero(np.abs(off) > _ASK * width[None, :])
    seen, mean, spread = fit.counts[series, day], near[series, day], unsure[series, day]
    z = np.sign(off[series, day]) * _distance(_tail(seen, mean, spread)) / width[day]
    tails = Tails.of(fit, near, unsure, width)
    p_value = tails.p_values(z, series)
    z = np.sign(z) * _distance(p_value / 2)
    n_tests = int(fit.there.sum())
    kind = np.full(series.size, SPIKE, dtype=np.intp)
    return Found(series, day, kind, seen, mean, z, p_value, (n_tests, 0, 0))


def _days(off: Array, fit: Course) -> Array:
    """How much more series differ on each day than on others: on a holiday they do."""
    if fit.n_series < MANY:
        return np.ones(fit.n_days)
    low, high = np.quantile(off, [0.1, 0.9], axis=0)
    return np.asarray(np.maximum((high - low) / max(float(np.median(high - low)), TINY), 1.0), dtype=np.float64)


def _tail(count: Array, mean: Array, spread: Array) -> Array:
    """Probability of a count at least as far out on its side, negative binomial with variance mean + spread × mean²."""
    size = 1 / np.maximum(spread, 1e-6)
    share = mean / (mean + size)
    above = special.betainc(np.maximum(count, TINY), size, share)
    below = special.betainc(size, count + 1, 1 - share)
    return np.asarray(np.where(count > mean, np.where(count > 0, above, 1.0), below), dtype=np.float64)


def _distance(tail: Array) -> Array:
    """How far out a normal variable is whose tail has this probability."""
    return np.asarray(-special.ndtri(np.clip(tail, 1e-300, 0.5)), dtype=np.float64)


@dataclass(frozen=True)
class Tails:
    """How far chance reaches, of groups of series of a size: a scaled Student t of each side, from what was seen.

    Far out, no model of noise is exact, and that is where anomalies are looked for. So the tenth and the hundredth of
    the days furthest out on a side say how its tail falls; anomalies are too few to teach that.
    """

    group: Index
    middle: Array
    scale: Array
    heaviness: Array

    @classmethod
    def of(cls, fit: Course, near: Array, unsure: Array, width: Array) -> Tails:
        """From a sample of the days of each group.

        `middle` is by group; `scale` and `heaviness` (1 ÷ degrees of freedom) are by group and side, low and high.
        """
        size = near.mean(axis=1)
        n_groups = int(np.clip(fit.n_series // _GROUP, 1, _GROUPS))
        group = np.minimum(np.argsort(np.argsort(size, kind="stable")) * n_groups // fit.n_series, n_groups - 1)
        draw = np.random.default_rng(fit.n_series)
        middle, scale, heaviness = np.zeros(n_groups), np.ones((n_groups, 2)), np.zeros((n_groups, 2))
        for one in range(n_groups):
            rows, days = np.nonzero(fit.there[group == one])
            chosen = draw.permutation(rows.size)[:_SAMPLE]
            rows, days = np.flatnonzero(group == one)[rows[chosen]], days[chosen]
            count, mean, spread = fit.counts[rows, days], near[rows, days], unsure[rows, days]
            # A count is a step of the distribution; a place on it by chance makes them alike.
            above = _above(count, mean, spread)
            beyond = _above(count + 1, mean, spread)
            place = beyond + draw.random(rows.size) * (above - beyond)
            z = -special.ndtri(np.clip(place, 1e-15, 1 - 1e-15)) / width[days]
            low, near_low, middle[one], near_high, high = np.quantile(z, [0.01, 0.1, 0.5, 0.9, 0.99])
            for side, (inner, outer) in enumerate(
                [(middle[one] - near_low, middle[one] - low), (near_high - middle[one], high - middle[one])]
            ):
                own = np.interp(outer / max(inner, TINY), _RATIOS, _HEAVINESS)
                weight = rows.size / (rows.size + _USUAL_DAYS)
                heaviness[one, side] = weight * own + (1 - weight) * _USUAL
                scale[one, side] = max(inner / _t_quantile(heaviness[one, side], 0.9), _LEAST_SCALE)
        return cls(group.astype(np.intp), middle, scale, heaviness)

    def p_values(self, z: Array, series: Index) -> Array:
        """Two-sided p-values of distances from what is expected."""
        group, side = self.group[series], (z > 0).astype(np.intp)
        out = np.maximum(np.abs(z - self.middle[group]) / self.scale[group, side], 0.0)
        freedom = 1 / np.maximum(self.heaviness[group, side], 1e-6)
        return np.asarray(np.minimum(2 * special.stdtr(freedom, -out), 1.0), dtype=np.float64)


def _t_quantile(heaviness: Array | float, level: float) -> Any:
    return special.stdtrit(1 / np.maximum(heaviness, 1e-6), level)


_HEAVINESS = np.linspace(0, 0.5, 101)
_RATIOS = _t_quantile(_HEAVINESS, 0.99) / _t_quantile(_HEAVINESS, 0.9)


def _above(count: Array, mean: Array, spread: Array) -> Array:
    """Probability of a count at least as large, negative binomial as in `_tail`."""
    size = 1 / np.maximum(spread, 1e-6)
    return np.asarray(
        np.where(count > 0, special.betainc(np.maximum(count, TINY), size, mean / (mean + size)), 1.0),
        dtype=np.float64,
    )
