"""Read a finished ledger: totals, waterfall, profit by any dimension and period, spread, whale curve, reconciliation.

Every function takes an engine to which the tables of a run are attached. Nothing here changes a run.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from typing import Any, Literal

from sqlglot import exp

from profithunt.engine import AnyEngine, Relation, compile_sql, literal, split_header
from profithunt.engine.compiler import Value
from profithunt.ledger.components import COMPONENTS, LISTS, MAY_BE_MISSING, STEPS, parts_of
from profithunt.ledger.dimensions import BY_TOUCH, UNALLOCATED, member_of

Dated = Literal["order", "event"]

_ZERO = Decimal("0.0000")


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


@dataclass(frozen=True)
class Step:
    """A step of the waterfall: a component with its signed amount, or a subtotal; amounts in shop currency."""

    name: str
    label: str
    amount: Decimal | None
    subtotal: bool


@dataclass(frozen=True)
class Slice:
    """One way to cut the ledger: its members (the unallocated one included), their sum, and how far it is off."""

    dimension: str
    members: int
    total: Decimal | None
    difference: Decimal


@dataclass(frozen=True)
class Reconciliation:
    """Whether every way to cut the ledger adds up to the same: total contribution profit, components, slices.

    An amount is None where costs are missing and none may be assumed; then what is known must add up.
    """

    total: Decimal | None
    components: dict[str, Decimal | None]
    slices: list[Slice]

    @property
    def ok(self) -> bool:
        """True when no slice differs from the total."""
        return all(item.difference == 0 for item in self.slices)

    def to_json(self) -> dict[str, Any]:
        """`{total, components: {name: amount}, slices: [{dimension, members, total, difference}]}`, decimal strings."""
        return {
            "total": _text(self.total),
            "components": {name: _text(amount) for name, amount in self.components.items()},
            "slices": [
                {
                    "dimension": item.dimension,
                    "members": item.members,
                    "total": _text(item.total),
                    "difference": str(item.difference),
                }
                for item in self.slices
            ],
        }


@dataclass(frozen=True)
class Whale:
    """The whale curve: who makes the profit, and how much of it others lose again.

    `points` are (share of customers, cumulative profit); the peak is the profit before the first losing customer;
    top shares are shares of the total; Gini on customers at or above zero only.
    """

    n_customers: int
    total: Decimal
    peak: Decimal
    peak_share: float | None
    customers_before_peak: float
    n_losing: int
    lost: Decimal
    top_shares: dict[str, float | None]
    gini: float | None
    points: list[tuple[float, Decimal]]

    def to_json(self) -> dict[str, Any]:
        """Plain data: amounts as decimal strings; `points` as pairs (share of customers, cumulative profit)."""
        return {
            "n_customers": self.n_customers,
            "total": str(self.total),
            "peak": str(self.peak),
            "peak_share": self.peak_share,
            "customers_before_peak": self.customers_before_peak,
            "customers_after_peak": 1 - self.customers_before_peak,
            "n_losing": self.n_losing,
            "lost": str(self.lost),
            "top_shares": self.top_shares,
            "gini": self.gini,
            "points": [[share, str(amount)] for share, amount in self.points],
        }


def query(name: str) -> str:
    """The statement of `queries/<name>.sql`."""
    path = files(__package__) / "queries" / f"{name}.sql"
    return split_header(path.read_text("utf-8"), name)[1]


def compiled(name: str, parts: Mapping[str, exp.Expr] | None = None, values: Mapping[str, Value] | None = None) -> str:
    """`queries/<name>.sql` compiled for the engine."""
    lists = {**LISTS, "may_be_missing": MAY_BE_MISSING}
    return compile_sql(query(name), parts=parts, lists=lists, values=values, where=name)


def period(start: dt.date | None, end: dt.date | None) -> exp.Expr:
    """Condition on the day: from `start` to `end`, both included."""
    conditions: list[exp.Expr] = []
    if start is not None:
        conditions.append(exp.GTE(this=exp.column("ordered_on"), expression=literal(start)))
    if end is not None:
        conditions.append(exp.LTE(this=exp.column("ordered_on"), expression=literal(end)))
    result: exp.Expr = exp.and_(*conditions) if conditions else exp.true()
    return result


def _date_view(engine: AnyEngine, dimension: str | None, dated: Dated) -> None:
    """Name the ledger `dated_ledger`, by order day or by the day of each component, split by touch where asked for."""
    by_touch = exp.true() if dimension in BY_TOUCH else exp.false()
    wide = compiled("ledger_wide", {"by_touch": by_touch})
    if dated == "order":
        engine.view("dated_ledger", wide)
    else:
        engine.view("wide", wide)
        engine.view("dated_ledger", compiled("by_event"))


def profit_by(
    engine: AnyEngine, dimension: str, start: dt.date | None = None, end: dt.date | None = None, dated: Dated = "order"
) -> Relation:
    """Profit by one dimension: `member` (text, `unallocated` for what belongs to none) and all amounts.

    Grain: member. Raises NotFound for a dimension that isn't there.
    """
    member = exp.func("COALESCE", member_of(dimension), exp.Literal.string(UNALLOCATED))
    _date_view(engine, dimension, dated)
    return engine.relation(compiled("profit_by", {"member": member, "period": period(start, end)}))


def profit_total(
    engine: AnyEngine, start: dt.date | None = None, end: dt.date | None = None, dated: Dated = "order"
) -> Relation:
    """The same for the whole shop: one row, `member` = `all`."""
    _date_view(engine, None, dated)
    member = exp.Literal.string("all")
    return engine.relation(compiled("profit_by", {"member": member, "period": period(start, end)}))


def totals(engine: AnyEngine) -> dict[str, Decimal | None]:
    """All amounts of the whole ledger, components and subtotals. Missing where a component is missing anywhere."""
    row = engine.dicts(compiled("totals"))[0]
    return {name: row[name] for name in LISTS["amounts"]}


def waterfall(amounts: Mapping[str, Decimal | None]) -> list[Step]:
    """Amounts as steps from list sales to contribution profit, subtotals in their places."""
    steps = []
    for name, label in STEPS.items():
        steps += [Step(part, COMPONENTS[part].label, amounts[part], subtotal=False) for part in parts_of(name)]
        steps.append(Step(name, label, amounts[name], subtotal=True))
    return steps


def reconcile(engine: AnyEngine) -> Reconciliation:
    """Cut the ledger in every way there is and compare: each must add up to the whole, in every component."""
    whole = totals(engine)
    known = [name for name in LISTS["amounts"] if whole[name] is not None]
    slices = []
    for row in engine.dicts(compiled("reconcile")):
        off = [(row[name] or _ZERO) - (whole[name] or _ZERO) for name in reversed(known)]
        difference = next((amount for amount in off if amount != 0), _ZERO)
        slices.append(Slice(row["dimension"], row["members"], row["cm3"], difference))
    return Reconciliation(
        total=whole["cm3"],
        components={name: whole[name] for name in COMPONENTS},
        slices=sorted(slices, key=lambda item: item.dimension),
    )


def spread(engine: AnyEngine, dimension: str, start: dt.date | None = None, end: dt.date | None = None) -> Relation:
    """How the profit of orders spreads within each member of a dimension, worst member first.

    Grain: member. Columns: member, n_orders, cm3, mean, p10, p50, p90 (per order), losing_share.
    """
    _date_view(engine, dimension, "order")
    return engine.relation(compiled("spread", {"member": member_of(dimension), "period": period(start, end)}))


def worst_orders(
    engine: AnyEngine,
    dimension: str,
    members: list[str],
    start: dt.date | None = None,
    end: dt.date | None = None,
    n: int = 3,
) -> Relation:
    """Example orders: the `n` worst of each given member. Columns: member, order_id, cm3, place."""
    _date_view(engine, dimension, "order")
    chosen = exp.In(this=exp.column("member"), expressions=[exp.Literal.string(name) for name in members or [""]])
    parts = {"member": member_of(dimension), "period": period(start, end), "chosen": chosen}
    return engine.relation(compiled("worst_orders", parts, {"n_examples": n}))


def cost_sources(engine: AnyEngine) -> list[dict[str, Any]]:
    """What margins rest on: cost_source, n_lines, list_sales, net_sales, cogs."""
    return engine.dicts(compiled("cost_sources"))


def whale(engine: AnyEngine) -> Whale | None:
    """The whale curve over customers, or None where no order names one."""
    head = engine.dicts(compiled("whale_headline"))[0]
    n = head["n_customers"]
    if not n:
        return None
    total, count = head["total"], head["n_not_losing"]
    gini = (count + 1) / count - 2 * head["mean_place"] / count if count and head["mean_place"] is not None else None
    return Whale(
        n_customers=n,
        total=total,
        peak=head["peak"],
        peak_share=float(head["peak"] / total) if total > 0 else None,
        customers_before_peak=head["n_before_peak"] / n,
        n_losing=head["n_losing"],
        lost=head["lost"],
        top_shares={
            share: float(head[f"top_{share}"] / total) if total > 0 else None for share in ("1", "5", "10", "20")
        },
        gini=gini,
        points=[(row["place"] / n, row["upto"]) for row in engine.dicts(compiled("whale"))],
    )
