"""Which parcels go by which carrier or own van: a linear program, its capacities and what more of them is worth.

Parcels of a kind (region, service) are split over the lanes that keep their promise, at the least cost: carriage and
the cost of what fails. Capacities of carriers, over one region or several, are kept; vans are whole. Solved by HiGHS
(`scipy.optimize.milp`); what one more parcel of a capacity is worth is its dual value with the vans as they are.

Source: Hitchcock (1941) for the transport problem; Huangfu and Hall (2018) for HiGHS.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse

Array = npt.NDArray[np.float64]

_ENOUGH: Final = 1e-6
_TIMES: Final = 1_000.0
_GAP: Final = 1e-9


@dataclass(frozen=True)
class Demand:
    """Parcels of a kind, a day."""

    region: str
    service: str
    parcels: float


@dataclass(frozen=True)
class Way:
    """A way to deliver: a carrier's lane, or own vans (`vans` their place); cost of a parcel, and what it takes up.

    `demand` is the place of the kind of parcels that it may take, `most` of them a day; `limits` the places of the
    capacities that it uses.
    """

    demand: int
    carrier: str
    service: str
    carriage: float
    failed: float
    cost: float
    limits: tuple[int, ...] = ()
    vans: int | None = None
    most: float | None = None


@dataclass(frozen=True)
class Limit:
    """What a carrier can take a day; `stated` by the carrier, else the most that was seen."""

    carrier: str
    region: str
    service: str
    parcels: float
    stated: bool = True


@dataclass(frozen=True)
class Vans:
    """Own vans in a region: what a day of one costs with its driver, how many stops it makes, how many may be had."""

    region: str
    cost: float
    stops: float
    most: int | None = None


@dataclass(frozen=True)
class Assigned:
    """Parcels a day by way, vans, cost a day; what one more parcel of each capacity is worth; what doesn't fit."""

    parcels: tuple[float, ...]
    vans: tuple[int, ...]
    cost: float
    worth: tuple[float, ...]
    short: tuple[float, ...]

    @property
    def fits(self) -> bool:
        """Whether all parcels have a way."""
        return not any(self.short)


def assign(
    demands: Sequence[Demand],
    ways: Sequence[Way],
    limits: Sequence[Limit],
    vans: Sequence[Vans] = (),
    *,
    left_behind: float | None = None,
) -> Assigned:
    """The cheapest assignment that keeps every capacity.

    Parcels for which there is no room are `short`, at `left_behind` each (default: so dear that none is, unless it has
    to be; it is then no part of `cost`). Raises ValueError for a negative demand, capacity or cost of a van.
    """
    amounts = [*[one.parcels for one in demands], *[one.parcels for one in limits], *[one.cost for one in vans]]
    if min(amounts, default=0.0) < 0 or any(one.stops <= 0 for one in vans):
        raise ValueError("demand, capacity and costs are amounts from zero on; a van makes stops")
    n_ways, n_vans, n_kinds = len(ways), len(vans), len(demands)
    dear = _TIMES * max([abs(way.cost) for way in ways] + [one.cost for one in vans] + [1.0])
    held = left_behind if left_behind is not None else dear
    costs = np.array([*[way.cost for way in ways], *[one.cost for one in vans], *[held] * n_kinds])
    equal, within, room = _rows(demands, ways, limits, vans)
    wanted = np.array([one.parcels for one in demands])
    highest = np.array([*[_or_all(one.most) for one in ways], *[_or_all(one.most) for one in vans], *wanted])
    whole = np.array([*[0] * n_ways, *[1] * n_vans, *[0] * n_kinds])
    if n_vans:
        found = optimize.milp(
            costs,
            constraints=[
                optimize.LinearConstraint(equal, wanted, wanted),
                optimize.LinearConstraint(within, -np.inf, room),
            ],
            bounds=optimize.Bounds(0, highest),
            integrality=whole,
            options={"mip_rel_gap": _GAP},
        )
        used = np.round(found.x[n_ways : n_ways + n_vans])
    else:
        used = np.zeros(0)
    lowest = np.concatenate([np.zeros(n_ways), used, np.zeros(n_kinds)])
    highest[n_ways : n_ways + n_vans] = used
    solved = optimize.linprog(
        costs,
        A_ub=within if within.shape[0] else None,
        b_ub=room if within.shape[0] else None,
        A_eq=equal,
        b_eq=wanted,
        bounds=np.stack([lowest, highest], axis=1),
        method="highs",
    )
    parcels = np.where(solved.x[:n_ways] > _ENOUGH, solved.x[:n_ways], 0.0)
    short = np.where(solved.x[n_ways + n_vans :] > _ENOUGH, solved.x[n_ways + n_vans :], 0.0)
    worth = -np.asarray(solved.ineqlin.marginals)[: len(limits)] if len(limits) else np.zeros(0)
    spent = float(parcels @ costs[:n_ways] + used @ costs[n_ways : n_ways + n_vans])
    return Assigned(
        tuple(float(one) for one in parcels),
        tuple(int(one) for one in used),
        spent + (float(short.sum()) * held if left_behind is not None else 0.0),
        tuple(float(max(one, 0.0)) for one in worth),
        tuple(float(one) for one in short),
    )


def _or_all(most: float | None) -> float:
    return math.inf if most is None else float(most)


def _rows(
    demands: Sequence[Demand], ways: Sequence[Way], limits: Sequence[Limit], vans: Sequence[Vans]
) -> tuple[sparse.csr_array, sparse.csr_array, Array]:
    """Every kind's parcels go some way or are short; capacities and vans hold what goes their way."""
    n_ways, n_vans, n_kinds = len(ways), len(vans), len(demands)
    columns = n_ways + n_vans + n_kinds
    kinds = [way.demand for way in ways]
    places = [*range(n_ways), *range(n_ways + n_vans, columns)]
    equal = sparse.csr_array((np.ones(len(places)), ([*kinds, *range(n_kinds)], places)), shape=(n_kinds, columns))
    uses = [(limit, at) for at, way in enumerate(ways) for limit in way.limits]
    stops = [(len(limits) + way.vans, at) for at, way in enumerate(ways) if way.vans is not None]
    loads = [(len(limits) + at, n_ways + at) for at in range(n_vans)]
    values = [*[1.0] * (len(uses) + len(stops)), *[-one.stops for one in vans]]
    rows, at = zip(*(*uses, *stops, *loads), strict=True) if values else ((), ())
    within = sparse.csr_array((values, (list(rows), list(at))), shape=(len(limits) + n_vans, columns))
    return equal, within, np.array([*[one.parcels for one in limits], *[0.0] * n_vans])


def stops_at(stops: float, growth: float, travel_share: float) -> float:
    """Stops a day of a van where there are `growth` times as many parcels: driving between stops gets shorter.

    The way between two stops goes with one over the root of their density (Daganzo, 1984); `travel_share` is the part
    of the time at a stop that is driving, today.
    """
    return stops / (1 - travel_share + travel_share / math.sqrt(max(growth, 1e-9)))


@dataclass(frozen=True)
class Growth:
    """A region delivered by oneself with so many times its parcels: vans, cost a day of vans and of carriers."""

    growth: float
    parcels: float
    vans: int
    stops: float
    own: float
    carriers: float

    @property
    def saved(self) -> float:
        """What own delivery saves a day."""
        return self.carriers - self.own


def growths(
    vans: Vans, parcels: float, each: float, carriers: float, travel_share: float, ratios: Sequence[float]
) -> tuple[Growth, ...]:
    """Own delivery of all of a region's parcels against its carriers, at each ratio of today's parcels.

    `each` is what a parcel costs beside the van, `carriers` what one costs with them, failures counted in both.
    """
    return tuple(_growth(vans, parcels * ratio, ratio, each, carriers, travel_share) for ratio in ratios)


def break_even(vans: Vans, parcels: float, each: float, carriers: float, travel_share: float) -> Growth | None:
    """The fewest parcels a day from which own delivery costs no more than the carriers; None: it never does.

    Vans are whole: looked for where each is full, the first that pays; then down to the fewest parcels that still pay
    with as many vans.
    """
    if carriers <= each or parcels <= 0:
        return None
    for n in range(1, _MOST_VANS + 1):
        full = _full(vans, n, parcels, travel_share)
        if n * vans.cost <= full * (carriers - each):
            fewest = n * vans.cost / (carriers - each)
            at = _growth(vans, fewest, fewest / parcels, each, carriers, travel_share)
            # With fewer parcels they lie farther apart: the vans may not do them all.
            return at if at.vans <= n else _growth(vans, full, full / parcels, each, carriers, travel_share)
    return None


_MOST_VANS: Final = 500


def _full(vans: Vans, n: int, parcels: float, travel_share: float) -> float:
    """Parcels a day that so many vans just do."""
    low, high = 0.0, n * vans.stops / max(1 - travel_share, 1e-6)
    for _ in range(60):
        middle = (low + high) / 2
        if middle <= n * stops_at(vans.stops, middle / parcels, travel_share):
            low = middle
        else:
            high = middle
    return low


def _growth(vans: Vans, parcels: float, ratio: float, each: float, carriers: float, travel_share: float) -> Growth:
    stops = stops_at(vans.stops, ratio, travel_share)
    n = math.ceil(parcels / stops - 1e-9)
    return Growth(ratio, parcels, n, stops, n * vans.cost + parcels * each, parcels * carriers)
