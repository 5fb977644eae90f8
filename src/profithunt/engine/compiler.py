"""From a statement in the house dialect to the text that an engine runs.

Steps: parse, put values in, expand macros, refuse what is not on the list, wrap in a typed SELECT, write the dialect.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from profithunt.engine.functions import ALLOWED
from profithunt.engine.macros import Context, cast, expand
from profithunt.engine.model import Model, ModelColumn
from profithunt.engine.portable import for_postgres, for_spark
from profithunt.errors import ModelError

Value = str | int | float | bool | Decimal | dt.date | dt.datetime | None

EXPERIMENTAL_DIALECTS = ("snowflake", "bigquery", "trino", "clickhouse", "postgres")
SUPPORTED_DIALECTS = ("duckdb", "spark")


class Compiled(str):  # noqa: SLOT000 - text has no fixed size, so slots can't hold what it remembers
    """A compiled statement: text of the dialect that it was compiled for, and able to be written for another.

    Who compiles need not know which engine will run it: an engine takes the text as its own dialect says it.
    """

    dialect: str
    _again: Callable[[str], Compiled]

    @classmethod
    def of(cls, text: str, dialect: str, again: Callable[[str], Compiled]) -> Compiled:
        """The text, and how to compile its source once more."""
        made = cls(text)
        made.dialect = dialect
        made._again = again
        return made

    def written_for(self, dialect: str) -> str:
        """The same statement for another engine."""
        return self if dialect == self.dialect else self._again(dialect)


def compile_sql(
    text: str,
    *,
    dialect: str = "duckdb",
    parts: Mapping[str, exp.Expr] | None = None,
    lists: Mapping[str, tuple[str, ...]] | None = None,
    values: Mapping[str, Value] | None = None,
    columns: tuple[ModelColumn, ...] = (),
    where: str = "statement",
) -> Compiled:
    """Compile one SELECT. `$name` takes `values[name]`; `columns` wraps the result in typed columns.

    Raises ModelError for what does not parse, for a function that is not on the list, for a value, part or list that
    is missing.
    """
    # True and 1 are equal as keys but not as literals: the type belongs to the key.
    given = tuple((name, type(value), value) for name, value in sorted((values or {}).items()))
    return _compiled(
        text,
        dialect,
        tuple(sorted((parts or {}).items(), key=lambda item: item[0])),
        tuple(sorted((lists or {}).items())),
        given,
        columns,
        where,
    )


@lru_cache(maxsize=1024)
def _compiled(
    text: str,
    dialect: str,
    parts: tuple[tuple[str, exp.Expr], ...],
    lists: tuple[tuple[str, tuple[str, ...]], ...],
    values: tuple[tuple[str, type, Value], ...],
    columns: tuple[ModelColumn, ...],
    where: str,
) -> Compiled:
    known = {name: value for name, _, value in values}
    tree = compile_tree(text, dialect=dialect, parts=dict(parts), lists=dict(lists), values=known, where=where)
    if columns:
        tree = typed(tree, columns)
    if dialect in _REWRITTEN:
        tree = _REWRITTEN[dialect](tree)
    return Compiled.of(
        tree.sql(dialect=dialect, copy=False),
        dialect,
        lambda other: _compiled(text, other, parts, lists, values, columns, where),
    )


def compile_tree(
    text: str,
    *,
    dialect: str = "duckdb",
    parts: Mapping[str, exp.Expr] | None = None,
    lists: Mapping[str, tuple[str, ...]] | None = None,
    values: Mapping[str, Value] | None = None,
    where: str = "statement",
) -> exp.Expr:
    """The same as a syntax tree, before typing."""
    known = dict(values or {})
    tree = parse(text, where)
    context = Context(
        dialect=dialect,
        parts=parts or {},
        lists=lists or {},
        timezone=str(known.get("timezone", "UTC")),
        seed=int(str(known.get("seed", 0))),
        where=where,
    )
    tree = _bind(expand(tree, context), known, where)
    refuse(tree, where)
    return _counted(tree)


def _counted(tree: exp.Expr) -> exp.Expr:
    """`COUNT_IF` as a COUNT: of no rows DuckDB's own gives null, where a count is 0."""
    for node in list(tree.find_all(exp.CountIf)):
        node.replace(exp.Count(this=exp.Case().when(node.this.copy(), exp.Literal.number(1))))
    return tree


def parse(text: str, where: str = "statement") -> exp.Expr:
    """Parse exactly one SELECT of the house dialect. Raises ModelError."""
    return _parsed(text, where).copy()


@lru_cache(maxsize=1024)
def _parsed(text: str, where: str) -> exp.Expr:
    try:
        trees = [tree for tree in sqlglot.parse(text, dialect="duckdb") if tree is not None]
    except SqlglotError as error:
        raise ModelError(f"is not SQL: {str(error).splitlines()[0]}", where=where) from error
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise ModelError("must be one SELECT", where=where)
    for node in trees[0].walk():
        # Where each word stood in the text: nobody asks, and it is most of what a copy of the tree would copy.
        node._meta = None  # noqa: SLF001 - there is no other way to take it off
    return trees[0]


def dependencies(text: str, where: str = "statement") -> set[str]:
    """Names of the tables that a statement reads, its own WITH names left out."""
    return set(_dependencies(text, where))


@lru_cache(maxsize=1024)
def _dependencies(text: str, where: str) -> frozenset[str]:
    tree = _parsed(text, where)
    own = {cte.alias_or_name for cte in tree.find_all(exp.CTE)}
    return frozenset(table.name for table in tree.find_all(exp.Table) if table.name and table.name not in own)


def typed(tree: exp.Expr, columns: tuple[ModelColumn, ...]) -> exp.Expr:
    """The statement with exactly these columns, in this order, of these types: the contract on every engine."""
    chosen = [exp.alias_(cast(exp.column(column.name), column.type), column.name) for column in columns]
    if not isinstance(tree, exp.Query):
        raise ModelError("must be one SELECT")
    return exp.select(*chosen).from_(tree.subquery("model", copy=False), copy=False)


def compile_model(
    model: Model,
    *,
    dialect: str = "duckdb",
    parts: Mapping[str, exp.Expr] | None = None,
    lists: Mapping[str, tuple[str, ...]] | None = None,
    values: Mapping[str, Value] | None = None,
) -> Compiled:
    """Compile a model with its typed columns."""
    return compile_sql(
        model.sql, dialect=dialect, parts=parts, lists=lists, values=values, columns=model.columns, where=model.name
    )


def rewritten(text: str, dialect: str) -> str:
    """A statement that was compiled for DuckDB, as another engine says it."""
    if dialect == "duckdb":
        return text
    tree = sqlglot.parse_one(text, dialect="duckdb").transform(_moved, copy=False)
    return (_REWRITTEN[dialect](tree) if dialect in _REWRITTEN else tree).sql(dialect=dialect, copy=False)


def _moved(node: exp.Expr) -> exp.Expr:
    """`day + INTERVAL (n) DAY`, as DuckDB says it, as the addition that every dialect has words for."""
    by = node.expression if isinstance(node, exp.Add) else None
    if not isinstance(by, exp.Interval) or not isinstance(by.this, exp.Paren):
        return node
    return exp.DateAdd(this=node.this, expression=by.this.this, unit=by.unit)


def literal(value: Value) -> exp.Expr:
    """A value as a typed literal of the tree."""
    if value is None:
        return exp.null()
    if isinstance(value, bool):
        return exp.true() if value else exp.false()
    if isinstance(value, dt.datetime):
        return cast(exp.Literal.string(value.isoformat(sep=" ")), "timestamp")
    if isinstance(value, dt.date):
        return cast(exp.Literal.string(value.isoformat()), "date")
    if isinstance(value, (int, float, Decimal)):
        number = exp.Literal.number(str(abs(value)))
        return exp.Neg(this=number) if value < 0 else number
    return exp.Literal.string(value)


def values_query(columns: Mapping[str, str], rows: list[tuple[Value, ...]]) -> exp.Select:
    """A query that gives these rows, typed; no row where there are none."""
    names = list(columns)
    casts = [exp.alias_(cast(exp.column(name), kind), name) for name, kind in columns.items()]
    given = rows or [tuple(None for _ in names)]
    values = exp.values([tuple(literal(value) for value in row) for row in given], alias="given", columns=names)
    query = exp.select(*casts).from_(values)
    return query if rows else query.where(exp.false())


def _bind(tree: exp.Expr, values: Mapping[str, Value], where: str) -> exp.Expr:
    for node in list(tree.find_all(exp.Parameter, exp.Placeholder)):
        name = node.name or str(node.this)
        if name not in values:
            raise ModelError(f"needs the value ${name}", where=where, expected=f"one of {sorted(values)}")
        node.replace(literal(values[name]))
    return tree


def refuse(tree: exp.Expr, where: str) -> None:
    """Raise ModelError for a function or a construct that is not on the list of what means the same everywhere."""
    for node in tree.find_all(exp.Func):
        name = node.name.upper() if isinstance(node, exp.Anonymous) else node.sql_name()
        if isinstance(node, (exp.Binary, exp.Case, exp.Cast)) and not isinstance(node, exp.Anonymous):
            continue
        if name not in ALLOWED:
            raise ModelError(
                f"the function {name} is not allowed",
                where=where,
                expected="a function that means the same on every engine",
                do="use another, or add it to engine/functions.py with a test on each engine",
            )
    stars = any(
        item.is_star and not isinstance(item, exp.Count) for s in tree.find_all(exp.Select) for item in s.expressions
    )
    found = [why for kind, why in _BANNED.items() if tree.find(kind)] + ["SELECT * (name the columns)"] * stars
    if found:
        raise ModelError(f"{found[0]} is not allowed", where=where, expected="what every engine does alike")


_REWRITTEN: Mapping[str, Callable[[exp.Expr], exp.Expr]] = {"spark": for_spark, "postgres": for_postgres}
_BANNED: Mapping[type[exp.Expr], str] = {
    exp.Qualify: "QUALIFY",
    exp.IgnoreNulls: "IGNORE NULLS",
    exp.PercentileCont: "PERCENTILE_CONT (X_PERCENTILE is exact everywhere)",
    exp.TableSample: "sampling",
}
