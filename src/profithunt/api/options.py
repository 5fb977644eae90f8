"""Delivery options: what each costs and brings, and what it should cost the customer."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from profithunt.api.delivery_terms import customer_value
from profithunt.config import ShopConfig
from profithunt.engine import AnyEngine
from profithunt.errors import NotFound, UsageError
from profithunt.ledger.build import as_of, settings
from profithunt.metrics.defects_charts import dpmo
from profithunt.proposition import delivery, options
from profithunt.proposition.beliefs import Belief, beliefs

if TYPE_CHECKING:
    from profithunt.models.option_repeats import Repeats
    from profithunt.models.options_study import Charges, Study

AFTER_DAYS: Final = 180
_PRIORS: Final = ("switching", "sensitivity", "bend", "basket", "taste")


@dataclass(frozen=True)
class OptionFigures:
    """A delivery option over the last year: orders, and per order what delivery cost, paid and was subsidised by.

    `cost_to_serve` is carriage, service contacts and concessions; `returned_share` of its orders had a return;
    `repeats` says how many more orders its customers placed later than others of the same mix.
    """

    name: str
    n_orders: int
    carriage: float
    cost_to_serve: float
    charge: float
    subsidy: float
    profit: float
    dpmo: float | None
    failed_per_million: float | None
    returned_share: float
    repeats: Repeats | None


@dataclass(frozen=True)
class Membership:
    """Members of a paid membership: fees, and orders a year with their delivery, before joining and after."""

    n_members: int
    fees: float
    orders_before: float | None
    orders_after: float | None
    subsidy_before: float
    subsidy_after: float
    profit_before: float | None
    profit_after: float | None


@dataclass(frozen=True)
class DeliveryOptions:
    """What each delivery option costs and brings, and the charges to ask, in contribution profit over 28 days.

    `study` is None where the orders show no choice that could be studied; `why_no_study` says why.
    """

    figures: tuple[OptionFigures, ...]
    membership: Membership | None
    study: Study | None
    why_no_study: str
    beliefs: dict[str, Belief]

    @property
    def verdict(self) -> str:
        """`change` or `leave`; `unknown` where charges can't be studied."""
        if self.study is None:
            return "unknown"
        return "leave" if self.study.recommended is None else "change"

    def to_json(self) -> dict[str, Any]:
        """The study as data, amounts as decimal strings; charges as the customer pays them."""
        return {
            "verdict": self.verdict,
            "why_no_study": self.why_no_study or None,
            "window_days": 28,
            "options": [_figures(one) for one in self.figures],
            "membership": None if self.membership is None else _membership(self.membership),
            "study": None if self.study is None else self._study(self.study),
        }

    def _study(self, study: Study) -> dict[str, Any]:
        names = [option.name for option in study.options]
        return {
            "per_visit": study.per_visit,
            "profit_today": _amount(study.profit),
            "today": _charges(study.today, names),
            "best": None if study.best is None else _charges(study.best, names),
            "recommended": None if study.recommended is None else _charges(study.recommended, names),
            "candidates": [_charges(one, names) for one in study.candidates],
            "options": [
                {
                    "option": option.name,
                    "charge": _amount(option.charge),
                    "flat": option.flat,
                    "cost_to_serve": _amount(option.served),
                    "charges_seen": [_amount(one) for one in option.seen],
                }
                for option in study.options
            ],
            "segments": [
                {
                    "segment": side.segment,
                    "orders_today": dict(zip(names, side.orders_today, strict=True)),
                    "orders": dict(zip(names, side.orders, strict=True)),
                    "gain": _amount(side.gain),
                }
                for side in study.sides
            ],
            "sensitivity": [{"if": words, **_charges(one, names)} for words, one in study.sensitivity],
            "test": {"n_per_arm": study.n_per_arm, "unit": "visit" if study.per_visit else "order"},
            "behaviour": {
                name: {
                    "p10": low,
                    "p50": middle,
                    "p90": high,
                    "learnt_share": study.learnt[name],
                    "prior": self.beliefs[name].in_words,
                    "source": self.beliefs[name].source,
                }
                for name, (low, middle, high) in study.behaviour.items()
            },
            "scatter": {"counts": study.dispersion, "months": study.drift},
        }


def delivery_options(
    engine: AnyEngine, config: ShopConfig, charges: Mapping[str, Sequence[float]] | None = None
) -> DeliveryOptions:
    """Figures of each option, and the charges to ask. Raises NotFound, UsageError."""
    from profithunt.models import option_books, options_study
    from profithunt.models.option_choice import Prior
    from profithunt.models.option_repeats import repeats

    if any(math.isnan(one) or one < 0 for ones in (charges or {}).values() for one in ones):
        raise UsageError("a charge can't be negative", expected="an amount in shop currency, 0 or more")
    through = as_of(engine, config)
    values = settings(config, through).values
    rows = options.totals(engine, values, through)
    if not rows:
        raise NotFound(
            "no order states its delivery option", do="map delivery_option in orders, and run the shop again"
        )
    again = repeats(options.after(engine, values, through, AFTER_DAYS))
    figures = tuple(_read(row, again.get(row["delivery_option"])) for row in rows)
    figures = tuple(sorted(figures, key=lambda one: (-one.n_orders, one.name)))
    held = dict(beliefs("options"))
    study, why = None, ""
    tax = config.tax.rate if config.tax.prices_include_tax else 0.0
    seen = delivery.basket_range(engine, values, tax)
    if seen is None:
        why = "no order states what was paid for delivery"
    else:
        cells = options.cells(engine, values, seen.width, seen.most)
        read = option_books.rows_of(cells, delivery.visits(engine, values), through)
        unknown = sorted(set(charges or ()) - set(read.names))
        if unknown:
            raise NotFound(
                f"there is no delivery option '{unknown[0]}' with orders enough",
                do=f"there are: {', '.join(read.names)}",
            )
        lost = beliefs("delivery")["lost_customer"].mean * _share_new(read) * (customer_value(engine) or 0.0)
        try:
            study = options_study.study(
                read,
                tax=tax,
                lost_customer=max(lost, 0.0),
                prior=Prior(**{name: (held[name].mean, held[name].spread) for name in _PRIORS}),
                charges=charges or None,
            )
        except options_study.NoChoice as error:
            why = f"{error}; {error.do}"
    return DeliveryOptions(figures, _members(options.memberships(engine, values, through)), study, why, held)


def _share_new(rows: Any) -> float:
    n = float(rows.orders.sum())
    return float(rows.orders[rows.is_new].sum()) / n if n else 0.0


def _read(row: Mapping[str, Any], again: Repeats | None) -> OptionFigures:
    n = int(row["n_orders"])
    carriage, service, charged = (float(row[name] or 0.0) / n for name in ("carriage", "service", "charged"))
    return OptionFigures(
        row["delivery_option"],
        n,
        carriage,
        carriage + service,
        charged,
        carriage + service - charged,
        float(row["earned"] or 0.0) / n,
        dpmo(row["n_defects"], row["n_opportunities"]),
        dpmo(row["n_failed"], row["n_parcels"]),
        int(row["n_returned"]) / n,
        again,
    )


def _members(rows: Sequence[Mapping[str, Any]]) -> Membership | None:
    by = {bool(row["is_member"]): row for row in rows}
    if True not in by or not by[True]["n_members"]:
        return None
    before, after = by.get(False), by[True]

    def a_year(row: Mapping[str, Any] | None, name: str) -> float | None:
        return None if row is None or not row["n_days"] else float(row[name] or 0) / float(row["n_days"]) * 365

    def subsidy(row: Mapping[str, Any] | None) -> float:
        n = float(row["n_orders"] or 0) if row else 0.0
        return (float(row["served"] or 0) - float(row["charged"] or 0)) / n if row and n else 0.0

    return Membership(
        int(after["n_members"]),
        float(after["fees"] or 0),
        a_year(before, "n_orders"),
        a_year(after, "n_orders"),
        subsidy(before),
        subsidy(after),
        a_year(before, "earned"),
        a_year(after, "earned"),
    )


def _figures(one: OptionFigures) -> dict[str, Any]:
    amounts = {
        name: _amount(getattr(one, name)) for name in ("carriage", "cost_to_serve", "charge", "subsidy", "profit")
    }
    return {
        "option": one.name,
        "n_orders": one.n_orders,
        **{f"{name}_per_order": value for name, value in amounts.items()},
        "dpmo": one.dpmo,
        "failed_per_million": one.failed_per_million,
        "returned_share": one.returned_share,
        "repeat_orders": None if one.repeats is None else one.repeats.to_json(),
    }


def _membership(one: Membership) -> dict[str, Any]:
    money = {"fees", "subsidy_before", "subsidy_after", "profit_before", "profit_after"}
    return {
        name: _amount(value) if name in money and value is not None else value for name, value in one.__dict__.items()
    }


def _charges(one: Charges, names: Sequence[str]) -> dict[str, Any]:
    return {
        "charges": {name: _amount(charge) for name, charge in zip(names, one.charges, strict=True)},
        "gain": _amount(one.gain),
        "gain_low": _amount(one.gain_low),
        "gain_high": _amount(one.gain_high),
        "better": one.better,
        "orders": dict(zip(names, one.orders, strict=True)),
        "lost_share": one.lost,
    }


def _amount(value: float) -> str:
    return f"{value:.4f}"
