"""Promotions: what each earned beyond what would have come without it, and what to do with it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from profithunt.config import ShopConfig
from profithunt.engine import AnyEngine
from profithunt.errors import NotFound
from profithunt.ledger.build import as_of, settings
from profithunt.proposition import promotions as reading
from profithunt.proposition.beliefs import Belief, beliefs

if TYPE_CHECKING:
    from profithunt.models.promotion_evidence import Seen
    from profithunt.models.promotion_sold import Beliefs, Sold
    from profithunt.models.promotions import Judged, Option, Range

_NONE: Final = "no order or line of the last year was sold under a promotion"
_MAP: Final = "map promo_id in orders or order_lines, or coupon_redeemed in customer_events with the promotion's key"
_NO_COST: Final = "state unit_cost in products or order_lines, or [assumptions] in shop.toml"


@dataclass(frozen=True)
class Evidence:
    """What was compared: `holdout`, `targeted` (those chosen against those not) or `panel` (before, and others).

    `profit` contribution of all reached, as the comparison has it by itself, with its standard error; `naive` what the
    plain difference would have said; `placebo` the difference before anything was offered, as a share of what was
    bought then. None where the comparison has none.
    """

    kind: str
    n_acted: int
    n_held: int
    naive: float | None
    placebo: float | None
    profit: float | None
    error: float | None


@dataclass(frozen=True)
class Newcomers:
    """New customers whose first order was under it, and what they and others of the same days are forecast to bring."""

    n: int
    clv_12m: float | None
    others_clv_12m: float | None


@dataclass(frozen=True)
class Promotion:
    """One promotion as it was sold and what the study made of it; money over the days judged.

    `about` is what was looked at: category, subcategory, sku; wide where only a part of it is sold under it.
    `n_known` customers known when it began; `returned_share` of units under it, `returned_otherwise` of the same goods
    without it; `funded` what others paid.
    """

    promo_id: str
    name: str | None
    kind: str | None
    mechanic: str | None
    first_on: dt.date
    last_on: dt.date
    is_ongoing: bool
    about: str
    n_skus: int
    units: float
    n_orders: int
    n_customers: int
    n_known: int
    subsidy: float
    funded: float
    sent: int
    sending_cost: float | None
    returned_share: float | None
    returned_otherwise: float | None
    newcomers: Newcomers
    evidence: tuple[Evidence, ...]
    judged: Judged

    @property
    def title(self) -> str:
        """Its name, else its key."""
        return self.name or self.promo_id

    @property
    def may_cost(self) -> float | None:
        """What reaching a customer with it may cost before it loses, beyond what is known to be paid; None unsent."""
        return self.judged.gain[1] / self.sent if self.sent else None

    def to_json(self) -> dict[str, Any]:
        """As data, amounts as decimal strings, ranges as P10, P50, P90."""
        judged = self.judged
        return {
            "promo_id": self.promo_id,
            "name": self.name,
            "kind": self.kind,
            "mechanic": self.mechanic,
            "first_on": self.first_on.isoformat(),
            "last_on": self.last_on.isoformat(),
            "is_ongoing": self.is_ongoing,
            "about": self.about,
            "n_skus": self.n_skus,
            "verdict": judged.verdict,
            "gain": _amounts(judged.gain),
            "pays": judged.pays,
            "subsidised_units": self.units,
            "incremental_units": _plain(judged.extra),
            "pulled_forward_units": _plain(judged.pulled),
            "rest_of_categories": _amounts(judged.siblings),
            "halo": _amounts(judged.rest),
            "newcomers_later": _amounts(judged.later),
            "subsidy": _amount(self.subsidy),
            "funded": _amount(self.funded),
            "n_orders": self.n_orders,
            "n_customers": self.n_customers,
            "n_sent": self.sent,
            "sending_cost": _maybe(self.sending_cost),
            "may_cost_each": _maybe(self.may_cost),
            "returned_share": self.returned_share,
            "returned_share_otherwise": self.returned_otherwise,
            "newcomers": {
                "n": self.newcomers.n,
                "clv_12m": _maybe(self.newcomers.clv_12m),
                "others_clv_12m": _maybe(self.newcomers.others_clv_12m),
            },
            "segments": [
                {
                    "segment": one.segment,
                    "subsidised_units": one.units,
                    "incremental_units": one.extra_units,
                    "subsidy": _amount(one.subsidy),
                    "gain": _amount(one.gain),
                    "gain_low": _amount(one.gain_low),
                    "gain_high": _amount(one.gain_high),
                    "loses": one.loses,
                }
                for one in judged.sides
            ],
            "recommended": _option(judged.recommended),
            "best_change": _option(judged.best),
            "sensitivity": [{"if": words, "gain": _amount(gain), "better": p} for words, gain, p in judged.sensitivity],
            "learnt_share": judged.learnt,
            "evidence": [
                {
                    **one.__dict__,
                    "naive": _maybe(one.naive),
                    "profit": _maybe(one.profit),
                    "error": _maybe(one.error),
                }
                for one in self.evidence
            ],
            "test": {"n_per_arm": judged.n_per_arm, "unit": "customer", "n_known": self.n_known},
        }


@dataclass(frozen=True)
class Promotions:
    """All promotions of the last year that are judged, those that gave away most first.

    `change` is what the recommended changes earn together the next time each runs; `shop` the share on top by kind of
    customer that this shop's promotions have in common; `unvalued` promotions whose costs are not known.
    """

    as_of: dt.date
    promotions: tuple[Promotion, ...]
    change: Range
    shop: Mapping[str, Range]
    beliefs: Mapping[str, Belief]
    unvalued: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """`change` or `leave`."""
        return "change" if any(one.judged.verdict != "leave" for one in self.promotions) else "leave"

    def to_json(self) -> dict[str, Any]:
        """As data, amounts as decimal strings."""
        return {
            "verdict": self.verdict,
            "as_of": self.as_of.isoformat(),
            "change_earns": _amounts(self.change),
            "promotions": [one.to_json() for one in self.promotions],
            "share_on_top_by_segment": {name: _plain(one) for name, one in self.shop.items()},
            "beliefs": {
                name: {"mean": one.mean, "spread": one.spread, "in_words": one.in_words, "source": one.source}
                for name, one in self.beliefs.items()
            },
            "unvalued": list(self.unvalued),
        }


def promotions(engine: AnyEngine, config: ShopConfig, promo: str | None = None) -> Promotions:
    """`Proposition.promotions`."""
    from profithunt.models import promotion_evidence, promotions

    through = as_of(engine, config)
    with reading.prepared(engine, settings(config, through).values, promo) as values:
        runs = reading.runs(engine)
        _known(runs, promo)
        arms, panel, days = (reading.rows(engine, name, values) for name in ("arms", "panel", "days"))
        rows = {name: reading.by_promotion(engine, name, values) for name in ("facts", "margins", "costs")}
        forecast = engine.has("customer_clv") and engine.has("acquisitions")
        rows["newcomers"] = reading.by_promotion(engine, "newcomers", values) if forecast else {}
    compared = {
        "arms": promotion_evidence.arms(arms),
        "panel": promotion_evidence.panel(panel, days, {run.promo_id: run.days for run in runs}),
    }
    seen = {run.promo_id: _seen(run, compared, through) for run in runs}
    given = {run.promo_id: _Rows.of(run, rows) for run in runs}
    sold = {name: one.sold() for name, one in given.items()}
    valued = {name: one for name, one in sold.items() if one is not None}
    if not valued:
        raise NotFound("what promoted goods cost is not known", do=_NO_COST)
    believed = beliefs("promotions")
    spreads = promotion_evidence.spreads(arms)
    found = promotions.study(valued, seen, _beliefs(believed), spreads)
    made = []
    for name in valued:
        known = int(spreads[name].n) if name in spreads else 0
        made.append(given[name].promotion(seen[name], found.judged[name], known))
    if promo is not None:
        made = [one for one in made if promo in (one.promo_id, one.name)]
        if not made:
            raise NotFound(f"what was sold under {promo} cost is not known", do=_NO_COST)
    unvalued = tuple(name for name, one in sold.items() if one is None)
    return Promotions(through, tuple(made), found.total, found.shop, believed, unvalued)


def _known(runs: Sequence[reading.Run], promo: str | None) -> None:
    """Raises NotFound where there is no promotion to judge, or not the one asked for."""
    if not runs:
        raise NotFound(_NONE, do=_MAP)
    names = [run.promo_id for run in runs]
    if promo is not None and promo not in names and promo not in [run.name for run in runs]:
        raise NotFound(
            f"there is no promotion {promo!r} among those that are judged",
            expected=", ".join(names[:10]) + (" …" if len(names) > 10 else ""),
            do="leave --promo out to see all of them; fewer than 20 units, or over a year ago, is not judged",
        )


def _seen(run: reading.Run, compared: Mapping[str, Mapping[str, Seen]], through: dt.date) -> tuple[Seen, ...]:
    """Comparisons of a promotion; the weeks after it only where they are over."""
    from dataclasses import replace

    found = [by[run.promo_id] for by in compared.values() if run.promo_id in by and run.has_before]
    is_over = run.last_on + dt.timedelta(days=reading.LIMITS["days_after"]) <= through
    return tuple(one if is_over else replace(one, after={}) for one in found)


@dataclass(frozen=True)
class _Rows:
    """What was read of one promotion."""

    run: reading.Run
    facts: Sequence[Mapping[str, Any]]
    around: Sequence[Mapping[str, Any]]
    cost: Mapping[str, Any]
    newcomers: Newcomers | None

    @classmethod
    def of(cls, run: reading.Run, rows: Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]]) -> _Rows:
        facts, around, costs, new = (
            rows[name].get(run.promo_id, ()) for name in ("facts", "margins", "costs", "newcomers")
        )
        brought = {bool(row["under_it"]): (int(row["n_customers"]), row["clv_12m"]) for row in new}
        newcomers = Newcomers(*brought.get(True, (0, None)), brought.get(False, (0, None))[1]) if brought else None
        return cls(run, facts, around, costs[0] if costs else {}, newcomers)

    def sold(self) -> Sold | None:
        """What was sold under it by kind of customer; None where nothing of it has a known cost."""
        from profithunt.models.promotion_sold import sold_of

        new = self.newcomers
        later = new.n * (new.clv_12m or 0.0) if new else 0.0
        return sold_of(self.facts, self.around, float(self.cost.get("cost") or 0.0), later, self.run.level)

    def promotion(self, seen: Sequence[Seen], judged: Judged, n_known: int) -> Promotion:
        """With what the study made of it."""
        run, units = self.run, self._sum("units")
        otherwise = next((row for row in self.around if row["role"] == "scope" and row["units"]), None)
        return Promotion(
            promo_id=run.promo_id,
            name=run.name,
            kind=run.kind,
            mechanic=run.mechanic,
            first_on=run.first_on,
            last_on=run.last_on,
            is_ongoing=run.is_ongoing,
            about=run.level,
            n_skus=run.n_skus,
            units=units,
            n_orders=int(self._sum("n_orders")),
            n_customers=int(self._sum("n_customers")),
            n_known=n_known,
            subsidy=self._sum("subsidy"),
            funded=self._sum("funded"),
            sent=int(self.cost.get("n_sent") or 0),
            sending_cost=self.cost.get("cost"),
            returned_share=self._sum("returned") / units if units else None,
            returned_otherwise=None if otherwise is None else otherwise["returned"] / otherwise["units"],
            newcomers=self.newcomers or Newcomers(int(self._sum("n_new")), None, None),
            evidence=tuple(_evidence(one) for one in seen),
            judged=judged,
        )

    def _sum(self, name: str) -> float:
        return float(sum(row[name] or 0 for row in self.facts))


def _evidence(one: Seen) -> Evidence:
    profit = one.profit if one.profit is not None and math.isfinite(one.profit[0]) else None
    return Evidence(
        one.kind,
        int(one.n_acted),
        int(one.n_held),
        one.naive,
        None if one.placebo is None else one.placebo[0],
        None if profit is None else profit[0],
        None if profit is None else profit[1],
    )


def _beliefs(believed: Mapping[str, Belief]) -> Beliefs:
    from profithunt.models.promotion_evidence import SEGMENTS
    from profithunt.models.promotion_sold import Beliefs

    lift, cannibalised, pulled, halo, newcomers = (
        (believed[name].mean, believed[name].spread) for name in ("lift", "cannibalised", "pulled", "halo", "newcomers")
    )
    shifts = {name: believed[name].mean for name in SEGMENTS}
    shop, kind = believed["shop"].spread, believed["kind"].spread
    return Beliefs(lift, cannibalised, pulled, halo, newcomers, shop, kind, shifts)


def _option(one: Option | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "setting": "narrow" if one.left_out else "stop",
        "left_out": list(one.left_out),
        "gain": _amount(one.gain),
        "gain_low": _amount(one.gain_low),
        "gain_high": _amount(one.gain_high),
        "better": one.better,
    }


def _amounts(values: Range) -> dict[str, str]:
    return {name: _amount(value) for name, value in zip(("p10", "p50", "p90"), values, strict=True)}


def _plain(values: Range) -> dict[str, float]:
    return dict(zip(("p10", "p50", "p90"), values, strict=True))


def _maybe(value: float | None) -> str | None:
    return None if value is None else _amount(value)


def _amount(value: float) -> str:
    return f"{value:.4f}"
