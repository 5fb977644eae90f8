"""Carriers: the scorecard of each lane, and what switching it or delivering it oneself would do.

A lane is a carrier, a service and a region. A switch moves its parcels to another carrier at what that costs and fails
there; where it has no parcels in the region, at what it costs and fails elsewhere, held against how dear and how
hard the region is for the others. Its room is kept: what does not fit stays where it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlglot import exp

from profithunt.engine import AnyEngine, compile_sql
from profithunt.errors import NotFound, UsageError
from profithunt.metrics.defects_charts import dpmo, sigma_level

YEAR: Final = 365.0
MILLION: Final = 1_000_000
OWN: Final = "own delivery"


@dataclass(frozen=True)
class Lane:
    """A lane of the scorecard: quality × cost × speed × capacity against demand.

    `failed_share` is held against the other lanes', with its 90 % interval; costs in shop currency; days from dispatch
    to delivery; demand and capacity in parcels a day; `use` is demand on the busiest tenth of days over capacity.
    """

    carrier: str
    service: str
    region: str
    n_parcels: int
    n_known: int
    n_failed: int
    failed_per_million: float | None
    dpmo: float | None
    sigma: float | None
    failed_share: float | None
    failed_low: float | None
    failed_high: float | None
    cost_per_parcel: float | None
    cost_with_defects: float | None
    days_p50: float | None
    days_p90: float | None
    parcels_a_year: float
    demand_mean: float | None
    demand_p90: float | None
    demand_max: float | None
    capacity_mean: float | None
    n_days_known: int
    n_days_over: int
    use: float | None

    def to_json(self) -> dict[str, Any]:
        """All fields."""
        return dict(self.__dict__)


@dataclass(frozen=True)
class Scenario:
    """What a change does in a year: parcels moved, contribution profit, DPMO of deliveries before and after.

    `profit` = −(change of carriage) − (change of failures) × cost of one, with a range from how well the failure rates
    are known; `unmoved` parcels don't fit into the other's capacity. `assumed` says what was not seen but inferred.
    """

    what: str
    region: str | None
    moved: float
    unmoved: float
    carriage: float
    failures: float
    profit: float | None
    profit_low: float | None
    profit_high: float | None
    dpmo_before: float | None
    dpmo_after: float | None
    break_even_parcels: float | None
    assumed: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """All fields."""
        return {**self.__dict__, "assumed": list(self.assumed)}


@dataclass(frozen=True)
class Scorecard:
    """All lanes, those that lose most through failures first, what a failed parcel costs, and a scenario if asked."""

    lanes: tuple[Lane, ...]
    cost_of_failure: float | None
    scenario: Scenario | None

    def to_json(self) -> dict[str, Any]:
        """`{lanes, cost_of_failure, scenario}`."""
        return {
            "lanes": [one.to_json() for one in self.lanes],
            "cost_of_failure": self.cost_of_failure,
            "scenario": self.scenario.to_json() if self.scenario else None,
        }


Shares = Callable[[Sequence[float], Sequence[float]], tuple[list[float], list[float], list[float]]]
"""Shrinks failed out of known parcels: mean, low, high."""


def scorecard(engine: AnyEngine, shares: Shares) -> Scorecard:
    """The lanes of a run. Raises NotFound where it has no parcels."""
    if not engine.has("carrier_lanes"):
        raise NotFound("this run knows no parcels", do="map a table to shipments, and run the shop again")
    rows = engine.dicts(exp.select("*").from_("carrier_lanes").order_by("carrier", "service", "region"))
    cost = None
    if engine.has("defect_costs"):
        cost = engine.value(compile_sql("SELECT MAX(cost) AS cost FROM defect_costs WHERE kind = 'any'"))
    held = shares([row["n_failed"] for row in rows], [row["n_known"] for row in rows])
    lanes = [_lane(row, cost, [part[at] for part in held]) for at, row in enumerate(rows)]
    lanes.sort(key=lambda one: (-(one.failed_share or 0) * one.n_parcels, one.carrier, one.service, one.region))
    return Scorecard(tuple(lanes), cost, None)


def _lane(row: Mapping[str, Any], cost: float | None, held: Sequence[float]) -> Lane:
    known = int(row["n_known"])
    span = (row["last_on"] - row["first_on"]).days + 1 if row["first_on"] else 0
    each = row["cost_per_parcel"]
    capacity = row["capacity_mean"]
    return Lane(
        row["carrier"],
        row["service"],
        row["region"],
        int(row["n_parcels"]),
        known,
        int(row["n_failed"]),
        dpmo(row["n_failed"], known),
        dpmo(row["n_defects"], row["n_opportunities"]),
        sigma_level(dpmo(row["n_defects"], row["n_opportunities"])),
        held[0] if known else None,
        held[1] if known else None,
        held[2] if known else None,
        each,
        None if each is None or not known or cost is None else each + held[0] * max(cost, 0.0),
        row["days_p50"],
        row["days_p90"],
        row["n_parcels"] / max(span, 28) * YEAR,
        row["demand_mean"],
        row["demand_p90"],
        row["demand_max"],
        capacity,
        int(row["n_days_known"] or 0),
        int(row["n_days_over"] or 0),
        row["demand_p90"] / capacity if capacity and row["demand_p90"] is not None else None,
    )


def switch(found: Scorecard, source: str, target: str, region: str | None = None) -> Scorecard:
    """The scorecard with what moving parcels of carrier `source` to `target` would do, in one region or everywhere.

    Raises NotFound for a carrier or region that isn't there, UsageError for a switch to itself.
    """
    if source == target:
        raise UsageError(f"{source} can't be switched to itself", do="name another carrier")
    lanes = _lanes(found, source, region)
    others = _lanes(found, target, None)
    assumed: list[str] = []
    moved = unmoved = carriage = failures = low = high = failed_before = 0.0
    for lane in lanes:
        to, inferred = _at(found, others, lane)
        if inferred:
            assumed.append(f"{target} has no parcels into {lane.region}: its rates there are inferred")
        room = 1.0
        if to.capacity_mean is not None and lane.demand_mean:
            spare = max(to.capacity_mean - (to.demand_mean or 0.0), 0.0)
            room = min(spare / lane.demand_mean, 1.0)
        elif to.capacity_mean is None:
            assumed.append(f"the capacity of {target} into {lane.region} is not known: room for all is assumed")
        n = lane.parcels_a_year * room
        moved, unmoved = moved + n, unmoved + lane.parcels_a_year - n
        if lane.cost_per_parcel is None or to.cost_per_parcel is None:
            assumed.append(f"the cost of a parcel into {lane.region} is not known: no change of carriage is counted")
        else:
            carriage += n * (to.cost_per_parcel - lane.cost_per_parcel)
        failures += n * ((to.failed_share or 0.0) - (lane.failed_share or 0.0))
        low += n * ((to.failed_low or 0.0) - (lane.failed_high or 0.0))
        high += n * ((to.failed_high or 0.0) - (lane.failed_low or 0.0))
        failed_before += lane.parcels_a_year * (lane.failed_share or 0.0)
    what = f"switch {source} to {target}" + (f" in {region}" if region else "")
    made = _scenario(found, what, region, moved, unmoved, carriage, (failures, low, high),
                     failed_before, None, assumed)  # fmt: skip
    return replace(found, scenario=made)


def insource(
    found: Scorecard, region: str, fixed: float, variable: float, failed_per_million: float | None = None
) -> Scorecard:
    """The scorecard with what delivering a region oneself would do, at a fixed cost a year and a cost a parcel.

    Without `failed_per_million` the best lane of the region is taken for what one would do oneself.
    """
    if fixed < 0 or variable < 0:
        raise UsageError("costs are given as amounts from zero on")
    lanes = [lane for lane in found.lanes if lane.region == region]
    if not lanes:
        raise NotFound(
            f"there is no region '{region}'",
            do=f"there are: {', '.join(sorted({one.region for one in found.lanes})[:20])}",
        )
    assumed = []
    if failed_per_million is None:
        share = min((lane.failed_share for lane in lanes if lane.failed_share is not None), default=0.0)
        assumed.append("one's own failure rate is taken to be that of the region's best lane")
    else:
        share = failed_per_million / MILLION
    parcels = sum(lane.parcels_a_year for lane in lanes)
    known = [lane for lane in lanes if lane.cost_per_parcel is not None]
    if len(known) < len(lanes):
        assumed.append("lanes whose cost of a parcel is not known are left out of carriage")
    now = sum(lane.parcels_a_year * (lane.cost_per_parcel or 0.0) for lane in known)
    own = fixed + variable * sum(lane.parcels_a_year for lane in known)
    before = sum(lane.parcels_a_year * (lane.failed_share or 0.0) for lane in lanes)
    ends = [
        sum(lane.parcels_a_year * (getattr(lane, name) or 0.0) for lane in lanes)
        for name in ("failed_high", "failed_low")
    ]
    cost = max(found.cost_of_failure or 0.0, 0.0)
    saved = (now / parcels if parcels else 0.0) - variable + (before / parcels - share if parcels else 0.0) * cost
    failures = (parcels * share - before, parcels * share - ends[0], parcels * share - ends[1])
    made = _scenario(found, f"{OWN} in {region}", region, parcels, 0.0, own - now, failures, before,
                     fixed / saved if saved > 0 else None, assumed)  # fmt: skip
    return replace(found, scenario=made)


def _lanes(found: Scorecard, carrier: str, region: str | None) -> list[Lane]:
    mine = [lane for lane in found.lanes if lane.carrier == carrier]
    if not mine:
        raise NotFound(
            f"there is no carrier '{carrier}'",
            do=f"there are: {', '.join(sorted({one.carrier for one in found.lanes}))}",
        )
    chosen = [lane for lane in mine if region is None or lane.region == region]
    if not chosen:
        raise NotFound(
            f"{carrier} has no parcels into '{region}'",
            do=f"it has into: {', '.join(sorted({one.region for one in mine}))}",
        )
    return chosen


def _at(found: Scorecard, others: Sequence[Lane], lane: Lane) -> tuple[Lane, bool]:
    """The other carrier's lane into the same region, of the same service where it has it; else inferred."""
    same = [one for one in others if one.region == lane.region]
    best = [one for one in same if one.service == lane.service] or same
    if best:
        return max(best, key=lambda one: one.n_parcels), False
    n = sum(one.n_parcels for one in others)

    def mean(name: str, lanes: Sequence[Lane]) -> float | None:
        known = [(getattr(one, name), one.n_parcels) for one in lanes if getattr(one, name) is not None]
        total = sum(weight for _, weight in known)
        return sum(value * weight for value, weight in known) / total if total else None

    here = [one for one in found.lanes if one.region == lane.region]
    values: dict[str, Any] = {}
    for name in ("cost_per_parcel", "failed_share", "failed_low", "failed_high"):
        own, there, everywhere = mean(name, others), mean(name, here), mean(name, found.lanes)
        values[name] = own * there / everywhere if own is not None and there and everywhere else own
    return replace(others[0], region=lane.region, n_parcels=n, capacity_mean=None, demand_mean=None, **values), True


def _scenario(
    found: Scorecard,
    what: str,
    region: str | None,
    moved: float,
    unmoved: float,
    carriage: float,
    failures: tuple[float, float, float],
    failed_before: float,
    break_even: float | None,
    assumed: Sequence[str],
) -> Scenario:
    """Put money and DPMO to what moves; `failures` are middle, best and worst change of failed parcels a year."""
    cost = found.cost_of_failure
    said = list(dict.fromkeys(assumed))
    if cost is None:
        said.append("what a failed parcel costs is not known: only carriage is counted")
    each = max(cost or 0.0, 0.0)
    profits = [-carriage - change * each for change in failures]
    parcels = moved + unmoved
    return Scenario(
        what, region, moved, unmoved, carriage, failures[0], profits[0], min(profits[1:]), max(profits[1:]),
        dpmo(failed_before, parcels), dpmo(max(failed_before + failures[0], 0.0), parcels), break_even, tuple(said),
    )  # fmt: skip
