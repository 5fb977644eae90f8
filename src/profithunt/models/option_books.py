"""A shop's books of delivery options: orders by month, option and group of baskets, of cells of `option_cells.sql`."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]

GROUPS: Final = 5
FEWEST_OF_OPTION: Final = 50
STRAY: Final = 0.02
_SAME: Final = 0.05


@dataclass(frozen=True)
class Rows:
    """Cells by month, option and bin: places of month and option, counts and sums (`option_cells.sql`).

    `visits` by month where known; `days` of each month on which orders came; `bin` × `width` is basket value.
    """

    month: Index
    option: Index
    names: tuple[str, ...]
    bin: Index
    is_new: npt.NDArray[np.bool_]
    orders: Array
    free: Array
    charged: Array
    value: Array
    served: Array
    earned: Array
    squared: Array
    days: Sequence[float]
    visits: Sequence[float | None]


@dataclass(frozen=True)
class Books:
    """Sums by month, option and group of baskets, and what an order earns and costs to deliver today."""

    orders: Array
    charge: Array
    basket: Array
    margin: Array
    served: Array
    today: Array
    first: int
    group: Index
    exposure: Array
    known: npt.NDArray[np.bool_]

    @property
    def counted(self) -> bool:
        """Whether visits are known at all."""
        return bool(self.known.any())


def books_of(rows: Rows) -> Books:
    """The sums, and what an order earns and costs under today's charges."""
    shape = (len(rows.days), len(rows.names), GROUPS)
    group = _groups(rows)

    def total(of: Array) -> Array:
        out = np.zeros(shape)
        np.add.at(out, (rows.month, rows.option, group), of)
        return out

    orders, charged, value = total(rows.orders), total(rows.charged), total(rows.value)
    with np.errstate(invalid="ignore", divide="ignore"):
        own = charged / orders
        all_groups = charged.sum(axis=2, keepdims=True) / orders.sum(axis=2, keepdims=True)
    # A group without an order in a month met what the others paid; a month without one had no such option.
    charge = np.where(orders > 0, own, all_groups)
    first = _first(charged.sum(axis=2), orders.sum(axis=2), total(rows.free).sum(axis=2))
    lately = orders[first:].sum(axis=0)
    served, earned = (total(column)[first:].sum(axis=0) for column in (rows.served, rows.earned))
    many = lately >= FEWEST_OF_OPTION
    by_option = served.sum(axis=1, keepdims=True) / np.maximum(lately.sum(axis=1, keepdims=True), 1.0)
    each = np.where(many, served / np.maximum(lately, 1.0), by_option)
    margin = (earned + served).sum(axis=0) / np.maximum(lately.sum(axis=0), 1.0)
    paid = charged[first:].sum(axis=0)
    today = np.where(lately > 0, paid / np.maximum(lately, 1.0), _filled(paid, lately))
    today = np.where(lately.sum(axis=1, keepdims=True) > 0, today, np.nan)
    exposure, known = _exposure(rows)
    basket = value.sum(axis=(0, 1)) / np.maximum(orders.sum(axis=(0, 1)), 1.0)
    return Books(orders, charge, basket, margin, each, today, first, group, exposure, known)


def _exposure(rows: Rows) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Visits by month, and for which months they are known; for the others as many a day; days without any known."""
    days = np.array(rows.days, dtype=np.float64)
    known = np.array([amount is not None for amount in rows.visits], dtype=bool)
    if not known.any():
        return days, known
    visits = np.array([amount or 0.0 for amount in rows.visits], dtype=np.float64)
    a_day = visits[known].sum() / days[known].sum()
    return np.where(known, visits, a_day * days), known


def _filled(paid: Array, orders: Array) -> Array:
    mean = paid.sum(axis=1, keepdims=True) / np.maximum(orders.sum(axis=1, keepdims=True), 1.0)
    return np.asarray(np.broadcast_to(mean, paid.shape))


def _groups(rows: Rows) -> Index:
    """Five groups of baskets of about as many orders each."""
    order = np.argsort(rows.bin, kind="stable")
    upto = np.cumsum(rows.orders[order])
    ends = [rows.bin[order][min(int(np.searchsorted(upto, upto[-1] * at / GROUPS)), len(order) - 1)]
            for at in range(1, GROUPS)]  # fmt: skip
    return np.searchsorted(np.array(ends), rows.bin, side="left").astype(np.intp)


def _first(charged: Array, orders: Array, free: Array) -> int:
    """The first month of today's charges: back from the last for as long as those who pay pay the same."""
    paying = np.where(orders - free > STRAY * orders, charged / np.maximum(orders - free, 1.0), 0.0)
    mean = np.where(orders > 0, paying, np.nan)
    last = len(mean) - 1
    first = last
    while first > 0 and all(same(mean[first - 1, at], mean[last, at]) for at in range(mean.shape[1])):
        first -= 1
    return first


def same(one: float, other: float) -> bool:
    """Whether two charges are the same to a customer; not a number: not offered."""
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) == math.isnan(other)
    return abs(one - other) <= _SAME * max(one, other, 0.2)


def rows_of(cells: Mapping[str, Any], visits: Mapping[dt.date, float], through: dt.date) -> Rows:
    """Cells of `option_cells.sql`; options with fewer than 50 orders lately or at all are left out of the choice.

    `visits` by first day of month, whole months only; `through` the last day that the data is complete to.
    """
    names = np.asarray(cells["delivery_option"]).astype(str)
    orders = np.asarray(cells["n_orders"], dtype=np.float64)
    kept_names = [str(name) for name in np.unique(names) if orders[names == name].sum() >= FEWEST_OF_OPTION]
    kept_names.sort(key=lambda name: -orders[names == name].sum())
    kept = np.isin(names, kept_names)
    if not kept.any():
        none, place = np.zeros(0), np.zeros(0, dtype=np.intp)
        return Rows(place, place, (), place, none.astype(bool), none, none, none, none, none, none, none, [], [])
    months = np.asarray(cells["month"])[kept].astype("datetime64[M]")
    first, last = months.min(), months.max()
    every = np.arange(first, last + 1)
    days = [float(count) for count in ((every + 1).astype("datetime64[D]") - every.astype("datetime64[D]")).astype(int)]
    if every[-1] == np.datetime64(through, "M"):
        days[-1] = float(through.day)
    known = {np.datetime64(str(month), "M"): count for month, count in visits.items()}

    def column(name: str) -> Array:
        return np.asarray(np.asarray(cells[name], dtype=np.float64)[kept])

    sorted_names, place = np.unique(names[kept], return_inverse=True)
    order = np.array([kept_names.index(str(name)) for name in sorted_names], dtype=np.intp)
    return Rows(
        month=(months - first).astype(np.int64).astype(np.intp),
        option=order[place],
        names=tuple(kept_names),
        bin=np.asarray(cells["bin"])[kept].astype(np.intp),
        is_new=np.asarray(cells["is_new"]).astype(bool)[kept],
        orders=column("n_orders"),
        free=column("n_free"),
        charged=column("charged"),
        value=column("value"),
        served=column("served"),
        earned=column("earned"),
        squared=column("profit_squared"),
        days=days,
        visits=[known.get(month) for month in every],
    )
