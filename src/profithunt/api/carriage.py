"""Which carrier or own van takes which parcels: today's assignment against the best, own delivery, peaks ahead."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlglot import exp

from profithunt.api.carriers import shrunken
from profithunt.config import OwnVans, ShopConfig
from profithunt.engine import AnyEngine
from profithunt.errors import DataError, NotFound, UsageError
from profithunt.ledger.build import as_of, settings
from profithunt.metrics.carriers import MILLION, YEAR, Lane, Scorecard, scorecard
from profithunt.metrics.defects_charts import dpmo
from profithunt.proposition import carriage

if TYPE_CHECKING:
    from profithunt.models.assignment import Assigned, Growth, Limit
    from profithunt.models.carriage_problem import Offer, Own
    from profithunt.models.carriage_study import Move, Peak, Row, Study

GROWTHS: Final = (0.8, 1.0, 1.2, 1.5, 2.0, 3.0)


@dataclass(frozen=True)
class OwnRegion:
    """A region as delivered by oneself: what it would cost beside its carriers, and from how many parcels it pays.

    `carrier_cost` a parcel with its carriers as they are assigned best without vans, failures counted in both.
    """

    region: str
    parcels: float
    vans_used: int
    cost_per_parcel: float
    carrier_cost: float
    scenarios: tuple[Growth, ...]
    break_even: Growth | None


@dataclass(frozen=True)
class Carriage:
    """Today's assignment of parcels against the best, what moves, what capacity is worth, own delivery, peaks ahead.

    Costs are carriage and failures, in shop currency a day where not said otherwise; `study` as
    `models.carriage_study` gives it; `assumed` says what was not seen but inferred.
    """

    study: Study
    own: tuple[OwnRegion, ...]
    peaks: tuple[Peak, ...]
    years_of_season: int
    cost_of_failure: float | None
    until: dt.date
    assumed: tuple[str, ...]

    @property
    def verdict(self) -> str:
        """`change` or `leave`."""
        return "change" if self.study.change else "leave"

    def to_json(self) -> dict[str, Any]:
        """All of it as data, amounts as decimal strings."""
        study = self.study
        return {
            "verdict": self.verdict,
            "parcels_a_day": study.parcels,
            "cost_a_day": {"today": _amount(study.today), "best": _amount(study.best.cost)},
            "gain_a_year": _amount(study.gain * YEAR),
            "gain_a_year_low": _amount(study.gain_low * YEAR),
            "gain_a_year_high": _amount(study.gain_high * YEAR),
            "better": study.better,
            "failed_per_million": {
                "today": dpmo(study.failed_today, study.parcels),
                "best": dpmo(study.failed, study.parcels),
            },
            "moves": [_move(one) for one in study.moves],
            "lanes": [_lane(one) for one in study.lanes],
            "capacities": _limits(study.limits, study.best),
            "vans": [
                {
                    "region": one.region,
                    "parcels_a_day": one.parcels,
                    "vans_used": one.vans_used,
                    "cost_per_parcel": _amount(one.cost_per_parcel),
                    "carrier_cost_per_parcel": _amount(one.carrier_cost),
                    "break_even": None if one.break_even is None else _growth(one.break_even),
                    "scenarios": [_growth(each) for each in one.scenarios],
                }
                for one in self.own
            ],
            "peaks": [_peak(one, self.until) for one in self.peaks],
            "years_of_season": self.years_of_season,
            "cost_of_failure": None if self.cost_of_failure is None else _amount(self.cost_of_failure),
            "assumed": list(self.assumed),
        }


def carriage_of(engine: AnyEngine, config: ShopConfig, growths: Sequence[float] = (), weeks: int = 26) -> Carriage:
    """The assignment, own delivery and peaks of a shop.

    Raises NotFound without parcels or their costs, UsageError for growth or weeks that can't be, DataError where
    today's parcels exceed all capacity.
    """
    from profithunt.models import carriage_study
    from profithunt.models.carriage_problem import problem

    if any(one <= 0 for one in growths):
        raise UsageError("growth is a ratio to today's parcels", expected="numbers above zero, e.g. 1.5")
    if not 1 <= weeks <= 104:
        raise UsageError("weeks ahead are counted from one", expected="a number from 1 to 104")
    card = scorecard(engine, shrunken)
    until = as_of(engine, config)
    read = carriage.read(engine, settings(config, until).values, until)
    told, errors = _offers(card, config), _errors(engine)
    posed = problem(
        [_offer(lane, errors) for lane in card.lanes] + told,
        read.weeks,
        read.room,
        read.left,
        card.cost_of_failure,
        [_own(one) for one in config.delivery.vans],
    )
    if not posed.demands:
        raise NotFound(
            "no parcel of the last 91 days has a known cost",
            do="map shipping_cost or billed_cost in shipments, or give a cost rate of kind parcel",
        )
    _known_regions(config, posed.regions)
    study = carriage_study.study(posed)
    if study.short:
        region, service, missing = max(study.short, key=lambda one: one[2])
        what = region if service == "all" else f"{region} ({service})"
        raise DataError(
            f"{_some(missing)} of the parcels a day into {what} don't fit into any carrier's capacity or own van",
            where=f"{_some(study.parcels)} parcels a day in all, {_some(sum(one[2] for one in study.short))} too many",
            do="raise the capacity in carrier_capacity, or declare an offer or vans in [delivery] of shop.toml",
        )
    own = tuple(
        OwnRegion(one.region, one.parcels, one.vans, one.each, one.carriers,
                  carriage_study.scenarios(one, growths or GROWTHS), carriage_study.pays_from(one))
        for one in carriage_study.own_regions(posed, study)
    )  # fmt: skip
    peaks, years = carriage_study.peaks(posed, read.weeks, read.days, read.room, weeks)
    return Carriage(study, own, peaks, years, card.cost_of_failure, until, posed.assumed)


def _own(one: OwnVans) -> Own:
    from profithunt.models.carriage_problem import Own

    failed = None if one.failed_per_million is None else one.failed_per_million / MILLION
    return Own(one.region, float(one.van_day), one.stops_a_day, one.vans, float(one.parcel), failed, one.travel_share)


def _known_regions(config: ShopConfig, regions: Sequence[str]) -> None:
    """Vans and offers are for regions that parcels go to."""
    named = [*[one.region for one in config.delivery.vans], *[one.region for one in config.delivery.offers]]
    for region in named:
        if region is not None and region not in regions:
            raise NotFound(
                f"no parcel goes to region '{region}' of [delivery] in shop.toml",
                do=f"there are: {', '.join(regions[:20])}",
            )


def _offer(lane: Lane, errors: Mapping[tuple[str, str, str], float]) -> Offer:
    from profithunt.models.carriage_problem import Offer

    spread = None
    if lane.failed_low is not None and lane.failed_high is not None:
        spread = (lane.failed_high - lane.failed_low) / _WIDTH
    return Offer(
        lane.carrier,
        lane.service,
        lane.region,
        lane.cost_per_parcel,
        lane.failed_share,
        spread,
        lane.days_p90,
        lane.demand_max,
        error=errors.get((lane.carrier, lane.service, lane.region), 0.0),
    )


def _errors(engine: AnyEngine) -> dict[tuple[str, str, str], float]:
    """Standard errors of the mean cost of a parcel by lane: few parcels say little of what the next will cost."""
    columns = ("carrier", "service", "region", "cost_per_parcel", "cost_squares", "n_parcels")
    rows = engine.dicts(exp.select(*columns).from_("carrier_lanes"))
    return {
        (row["carrier"], row["service"], row["region"]): math.sqrt(
            max(row["cost_squares"] - row["cost_per_parcel"] ** 2, 0.0) / row["n_parcels"]
        )
        for row in rows
        if row["cost_per_parcel"] is not None
    }


_WIDTH: Final = 2 * 1.6449
"""A 90 % interval is so many standard deviations wide."""


def _offers(card: Scorecard, config: ShopConfig) -> list[Offer]:
    """Offers of carriers that shop.toml declares; for each region that it does not name, one."""
    from profithunt.models.carriage_problem import Offer

    regions = sorted({lane.region for lane in card.lanes})
    return [
        Offer(
            one.carrier,
            one.service or "all",
            region,
            float(one.parcel),
            None if one.failed_per_million is None else one.failed_per_million / MILLION,
            None,
            one.days,
            one.capacity,
            declared=True,
        )
        for one in config.delivery.offers
        for region in ([one.region] if one.region else regions)
    ]


def _some(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def _move(one: Move) -> dict[str, Any]:
    return {
        "region": one.region,
        "service": one.service,
        "from": one.source,
        "to": one.target,
        "parcels_a_day": one.parcels,
        "gain_a_year": _amount(one.gain * YEAR),
        "failed_change_a_year": one.failed * YEAR,
    }


def _lane(one: Row) -> dict[str, Any]:
    return {
        "region": one.region,
        "service": one.service,
        "carrier": one.carrier,
        "by_service": one.by_service,
        "carriage_per_parcel": _amount(one.carriage),
        "cost_with_failures": _amount(one.cost),
        "failed_share": one.failed,
        "parcels_a_day_today": one.today,
        "parcels_a_day_best": one.best,
    }


def _limits(limits: Sequence[Limit], best: Assigned) -> list[dict[str, Any]]:
    return [
        {
            "carrier": one.carrier,
            "region": one.region or None,
            "service": one.service or None,
            "parcels_a_day": one.parcels,
            "stated": one.stated,
            "worth_of_one_more_a_day": _amount(worth),
        }
        for one, worth in zip(limits, best.worth, strict=True)
    ]


def _growth(one: Growth) -> dict[str, Any]:
    return {
        "growth": one.growth,
        "parcels_a_day": one.parcels,
        "vans": one.vans,
        "stops_a_van": one.stops,
        "own_cost_a_day": _amount(one.own),
        "carrier_cost_a_day": _amount(one.carriers),
        "saved_a_year": _amount(one.saved * YEAR),
    }


def _peak(one: Peak, until: dt.date) -> dict[str, Any]:
    return {
        "week_from": (until + dt.timedelta(days=7 * one.week - 6)).isoformat(),
        "parcels": one.parcels,
        "parcels_low": one.low,
        "parcels_high": one.high,
        "busiest_day": one.busiest,
        "capacity_a_day": one.capacity,
        "short_a_day": one.short,
        "short_a_day_if_high": one.short_if_high,
        "worth_of_capacity": _amount(one.worth),
        "tightest": None if one.tightest is None else {"carrier": one.tightest[0], "region": one.tightest[1] or None},
        "worth_of_one_more_a_day": _amount(one.one_more),
    }


def _amount(value: float) -> str:
    return f"{value:.4f}"
