"""What stock sells at today's price until its season ends: each SKU's level, the season's course, what is not known.

The level counts late weeks for more, by as much as foretells best (`HALF_LIVES`), and is pulled towards the other
SKUs' the further the less was sold. The season's course is that of the category a year ago, as far as enough was sold
then; without it the season stays as it is. How far levels wander by themselves is seen by foretelling the last eight
weeks from those before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from profithunt.models.elasticity import Array, Elasticities, Integers, Sold
from profithunt.models.shrinkage import fit_gamma

YEAR = 52
_LATELY = 8
_SEEN = 52
HALF_LIVES = (3.0, 6.0, 12.0, 24.0)
_SEASON_SPREAD = 0.5
_YEAR_TO_YEAR = 0.02
_WANDER = 0.06
_WANDER_RANGE = (0.01, 0.5)
_STRENGTH = 20.0


@dataclass(frozen=True)
class Demand:
    """Units a week to expect at today's price: `rate` SKUs × weeks ahead, and `shape` of the gamma around the level."""

    rate: Array
    shape: Array
    season_learnt: bool


def ahead(sold: Sold, found: Elasticities, price: Array, studied: Integers, weeks: int) -> Demand:
    """Demand of the studied SKUs (their rows in `sold`) over the next weeks at today's `price` of each."""
    tried = [_wander(sold, found, price, studied, half_life) for half_life in HALF_LIVES]
    _, wander, half_life = min(tried)
    level, shape = _levels(sold, found, price, studied, 0, half_life)
    season, learnt = _season(sold, found, weeks)
    rate = level[:, None] * season[sold.category[studied]]
    return Demand(rate, 1 / (1 / shape + wander), learnt)


def _levels(
    sold: Sold, found: Elasticities, price: Array, studied: Integers, since: int, half_life: float
) -> tuple[Array, Array]:
    """Units a week at `price` and the gamma's shape, from what was sold up to `since` weeks ago."""
    last = sold.units.shape[1] - since
    late = slice(max(last - _SEEN, 0), last)
    age = np.arange(late.stop - late.start)[::-1]
    weight = 0.5 ** (age / half_life)
    expects = weight * _exposure(sold, found, price, studied, late, since)
    scatter = _scatter(sold, found, studied)
    units = (weight * np.where(sold.open[studied, late] > 0, sold.units[studied, late], 0.0)).sum(axis=1) / scatter
    exposure = expects.sum(axis=1) / scatter
    known = exposure > 0
    if not known.any():
        return np.zeros(len(studied)), np.full(len(studied), 0.5)
    shape, rate = fit_gamma(units[known], exposure[known]).body
    return (shape + units) / (rate + exposure), shape + units


def _exposure(sold: Sold, found: Elasticities, price: Array, studied: Integers, weeks: slice, since: int) -> Array:
    """How many weeks like those around `since` at today's price each week was."""
    week = found.week[:, weeks] - _recent(found.week, since)[:, None]
    answer = found.answer(studied, price, sold.price[studied, weeks])
    return np.asarray(sold.open[studied, weeks] * np.exp(week[sold.category[studied]]) * answer)


def _scatter(sold: Sold, found: Elasticities, studied: Integers) -> Array:
    """Variance of a week's units against their mean."""
    open_ = sold.open[studied]
    usual = (sold.units[studied] * (open_ > 0)).sum(axis=1) / np.maximum(open_.sum(axis=1), 1.0)
    return np.asarray(1 + found.extra[sold.category[studied]] * usual)


def _recent(week: Array, since: int) -> Array:
    last = week.shape[1] - since
    return np.asarray(week[:, max(last - _LATELY, 0) : last].mean(axis=1))


def _wander(
    sold: Sold, found: Elasticities, price: Array, studied: Integers, half_life: float
) -> tuple[float, float, float]:
    """How badly a half-life foretells the last weeks, the squared share by which levels wander beyond chance, and it.

    Over all SKUs; the belief counts as twenty of them.
    """
    level, shape = _levels(sold, found, price, studied, _LATELY, half_life)
    last = sold.units.shape[1]
    late = slice(last - _LATELY, last)
    expects = level * _exposure(sold, found, price, studied, late, _LATELY).sum(axis=1)
    units = np.where(sold.open[studied, late] > 0, sold.units[studied, late], 0.0).sum(axis=1)
    enough = expects > 2
    if not enough.any():
        return 0.0, _WANDER, half_life
    m, y, k = expects[enough], units[enough], shape[enough]
    scatter = _scatter(sold, found, studied)[enough]
    weight = (m / (m + scatter + m * m / k)) ** 2
    seen = (((y - m) ** 2 - m * scatter) / m**2 - 1 / k).clip(-1, 4)
    wander = float(np.clip((_STRENGTH * _WANDER + weight @ seen) / (_STRENGTH + weight.sum()), *_WANDER_RANGE))
    return float((m - y * np.log(m)).sum()), wander, half_life


def _season(sold: Sold, found: Elasticities, weeks: int) -> tuple[Array, bool]:
    """Factors of the weeks ahead against the last ones, categories × weeks: the category's own course a year ago."""
    n_categories, last = found.week.shape
    flat = np.ones((n_categories, weeks))
    if last < YEAR + _LATELY:
        return flat, False
    count = np.zeros((n_categories, last))
    np.add.at(count, sold.category, np.where(sold.open > 0, sold.units, 0.0))
    then = slice(last - YEAR - _LATELY, last - YEAR)
    at = np.minimum(np.arange(last - YEAR, last - YEAR + weeks), last - 1)
    # A week's factor with half of each neighbour's: one week a year ago is noise.
    around = [np.clip(at + step, 0, last - 1) for step in (-1, 0, 1)]
    shape = sum(share * found.week[:, place] for share, place in zip((0.25, 0.5, 0.25), around, strict=True))
    n_then = count[:, then].sum(axis=1)
    n_at = sum(count[:, place] for place in around)
    scatter = 1.0
    noise = scatter / np.maximum(n_at, 0.5) + scatter / np.maximum(n_then, 0.5)[:, None] + _YEAR_TO_YEAR
    reliable = np.where((n_at > 0) & (n_then > 0)[:, None], _SEASON_SPREAD**2 / (_SEASON_SPREAD**2 + noise), 0.0)
    log = reliable * (shape - found.week[:, then].mean(axis=1)[:, None])
    return np.exp(np.clip(log, -3, 3)), bool((reliable > 0.5).any())
