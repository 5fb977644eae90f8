"""From a shop's books to what the study of markdowns takes: weeks of sales, prices and stock as matrices.

A SKU counts as on sale from its first sale to its last one, or to today where it is in stock; weeks without a unit in
stock are left out as far as stock was counted. Prices are those on the tag where `price_changes` has them, else what
the middle line of a week paid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from profithunt.models.elasticity import Array, Integers, Sold
from profithunt.models.markdown_study import Goods

Columns = Mapping[str, npt.NDArray[Any]]

LEAST_WEEKS = 2
MOST_WEEKS = 52
LEAST_A_WEEK = 2.0
_NEAR = 0.05


@dataclass(frozen=True)
class Named:
    """What a shop has to clear, with names: entries are those of `goods`, `tag` today's prices as customers see them.

    `left_out` counts SKUs by why.
    """

    sold: Sold
    goods: Goods
    sku: npt.NDArray[Any]
    name: npt.NDArray[Any]
    category: npt.NDArray[Any]
    tag: Array
    left_out: dict[str, int]


@dataclass(frozen=True)
class Matrices:
    """Weeks of all SKUs that sold or are in stock; `rows` are those in stock, `now` their prices."""

    sold: Sold
    rows: Integers
    now: Array
    category: npt.NDArray[Any]


def matrices(
    sku: npt.NDArray[Any],
    category: npt.NDArray[Any],
    listed: Array,
    weeks: Columns,
    there: Columns,
    tags: Columns,
    n_weeks: int,
) -> Matrices:
    """What was sold by week; `sku` are those in stock, `listed` what they cost if no other price is known."""
    stocked = np.asarray(sku).astype(str)
    every, place = np.unique(np.concatenate([stocked, np.asarray(weeks["sku"]).astype(str)]), return_inverse=True)
    rows, cells = place[: len(stocked)], place[len(stocked) :]
    shape = (len(every), n_weeks)
    at = (cells, n_weeks - 1 - np.asarray(weeks["week_no"], dtype=np.int64))
    units, paid = np.zeros(shape), np.full(shape, np.nan)
    units[at] = np.asarray(weeks["units"], dtype=np.float64)
    paid[at] = np.asarray(weeks["price"], dtype=np.float64)
    price, now = _prices(units, paid, _placed(every, tags, "price", n_weeks), rows, listed)
    open_ = _open(units, rows, _placed(every, there, "there", n_weeks))
    names = np.full(len(every), "", dtype=object)
    names[cells] = np.asarray(weeks["category"]).astype(str)
    names[rows] = np.asarray(category).astype(str)
    _, number = np.unique(names.astype(str), return_inverse=True)
    return Matrices(Sold(units, price, open_, number), rows, now, names[rows])


def read_books(
    skus: Columns, weeks: Columns, there: Columns, tags: Columns, *, n_weeks: int, salvage: float, recovered: float
) -> Named:
    """The SKUs whose stock is to be cleared; without a price, a cost or two weeks left they are left out."""
    tag = _filled(skus["tag"])
    found = matrices(skus["sku"], skus["category"], tag, weeks, there, tags, n_weeks)
    cost, handling = _filled(skus["unit_cost"]), _filled(skus["handling"])
    left = np.minimum(np.asarray(skus["days_left"], dtype=np.int64) // 7, MOST_WEEKS)
    reasons = {
        "no price is known": ~np.isfinite(found.now),
        "no unit cost is known": ~np.isfinite(cost),
        "nothing like it was sold": ~np.isfinite(handling),
        "the season ends within two weeks": left < LEAST_WEEKS,
    }
    out = np.zeros(len(tag), dtype=bool)
    left_out = {}
    for why, of_them in reasons.items():
        left_out[why] = int((of_them & ~out).sum())
        out |= of_them
    kept = np.flatnonzero(~out)
    goods = Goods(
        row=found.rows[kept],
        stock=np.floor(np.asarray(skus["on_hand"], dtype=np.float64)[kept]),
        weeks=left[kept],
        price=found.now[kept],
        unit_cost=cost[kept],
        returned=np.asarray(skus["returned"], dtype=np.float64)[kept],
        handling=handling[kept],
        salvage=salvage * cost[kept],
        recovered=recovered,
    )
    return Named(
        found.sold,
        goods,
        np.asarray(skus["sku"]).astype(str)[kept],
        texts(skus["name"])[kept],
        found.category[kept],
        (np.asarray(skus["taxed"], dtype=np.float64) * _on_tag(tag, found.now))[kept],
        {why: n for why, n in left_out.items() if n},
    )


def _placed(sku: npt.NDArray[Any], columns: Columns, name: str, n_weeks: int) -> Array:
    """A column by SKU and week, oldest first; missing where there is none, and for SKUs that are not looked at."""
    out = np.full((len(sku), n_weeks), np.nan)
    given = np.asarray(columns["sku"]).astype(str)
    if not len(given) or not len(sku):
        return out
    row = np.minimum(np.searchsorted(sku, given), len(sku) - 1)
    known = sku[row] == given
    week = n_weeks - 1 - np.asarray(columns["week_no"], dtype=np.int64)[known]
    out[row[known], week] = np.asarray(columns[name], dtype=np.float64)[known]
    return out


def _prices(
    units: Array, paid: Array, tags: Array, rows: Integers, listed: Array
) -> tuple[Array, npt.NDArray[np.float64]]:
    """A price for every week, and today's of the SKUs in `rows` (missing where none is known).

    Tags may carry tax, and vouchers come off them: they count as shares of what was paid in weeks that have both.
    """
    tags = _forward(tags)
    both = np.isfinite(paid) & np.isfinite(tags)
    share = np.full(len(paid), np.nan)
    some = both.any(axis=1)
    share[some] = np.nanmedian(np.where(both, paid, np.nan)[some] / np.where(both, tags, np.nan)[some], axis=1)
    tagged = share[:, None] * tags
    # Without tags a cut is known from sales alone: the weeks between two sales have the higher of both prices.
    before = _forward(paid)
    after = _forward(paid[:, ::-1])[:, ::-1]
    between = np.fmax(before, after)
    seen = np.isfinite(paid)
    guessed = np.where(seen, paid, between)
    # Who sells less than that has no price in most weeks, and a voucher would look like a cut that sells.
    span = np.maximum((np.isfinite(before) & np.isfinite(after)).sum(axis=1), 1)
    rare = units.sum(axis=1) / span < LEAST_A_WEEK
    usual = np.full(len(paid), np.nan)
    usual[seen.any(axis=1)] = np.nanmedian(paid[seen.any(axis=1)], axis=1)
    guessed = np.where(rare[:, None], usual[:, None], guessed)
    price = np.where(np.isfinite(tagged), tagged, guessed)
    price = _forward(_forward(price)[:, ::-1])[:, ::-1]
    now = np.where(np.isfinite(price[rows, -1]), price[rows, -1], listed)
    price[rows] = np.where(np.isfinite(price[rows]), price[rows], now[:, None])
    return np.where(np.isfinite(price) & (price > 0), price, 1.0), np.where(now > 0, now, np.nan)


def _on_tag(tag: Array, now: Array) -> Array:
    """The tag without tax where it agrees with what is paid, else what is paid."""
    near = np.abs(np.log(np.where(tag > 0, tag, 1.0) / np.where(now > 0, now, 1.0))) < _NEAR
    return np.where(np.isfinite(tag) & near, tag, now)


def _open(units: Array, rows: Integers, there: Array) -> Array:
    """Share of each week in which a SKU could be bought."""
    n_weeks = units.shape[1]
    seen = (units > 0) | (there > 0)
    first = np.where(seen.any(axis=1), seen.argmax(axis=1), n_weeks)
    last = np.where(seen.any(axis=1), n_weeks - 1 - seen[:, ::-1].argmax(axis=1), -1)
    last[rows] = np.where(first[rows] < n_weeks, n_weeks - 1, -1)
    week = np.arange(n_weeks)[None, :]
    inside = (week >= first[:, None]) & (week <= last[:, None])
    share = np.where(np.isfinite(there), there, 1.0)
    # What was sold was there, whatever the count says.
    share = np.where(units > 0, np.maximum(share, 1 / 7), share)
    return np.where(inside, share, 0.0)


def _forward(values: Array) -> Array:
    """Missing values as the last known one before them."""
    known = np.isfinite(values)
    place = np.maximum.accumulate(np.where(known, np.arange(values.shape[1])[None, :], -1), axis=1)
    out = np.take_along_axis(values, np.maximum(place, 0), 1)
    return np.asarray(np.where(place >= 0, out, np.nan))


def texts(column: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A column of text with None where nothing stands."""
    out: npt.NDArray[Any] = np.ma.getdata(column).astype(object)
    out[np.ma.getmaskarray(column)] = None
    return out


def _filled(column: npt.NDArray[Any]) -> Array:
    """A column with missing values as NaN."""
    return np.asarray(np.ma.filled(np.ma.asarray(column, dtype=np.float64), np.nan))
