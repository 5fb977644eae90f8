"""One unit of currency is claimed once: which opportunities claim the same money, and what is left without it.

An opportunity covers the lines of the ledger that its entity names (a SKU all lines of it, a customer all of theirs),
and claims its money of them in proportion to their list sales. Where several cover a line, the largest claim stands and
the others are held to be part of it. So the net total is never more than the sum of all values, is that sum where
nothing overlaps, and counts no line twice. Entities that name no line (a search term, a page) overlap with themselves.

Source: METRICS section 6.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlglot import exp

from profithunt.engine import AnyEngine, compile_model, read_model, values_query
from profithunt.engine.compiler import Value
from profithunt.opportunities.opportunity import Opportunity, Shared

_QUERIES: Final = Path(__file__).parent / "queries"
_MOST: Final = 20
_LOOKED_UP: Final = (("products", "sku"), ("orders", "order_id"))
"""Where the keys of an entity are found that the ledger has not, and by which column of the ledger."""
_TABLES: Final = ("_claims", "_covered", "_cells", "_items")

Scope = tuple[tuple[str, str], ...]
"""Table and column of each key that names rows."""


@dataclass(frozen=True)
class Claim:
    """What is left of an opportunity's money that no larger claim covers, and with whom the rest is shared."""

    net: float
    shared: tuple[Shared, ...] = ()


def claims(engine: AnyEngine, opportunities: Sequence[Opportunity], since: dt.date, until: dt.date) -> dict[str, Claim]:
    """The claim of each opportunity that counts, by id; rows are those after `since`, up to `until`.

    `shared` holds the twenty largest.
    """
    items = [item for item in opportunities if item.counted and item.value > 0]
    if not items:
        return {}
    with _tables(engine):
        _cover(engine, items, since, until)
        engine.table("_claims", compile_model(read_model(_QUERIES / "claims.sql")))
        nets = dict(engine.rows(compile_model(read_model(_QUERIES / "net.sql"))))
        shared: dict[int, list[Shared]] = {}
        for number, other, value in engine.rows(
            compile_model(read_model(_QUERIES / "shared.sql"), values={"most": _MOST})
        ):
            shared.setdefault(number, []).append(Shared(items[other].id, round(float(value), 2)))
    return {
        item.id: Claim(
            net=_net(item, float(nets.get(number, 0.0)), alone=number not in shared),
            shared=tuple(sorted(shared.get(number, ()), key=lambda part: (-part.value, part.id))),
        )
        for number, item in enumerate(items)
    }


def _net(item: Opportunity, net: float, *, alone: bool) -> float:
    return item.value if alone else round(min(net, item.value), 2)


@contextmanager
def _tables(engine: AnyEngine) -> Iterator[None]:
    """Working tables, dropped again."""
    try:
        yield
    finally:
        for name in _TABLES:
            engine.drop(name)


def _cover(engine: AnyEngine, items: Sequence[Opportunity], since: dt.date, until: dt.date) -> None:
    """Put `_items` (opportunities with the number of their entity) and `_covered` (cells by entity) into the engine."""
    there = {table: set(engine.columns(table)) for table, _ in (("ledger", ""), *_LOOKED_UP) if engine.has(table)}
    numbers: dict[tuple[Scope, tuple[str, ...]], int] = {}
    rows: list[tuple[Value, ...]] = []
    for place, item in enumerate(items):
        scope = _scope(item.entity, there)
        named = tuple(item.entity[column] for _, column in scope) or tuple(
            f"{key}={value}" for key, value in sorted(item.entity.items())
        )
        number = numbers.setdefault((scope, named), len(numbers))
        rows.append((place, number, item.rank, item.value))
    engine.table("_items", values_query({"item": "int", "number": "int", "rank": "int", "value": "rate"}, rows))
    scopes = sorted({scope for scope, _ in numbers if scope})
    if not scopes:
        engine.table("_covered", values_query({"cell": "int", "number": "int", "weight": "rate"}, []))
        return
    engine.table("_cells", _cells(scopes, numbers, since, until))
    parts = [
        exp.select("cell", exp.alias_(_entity(at), "number"), "weight")
        .from_("_cells")
        .where(exp.not_(exp.column(_entity(at)).is_(exp.null())))
        for at in range(len(scopes))
    ]
    engine.table("_covered", exp.union(*parts, distinct=False) if len(parts) > 1 else parts[0])


def _scope(entity: Mapping[str, str], there: Mapping[str, set[str]]) -> Scope:
    """The columns by which an entity names rows of the ledger; keys that name none are left out."""
    found = []
    for key in sorted(entity):
        table = next((name for name, columns in there.items() if key in columns), None)
        if table is not None:
            found.append((table, key))
    return tuple(found)


def _cells(
    scopes: Sequence[Scope], numbers: Mapping[tuple[Scope, tuple[str, ...]], int], since: dt.date, until: dt.date
) -> exp.Select:
    """Lines of the ledger put together where the same entities cover them: their numbers, a column each scope."""
    weight = exp.func("GREATEST", exp.cast(exp.column("list_sales", "ledger"), "DOUBLE"), exp.Literal.number("0.01"))
    query = exp.select(exp.alias_(exp.func("SUM", weight), "weight")).from_("ledger")
    for table, key in _LOOKED_UP:
        if any(name == table for scope in scopes for name, _ in scope):
            same = exp.EQ(this=exp.column(key, table), expression=exp.column(key, "ledger"))
            query = query.join(table, on=same, join_type="left")
    for at, scope in enumerate(scopes):
        names = [column for _, column in scope]
        columns = {"number": "int", **dict.fromkeys(names, "text")}
        given = values_query(columns, [(number, *named) for (held, named), number in numbers.items() if held == scope])
        held_by = exp.and_(
            *[
                exp.EQ(this=exp.column(column, f"_scope_{at}"), expression=exp.cast(exp.column(column, table), "TEXT"))
                for table, column in scope
            ]
        )
        query = query.join(given.subquery(f"_scope_{at}"), on=held_by, join_type="left")
        query = query.select(exp.alias_(exp.column("number", f"_scope_{at}"), _entity(at)))
    day = exp.column("ordered_on", "ledger")
    covered = exp.or_(*[exp.not_(exp.column("number", f"_scope_{at}").is_(exp.null())) for at in range(len(scopes))])
    query = query.where(
        exp.GT(this=day, expression=exp.cast(exp.Literal.string(since.isoformat()), "DATE")),
        exp.LTE(this=day.copy(), expression=exp.cast(exp.Literal.string(until.isoformat()), "DATE")),
        exp.EQ(this=exp.column("entry", "ledger"), expression=exp.Literal.string("line")),
        covered,
    )
    query = query.group_by(*[exp.column("number", f"_scope_{at}") for at in range(len(scopes))])
    names = [_entity(at) for at in range(len(scopes))]
    order = exp.Order(expressions=[exp.column(name) for name in names])
    number = exp.Window(this=exp.RowNumber(), order=order)
    return exp.select(exp.alias_(number, "cell"), "weight", *names).from_(query.subquery("cells"))


def _entity(at: int) -> str:
    return f"entity_{at}"
