"""Daily series with planted anomalies: level, weekdays, a season of its own, a line, and holidays that all share.

A fifth of the series hold one anomaly each: a day, a shift of level or a change of trend, large or small, up or down.
Noise is of several kinds, since no shop's is any one of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from profithunt.models.anomalies import LEVEL, SPIKE, TREND, Found, q_values

Array = npt.NDArray[np.float64]
Draw = np.random.Generator

YEAR: Final = 365.25
WEEK: Final = 7
SIGMA: Final = 0.15
HOLIDAYS: Final = (10, 45, 100, 140, 185, 230, 280, 330, 355, 358)
NEAR: Final = {SPIKE: 0, LEVEL: 7, TREND: 28}
"""Days by which a find may miss what was planted."""


@dataclass(frozen=True)
class Planted:
    """One anomaly: its series, first day, kind."""

    series: int
    day: int
    kind: int


@dataclass(frozen=True)
class World:
    """Series × days, and what was planted in them."""

    counts: Array
    planted: tuple[Planted, ...]


def _negative_binomial(mean: Array, draw: Draw) -> Array:
    spread = np.exp(draw.normal(np.log(0.02), 0.5, (len(mean), 1)))
    return draw.poisson(mean * draw.gamma(1 / spread, spread, mean.shape)).astype(np.float64)


def _poisson(mean: Array, draw: Draw) -> Array:
    return draw.poisson(mean).astype(np.float64)


def _autocorrelated(mean: Array, draw: Draw) -> Array:
    noise = draw.normal(0, SIGMA, mean.shape)
    for day in range(1, mean.shape[1]):
        noise[:, day] += 0.3 * noise[:, day - 1]
    return _poisson(mean * np.exp(noise), draw)


def _lognormal(mean: Array, draw: Draw) -> Array:
    return np.asarray(mean * np.exp(draw.normal(0, SIGMA, mean.shape)), dtype=np.float64)


def _long_tails(mean: Array, draw: Draw) -> Array:
    return np.asarray(mean * np.exp(SIGMA * draw.standard_t(4, mean.shape) / 2**0.5), dtype=np.float64)


def _uneven(mean: Array, draw: Draw) -> Array:
    """Scatter that differs between series, and between the days of a week."""
    weekend = (np.arange(mean.shape[1]) % WEEK >= 5)[None, :]
    own, more = draw.uniform(0, 1, (2, len(mean), 1))
    factor = 1 + (0.05 + 0.1 * own + 0.25 * more * weekend) * draw.normal(size=mean.shape)
    return np.asarray(np.maximum(mean * factor, 0.0), dtype=np.float64)


def _money(mean: Array, draw: Draw) -> Array:
    """Sums of baskets."""
    orders = draw.poisson(mean)
    return np.where(orders > 0, 30 * draw.gamma(np.maximum(orders, 1) * 2.0, 0.5), 0.0)


NOISE: Final[dict[str, Callable[[Array, Draw], Array]]] = {
    "negative binomial": _negative_binomial,
    "Poisson": _poisson,
    "autocorrelated 0.3": _autocorrelated,
    "lognormal": _lognormal,
    "uneven scatter": _uneven,
    "sums of money": _money,
    "long tails (t, 4)": _long_tails,
}


def world(seed: int, noise: str, n_series: int = 5_000, n_days: int = 730, share: float = 0.2) -> World:
    """Series with anomalies in a `share` of them."""
    draw = np.random.default_rng(seed)
    day = np.arange(n_days)
    turn = 2 * np.pi * day / YEAR
    weekday = draw.normal(0, 0.15, WEEK)[None, :] + draw.normal(0, 0.1, (n_series, WEEK))
    season = np.abs(draw.normal(0.2, 0.1, (n_series, 1))) * np.sin(turn + draw.normal(0, 0.6, (n_series, 1)))
    line = draw.normal(0, 0.12, (n_series, 1)) * day / YEAR
    follows = np.maximum(draw.normal(1, 0.25, (n_series, 1)), 0.0)
    log = draw.normal(4.0, 1.0, (n_series, 1)) + weekday[:, day % WEEK] + season + line
    log = log + 0.08 * np.sin(2 * turn) + follows * _holidays(n_days, draw) + draw.normal(0, 0.05, n_days)
    planted = tuple(_plant(log, int(at), draw) for at in draw.choice(n_series, int(n_series * share), replace=False))
    return World(NOISE[noise](np.exp(log), draw), planted)


def _holidays(n_days: int, draw: Draw) -> Array:
    moved = np.zeros(n_days)
    for first in HOLIDAYS:
        for start in range(first, n_days, 365):
            size = draw.normal(0, 0.5)
            for number in range(int(draw.integers(1, 4))):
                if start + number < n_days:
                    moved[start + number] += size * 0.7**number
    return moved


def _plant(log: Array, series: int, draw: Draw) -> Planted:
    n_days = log.shape[1]
    kind, way = int(draw.integers(0, 3)), float(draw.choice([-1, 1]))
    edge = {SPIKE: 30, LEVEL: 60, TREND: 120}[kind]
    day = int(draw.integers(edge, n_days - edge))
    if kind == SPIKE:
        log[series, day] += way * draw.uniform(0.5, 1.5)
    elif kind == LEVEL:
        log[series, day:] += way * draw.uniform(0.25, 0.8)
    else:
        log[series, day:] += way * draw.uniform(0.002, 0.006) * np.arange(n_days - day)
    return Planted(series, day, kind)


@dataclass(frozen=True)
class Judged:
    """How good alarms are: how many, the share that are false, and the share of what was planted that they hit."""

    alarms: int
    false: float
    false_by_kind: tuple[float, ...]
    recall: float
    recall_by_kind: tuple[float, ...]


def judged(found: Found, planted: tuple[Planted, ...], share: float) -> Judged:
    """Alarms at a false discovery rate against what was planted; an alarm anywhere else is false."""
    truth = {one.series: one for one in planted}
    believed = np.flatnonzero(q_values(found) <= share)
    right: list[bool] = []
    hit: set[int] = set()
    kinds = found.kind[believed]
    for at in believed.tolist():
        series, day, kind = int(found.series[at]), int(found.day[at]), int(found.kind[at])
        one = truth.get(series)
        good = one is not None and abs(day - one.day) <= NEAR[one.kind] and (kind > SPIKE or one.kind != TREND)
        good = good and (kind == SPIKE or one is None or one.kind != SPIKE)
        right.append(good)
        if good:
            hit.add(series)
    ok = np.array(right, dtype=bool)
    return Judged(
        len(ok),
        float((~ok).mean()) if len(ok) else 0.0,
        tuple(float((~ok[kinds == kind]).mean()) if (kinds == kind).any() else 0.0 for kind in NEAR),
        len(hit) / max(len(planted), 1),
        tuple(_share_of([one.series in hit for one in planted if one.kind == kind]) for kind in NEAR),
    )


def _share_of(hits: list[bool]) -> float:
    return sum(hits) / len(hits) if hits else 0.0


def three_sigma(counts: Array, planted: tuple[Planted, ...]) -> tuple[int, float]:
    """The rule of many dashboards, days beyond three standard deviations of their series: alarms, share false."""
    far = np.abs(counts - counts.mean(axis=1, keepdims=True)) > 3 * counts.std(axis=1, keepdims=True)
    series, day = np.nonzero(far)
    truth = {one.series: one for one in planted}
    right = [
        (one := truth.get(at)) is not None and abs(on - one.day) <= NEAR[one.kind]
        for at, on in zip(series.tolist(), day.tolist(), strict=True)
    ]
    return len(right), 1 - float(np.mean(right)) if right else 0.0
