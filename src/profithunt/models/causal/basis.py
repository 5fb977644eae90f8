"""What the models see of a customer: covariates as bounded, curved columns, so that nonlinear confounding is met.

A profit that matters only above a point, a recency that counts for a week and then no more: a straight line misses it
and leaves the difference in the effect. So every continuous covariate becomes a line with bends at its quantiles, the
covariates that tell most of the outcome are also taken in pairs, and what is missing becomes a column of its own.

The basis is fitted on a sample (knots, scales, which pairs) and then applied to blocks of rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Single = npt.NDArray[np.float32]

BLOCK: Final = 65_536
"""Rows worked on at once: large enough for the processor, small enough to stay out of memory's way."""

_SAMPLE: Final = 100_000
_FEW: Final = 3
_GRID: Final = 33
_EDGE: Final = 0.0005
_BENDS: Final = 7
_ROWS_FOR_PAIRS: Final = 3_000


@dataclass(frozen=True)
class Curve:
    """One covariate: its place, fill for missing values, limits, bends, and its quantiles for pairs."""

    column: int
    fill: float
    low: float
    high: float
    knots: tuple[float, ...]
    masses: tuple[float, ...]
    missing: bool
    grid: Array


@dataclass(frozen=True)
class Basis:
    """How covariates become columns: an intercept, then curves, then pairs; each of mean 0 and spread 1."""

    curves: tuple[Curve, ...]
    pairs: tuple[tuple[int, int], ...]
    center: Array
    scale: Array

    @property
    def width(self) -> int:
        """Number of columns, the intercept counted."""
        return 1 + len(self.center)

    def apply(self, x: npt.NDArray[np.floating]) -> Single:
        """Columns of a block of customers, shape (rows, width), single precision."""
        raw = _raw(x, self.curves, self.pairs)
        out = np.empty((len(x), self.width), dtype=np.float32)
        out[:, 0] = 1.0
        out[:, 1:] = (raw - self.center) / self.scale
        return out


def fit(
    x: npt.NDArray[np.floating],
    y: Array,
    marks: npt.NDArray[np.generic] | None = None,
    *,
    width: int = 256,
    pairs: int = 8,
) -> Basis:
    """The basis for covariates `x` (customers × covariates, NaN where missing), an outcome `y` and `marks`.

    `marks` (customers × actions) say who did what: a covariate gets its bends for telling either. `width` bounds the
    number of columns, `pairs` how many of the telling covariates are taken in pairs.
    """
    if not len(x):
        return Basis((), (), np.zeros(0), np.ones(0))
    step = max(1, len(x) // _SAMPLE)
    sample = np.asarray(x[::step], dtype=np.float64)
    targets = [y[::step]] if marks is None else [y[::step], *(marks[::step] == 1).T]
    curved = [item for item in (_describe(sample[:, column], column) for column in range(x.shape[1])) if item]
    continuous = [item for item in curved if len(item.grid) > 2]
    strength = _telling(sample, targets, curved)
    ranked = sorted(strength, key=lambda column: (-strength[column], column))
    order = [column for column in ranked if column in {item.column for item in continuous}]
    chosen = ranked[: pairs if len(sample) >= _ROWS_FOR_PAIRS else 0]
    couples = tuple((first, second) for at, first in enumerate(chosen) for second in chosen[at + 1 :])
    room = min(width, len(sample) * step // 15) - 1 - len(couples)
    room -= sum(1 + item.missing + len(item.masses) for item in curved)
    bends = _shares(order, strength, room)
    curves = tuple(_bend(item, sample[:, item.column], bends.get(item.column, 0)) for item in curved)
    place = {item.column: at for at, item in enumerate(curves)}
    couples = tuple((place[first], place[second]) for first, second in couples)
    raw = _raw(sample, curves, couples)
    center, scale = raw.mean(axis=0), raw.std(axis=0)
    return Basis(curves, couples, center, np.where(scale > 1e-9, scale, 1.0))


def _shares(order: Sequence[int], strength: dict[int, float], room: int) -> dict[int, int]:
    """How many bends each covariate gets: all it can use where it tells something, what is left otherwise."""
    bends = dict.fromkeys(order, 0)
    for most, least in ((_BENDS, 4.0), (2, -np.inf), (_BENDS, -np.inf)):
        for column in order:
            if strength[column] > least and room > 0:
                more = min(most - bends[column], room)
                bends[column] += max(more, 0)
                room -= max(more, 0)
    return bends


def blocks(n: int, size: int = BLOCK) -> Iterator[slice]:
    """Rows in blocks."""
    for start in range(0, n, size):
        yield slice(start, min(start + size, n))


def _describe(values: Array, column: int) -> Curve | None:
    """Limits, fill and points of mass of one covariate; None where it says nothing."""
    known = values[np.isfinite(values)]
    missing = len(known) < len(values)
    if not len(known):
        return None
    distinct = np.unique(known)
    if len(distinct) == 1 and not missing:
        return None
    fill = float(np.median(known))
    if len(distinct) <= _FEW:
        return Curve(column, fill, float(distinct[0]), float(distinct[-1]), (), (), missing, distinct[[0, -1]])
    low, high = np.quantile(known, [_EDGE, 1 - _EDGE])
    masses = tuple(float(at) for at in (distinct[0], 0.0) if 0.05 < float((known == at).mean()) < 0.95)
    grid = np.quantile(known, np.linspace(0, 1, _GRID))
    return Curve(column, fill, float(low), float(high), (), tuple(dict.fromkeys(masses)), missing, grid)


def _bend(curve: Curve, values: Array, bends: int) -> Curve:
    if len(curve.grid) <= 2 or bends == 0:
        return curve
    known = values[np.isfinite(values)]
    inside = known[(known > curve.low) & (known < curve.high)]
    for mass in curve.masses:
        inside = inside[inside != mass]
    if len(inside) < 10 * bends:
        return curve
    # Bends stand closer together in the tails, where shops' amounts and what hangs on them change fastest.
    levels = (1 - np.cos(np.pi * np.arange(1, bends + 1) / (bends + 1))) / 2
    knots = np.unique(np.quantile(inside, levels))
    knots = knots[(knots > curve.low) & (knots < curve.high)]
    return Curve(
        curve.column, curve.fill, curve.low, curve.high, tuple(map(float, knots)), curve.masses, curve.missing,
        curve.grid,
    )  # fmt: skip


def _telling(sample: Array, targets: Sequence[npt.NDArray[np.generic]], curves: Sequence[Curve]) -> dict[int, float]:
    """How much the means of twenty groups of each covariate tell of the outcome or of an action, at most.

    In standard deviations of what a covariate that tells nothing would show.
    """
    scaled = []
    for target in targets:
        values = np.asarray(target, dtype=np.float64)
        scaled.append((values - values.mean()) / (values.std() or 1.0))
    found = {}
    for curve in curves:
        values = np.where(np.isfinite(sample[:, curve.column]), sample[:, curve.column], curve.fill)
        group = np.searchsorted(_edges(curve), values)
        counts = np.maximum(np.bincount(group), 1)
        freedom = max(len(counts) - 1, 1)
        told = max(float((np.bincount(group, weights=item) ** 2 / counts).sum()) for item in scaled)
        found[curve.column] = (told - freedom) / float(np.sqrt(2 * freedom))
    return found


def _edges(curve: Curve) -> Array:
    """Where the groups of a covariate meet."""
    return np.unique(curve.grid[1:-1]) if len(curve.grid) > 2 else curve.grid[:1]


def _raw(x: npt.NDArray[np.floating], curves: Sequence[Curve], pairs: Sequence[tuple[int, int]]) -> Array:
    """Columns before centring and scaling."""
    n = len(x)
    columns: list[npt.NDArray[np.floating]] = []
    ranks: dict[int, Array] = {}
    wanted = {place for pair in pairs for place in pair}
    for place, curve in enumerate(curves):
        values = np.asarray(x[:, curve.column], dtype=np.float64)
        gone = ~np.isfinite(values)
        filled = np.clip(np.where(gone, curve.fill, values), curve.low, curve.high)
        columns.append(filled)
        columns += [np.maximum(filled - knot, 0.0) for knot in curve.knots]
        columns += [(values == mass).astype(np.float64) for mass in curve.masses]
        if curve.missing:
            columns.append(gone.astype(np.float64))
        if place in wanted:
            points, first = np.unique(curve.grid, return_index=True)
            levels = np.linspace(-1, 1, len(curve.grid))[first]
            ranks[place] = np.interp(filled, points, levels)
    columns += [ranks[first] * ranks[second] for first, second in pairs]
    return np.column_stack(columns) if columns else np.empty((n, 0))
