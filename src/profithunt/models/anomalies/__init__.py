"""Anomalies in many daily series at once: spikes, shifts of level, changes of trend.

Most of what moves a series moves its neighbours too: a weekday, a holiday, a campaign. So the day's common factor is
taken out across all series first, then level, weekday and season of each series; only what is left can be strange
(METRICS section 4). A series is what is counted over what it could be (an exposure; one where there is none):

    expected = exposure × level × weekday × season × common factor of the day ^ loading

What is counted is held against a negative binomial with the series' own overdispersion. How far chance really reaches
is taken from what was seen (Efron 2010, Large-Scale Inference, chapter 6), its tails too, since no model of noise is
exact; the false discovery rate is controlled over all days of all series, for each kind of anomaly.

Arrays are series by day. Sums of money are scaled to counts of the same scatter.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from profithunt.models.anomalies.breaks import AROUND, find_breaks
from profithunt.models.anomalies.course import LEAST_DAYS, TINY, WEEK, Course
from profithunt.models.anomalies.found import KINDS, LEVEL, SPIKE, TREND, Found, joined, none
from profithunt.models.anomalies.spikes import find_spikes
from profithunt.models.shrinkage import Array

__all__ = ["AROUND", "KINDS", "LEAST_DAYS", "LEVEL", "SPIKE", "TREND", "Found", "find", "joined", "q_values"]


def find(counts: Array, exposure: Array | None = None, *, first_weekday: int = 0, shared: bool = True) -> Found:
    """All days that may be strange, of series of counts or of sums of positive amounts; NaN is a day not known.

    `exposure` of the same shape makes them rates; `first_weekday` is that of the first day (0 for Monday); `shared`
    says that the series are neighbours with a common factor. Judge what comes out with `q_values`.
    """
    n_series, n_days = counts.shape
    if n_days < LEAST_DAYS or not n_series:
        return none()
    there = np.isfinite(counts)
    if exposure is not None:
        there &= np.isfinite(exposure) & (exposure > 0)
    told = (there.sum(axis=1) >= LEAST_DAYS) & (np.where(there, np.nan_to_num(counts), 0.0).sum(axis=1) > 0)
    if not told.all():
        # A series of hardly a day, or of nothing, has no level to leave.
        kept = np.flatnonzero(told)
        if not kept.size:
            return none()
        part = find(
            counts[kept], None if exposure is None else exposure[kept], first_weekday=first_weekday, shared=shared
        )
        return replace(part, series=kept[part.series])
    weight = there.astype(np.float64) if exposure is None else np.where(there, np.nan_to_num(exposure), 0.0)
    scaled, unit = _as_counts(np.where(there, np.nan_to_num(counts), 0.0), there)
    fit = Course(scaled, weight, there, first_weekday, shared=shared)
    breaks = find_breaks(fit)
    found = joined([find_spikes(fit), breaks])
    return Found(
        found.series,
        found.day,
        found.kind,
        found.seen * unit[found.series],
        found.expected * unit[found.series],
        found.z,
        found.p_value,
        found.n_tests,
    )


def q_values(found: Found) -> Array:
    """The least false discovery rate at which each is believed, over all tests of its kind (Benjamini, Hochberg)."""
    result = np.ones(len(found.p_value))
    for kind in range(len(KINDS)):
        inside = np.flatnonzero(found.kind == kind)
        order = inside[np.argsort(found.p_value[inside], kind="stable")]
        raw = found.p_value[order] * found.n_tests[kind] / np.arange(1, order.size + 1)
        result[order] = np.minimum(np.minimum.accumulate(raw[::-1])[::-1], 1.0)
    return result


def _as_counts(amounts: Array, there: npt.NDArray[np.bool_]) -> tuple[Array, Array]:
    """Amounts in units whose scatter is that of counts; counts as they are. Units are by series."""
    whole = np.all(amounts == np.rint(amounts), axis=1)
    unit = np.ones(len(amounts))
    if not whole.all():
        some = amounts[~whole]
        apart = WEEK if some.shape[1] > 2 * WEEK else 1
        step = some[:, apart:] - some[:, :-apart]
        reach = np.median(np.abs(step), axis=1) * 1.4826 / 2**0.5
        mean = some.sum(axis=1) / np.maximum(there[~whole].sum(axis=1), 1)
        unit[~whole] = np.maximum(reach**2 / np.maximum(mean, TINY), mean * 1e-3) + TINY
    return amounts / unit[:, None], unit
