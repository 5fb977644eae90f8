"""Whether something happens more often than before: counts a week, each week with its exposure.

The last weeks against those before: the ratio of both rates with an interval, and the chance to see such a ratio where
nothing changed. Counts of a week scatter more than Poisson's (weekends, campaigns, one bad delivery that many complain
about): how much more is measured over all series and weeks (quasi-Poisson); interval and test are widened by it.
Of few counts the test is exact (binomial given both sums). Source: McCullagh & Nelder, Generalized Linear Models, 4.5
and 9.2; Przyborowski & Wilenski 1940 for the exact test.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from scipy import stats

Array = npt.NDArray[np.float64]

FALSE_DISCOVERIES: Final = 0.1
_FEW: Final = 20


@dataclass(frozen=True)
class Changes:
    """Per series: `ratio` of the rates with its 90 % interval (NaN where nothing was counted before), `p` and `q`."""

    ratio: Array
    low: Array
    high: Array
    p: Array
    q: Array
    overdispersion: float


@dataclass(frozen=True)
class Change:
    """How one series changed: ratio of its rate lately to that before, 90 % interval, q-value, and what that says.

    Ratio and interval are None where nothing was counted before.
    """

    ratio: float | None
    low: float | None
    high: float | None
    q: float
    verdict: Literal["rising", "falling", "level"]


def compare(
    series: Mapping[str, Mapping[int, int]], exposure: Mapping[int, int], recent: int, n_weeks: int
) -> dict[str, Change]:
    """Changes of series by name; counts and exposure by week, 0 the latest."""
    counts = np.array([[float(weeks.get(at, 0)) for at in range(n_weeks)] for weeks in series.values()])
    found = changes(
        counts.reshape(len(series), n_weeks), np.array([float(exposure.get(at, 0)) for at in range(n_weeks)]), recent
    )
    result = {}
    for at, name in enumerate(series):
        ratio, low, high = (float(part[at]) for part in (found.ratio, found.low, found.high))
        known = np.isfinite(ratio)
        rose = counts[at, :recent].sum() > 0 and (not known or ratio > 1)
        sure = found.q[at] <= FALSE_DISCOVERIES
        verdict: Literal["rising", "falling", "level"] = ("rising" if rose else "falling") if sure else "level"
        q = float(found.q[at])
        result[name] = Change(ratio, low, high, q, verdict) if known else Change(None, None, None, q, verdict)
    return result


def changes(counts: Array, exposure: Array, recent: int, level: float = 0.9) -> Changes:
    """Changes of series; `counts` series × weeks, `exposure` weeks, the latest first; `recent` against the rest."""
    n_series = counts.shape[0]
    now, then = counts[:, :recent].sum(axis=1), counts[:, recent:].sum(axis=1)
    e_now, e_then = float(exposure[:recent].sum()), float(exposure[recent:].sum())
    if n_series == 0 or e_now <= 0 or e_then <= 0:
        empty = np.full(n_series, np.nan)
        return Changes(empty, empty, empty, np.ones(n_series), np.ones(n_series), 1.0)
    spread = _overdispersion(counts, exposure, recent)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(then > 0, (now / e_now) / (then / e_then), np.nan)
        error = np.sqrt(spread * (1 / np.maximum(now, 0.5) + 1 / np.maximum(then, 0.5)))
    z = stats.norm.ppf(0.5 + level / 2)
    centre = np.log((np.maximum(now, 0.5) / e_now) / (np.maximum(then, 0.5) / e_then))
    p = 2 * stats.norm.sf(np.abs(centre) / error)
    few = (now + then) < _FEW * spread
    share = e_now / (e_now + e_then)
    shrunk_now, shrunk = np.round(now[few] / spread), np.round((now[few] + then[few]) / spread)
    below, above = stats.binom.cdf(shrunk_now, shrunk, share), stats.binom.sf(shrunk_now - 1, shrunk, share)
    p[few] = np.minimum(1.0, 2 * np.minimum(below, above))
    there = (now + then) > 0
    q = np.ones(n_series)
    if there.any():
        q[there] = stats.false_discovery_control(p[there])
    low, high = np.exp(centre - z * error), np.exp(centre + z * error)
    return Changes(ratio, np.where(then > 0, low, np.nan), np.where(then > 0, high, np.nan), p, q, spread)


def _overdispersion(counts: Array, exposure: Array, recent: int) -> float:
    """Pearson's chi-square over its degrees of freedom, each series with a rate lately and one before; 1 at least."""
    total, freedom = 0.0, 0
    for part in (slice(None, recent), slice(recent, None)):
        y, e = counts[:, part], exposure[part]
        used = e > 0
        if used.sum() < 2:
            continue
        y, e = y[:, used], e[used]
        expected = y.sum(axis=1, keepdims=True) * e / e.sum()
        kept = expected[:, 0] > 0
        total += float(((y[kept] - expected[kept]) ** 2 / expected[kept]).sum())
        freedom += int(kept.sum()) * (y.shape[1] - 1)
    return max(1.0, total / freedom) if freedom else 1.0
