"""Tables of pages: a relation sorted, searched and paged by the engine; all of it as CSV or Parquet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from importlib.resources import files
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from sqlglot import exp, parse_one

from profithunt.api.pages.parts import Column, Kind, State, Table
from profithunt.api.pages.reader import once
from profithunt.api.shop import Shop
from profithunt.engine import AnyEngine, compile_sql, split_header, values_query
from profithunt.engine.compiler import Value
from profithunt.errors import UsageError
from profithunt.ledger.components import LISTS, MAY_BE_MISSING

SIZE: Final = 50
FORMATS: Final = ("csv", "parquet")
CENTI_CENT: Final = Decimal("0.0001")
"""As exact as the ledger."""

TYPES: Final[Mapping[Kind, str]] = {
    "text": "text", "id": "text", "chip": "text", "money": "money", "cents": "money", "bar": "money",
    "interval": "money", "count": "int", "number": "rate", "share": "rate", "points": "rate", "date": "date",
    "month": "date",
}  # fmt: skip


@dataclass(frozen=True)
class Listed:
    """All rows of a table, as a query: what the page shows a part of and the export writes in full."""

    sql: str
    """Empty for rows that are in memory."""
    columns: tuple[Column, ...]
    title: str
    sort: str = ""
    """Column to sort by at first; a minus before it for the largest first."""
    search: tuple[str, ...] = ()
    note: str = ""
    empty: str = "Nothing here."
    size: int = SIZE
    rows: tuple[Mapping[str, Any], ...] = ()
    """The rows themselves, where they are in memory; sorted, searched and paged as the engine does it."""
    more: tuple[str, ...] = ()
    """Text that rows in memory have beside their columns."""

    @property
    def statement(self) -> str:
        """All rows as a query."""
        return self.sql or rows_query(self.columns, self.rows, self.more)


def held(rows: Iterable[Mapping[str, Any]], columns: tuple[Column, ...], title: str, **more: Any) -> Listed:
    """A table whose rows are in memory."""
    return Listed("", columns, title, rows=tuple(rows), **more)


Source = Callable[[Shop, State], Listed]


def query(name: str, parts: Mapping[str, exp.Expr] | None = None, values: Mapping[str, Value] | None = None) -> str:
    """`queries/<name>.sql` compiled for the engine."""
    text = (files(__package__) / "queries" / f"{name}.sql").read_text("utf-8")
    lists = {**LISTS, "may_be_missing": MAY_BE_MISSING}
    return compile_sql(split_header(text, name)[1], parts=parts, lists=lists, values=values, where=name)


def rows_query(columns: Sequence[Column], rows: Sequence[Mapping[str, Any]], more: Sequence[str] = ()) -> str:
    """Rows that are in memory, as a query with the types of their columns; `more` are text keys beside them."""
    kinds = _kinds(columns, more)
    values = [tuple(_value(row.get(key), kind) for key, kind in kinds.items()) for row in rows]
    return values_query(kinds, values).sql(dialect="duckdb")


def _kinds(columns: Sequence[Column], more: Sequence[str]) -> dict[str, str]:
    kinds = {column.key: TYPES[column.kind] for column in columns}
    for column in columns:
        if column.detail:
            kinds.setdefault(column.detail, "text")
        if column.kind == "interval":
            kinds.setdefault("low", "money")
            kinds.setdefault("high", "money")
    for key in more:
        kinds.setdefault(key, "text")
    return kinds


def _value(value: Any, kind: str) -> Value:
    if value is None:
        return None
    if kind == "text":
        return str(value)
    if kind == "money":
        exact = value if isinstance(value, Decimal) else Decimal(str(round(float(value), 4)))
        return exact.quantize(CENTI_CENT)
    if kind == "date":
        return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value)[:10])
    return int(value) if kind == "int" else float(value)


def _picked(sql: str) -> exp.Select:
    return exp.select("*").from_(
        exp.Subquery(this=parse_one(sql, dialect="duckdb"), alias=exp.TableAlias(this=exp.to_identifier("listed")))
    )


def _searched(listed: Listed, text: str) -> exp.Select:
    found = _picked(listed.statement)
    if not text or not listed.search:
        return found
    wanted = exp.Literal.string(text.lower())
    tests = [
        exp.func("CONTAINS", exp.func("LOWER", exp.cast(exp.column(key, quoted=True), "TEXT")), wanted)
        for key in listed.search
    ]
    return found.where(exp.or_(*tests))


def _order(listed: Listed, state: State, name: str) -> tuple[str, bool]:
    known = {column.key for column in listed.columns}
    text = state.get(f"sort.{name}") or listed.sort
    key, descending = text.removeprefix("-"), text.startswith("-")
    if key and key not in known:
        raise UsageError(f"there is no column {key!r}", do=f"there are: {', '.join(sorted(known))}")
    return key, descending


def _sorted(found: exp.Select, key: str, listed: Listed, *, descending: bool) -> exp.Select:
    if not key:
        return found
    others = [column.key for column in listed.columns if column.key != key][:1]
    orders = [
        exp.Ordered(this=exp.column(key, quoted=True), desc=descending, nulls_first=False),
        *(exp.Ordered(this=exp.column(other, quoted=True), nulls_first=False) for other in others),
    ]
    return found.order_by(*orders)


def read_table(shop: Shop, state: State, name: str, source: Source) -> Table:
    """The page of a table that the state asks for: `sort.<name>`, `page.<name>`, `q.<name>`."""
    listed = source(shop, state)
    key, descending = _order(listed, state, name)
    words, page = state.get(f"q.{name}"), state.number(f"page.{name}", 1)
    if listed.sql:
        asked = ("table", listed.sql, listed.search, listed.size, words, key, descending, page)
        rows, n_rows = once(shop, asked, lambda: _read(shop, listed, words, key, page, descending=descending))
    else:
        rows, n_rows = _among(listed, words, key, page, descending=descending)
    return Table(
        name=name,
        title=listed.title,
        columns=listed.columns,
        rows=rows,
        n_rows=n_rows,
        sort=key,
        descending=descending,
        page=page,
        size=listed.size,
        note=listed.note,
        empty=listed.empty,
        export=replace(state, path=f"/tables/{name}", inside=frozenset()).url(),
    )


Page = tuple[tuple[Mapping[str, Any], ...], int]
"""Rows of one page, and how many there are in all."""


def _read(shop: Shop, listed: Listed, words: str, key: str, page: int, *, descending: bool) -> Page:
    """One page, by the engine."""
    engine = shop.engine
    found = _searched(listed, words)
    ordered = _sorted(found, key, listed, descending=descending)
    rows = engine.dicts(ordered.limit(listed.size).offset((page - 1) * listed.size))
    if len(rows) < listed.size and page == 1:
        return tuple(rows), len(rows)
    counted = exp.select(exp.Count(this=exp.Star())).from_(found.subquery("counted"))
    n_rows = once(shop, ("rows of", listed.sql, listed.search, words), lambda: int(engine.value(counted)))
    return tuple(rows), n_rows


def _among(listed: Listed, words: str, key: str, page: int, *, descending: bool) -> Page:
    """One page of rows in memory, in the order in which the engine has them: what is missing comes last."""
    kinds = _kinds(listed.columns, listed.more)
    found = [{name: _value(row.get(name), kind) for name, kind in kinds.items()} for row in listed.rows]
    if words and listed.search:
        wanted = words.lower()
        found = [row for row in found if any(wanted in str(row[name] or "").lower() for name in listed.search)]
    if key:
        other = next((column.key for column in listed.columns if column.key != key), key)
        for name, turned in ((other, False), (key, descending)):
            known = [row for row in found if row[name] is not None]
            known.sort(key=itemgetter(name), reverse=turned)
            found = [*known, *(row for row in found if row[name] is None)]
    first = (page - 1) * listed.size
    return tuple(found[first : first + listed.size]), len(found)


def write_table(shop: Shop, state: State, name: str, source: Source, format_: str, path: Path) -> Path:
    """Write all rows of a table, in the order and with the search of the state. Raises UsageError."""
    if format_ not in FORMATS:
        raise UsageError(f"there is no format {format_!r}", do=f"there are: {', '.join(FORMATS)}")
    listed = source(shop, state)
    key, descending = _order(listed, state, name)
    found = _sorted(_searched(listed, state.get(f"q.{name}")), key, listed, descending=descending)
    engine: AnyEngine = shop.engine
    if format_ == "csv":
        engine.write_csv(found, path)
    else:
        engine.write_parquet(found, path)
    return path
