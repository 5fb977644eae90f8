"""Which slices explain a change: the strongest is found, its rows are taken away, and the search begins again.

A slice is a combination of up to three attributes (carrier = north and region = coast). What comes in are sums of every
combination that is large enough, counted in the engine; what goes out are the few slices whose rate moved beyond chance
against everything else. Without taking each find away first, one cause shows up in hundreds of overlapping slices
(METRICS section 4).

The rate of a slice is y ÷ x. Sums are of the residual e = y − R·x, R being the whole's rate of that period, so that
d = Σe ÷ Σx is how far the slice is from the whole and Σe² says how far chance carries it. With two periods the slice
is judged by how much d changed, with one by d itself.

Source: METRICS section 4; Dunn (1961) for the limit over all slices: on data without any cause, none is found in 95 of
100 searches.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy import special

from profithunt.models.shrinkage import Array

FREE: Final = -1
"""Stands where an attribute may be anything."""
SUMS: Final = ("n1", "x1", "s1", "q1", "n0", "x0", "s0", "q0")
"""Rows, x, residual and squared residual of the later (1) and of the earlier (0) period."""

CHANCE: Final = 0.05
"""Probability of finding any slice where there is no cause."""
MOST: Final = 20
_WITHIN = 1.645
_TINY = 1e-12


@dataclass(frozen=True)
class Cells:
    """Sums of every combination: `codes` is (cells, attributes), FREE where an attribute is not part of it.

    `sums` is (cells, 8), in the order of SUMS.
    """

    codes: npt.NDArray[np.int32]
    sums: Array

    @classmethod
    def of_columns(cls, names: Sequence[str], found: Sequence[Mapping[str, npt.NDArray[Any]]], *, other: int) -> Cells:
        """From the columns of one query or more; missing codes are FREE; cells of `other` members are left out."""
        codes = np.concatenate([np.stack([_filled(one[name], FREE) for name in names], axis=1) for one in found])
        sums = np.concatenate([np.stack([_filled(one[name], 0.0) for name in SUMS], axis=1) for one in found])
        named = (codes != other).all(axis=1)
        return cls(codes[named].astype(np.int32), sums[named])

    @property
    def keys(self) -> npt.NDArray[np.void]:
        """Each combination as one comparable value."""
        return np.ascontiguousarray(self.codes).view(np.dtype((np.void, 4 * self.codes.shape[1]))).ravel()


def _filled(column: npt.NDArray[Any], instead: float) -> Array:
    return np.asarray(np.ma.filled(np.ma.asarray(column).astype(np.float64), instead), dtype=np.float64)


def as_array(values: Sequence[float | None]) -> Array:
    """A row of sums as an array; what is missing is zero."""
    return np.array([0.0 if value is None else float(value) for value in values])


Count = Callable[[dict[int, int]], Cells]
"""Counts all combinations among the rows of one slice, given as attribute → code, those of earlier finds left out."""


@dataclass(frozen=True)
class Slice:
    """A slice that moved: `attributes` → code; `effect` on its rate beyond everything else, with its 90 % interval.

    `rest` is how far everything else was from the whole's rate in the later period. `amount` is effect × x of the
    later period, in units of y; `share` that of the later period's x. `n_rows` are its
    rows that no slice before it holds; `p_value` is corrected for all slices looked at.
    """

    attributes: dict[int, int]
    effect: float
    low: float
    high: float
    amount: float
    amount_low: float
    amount_high: float
    rest: float
    share: float
    n_rows: int
    z: float
    p_value: float


def find(cells: Cells, total: Array, within: Count, *, least: float, most: int = MOST) -> list[Slice]:
    """The slices that moved beyond chance, in the order found; `total` are the eight sums of all rows.

    `least` rows are needed in a slice, and outside of it.
    """
    codes, sums = cells.codes, cells.sums.copy()
    order = np.argsort(cells.keys)
    codes, sums, keys = codes[order], sums[order], cells.keys[order]
    size = (codes != FREE).sum(axis=1)
    by_size = np.bincount(size, minlength=4).astype(np.float64)
    n_looked_at = max(len(codes), 1)
    # A simpler slice goes before one that says the same with more words.
    penalty = np.log(np.maximum(by_size, 1.0))[size]
    left = total.copy()
    chosen: list[dict[int, int]] = []
    moved: list[tuple[Array, float, float]] = []
    two = bool(total[4] > 0)
    for _ in range(most):
        z = _distance(sums, left, total, least, two=two)
        best = int(np.argmax(z**2 / 2 - penalty))
        p_value = min(2 * float(special.ndtr(-abs(z[best]))) * n_looked_at, 1.0)
        if p_value > CHANCE:
            break
        rule = {at: int(code) for at, code in enumerate(codes[best]) if code != FREE}
        own = sums[best].copy()
        moved.append((own, float(z[best]), p_value))
        part = within(rule)
        chosen.append(rule)
        at = np.searchsorted(keys, part.keys)
        at = np.minimum(at, len(keys) - 1)
        same = keys[at] == part.keys
        np.subtract.at(sums, at[same], part.sums[same])
        left = left - own
    slices = [
        _described(rule, own, left, total, z, p, two=two) for rule, (own, z, p) in zip(chosen, moved, strict=True)
    ]
    return [one for one in slices if one is not None]


def _distance(sums: Array, left: Array, total: Array, least: float, *, two: bool) -> Array:
    """How far each slice moved from the rest, in standard errors; zero where too little was seen."""
    rest = left[None, :] - sums
    gap, variance = _gap(sums, rest, total, two=two)
    periods = (0, 4) if two else (0,)
    enough = np.all([(sums[:, at] >= least) & (rest[:, at] >= least) for at in periods], axis=0)
    return np.asarray(np.where(enough, gap / np.sqrt(np.maximum(variance, _TINY)), 0.0), dtype=np.float64)


def _gap(own: Array, rest: Array, total: Array, *, two: bool) -> tuple[Array, Array]:
    """Difference between how a slice moved and how the rest did, and its variance."""
    gap, variance = np.zeros(own.shape[0]), np.zeros(own.shape[0])
    for at, sign in ((0, 1.0), (4, -1.0)) if two else ((0, 1.0),):
        usual = total[at + 3] / max(total[at], 1.0)
        for side, way in ((own, 1.0), (rest, -1.0)):
            n, x, s, q = (side[:, at + place] for place in range(4))
            x = np.where(np.abs(x) > _TINY, x, np.inf)
            gap += sign * way * s / x
            # Few rows that happen to be alike don't prove that the slice has no scatter.
            scatter = np.maximum(q - s**2 / np.maximum(n, 1), usual * n)
            variance += scatter / x**2
    return gap, variance


def _described(
    rule: dict[int, int], own: Array, rest: Array, total: Array, z: float, p_value: float, *, two: bool
) -> Slice | None:
    """A find against what no find holds; None where nothing is left of it there."""
    gap, variance = _gap(own[None, :], rest[None, :], total, two=two)
    effect, error = float(gap[0]), float(np.sqrt(variance[0]))
    if abs(effect) < _WITHIN * error:
        return None
    x = float(own[1])
    ends = sorted(((effect - _WITHIN * error) * x, (effect + _WITHIN * error) * x))
    return Slice(
        attributes=rule,
        effect=effect,
        low=effect - _WITHIN * error,
        high=effect + _WITHIN * error,
        amount=effect * x,
        amount_low=ends[0],
        amount_high=ends[1],
        rest=float(rest[2] / rest[1]) if rest[1] else 0.0,
        share=float(x / total[1]) if total[1] else 0.0,
        n_rows=int(own[0]),
        z=z,
        p_value=p_value,
    )
