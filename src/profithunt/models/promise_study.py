"""Which day to promise on each lane: earlier promises sell more and are broken more often.

A promise moved by k days is judged over the parcels that the lane had: those that took more than k days longer than
promised come late under it. Shares are held towards the other lanes' (empirical Bayes), with the scatter that months
have beyond chance. A day earlier or later moves the profit of the lane by a declared share, weighed against what the
shop's own regions show where their promises moved apart; each late parcel more costs what `lateness` says.

Each lane takes the move with the largest expected gain among those that are likely to gain, and else is left alone. No
lane is moved by more than a week or half its promise, and none to more late parcels than `most_late` unless it has them
already: the published response was measured over a day, and nobody knows what customers do who are often let down.

Source: Cui, Lu, Sun and Golden (2024), Sooner or Later? Promising Delivery Speed in Online Retail, MSOM 26(1).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy import special

from profithunt.models.lateness import Lateness, Learnt, weighed
from profithunt.models.shrinkage import fit_beta

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]

HORIZON: Final = 28.0
SURE: Final = 0.9
WORTH_IT: Final = 0.003
MOST_LATE: Final = 0.1
MOST_SHIFT: Final = 7
FEWEST: Final = 50
SHIFTS: Final = tuple(range(-MOST_SHIFT, MOST_SHIFT + 1))
_TODAY: Final = MOST_SHIFT
_DRAWS: Final = 400
_ARMS: Final = 15.7
_CELL: Final = 20
_MISFIT: Final = 0.01
OTHERS: Final = "others"


@dataclass(frozen=True)
class Prior:
    """Share of profit that a day is worth, mean and standard deviation: earlier (a gain) and later (a loss)."""

    earlier: tuple[float, float] = (0.02, 0.01)
    later: tuple[float, float] = (0.027, 0.0135)


@dataclass(frozen=True)
class Move:
    """A promise moved by `shift` days: late share then, gain over 28 days with its P10 to P90, probability of one."""

    shift: int
    late: float
    gain: float
    gain_low: float
    gain_high: float
    better: float


@dataclass(frozen=True)
class Lane:
    """A lane over the last year: parcels, what was promised and kept, what a parcel cost and was charged.

    Days from the order; `late` is held against the other lanes, with its P5 and P95; `earned` contribution profit in
    28 days; `best` the move of the largest expected gain, `take` the one recommended (None: leave it).
    """

    origin: str
    region: str
    carrier: str
    n_parcels: int
    n_late: int
    promised: float
    taken_p50: float
    taken_p90: float
    late: float
    late_low: float
    late_high: float
    carriage: float | None
    charged: float | None
    earned: float
    parcels: float
    best: Move | None
    take: Move | None


@dataclass(frozen=True)
class Side:
    """A kind of customer: parcels in 28 days, of them promised earlier and later, late today and then, gain."""

    segment: str
    parcels: float
    earlier: float
    later: float
    late_today: float
    late: float
    gain: float


@dataclass(frozen=True)
class Study:
    """Lanes, most parcels first; all of the recommended moves together; the same move everywhere; what it rests on."""

    lanes: tuple[Lane, ...]
    gain: float
    gain_low: float
    gain_high: float
    better: float
    late_today: float
    late: float
    earned: float
    everywhere: tuple[Move, ...]
    earlier: Learnt
    later: Learnt
    n_own_cells: int
    sides: tuple[Side, ...]
    sensitivity: tuple[tuple[str, float, float, float], ...]
    n_per_arm: float | None
    unit: str


@dataclass(frozen=True)
class _Lanes:
    """Cells of `promise_cells`, each with its lane, and what lanes add up to."""

    names: tuple[tuple[str, str, str], ...]
    lane: Index
    n: Array
    promised: Array
    taken: Array
    is_new: npt.NDArray[np.bool_]
    columns: Mapping[str, Array]

    def total(self, of: Array) -> Array:
        return _summed(self.lane, of, len(self.names))


def study(
    cells: Mapping[str, Any],
    months: Mapping[str, Any],
    days: float,
    cost: Lateness,
    *,
    prior: Prior | None = None,
    visits: float | None = None,
    most_late: float = MOST_LATE,
) -> Study | None:
    """What to promise where; `visits` in 28 days where they are known. None without a parcel."""
    if not len(cells["n_parcels"]):
        return None
    lanes = _lanes(cells)
    earlier, later, n_own = _response(months, prior or Prior())
    scale = HORIZON / days
    late = _late(lanes, _dispersion(months))
    earned, parcels = lanes.total(lanes.columns["earned"]) * scale, lanes.total(lanes.n) * scale
    each = _drawn(cost.mean, cost.spread, 2)
    worth = np.stack([_worth(shift, _drawn(earlier.mean, earlier.spread, 3), _drawn(later.mean, later.spread, 4))
                      for shift in SHIFTS])  # fmt: skip
    extra = late.draws - late.draws[_TODAY]
    gains = worth[:, None, :] * earned[None, :, None] - extra * parcels[None, :, None] * np.maximum(each, 0.0)
    moves = [_moves(gains[:, at], late.mean[:, at]) for at in range(len(lanes.names))]
    promised = lanes.total(lanes.n * lanes.promised) / lanes.total(lanes.n)
    taken = [_taken(one, late.mean[:, at], promised[at], earned[at], most_late) for at, one in enumerate(moves)]
    places = [_TODAY if one is None else one.shift + _TODAY for one in taken]
    total = gains[places, np.arange(len(places))].sum(axis=0)
    found = _rows(lanes, late, moves, taken, promised, earned, parcels)
    means = (earlier.mean, later.mean, cost.mean)
    low, high = np.quantile(total, (0.1, 0.9))
    return Study(
        found,
        float(total.mean()),
        float(low),
        float(high),
        float((total > 0).mean()),
        float((late.mean[_TODAY] * parcels).sum() / parcels.sum()),
        float((late.mean[places, np.arange(len(places))] * parcels).sum() / parcels.sum()),
        float(earned.sum()),
        tuple(_moves(gains.sum(axis=1), (late.mean * parcels).sum(axis=1) / parcels.sum())),
        earlier,
        later,
        n_own,
        _sides(lanes, late, places, scale, means),
        _sensitivity(late, places, earned, parcels, means, cost),
        _arms(lanes, scale, float(total.mean()), visits),
        "order" if visits is None else "visit",
    )


def _lanes(cells: Mapping[str, Any]) -> _Lanes:
    """Lanes with enough parcels by themselves; the others by region and carrier, what is still small in one."""
    parts = [np.asarray(cells[name]).astype(str).astype(object) for name in ("origin", "region", "carrier")]
    n = _numbers(cells["n_parcels"])
    for hidden in (1, 3):
        _, place = np.unique(_keys(parts), return_inverse=True)
        small = np.bincount(place, weights=n)[place] < FEWEST
        for at in range(hidden):
            parts[at] = np.where(small, OTHERS, parts[at])
    keys = _keys(parts)
    _, first, place = np.unique(keys, return_index=True, return_inverse=True)
    names = tuple((str(parts[0][at]), str(parts[1][at]), str(parts[2][at])) for at in first)
    columns = {name: _numbers(cells[name]) for name in ("carriage", "charged", "earned", "earned_squared")}
    taken = np.ma.filled(np.ma.asarray(cells["taken_days"], dtype=np.float64), np.inf)
    return _Lanes(names, place.astype(np.intp), n, _numbers(cells["promised_days"]), np.asarray(taken),
                  np.asarray(cells["is_new"]).astype(bool), columns)  # fmt: skip


def _keys(parts: Sequence[npt.NDArray[np.object_]]) -> npt.NDArray[np.str_]:
    return np.array(["\x1f".join(names) for names in zip(*parts, strict=True)])


@dataclass(frozen=True)
class _Late:
    """Late shares by shift and lane: mean, and draws (shift, lane, draw), the same luck for all shifts."""

    mean: Array
    draws: Array
    seen: Array


def _late(lanes: _Lanes, dispersion: float) -> _Late:
    over = lanes.taken - lanes.promised
    trials = lanes.total(lanes.n)
    hits = np.stack([lanes.total(lanes.n * (over > shift)) for shift in SHIFTS])
    # Additive recurrence (Roberts 2018): the same luck for every shift, so that a later promise is never broken more.
    turns = np.arange(1, _DRAWS + 1)
    chosen, level = (0.5 + turns / 1.32471795724474602596) % 1.0, (0.5 + turns / 1.75487766624669276) % 1.0
    level = np.clip(level, 1e-6, 1 - 1e-6)
    means, draws = [], []
    for row in hits:
        known, tried = row / dispersion, trials / dispersion
        posterior = fit_beta(known, tried).posterior(known, tried)
        means.append(posterior.mean)
        draws.append(posterior.draws(chosen, level))
    down = np.minimum.accumulate
    return _Late(down(np.stack(means), axis=0), down(np.stack(draws), axis=0), hits[_TODAY])


def _dispersion(months: Mapping[str, Any]) -> float:
    """How much more late shares scatter from month to month than chance explains (Pearson, 1: no more)."""
    n, late = _numbers(months["n_known"]), _numbers(months["n_late"])
    _, region = np.unique(np.asarray(months["region"]).astype(str), return_inverse=True)
    rate = np.bincount(region, weights=late) / np.maximum(np.bincount(region, weights=n), 1.0)
    expected = rate[region]
    used = (n >= _CELL) & (expected > 0) & (expected < 1)
    free = used.sum() - len(np.unique(region[used]))
    if free < 1:
        return 1.0
    scatter = (late - n * expected)[used] ** 2 / (n * expected * (1 - expected))[used]
    return float(max(scatter.sum() / free, 1.0))


def _response(months: Mapping[str, Any], prior: Prior) -> tuple[Learnt, Learnt, int]:
    """What a day is worth: earlier, later; and how many months of regions tell it."""
    own, error, n_cells = _own_response(months)
    far = None if error is None else math.hypot(error, _MISFIT)
    return weighed(own, far, *prior.earlier), weighed(own, far, *prior.later), n_cells


def _own_response(months: Mapping[str, Any]) -> tuple[float | None, float | None, int]:
    """Log orders on promised days over regions and whole months, both taken out; errors clustered by region.

    The first and last month are left out: they may not be whole. None without three regions and six months.
    """
    month = np.asarray(months["month"]).astype("datetime64[M]").astype(np.int64)
    n = _numbers(months["n_parcels"])
    if not len(n):
        return None, None, 0
    used = (n >= _CELL) & (month > month.min()) & (month < month.max())
    _, region = np.unique(np.asarray(months["region"])[used].astype(str), return_inverse=True)
    _, time = np.unique(month[used], return_inverse=True)
    if not used.any() or region.max() < 2 or time.max() < 5:
        return None, None, 0
    days, orders = _numbers(months["promised_days"])[used] / n[used], n[used]
    marks = np.concatenate([np.eye(region.max() + 1)[region], np.eye(time.max() + 1)[time][:, 1:]], axis=1)
    root = np.sqrt(orders)[:, None]
    both = np.stack([np.log(orders), days], axis=1) * root
    fitted, *_ = np.linalg.lstsq(marks * root, both, rcond=None)
    left = both - (marks * root) @ fitted
    y, x = left[:, 0], left[:, 1]
    weight = float((x**2).sum())
    if weight <= 1e-6 * float((days**2 * orders).sum()):
        return None, None, 0
    slope = float((x * y).sum() / weight)
    score = np.bincount(region, weights=x * (y - slope * x))
    groups = len(score)
    error = math.sqrt(float((score**2).sum()) * groups / (groups - 1)) / weight
    return -slope, error, len(x)


def _worth(shift: int, earlier: Array, later: Array) -> Array:
    """Share of profit that a move brings."""
    return -shift * earlier if shift < 0 else -shift * later


def _drawn(mean: float, spread: float, seed: int) -> Array:
    levels = np.random.default_rng(seed).permutation((np.arange(_DRAWS) + 0.5) / _DRAWS)
    return np.asarray(mean + spread * special.ndtri(levels))


def _moves(gains: Array, late: Array) -> list[Move]:
    low, high = np.quantile(gains, (0.1, 0.9), axis=1)
    mean, better = gains.mean(axis=1), (gains > 0).mean(axis=1)
    return [
        Move(shift, float(late[at]), float(mean[at]), float(low[at]), float(high[at]), float(better[at]))
        for at, shift in enumerate(SHIFTS)
    ]


def _taken(moves: Sequence[Move], late: Array, promised: float, earned: float, most_late: float) -> Move | None:
    """The move to take: of those allowed and likely to gain the one with most, None where there is none."""
    most = max(late[_TODAY], most_late)
    sure = [
        one
        for one in _allowed(moves, promised)
        if one.better >= SURE and one.gain > WORTH_IT * abs(earned) and (one.late <= most or one.shift > 0)
    ]
    return max(sure, key=lambda one: one.gain, default=None)


def _allowed(moves: Sequence[Move], promised: float) -> list[Move]:
    """Moves by no more than half of what is promised today, and never to less than a day."""
    return [one for one in moves if one.shift and abs(one.shift) <= promised / 2 and promised + one.shift >= 1]


def _rows(
    lanes: _Lanes,
    late: _Late,
    moves: Sequence[Sequence[Move]],
    taken: Sequence[Move | None],
    promised: Array,
    earned: Array,
    parcels: Array,
) -> tuple[Lane, ...]:
    n = lanes.total(lanes.n)
    low, high = np.quantile(late.draws[_TODAY], (0.05, 0.95), axis=1)
    middle = [_percentiles(lanes.taken[lanes.lane == at], lanes.n[lanes.lane == at]) for at in range(len(n))]
    cost, charged = (lanes.total(lanes.columns[name]) / n for name in ("carriage", "charged"))
    found = [
        Lane(
            *names,
            int(n[at]),
            int(late.seen[at]),
            float(promised[at]),
            *middle[at],
            float(late.mean[_TODAY, at]),
            float(low[at]),
            float(high[at]),
            float(cost[at]) if cost[at] else None,
            float(charged[at]) if charged[at] else None,
            float(earned[at]),
            float(parcels[at]),
            max(_allowed(moves[at], float(promised[at])), key=lambda one: one.gain, default=None),
            taken[at],
        )
        for at, names in enumerate(lanes.names)
    ]
    return tuple(sorted(found, key=lambda one: (-one.n_parcels, one.region, one.origin, one.carrier)))


def _percentiles(days: Array, n: Array) -> tuple[float, float]:
    """Median and 90th percentile of days, weighted; infinite where so many are not there."""
    order = np.argsort(days)
    upto = np.cumsum(n[order])
    places = [int(np.searchsorted(upto, share * upto[-1])) for share in (0.5, 0.9)]
    first, second = (float(days[order][place]) for place in places)
    return first, second


def _sides(
    lanes: _Lanes, late: _Late, places: Sequence[int], scale: float, means: tuple[float, float, float]
) -> tuple[Side, ...]:
    """New customers and all others; at the means of what is not known."""
    shift = np.array(places) - _TODAY
    at = np.arange(len(shift))
    before, after = late.mean[_TODAY], late.mean[places, at]
    worth = np.where(shift < 0, -shift * means[0], -shift * means[1])
    found = []
    if not lanes.is_new.any():
        return ()
    for name, held in (("new customers", lanes.is_new), ("all others", ~lanes.is_new)):
        n = lanes.total(lanes.n * held) * scale
        earned = lanes.total(lanes.columns["earned"] * held) * scale
        gain = (worth * earned - (after - before) * n * means[2]).sum()
        found.append(
            Side(name, float(n.sum()), float(n[shift < 0].sum()), float(n[shift > 0].sum()),
                 float((before * n).sum()), float((after * n).sum()), float(gain))
        )  # fmt: skip
    return tuple(found)


def _sensitivity(
    late: _Late,
    places: Sequence[int],
    earned: Array,
    parcels: Array,
    means: tuple[float, float, float],
    cost: Lateness,
) -> tuple[tuple[str, float, float, float], ...]:
    """The recommended moves under other beliefs: words, gain, its P10 and P90 by what is not known of lateness."""
    at = np.arange(len(places))
    extra = ((late.draws[places, at] - late.draws[_TODAY]) * parcels[:, None]).sum(axis=0)
    shift = np.array(places) - _TODAY
    early, slow = float((earned * -shift * (shift < 0)).sum()), float((earned * -shift * (shift > 0)).sum())
    earlier, later, each = means
    found = []
    for words, first, second, late_costs in (
        ("a day is worth half as much", earlier / 2, later / 2, each),
        ("a day is worth only its sales (0.73 % earlier, 0.51 % later)", 0.0073, 0.0051, each),
        ("a late parcel costs twice as much", earlier, later, 2 * each),
        ("a late parcel loses no later orders", earlier, later, each - cost.later.mean),
    ):
        gain = first * early + second * slow - extra * max(late_costs, 0.0)
        low, high = np.quantile(gain, (0.1, 0.9))
        found.append((words, float(gain.mean()), float(low), float(high)))
    return tuple(found)


def _arms(lanes: _Lanes, scale: float, gain: float, visits: float | None) -> float | None:
    """Visits (or orders) in each arm of a test that would see the gain: 15.7 σ² ÷ δ² (METRICS, 7)."""
    n = visits or float(lanes.n.sum()) * scale
    if gain <= 0 or n <= 0:
        return None
    mean = float(lanes.columns["earned"].sum()) * scale / n
    variance = float(lanes.columns["earned_squared"].sum()) * scale / n - mean**2
    return _ARMS * variance / (gain / n) ** 2


def _summed(place: Index, of: Array, n: int) -> Array:
    return np.asarray(np.bincount(place, weights=of, minlength=n), dtype=np.float64)


def _numbers(values: Any) -> Array:
    return np.asarray(np.ma.filled(np.ma.asarray(values, dtype=np.float64), 0.0), dtype=np.float64)
