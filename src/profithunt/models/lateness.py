"""What a late parcel costs: repairs, refunds, and what its customer buys less afterwards.

Orders with a late parcel are held against others of the same month, region and kind of customer
(`acquisition.adjusted`: regression on the mix, errors robust to unequal variances), since parcels come late in Black
week and in far regions, and those customers differ anyhow. What the shop's own orders say is weighed against a declared
prior by their precisions: many late orders speak for themselves, few leave the prior in place.

Not causal: what else differs between a late order and one in time is not taken out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from profithunt.models.acquisition import Cells, Members, adjusted

Array = npt.NDArray[np.float64]

_MIX: Final = ("month", "region", "is_new")
FEWEST: Final = 30


@dataclass(frozen=True)
class Learnt:
    """One figure from the shop's own orders, where they say it, from the prior, and both together.

    `own` with its standard `error` is None where too few orders tell; `mean` and `spread` are what is gone by.
    """

    own: float | None
    error: float | None
    prior_mean: float
    prior_spread: float
    mean: float
    spread: float

    @property
    def weight(self) -> float:
        """How much of what is gone by is the shop's own, 0 to 1."""
        return 0.0 if self.error is None else max(0.0, 1 - (self.spread / self.prior_spread) ** 2)


@dataclass(frozen=True)
class Lateness:
    """Cost of a late parcel in shop currency, by what it is made of, and the orders that tell it.

    `again_late` and `again_in_time` are plain shares of customers who ordered again within the horizon.
    """

    repairs: Learnt
    refunds: Learnt
    later: Learnt
    n_late: int
    n_in_time: int
    again_late: float | None
    again_in_time: float | None

    @property
    def mean(self) -> float:
        """Cost of a late parcel."""
        return sum(part.mean for part in self.parts)

    @property
    def spread(self) -> float:
        """Its standard deviation."""
        return math.sqrt(sum(part.spread**2 for part in self.parts))

    @property
    def parts(self) -> tuple[Learnt, Learnt, Learnt]:
        """What it is made of."""
        return self.repairs, self.refunds, self.later


@dataclass(frozen=True)
class Prior:
    """Means and standard deviations: repairs and refunds as shares of net sales, later as a share of later profit."""

    repairs: tuple[float, float] = (0.05, 0.03)
    refunds: tuple[float, float] = (0.02, 0.02)
    later: tuple[float, float] = (0.1, 0.1)


def weighed(own: float | None, error: float | None, mean: float, spread: float) -> Learnt:
    """Own figure and prior together, each by its precision; the prior alone where there is no own figure."""
    if own is None or error is None or not math.isfinite(own) or not math.isfinite(error) or error <= 0:
        return Learnt(None, None, mean, spread, mean, spread)
    if spread <= 0:
        return Learnt(own, error, mean, spread, mean, spread)
    mine, held = 1 / error**2, 1 / spread**2
    return Learnt(own, error, mean, spread, (own * mine + mean * held) / (mine + held), (mine + held) ** -0.5)


def lateness(costs: Mapping[str, Any], after: Mapping[str, Any], prior: Prior | None = None) -> Lateness:
    """The cost of a late parcel from `late_costs` and `late_after` (`proposition/queries`)."""
    prior = prior or Prior()
    late = np.asarray(costs["late"]).astype(bool)
    n, net, margin = (_column(costs, name) for name in ("n_orders", "net_sales", "margin"))
    all_n = max(n.sum(), 1.0)
    usual = max(float(net.sum() / all_n), 0.0)
    share = min(max(float(margin.sum() / net.sum()), 0.0), 1.0) if net.sum() > 0 else 0.0
    has_contacts, has_returns = (bool(_column(costs, name).max(initial=0.0)) for name in ("n_contacts", "n_returns"))
    spent = _difference(costs, "n_orders", "spent") if has_contacts or has_returns else None
    refunded = _difference(costs, "n_orders", "refunded") if has_returns else None
    then = np.asarray(after["late"]).astype(bool)
    customers, again, brought = (_column(after, name) for name in ("n_customers", "n_again", "later"))
    base = max(float(brought[~then].sum() / max(customers[~then].sum(), 1.0)), 0.0)
    less = _difference(after, "n_customers", "later")
    return Lateness(
        _weighed(spent, 1.0, prior.repairs[0] * usual, prior.repairs[1] * usual),
        _weighed(refunded, share, prior.refunds[0] * usual * share, prior.refunds[1] * usual * share),
        _weighed(less, -1.0, prior.later[0] * base, prior.later[1] * base),
        int(n[late].sum()),
        int(n[~late].sum()),
        float(again[then].sum() / customers[then].sum()) if customers[then].sum() else None,
        float(again[~then].sum() / customers[~then].sum()) if customers[~then].sum() else None,
    )


def _weighed(own: tuple[float, float] | None, times: float, mean: float, spread: float) -> Learnt:
    if own is None:
        return weighed(None, None, mean, spread)
    return weighed(own[0] * times, own[1] * abs(times), mean, spread)


def _difference(columns: Mapping[str, Any], count: str, value: str) -> tuple[float, float] | None:
    """Late against in time at the same mix, with its standard error; None where too few of either are known."""
    late = np.asarray(columns["late"]).astype(bool)
    n, total, squares = (_column(columns, name) for name in (count, value, f"{value}_squared"))
    if min(n[late].sum(), n[~late].sum()) < FEWEST:
        return None
    labels = tuple(np.asarray(columns[name]).astype(str).astype(object) for name in _MIX)
    keys = np.array(["\x1f".join(part) for part in zip(*labels, strict=True)], dtype=object)
    _, first, cell = np.unique(keys.astype(str), return_index=True, return_inverse=True)
    size = len(first)
    sums = [np.asarray(np.bincount(cell, column, size), dtype=np.float64) for column in (n, total, squares)]
    cells = Cells(tuple(part[first] for part in labels), *sums)
    members = Members(np.zeros(int(late.sum()), dtype=np.intp), cell[late], n[late], total[late], squares[late], 1)
    found = adjusted(cells, members)
    own, error = float(found.difference[0]), float(found.error[0])
    return (own, error) if math.isfinite(own) and error > 0 else None


def _column(columns: Mapping[str, Any], name: str) -> Array:
    return np.asarray(np.ma.filled(np.ma.asarray(columns[name], dtype=np.float64), 0.0), dtype=np.float64)
