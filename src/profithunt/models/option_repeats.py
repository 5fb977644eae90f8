"""Whether customers who had an order delivered one way order more afterwards than others of the same mix."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from profithunt.models.acquisition import Cells, Lift, Members, adjusted

Array = npt.NDArray[np.float64]

_MIX: Final = ("month", "region", "is_new", "band")


@dataclass(frozen=True)
class Repeats:
    """Later orders and profit of an option's customers, within the horizon after their first order in the window.

    `orders` and `profit` are plain means; `more_orders` and `more_profit` against others of the same month, region, new
    or not, and basket, held towards the other options', with P10 and P90. NaN is None in `to_json`.
    """

    n_customers: int
    orders: float
    profit: float
    more_orders: float
    more_orders_low: float
    more_orders_high: float
    more_profit: float
    more_profit_low: float
    more_profit_high: float

    def to_json(self) -> dict[str, Any]:
        """All fields, amounts as decimal strings."""
        found: dict[str, Any] = {}
        for name, value in self.__dict__.items():
            known = value if math.isfinite(value) else None
            found[name] = f"{value:.4f}" if known is not None and "profit" in name else known
        return found


def repeats(after: Mapping[str, Any]) -> dict[str, Repeats]:
    """Repeat orders by option from `option_after` (`proposition/queries`); empty without customers."""
    if not len(after["n_customers"]):
        return {}
    options, member = np.unique(np.asarray(after["delivery_option"]).astype(str), return_inverse=True)
    orders, profit = (_lift(after, name, member.astype(np.intp), len(options)) for name in ("again", "later"))
    return {
        str(name): Repeats(
            int(orders.customers[at]),
            float(orders.naive[at]),
            float(profit.naive[at]),
            *(float(column[at]) for column in (orders.lift, orders.low, orders.high)),
            *(float(column[at]) for column in (profit.lift, profit.low, profit.high)),
        )
        for at, name in enumerate(options)
    }


def _lift(after: Mapping[str, Any], value: str, member: npt.NDArray[np.intp], count: int) -> Lift:
    n, total, squares = (
        np.asarray(after[name], dtype=np.float64) for name in ("n_customers", value, f"{value}_squared")
    )
    labels = tuple(np.asarray(after[name]).astype(str).astype(object) for name in _MIX)
    keys = np.array(["\x1f".join(part) for part in zip(*labels, strict=True)])
    _, first, cell = np.unique(keys, return_index=True, return_inverse=True)
    sums = [np.asarray(np.bincount(cell, column, len(first)), dtype=np.float64) for column in (n, total, squares)]
    cells = Cells(tuple(part[first] for part in labels), *sums)
    return adjusted(cells, Members(member, cell.astype(np.intp), n, total, squares, count))
