"""What to do about a price that rivals are held against: lower it, hold it or raise it, and what that earns.

Customers compare *delivered* prices d: price, delivery charge, waiting and the chance of lateness. A change c of the
price (a share of it) moves the units of 28 days to n × ((d + c·p)/d)^ε, each of which earns m + c·r more or less than
today's contribution m, r being the net price without tax:

    gain = n × (((d + c·p)/d)^ε × (m + c·r) − m)

**Elasticity.** ε is a declared belief until the shop's own prices have moved; then what units did, held against their
category, counts as much as it is sure: first for the shop as a whole, then for the SKU (empirical Bayes, as in the
detectors of prices). Below what rivals ask, customers mind a rise less than a cut above it would draw them (loss
aversion), so a rise has a belief of its own.

**Choice.** Changes on a grid, no further than the cheapest rival's delivered price; the one whose gain is surest, its
lower bound that holds with 80 per cent, is taken where it earns more with the probability asked for. Guards clip the
grid: they are floors and ceilings that the caller works out, each with a name.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy import special

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

DISPERSION: Final = 2.0
BETWEEN: Final = 0.5
"""Standard deviation of elasticities between the SKUs of a shop."""
LEAST_SPREAD: Final = 0.02
LEVEL: Final = 0.005
"""Delivered prices closer than this are the same."""
ROOM: Final = 0.02
"""How much below the cheapest rival a price must lie before raising it is looked at."""
_STEP: Final = 0.025
_QUANTILES: Final = 25
_PACES: Final = 9
_CHUNK: Final = 20_000
_SURE: Final = 0.2


@dataclass(frozen=True)
class Elasticity:
    """Belief about the elasticity: mean and standard deviation."""

    mean: float
    spread: float


@dataclass(frozen=True)
class Rules:
    """`cut` and `rise` are the beliefs for lower and for higher prices; `decimals` those of the currency."""

    cut: Elasticity
    rise: Elasticity
    largest: float = 0.25
    sure: float = 0.8
    decimals: int = 2


@dataclass(frozen=True)
class Terms:
    """One entry a SKU; prices as customers see them, `margin` and `net_price` a unit and ex tax, units of 28 days.

    `seen` are the units that the pace rests on. `floor` and `ceiling` are the prices that guards leave, minus and plus
    infinity for none; `at_war` forbids a cut. Missing figures are NaN.
    """

    price: Array
    delivered: Array
    lowest_price: Array
    lowest_delivered: Array
    units: Array
    seen: Array
    margin: Array
    net_price: Array
    spread: Array
    slanted: Array
    floor: Array
    ceiling: Array
    at_war: Flags

    def part(self, rows: slice) -> Terms:
        """Some of the SKUs."""
        return Terms(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Advice:
    """What to do about each SKU, one entry a SKU.

    `advice` is lower, raise or hold, `reason` why (a key of the views), `clipped` whether a guard
    kept the price from going further; the other figures are NaN where it is held.
    """

    advice: npt.NDArray[Any]
    reason: npt.NDArray[Any]
    clipped: Flags
    price: Array
    value: Array
    low: Array
    high: Array
    probability: Array
    elasticity: Array
    elasticity_sd: Array
    learnt: Array


def elasticities(spread: Array, slanted: Array, belief: Elasticity, among: Flags | None = None) -> tuple[Array, Array]:
    """Mean and standard deviation of each SKU's elasticity, learnt from how units moved with the own price.

    The shop's own mean is that of the SKUs in `among` (default: all).
    """
    moved = np.nan_to_num(spread) > LEAST_SPREAD
    counts = moved if among is None else moved & among
    held = np.where(moved, spread, 1.0)
    slope = np.where(moved, slanted / held, 0.0)
    weight = np.where(counts, 1 / (DISPERSION / held + BETWEEN**2), 0.0)
    before = 1 / belief.spread**2
    shop_weight = before + weight.sum()
    shop = (belief.mean * before + (slope * weight).sum()) / shop_weight
    own = np.where(moved, held / DISPERSION, 0.0)
    known = 1 / BETWEEN**2 + own
    mean = (shop / BETWEEN**2 + slope * own) / known
    return np.minimum(mean, 0.0), np.sqrt(1 / shop_weight + 1 / known)


def advise(terms: Terms, rules: Rules) -> Advice:
    """Advice for every SKU."""
    # Customers mind a price above what they compare with more than one below: each side has a mean of its own.
    dearer = terms.delivered > terms.lowest_delivered
    cut = elasticities(terms.spread, terms.slanted, rules.cut, dearer)
    rise = elasticities(terms.spread, terms.slanted, rules.rise, ~dearer)
    parts = []
    for start in range(0, max(len(terms.price), 1), _CHUNK):
        rows = slice(start, start + _CHUNK)
        parts.append(_advise(terms.part(rows), rules, (cut[0][rows], cut[1][rows]), (rise[0][rows], rise[1][rows])))
    return Advice(*(np.concatenate([getattr(part, name) for part in parts]) for name in Advice.__dataclass_fields__))


def gains(terms: Terms, change: Array, elasticity: Array) -> Array:
    """Contribution profit over 28 days that a change of the price earns against today's, by elasticity."""
    ratio = np.maximum((terms.delivered + change * terms.price) / terms.delivered, 1e-6)
    return np.asarray(terms.units * (ratio**elasticity * (terms.margin + change * terms.net_price) - terms.margin))


def _advise(terms: Terms, rules: Rules, cut: tuple[Array, Array], rise: tuple[Array, Array]) -> Advice:
    gap = terms.delivered / terms.lowest_delivered - 1
    dearer = gap > LEVEL
    room = (gap < -ROOM) & (terms.price < terms.lowest_price)
    goal = (terms.lowest_delivered - terms.delivered) / terms.price
    sold = np.nan_to_num(terms.units) > 0
    known = sold & np.isfinite(terms.margin) & np.isfinite(terms.net_price) & np.isfinite(goal)
    lower = known & dearer & ~terms.at_war
    raises = known & room
    mean = np.where(room, rise[0], cut[0])
    sd = np.where(room, rise[1], cut[1])
    spread = np.where(room, rules.rise.spread, rules.cut.spread)

    free, _ = _best(terms, rules, goal, mean, sd, lower, raises, guarded=False)
    change, clipped_any = _best(terms, rules, goal, mean, sd, lower, raises, guarded=True)
    clipped = clipped_any & (np.abs(free - change) > 1e-9)
    price = _rounded(terms.price * (1 + change), change, rules.decimals)
    change = np.where(change != 0, price / terms.price - 1, 0.0)
    value, low, high, probability = _worth(terms, change, mean, sd)
    take = (np.abs(change) > 1e-9) & (probability >= rules.sure) & (value > 0)
    reason = _reasons(terms, gap, known, sold, take, change, clipped, free)
    nan = np.full(len(price), math.nan)
    return Advice(
        advice=np.where(take, np.where(change < 0, "lower", "raise"), "hold"),
        reason=reason,
        clipped=clipped & (take | (reason == "guard")),
        price=np.where(take, price, nan),
        value=np.where(take, value, nan),
        low=np.where(take, low, nan),
        high=np.where(take, high, nan),
        probability=np.where(take, probability, nan),
        elasticity=mean,
        elasticity_sd=sd,
        learnt=np.clip(1 - sd / np.hypot(spread, BETWEEN), 0.0, 1.0),
    )


def _best(
    terms: Terms, rules: Rules, goal: Array, mean: Array, sd: Array, lower: Flags, raises: Flags, *, guarded: bool
) -> tuple[Array, Flags]:
    """The change whose gain is surest, 0 where none gains, and whether guards left less than was asked for."""
    far = np.clip(goal, -rules.largest, rules.largest)
    near = np.zeros_like(far)
    if guarded:
        least = np.minimum(terms.floor / terms.price - 1, 0.0)
        most = np.maximum(terms.ceiling / terms.price - 1, 0.0)
        bounded = np.where(far < 0, np.maximum(far, least), np.minimum(far, most))
    else:
        bounded = far
    allowed = np.where(far < 0, lower, raises)
    steps = np.arange(1, round(rules.largest / _STEP) + 1) * _STEP
    grid = np.concatenate([steps, [0.0]])[:, None] * np.sign(far)
    grid[-1] = bounded
    inside = (np.abs(grid) <= np.abs(bounded) + 1e-12) & allowed & (np.abs(grid) > 1e-9)
    # Gains fall or rise with the elasticity, so that their lower bound is theirs at one end of it.
    ends = special.ndtri(_SURE)
    worst = np.minimum(
        gains(terms, grid, np.minimum(mean + ends * sd, 0.0)), gains(terms, grid, np.minimum(mean - ends * sd, 0.0))
    )
    worst = np.where(inside & np.isfinite(worst), worst, -np.inf)
    best = np.argmax(worst, axis=0)
    rows = np.arange(len(far))
    found = np.isfinite(worst[best, rows])
    return np.where(found, grid[best, rows], near), allowed & (np.abs(bounded) < np.abs(far) - 1e-12)


def _worth(terms: Terms, change: Array, mean: Array, sd: Array) -> tuple[Array, Array, Array, Array]:
    """P50, P10 and P90 of the gain, and the probability that there is one: elasticity and units are both not sure."""
    if not len(change):
        return change, change, change, change
    at = (np.arange(_QUANTILES) + 0.5) / _QUANTILES
    elasticity = np.minimum(mean + special.ndtri(at)[:, None] * sd, 0.0)
    gain = gains(terms, change, elasticity)
    unsure = np.sqrt(DISPERSION / np.maximum(terms.seen, 1.0))
    pace = np.exp(special.ndtri((np.arange(_PACES) + 0.5) / _PACES)[:, None, None] * unsure)
    spreads = (pace * gain).reshape(_PACES * _QUANTILES, len(change))
    low, middle, high = np.nanquantile(np.nan_to_num(spreads), (0.1, 0.5, 0.9), axis=0)
    # Of so many looks, none says never or always.
    return middle, low, high, ((gain > 0).sum(axis=0) + 0.5) / (_QUANTILES + 1)


def _rounded(price: Array, change: Array, decimals: int) -> Array:
    """To the smallest coin, never further from today's price than was found."""
    scale = 10.0**decimals
    return np.where(change < 0, np.ceil(price * scale - 1e-6), np.floor(price * scale + 1e-6)) / scale


def _reasons(
    terms: Terms, gap: Array, known: Flags, sold: Flags, take: Flags, change: Array, clipped: Flags, free: Array
) -> npt.NDArray[Any]:
    cheaper_there = terms.lowest_price < terms.price
    return np.select(
        [
            ~np.isfinite(terms.lowest_delivered),
            take & (change < 0),
            take,
            cheaper_there & (gap <= LEVEL),
            (gap > LEVEL) & terms.at_war,
            ~sold,
            ~known,
            clipped & (np.abs(free) > 1e-9),
            gap > LEVEL,
            gap < -ROOM,
        ],
        [
            "no_rival_in_stock",
            "dearer_delivered",
            "room",
            "convenience",
            "price_war",
            "not_sold",
            "margin_unknown",
            "guard",
            "would_not_pay",
            "cheapest",
        ],
        default="level",
    )
