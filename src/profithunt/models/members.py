"""Members compared fairly: rates and means pulled towards what is usual among peers, with intervals.

A member seen a few times has a rate by chance; its peers say what rates there are. Where the question is how good a
member is (not whether it is strange), the peers' distribution is one Beta or one Normal, fitted on grouped counts by
maximum likelihood. Its own uncertainty is part of the interval where peers are few (Laird and Louis 1987; here by the
profile of the likelihood over the peers' spread).

Source: METRICS section 4; Efron and Morris (1975); Casella (1985).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from scipy import special

from profithunt.models.shrinkage import Array

GRID: Final = 41
_TINY = 1e-12


def floats(values: Sequence[float]) -> Array:
    """Numbers as a column."""
    return np.array(values, dtype=np.float64)


def shares(hits: Array, trials: Array, level: float = 0.9) -> tuple[Array, Array, Array]:
    """Shrunken share of each member and the ends of its interval, from hits out of trials (beta-binomial)."""
    distinct, inverse, counts = _grouped(hits, trials)
    strengths = np.exp(np.linspace(np.log(0.5), np.log(1e6), 4 * GRID))
    fits = [_beta_at(distinct, counts, strength) for strength in strengths]
    share, strength, weight = _likely(strengths, [fit[0] for fit in fits], [fit[1] for fit in fits])
    x, n = distinct[:, 0], distinct[:, 1]
    a = x[:, None] + (share * strength)[None, :]
    b = (n - x)[:, None] + ((1 - share) * strength)[None, :]
    mean = (a / (a + b)) @ weight
    tail = (1 - level) / 2
    low, high = (_mixed(lambda at: special.betainc(a, b, at[:, None]), weight, q, len(x)) for q in (tail, 1 - tail))
    return mean[inverse], low[inverse], high[inverse]


def means(value: Array, error: Array, level: float = 0.9) -> tuple[Array, Array, Array]:
    """Shrunken value of each member and the ends of its interval, from values with standard errors (normal)."""
    value, error = np.asarray(value, dtype=np.float64), np.maximum(np.asarray(error, dtype=np.float64), _TINY)
    spread = max(float(np.std(value)), float(np.median(error)) * 1e-2, _TINY)
    taus = np.exp(np.linspace(np.log(spread * 1e-3), np.log(spread * 3), 4 * GRID))
    fits = []
    for tau in taus:
        precision = 1 / (error**2 + tau**2)
        centre = float((precision * value).sum() / precision.sum())
        fits.append((centre, float(0.5 * np.log(precision).sum() - 0.5 * (precision * (value - centre) ** 2).sum())))
    centre_of, tau_of, weight = _likely(taus, [fit[0] for fit in fits], [fit[1] for fit in fits])
    precision = 1 / error[:, None] ** 2 + 1 / tau_of[None, :] ** 2
    middle = (value[:, None] / error[:, None] ** 2 + (centre_of / tau_of**2)[None, :]) / precision
    # The peers' mean is known only so well; what a member leans on it, it shares of that.
    unsure = 1 / (1 / (error[:, None] ** 2 + tau_of[None, :] ** 2)).sum(axis=0)
    lean = (1 / tau_of[None, :] ** 2) / precision
    deviation = np.sqrt(1 / precision + lean**2 * unsure[None, :])
    mean = middle @ weight
    between = np.sqrt(np.maximum((deviation**2 + middle**2) @ weight - mean**2, 0))
    reach = -float(special.ndtri((1 - level) / 2))
    return mean, mean - reach * between, mean + reach * between


def _grouped(hits: Array, trials: Array) -> tuple[Array, np.ndarray, Array]:
    pairs = np.stack([np.asarray(hits, dtype=np.float64), np.asarray(trials, dtype=np.float64)], axis=1)
    distinct, inverse, counts = np.unique(pairs, axis=0, return_inverse=True, return_counts=True)
    return distinct, inverse.ravel(), counts.astype(np.float64)


def _beta_at(distinct: Array, counts: Array, strength: float) -> tuple[float, float]:
    """The likeliest mean share for a strength of the peers' distribution, and its log-likelihood."""
    x, n = distinct[:, 0], distinct[:, 1]
    share = float(np.clip((counts * x).sum() / max((counts * n).sum(), _TINY), 1e-7, 1 - 1e-7))
    for _ in range(4):
        weight = counts / (1 + np.maximum(n - 1, 0) / (strength + 1))
        share = float(np.clip((weight * x).sum() / max((weight * n).sum(), _TINY), 1e-7, 1 - 1e-7))
    a, b = share * strength, (1 - share) * strength
    return share, float((counts * (special.betaln(x + a, n - x + b) - special.betaln(a, b))).sum())


def _likely(spreads: Array, centres: list[float], logs: list[float]) -> tuple[Array, Array, Array]:
    """Spreads that the data leave possible, their centres and weights."""
    log = np.array(logs)
    weight = np.exp(log - log.max())
    kept = weight > 1e-4
    weight = weight[kept] / weight[kept].sum()
    return np.array(centres)[kept], spreads[kept], weight


def _mixed(below: Callable[[Array], Array], weight: Array, level: float, size: int) -> Array:
    """Where a mixture's distribution function reaches a level, by halving."""
    low, high = np.zeros(size), np.ones(size)
    for _ in range(30):
        middle = (low + high) / 2
        under = below(middle) @ weight < level
        low, high = np.where(under, middle, low), np.where(under, high, middle)
    return (low + high) / 2


def ratios(n_rows: Array, y: Array, x: Array, yy: Array, xy: Array, xx: Array) -> tuple[Array, Array]:
    """Y ÷ x of each member and its standard error; the scatter of small members is held against that of all."""
    ratio = y / np.where(np.abs(x) > _TINY, x, _TINY)
    scatter = np.maximum(yy - 2 * ratio * xy + ratio**2 * xx, 0.0)
    usual = scatter.sum() / max(float(n_rows.sum()), 1.0)
    own = (scatter + 4 * usual) / np.maximum(n_rows + 3, 1)
    return ratio, np.sqrt(own * n_rows) / np.maximum(np.abs(x), _TINY) + _TINY
