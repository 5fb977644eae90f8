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
_INNER, _OUTER = 0.9, (0.99, 0.997)
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
    z = _signed(seen, mean, spread) / width[day]
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


def _signed(count: Array, mean: Array, spread: Array) -> Array:
    """How far a count is from what was expected, in standard errors; the nearer of two ways to say it.

    Below the mean by the tail of a negative binomial, above it by logarithms (by roots, where little is counted): what
    multiplies a day's sales has a longer way up than a negative binomial allows.
    """
    size = 1 / np.maximum(spread, 1e-6)
    z = 2 * np.sqrt(size) * (np.arcsinh(np.sqrt(count / size)) - np.arcsinh(np.sqrt(mean / size)))
    low = z < 0
    below = special.betainc(size[low], count[low] + 1, size[low] / (mean[low] + size[low]))
    z[low] = -_distance(below)
    return np.asarray(z, dtype=np.float64)


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
            place = np.maximum(count + draw.random(rows.size) - 0.5, 0.0)
            z = _signed(place, mean, spread) / width[days]
            out = np.quantile(z, [1 - _INNER, 0.5, _INNER])
            middle[one] = out[1]
            for side, beyond in enumerate((out[1] - z, z - out[1])):
                inner = max(float(out[2 * side] - out[1]) * (2 * side - 1), TINY)
                ratios = np.quantile(beyond, _OUTER) / inner
                own = max(np.interp(ratio, _RATIOS[at], _HEAVINESS) for at, ratio in enumerate(ratios))
                weight = rows.size / (rows.size + _USUAL_DAYS)
                heaviness[one, side] = weight * own + (1 - weight) * _USUAL
                scale[one, side] = max(inner / _t_quantile(heaviness[one, side], _INNER), _LEAST_SCALE)
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
_RATIOS = [_t_quantile(_HEAVINESS, outer) / _t_quantile(_HEAVINESS, _INNER) for outer in _OUTER]
