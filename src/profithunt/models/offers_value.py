"""What chosen offers are worth, with what is not known of them, beside a price cut that everybody sees.

Not known are how much being told moves (log-normal) and elasticities (normal, all of them together): five by five
equally likely cases. A cut for everybody is valued in the same cases on the same stock, over the same 28 days.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from profithunt.models.elasticity import Array
from profithunt.models.offers import Goods, Offers, Pairs, People, Terms, broadcast, chances, worth

CUTS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
_NODES = 5
_PART = 200_000
_ARMS = 15.7
_LEAST_ELASTICITY = 0.05


@dataclass(frozen=True)
class Money:
    """To expect, P10, P90."""

    gain: float
    low: float
    high: float


@dataclass(frozen=True)
class Valued:
    """What the offers earn and what the best cut for everybody does (one for all SKUs, or the best of each).

    `better` is the probability that the offers earn more than the best single cut, and anything at all.
    """

    offers: Money
    cut: float
    single: Money
    each: Money
    better: float
    n_per_arm: float | None


def valued(
    pairs: Pairs,
    offers: Offers,
    people: People,
    goods: Goods,
    terms: Terms,
    *,
    told_spread: float,
    elasticity_spread: Array,
    units: Array,
    stock: Array,
    floors: Array,
) -> Valued:
    """Offers against cuts; `units` sell by themselves in 28 days, `floors` are the largest cuts allowed."""
    levels = special.ndtri((np.arange(_NODES) + 0.5) / _NODES)
    cuts = np.array(CUTS)
    gains = np.zeros((_NODES, _NODES))
    by_cut = np.zeros((_NODES, len(cuts)))
    by_sku = np.zeros((_NODES, len(units), len(cuts)))
    for row, level in enumerate(levels):
        moved = np.maximum(goods.elasticity + level * elasticity_spread, _LEAST_ELASTICITY)
        case = replace(goods, elasticity=moved)
        by_sku[row] = broadcast(case, units, cuts, stock, floors)
        by_cut[row] = by_sku[row].sum(axis=0)
        for column, told in enumerate(levels):
            gains[row, column] = _gain(
                pairs, offers, people, case, replace(terms, told=terms.told * np.exp(told * told_spread))
            )
    best = int(np.argmax(by_cut.mean(axis=0)))
    of_sku = np.argmax(by_sku.mean(axis=0), axis=1)
    each = by_sku[:, np.arange(len(units)), of_sku].sum(axis=1)
    single = np.repeat(by_cut[:, best : best + 1], _NODES, axis=1)
    better = float(((gains > single) & (gains > 0)).mean())
    return Valued(
        _money(gains),
        CUTS[best],
        _money(by_cut[:, best]),
        _money(each),
        better,
        _arms(pairs, offers, people, goods, terms),
    )


def _gain(pairs: Pairs, offers: Offers, people: People, goods: Goods, terms: Terms) -> float:
    """Gain of the offers as they were chosen; of no more than what is too much of each SKU."""
    gain, moved = np.zeros(len(goods.excess)), np.zeros(len(goods.excess))
    for start in range(0, len(offers.pair), _PART):
        some = slice(start, start + _PART)
        at, incentive = offers.pair[some], offers.incentive[some]
        part = Pairs(pairs.customer[at], pairs.sku[at], pairs.chance[at])
        value, units = worth(part, people, goods, terms)
        every = np.arange(len(at))
        gain += np.bincount(part.sku, value[every, incentive], minlength=len(gain))
        moved += np.bincount(part.sku, units[every, incentive], minlength=len(gain))
    share = np.minimum(goods.excess / np.maximum(moved, 1e-9), 1.0)
    return float(np.where(gain > 0, gain * share, gain).sum())


def _money(cases: Array) -> Money:
    low, high = np.quantile(cases, (0.1, 0.9))
    return Money(float(cases.mean()), float(low), float(high))


def _arms(pairs: Pairs, offers: Offers, people: People, goods: Goods, terms: Terms) -> float | None:
    """Customers in each arm of a test that would see the mean gain of a customer: 15.7 σ² ÷ δ²."""
    if not len(offers.pair):
        return None
    at = offers.pair[:_PART]
    part = Pairs(pairs.customer[at], pairs.sku[at], pairs.chance[at])
    full, margin = goods.margins(terms.incentives)
    given = margin[part.sku, offers.incentive[:_PART]]
    n = len(np.unique(part.customer))
    with_it = chances(part, people, goods, terms)[np.arange(len(part.sku)), offers.incentive[:_PART]]
    # Nearly all of the scatter is whether somebody buys at all, told or not.
    scatter = float((part.chance * full[part.sku] ** 2 + with_it * given**2).sum() / n / 2)
    mean = float(offers.gain[:_PART].sum() / n)
    return float(_ARMS * scatter / max(mean**2, 1e-12))
