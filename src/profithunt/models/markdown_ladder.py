"""The sequence of prices that earns most from stock before its season ends: never upward, all SKUs at once.

Demand of a week at a price is a Poisson count of mean λ. What is sold by a week of prices fixed beforehand depends on
the sum Λ of the means so far alone: m(Λ) = E min(stock, Poisson(Λ G)), with G (gamma, mean 1) for what is not known of
the level. So the best sequence is found exactly by dynamic programming over weeks, the price in force, and Λ:

    V_w(j, Λ) = max over k ≥ j of  p_k (m(Λ + λ_wk) − m(Λ)) + V_w+1(k, Λ + λ_wk),   V_end = salvage · (stock − m(Λ))

The first week is sold at the price in force today (a price takes a week to be changed). Λ is a grid in shares of the
stock. Shapes: SKUs × weeks × prices. Source: Gallego and van Ryzin (1994) for prices over a season.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

Array = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

GRID = 64
REACH = 3.0
_STEP = REACH / (GRID - 1)
_CELLS = 4_000_000
_SURE = 1e6


@dataclass(frozen=True)
class Stocks:
    """What is sold off: units in stock, weeks left (at least one), what each price earns a unit, what is left over.

    `earned` SKUs × prices, today's price first and falling: what a unit sold at it brings before its cost; `salvage` a
    unit left over.
    """

    units: Array
    weeks: Integers
    earned: Array
    salvage: Array


def sold_by(stock: Array, total: Array, shape: Array | float = _SURE) -> Array:
    """Units sold to expect, E min(stock, N), of demand N of mean `total`; `shape` of its gamma level, large: known."""
    stock, total = np.floor(np.maximum(stock, 0.0)), np.maximum(total, 0.0)
    stock, total, shape = np.broadcast_arrays(stock, total, np.asarray(shape, dtype=np.float64))
    some = (stock >= 1) & (total > 0)
    s, mean = np.where(some, stock, 1.0), np.where(some, total, 1.0)
    known = shape >= _SURE
    k = np.where(known, 1.0, shape)
    p = k / (k + mean)
    below = np.where(
        known, special.gammaincc(np.maximum(s - 1, 1e-9), mean), special.betainc(k + 1, np.maximum(s - 1, 1e-9), p)
    )
    below = np.where(s >= 2, below, 0.0)
    upto = np.where(known, special.gammaincc(s, mean), special.betainc(k, s, p))
    return np.asarray(np.where(some, np.minimum(mean * below + s * (1 - upto), np.minimum(s, mean)), 0.0))


def best_ladders(stocks: Stocks, rates: Array, shape: Array | float = _SURE) -> Integers:
    """The best price of each week, SKUs × weeks, as places in the prices; after a SKU's last week its last price.

    `rates` are mean units, SKUs × weeks × prices.
    """
    n, weeks, prices = rates.shape
    out = np.zeros((n, weeks), dtype=np.int64)
    shapes = np.broadcast_to(np.asarray(shape, dtype=np.float64), (n,))
    order = np.argsort(-stocks.weeks, kind="stable")
    size = max(_CELLS // (prices * GRID), 1)
    for start in range(0, n, size):
        part = order[start : start + size]
        some = Stocks(stocks.units[part], stocks.weeks[part], stocks.earned[part], stocks.salvage[part])
        out[part] = _ladders(some, rates[part], shapes[part])
    return out


def _ladders(stocks: Stocks, rates: Array, shape: Array) -> Integers:
    """The same for SKUs in falling order of their weeks."""
    n, weeks, prices = rates.shape
    stock = np.maximum(np.floor(stocks.units), 1.0)
    grid = np.arange(GRID) * _STEP
    sold = sold_by(stock[:, None], stock[:, None] * grid[None, :], shape[:, None])
    value = np.repeat((stocks.salvage[:, None] * (stock[:, None] - sold))[:, None, :], prices, axis=1)
    chosen = np.zeros((weeks, n, prices, GRID), dtype=np.int8)
    for week in range(weeks - 1, -1, -1):
        active = int((stocks.weeks > week).sum())
        if not active:
            continue
        at = _Shift(rates[:active, week] / stock[:active, None])
        moved = at.read(np.broadcast_to(sold[:active, None, :], (active, prices, GRID)))
        worth = stocks.earned[:active, :, None] * (moved - sold[:active, None, :]) + at.read(value[:active])
        if week:
            # The best of this price and all below it.
            best = np.maximum.accumulate(worth[:, ::-1], axis=1)[:, ::-1]
            place = np.broadcast_to(np.arange(prices, dtype=np.int8)[None, :, None], worth.shape)
            place = np.where(worth >= best, place, prices)
            chosen[week, :active] = np.minimum.accumulate(place[:, ::-1], axis=1)[:, ::-1]
            value[:active] = best
    return _walk(stocks, rates, stock, chosen)


class _Shift:
    """Values at Λ + λ for every Λ of the grid, between its points in proportion; beyond its end the last."""

    def __init__(self, step: Array) -> None:
        places = np.minimum(step / _STEP, float(GRID))
        whole = np.floor(places).astype(np.int64)
        self.share = (places - whole)[:, :, None]
        first = np.arange(GRID)[None, None, :] + whole[:, :, None]
        self.low = np.minimum(first, GRID - 1)
        self.high = np.minimum(first + 1, GRID - 1)

    def read(self, values: Array) -> Array:
        low = np.take_along_axis(values, self.low, 2)
        return np.asarray(low + self.share * (np.take_along_axis(values, self.high, 2) - low))


def _walk(stocks: Stocks, rates: Array, stock: Array, chosen: npt.NDArray[np.int8]) -> Integers:
    """The prices on the way that demand is expected to take."""
    n, weeks, _ = rates.shape
    every = np.arange(n)
    at, price = np.zeros(n), np.zeros(n, dtype=np.int64)
    out = np.zeros((n, weeks), dtype=np.int64)
    for week in range(weeks):
        on = stocks.weeks > week
        if week:
            place = np.minimum(np.rint(at / _STEP).astype(np.int64), GRID - 1)
            price = np.where(on, chosen[week][every, price, place], price)
        out[:, week] = price
        at = at + np.where(on, rates[every, week, price] / stock, 0.0)
    return out


def sums(rates: Array, weeks: Integers, ladders: Integers) -> Array:
    """Demand summed up to the end of each week under given ladders, SKUs × weeks; nothing comes after the last week."""
    taken = np.take_along_axis(rates, ladders[:, :, None], 2)[:, :, 0]
    on = np.arange(rates.shape[1])[None, :] < weeks[:, None]
    return np.cumsum(np.where(on, taken, 0.0), axis=1)


def earned_by(stocks: Stocks, ladders: Integers, sold: Array) -> Array:
    """What ladders bring with salvage, before the cost of the stock; `sold` units up to each week, SKUs × weeks."""
    prices = np.take_along_axis(stocks.earned, ladders, 1)
    each = np.diff(sold, axis=1, prepend=0.0)
    return np.asarray((prices * each).sum(axis=1) + stocks.salvage * (np.floor(stocks.units) - sold[:, -1]))
