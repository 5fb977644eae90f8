"""Which delivery terms a shop had: from what its orders paid, month by month.

Under a threshold every basket below it pays and every one above it is free: the threshold of a month is the value that
agrees with most of its orders. Months of equal terms in a row are one period; a month whose orders agree with no
threshold is left out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

AGREES = 0.9
_SAME_CHARGE = 0.05
_SAME_AGREES = 0.005
_STRAY = 2.0


@dataclass(frozen=True)
class Baskets:
    """Orders of each month (rows) by bin of basket value (columns): all, delivered free, and what the others paid."""

    edges: Array
    orders: Array
    free: Array
    charged: Array


@dataclass(frozen=True)
class Seen:
    """Terms that held from month `first` to month `last` (places in the rows): threshold, mean charge below it.

    `agrees` is the share of orders that they explain.
    """

    first: int
    last: int
    threshold: float
    charge: float
    agrees: float


def periods(baskets: Baskets) -> tuple[Seen, ...]:
    """The terms of each run of months, in order; months that agree with no threshold are in none."""
    found: list[Seen] = []
    for month in range(len(baskets.orders)):
        one = _terms(baskets, month, month)
        if one is None or one.agrees < AGREES:
            continue
        joined = _terms(baskets, found[-1].first, month) if found else None
        if joined is not None and _same(baskets, found[-1], one, joined):
            found[-1] = joined
        else:
            found.append(one)
    return tuple(found)


def _terms(baskets: Baskets, first: int, last: int) -> Seen | None:
    months = slice(first, last + 1)
    orders = baskets.orders[months].sum(axis=0)
    free = baskets.free[months].sum(axis=0)
    if not orders.sum():
        return None
    paid = orders - free
    below = np.concatenate([[0.0], np.cumsum(paid)])
    above = np.concatenate([np.cumsum(free[::-1])[::-1], [0.0]])
    agrees = below + above
    best = int(np.argmax(agrees))
    if not paid.sum():
        return Seen(first, last, 0.0, 0.0, 1.0)
    # Between two values without an order, any threshold explains as much: the upper end is where free delivery starts.
    while best + 1 < len(agrees) and agrees[best + 1] == agrees[best] and orders[best] == 0:
        best += 1
    threshold = 0.0 if best == 0 else math.inf if best == len(orders) else float(baskets.edges[best])
    n_paid = paid[:best].sum()
    charge = float(baskets.charged[months].sum(axis=0)[:best].sum() / n_paid) if n_paid else 0.0
    return Seen(first, last, threshold, charge, float(agrees[best] / orders.sum()))


def _same(baskets: Baskets, before: Seen, one: Seen, joined: Seen) -> bool:
    """Whether two runs of months had the same terms: what orders paid is explained as well by one threshold for both.

    Where few orders lie between two values, a month can't tell them apart, and a stray order or two changes nothing.
    """
    if joined.agrees < AGREES or abs(before.charge - one.charge) > _SAME_CHARGE * max(before.charge, one.charge):
        return False
    earlier, later = (float(baskets.orders[part.first : part.last + 1].sum()) for part in (before, one))
    lost = before.agrees * earlier + one.agrees * later - joined.agrees * (earlier + later)
    return lost <= _STRAY + _SAME_AGREES * min(earlier, later)
