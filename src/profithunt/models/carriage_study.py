"""Today's carriers against the best assignment: which parcels should move, own delivery by region, peaks ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy import special

from profithunt.models.assignment import Assigned, Growth, Limit, Vans, Way, assign, break_even, growths
from profithunt.models.carriage_problem import Problem, room_of
from profithunt.models.peaks import ahead

Array = npt.NDArray[np.float64]

SURE: Final = 0.9
WORTH_IT: Final = 0.003
_DRAWS: Final = 400
_LEAST: Final = 1e-9
_COST_SPREAD: Final = 0.25


@dataclass(frozen=True)
class Row:
    """A way of the assignment: parcels a day today and best."""

    region: str
    service: str
    carrier: str
    by_service: str
    carriage: float
    failed: float
    cost: float
    today: float
    best: float


@dataclass(frozen=True)
class Move:
    """Parcels a day that go another way: what it gains a day, and the change of failed ones."""

    region: str
    service: str
    source: str
    target: str
    parcels: float
    gain: float
    failed: float


@dataclass(frozen=True)
class Study:
    """Today's cost a day, the best assignment, its gain a day with a range, what moves; `short` what doesn't fit."""

    parcels: float
    today: float
    best: Assigned
    gain: float
    gain_low: float
    gain_high: float
    better: float
    change: bool
    failed_today: float
    failed: float
    lanes: tuple[Row, ...]
    moves: tuple[Move, ...]
    limits: tuple[Limit, ...]
    short: tuple[tuple[str, str, float], ...]


@dataclass(frozen=True)
class OwnCase:
    """A region for own delivery: parcels a day, vans assigned, costs of a parcel beside the van and by carrier."""

    region: str
    parcels: float
    vans: int
    each: float
    carriers: float
    van: Vans
    travel_share: float


@dataclass(frozen=True)
class Peak:
    """A week ahead (1: the next): parcels, those of its busiest day, capacity, what does not fit, what room is worth.

    `worth` of room for all, in the week; `one_more` of one more parcel a day at the `tightest` carrier and region.
    """

    week: int
    parcels: float
    low: float
    high: float
    busiest: float
    capacity: float
    short: float
    short_if_high: float
    worth: float
    tightest: tuple[str, str] | None
    one_more: float


def study(found: Problem) -> Study:
    """Today's ways against the best; the range by how well carriage, failures and their cost are known."""
    best = assign(found.demands, found.ways, found.limits, found.vans)
    now = np.array(found.now)
    then = np.array(best.parcels)
    carriage_, failed, spread = (np.array(one) for one in (
        [way.carriage for way in found.ways], [way.failed for way in found.ways], found.spread))  # fmt: skip
    vans = sum(n * one.cost for n, one in zip(best.vans, found.vans, strict=True))
    luck = np.random.default_rng(6)
    shares = np.maximum(failed[None, :] + spread[None, :] * luck.normal(size=(_DRAWS, len(failed))), 0.0)
    levels = luck.permutation((np.arange(_DRAWS) + 0.5) / _DRAWS)
    each = found.cost_of_failure * np.maximum(1 + _COST_SPREAD * special.ndtri(levels), 0.0)
    moved = now - then
    dear = carriage_[None, :] + np.array(found.error)[None, :] * luck.normal(size=(_DRAWS, len(failed)))
    gain = dear @ moved - vans + (shares @ moved) * each
    low, high = np.quantile(gain, (0.1, 0.9))
    today = float((now * (carriage_ + failed * found.cost_of_failure)).sum())
    mean, better = today - best.cost, float((gain > 0).mean())
    short = tuple(
        (one.region, one.service, missing) for one, missing in zip(found.demands, best.short, strict=True) if missing
    )
    lanes = tuple(
        Row(found.demands[way.demand].region, found.demands[way.demand].service, way.carrier, way.service, way.carriage,
            way.failed, way.cost, found.now[at], best.parcels[at])
        for at, way in enumerate(found.ways)
    )  # fmt: skip
    return Study(
        float(now.sum()),
        today,
        best,
        mean,
        float(low),
        float(high),
        better,
        better >= SURE and mean > WORTH_IT * abs(today) and not short,
        float((now * failed).sum()),
        float((then * failed).sum()),
        lanes,
        _moves(found, best),
        found.limits,
        short,
    )


def _moves(found: Problem, best: Assigned) -> tuple[Move, ...]:
    """What goes another way, kind by kind: who loses parcels to whom, dearest to cheapest."""
    moves: list[Move] = []
    per_stop = _van_cost_each(found, best)
    for place, demand in enumerate(found.demands):
        own = [at for at, way in enumerate(found.ways) if way.demand == place]
        gives = sorted(
            (at for at in own if found.now[at] - best.parcels[at] > _LEAST), key=lambda at: -found.ways[at].cost
        )
        takes = sorted(
            (at for at in own if best.parcels[at] - found.now[at] > _LEAST), key=lambda at: found.ways[at].cost
        )
        left = {at: abs(found.now[at] - best.parcels[at]) for at in own}
        for source in gives:
            for target in takes:
                n = min(left[source], left[target])
                if n <= _LEAST:
                    continue
                left[source] -= n
                left[target] -= n
                one, other = found.ways[source], found.ways[target]
                gain = one.cost - other.cost - per_stop.get(target, 0.0)
                moves.append(Move(demand.region, demand.service, _by(one), _by(other), n, n * gain,
                                  n * (other.failed - one.failed)))  # fmt: skip
    return tuple(sorted(moves, key=lambda one: -one.gain))


def _van_cost_each(found: Problem, best: Assigned) -> dict[int, float]:
    """What the vans themselves cost a parcel that goes by them."""
    each = {}
    for at, way in enumerate(found.ways):
        if way.vans is not None:
            load = sum(best.parcels[other] for other, one in enumerate(found.ways) if one.vans == way.vans)
            each[at] = best.vans[way.vans] * found.vans[way.vans].cost / load if load else 0.0
    return each


def _by(way: Way) -> str:
    return way.carrier if way.service == "all" else f"{way.carrier} {way.service}"


def own_regions(found: Problem, solved: Study) -> tuple[OwnCase, ...]:
    """Each declared region: its parcels, and what they cost by carriers assigned best without vans."""
    if not found.own:
        return ()
    carriers = [at for at, way in enumerate(found.ways) if way.vans is None]
    ways = tuple(found.ways[at] for at in carriers)
    without = assign(found.demands, ways, found.limits)
    cases = []
    for at, (own, van) in enumerate(zip(found.own, found.vans, strict=True)):
        mine = [place for place, way in enumerate(ways) if found.demands[way.demand].region == own.region]
        parcels = sum(demand.parcels for demand in found.demands if demand.region == own.region)
        carried = sum(without.parcels[place] for place in mine)
        cost = sum(without.parcels[place] * ways[place].cost for place in mine)
        each = next(way.cost for way in found.ways if way.vans == at)
        cases.append(OwnCase(own.region, parcels, solved.best.vans[at], each, cost / carried if carried else 0.0, van,
                             own.travel_share))  # fmt: skip
    return tuple(cases)


def scenarios(one: OwnCase, ratios: Sequence[float]) -> tuple[Growth, ...]:
    """All of a region's parcels by own vans, at so many times today's parcels."""
    return growths(one.van, one.parcels, one.each, one.carriers, one.travel_share, ratios)


def pays_from(one: OwnCase) -> Growth | None:
    """From how many parcels a day own vans pay."""
    return break_even(one.van, one.parcels, one.each, one.carriers, one.travel_share)


def peaks(
    found: Problem, weeks: Mapping[str, Any], days: Mapping[str, Any], room: Mapping[str, Any], n: int
) -> tuple[tuple[Peak, ...], int]:
    """Each week ahead on its busiest day against what carriers and vans can take; and the years of season behind it.

    What does not fit leaves a day later and comes late: it costs the dearest lane's carriage and a failure.
    """
    history = _history(weeks)
    if not len(history):
        return (), 0
    forecast = ahead(history, n)
    busy = _busiest(days, history)
    usual = sum(one.parcels for one in found.demands) * 7
    late = max((way.cost for way in found.ways), default=0.0) + max(found.cost_of_failure, _LEAST)
    made = []
    for at in range(n):
        limits = _ahead(found.limits, room_of(room, at + 1))
        times = [total * busy / (usual / 7) if usual else 0.0 for total in (forecast.expected[at], forecast.high[at])]
        solved, if_high = (
            assign([replace(one, parcels=one.parcels * ratio) for one in found.demands], found.ways, limits, found.vans,
                   left_behind=late)
            for ratio in times
        )  # fmt: skip
        short = sum(solved.short)
        free = assign(
            [replace(one, parcels=one.parcels * times[0]) for one in found.demands],
            found.ways,
            [replace(limit, parcels=limit.parcels + short) for limit in limits],
            found.vans,
            left_behind=late,
        )
        tightest = max(range(len(limits)), key=lambda place: solved.worth[place], default=None)
        worth = solved.worth[tightest] if tightest is not None else 0.0
        made.append(
            Peak(
                at + 1,
                float(forecast.expected[at]),
                float(forecast.low[at]),
                float(forecast.high[at]),
                float(forecast.expected[at] * busy),
                sum(limit.parcels for limit in limits)
                + sum(used * one.stops for used, one in zip(solved.vans, found.vans, strict=True)),
                short,
                sum(if_high.short),
                (solved.cost - free.cost)
                * float(forecast.expected[at])
                / max(float(forecast.expected[at] * busy), _LEAST),
                (limits[tightest].carrier, limits[tightest].region) if tightest is not None and worth > 0 else None,
                worth,
            )
        )
    return tuple(made), forecast.years


def _ahead(limits: Sequence[Limit], stated: Mapping[tuple[str, str, str], float]) -> list[Limit]:
    """Capacities as stated for a week ahead, else as lately."""
    return [
        replace(one, parcels=stated[key])
        if one.stated and (key := (one.carrier, one.service, one.region)) in stated
        else one
        for one in limits
    ]


def _history(weeks: Mapping[str, Any]) -> Array:
    """Parcels by week, oldest first, without a first week that may not be whole."""
    ago = np.asarray(weeks["weeks_ago"]).astype(np.int64)
    if not len(ago):
        return np.zeros(0)
    totals = np.bincount(ago, weights=np.asarray(weeks["n_parcels"], dtype=np.float64))[::-1]
    return np.asarray(totals[1:] if len(totals) > 1 else totals, dtype=np.float64)


def _busiest(days: Mapping[str, Any], history: Array) -> float:
    """Share of a week's parcels that its busiest day has: the median of the weeks."""
    on = np.asarray(days["on"]).astype("datetime64[D]").astype(np.int64)
    n = np.asarray(days["n_parcels"], dtype=np.float64)
    week = (on.max() - on) // 7
    most = np.zeros(week.max() + 1)
    np.maximum.at(most, week, n)
    total = np.bincount(week, weights=n)
    known = total > 0
    return float(np.median(most[known] / total[known])) if known.any() and len(history) else 1 / 7
