"""Shifts of level and changes of trend: where a series leaves its course for good."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from scipy import special

from profithunt.models.anomalies.course import MANY, TINY, WEEK, YEAR, Course, waves, week_of, weeks_of
from profithunt.models.anomalies.found import LEVEL, TREND, Found, Index, none
from profithunt.models.shrinkage import Array

AROUND: Final = 28
"""Days on each side of a break that say where it was and how large."""

_BREAKS = 4
_PLACES = 30.0
"""Breaks at neighbouring weeks look alike: a series of two years holds about this many different ones."""
_STRONG = 0.05
_AGAIN = 0.02
_APART = 0.2
_BEND_WEEKS = 8
_TOLD_BY_STEPS = 0.27
"""What a median of absolute steps between weeks tells of scatter, as a share of what independent weeks would."""
_WIDTH = 1.25
"""Of breaks of lone series: how much wider than the model says chance is."""
_MANY_WIDTHS = 10.0
_FEW = 5.0
_SEASON = 0.3
"""Waves and line that a series may have before others are asked, as a share of its level."""
_TOLD = 0.1
"""Part of a break that line and season must leave over for it to be told from them."""


def find_breaks(fit: Course) -> Found:
    """Shifts of level and changes of trend, the strongest of each series first; what is expected follows them.

    Each week at which the level may have shifted, or its trend bent, is a column beside the line and the waves of a
    season. How much of each is left when those are taken out says how far it can be told from them.
    """
    level, due = weeks_of(fit.clipped(), fit.base)
    if level.shape[1] < 2 * _BEND_WEEKS:
        return none()
    log = np.log(level) + fit.wave
    if fit.shared_by_all and fit.n_series >= MANY:
        # What all do in a week is left over of what they share.
        log -= np.median(log - log.mean(axis=1, keepdims=True), axis=0)
    basis = waves(level.shape[1], fit.n_days)
    held = _held(log, basis)
    frame, less, columns, kinds, weeks = _candidates(basis, held)
    if not kinds.size:
        return none()
    rest = log - ((log @ frame) @ less) @ frame.T
    scatter = _noise(rest, due, fit.overdispersion[:, 0])
    z = (rest @ columns) / scatter[:, None]
    width = np.full(z.shape[1], _usual_width(z))
    if fit.n_series >= MANY:
        low, high = np.quantile(z, [0.1, 0.9], axis=0)
        width = np.maximum((high - low) / (2 * 1.2816), 1.0)
    at = np.abs(z / width).argmax(axis=1)
    best = z[np.arange(fit.n_series), at] / width[at]
    p_value = _chance(best, log.shape[1])
    rows = []
    gram = columns.T @ columns
    for series in np.flatnonzero(p_value < _STRONG):
        one = _Broken(fit, int(series), rest[series], float(scatter[series]), width, columns, gram)
        chosen = one.chosen()
        rows += [one.described(int(weeks[place]), int(kinds[place]), z_own) for place, z_own in chosen]
        one.follow(log[series], basis, held)
    return _of_rows(rows, fit.n_series)


def _chance(z: Array | float, n_weeks: int) -> Array:
    """Probability that the largest of a series' breaks is as far from none as this, were there none.

    The scatter that it is held against is itself known from so many weeks, as a median of their steps tells it.
    """
    freedom = max(_TOLD_BY_STEPS * n_weeks, 4.0)
    return np.asarray(np.minimum(2 * special.stdtr(freedom, -np.abs(z)) * _PLACES, 1.0), dtype=np.float64)


def _held(log: Array, basis: Array) -> Array:
    """How much line and waves of a series are held towards none: scatter of a week over that of each among series.

    What few series do, no series is believed to do without need: a ramp is not a season that nobody else has.
    """
    solve = np.linalg.pinv(basis)
    slope = log @ solve.T
    noise = float(np.median(np.abs(np.diff(log, axis=1)))) * 1.4826 / 2**0.5 + 1e-3
    chance = noise**2 * (solve**2).sum(axis=1)
    weight = len(log) / (len(log) + _FEW)
    spread = weight * (np.median(np.abs(slope), axis=0) * 1.4826) ** 2 + (1 - weight) * _SEASON**2 - chance
    held = noise**2 / np.maximum(spread, 0.05 * chance)
    held[0] = 1e-6
    return np.asarray(held, dtype=np.float64)


def _candidates(basis: Array, held: Array) -> tuple[Array, Array, Array, Index, Index]:
    """What takes line and waves out of a series (x − x F L Fᵀ); then a unit column for each break without them."""
    n_weeks = len(basis)
    # The square root of I − B (BᵀB + D)⁻¹ Bᵀ, by way of the few columns of B.
    frame, corner = np.linalg.qr(basis)
    inner = corner @ np.linalg.solve(basis.T @ basis + np.diag(held), corner.T)
    values, vectors = np.linalg.eigh(np.eye(len(held)) - inner)
    less = np.eye(len(held)) - vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
    week = np.arange(n_weeks)[:, None]
    steps = np.arange(2, n_weeks - 1)
    bends = np.arange(_BEND_WEEKS, n_weeks - _BEND_WEEKS + 1)
    raw = np.concatenate([(week >= steps).astype(np.float64), np.maximum(week - bends, 0) / n_weeks], axis=1)
    kinds = np.repeat(np.array([LEVEL, TREND], dtype=np.intp), [steps.size, bends.size])
    left = raw - frame @ (less @ (frame.T @ raw))
    length = np.sqrt((left**2).sum(axis=0))
    told = length > _TOLD * np.sqrt(((raw - raw.mean(axis=0)) ** 2).sum(axis=0))
    return frame, less, left[:, told] / length[told], kinds[told], np.concatenate([steps, bends])[told]


def _noise(rest: Array, due: Array, overdispersion: Array) -> Array:
    """Scatter of a week's logarithm, from week to week so that breaks don't count, but never below that of counting."""
    own = np.median(np.abs(np.diff(rest, axis=1)), axis=1) * 1.4826 / 2**0.5
    counting = np.sqrt(np.mean(1 / (due + 1), axis=1) + overdispersion / WEEK)
    # The level of a series drifts more than it jumps about; half a year of weeks says by how much.
    # Of few series, one that is broken must not hide itself.
    slow = np.std(rest, axis=1) if len(rest) >= MANY else np.median(np.abs(rest), axis=1) * 1.4826
    usual = float(np.median(slow / np.maximum(own, TINY)))
    return np.asarray(np.maximum(own, 0.8 * counting) * max(usual, 1.0) + TINY, dtype=np.float64)


class _Broken:
    """One series with breaks: which ones, when, how large."""

    def __init__(
        self, fit: Course, series: int, rest: Array, scatter: float, width: Array, columns: Array, gram: Array
    ) -> None:
        self.fit = fit
        self.series = series
        self.rest = rest
        self.scatter = scatter
        self.width = width
        self.columns = columns
        self.gram = gram
        self.days: list[tuple[int, int]] = []

    def _chance(self, z: float) -> float:
        return float(_chance(z, self.rest.size))

    def best_beside(self, others: list[int]) -> tuple[int, float]:
        """The break that explains most of what others leave, and its distance from none in standard errors."""
        held = np.linalg.qr(self.columns[:, others])[0]
        rest = self.rest - held @ (held.T @ self.rest)
        left = self.columns - held @ (held.T @ self.columns)
        length = np.sqrt((left**2).sum(axis=0))
        z = np.where(length > _APART, rest @ left / np.maximum(length, TINY) / self.scatter, 0.0)
        place = int(np.abs(z).argmax())
        return place, float(z[place] / self.width[place])

    def _start(self) -> list[tuple[int, float]]:
        """The best break, or the best two where they explain much more: one alone stands between a ramp's two ends."""
        pull = self.rest @ self.columns / self.scatter
        alike = 1 - self.gram**2
        both = pull[:, None] ** 2 + pull[None, :] ** 2 - 2 * self.gram * pull[:, None] * pull[None, :]
        gain = np.where(alike > _APART, both / np.maximum(alike, _APART), 0.0)
        first, second = np.unravel_index(int(gain.argmax()), gain.shape)
        more = float(np.sqrt(max(gain[first, second] - float((pull**2).max()), 0.0)))
        if self._chance(more / float(self.width[[first, second]].max())) >= _AGAIN:
            alone = int(np.abs(pull).argmax())
            return [(alone, float(pull[alone] / self.width[alone]))]
        z_first = float(np.sqrt(max(gain[first, second] - pull[second] ** 2, 0.0)) * np.sign(pull[first]))
        z_second = float(np.sqrt(max(gain[first, second] - pull[first] ** 2, 0.0)) * np.sign(pull[second]))
        return [(int(first), z_first), (int(second), z_second)]

    def chosen(self) -> list[tuple[int, float]]:
        """Breaks one by one while they are beyond chance; then each is put where it is best beside the rest."""
        found = self._start()
        while len(found) < _BREAKS:
            place, z = self.best_beside([one for one, _ in found])
            if self._chance(z) >= _AGAIN:
                break
            found.append((place, z))
        for _ in range(2 if len(found) > 1 else 0):
            for at in range(len(found) - 1, -1, -1):
                others = [one for number, (one, _) in enumerate(found) if number != at]
                if others:
                    place, z = self.best_beside(others)
                    found[at : at + 1] = [(place, z)] if self._chance(z) < _AGAIN else []
        return found

    def described(self, week: int, kind: int, z: float) -> tuple[int, int, int, float, float, float, float]:
        """A break as a find: its day, kind, what was seen after it and what would have been expected."""
        counts, base = self.fit.counts[self.series], self.fit.base[self.series]
        day = self._day(week, counts, base) if kind == LEVEL else week * WEEK
        self.days.append((day, kind))
        before, after = slice(max(day - AROUND, 0), day), slice(day, day + AROUND)
        expected = base[after] * _level(counts[before], base[before])
        return self.series, day, kind, float(counts[after].mean()), float(expected.mean()), z, self._chance(z)

    def _day(self, week: int, counts: Array, base: Array) -> int:
        """The day within the weeks around at which two levels explain most."""
        low, high = max(week * WEEK - AROUND, 0), min(week * WEEK + AROUND, self.fit.n_days)
        counts, base = counts[low:high], base[low:high]
        inner = np.arange(max(week * WEEK - WEEK - low, 1), min(week * WEEK + WEEK + 1 - low, high - low))
        got, due = np.cumsum(counts), np.cumsum(base) + TINY
        got_after, due_after = got[-1] - got[inner - 1], due[-1] - due[inner - 1] + TINY
        explained = special.xlogy(got[inner - 1], got[inner - 1] / due[inner - 1]) + special.xlogy(
            got_after, got_after / due_after
        )
        return int(low + inner[explained.argmax()])

    def follow(self, log: Array, basis: Array, held: Array) -> None:
        """Let what is expected of the series follow its breaks."""
        fit = self.fit
        day, n_weeks = np.arange(fit.n_days), log.size
        daily = [
            (day >= at).astype(np.float64) if kind == LEVEL else np.maximum(day - at, 0) / YEAR
            for at, kind in self.days
        ]
        whole = [one[: n_weeks * WEEK].reshape(n_weeks, WEEK).mean(axis=1) for one in daily]
        both = np.column_stack([basis, *whole])
        ridge = np.concatenate([held, np.full(len(whole), 1e-6)])
        found = np.linalg.solve(both.T @ both + np.diag(ridge), both.T @ log)
        smooth = basis @ found[: basis.shape[1]] - fit.wave[self.series]
        shift = np.column_stack(daily) @ found[basis.shape[1] :]
        fit.base[self.series] *= np.exp(np.clip(smooth[week_of(fit.n_days)] + shift, -4, 4))
        for at in sorted(at for at, kind in self.days if kind == LEVEL):
            fit.starts[self.series, at:] = at
        for at in sorted((at for at, kind in self.days if kind == LEVEL), reverse=True):
            fit.ends[self.series, :at] = at


def _of_rows(rows: list[tuple[int, int, int, float, float, float, float]], n_series: int) -> Found:
    if not rows:
        return replace(none(), n_tests=(0, n_series, n_series))
    series, day, kind, seen, expected, z, p_value = (np.array(column) for column in zip(*rows, strict=True))
    return Found(
        series.astype(np.intp),
        day.astype(np.intp),
        kind.astype(np.intp),
        seen,
        expected,
        z,
        p_value,
        (0, n_series, n_series),
    )


def _level(counts: Array, base: Array) -> float:
    return float(np.clip((counts.sum() + 1) / (base.sum() + 1), 0.01, 100.0))


def _usual_width(z: Array) -> float:
    """How much wider than the model says chance is; few series, of which some are broken, say little of it."""
    weight = len(z) / (len(z) + _MANY_WIDTHS)
    return float(np.exp(weight * np.log(_width(z)) + (1 - weight) * np.log(_WIDTH)))


def _width(z: Array) -> float:
    """How much wider than the model says chance really is, by the inner 96 % of what was seen; at least 1."""
    low, high = np.quantile(z, [0.02, 0.98]) if z.size else (-2.05, 2.05)
    return max(float(high - low) / (2 * 2.0537), 1.0)
