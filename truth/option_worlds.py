"""Worlds of delivery options in which every visitor is known: what each would choose under any charges.

A visitor wants a basket, has a surplus over its price, a worth of having it fast (for some a deadline, for most next to
nothing) and a dislike of collecting it (for some a liking). The option with most left over is taken; where none leaves
anything, the visitor leaves. Options differ in what they cost the shop. Conversion drifts from month to month by
chance. Nothing here is a logit, which is what the study fits.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from profithunt.models.option_books import Rows

Array = npt.NDArray[np.float64]

NAMES: Final = ("standard", "express", "pick-up")
TAX: Final = 0.19
WIDTH: Final = 1.0
DRIFT: Final = 0.01
_STEPS: Final = (0.0, 0.4, 0.7, 1.0, 1.3, 1.7, 2.2)
_PICK_UP: Final = (0.0, 0.2, 0.4, 0.6, 0.8)

Charges = tuple[float, float, float]


@dataclass(frozen=True)
class Bought:
    """What visitors did, one entry a visitor: option taken (−1: none), what it earns before the charge, its cost."""

    option: npt.NDArray[np.int64]
    paid: Array
    earned: Array
    served: Array


class World:
    """One shop's visitors."""

    def __init__(self, seed: int, visitors: int) -> None:
        draw = np.random.default_rng([50, seed])
        n = visitors
        typical, spread = draw.uniform(30, 90), draw.uniform(0.4, 0.7)
        self.basket = np.maximum(np.round(typical * np.exp(spread * draw.normal(size=n)), 2), 5.0)
        self.wants = draw.random(n) < draw.uniform(0.15, 0.35)
        self.surplus = draw.exponential(draw.uniform(0.3, 1.2), n) * self.basket
        hurried = draw.random(n) < draw.uniform(0.1, 0.35)
        self.haste = np.where(hurried, draw.uniform(5, 12) * np.exp(draw.uniform(0.4, 0.8) * draw.normal(size=n)),
                              draw.exponential(draw.uniform(0.5, 2.0), n))  # fmt: skip
        self.dislike = draw.normal(draw.uniform(1.5, 5.0), draw.uniform(2.0, 4.0), n)
        self.margin = draw.uniform(0.3, 0.5)
        self.costs = (draw.uniform(4, 6), draw.uniform(7, 13), draw.uniform(1.0, 3.0))
        self.usual = (round(float(draw.uniform(3.0, 5.5)), 1), round(float(draw.uniform(5, 10)), 1))
        self.luck = draw.normal(0, 0.05, n)
        self.patience = draw.random(n)

    def grid(self) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]:
        """Charges that the shop considers for each option."""
        standard, express = self.usual
        return (
            tuple(round(standard * step, 1) for step in _STEPS[:-1]),
            tuple(round(express * step, 1) for step in _STEPS[1:]),
            tuple(round(standard * step, 1) for step in _PICK_UP),
        )

    def every(self) -> list[Charges]:
        """All charges of the grid."""
        return [(one, two, three) for one, two, three in itertools.product(*self.grid())]

    def bought(self, charges: Charges, who: slice = slice(None), level: float = 1.0) -> Bought:
        """What some visitors do under some charges; `level` moves conversion for all."""
        left = np.stack([self.surplus[who] - charges[0], self.surplus[who] + self.haste[who] - charges[1],
                         self.surplus[who] - self.dislike[who] - charges[2]])  # fmt: skip
        option = np.argmax(left, axis=0)
        stays = self.wants[who] & (self.patience[who] < 0.5 * level) & (left.max(axis=0) > 0)
        served = np.array(self.costs)[option]
        earned = self.basket[who] / (1 + TAX) * (self.margin + self.luck[who]) - served
        return Bought(np.where(stays, option, -1), np.array(charges)[option], earned, served)

    def profit(self, charges: Charges) -> float:
        """Contribution profit of all visitors under some charges."""
        found = self.bought(charges)
        return float(((found.earned + found.paid / (1 + TAX)) * (found.option >= 0)).sum())

    @cached_property
    def profits(self) -> dict[Charges, float]:
        """Contribution profit under each charges of the grid."""
        return {charges: self.profit(charges) for charges in self.every()}


def observed(world: World, past: tuple[Charges, ...], months: int, seed: int) -> Rows:
    """The shop's books: each of the charges held for some months, today's last; cells as of `option_cells.sql`."""
    draw = np.random.default_rng([51, seed])
    n_months = len(past) * months
    cut = np.linspace(0, len(world.basket), n_months + 1).astype(int)
    parts: list[dict[str, Array]] = []
    for month in range(n_months):
        who = slice(int(cut[month]), int(cut[month + 1]))
        found = world.bought(past[month // months], who, math.exp(draw.normal(0, DRIFT)))
        parts.append({**_cells(found, world.basket[who]), "month": np.zeros(0)})
        parts[-1]["month"] = np.full(len(parts[-1]["bin"]), float(month))
    whole = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return Rows(
        month=whole["month"].astype(np.intp),
        option=whole["option"].astype(np.intp),
        names=NAMES,
        bin=whole["bin"].astype(np.intp),
        is_new=np.zeros(len(whole["bin"]), dtype=np.bool_),
        **{name: whole[name] for name in ("orders", "free", "charged", "value", "served", "earned", "squared")},
        days=[30.0] * n_months,
        visits=[float(size) for size in np.diff(cut)],
    )


def _cells(found: Bought, basket: Array) -> dict[str, Array]:
    """Sums by option and bin of basket value."""
    buys = found.option >= 0
    option, value, paid = found.option[buys], basket[buys], found.paid[buys]
    earned, served = found.earned[buys], found.served[buys]
    keys = option * 1_000_000 + np.floor(value / WIDTH).astype(np.int64)
    names, place = np.unique(keys, return_inverse=True)

    def total(of: Array) -> Array:
        return np.bincount(place, weights=of, minlength=len(names)).astype(np.float64)

    return {
        "option": (names // 1_000_000).astype(np.float64),
        "bin": (names % 1_000_000).astype(np.float64),
        "orders": total(np.ones_like(value)),
        "free": total((paid == 0).astype(np.float64)),
        "charged": total(paid),
        "value": total(value),
        "served": total(served),
        "earned": total(earned),
        "squared": total((earned + paid / (1 + TAX)) ** 2),
    }
