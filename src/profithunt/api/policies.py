"""Terms of return and ways of payment: what others would earn over the shop's own orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from profithunt.api.delivery_terms import customer_value
from profithunt.config import ShopConfig
from profithunt.engine import AnyEngine
from profithunt.errors import NotFound, UsageError
from profithunt.ledger.build import as_of, empty_table, settings
from profithunt.proposition import policies as reading
from profithunt.proposition.beliefs import Belief, beliefs

if TYPE_CHECKING:
    from profithunt.models.policy import Setting, Study

_FEW_RETURNS: Final = "fewer than 100 returned lines of known cost are in the last year"
_MAP_RETURNS: Final = "map returns with order_id, line_no, returned_at and refund, and state what goods cost"
_NO_WAYS: Final = "orders do not name two ways of payment with 100 orders each"
_MAP_WAYS: Final = "map payment_method in orders, and payment_fee or cost rates by payment_method"


@dataclass(frozen=True)
class Policy:
    """Terms of return, or a mix of payments, against today's: contribution profit over 28 days.

    `subject` is `returns` or `payments`; `today` says what holds now, as figures by name (and by way of payment);
    `study` holds the settings, `recommended` None where things should be left as they are.
    """

    subject: str
    n_orders: int
    today: Mapping[str, float]
    ways: tuple[Mapping[str, Any], ...]
    study: Study
    beliefs: Mapping[str, Belief]

    @property
    def verdict(self) -> str:
        """`change` or `leave`."""
        return "leave" if self.study.recommended is None else "change"

    def to_json(self) -> dict[str, Any]:
        """The study as data, amounts as decimal strings."""
        study = self.study
        return {
            "subject": self.subject,
            "verdict": self.verdict,
            "window_days": 28,
            "n_orders": self.n_orders,
            "profit": _amount(study.profit),
            "today": dict(self.today),
            "ways_of_payment": [dict(one) for one in self.ways],
            "settings": [_setting(one) for one in study.settings],
            "best": None if study.best is None else _setting(study.best),
            "recommended": None if study.recommended is None else _setting(study.recommended),
            "segments": [
                {"segment": one.segment, "orders": one.orders, "orders_lost": one.lost, "gain": _amount(one.gain)}
                for one in study.sides
            ],
            "sensitivity": [
                {"if": words, "gain": _amount(gain), "better": better} for words, gain, better in study.sensitivity
            ],
            "test": {"n_per_arm": study.n_per_arm, "unit": "order"},
            "beliefs": {
                name: {"mean": one.mean, "spread": one.spread, "in_words": one.in_words, "source": one.source}
                for name, one in self.beliefs.items()
            },
        }


def returns_policy(
    engine: AnyEngine, config: ShopConfig, windows: Sequence[float] = (), fees: Sequence[float] = ()
) -> Policy:
    """`Proposition.returns_policy`."""
    from profithunt.models import returns_policy as model

    if any(not one >= model.LEAST_WINDOW for one in windows):
        raise UsageError("a window shorter than 14 days is not looked at", expected="days, 14 or more")
    if any(not one > 0 for one in fees):
        raise UsageError("a fee is more than nothing", expected="an amount in shop currency")
    window = config.returns.window_days
    facts, lags, days = _returns(engine, config)
    tax = config.tax.rate if config.tax.prices_include_tax else 0.0
    today = model.returned_of(facts, lags, days, tax, customer_value(engine))
    if today is None:
        raise NotFound(_FEW_RETURNS, do=_MAP_RETURNS)
    believed = beliefs("returns")
    drawn = model.draw({name: (one.mean, one.spread) for name, one in believed.items()})
    found = model.study(today, drawn, window, model.settings(today, window, windows, fees))
    n_returns, n_orders = float(today.returns.sum()), float(today.orders.sum())
    figures = {
        "window_days": float(window),
        "orders": n_orders,
        "returns": n_returns,
        "returned_share": float(today.returned_value.sum() / max(today.value.sum(), 1e-9)),
        "cost_of_a_return": today.cost,
        "saved_by_a_return_less": float((today.avoided * today.returns).sum() / max(n_returns, 1e-9)),
        **{f"later_than_{days}": _late(today, days) for days in (14, 30, 60)},
    }
    return Policy("returns", sum(int(row["n_orders"]) for row in facts), figures, (), found, believed)


def payment_mix(engine: AnyEngine, config: ShopConfig, *, surcharge: bool = False) -> Policy:
    """`Proposition.payment_mix`."""
    from profithunt.models import payment_mix as model
    from profithunt.models.policy import HORIZON

    window = reading.window(engine, as_of(engine, config), config.returns.window_days)
    facts = reading.rows(engine, "payment_facts", _values(config, window))
    returned, _, days = _returns(engine, config)
    mix = model.mix_of(facts, days, _return_loss(returned))
    if mix is None:
        raise NotFound(_NO_WAYS, do=_MAP_WAYS)
    believed = beliefs("payments")
    drawn = model.draw({name: (one.mean, one.spread) for name, one in believed.items()})
    found = model.study(mix, drawn, model.settings(mix), lawful=surcharge)
    total = sum(float(one.orders.sum()) for one in mix.ways)
    ways = tuple(
        {
            "way": one.name,
            "orders": float(one.orders.sum()),
            "order_share": float(one.orders.sum()) / total,
            "fee_share": one.fee_share,
            "returned_share": one.returned_share,
            "cancelled_share": one.cancelled_share,
            "profit_share": float(one.profit.sum() / max(one.value.sum(), 1e-9)),
            "dearer": mix.gap(one),
            "is_cheapest": one is mix.cheapest,
        }
        for one in sorted(mix.ways, key=lambda way: -float(way.orders.sum()))
    )
    fees = sum(float(one.fees.sum()) for one in mix.ways)
    value = sum(float(one.value.sum()) for one in mix.ways)
    figures = {"orders": total, "fees": fees, "fee_share": fees / max(value, 1e-9), "return_loss": mix.return_loss}
    return Policy("payments", round(total * days / HORIZON), figures, ways, found, believed)


def _values(config: ShopConfig, window: reading.Window) -> dict[str, Any]:
    return {**settings(config, window.until).values, "since": window.since, "until": window.until}


def _returns(engine: AnyEngine, config: ShopConfig) -> tuple[list[dict[str, Any]], list[dict[str, Any]], int]:
    """What was sold and returned by kind of customer, returns by days after the order, and days that they come from."""
    window = reading.window(engine, as_of(engine, config), config.returns.window_days)
    values = _values(config, window)
    lacking = not engine.has("returns")
    if lacking:
        engine.view("returns", empty_table("returns"))
    try:
        with reading.returners(engine, values, window):
            facts, lags = (reading.rows(engine, name, values) for name in ("return_facts", "return_lags"))
    finally:
        if lacking:
            engine.drop("returns")
    return facts, lags, window.days


def _return_loss(facts: Sequence[Mapping[str, Any]]) -> float:
    """What a returned value costs, as a share of it: what it would have earned, and what taking it back costs."""
    sums = {name: sum(float(row[name] or 0.0) for row in facts) for name in _PARTS}
    if not sums["kept_value"] or not sums["whole_value"]:
        return 0.0
    return max(sums["kept_profit"] / sums["kept_value"] - sums["whole_profit"] / sums["whole_value"], 0.0)


_PARTS: Final = ("kept_value", "kept_profit", "whole_value", "whole_profit")


def _late(today: Any, days: int) -> float:
    """Share of all returns that come later than so many days."""
    late = today.later_than(float(days))
    return float((late * today.returns).sum() / max(float(today.returns.sum()), 1e-9))


def _setting(one: Setting) -> dict[str, Any]:
    return {
        "lever": one.lever,
        "way_of_payment": one.subject or None,
        "value": one.value if one.lever == "window" or one.value is None else _amount(one.value),
        "gain": _amount(one.gain),
        "gain_low": _amount(one.gain_low),
        "gain_high": _amount(one.gain_high),
        "better": one.better,
        "moved": one.moved,
        "lost_share": one.lost_share,
        "later": _amount(one.later),
    }


def _amount(value: float) -> str:
    return f"{value:.4f}"
