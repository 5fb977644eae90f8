"""The assignment of parcels as a program: kinds of parcels, the ways that may take them, what capacity they use.

A parcel's cost on a lane is its carriage and its share of failures times what one costs. Parcels of a kind (region,
service) may go by any lane into the region whose slow tenth (P90) still keeps the median promise of the kind; lanes
that carry them today and don't may keep what they have. Where a carrier's capacity is not stated, the most that it ever
carried there in a day is taken: it is known to manage that, and more is hope.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from profithunt.models.assignment import Demand, Limit, Vans, Way

OWN: Final = "own vans"
LATELY: Final = 13
_DECLARED_SPREAD: Final = 0.5
_UNKNOWN_FAILED: Final = 0.0


@dataclass(frozen=True)
class Offer:
    """A carrier's lane: cost of a parcel, failed share with its spread, slow tenth of days, most parcels in a day.

    `error` is the standard error of the cost.
    """

    carrier: str
    service: str
    region: str
    carriage: float | None
    failed: float | None
    spread: float | None
    days: float | None
    most: float | None
    declared: bool = False
    error: float = 0.0


@dataclass(frozen=True)
class Own:
    """Own vans as declared for a region; `failed` None: as often as the region's best lane."""

    region: str
    van_day: float
    stops: float
    most: int | None
    parcel: float
    failed: float | None
    travel_share: float


@dataclass(frozen=True)
class Problem:
    """The assignment as a program; `now` parcels a day by way as they go today.

    `spread` of each way's failed share, `error` of its carriage.
    """

    demands: tuple[Demand, ...]
    ways: tuple[Way, ...]
    limits: tuple[Limit, ...]
    vans: tuple[Vans, ...]
    own: tuple[Own, ...]
    now: tuple[float, ...]
    spread: tuple[float, ...]
    error: tuple[float, ...]
    cost_of_failure: float
    assumed: tuple[str, ...]

    @property
    def regions(self) -> tuple[str, ...]:
        """Regions that parcels go to."""
        return tuple(dict.fromkeys(one.region for one in self.demands))


def problem(
    offers: Sequence[Offer],
    weeks: Mapping[str, Any],
    room: Mapping[str, Any],
    left: Mapping[tuple[str, str], float],
    cost_of_failure: float | None,
    own: Sequence[Own] = (),
) -> Problem:
    """The program of today's parcels: a day's mean over the last 13 weeks, by region and service."""
    assumed: list[str] = []
    each = max(cost_of_failure or 0.0, 0.0)
    if cost_of_failure is None:
        assumed.append("what a failed parcel costs is not known: only carriage is counted")
    carried = _carried(weeks)
    priced = {(one.carrier, one.service, one.region): one for one in offers if one.carriage is not None}
    without = {key for key in carried if key not in priced}
    if without:
        assumed.append(f"{len(without)} lanes whose cost of a parcel is not known are left as they are")
    kinds = list(dict.fromkeys((region, service) for (_, service, region) in carried if (_, service, region) in priced))
    ways: list[Way] = []
    now: list[float] = []
    spread: list[float] = []
    error: list[float] = []
    limits, of_lane = _limits(list(priced.values()), room, assumed)
    demands = []
    for place, (region, service) in enumerate(kinds):
        promised = left.get((region, service))
        total = 0.0
        for key, one in priced.items():
            mine = carried.get(key, 0.0) if one.service == service and one.region == region else 0.0
            keeps = _keeps(one, service, promised)
            if one.region != region or not (mine or keeps):
                continue
            failed = one.failed if one.failed is not None else _UNKNOWN_FAILED
            cost = float(one.carriage or 0.0) + failed * each
            ways.append(
                Way(
                    place,
                    one.carrier,
                    one.service,
                    float(one.carriage or 0.0),
                    failed,
                    cost,
                    of_lane[key],
                    most=None if keeps else mine,
                )
            )
            now.append(mine)
            spread.append(one.spread if one.spread is not None else failed * _DECLARED_SPREAD)
            error.append(one.error)
            total += mine
        demands.append(Demand(region, service, total))
    vans = []
    for at, van in enumerate(own):
        vans.append(Vans(van.region, van.van_day, van.stops, van.most))
        for place, demand in enumerate(demands):
            if demand.region == van.region:
                failed = _own_failed(van, offers, assumed)
                ways.append(Way(place, OWN, "all", van.parcel, failed, van.parcel + failed * each, (), at))
                now.append(0.0)
                spread.append(failed * _DECLARED_SPREAD)
                error.append(0.0)
    return Problem(
        tuple(demands),
        tuple(ways),
        tuple(limits),
        tuple(vans),
        tuple(own),
        tuple(now),
        tuple(spread),
        tuple(error),
        each,
        tuple(dict.fromkeys(assumed)),
    )


def _keeps(one: Offer, service: str, promised: float | None) -> bool:
    """Whether a lane keeps the promise of a kind; where nothing was promised, a lane of the same service does."""
    if promised is None or one.days is None:
        return one.service == service or one.declared
    return one.days <= promised


def _own_failed(one: Own, offers: Sequence[Offer], assumed: list[str]) -> float:
    if one.failed is not None:
        return one.failed
    assumed.append(f"own vans into {one.region} are taken to fail as often as the region's best lane")
    known = [offer.failed for offer in offers if offer.region == one.region and offer.failed is not None]
    return min(known, default=0.0)


def _carried(weeks: Mapping[str, Any]) -> dict[tuple[str, str, str], float]:
    """Parcels a day by carrier, service and region, over the last 13 weeks or as many as there are."""
    ago = np.asarray(weeks["weeks_ago"]).astype(np.int64)
    if not len(ago):
        return {}
    n_weeks = min(LATELY, int(ago.max()) + 1)
    found: dict[tuple[str, str, str], float] = {}
    columns = [
        np.asarray(weeks[name])[ago < n_weeks].tolist() for name in ("carrier", "service", "region", "n_parcels")
    ]
    for carrier, service, region, n in zip(*columns, strict=True):
        key = (str(carrier), str(service), str(region))
        found[key] = found.get(key, 0.0) + float(n) / (7 * n_weeks)
    return found


def _limits(
    offers: Sequence[Offer], room: Mapping[str, Any], assumed: list[str]
) -> tuple[list[Limit], dict[tuple[str, str, str], tuple[int, ...]]]:
    """Capacities, and which of them each lane uses: those stated for it, else the most that it ever carried."""
    limits = [
        Limit(carrier, region, service, capacity) for (carrier, service, region), capacity in room_of(room, 0).items()
    ]
    of_lane: dict[tuple[str, str, str], tuple[int, ...]] = {}
    guessed = 0
    for one in offers:
        key = (one.carrier, one.service, one.region)
        uses = [at for at, limit in enumerate(limits) if limit.stated and _concerns(limit, one)]
        if not uses and one.most is not None:
            uses = [len(limits)]
            limits.append(Limit(one.carrier, one.region, one.service, float(one.most), stated=one.declared))
            guessed += not one.declared
        of_lane[key] = tuple(uses)
    if guessed:
        lanes = "lane" if guessed == 1 else "lanes"
        assumed.append(f"the capacity of {guessed} {lanes} is not stated: the most that they carried in a day is taken")
    return limits, of_lane


def room_of(room: Mapping[str, Any], week: int) -> dict[tuple[str, str, str], float]:
    """Stated capacity a day by carrier, service and region (empty: all), lately (0) or in a week ahead."""
    ahead_ = np.asarray(room["weeks_ahead"]).astype(np.int64)
    names = [np.asarray(room[name])[ahead_ == week].tolist() for name in ("carrier", "service", "region", "capacity")]
    return {
        (
            str(carrier),
            "" if service in ("", "all") else str(service),
            "" if region in ("", "all") else str(region),
        ): float(n)
        for carrier, service, region, n in zip(*names, strict=True)
    }


def _concerns(limit: Limit, one: Offer) -> bool:
    return limit.carrier == one.carrier and limit.region in ("", one.region) and limit.service in ("", one.service)
