"""Shops with stock to clear, whose demand at every price is known: what `truth/markdowns.py` judges ladders in.

A category has an elasticity at today's price and one of three forms: constant, growing as the price falls (a logit of
buyers), or falling. Seasons rise and fall over the year, a little different each year; weeks and SKUs have noise of
their own, levels wander. Half of each category was sold a year ago and is gone, cleared by cuts of everything at once,
which say nothing of elasticities. Expected profit of fixed prices is worked out over every number of units left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from scipy import special

from profithunt.models.elasticity import Sold
from profithunt.models.markdown_study import CUTS, Goods

Array = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Kind = Literal["tried", "seldom", "never"]
Stocked = Literal["any", "short", "inelastic"]

WEEKS: Final = 104
SKUS: Final = 60
CATEGORIES: Final = 3
MOST: Final = 250
SALVAGE: Final = 0.3


@dataclass(frozen=True)
class Clearance:
    """A shop's books (`sold`, `goods`) and the truth: units ahead at today's price, SKUs × weeks, and their answer.

    `form` and `elasticity` are of each SKU of `goods`, as `answer` takes them.
    """

    sold: Sold
    goods: Goods
    ahead: Array
    form: Integers
    elasticity: Array

    def rates(self) -> Array:
        """Mean units, SKUs × weeks × prices of `CUTS`."""
        left = np.broadcast_to(1 - np.array(CUTS), (len(self.form), len(CUTS)))
        return self.ahead[:, :, None] * answer(self.form, self.elasticity, left)[:, None, :]


def clearance(seed: int, kind: Kind = "tried", stocked: Stocked = "any") -> Clearance:
    """One shop; `kind` is how often SKUs had promotions of their own, `stocked` leaves something to gain or nothing."""
    draw = np.random.default_rng([50, seed])
    n = CATEGORIES * SKUS * 2
    category = np.repeat(np.arange(CATEGORIES), SKUS * 2)
    now = np.tile(np.arange(SKUS * 2) < SKUS, CATEGORIES)
    usual = draw.uniform(*((0.15, 0.6) if stocked == "inelastic" else (1.2, 3.6)), CATEGORIES)
    elasticity = np.clip(usual[category] * np.exp(draw.normal(0, 0.2, n)), 0.1, 6.0)
    form = draw.integers(0, 3, CATEGORIES)[category]
    price: Array = np.exp(draw.normal(3.4, 0.5, n))
    level = np.exp(draw.normal(1.3, 0.8, n))
    cut = _past(draw, now, kind)
    horizon = draw.integers(5, 13, CATEGORIES)
    season = np.stack([_season(draw, int(horizon[at])) for at in range(CATEGORIES)])
    wandering = np.cumsum(draw.normal(0, 0.03, (n, WEEKS + 16)), axis=1)
    wandering -= wandering[:, WEEKS - 1 : WEEKS]
    common = np.exp(draw.normal(0, 0.07, (CATEGORIES, WEEKS)))[category]
    mean = level[:, None] * season[category, :WEEKS] * common * np.exp(wandering[:, :WEEKS])
    mean = mean * answer(form, elasticity, 1 - cut) * draw.gamma(25, 1 / 25, (n, WEEKS))
    begins = np.where(now, draw.integers(WEEKS - 45, WEEKS - 8, n), draw.integers(0, 20, n))
    ends = np.where(now, WEEKS, WEEKS - 52 + horizon[category])
    week = np.arange(WEEKS)[None, :]
    open_ = ((week >= begins[:, None]) & (week < ends[:, None])).astype(np.float64)
    units = np.where(open_ > 0, draw.poisson(mean), 0).astype(np.float64)
    sold = Sold(units, price[:, None] * (1 - cut), open_, category)
    row = np.flatnonzero(now)
    weeks = horizon[category[row]]
    ahead = level[row, None] * season[category[row], WEEKS : WEEKS + int(weeks.max())]
    on = np.arange(ahead.shape[1])[None, :] < weeks[:, None]
    ahead = np.where(on, ahead, 0.0)
    cover = draw.uniform(*((0.1, 0.5) if stocked == "short" else (0.4, 4.0)), len(row))
    cost = draw.uniform(0.3, 0.55, len(row)) * price[row]
    goods = Goods(
        row=row,
        stock=np.clip(np.round(ahead.sum(axis=1) * cover), 1, MOST),
        weeks=weeks,
        price=price[row],
        unit_cost=cost,
        returned=draw.uniform(0.02, 0.3, CATEGORIES)[category[row]],
        handling=np.full(len(row), 2.0),
        salvage=SALVAGE * cost,
        recovered=0.9,
    )
    return Clearance(sold, goods, ahead, form[row], elasticity[row])


def _past(draw: np.random.Generator, now: npt.NDArray[np.bool_], kind: Kind) -> Array:
    """Cuts of the past, SKUs × weeks: own promotions of one to three weeks, and clearances of last year's goods."""
    n = len(now)
    cut: Array = np.zeros((n, WEEKS))
    often = {"tried": 0.12, "seldom": 0.02, "never": 0.0}[kind]
    for weeks in (1, 2, 3):
        starts = draw.random((n, WEEKS)) < often / 3
        depth = draw.choice((0.1, 0.2, 0.3), (n, WEEKS))
        for later in range(weeks):
            moved = np.zeros_like(cut)
            moved[:, later:] = np.where(starts, depth, 0.0)[:, : WEEKS - later]
            cut = np.maximum(cut, moved)
    cleared = ~now
    for since, by in ((WEEKS - 52, 0.2), (WEEKS - 48, 0.4)):
        cut[cleared, since:] = np.maximum(cut[cleared, since:], by)
    # Today everything is at full price.
    cut[:, WEEKS - 1] = np.where(now, 0.0, cut[:, WEEKS - 1])
    return cut


def _season(draw: np.random.Generator, horizon: int) -> Array:
    """A year's course twice, the second one a little different, falling towards the end of the season."""
    week = np.arange(WEEKS + 16)
    peak, depth = draw.uniform(0, 52), draw.uniform(0.0, 0.5)
    course: Array = np.asarray(depth * np.cos(2 * np.pi * (week - peak) / 52), dtype=np.float64)
    fall = draw.uniform(0.0, 0.08)
    for end in (WEEKS - 52 + horizon, WEEKS + horizon):
        course = course - fall * np.where(week < end, np.clip(week - (end - 16), 0, None), 0)
    return np.asarray(np.exp(course + np.where(week >= WEEKS - 12, draw.normal(0, 0.08), 0.0)))


def answer(form: Integers, elasticity: Array, left: Array) -> Array:
    """Demand at a share of today's price, SKUs × anything, by the form of the category."""
    e = elasticity[:, None]
    constant = left**-e
    # A logit of buyers, three in ten of whom buy at today's price.
    slope = e / 0.7
    logit = special.expit(np.log(0.3 / 0.7) + slope * (1 - left)) / 0.3
    falling = np.exp(e * (1 - left))
    return np.asarray(np.choose(np.broadcast_to(form[:, None], left.shape), [constant, logit, falling]))


def profit(world: Clearance, ladder: Integers) -> Array:
    """Expected profit of prices fixed beforehand, a SKU; ladder as places in `CUTS`, SKUs × weeks."""
    value, rates = _left_over(world), world.rates()
    earned = unit_earns(world.goods, 1 - np.array(CUTS))
    every = np.arange(len(ladder))
    for week in range(rates.shape[1] - 1, -1, -1):
        price = ladder[:, week]
        value = _week(world, value, rates[every, week, price], earned[every, price], week)
    return value[every, world.goods.stock.astype(np.int64)]


def best(world: Clearance) -> Array:
    """The most that any seller could expect, one who sees the stock each week and never raises a price."""
    rates = world.rates()
    earned = unit_earns(world.goods, 1 - np.array(CUTS))
    n, weeks, prices = rates.shape
    value = np.repeat(_left_over(world)[:, None, :], prices, axis=1)
    for week in range(weeks - 1, -1, -1):
        worth = np.stack(
            [_week(world, value[:, at], rates[:, week, at], earned[:, at], week) for at in range(prices)], axis=1
        )
        value = worth if week == 0 else np.maximum.accumulate(worth[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(value[np.arange(n), 0, world.goods.stock.astype(np.int64)])


def unit_earns(goods: Goods, left: Array) -> Array:
    """What a unit sold brings before its cost, at shares of today's price: SKUs × shares."""
    back = goods.returned * goods.recovered * goods.salvage - goods.handling
    return np.asarray((goods.price * (1 - goods.returned))[:, None] * left + back[:, None])


def _left_over(world: Clearance) -> Array:
    return np.asarray(world.goods.salvage[:, None] * np.arange(MOST + 1)[None, :])


def _week(world: Clearance, later: Array, rate: Array, earned: Array, week: int) -> Array:
    """Value of every number of units before a week, from that after it; SKUs × units."""
    units = np.arange(MOST + 1)
    n_sold = np.arange(MOST + 1)
    chance = np.exp(special.xlogy(n_sold, rate[:, None]) - rate[:, None] - special.gammaln(n_sold + 1))
    worth = np.zeros_like(later)
    tail = 1 - np.cumsum(chance, axis=1) + chance
    for sold in range(int(min(MOST, rate.max(initial=0) + 8 * np.sqrt(rate.max(initial=0) + 1) + 8)) + 1):
        # Of fewer units than wanted all are sold.
        more = units[sold:]
        whole = np.where(more[None, :] == sold, tail[:, sold : sold + 1], chance[:, sold : sold + 1])
        worth[:, sold:] += whole * (earned[:, None] * sold + later[:, : len(more)])
    active = world.goods.weeks > week
    return np.asarray(np.where(active[:, None], worth, later))
