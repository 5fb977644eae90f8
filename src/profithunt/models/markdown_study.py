"""Which prices to clear stock at before its season ends: ladders by SKU, against today's price and one cut for all.

`study` learns elasticities and demand, finds the best sequence of prices under several of them, and values each
candidate (those, every constant cut, today's price) in 64 draws of what is not known: eight elasticities by eight
levels. A SKU gets the ladder with the largest expected gain among those that earn more than today's price with a
probability of eight in ten and by at least a hundredth; where there is none, its price is left. Of many SKUs some look
so by chance: unless all of them together are worth it, only those stay that hold at a false discovery rate of a tenth.
No curve is exact: each gain may be off by a hundredth of what the stock brings today (one standard deviation) beyond
what the draws say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from profithunt.models.discovery import benjamini_hochberg
from profithunt.models.elasticity import Array, Belief, Elasticities, Integers, Sold, learn
from profithunt.models.markdown_demand import Demand, ahead
from profithunt.models.markdown_ladder import Stocks, best_ladders, earned_by, sold_by

CUTS = (0.0, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7)
SURE = 0.8
WORTH_IT = 0.01
WORTH_ALL = 0.003
FALSE = 0.1
MISFIT = 0.01
_PLANNED = (0.15, 0.5, 0.85)
_NODES = 8
_FINE = 128
_REACH = 4.0
_PART = 1_000
_ARMS = 15.7


@dataclass(frozen=True)
class Goods:
    """The SKUs whose stock is to be cleared, one entry each: `row` is their row in what was sold.

    Units in `stock`, whole `weeks` of season left (at least two), today's `price` and `unit_cost` without tax, the
    share of sales that is `returned`, what a unit costs to sell (`handling`), what one left over brings (`salvage`);
    `recovered` is the share of returned units that can be sold off.
    """

    row: Integers
    stock: Array
    weeks: Integers
    price: Array
    unit_cost: Array
    returned: Array
    handling: Array
    salvage: Array
    recovered: float = 1.0


@dataclass(frozen=True)
class Total:
    """Money over SKUs: to expect, P10, P90, and the probability that it is a gain.

    `weak` and `strong` are gains where demand answers prices as one case in sixteen would have it at either end.
    """

    gain: float
    low: float
    high: float
    better: float
    weak: float
    strong: float


@dataclass(frozen=True)
class Blunt:
    """One cut for all from the next week on."""

    cut: float
    total: Total


@dataclass(frozen=True)
class Plan:
    """What came out, one entry a SKU (arrays) and over all of them.

    `ladder` are the prices by week as places in `cuts`, SKUs × weeks; `take` whether it is recommended (else the price
    is left). `hold` is contribution at today's price, salvage and the cost of the stock in it; gains are against it.
    `units_today`, `units` are sold until the season ends; `blunt` all single cuts for all, `best_blunt` the best of
    them; `n_per_arm` SKUs under a ladder and under today's price that would show the mean gain.
    """

    cuts: tuple[float, ...]
    ladder: Integers
    take: npt.NDArray[np.bool_]
    hold: Array
    gain: Array
    low: Array
    high: Array
    better: Array
    units_today: Array
    units: Array
    elasticities: Elasticities
    demand: Demand
    ladders: Total
    blunt: tuple[Blunt, ...]
    best_blunt: Blunt
    n_per_arm: float | None


def study(sold: Sold, goods: Goods, *, belief: Belief | None = None, cuts: Sequence[float] = CUTS) -> Plan:
    """The best ladder of each SKU. `cuts` are shares of today's price, 0 first, rising."""
    found = learn(sold, belief)
    weeks = int(goods.weeks.max())
    demand = ahead(sold, found, goods.price, goods.row, weeks)
    every = tuple(cuts)
    parts = [
        _part(goods, demand, found, slice(start, start + _PART), every) for start in range(0, len(goods.row), _PART)
    ]
    ladder, take, gains, hold, units = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("ladder", "take", "gains", "hold", "units")
    )
    constant = np.concatenate([part.constant for part in parts])
    take = _worth_it(gains, hold, take)
    middle, low, high, better = _judged(gains, hold)
    blunt = tuple(
        Blunt(cut, _total(constant[:, at], np.ones(len(take), dtype=np.bool_), hold))
        for at, cut in enumerate(every)
        if at
    )
    cost = goods.unit_cost * np.floor(goods.stock)
    return Plan(
        cuts=every,
        ladder=ladder,
        take=take,
        hold=hold.mean(axis=1) - cost,
        gain=middle,
        low=low,
        high=high,
        better=better,
        units_today=units[:, 0],
        units=units[:, 1],
        elasticities=found,
        demand=demand,
        ladders=_total(gains, take, hold),
        blunt=blunt,
        best_blunt=max(blunt, key=lambda one: one.total.gain),
        n_per_arm=_arms(gains[take], goods.price[take] * goods.stock[take]),
    )


@dataclass(frozen=True)
class _Part:
    ladder: Integers
    take: npt.NDArray[np.bool_]
    gains: Array
    hold: Array
    units: Array
    constant: Array


def _part(goods: Goods, demand: Demand, found: Elasticities, some: slice, cuts: tuple[float, ...]) -> _Part:
    """Candidates of some SKUs, valued draw by draw: gains are SKUs × draws."""
    left = 1 - np.array(cuts)
    rows, price = goods.row[some], goods.price[some]
    kept = 1 - goods.returned[some]
    back = goods.returned[some] * goods.recovered * goods.salvage[some]
    earned = price[:, None] * kept[:, None] * left[None, :] + (back - goods.handling[some])[:, None]
    stocks = Stocks(goods.stock[some], goods.weeks[some], earned, goods.salvage[some])
    rate, shape = demand.rate[some], demand.shape[some]
    ladders = [np.full((len(rows), rate.shape[1]), at, dtype=np.int64) for at in range(len(cuts))]
    for one in ladders:
        one[:, 0] = 0
    for level in _PLANNED:
        answer = found.answer(rows, price, price[:, None] * left[None, :], float(special.ndtri(level)))
        ladders.append(best_ladders(stocks, rate[:, :, None] * answer[:, None, :], shape))
    worth, units = _valued(stocks, (rate, shape), found, rows, price[:, None] * left[None, :], ladders)
    gains = worth - worth[:, :1]
    middle, _, _, better = _judged(gains, worth[:, :1])
    enough = (better >= SURE) & (middle > WORTH_IT * np.abs(worth[:, 0].mean(axis=1))[:, None])
    best = np.argmax(np.where(enough, middle, -np.inf), axis=1)
    take = enough.any(axis=1)
    best = np.where(take, best, np.argmax(middle, axis=1))
    at = np.arange(len(rows))
    return _Part(
        np.stack(ladders, axis=1)[at, best],
        take,
        gains[at, best],
        worth[:, 0],
        np.stack([units[:, 0], units[at, best]], axis=1),
        gains[:, : len(cuts)],
    )


def _valued(
    stocks: Stocks,
    demand: tuple[Array, Array],
    found: Elasticities,
    rows: Integers,
    prices: Array,
    ladders: list[Integers],
) -> tuple[Array, Array]:
    """What each ladder brings, SKUs × ladders × draws, and the units that it sells, SKUs × ladders."""
    rate, shape = demand
    price = prices[:, 0]
    n, weeks = rate.shape
    quantiles = (np.arange(_NODES) + 0.5) / _NODES
    levels = special.gammaincinv(shape[:, None], quantiles[None, :]) / shape[:, None]
    levels /= np.maximum(levels.mean(axis=1, keepdims=True), 1e-9)
    stock = np.maximum(np.floor(stocks.units), 1.0)
    table = _Sold(stock)
    on = np.arange(weeks)[None, :] < stocks.weeks[:, None]
    rate = np.where(on, rate, 0.0)
    worth = np.empty((n, len(ladders), _NODES * _NODES))
    units = np.zeros((n, len(ladders)))
    for place, ladder in enumerate(ladders):
        for node, level in enumerate(special.ndtri(quantiles)):
            answer = found.answer(rows, price, prices, float(level))
            total = np.cumsum(rate * np.take_along_axis(answer, ladder, 1), axis=1)
            for of_level in range(_NODES):
                sold = table.read(total * levels[:, of_level : of_level + 1])
                worth[:, place, node * _NODES + of_level] = earned_by(stocks, ladder, sold)
                units[:, place] += sold[:, -1] / _NODES**2
    return worth, units


class _Sold:
    """Units sold to expect by demand, SKUs × weeks, read off a table made once for each stock."""

    def __init__(self, stock: Array) -> None:
        grid = np.linspace(0, _REACH, _FINE + 1)
        self.stock = stock
        self.table = sold_by(stock[:, None], stock[:, None] * grid[None, :])
        self.start = (np.arange(len(stock)) * (_FINE + 1))[:, None]

    def read(self, total: Array) -> Array:
        places = np.minimum(total / self.stock[:, None] * (_FINE / _REACH), _FINE - 1e-9)
        whole = places.astype(np.int64)
        low = self.table.ravel()[self.start + whole]
        return np.asarray(low + (places - whole) * (self.table.ravel()[self.start + whole + 1] - low))


def _judged(gains: Array, hold: Array) -> tuple[Array, Array, Array, Array]:
    """Mean, P10, P90 of gains over draws (the last axis), and the probability that they are gains."""
    off = np.maximum(MISFIT * np.abs(hold.mean(axis=-1)), 1e-9)
    low, high = np.quantile(gains, (0.1, 0.9), axis=-1)
    better = special.ndtr(gains / off[..., None]).mean(axis=-1)
    return gains.mean(axis=-1), low, high, np.asarray(better)


def _worth_it(gains: Array, hold: Array, take: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Those of the SKUs chosen that are no chance finds among many."""
    if gains[take].mean(axis=1).sum() >= WORTH_ALL * abs(hold.mean(axis=1).sum()):
        return take
    _, _, _, better = _judged(gains, hold)
    return np.asarray(take & benjamini_hochberg(1 - better, FALSE))


def _total(gains: Array, take: npt.NDArray[np.bool_], hold: Array) -> Total:
    """Over all SKUs: what is not known of elasticities moves all of them together, their levels each by itself."""
    chosen = gains[take].reshape(-1, _NODES, _NODES)
    if not len(chosen):
        return Total(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    alike = chosen.mean(axis=2).sum(axis=0)
    alone = float(np.sqrt(chosen.var(axis=2).mean(axis=1).sum()))
    off = float(np.hypot(alone, MISFIT * np.abs(hold[take].mean(axis=1).sum())))
    spread = alike[:, None] + alone * special.ndtri((np.arange(_NODES) + 0.5) / _NODES)[None, :]
    low, high = np.quantile(spread, (0.1, 0.9))
    better = float(special.ndtr(alike / max(off, 1e-9)).mean())
    return Total(float(alike.mean()), float(low), float(high), better, float(alike[0]), float(alike[-1]))


def _arms(gains: Array, value: Array) -> float | None:
    """SKUs in each arm of a test that would see the mean gain as a share of the stock's worth: 15.7 σ² ÷ δ²."""
    if not len(gains):
        return None
    shares = gains / np.maximum(value, 1e-9)[:, None]
    return float(max(_ARMS * shares.var() / max(shares.mean() ** 2, 1e-12), 2.0))


def by_segment(
    goods: Goods, plan: Plan, places: Mapping[str, int], bought: Mapping[str, npt.NDArray[np.generic]]
) -> dict[str, tuple[float, float, float, float]]:
    """Units today and then, discount on what would be bought anyway, and gain, by kind of customer.

    `bought` are the columns of `markdown_segments.sql`, `places` the entries of the SKUs in `goods`. Each kind answers
    as all do; only the recommended ladders count.
    """
    at = np.array([places.get(str(sku), -1) for sku in np.asarray(bought["sku"]).tolist()], dtype=np.int64)
    units = np.asarray(bought["units"], dtype=np.float64)
    there = (at >= 0) & plan.take[np.maximum(at, 0)] if len(plan.take) else np.zeros(len(at), dtype=np.bool_)
    every = np.bincount(at[there], units[there], minlength=len(plan.take))
    on = np.arange(plan.ladder.shape[1])[None, :] < goods.weeks[:, None]
    cut = (np.array(plan.cuts)[plan.ladder] * on).sum(axis=1) / goods.weeks
    given = plan.units_today * goods.price * cut * (1 - goods.returned)
    names = np.asarray(bought["segment"]).astype(str)
    found = {}
    for name in sorted(set(names[there].tolist())):
        mine = there & (names == name)
        share = units[mine] / every[at[mine]]
        found[name] = tuple(
            float((share * values[at[mine]]).sum()) for values in (plan.units_today, plan.units, given, plan.gain)
        )
    return found  # type: ignore[return-value]
