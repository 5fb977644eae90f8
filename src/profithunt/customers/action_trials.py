"""Target trials of what customers do: who had an index order, who did which action with it, what came after.

The index is the same for all: each customer's first order inside a window, whatever it held. Whoever did the action
with that order is treated; whoever never did it is a control; whoever had done it before is not eligible. Comparing
from the action on, or with the acting order counted in, would call an order that was made anyway an effect.

Source: METRICS section 3; Hernán and Robins (2016).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from sqlglot import exp

from profithunt.config import Action, ShopConfig
from profithunt.engine import AnyEngine, Model, compile_model, compile_sql, read_models, values_query
from profithunt.engine.compiler import Value
from profithunt.ledger.build import as_of
from profithunt.ledger.components import LISTS

SPANS: Final = (365, 182, 91, 30)
"""How far back covariates look, days: the longest that the history before the window leaves room for."""

LEAST_HISTORY: Final = 28
"""Days before the window without which nothing is known of a customer."""

PLACEBO_DAYS: Final = 365
_ROOM: Final = 60
ACTIVE_DAYS: Final = 365
_BAD: Final = frozenset({"returned", "late", "contacted"})
_OUTSIDE_ORDERS: Final = frozenset({"event", "loyalty"})
WORKING: Final = ("action_tops", "action_lines", "action_orders", "action_firsts", "action_index", "action_cohort")
_KEPT: Final = frozenset({"action_orders", "action_firsts", "action_index", "action_cohort"})
"""What several statements read is worked out once."""

NOT_COVARIATES: Final = ("horizon_days", "unit", "customer_id", "outcome", "placebo", "index_profit")


@dataclass(frozen=True)
class Window:
    """One trial: `horizon_days` of outcome after index orders from `starts_on` to `ends_on`.

    `span_days` is how far covariates look back, `placebo_days` how much before that counts for the placebo (0: none).
    """

    horizon_days: int
    starts_on: dt.date
    ends_on: dt.date
    span_days: int
    placebo_days: int


@dataclass(frozen=True)
class Asleep:
    """A horizon that can't be had, and what would bring it."""

    horizon_days: int
    wakes: str

    def to_json(self) -> dict[str, object]:
        """The same as data."""
        return {"horizon_days": self.horizon_days, "wakes": self.wakes}


@dataclass(frozen=True)
class Candidate:
    """An action to study: `action` says what it is and costs, `member` which one, `rule` how the trial is indexed."""

    number: int
    name: str
    member: str
    action: Action

    @property
    def prompted(self) -> bool:
        """Whether a customer may be led to it."""
        chosen = self.action.prompt
        return self.action.counts not in _BAD if chosen is None else chosen

    def rule(self, window: Window) -> str:
        """How the trial is indexed, in words."""
        what = _WORDS[self.action.counts].format(member=self.member)
        if self.action.counts in _OUTSIDE_ORDERS:
            done = (
                f"{what} on the day of that order or up to {self.action.window_days} days before, after the last order"
            )
        else:
            done = f"that order {what}"
        return (
            f"Index: each customer's first order from {window.starts_on} to {window.ends_on}. Treated: {done}, for the "
            f"first time. Control: never did so up to then. Outcome: contribution profit of the {window.horizon_days} "
            "days after it, the index order left out."
        )


_WORDS: Final[Mapping[str, str]] = {
    "category": "holds the category {member}",
    "subcategory": "holds the subcategory {member}",
    "brand": "holds the brand {member}",
    "own_label": "holds own label",
    "sku": "holds the SKU {member}",
    "channel": "came through {member}",
    "delivery_option": "was delivered by {member}",
    "payment_method": "was paid by {member}",
    "device": "was made on {member}",
    "promotion": "used the promotion {member}",
    "event": "{member} happened",
    "loyalty": "the first loyalty movement happened",
    "discounted": "holds something below list price",
    "returned": "was sent back, at least in part",
    "late": "came after the promised time",
    "contacted": "led to a contact",
}


def models() -> dict[str, Model]:
    """The statements of the trials, by name."""
    return read_models(Path(str(files(__package__) / "actions")), dict(LISTS))


def windows(first: dt.date, until: dt.date, config: ShopConfig) -> tuple[list[Window], list[Asleep]]:
    """One window a horizon, as late as the horizon allows; and the horizons that the data is too short for."""
    found, asleep = [], []
    for horizon in sorted(set(config.actions_value.horizons)):
        ends_on = until - dt.timedelta(days=horizon)
        starts_on = ends_on - dt.timedelta(days=config.actions_value.index_days - 1)
        history = (starts_on - first).days
        if history < LEAST_HISTORY:
            asleep.append(Asleep(horizon, f"{LEAST_HISTORY - history} more days of orders"))
            continue
        span = next((days for days in SPANS if history >= days + _ROOM), 0)
        placebo = PLACEBO_DAYS if span else 0
        found.append(Window(horizon, starts_on, ends_on, span or SPANS[-1], placebo))
    return found, asleep


def prepare(engine: AnyEngine, config: ShopConfig) -> tuple[list[Window], list[Asleep]]:
    """Work out the cohorts of all trials; `working` names what must be dropped afterwards."""
    first = engine.value(compile_sql(_FIRST, dialect=engine.dialect))
    if first is None:
        return [], []
    until = as_of(engine, config)
    found, asleep = windows(first, until, config)
    if not found:
        return found, asleep
    headline = found[-1]
    tomorrow = until + dt.timedelta(days=1)
    now = Window(0, tomorrow, tomorrow, headline.span_days, headline.placebo_days)
    columns = {
        "horizon_days": "int",
        "starts_on": "date",
        "ends_on": "date",
        "span_days": "int",
        "placebo_days": "int",
    }
    engine.view(
        "action_windows",
        values_query(
            columns,
            [
                (item.horizon_days, item.starts_on, item.ends_on, item.span_days, item.placebo_days)
                for item in (*found, now)
            ],
        ),
    )
    engine.view("action_rules", _rules(config))
    statements = models()
    for name in WORKING:
        query = compile_model(statements[name], dialect=engine.dialect, values=values_of(config))
        (engine.table if name in _KEPT else engine.view)(name, query)
    return found, asleep


def candidates(engine: AnyEngine, config: ShopConfig, horizons: Iterable[int]) -> list[Candidate]:
    """What is studied: the declared actions, then the generated ones that most customers did."""
    chosen = config.actions_value
    wanted = set(horizons)
    sql = compile_model(models()["action_counts"], dialect=engine.dialect, values=values_of(config))
    most: dict[tuple[str, str], int] = {}
    for horizon, counts, member, treated, before, customers in engine.rows(sql):
        if horizon in wanted and min(treated, customers - before - treated) >= chosen.min_treated:
            most[counts, member] = max(most.get((counts, member), 0), int(treated))
    named: list[tuple[str, str, Action]] = []
    for action in config.actions:
        members = [member for counts, member in sorted(most) if counts == action.counts]
        for member in [action.member] if action.member is not None else members:
            alone = action.member is not None or member == ""
            named.append((action.name if alone else f"{action.name}: {member}", member, action))
    taken = {(action.counts, member) for _, member, action in named}
    generated = sorted(
        ((treated, counts, member) for (counts, member), treated in most.items()
         if counts in chosen.generate and (counts, member) not in taken),
        key=lambda item: (-item[0], item[1], item[2]),
    )[: chosen.max_actions]  # fmt: skip
    for _, counts, member in generated:
        action = Action.model_validate({"name": _title(counts, member), "counts": counts, "member": member})
        named.append((action.name, member, action))
    found = [Candidate(number, name, member, action) for number, (name, member, action) in enumerate(named)]
    rows: list[tuple[Value, ...]] = [(item.action.counts, item.member, item.number) for item in found]
    engine.view("action_list", values_query({"counts": "text", "member": "text", "action_no": "int"}, rows))
    return found


def _title(counts: str, member: str) -> str:
    kind = counts.replace("_", " ")
    return f"first {kind}: {member}" if member else f"first {kind}"


def values_of(config: ShopConfig) -> dict[str, Value]:
    """What the statements are compiled with."""
    return {
        "timezone": config.shop.timezone,
        "max_customers": config.actions_value.max_customers,
        "active_days": ACTIVE_DAYS,
    }


def cohort_query(horizon: int) -> exp.Select:
    """The rows of one trial in the order of their numbers."""
    columns = [exp.column(item.name) for item in models()["action_cohort"].columns]
    at = exp.EQ(this=exp.column("horizon_days"), expression=exp.Literal.number(str(horizon)))
    return exp.select(*columns).from_("action_cohort").where(at).order_by("unit")


def states_query(engine: AnyEngine, config: ShopConfig, horizon: int) -> exp.Select:
    """Who did what in one trial: unit, action_no, state."""
    sql = compile_model(models()["action_states"], dialect=engine.dialect, values=values_of(config))
    states: exp.Expr = exp.maybe_parse(sql, dialect=engine.dialect)
    at = exp.EQ(this=exp.column("horizon_days"), expression=exp.Literal.number(str(horizon)))
    columns = [exp.column(name) for name in ("unit", "action_no", "state")]
    return (
        exp.select(*columns)
        .from_(exp.Subquery(this=states, alias=exp.TableAlias(this=exp.to_identifier("s"))))
        .where(at)
    )


def covariates() -> tuple[str, ...]:
    """Names of what is known of a customer before the index order."""
    return tuple(item.name for item in models()["action_cohort"].columns if item.name not in NOT_COVARIATES)


def spell_out(engine: AnyEngine) -> dict[str, str]:
    """Covariates that stand for a category or channel, in words."""
    rows = engine.rows(exp.select("dimension", "place", "member").from_("action_tops"))
    return {f"{dimension}_{place}_share": f"share of {dimension} {member}" for dimension, place, member in rows}


def drop(engine: AnyEngine) -> None:
    """Give back what the trials needed."""
    for name in reversed(("action_windows", "action_rules", *WORKING, "action_list")):
        engine.drop(name)


def _rules(config: ShopConfig) -> exp.Select:
    declared = [(item.counts, item.member, item.window_days) for item in config.actions]
    default = Action(name="default", counts="event").window_days
    generated = [(counts, None, default) for counts in config.actions_value.generate]
    return values_query({"counts": "text", "member": "text", "window_days": "int"}, [*declared, *generated])


_FIRST: Final = "SELECT MIN(ordered_on) FROM order_profit WHERE customer_id IS NOT NULL"
