"""The promised day: what lateness costs by lane, and which promise earns most."""

from __future__ import annotations

import calendar
import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from profithunt.config import ShopConfig
from profithunt.engine import AnyEngine
from profithunt.errors import NotFound, UsageError
from profithunt.ledger.build import as_of, settings
from profithunt.proposition import delivery, promise
from profithunt.proposition.beliefs import Belief, beliefs

if TYPE_CHECKING:
    from profithunt.models.lateness import Lateness, Learnt
    from profithunt.models.promise_study import Lane, Move, Study

AFTER_DAYS: Final = 180
_PARTS: Final = ("repairs", "refunds", "less_later")


@dataclass(frozen=True)
class Promises:
    """Which day to promise by lane (origin, region, carrier), in contribution profit over 28 days, against today's.

    `study` holds the lanes with their moves, `cost` what a late parcel costs and by what evidence; `beliefs` the
    declared priors with their sources.
    """

    study: Study
    cost: Lateness
    horizon_days: int
    most_late: float
    beliefs: dict[str, Belief]

    @property
    def verdict(self) -> str:
        """`change` where a lane should promise another day, else `leave`."""
        return "change" if any(lane.take for lane in self.study.lanes) else "leave"

    def to_json(self) -> dict[str, Any]:
        """The study as data, amounts as decimal strings; `promised_days` are days from the order."""
        study = self.study
        return {
            "verdict": self.verdict,
            "window_days": 28,
            "gain": _amount(study.gain),
            "gain_low": _amount(study.gain_low),
            "gain_high": _amount(study.gain_high),
            "better": study.better,
            "profit_today": _amount(study.earned),
            "late_share_today": study.late_today,
            "late_share": study.late,
            "most_late": self.most_late,
            "lanes": [_lane(one) for one in study.lanes],
            "same_move_everywhere": [_move(one) for one in study.everywhere],
            "segments": [{**one.__dict__, "gain": _amount(one.gain)} for one in study.sides],
            "sensitivity": [
                {"if": words, "gain": _amount(gain), "gain_low": _amount(low), "gain_high": _amount(high)}
                for words, gain, low, high in study.sensitivity
            ],
            "test": {"n_per_arm": study.n_per_arm, "unit": study.unit},
            "cost_of_lateness": {
                "cost": _amount(self.cost.mean),
                "spread": _amount(self.cost.spread),
                "n_late": self.cost.n_late,
                "n_in_time": self.cost.n_in_time,
                "horizon_days": self.horizon_days,
                "ordered_again_after_late": self.cost.again_late,
                "ordered_again_in_time": self.cost.again_in_time,
                **{
                    name: self._learnt(name, part, money=True)
                    for name, part in zip(_PARTS, self.cost.parts, strict=True)
                },
            },
            "worth_of_a_day": {
                "n_months_of_regions": study.n_own_cells,
                "earlier": self._learnt("earlier", study.earlier),
                "later": self._learnt("later", study.later),
            },
        }

    def _learnt(self, name: str, part: Learnt, *, money: bool = False) -> dict[str, Any]:
        figures = {
            "value": part.mean,
            "spread": part.spread,
            "own": part.own,
            "own_error": part.error,
            "prior": part.prior_mean,
            "prior_spread": part.prior_spread,
        }
        if money:
            shown = {key: None if value is None else _amount(value) for key, value in figures.items()}
            return {**shown, **self._belief(name, part)}
        return {**figures, **self._belief(name, part)}

    def _belief(self, name: str, part: Learnt) -> dict[str, Any]:
        return {"own_weight": part.weight, "belief": self.beliefs[name].in_words, "source": self.beliefs[name].source}


def promises(engine: AnyEngine, config: ShopConfig, most_late: float | None = None) -> Promises:
    """Which day to promise by lane. Raises NotFound without a promised day, UsageError for a share outside 0 to 1."""
    from profithunt.models import promise_study
    from profithunt.models.lateness import Prior, lateness

    limit = promise_study.MOST_LATE if most_late is None else most_late
    if math.isnan(limit) or not 0 <= limit <= 1:
        raise UsageError("the most parcels that may come late are a share", expected="a number from 0 to 1")
    if not promise.has_promises(engine):
        raise NotFound(
            "no parcel has a promised day", do="map promised_at and delivered_at in shipments, and run the shop again"
        )
    through = as_of(engine, config)
    read = promise.read(engine, settings(config, through).values, through, AFTER_DAYS)
    held = dict(beliefs("promise"))
    repairs, refunds, later = ((held[name].mean, held[name].spread) for name in _PARTS)
    cost = lateness(read.costs, read.after, Prior(repairs, refunds, later))
    found = promise_study.study(
        read.cells,
        read.months,
        read.days,
        cost,
        prior=promise_study.Prior(
            (held["earlier"].mean, held["earlier"].spread), (held["later"].mean, held["later"].spread)
        ),
        visits=_visits(delivery.visits(engine, settings(config, through).values), through),
        most_late=limit,
    )
    if found is None:
        raise NotFound(
            "no promised day of the last year is over yet",
            do="wait until parcels with a promise were delivered, or set as_of in shop.toml",
        )
    return Promises(found, cost, AFTER_DAYS, limit, held)


def _visits(months: Mapping[dt.date, float], through: dt.date) -> float | None:
    """Visits in 28 days, over the whole months of the last year for which they are known."""
    last = through.replace(day=1)
    known = {month: n for month, n in months.items() if month < last and (last - month).days <= 366}
    days = sum(calendar.monthrange(month.year, month.month)[1] for month in known)
    return sum(known.values()) * 28 / days if days else None


def _lane(one: Lane) -> dict[str, Any]:
    days = {name: value if math.isfinite(value) else None
            for name, value in (("taken_days_p50", one.taken_p50), ("taken_days_p90", one.taken_p90))}  # fmt: skip
    return {
        "origin": one.origin,
        "region": one.region,
        "carrier": one.carrier,
        "n_parcels": one.n_parcels,
        "n_late": one.n_late,
        "promised_days": one.promised,
        **days,
        "late_share": one.late,
        "late_low": one.late_low,
        "late_high": one.late_high,
        "carriage_per_parcel": None if one.carriage is None else _amount(one.carriage),
        "charged_per_parcel": None if one.charged is None else _amount(one.charged),
        "profit_today": _amount(one.earned),
        "parcels": one.parcels,
        "verdict": "leave" if one.take is None else "change",
        "recommended_days": one.promised + (one.take.shift if one.take else 0),
        "best": None if one.best is None else _move(one.best),
        "recommended": None if one.take is None else _move(one.take),
    }


def _move(one: Move) -> dict[str, Any]:
    return {
        "shift_days": one.shift,
        "late_share": one.late,
        "gain": _amount(one.gain),
        "gain_low": _amount(one.gain_low),
        "gain_high": _amount(one.gain_high),
        "better": one.better,
    }


def _amount(value: float) -> str:
    return f"{value:.4f}"
