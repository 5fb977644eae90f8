"""Delivery terms: what others would earn over the shop's own orders."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from profithunt.config import ShopConfig
from profithunt.engine import AnyEngine
from profithunt.errors import NotFound, UsageError
from profithunt.ledger.build import as_of, settings
from profithunt.proposition import delivery
from profithunt.proposition.beliefs import Belief, beliefs

if TYPE_CHECKING:
    from profithunt.models.delivery_study import Candidate, Study

_NO_CHARGES: Final = "map shipping_charged in orders: what each order paid for delivery, 0 where it was free"


@dataclass(frozen=True)
class DeliveryTerms:
    """Which delivery terms earn most, in contribution profit over 28 days at today's visits, against today's.

    `study` holds the candidates with their ranges, `recommended` None where the terms should be left as they are;
    `option` is the delivery option whose orders were studied; `beliefs` the declared priors with their sources.
    """

    option: str
    n_orders: int
    customer_value: float | None
    study: Study
    beliefs: dict[str, Belief]

    @property
    def verdict(self) -> str:
        """`change` or `leave`."""
        return "leave" if self.study.recommended is None else "change"

    def to_json(self) -> dict[str, Any]:
        """The study as data, amounts as decimal strings; a threshold of null is delivery that is never free."""
        study = self.study
        return {
            "verdict": self.verdict,
            "delivery_option": self.option or None,
            "n_orders": self.n_orders,
            "window_days": 28,
            "per_visit": study.per_visit,
            "today": _candidate(study.today),
            "best": _candidate(study.best),
            "recommended": None if study.recommended is None else _candidate(study.recommended),
            "candidates": [_candidate(one) for one in study.candidates],
            "segments": [
                {
                    "segment": one.segment,
                    "orders_today": one.orders_today,
                    "orders": one.orders,
                    "gain": _amount(one.gain),
                }
                for one in study.sides
            ],
            "sensitivity": [{"if": words, **_candidate(one)} for words, one in study.sensitivity],
            "test": {"n_per_arm": study.n_per_arm, "unit": "visit" if study.per_visit else "order"},
            "past_terms": [
                {
                    "threshold": _free_from(one.threshold),
                    "charge": _amount(one.charge),
                    "n_months": one.last - one.first + 1,
                    "agrees": one.agrees,
                }
                for one in study.past
            ],
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
            "economics": {
                "margin_share": study.economics.share,
                "fixed_per_order": _amount(study.economics.fixed),
                "returned_share_of_padding": study.economics.returned,
                "return_cost": _amount(study.economics.return_cost),
                "lost_order_costs_later": _amount(study.economics.lost_customer),
            },
        }


def delivery_terms(
    engine: AnyEngine, config: ShopConfig, thresholds: Sequence[float] = (), charges: Sequence[float] = ()
) -> DeliveryTerms:
    """`Proposition.delivery_terms`."""
    from profithunt.models.delivery_study import NoTerms, rows_of, study
    from profithunt.models.delivery_terms import Economics, Prior

    for name, given in (("threshold", thresholds), ("charge", charges)):
        if any(math.isnan(amount) or amount < 0 for amount in given):
            raise UsageError(f"a {name} can't be negative", expected="an amount in shop currency, 0 or more")
    through = as_of(engine, config)
    values = settings(config, through).values
    tax = config.tax.rate if config.tax.prices_include_tax else 0.0
    seen = delivery.basket_range(engine, values, tax)
    if seen is None:
        raise NotFound("no order states what was paid for delivery", do=_NO_CHARGES)
    cells = delivery.baskets(engine, values, seen)
    option, rows = rows_of(cells, delivery.visits(engine, values), seen.width, through)
    believed = dict(beliefs("delivery"))
    worth = customer_value(engine)
    lost = (worth or 0.0) * believed["lost_customer"].mean * float(rows.orders[rows.is_new].sum() / rows.orders.sum())
    economics = Economics(
        fixed=0.0,
        share=0.0,
        tax=tax,
        returned=believed["padding_returned"].mean,
        return_cost=seen.return_cost,
        lost_customer=max(lost, 0.0),
    )
    prior = Prior(**{name: (believed[name].mean, believed[name].spread) for name in Prior.names()})
    try:
        found = study(rows, economics, prior=prior, thresholds=thresholds, charges=charges)
    except NoTerms as error:
        raise NotFound(str(error), do=error.do) from error
    return DeliveryTerms(option, seen.n_orders, worth, found, believed)


def customer_value(engine: AnyEngine) -> float | None:
    """Mean contribution profit that a customer brings over the next 12 months; None where it is not forecast."""
    if not engine.has("customer_clv"):
        return None
    value = engine.value("SELECT AVG(CAST(clv_12m AS DOUBLE)) FROM customer_clv")
    return None if value is None else float(value)


def _candidate(one: Candidate) -> dict[str, Any]:
    amounts = {
        name: _amount(getattr(one, name)) for name in ("charge", "gain", "gain_low", "gain_high", "profit", "basket")
    }
    return {**one.__dict__, **amounts, "threshold": _free_from(one.threshold)}


def _free_from(threshold: float) -> str | None:
    return None if math.isinf(threshold) else _amount(threshold)


def _amount(value: float) -> str:
    return f"{value:.4f}"
