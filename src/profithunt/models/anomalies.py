"""Anomalies in many daily series at once: spikes, shifts of level, changes of trend.

Most of what moves a series moves its neighbours too: a weekday, a holiday, a campaign. So the day's common factor is
taken out across all series first, then level, weekday and season of each series; only what is left can be strange
(METRICS section 4). A series is what is counted over what it could be (an exposure; one where there is none):

    expected = exposure × level × weekday × season × common factor of the day ^ loading

What is counted is held against a negative binomial with the series' own overdispersion. How wide chance really spreads
is taken from the middle of what was seen (Efron 2010, Large-Scale Inference, chapter 6), since no model of noise is
exact; the false discovery rate is controlled over all days of all series, for each kind of anomaly.

Arrays are series by day. Sums of money are scaled to counts of the same scatter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy import special

from profithunt.models.shrinkage import Array

Index = npt.NDArray[np.intp]

KINDS: Final = ("spike", "level", "trend")
SPIKE, LEVEL, TREND = range(3)

WEEK: Final = 7
YEAR: Final = 365.25
NEAR: Final = 21
"""Days on each side that the level of a day is taken from."""
AROUND: Final = 28
"""Days on each side of a break that say where it was and how large."""
LEAST_DAYS: Final = 28
"""A series shorter than this has no level to leave."""

_ROUNDS = 2
_BREAKS = 4
_CLIP = 3.0
_ASK = 2.6
_TINY = 1e-9
_LOADING = 10.0
_LARGE = 5.0
_ENOUGH = 20
_MANY = 50
_WEEKS = 5
_WEEKDAY_COUNTS = 30.0
_NEAR_COUNTS = 25.0
_PLACES = 30.0
"""Breaks at neighbouring weeks look alike: a series of two years holds about this many different ones."""
_STRONG = 0.05
_AGAIN = 0.002
_APART = 0.2
_BEND_WEEKS = 8
_TOLD = 0.1
"""Part of a break that line and season must leave over for it to be told from them."""


@dataclass(frozen=True)
class Found:
    """What may be strange, an entry each; `series` and `day` are places in the arrays, `kind` one in KINDS.

    `seen` and `expected` are of the day (spike) or means of the days from it (level, trend), in units of the series;
    `z` is signed, `p_value` two-sided. `n_tests` by kind says among how many they were found.
    """

    series: Index
    day: Index
    kind: Index
    seen: Array
    expected: Array
    z: Array
    p_value: Array
    n_tests: tuple[int, int, int]


def find(counts: Array, exposure: Array | None = None, *, first_weekday: int = 0, shared: bool = True) -> Found:
    """All days that may be strange, of series of counts or of sums of positive amounts; NaN is a day not known.

    `exposure` of the same shape makes them rates; `first_weekday` is that of the first day (0 for Monday); `shared`
    says that the series are neighbours with a common factor. Judge what comes out with `q_values`.
    """
    n_series, n_days = counts.shape
    if n_days < LEAST_DAYS or not n_series:
        return _none()
    there = np.isfinite(counts)
    told = (there.sum(axis=1) >= LEAST_DAYS) & (np.where(there, np.nan_to_num(counts), 0.0).sum(axis=1) > 0)
    if not told.all():
        # A series of hardly a day, or of nothing, has no level to leave.
        kept = np.flatnonzero(told)
        if not kept.size:
            return _none()
        part = find(
            counts[kept], None if exposure is None else exposure[kept], first_weekday=first_weekday, shared=shared
        )
        return replace(part, series=kept[part.series])
    weight = there.astype(np.float64)
    if exposure is not None:
        there &= np.isfinite(exposure) & (exposure > 0)
        weight = np.where(there, np.nan_to_num(exposure), 0.0)
    scaled, unit = _as_counts(np.where(there, np.nan_to_num(counts), 0.0), there)
    fit = _Fit(scaled, weight, there, first_weekday, shared=shared)
    breaks = _breaks(fit)
    spikes = _spikes(fit)
    found = joined([spikes, breaks])
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


def joined(parts: Sequence[Found]) -> Found:
    """Several finds as one; tests add up."""
    spike, level, trend = (sum(part.n_tests[kind] for part in parts) for kind in range(3))
    arrays: dict[str, Any] = {
        one.name: np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Found)[:-1]
    }
    return Found(**arrays, n_tests=(spike, level, trend))


def q_values(found: Found) -> Array:
    """The least false discovery rate at which each is believed, over all tests of its kind (Benjamini, Hochberg)."""
    result = np.ones(len(found.p_value))
    for kind in range(len(KINDS)):
        inside = np.flatnonzero(found.kind == kind)
        order = inside[np.argsort(found.p_value[inside], kind="stable")]
        raw = found.p_value[order] * found.n_tests[kind] / np.arange(1, order.size + 1)
        result[order] = np.minimum(np.minimum.accumulate(raw[::-1])[::-1], 1.0)
    return result


class _Fit:
    """What is expected of each series on each day, and how far chance carries it."""

    def __init__(
        self, counts: Array, weight: Array, there: npt.NDArray[np.bool_], first_weekday: int, *, shared: bool
    ) -> None:
        self.counts = counts
        self.there = there
        self.n_series, self.n_days = counts.shape
        self.weekday = (np.arange(self.n_days) + first_weekday) % WEEK
        self.starts = np.zeros_like(counts, dtype=np.int32)
        self.ends = np.full(counts.shape, self.n_days, dtype=np.int32)
        self.overdispersion = np.full((self.n_series, 1), 0.05)
        self.loading = np.ones((self.n_series, 1))
        self.shared = np.zeros((1, self.n_days))
        self.slow = np.zeros(self.n_days)
        self.wave = np.zeros((1, 1))
        level = counts.sum(axis=1, keepdims=True) / np.maximum(weight.sum(axis=1, keepdims=True), _TINY)
        self.base = weight * level
        for _ in range(_ROUNDS):
            self._weekdays()
            if shared and self.n_series > 1:
                self._common()
            self._season()
            self._scatter()

    def clipped(self, factor: Array | None = None) -> Array:
        """The counts without what is far off the weeks around, so that an anomaly does not teach what is usual.

        `factor` by day goes on top of what is expected.
        """
        return _clipped(self.counts, self.base if factor is None else self.base * factor, self.overdispersion)

    def _weekdays(self) -> None:
        counts = self.clipped()
        for weekday in range(WEEK):
            days = slice(int(np.argmax(self.weekday == weekday)), None, WEEK)
            got, due = counts[:, days].sum(axis=1), self.base[:, days].sum(axis=1)
            usual = got.sum() / max(due.sum(), _TINY)
            factor = (got + usual * _WEEKDAY_COUNTS) / (due + _WEEKDAY_COUNTS)
            self.base[:, days] *= factor[:, None]

    def _common(self) -> None:
        """The factor of each day that all other series share, as strongly as each series follows it."""
        crude = (self.counts * self.there).sum(axis=0) / np.maximum(self.base.sum(axis=0), _TINY)
        large = self.base.mean(axis=1) >= _LARGE
        if large.sum() >= _ENOUGH:
            # Of many series the middle one knows the day best: no large series and no anomaly decides.
            ratio = np.where(self.there[large], self.counts[large], np.nan) / np.maximum(self.base[large], _TINY)
            some = np.isfinite(ratio).any(axis=0)
            crude[some] = np.nanmedian(ratio[:, some], axis=0)
        counts = self.clipped(crude)
        size = self.base.sum(axis=1, keepdims=True) / np.maximum(self.there.sum(axis=1, keepdims=True), 1)
        weight = 1 / (1 + self.overdispersion * size)
        got, due = counts * weight, self.base * weight
        total_got, total_due = got.sum(axis=0), due.sum(axis=0)
        if not (total_due > 0).any():
            return
        moved = (total_got / np.maximum(total_due, _TINY) - 1) ** 2
        spread = max(float(np.mean(moved[total_due > 0])) - 1 / max(float(np.mean(total_due)), _TINY), 1e-5)
        held = 1 / spread
        # Without the series itself: its own anomaly must not explain itself.
        factor = (total_got - got + held) / (total_due - due + held)
        before, slow_before = self.shared, self.slow
        alone = self.base * np.exp(-slow_before - self.loading * before)
        whole = slow_before + before + np.log(np.maximum(factor, 0.02))
        # Only what comes and goes within weeks is followed more or less; a season of its own is the series' own.
        usual = (
            np.log(np.maximum((total_got + held) / (total_due + held), 0.02)) + slow_before + np.median(before, axis=0)
        )
        self.slow = _smooth(usual)
        self.shared = whole - self.slow
        alone *= np.exp(self.slow)
        # Far off is no reason to cut here: a series that follows a holiday twice as much as others is far off on each.
        counts = np.minimum(self.counts, 4 * alone * np.exp(self.shared) + 10)
        for _ in range(2):
            expected = alone * np.exp(self.loading * self.shared)
            pull = self.shared / (1 + self.overdispersion * expected)
            follows = ((counts - expected) * pull).sum(axis=1, keepdims=True)
            strength = (expected * self.shared * pull).sum(axis=1, keepdims=True)
            prior = (1 - self.loading) * _LOADING
            self.loading = np.clip(self.loading + (follows + prior) / (strength + _LOADING), 0.0, 3.0)
        self.base = alone * np.exp(self.loading * self.shared)

    def _season(self) -> None:
        """Slow waves of a year and a line through the logarithm of each week's level, as far as they are not chance."""
        level, _ = _weeks(self.clipped(), self.base)
        basis = _waves(level.shape[1], self.n_days)
        solve = np.linalg.pinv(basis)
        log = np.log(level)
        slope = log @ solve.T
        rest = np.median(np.abs(log - slope @ basis.T), axis=1, keepdims=True) * 1.4826
        noise = rest**2 * (solve**2).sum(axis=1)[None, :]
        kept = np.maximum(1 - noise / np.maximum(slope**2, _TINY), 0.0)
        kept[:, 0] = 1.0
        wave = np.clip((slope * kept) @ basis.T, -4, 4)
        self.wave = self.wave + wave
        self.base *= np.exp(wave)[:, _week_of(self.n_days)]

    def _scatter(self) -> None:
        near = self.near()
        off = self.clipped() - near
        many = np.maximum(self.there.sum(axis=1), 1)
        squares = (near**2).sum(axis=1)
        # The level near a day is itself estimated from the days around it.
        own = ((off**2 - near) * self.there).sum(axis=1) / np.maximum(squares, _TINY) / (1 - 1 / (2 * NEAR))
        noise = 2 * ((near + 1) ** 2).sum(axis=1) / np.maximum(squares, _TINY) ** 2
        usual = float(np.median(own[many > LEAST_DAYS])) if (many > LEAST_DAYS).any() else 0.05
        usual = max(usual, 0.0)
        between = max(float(np.median(np.abs(own - usual))) ** 2 * 2.2, 1e-6)
        shrunk = (own * between + usual * noise) / (between + noise)
        self.overdispersion = np.maximum(shrunk, 1e-4)[:, None]

    def near(self) -> Array:
        """What is expected by the level of the days around, the day itself left out, never across a break."""
        own = self.clipped()
        counts, base = _running(own), _running(self.base)
        days = np.arange(self.n_days)[None, :]
        low = np.maximum(days - NEAR, self.starts)
        high = np.minimum(days + NEAR + 1, self.ends)
        got = _between(counts, low, high) - own
        due = _between(base, low, high) - self.base
        self.known = due
        factor = (got + _NEAR_COUNTS) / (due + _NEAR_COUNTS)
        return np.asarray(self.base * factor, dtype=np.float64)


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
        unit[~whole] = np.maximum(reach**2 / np.maximum(mean, _TINY), mean * 1e-3) + _TINY
    return amounts / unit[:, None], unit


def _spikes(fit: _Fit) -> Found:
    """Days far from the level around them."""
    near = fit.near()
    unsure = fit.overdispersion + (1 / np.maximum(fit.known, 1.0) + fit.overdispersion / (2 * NEAR))
    off = (fit.counts - near) / np.sqrt(near + unsure * near**2 + _TINY)
    off[~fit.there] = 0.0
    width = np.full(fit.n_days, _width(off[fit.there]))
    if fit.n_series >= _MANY:
        # On a holiday series differ more than on other days.
        low, high = np.quantile(off, [0.1, 0.9], axis=0)
        width = np.maximum(width, (high - low) / (2 * 1.2816))
    series, day = np.nonzero(np.abs(off) > _ASK * width[None, :])
    mean, spread = near[series, day], unsure[series, day]
    p_value = np.minimum(2 * _tail(fit.counts[series, day], mean, spread), 1.0)
    sign = np.sign(off[series, day])
    z = _wider(p_value, width[day])
    p_value = 2 * special.ndtr(-z)
    seen = fit.counts[series, day]
    n_tests = int(fit.there.sum())
    kind = np.full(series.size, SPIKE, dtype=np.intp)
    return Found(series, day, kind, seen, mean, sign * z, p_value, (n_tests, 0, 0))


def _tail(count: Array, mean: Array, spread: Array) -> Array:
    """Probability of a count at least as far out on its side, negative binomial with variance mean + spread × mean²."""
    size = 1 / np.maximum(spread, 1e-6)
    share = mean / (mean + size)
    above = special.betainc(np.maximum(count, _TINY), size, share)
    below = special.betainc(size, count + 1, 1 - share)
    return np.asarray(np.where(count > mean, np.where(count > 0, above, 1.0), below), dtype=np.float64)


def _width(z: Array) -> float:
    """How much wider than the model says chance really is, by the inner 96 % of what was seen; at least 1."""
    low, high = np.quantile(z, [0.02, 0.98]) if z.size else (-2.05, 2.05)
    return max(float(high - low) / (2 * 2.0537), 1.0)


def _wider(p_value: Array, width: Array) -> Array:
    return np.asarray(-special.ndtri(np.clip(p_value / 2, 1e-300, 0.5)) / width, dtype=np.float64)


def _breaks(fit: _Fit) -> Found:
    """Shifts of level and changes of trend, the strongest of each series first; what is expected follows them.

    Each week at which the level may have shifted, or its trend bent, is a column beside the line and the waves of a
    season. How much of each is left when those are taken out says how far it can be told from them.
    """
    level, due = _weeks(fit.clipped(), fit.base)
    if level.shape[1] < 2 * _BEND_WEEKS:
        return _none()
    log = np.log(level) + fit.wave
    basis = _waves(level.shape[1], fit.n_days)
    held = _held(log, basis)
    root, columns, kinds, weeks = _candidates(basis, held)
    if not kinds.size:
        return _none()
    rest = log @ root
    scatter = _noise(rest, due, fit.overdispersion[:, 0])
    z = (rest @ columns) / scatter[:, None]
    width = np.full(z.shape[1], _width(z))
    if fit.n_series >= _MANY:
        low, high = np.quantile(z, [0.1, 0.9], axis=0)
        width = np.maximum((high - low) / (2 * 1.2816), 1.0)
    at = np.abs(z / width).argmax(axis=1)
    best = z[np.arange(fit.n_series), at] / width[at]
    p_value = np.minimum(2 * special.ndtr(-np.abs(best)) * _PLACES, 1.0)
    rows = []
    gram = columns.T @ columns
    for series in np.flatnonzero(p_value < _STRONG):
        one = _Broken(fit, int(series), rest[series], float(scatter[series]), width, columns, gram)
        chosen = one.chosen()
        rows += [one.described(int(weeks[place]), int(kinds[place]), z_own) for place, z_own in chosen]
        one.follow(log[series], basis, held)
    return _of_rows(rows, fit.n_series)


def _chance(z: float) -> float:
    """Probability that the largest of a series' breaks is as far from none as this, were there none."""
    return min(2 * float(special.ndtr(-abs(z))) * _PLACES, 1.0)


def _held(log: Array, basis: Array) -> Array:
    """How much line and waves of a series are held towards none: scatter of a week over that of each among series.

    What few series do, no series is believed to do without need: a ramp is not a season that nobody else has.
    """
    solve = np.linalg.pinv(basis)
    slope = log @ solve.T
    noise = float(np.median(np.abs(np.diff(log, axis=1)))) * 1.4826 / 2**0.5 + 1e-3
    chance = noise**2 * (solve**2).sum(axis=1)
    spread = (np.median(np.abs(slope - np.median(slope, axis=0)), axis=0) * 1.4826) ** 2 - chance
    held = noise**2 / np.maximum(spread, 0.05 * chance)
    held[0] = 1e-6
    return np.asarray(held, dtype=np.float64)


def _candidates(basis: Array, held: Array) -> tuple[Array, Array, Index, Index]:
    """What takes line and waves out of a series; then a column of unit length for each break, with them taken out."""
    n_weeks = len(basis)
    out = np.eye(n_weeks) - basis @ np.linalg.solve(basis.T @ basis + np.diag(held), basis.T)
    values, vectors = np.linalg.eigh(out)
    root = vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
    week = np.arange(n_weeks)[:, None]
    steps = np.arange(2, n_weeks - 1)
    bends = np.arange(_BEND_WEEKS, n_weeks - _BEND_WEEKS + 1)
    raw = np.concatenate([(week >= steps).astype(np.float64), np.maximum(week - bends, 0) / n_weeks], axis=1)
    kinds = np.repeat(np.array([LEVEL, TREND], dtype=np.intp), [steps.size, bends.size])
    left = root @ raw
    length = np.sqrt((left**2).sum(axis=0))
    told = length > _TOLD * np.sqrt(((raw - raw.mean(axis=0)) ** 2).sum(axis=0))
    return root, left[:, told] / length[told], kinds[told], np.concatenate([steps, bends])[told]


def _waves(n_weeks: int, n_days: int) -> Array:
    waves = [np.ones(n_weeks), np.linspace(-1, 1, n_weeks)]
    if n_days >= YEAR:
        turn = np.arange(n_weeks) * WEEK / YEAR * 2 * np.pi
        waves += [np.sin(turn), np.cos(turn), np.sin(2 * turn), np.cos(2 * turn)]
    return np.stack(waves, axis=1)


def _noise(rest: Array, due: Array, overdispersion: Array) -> Array:
    """Scatter of a week's logarithm, from week to week so that breaks don't count, but never below that of counting."""
    own = np.median(np.abs(np.diff(rest, axis=1)), axis=1) * 1.4826 / 2**0.5
    counting = np.sqrt(np.mean(1 / (due + 1), axis=1) + overdispersion / WEEK)
    # The level of a series drifts more than it jumps about; half a year of weeks says by how much.
    slow = np.std(rest, axis=1)
    usual = float(np.median(slow / np.maximum(own, _TINY)))
    return np.asarray(np.maximum(own, 0.8 * counting) * max(usual, 1.0) + _TINY, dtype=np.float64)


class _Broken:
    """One series with breaks: which ones, when, how large."""

    def __init__(
        self, fit: _Fit, series: int, rest: Array, scatter: float, width: Array, columns: Array, gram: Array
    ) -> None:
        self.fit = fit
        self.series = series
        self.rest = rest
        self.scatter = scatter
        self.width = width
        self.columns = columns
        self.gram = gram
        self.days: list[tuple[int, int]] = []

    def best_beside(self, others: list[int]) -> tuple[int, float]:
        """The break that explains most of what others leave, and its distance from none in standard errors."""
        held = np.linalg.qr(self.columns[:, others])[0]
        rest = self.rest - held @ (held.T @ self.rest)
        left = self.columns - held @ (held.T @ self.columns)
        length = np.sqrt((left**2).sum(axis=0))
        z = np.where(length > _APART, rest @ left / np.maximum(length, _TINY) / self.scatter, 0.0)
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
        if _chance(more / float(self.width[[first, second]].max())) >= _AGAIN:
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
            if _chance(z) >= _AGAIN:
                break
            found.append((place, z))
        for _ in range(2 if len(found) > 1 else 0):
            for at in range(len(found) - 1, -1, -1):
                others = [one for number, (one, _) in enumerate(found) if number != at]
                if others:
                    place, z = self.best_beside(others)
                    found[at : at + 1] = [(place, z)] if _chance(z) < _AGAIN else []
        return found

    def described(self, week: int, kind: int, z: float) -> tuple[int, int, int, float, float, float, float]:
        """A break as a find: its day, kind, what was seen after it and what would have been expected."""
        counts, base = self.fit.counts[self.series], self.fit.base[self.series]
        day = self._day(week, counts, base) if kind == LEVEL else week * WEEK
        self.days.append((day, kind))
        before, after = slice(max(day - AROUND, 0), day), slice(day, day + AROUND)
        expected = base[after] * _level(counts[before], base[before])
        return self.series, day, kind, float(counts[after].mean()), float(expected.mean()), z, _chance(z)

    def _day(self, week: int, counts: Array, base: Array) -> int:
        """The day within the weeks around at which two levels explain most."""
        low, high = max(week * WEEK - AROUND, 0), min(week * WEEK + AROUND, self.fit.n_days)
        counts, base = counts[low:high], base[low:high]
        inner = np.arange(max(week * WEEK - WEEK - low, 1), min(week * WEEK + WEEK + 1 - low, high - low))
        got, due = np.cumsum(counts), np.cumsum(base) + _TINY
        got_after, due_after = got[-1] - got[inner - 1], due[-1] - due[inner - 1] + _TINY
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
        fit.base[self.series] *= np.exp(np.clip(smooth[_week_of(fit.n_days)] + shift, -4, 4))
        for at in sorted(at for at, kind in self.days if kind == LEVEL):
            fit.starts[self.series, at:] = at
        for at in sorted((at for at, kind in self.days if kind == LEVEL), reverse=True):
            fit.ends[self.series, :at] = at


def _of_rows(rows: list[tuple[int, int, int, float, float, float, float]], n_series: int) -> Found:
    if not rows:
        return replace(_none(), n_tests=(0, n_series, n_series))
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


def _clipped(counts: Array, base: Array, spread: Array) -> Array:
    """Counts cut where they are far off what is expected at the level of the weeks around, by running medians."""
    level, _ = _weeks(counts, base)
    n_weeks = level.shape[1]
    if n_weeks >= _WEEKS:
        around = np.lib.stride_tricks.sliding_window_view(level, _WEEKS, axis=1)
        middle = np.median(around, axis=2)
        side = _WEEKS // 2
        level = np.concatenate([middle[:, :1].repeat(side, 1), middle, middle[:, -1:].repeat(side, 1)], axis=1)
    centre = base * level[:, _week_of(base.shape[1])]
    reach = _CLIP * np.sqrt(centre + spread * centre**2) + 1
    return np.clip(counts, centre - reach, centre + reach)


def _weeks(counts: Array, base: Array) -> tuple[Array, Array]:
    """Level of each week against what was expected, held towards 1 where little was, and what was expected."""
    starts = np.arange(max(base.shape[1] // WEEK, 1)) * WEEK
    got, due = np.add.reduceat(counts, starts, axis=1), np.add.reduceat(base, starts, axis=1)
    return (got + 1) / (due + 1), due


def _week_of(n_days: int) -> Index:
    return np.minimum(np.arange(n_days) // WEEK, max(n_days // WEEK, 1) - 1)


def _level(counts: Array, base: Array) -> float:
    return float(np.clip((counts.sum() + 1) / (base.sum() + 1), 0.01, 100.0))


def _smooth(values: Array) -> Array:
    """Mean of the days around each day."""
    running = np.concatenate([[0.0], np.cumsum(values)])
    day = np.arange(values.size)
    low, high = np.maximum(day - NEAR, 0), np.minimum(day + NEAR + 1, values.size)
    return np.asarray((running[high] - running[low]) / (high - low), dtype=np.float64)


def _running(values: Array) -> Array:
    """Sums of the days before each day; one entry more than days."""
    result = np.zeros((values.shape[0], values.shape[1] + 1))
    np.cumsum(values, axis=1, out=result[:, 1:])
    return result


def _between(running: Array, low: npt.NDArray[np.signedinteger], high: npt.NDArray[np.signedinteger]) -> Array:
    return np.asarray(np.take_along_axis(running, high, axis=1) - np.take_along_axis(running, low, axis=1))


def _none() -> Found:
    empty, place = np.zeros(0), np.zeros(0, dtype=np.intp)
    return Found(place, place, place, empty, empty, empty, empty, (0, 0, 0))
