"""Choice worlds for the study of delivery terms: what each visitor would do under any terms is known, one by one.

A visitor wants a basket and has a surplus over its price. Below the threshold the visitor compares three ways: pay the
charge out of that surplus, fill the basket up and like the added goods less than they cost by an own degree (beta
distributed), or leave. In some worlds a higher threshold puts visitors off whatever they want. Baskets are mixtures
with price endings, and conversion drifts by chance from one term of months to the next. Nothing here has the form that
the study fits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from profithunt.models.delivery_study import Rows

Array = npt.NDArray[np.float64]

TAX: Final = 0.19
WIDTH: Final = 0.5
RETURN_COST: Final = 1.0
DRIFT: Final = 0.01
_PUT_OFF: Final = (0.0, 0.1, 0.3)


@dataclass(frozen=True)
class Terms:
    """Free from `threshold`, else `charge`."""

    threshold: float
    charge: float


@dataclass(frozen=True)
class Bought:
    """What visitors did, one entry a visitor: basket as ordered, paid for delivery, contribution without that."""

    buys: npt.NDArray[np.bool_]
    value: Array
    paid: Array
    earned: Array


class World:
    """One shop's visitors; `visitors` gives those of a month, `typical` is the median basket."""

    def __init__(self, seed: int, visitors: int) -> None:
        draw = np.random.default_rng([40, seed])
        self.typical = float(draw.uniform(25, 90))
        spread = draw.uniform(0.45, 0.8)
        n = visitors
        basket = np.exp(math.log(self.typical) + spread * draw.normal(size=n))
        basket = np.where(draw.random(n) < draw.uniform(0, 0.4), basket * draw.uniform(1.5, 2.5), basket)
        self.basket = np.maximum(np.round(basket * 2) / 2 - 0.01, 1.99)
        self.wants = draw.random(n) < draw.uniform(0.1, 0.3)
        self.surplus = draw.exponential(draw.uniform(0.25, 1.2), n) * self.basket
        liking = draw.uniform(1.5, 6)
        self.dislike = 1 - draw.beta(liking * draw.uniform(0.3, 0.8), liking * 0.5, n)
        self.over = draw.exponential(draw.uniform(0.04, 0.15), n)
        self.margin, self.cost = draw.uniform(0.25, 0.5), draw.uniform(4, 9)
        self.luck = draw.normal(0, 0.15, n)
        self.returned = draw.uniform(0.05, 0.2)
        self.put_off = float(draw.choice(_PUT_OFF))
        self.patience = draw.random(n)
        self.charge = float(draw.choice((2.95, 3.95, 4.95, 5.95)))
        self.bounds = tuple(np.quantile(self.basket, (0.01, 0.995)).tolist())

    def grid(self) -> tuple[float, ...]:
        """Thresholds that the shop considers: free for all to three typical baskets, and never free."""
        shares = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.15, 1.3, 1.5, 1.7, 2.0, 2.3, 2.6, 3.0)
        return (0.0, *dict.fromkeys(float(round(self.typical * share)) for share in shares), math.inf)

    def bought(self, terms: Terms, who: slice = slice(None), level: float = 1.0) -> Bought:
        """What some visitors do under some terms; `level` moves conversion for all."""
        basket, surplus = self.basket[who], self.surplus[who]
        under = basket < terms.threshold
        target = terms.threshold if math.isfinite(terms.threshold) else 0.0
        added = np.where(under, np.maximum(target - basket, 0.0), 0.0) + self.over[who] * target
        if_padded = surplus - self.dislike[who] * added if math.isfinite(terms.threshold) else -np.ones_like(basket)
        if_paid = surplus - terms.charge
        pads = under & (if_padded > if_paid) & (if_padded > 0)
        pays = under & ~pads & (if_paid > 0)
        announced = min(max(terms.threshold, self.bounds[0]), self.bounds[1]) / (1.2 * self.typical)
        stays = self.patience[who] < 0.5 * level * math.exp(-self.put_off * announced)
        value = np.where(pads, basket + added, basket)
        earned = value / (1 + TAX) * (self.margin + self.luck[who]) - self.cost
        earned = earned - np.where(pads, self.returned * (added / (1 + TAX) * self.margin + RETURN_COST), 0.0)
        return Bought(
            self.wants[who] & stays & (~under | pads | pays), value, np.where(pays, terms.charge, 0.0), earned
        )

    def profit(self, terms: Terms) -> float:
        """Contribution profit of all visitors under some terms."""
        found = self.bought(terms)
        return float(((found.earned + found.paid / (1 + TAX)) * found.buys).sum())


def observed(world: World, past: tuple[Terms, ...], months: int, seed: int, *, visits: bool = True) -> Rows:
    """The shop's books: each of the terms held for some months, today's last; cells as `baskets.sql` gives them."""
    draw = np.random.default_rng([41, seed])
    n_months = len(past) * months
    cut = np.linspace(0, len(world.basket), n_months + 1).astype(int)
    columns: dict[str, list[Array]] = {name: [] for name in ("month", "bin", *_SUMS)}
    for month in range(n_months):
        level = math.exp(draw.normal(0, DRIFT))
        who = slice(int(cut[month]), int(cut[month + 1]))
        for name, column in _cells(world.bought(past[month // months], who, level)).items():
            columns[name].append(column)
        columns["month"].append(np.full(len(columns["bin"][-1]), month))
    whole = {name: np.concatenate(parts) for name, parts in columns.items()}
    counted: list[float | None] = [float(size) if visits else None for size in np.diff(cut)]
    return Rows(
        month=whole["month"].astype(np.int64),
        is_new=np.zeros(len(whole["bin"]), dtype=np.bool_),
        bin=whole["bin"].astype(np.int64),
        **{name: whole[name] for name in _SUMS},
        width=WIDTH,
        days=[30.0] * n_months,
        visits=counted,
    )


_SUMS: Final = ("orders", "free", "charged", "value", "earned", "squared")


def _cells(found: Bought) -> dict[str, Array]:
    """Sums by bin of basket value."""
    value, paid, earned = found.value[found.buys], found.paid[found.buys], found.earned[found.buys]
    bins = np.floor(value / WIDTH).astype(np.int64)
    kept = value < np.quantile(value, 0.995)
    names, place = np.unique(bins[kept], return_inverse=True)

    def total(of: Array) -> Array:
        return np.bincount(place, weights=of[kept], minlength=len(names)).astype(np.float64)

    return {
        "bin": names.astype(np.float64),
        "orders": total(np.ones_like(value)),
        "free": total((paid == 0).astype(np.float64)),
        "charged": total(paid),
        "value": total(value),
        "earned": total(earned),
        "squared": total(earned**2),
    }
