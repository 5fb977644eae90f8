"""How a source's raw columns become canonical ones: names and expressions, checked against what is there.

An expression is SQL over raw columns. `X_NUM(column)` and `X_TIME(column)` read text as the source writes numbers and
times; arithmetic and comparisons with numbers on a text column read it as a number without being asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from profithunt.config import Constant, Expression
from profithunt.errors import SourceError
from profithunt.schema import TABLES, Table
from profithunt.sources.names import exact, listed
from profithunt.sources.templates import DIALECT, column

if TYPE_CHECKING:
    from profithunt.config import Source
    from profithunt.sources.opened import Opened

NUMBER, TIME = "X_NUM", "X_TIME"
UPDATED: Final = ("_updated", "updated_at", "_updated_at")
_NUMERIC = ("quantity", "money", "int", "rate")
_TYPO = 86


@dataclass(frozen=True)
class Field:
    """One column of the table fed: its name, its type of the house, and the tree over raw columns that gives it."""

    name: str
    type: str
    tree: exp.Expr
    required: bool = False

    @property
    def is_aggregate(self) -> bool:
        """Whether it sums up several raw rows."""
        return self.tree.find(exp.AggFunc) is not None


@dataclass(frozen=True)
class Mapping:
    """A source's fields, its filter, and how newer extracts are told (`updated`)."""

    table: Table
    fields: tuple[Field, ...]
    where: exp.Expr | None
    updated: exp.Expr | None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the fields, canonical first."""
        return tuple(item.name for item in self.fields)


def of(source: Source, opened: Opened, generated: tuple[str, ...]) -> Mapping:
    """A source's mapping, checked against its columns; `generated` are key columns that may be left out.

    A source that maps nothing is named after the canonical columns already: each column is taken under its own name.
    Raises SourceError that lists the columns there are.
    """
    table = TABLES[source.table]
    where = f"{_files(opened)} ({source.table})"
    fields: list[Field] = []
    updated = None
    columns = source.columns or {name.lower(): name for name in opened.columns}
    for name, given in columns.items():
        if name in UPDATED and name not in table.columns:
            updated = tree_of(given, opened, where, name)
            continue
        known = table.columns.get(name)
        tree = tree_of(given, opened, where, name)
        kind = known.type if known else "text"
        if tree.find(exp.AggFunc) is not None:
            if not source.group:
                raise SourceError(
                    f"{name} uses an aggregate", where=where, do="set group = true on the source, or drop the aggregate"
                )
            tree = _read_inside(tree, kind, opened)
        final = name if known or name.startswith("extra_") else f"extra_{name}"
        fields.append(Field(final, kind, tree, required=bool(known and known.required)))
    _complete(table, {item.name for item in fields}, source, where, generated, opened)
    condition = _parse(source.where, opened, where, "where") if source.where else None
    return Mapping(table, tuple(fields), condition, updated)


def _files(opened: Opened) -> str:
    first = opened.files[0].name
    return first if len(opened.files) == 1 else f"{first} and {len(opened.files) - 1} more"


def tree_of(given: str | Expression | Constant, opened: Opened, where: str, name: str) -> exp.Expr:
    """What a column is made of, as a tree over raw columns. Raises SourceError for what isn't there."""
    if isinstance(given, Constant):
        return exp.convert(given.value)
    if isinstance(given, Expression):
        return _parse(given.expr, opened, where, name)
    actual = exact(given, opened.columns, where)
    if actual.lower() in opened.repeated:
        raise SourceError(
            f"has the column '{actual}' more than once", where=where, do="rename one of them in the file's header"
        )
    return column(actual)


def _parse(sql: str, opened: Opened, where: str, name: str) -> exp.Expr:
    try:
        tree = sqlglot.parse_one(sql, dialect=DIALECT)
    except SqlglotError as error:
        raise SourceError(
            f"{name} = '{sql}' is not an expression ({str(error).splitlines()[0]})",
            where=where,
            do="mend it in shop.toml",
        ) from error
    if isinstance(tree, (exp.Query, exp.DDL, exp.Command)) or tree.find(exp.Query) is not None:
        raise SourceError(f"{name} = '{sql}' is a query", where=where, expected="an expression over raw columns")
    for node in list(tree.find_all(exp.Column)):
        node.replace(column(exact(node.name, opened.columns, where))) if node is not tree else None
    if isinstance(tree, exp.Column):
        return column(exact(tree.name, opened.columns, where))
    return _numbers_read(tree, opened)


def _is_text_column(node: exp.Expr | None, opened: Opened) -> bool:
    inner = node.unnest() if node is not None else None
    return isinstance(inner, exp.Column) and opened.columns.get(inner.name) == "VARCHAR"


def _macro(name: str, node: exp.Expr) -> exp.Anonymous:
    return exp.Anonymous(this=name, expressions=[node.copy()])


def _is_number(node: exp.Expr | None) -> bool:
    """Whether a tree is a number for certain: a literal, arithmetic, or what X_NUM gives."""
    inner = node.unnest() if node is not None else None
    if isinstance(inner, exp.Neg):
        return True
    if isinstance(inner, exp.Literal):
        return not inner.is_string
    return isinstance(inner, (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Sum, exp.Abs)) or _is_macro(inner, NUMBER)


def _is_macro(node: exp.Expr | None, *names: str) -> bool:
    return isinstance(node, exp.Anonymous) and node.name.upper() in names


def _numbers_read(tree: exp.Expr, opened: Opened) -> exp.Expr:
    """Text columns in arithmetic, sums and comparisons with numbers, wrapped in X_NUM."""
    holder = exp.Paren(this=tree)
    for node in list(holder.walk()):
        if isinstance(node, (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod)):
            wrapped = [node.left, node.right]
        elif isinstance(node, (exp.Sum, exp.Avg, exp.Abs, exp.Neg, exp.Round, exp.Sign)):
            wrapped = [node.this]
        elif isinstance(node, (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.EQ, exp.NEQ)):
            wrapped = [side for side, other in ((node.left, node.right), (node.right, node.left)) if _is_number(other)]
        elif isinstance(node, exp.Between) and _is_number(node.args["low"]):
            wrapped = [node.this]
        else:
            continue
        for side in wrapped:
            if _is_text_column(side, opened):
                side.replace(_macro(NUMBER, side.unnest()))
    result: exp.Expr = holder.this
    result.pop()
    return result


def _read_inside(tree: exp.Expr, kind: str, opened: Opened) -> exp.Expr:
    """Text columns straight below an aggregate, read as what the field is: MIN of days, not of their spelling."""
    macro = NUMBER if kind in _NUMERIC else TIME if kind in ("date", "timestamp") else ""
    if macro:
        for node in list(tree.find_all(exp.AggFunc)):
            if not isinstance(node, (exp.Count, exp.ApproxDistinct)) and _is_text_column(node.this, opened):
                node.this.replace(_macro(macro, node.this))
    return tree


def _complete(
    table: Table, given: set[str], source: Source, where: str, generated: tuple[str, ...], opened: Opened
) -> None:
    """Required columns are mapped, and what is no canonical column is not a misspelt one."""
    missing = [name for name in table.required_columns if name not in given and name not in generated]
    if source.table == "order_lines" and not given & {"unit_price", "line_amount"}:
        missing.append("unit_price")
    for name in given:
        if name.startswith("extra_") and name not in source.columns:
            plain = name.removeprefix("extra_")
            close = _close(plain, [item for item in table.columns if item not in given])
            if close and missing:
                raise SourceError(
                    f"'{plain}' is not a column of {table.name} (did you mean '{close}'?)",
                    where=where,
                    expected=f"one of {listed(table.columns)}",
                    do="correct it in shop.toml",
                )
    if missing:
        raise SourceError(
            f"nothing is mapped to {', '.join(missing)}",
            where=where,
            expected=f"every required column of {table.name}",
            do=f"map it in [sources.columns]; the file has {listed(opened.columns)}",
        )


def _close(name: str, there: list[str]) -> str:
    from rapidfuzz import fuzz, process

    best = process.extract(name, there, scorer=fuzz.ratio, limit=1)
    return str(best[0][0]) if best and best[0][1] >= _TYPO else ""
