"""How large an experiment must be, and what to make of a change that nobody could randomise.

**Size.** Two arms of n units show a difference δ with a power of 80 % at 5 % when n = 15.7 σ²/δ². What the time before
explains of the outcome (correlation ρ) takes its share away: n × (1 − ρ²), with CUPED.

**Matched difference in differences.** Units that were acted on (SKUs, keywords, lanes) are held against those whose
weeks before looked most alike; the effect is what their change differs by, less what a regression among units without
the action says of the differences that matching left: who is picked in a bad month does better in the next one by
itself. How far chance alone would carry it is read from the units that nothing was done to, each treated as if
something had been: no formula for the error is believed.

Sources: van Belle (2008), rule of thumb 2.1; Deng, Xu, Kohavi and Walker (2013) for CUPED; Abadie and Imbens (2011)
for matching corrected by regression; Abadie, Diamond and Hainmueller (2010) for placebos in space.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy import special

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

ALPHA: Final = 0.05
POWER: Final = 0.8
MATCHES: Final = 5
_LEAST_CONTROLS: Final = 10
_NEIGHBOURS: Final = 50
_DRAWS: Final = 2000
_SEED: Final = 7


def units_per_arm(
    sigma: float, delta: float, correlation: float = 0.0, alpha: float = ALPHA, power: float = POWER
) -> float:
    """Units in each of two equal arms for a difference δ to show: 15.7 σ²/δ² (1 − ρ²). Infinite for no difference."""
    if delta == 0 or not math.isfinite(sigma):
        return math.inf
    factor = 2 * (special.ndtri(1 - alpha / 2) + special.ndtri(power)) ** 2
    return float(factor * (1 - correlation**2) * (sigma / delta) ** 2)


def units_in_all(per_arm: float, share: float) -> float:
    """Units of both arms together when a `share` is held out instead of half, for the same precision."""
    return per_arm / 2 / (share * (1 - share))


def smallest_effect(
    sigma: float, acted: float, held: float, correlation: float = 0.0, alpha: float = ALPHA, power: float = POWER
) -> float:
    """The difference per unit that arms of these sizes show with the given power; infinite without an arm."""
    if acted <= 0 or held <= 0:
        return math.inf
    factor = special.ndtri(1 - alpha / 2) + special.ndtri(power)
    return float(factor * sigma * math.sqrt(max(1 - correlation**2, 0.0) * (1 / acted + 1 / held)))


def columns(units: Sequence[str], acted: Sequence[bool]) -> dict[str, npt.NDArray[Any]]:
    """Units and their arms as columns for the engine: `unit` text, `acted` boolean."""
    return {"unit": np.array(list(units), dtype=object), "acted": np.array(list(acted), dtype=np.bool_)}


@dataclass(frozen=True)
class Matched:
    """What a matched comparison found, per unit acted on and week; everything in shop currency.

    `estimate` mean effect a unit and week; `low`, `high` the 95 % interval, None with too few controls to know it;
    `imbalance` the difference of levels left before, in standard deviations of a week; `drift` by how much the two had
    moved apart before, when matched on the first half of those weeks, and `drift_p` how often chance does that.
    """

    estimate: float
    low: float | None
    high: float | None
    p_value: float | None
    n_acted: int
    n_controls: int
    imbalance: float
    drift: float | None
    drift_p: float | None


def matched_difference(before: Array, after: Array, acted: Flags, matches: int = MATCHES) -> Matched | None:
    """Difference in differences over units × weeks; None where one of the groups or periods is empty.

    `before` and `after` hold the outcome of every unit (rows) in the weeks before and after; `acted` says to which
    something was done. Each is held against the `matches` units whose weeks before are nearest.
    """
    n_acted, n_controls = int(acted.sum()), int((~acted).sum())
    if not n_acted or not n_controls or not before.shape[1] or not after.shape[1]:
        return None
    change = after.mean(axis=1) - before.mean(axis=1)
    estimate, placebos, near = _compared(before, change, acted, matches)
    low, high, p_value = _placebo_range(estimate, placebos, n_acted)
    drift = drift_p = None
    half = before.shape[1] // 2
    if half:
        early, late = before[:, :half], before[:, half:]
        drift, others, _ = _compared(early, late.mean(axis=1) - early.mean(axis=1), acted, matches)
        drift_p = _placebo_range(drift, others, n_acted)[2]
    return Matched(estimate, low, high, p_value, n_acted, n_controls, _imbalance(before, acted, near), drift, drift_p)


def _compared(before: Array, change: Array, acted: Flags, matches: int) -> tuple[float, Array, npt.NDArray[np.int64]]:
    """Mean effect on the units acted on, the same of every control near them, and who was matched to whom."""
    scale = before.std(axis=0)
    shape = before / np.where(scale > 0, scale, 1.0)
    change = change - _foreseen(before, change, acted)
    controls = np.flatnonzero(~acted)
    treated = np.flatnonzero(acted)
    near = _nearest(shape[treated], shape[controls], min(max(matches, _NEIGHBOURS), len(controls)))
    chosen = controls[near[:, :matches]]
    estimate = float((change[treated] - change[chosen].mean(axis=1)).mean())
    alike = np.unique(controls[near])
    if len(controls) <= 1:
        return estimate, np.zeros(0), chosen
    place = np.searchsorted(controls, alike)
    gaps = _nearest(shape[alike], shape[controls], min(matches, len(controls) - 1), leave_out=place)
    return estimate, change[alike] - change[controls[gaps]].mean(axis=1), chosen


def _foreseen(before: Array, change: Array, acted: Flags) -> Array:
    """The change that the weeks before foretell: a regression on three stretches of them, among the units not acted on.

    Zero where there are too few such units for a regression.
    """
    stretches = [part.mean(axis=1) for part in np.array_split(before, min(3, before.shape[1]), axis=1)]
    terms = np.column_stack([np.ones(len(before)), *stretches])
    if int((~acted).sum()) < _LEAST_CONTROLS * terms.shape[1] / 2:
        return np.zeros(len(before))
    # Large units vary more: each counts by what it brought, so that a few of them don't set the line for all.
    size = np.abs(before.mean(axis=1))
    trust = 1 / (size + float(np.median(size)) + 1e-9)
    weights = np.linalg.lstsq((terms * trust[:, None])[~acted], (change * trust)[~acted], rcond=None)[0]
    return np.asarray(terms @ weights, dtype=np.float64)


def _nearest(
    wanted: Array, pool: Array, count: int, leave_out: npt.NDArray[np.int64] | None = None
) -> npt.NDArray[np.int64]:
    """Rows of the pool nearest to each wanted row, nearest first; a block of rows at a time."""
    found = np.empty((len(wanted), count), dtype=np.int64)
    squares = (pool**2).sum(axis=1)
    for start in range(0, len(wanted), 256):
        block = wanted[start : start + 256]
        distance = squares[None, :] - 2 * block @ pool.T
        if leave_out is not None:
            distance[np.arange(len(block)), leave_out[start : start + 256]] = np.inf
        found[start : start + 256] = np.argsort(distance, axis=1, kind="stable")[:, :count]
    return found


def _placebo_range(estimate: float, placebos: Array, count: int) -> tuple[float | None, float | None, float | None]:
    """95 % interval and p-value, from means over as many units that nothing was done to."""
    if len(placebos) < _LEAST_CONTROLS:
        return None, None, None
    if count == 1:
        means = placebos
    else:
        generator = np.random.default_rng(_SEED)
        means = placebos[generator.integers(0, len(placebos), (_DRAWS, count))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    p_value = (1 + int((np.abs(means) >= abs(estimate)).sum())) / (1 + len(means))
    return estimate - float(high), estimate - float(low), p_value


def _imbalance(before: Array, acted: Flags, chosen: npt.NDArray[np.int64]) -> float:
    """Difference of the level before between units acted on and their matches, in standard deviations of a week.

    Infinite where all weeks of all others are the same and those acted on are not.
    """
    level = before.mean(axis=1)
    spread = float(before[~acted].std())
    gap = abs(float(level[acted].mean() - level[chosen].mean()))
    return gap / spread if spread > 0 else (math.inf if gap > 0 else 0.0)


def weekly_panel(rows: Mapping[str, npt.NDArray[Any]], weeks: Sequence[int]) -> tuple[list[str], Flags, Array]:
    """Units × weeks from columns `unit`, `acted`, `week`, `amount`; weeks without a row are zero.

    A row without a week only names a unit. Units come in their own order (text).
    """
    units, place = np.unique(rows["unit"].astype(str), return_inverse=True)
    acted = np.zeros(len(units), dtype=np.bool_)
    np.logical_or.at(acted, place, rows["acted"].astype(bool))
    panel = np.zeros((len(units), len(weeks)))
    at = {week: number for number, week in enumerate(weeks)}
    week = np.ma.filled(np.ma.asarray(rows["week"]).astype(np.float64), np.nan)
    amount = np.ma.filled(np.ma.asarray(rows["amount"]).astype(np.float64), 0.0)
    column = np.array([at.get(int(value), -1) if math.isfinite(value) else -1 for value in week], dtype=np.int64)
    inside = column >= 0
    np.add.at(panel, (place[inside], column[inside]), amount[inside])
    return units.tolist(), acted, panel
