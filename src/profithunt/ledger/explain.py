"""Tell the story behind a figure: an order, a customer, a SKU, a keyword or a component, down to source rows.

A story is a list of sections, each a title, a sentence and rows; rows of canonical tables carry the file and the row
that they were read from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from sqlglot import exp

from profithunt.engine import AnyEngine, literal
from profithunt.errors import NotFound
from profithunt.ledger.components import COMPONENTS, LISTS, STEPS
from profithunt.ledger.dimensions import BY_TOUCH, DIMENSIONS
from profithunt.ledger.reading import compiled, profit_by, totals
from profithunt.schema import TABLES

_MANY = 50

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Section:
    """One part of a story."""

    title: str
    note: str
    rows: Rows = field(default_factory=list)


@dataclass(frozen=True)
class Story:
    """What lies behind a figure: `kind` and `id`, its contribution profit, and the sections that explain it."""

    kind: str
    id: str
    cm3: Decimal | None
    sections: list[Section]

    def to_json(self) -> dict[str, Any]:
        """The same as plain data; amounts and times as text."""
        return {
            "kind": self.kind,
            "id": self.id,
            "cm3": None if self.cm3 is None else str(self.cm3),
            "sections": [
                {"title": section.title, "note": section.note, "rows": [_plain(row) for row in section.rows]}
                for section in self.sections
            ],
        }


def explain(engine: AnyEngine, kind: str, id_: str) -> Story:
    """The story of one order, customer, sku, keyword (or other dimension's member) or component.

    Raises NotFound when the kind or the id is not there.
    """
    if kind in _STORIES:
        return _STORIES[kind](engine, id_)
    if kind in DIMENSIONS:
        return _member_story(engine, kind, id_)
    kinds = [*_STORIES, *(name for name in DIMENSIONS if name not in _STORIES)]
    raise NotFound(f"there is nothing to explain called {kind!r}", do=f"there are: {', '.join(kinds)}")


def _order(engine: AnyEngine, id_: str) -> Story:
    total = _one(engine, "order_profit", {"order_id": id_})
    if total is None:
        raise NotFound(f"there is no order {id_!r} in this run", do=_nearest(engine, "order_profit", "order_id", id_))
    orders = _rows(engine, "orders", {"order_id": id_})
    lines = _rows(engine, "order_lines", {"order_id": id_}, by="line_no")
    day = total["ordered_on"]
    rates = [
        row
        for row in _rows(engine, "day_rates", {"day": day})
        if row["dimension"] in ("", "currency", "channel", "carrier")
    ]
    sections = [
        Section(
            "Touches",
            "Marketing touches with credit for this order (a million in all).",
            _rows(engine, "order_credits", {"order_id": id_}),
        ),
        Section("Order", "As it was read.", orders),
        Section("Lines", "As they were read.", lines),
        Section("Parcels", "Parcels of the order.", _rows(engine, "shipments", {"order_id": id_}, by="shipment_id")),
        Section(
            "Returns", "What came back, and which line it undoes.", _rows(engine, "return_lines", {"order_id": id_})
        ),
        Section("Returns as read", "", _rows(engine, "returns", {"order_id": id_})),
        Section("Contacts and defects", "", _rows(engine, "service_lines", {"order_id": id_})),
        Section("Marketing spend", "Share of each month's spend.", _rows(engine, "order_marketing", {"order_id": id_})),
        Section("Costs of its SKUs", "Where each cost comes from, when the line does not say.", _costs(engine, lines)),
        Section("Rates", f"Cost rates in force on {day}.", [_filled(row) for row in rates]),
        Section(
            "Ledger",
            "Each line's components; they add up to its contribution profit.",
            _ledger_rows(engine, {"order_id": id_}),
        ),
        _sum("Profit of the order", total),
    ]
    return Story("order", id_, total["cm3"], [section for section in sections if section.rows])


def _customer(engine: AnyEngine, id_: str) -> Story:
    total = _one(engine, "customer_profit", {"customer_id": id_})
    if total is None:
        do = _nearest(engine, "customer_profit", "customer_id", id_)
        raise NotFound(f"there is no customer {id_!r} with an order in this run", do=do)
    orders = _rows(engine, "order_profit", {"customer_id": id_}, by="ordered_at")
    sections = [
        Section("Customer", "As it was read.", _rows(engine, "customers", {"customer_id": id_})),
        _headline(total, ("first_ordered_on", "last_ordered_on", "n_orders", "units", "units_returned")),
        Section(f"Orders ({len(orders)})", "Latest last.", [_filled(row) for row in orders[-_MANY:]]),
        Section("Contacts", "", _rows(engine, "contacts", {"customer_id": id_})),
        Section("Entries without an order", "", _ledger_rows(engine, {"customer_id": id_, "order_id": None})),
        _sum("Profit of the customer", total),
    ]
    return Story("customer", id_, total["cm3"], [section for section in sections if section.rows])


def _sku(engine: AnyEngine, id_: str) -> Story:
    total = _one(engine, "sku_profit", {"sku": id_})
    if total is None:
        raise NotFound(
            f"there is no SKU {id_!r} with a sale in this run", do=_nearest(engine, "sku_profit", "sku", id_)
        )
    sections = [
        Section("Product", "As it was read.", _rows(engine, "products", {"sku": id_})),
        Section("Cost", "What one unit costs where its lines do not say.", _rows(engine, "sku_costs", {"sku": id_})),
        _headline(total, ("name", "brand", "category", "n_lines", "units", "units_returned", "discounted_units")),
        Section("Worst lines", "The lines that lost most.", _ledger_rows(engine, {"sku": id_}, n=10)),
        Section("Returns", "", _rows(engine, "return_lines", {"sku": id_})),
        _sum("Profit of the SKU", total),
    ]
    return Story("sku", id_, total["cm3"], [section for section in sections if section.rows])


def _component(engine: AnyEngine, id_: str) -> Story:
    if id_ not in LISTS["amounts"]:
        raise NotFound(f"there is no component {id_!r}", do=f"there are: {', '.join(LISTS['amounts'])}")
    months = [{"month": row["member"], id_: row[id_]} for row in profit_by(engine, "month").dicts()]
    total = totals(engine)[id_]
    what = (
        {"name": id_, "label": STEPS[id_], "meaning": "sum of " + ", ".join(_up_to(id_))}
        if id_ in STEPS
        else {"name": id_, **{key: getattr(COMPONENTS[id_], key) for key in ("label", "meaning", "source", "step")}}
    )
    column = exp.column(id_)
    biggest = (
        exp.select("entry", "order_id", "line_no", "sku", "customer_id", "ordered_on", id_)
        .from_("ledger")
        .where(exp.NEQ(this=column, expression=exp.Literal.number("0")))
        .order_by(exp.Ordered(this=exp.func("ABS", column.copy()), desc=True, nulls_first=False), "order_id", "line_no")
        .limit(20)
    )
    sections = [
        Section("What it is", "", [what]),
        Section("By month", "By the month of the order.", months),
        Section("Largest entries", "The ledger rows that move it most.", engine.dicts(biggest)),
    ]
    return Story("component", id_, total, sections)


def _member_story(engine: AnyEngine, dimension: str, id_: str) -> Story:
    rows = [row for row in profit_by(engine, dimension).dicts() if row["member"] == id_]
    if not rows:
        known = [row["member"] for row in profit_by(engine, dimension).dicts()][:10]
        raise NotFound(f"there is no {dimension} {id_!r} in this run", do=f"some that are: {', '.join(known)}")
    total = rows[0]
    sections = []
    if dimension in BY_TOUCH:
        column = DIMENSIONS[dimension]
        sections += [
            Section(
                "Spend",
                "By month and by where it was booked.",
                _rows(engine, "spend_pools", {column: id_}, by="month"),
            ),
            Section(
                "Orders credited",
                "Credit in millionths of an order.",
                _rows(engine, "order_credits", {column: id_}, n=_MANY),
            ),
        ]
    else:
        where = exp.EQ(this=exp.column("member"), expression=exp.Literal.string(id_))
        parts = {"member": _member(dimension), "period": exp.true(), "chosen": where}
        worst = engine.dicts(compiled("worst_orders", parts, {"n_examples": 10}))
        sections.append(Section("Worst orders", "Within this member.", worst))
    sections.append(_sum(f"Profit of {dimension} {id_}", total))
    return Story(dimension, id_, total["cm3"], [section for section in sections if section.rows])


_STORIES: Final[Mapping[str, Callable[[AnyEngine, str], Story]]] = {
    "order": _order,
    "customer": _customer,
    "sku": _sku,
    "component": _component,
}


def _member(dimension: str) -> exp.Expr:
    from profithunt.ledger.dimensions import member_of

    return member_of(dimension)


def _up_to(step: str) -> list[str]:
    names = list(STEPS)
    return [name for name, part in COMPONENTS.items() if names.index(part.step) <= names.index(step)]


def _rows(engine: AnyEngine, table: str, keys: Mapping[str, Any], *, by: str | None = None, n: int = 1000) -> Rows:
    """Rows of a table whose columns equal `keys` (None: is missing), without the columns that are empty in all."""
    if not engine.has(table):
        return []
    conditions = [
        exp.Is(this=exp.column(name), expression=exp.null())
        if value is None
        else exp.EQ(this=exp.column(name), expression=literal(value))
        for name, value in keys.items()
    ]
    query = exp.select("*").from_(table).where(*conditions).limit(n)
    key = by or next(iter(TABLES[table].key), None) if table in TABLES else by
    return [_filled(row) for row in engine.dicts(query.order_by(key) if key else query)]


def _one(engine: AnyEngine, table: str, keys: Mapping[str, Any]) -> dict[str, Any] | None:
    conditions = [exp.EQ(this=exp.column(name), expression=literal(value)) for name, value in keys.items()]
    rows = engine.dicts(exp.select("*").from_(table).where(*conditions).limit(1))
    return rows[0] if rows else None


def _ledger_rows(engine: AnyEngine, keys: Mapping[str, Any], *, n: int = 1000) -> Rows:
    rows = _rows(engine, "ledger", keys, by="cm3", n=n)
    kept = ("entry", "order_id", "line_no", "sku", "customer_id", "cost_source", "provisional", *LISTS["amounts"])
    shown = [{name: row[name] for name in kept if name in row} for row in rows]
    return [{name: value for name, value in row.items() if value != 0 or name in STEPS} for row in shown]


def _costs(engine: AnyEngine, lines: Rows) -> Rows:
    skus = sorted({row["sku"] for row in lines})
    if not skus or not engine.has("sku_costs"):
        return []
    mine = exp.column("sku").isin(*(literal(sku) for sku in skus))
    return [_filled(row) for row in engine.dicts(exp.select("*").from_("sku_costs").where(mine).order_by("sku"))]


def _sum(title: str, row: Mapping[str, Any]) -> Section:
    rows = []
    for name in LISTS["amounts"]:
        if name in STEPS:
            rows.append({"component": name, "amount": row[name], "meaning": STEPS[name], "source": ""})
        elif row[name] != 0:
            part = COMPONENTS[name]
            rows.append({"component": name, "amount": row[name], "meaning": part.meaning, "source": part.source})
    return Section(title, "Components add up to contribution profit.", rows)


def _headline(row: Mapping[str, Any], names: tuple[str, ...]) -> Section:
    return Section("In short", "", [{name: row[name] for name in names if row[name] is not None}])


def _filled(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


def _nearest(engine: AnyEngine, table: str, column: str, id_: str) -> str:
    close = (
        exp.select(column)
        .from_(table)
        .where(exp.func("STARTS_WITH", exp.column(column), exp.Literal.string(id_[:4])))
        .order_by(column)
        .limit(5)
    )
    some = engine.rows(close) or engine.rows(exp.select(column).from_(table).order_by(column).limit(5))
    return "some that are: " + ", ".join(str(row[0]) for row in some)


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value if value is None or isinstance(value, (bool, int, float, str)) else str(value)
        for name, value in row.items()
    }
