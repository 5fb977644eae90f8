"""Why a figure changed: an exact split of the change over the members of a dimension, into size, mix and rate.

Of a rate R = Σy ÷ Σx, a member's part is *rate* (its own moved: mean share × change of its rate) and *mix* (its share
moved: what is left, less its share's move at the mean rate of all). Of an amount Y = N × Σ share × y per row it is
*size* (there is more or less of everything), *mix* and *rate*. All is worked out in fractions, so that the parts add up
to the change exactly, and rounded so that the rounded parts add up to the rounded change (largest remainder).

A member that came or went has no rate of its own to compare: all of its part is mix.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

AMOUNT_PLACES: Final = 4
RATE_PLACES: Final = 10


@dataclass(frozen=True)
class Sums:
    """A member over a period: numerator, denominator (None where the metric does not divide), rows."""

    top: Decimal
    bottom: Decimal | None
    rows: int


@dataclass(frozen=True)
class Part:
    """A member's part of the change; `total` = size + mix + rate, in the unit of the metric. `size` is 0 of a rate."""

    member: str
    before: Decimal | None
    after: Decimal | None
    size: Decimal
    mix: Decimal
    rate: Decimal

    @property
    def total(self) -> Decimal:
        """The member's whole part."""
        return self.size + self.mix + self.rate

    def to_json(self) -> dict[str, Any]:
        """`{member, before, after, size, mix, rate, total}`."""
        return {
            "member": self.member,
            "before": self.before,
            "after": self.after,
            "size": self.size,
            "mix": self.mix,
            "rate": self.rate,
            "total": self.total,
        }


@dataclass(frozen=True)
class Split:
    """The change of a metric over one dimension; the parts add up to `change` exactly, the largest first."""

    dimension: str
    before: Decimal
    after: Decimal
    parts: tuple[Part, ...]

    @property
    def change(self) -> Decimal:
        """From before to after."""
        return self.after - self.before

    def sum_of(self, name: str) -> Decimal:
        """`size`, `mix` or `rate` of all members."""
        return sum((getattr(part, name) for part in self.parts), Decimal(0))

    def to_json(self) -> dict[str, Any]:
        """`{dimension, before, after, change, size, mix, rate, parts}`."""
        return {
            "dimension": self.dimension,
            "before": self.before,
            "after": self.after,
            "change": self.change,
            **{name: self.sum_of(name) for name in ("size", "mix", "rate")},
            "parts": [part.to_json() for part in self.parts],
        }


def split(
    dimension: str, before: Mapping[str, Sums], after: Mapping[str, Sums], *, is_rate: bool, scale: float = 1.0
) -> Split | None:
    """Split the change from `before` to `after`, by member; None where a period has no figure."""
    members = sorted({*before, *after})
    none = Sums(Decimal(0), Decimal(0) if is_rate else None, 0)
    pairs = [(before.get(name, none), after.get(name, none)) for name in members]
    places = RATE_PLACES if is_rate else AMOUNT_PLACES
    factor = Fraction(scale)
    rows = _of_rate(pairs, factor) if is_rate else _of_amount(pairs)
    if rows is None:
        return None
    flat = _rounded([value for row in rows for value in row], places)
    first = _decimal(_value([pair[0] for pair in pairs], is_rate=is_rate, factor=factor), places)
    parts = [
        Part(
            name,
            _own(pairs[at][0], is_rate=is_rate, factor=factor, places=places) if name in before else None,
            _own(pairs[at][1], is_rate=is_rate, factor=factor, places=places) if name in after else None,
            *flat[3 * at : 3 * at + 3],
        )
        for at, name in enumerate(members)
    ]
    parts.sort(key=lambda part: (-abs(part.total), part.member))
    return Split(dimension, first, first + sum((part.total for part in parts), Decimal(0)), tuple(parts))


def _of_rate(pairs: Sequence[tuple[Sums, Sums]], factor: Fraction) -> list[tuple[Fraction, Fraction, Fraction]] | None:
    totals = [sum((Fraction(pair[at].bottom or 0) for pair in pairs), Fraction(0)) for at in (0, 1)]
    if not all(totals):
        return None
    whole = [sum((Fraction(pair[at].top) for pair in pairs), Fraction(0)) / totals[at] for at in (0, 1)]
    mean = (whole[0] + whole[1]) / 2
    rows = []
    for pair in pairs:
        top = [Fraction(pair[at].top) for at in (0, 1)]
        bottom = [Fraction(pair[at].bottom or 0) for at in (0, 1)]
        share = [bottom[at] / totals[at] for at in (0, 1)]
        part = top[1] / totals[1] - top[0] / totals[0]
        rate = Fraction(0)
        if bottom[0] and bottom[1]:
            rate = (share[0] + share[1]) / 2 * (top[1] / bottom[1] - top[0] / bottom[0])
        mix = part - rate - (share[1] - share[0]) * mean
        rows.append((Fraction(0), mix * factor, rate * factor))
    return rows


def _of_amount(pairs: Sequence[tuple[Sums, Sums]]) -> list[tuple[Fraction, Fraction, Fraction]]:
    totals = [Fraction(sum(pair[at].rows for pair in pairs)) for at in (0, 1)]
    half = Fraction(1, 2)
    rows = []
    for pair in pairs:
        top = [Fraction(pair[at].top) for at in (0, 1)]
        if not all(totals):
            rows.append((top[1] - top[0], Fraction(0), Fraction(0)))
            continue
        per_row = [top[at] / totals[at] for at in (0, 1)]
        size = (totals[1] - totals[0]) * (per_row[0] + per_row[1]) * half
        inner = (totals[0] + totals[1]) * half * (per_row[1] - per_row[0])
        rate = Fraction(0)
        if pair[0].rows and pair[1].rows:
            share = [pair[at].rows / totals[at] for at in (0, 1)]
            own = [top[at] / pair[at].rows for at in (0, 1)]
            rate = (totals[0] + totals[1]) * half * (share[0] + share[1]) * half * (own[1] - own[0])
        rows.append((size, inner - rate, rate))
    return rows


def _value(sums: Sequence[Sums], *, is_rate: bool, factor: Fraction) -> Fraction:
    top = sum((Fraction(one.top) for one in sums), Fraction(0))
    if not is_rate:
        return top
    bottom = sum((Fraction(one.bottom or 0) for one in sums), Fraction(0))
    return top / bottom * factor if bottom else Fraction(0)


def _own(one: Sums, *, is_rate: bool, factor: Fraction, places: int) -> Decimal | None:
    if is_rate and not one.bottom:
        return None
    return _decimal(_value([one], is_rate=is_rate, factor=factor), places)


def _decimal(value: Fraction, places: int) -> Decimal:
    return Decimal(round(value * 10**places)).scaleb(-places)


def _rounded(values: Sequence[Fraction], places: int) -> list[Decimal]:
    """Round so that the rounded values add up to the rounded sum: the largest remainders are rounded up."""
    scaled = [value * 10**places for value in values]
    floors = [value.numerator // value.denominator for value in scaled]
    missing = round(sum(scaled, Fraction(0))) - sum(floors)
    order = sorted(range(len(scaled)), key=lambda at: (floors[at] - scaled[at], at))
    for at in order[:missing]:
        floors[at] += 1
    return [Decimal(value).scaleb(-places) for value in floors]
