"""Actual against plan: the change of a product of drivers, split exactly into a part for each.

The logarithmic mean Divisia index (Ang 2004, Energy Policy 32) gives each factor x of a product P the part
L(P1, P0) / L(x1, x0) × (x1 − x0), with L the logarithmic mean: parts add up to the change, and neither order nor a
residual is left to choose. It needs factors of one sign on both sides; where a factor is zero or changes its sign the
parts are Shapley values (each factor's step averaged over all orders of replacement), which add up as well and exist
everywhere. A factor that is not defined on one side (a margin without sales) takes the value of the other side, so it
explains nothing. Parts are exact decimals that add up to the cent.

Source: METRICS section 2 (variance from plan).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal, localcontext
from itertools import combinations
from math import factorial, prod
from typing import Final, Literal

Method = Literal["lmdi", "shapley"]

UNIT: Final = Decimal("0.0001")
"""The smallest part of money that is kept."""

PRECISION: Final = 80
"""Digits that are worked with: amounts of any size keep their cents."""


@dataclass(frozen=True)
class Split:
    """The change of a product: `weights` × change of each factor are its parts; `parts` add up to the change.

    `before` and `after` are the factors with undefined ones filled in.
    """

    before: tuple[Decimal, ...]
    after: tuple[Decimal, ...]
    weights: tuple[Decimal, ...]
    method: Method

    @property
    def parts(self) -> tuple[Decimal, ...]:
        """The part of each factor, not rounded."""
        with localcontext(prec=PRECISION):
            changes = zip(self.weights, self.before, self.after, strict=True)
            return tuple(weight * (after - before) for weight, before, after in changes)


def split(before: Sequence[Decimal | None], after: Sequence[Decimal | None]) -> Split:
    """Split the change of the product of `before` into that of `after`, by factor."""
    pairs = [_filled(old, new) for old, new in zip(before, after, strict=True)]
    olds, news = tuple(old for old, _ in pairs), tuple(new for _, new in pairs)
    with localcontext(prec=PRECISION):
        if all(old * new > 0 for old, new in pairs):
            whole = log_mean(product(olds), product(news))
            return Split(olds, news, tuple(whole / log_mean(old, new) for old, new in pairs), "lmdi")
        return Split(olds, news, tuple(_shapley(olds, news, place) for place in range(len(pairs))), "shapley")


def product(factors: Sequence[Decimal]) -> Decimal:
    """The product, in full precision."""
    with localcontext(prec=PRECISION):
        return prod(factors, start=Decimal(1))


def log_mean(one: Decimal, other: Decimal) -> Decimal:
    """Logarithmic mean of two numbers of one sign: (a − b) ÷ ln(a ÷ b), and a where they are equal."""
    with localcontext(prec=PRECISION):
        return one if one == other else (one - other) / (one / other).ln()


def to_units(parts: Sequence[Decimal], total: Decimal) -> list[Decimal]:
    """The parts rounded to units of money so that they add up to `total` exactly (largest remainder)."""
    with localcontext(prec=PRECISION):
        floors = [part.quantize(UNIT, rounding=ROUND_FLOOR) for part in parts]
        left = int((total - sum(floors, Decimal(0))) / UNIT)
        by_rest = sorted(range(len(parts)), key=lambda place: floors[place] - parts[place])
        each, more = divmod(left, len(parts))
        for rank, place in enumerate(by_rest):
            floors[place] += (each + (rank < more)) * UNIT
        return floors


def _filled(old: Decimal | None, new: Decimal | None) -> tuple[Decimal, Decimal]:
    if old is None and new is None:
        return Decimal(1), Decimal(1)
    if old is None or new is None:
        known = new if old is None else old
        return known or Decimal(0), known or Decimal(0)
    return old, new


def _shapley(olds: tuple[Decimal, ...], news: tuple[Decimal, ...], place: int) -> Decimal:
    """What one unit of a factor is worth, averaged over all orders in which the other factors are replaced."""
    others = [number for number in range(len(olds)) if number != place]
    total = Decimal(0)
    for size in range(len(others) + 1):
        weight = Decimal(factorial(size) * factorial(len(others) - size)) / factorial(len(olds))
        for replaced in combinations(others, size):
            total += weight * product([news[n] if n in replaced else olds[n] for n in others])
    return total
