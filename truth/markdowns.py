"""Markdown ladders: what the recommended prices earn of what could be earned, in shops whose demand is known.

Shops (`truth/clearances.py`) differ in elasticities and their form, seasons, stock, margins, returns. The study sees
their books. The best possible gain is that of the best ladder for somebody who knows demand; beside it stands that of
a seller who moreover sees the stock each week and may then choose again.

- **Own prices tried**: SKUs had promotions of their own now and then. The ladder is followed week by week, and made
  anew each week from what has been sold, as a shop would. All shops together must earn 90 % of the best possible gain.
- **Nothing to change**: little stock, or demand that does not answer prices. The study must leave all prices in 90 % of
  shops.
- The ladder of the first day, kept to the end; prices **seldom tried**, **never tried** (the declared prior speaks):
  printed, without a limit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from profithunt.models.elasticity import Sold
from profithunt.models.markdown_ladder import Stocks, best_ladders
from profithunt.models.markdown_study import CUTS, Goods, study
from truth.claim import Claim
from truth.clearances import MOST, Array, Clearance, Kind, Stocked, answer, best, clearance, profit, unit_earns

NAME: Final = "markdowns"
WORLDS: Final = 24
FIRST_SEED: Final = 300
EARNED: Final = 0.9
LEFT: Final = 0.9


@dataclass(frozen=True)
class Result:
    """Gains over today's prices as shares of what those earn: recommended, best ladder, all-seeing, one cut for all."""

    earned: float
    possible: float
    seeing: float
    blunt: float
    left: float


def check(_folder: Path) -> Iterator[Claim]:
    """Gain earned where prices could be better, prices left where they could not."""
    weekly = [_weekly(FIRST_SEED + at) for at in range(WORLDS)]
    share = _said("own prices tried, made anew each week", weekly)
    yield Claim(NAME, f"{WORLDS} shops, own prices tried: {share:.1%} of the best gain", True, share >= EARNED)
    fixed = [_fixed(FIRST_SEED + at, "tried") for at in range(WORLDS)]
    _said("own prices tried, the first ladder kept", fixed)
    best_cut = sum(one.blunt for one in fixed) / sum(one.possible for one in fixed)
    yield Claim(NAME, f"the best single cut for all earns {best_cut:.1%}: less", True, best_cut < share)
    nothing = [_fixed(FIRST_SEED + at, "tried", "short" if at % 2 else "inelastic") for at in range(WORLDS)]
    most = max(one.possible for one in nothing)
    left = float(np.mean([one.left == 1 for one in nothing]))
    what = f"{WORLDS} shops, nothing to change (at most {most:.2%} of today's profit): all prices left in {left:.1%}"
    yield Claim(NAME, what, True, left >= LEFT)
    _said("seldom tried, the first ladder kept", [_fixed(FIRST_SEED + at, "seldom") for at in range(WORLDS)])
    _said("never tried, the first ladder kept", [_fixed(FIRST_SEED + at, "never") for at in range(WORLDS)])


def _fixed(seed: int, kind: Kind, stocked: Stocked = "any") -> Result:
    """The ladder of the first day, kept: expected profits."""
    world = clearance(seed, kind, stocked)
    found = study(world.sold, world.goods)
    hold = profit(world, np.zeros_like(found.ladder))
    one_cut = np.full_like(found.ladder, found.cuts.index(found.best_blunt.cut))
    one_cut[:, 0] = 0
    today = float(hold.sum())
    return Result(
        earned=float((profit(world, np.where(found.take[:, None], found.ladder, 0)) - hold).sum()) / today,
        possible=float((_best_ladder(world) - hold).sum()) / today,
        seeing=float((best(world) - hold).sum()) / today,
        blunt=float((profit(world, one_cut) - hold).sum()) / today,
        left=float(1 - found.take.mean()),
    )


def _weekly(seed: int) -> Result:
    """The ladder made anew each week from the books: one course of chance, the same for today's prices."""
    world = clearance(seed)
    hold = float(profit(world, np.zeros((len(world.form), world.ahead.shape[1]), dtype=np.int64)).sum())
    followed, kept = _follow(world, seed), _follow(world, seed, keep=True)
    possible, seeing = (float(one.sum() - hold) / hold for one in (_best_ladder(world), best(world)))
    return Result((followed - kept) / hold, possible, seeing, 0.0, 0.0)


def _best_ladder(world: Clearance) -> Array:
    """Expected profit of the best prices fixed beforehand, demand known."""
    goods = world.goods
    stocks = Stocks(goods.stock, goods.weeks, unit_earns(goods, 1 - np.array(CUTS)), goods.salvage)
    return profit(world, best_ladders(stocks, world.rates()))


def _follow(world: Clearance, seed: int, *, keep: bool = False) -> float:
    """Profit of a season lived through; `keep` never changes a price."""
    draw = np.random.default_rng([51, seed])
    goods, sold = world.goods, world.sold
    stock, left = goods.stock.copy(), np.ones(len(goods.row))
    earned = np.zeros(len(goods.row))
    for week in range(world.ahead.shape[1]):
        # The same course of chance whatever is asked: a higher rate has all the buyers of a lower one, and more.
        buyers = np.cumsum(draw.exponential(size=(len(stock), MOST)), axis=1)
        rate = world.ahead[:, week] * answer(world.form, world.elasticity, left[:, None])[:, 0]
        units = np.minimum((buyers < rate[:, None]).sum(axis=1), stock)
        earned += units * unit_earns(goods, left[:, None])[:, 0]
        later = left if keep else _next(world, sold, stock, left, week)
        sold = _booked(sold, goods, units, left, stock)
        stock, left = stock - units, later
    return float((earned + goods.salvage * stock).sum())


def _next(world: Clearance, sold: Sold, stock: Array, left: Array, week: int) -> Array:
    """Prices of the next week as shares of the first day's, decided before this week's sales are known."""
    goods = world.goods
    on = (goods.weeks - week >= 2) & (stock >= 1)
    if not on.any():
        return left
    now = Goods(
        row=goods.row[on],
        stock=stock[on],
        weeks=goods.weeks[on] - week,
        price=(goods.price * left)[on],
        unit_cost=goods.unit_cost[on],
        returned=goods.returned[on],
        handling=goods.handling[on],
        salvage=goods.salvage[on],
        recovered=goods.recovered,
    )
    found = study(sold, now)
    cut = np.array(found.cuts)[found.ladder[:, 1]]
    out = left.copy()
    out[on] *= np.where(found.take, 1 - cut, 1.0)
    return out


def _booked(sold: Sold, goods: Goods, units: Array, left: Array, stock: Array) -> Sold:
    """The books a week later: the oldest week gone, one more at the end."""
    columns = []
    for before, value in ((sold.units, units), (sold.price, goods.price * left), (sold.open, stock >= 1)):
        last = np.where(before is sold.price, before[:, -1], 0.0)
        last[goods.row] = value
        columns.append(np.column_stack([before[:, 1:], last]))
    return Sold(columns[0], columns[1], columns[2], sold.category)


def _said(what: str, results: list[Result]) -> float:
    """Print what came out; the share of the possible gain that was earned."""
    names = ("earned", "possible", "seeing", "blunt")
    earned, possible, seeing, blunt = (sum(getattr(one, name) for one in results) for name in names)
    mostly = sum(one.earned >= EARNED * one.possible for one in results)
    worst = min(one.earned for one in results)
    of_seeing, of_blunt = earned / seeing, blunt / possible
    print(
        f"     {what}: {earned / possible:.1%} of the best gain ({possible / len(results):.1%} of today's profit), "
        f"{of_seeing:.1%} of that of who sees the stock, one cut for all {of_blunt:.1%}; {mostly} of "
        f"{len(results)} shops with at least {EARNED:.0%} of it, worst {worst:+.2%} of today's profit",
        flush=True,
    )
    return float(earned / possible)
