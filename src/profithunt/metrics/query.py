"""From definitions to statements: all metrics of a source in one query, and all sources as one long table.

The statement of a source groups its rows by day, and by day and each stored dimension, and gives two columns a metric:
`<metric>` (numerator) and `<metric>__of` (denominator). `metric_days` stacks them: metric, on, dimension, member,
numerator, denominator, n_rows. Everything is built as a syntax tree; expressions may use sums and counts of the
source's columns only, so that days add up to weeks and months.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from profithunt.engine import Model, ModelColumn, literal
from profithunt.errors import ModelError
from profithunt.metrics.definition import Metric, Source

UNALLOCATED: Final = "unallocated"
OF: Final = "__of"
"""Ends the name of the column that holds a denominator."""
DAYS: Final = "metric_days"

_SUMS: Final = (exp.Sum, exp.Count, exp.CountIf)
_EXTREMES: Final = (exp.Min, exp.Max)
_KEYS: Final = (
    ModelColumn("on", "date", "day, in the shop's time zone"),
    ModelColumn("dimension", "text", "dimension; null for the whole shop"),
    ModelColumn("member", "text", "member of it, or unallocated; null for the whole shop"),
)


def table_of(source: str) -> str:
    """Name of the table that holds a source's metrics by day."""
    return f"daily_{source}"


def daily_model(source: Source, metrics: Sequence[Metric], *, members: bool = True) -> Model:
    """All metrics of a source by day, and by day and each stored dimension where `members`. Raises ModelError."""
    dimensions = source.dimensions if members else ()
    sets: list[list[str]] = [["day"], *(["day", name] for name in dimensions)]
    grouped = exp.Group(
        grouping_sets=[
            exp.GroupingSets(expressions=[exp.Tuple(expressions=[exp.column(name) for name in one]) for one in sets])
        ]
    )
    query = (
        exp.select(
            exp.alias_(exp.column("day"), "on", quoted=True),
            exp.alias_(_dimension(dimensions), "dimension"),
            exp.alias_(_member(dimensions), "member"),
            exp.alias_(exp.Count(this=exp.Star()), "n_rows"),
            *_measures(source, metrics),
        )
        .with_("facts", as_=source.sql, dialect="duckdb")
        .from_("facts")
        .where("day IS NOT NULL AND day <= $as_of", dialect="duckdb")
    )
    query.set("group", grouped)
    return Model(
        name=table_of(source.name),
        what=f"Metrics of {source.name} by day, and by day and each of its dimensions. {source.what}",
        grain=("on", "dimension", "member"),
        columns=(*_KEYS, ModelColumn("n_rows", "int", f"rows ({source.grain})"), *_columns(metrics)),
        sql=query.sql(dialect="duckdb"),
        order_by=("on", "dimension", "member"),
    )


def slice_query(
    source: Source,
    metrics: Sequence[Metric],
    dimension: str | None,
    start: dt.date | None = None,
    end: dt.date | None = None,
    member: str | None = None,
) -> str:
    """Metrics of a source by day and member of any of its dimensions: on, member, n_rows and two columns a metric."""
    of = exp.cast(exp.column(dimension), "TEXT") if dimension else exp.null()
    named = exp.func("COALESCE", of, exp.Literal.string(UNALLOCATED)) if dimension else exp.null()
    conditions: list[exp.Expr] = [exp.column("day").is_(exp.null()).not_()]
    conditions.append(exp.LTE(this=exp.column("day"), expression=exp.Placeholder(this="as_of")))
    if start is not None:
        conditions.append(exp.GTE(this=exp.column("day"), expression=literal(start)))
    if end is not None:
        conditions.append(exp.LTE(this=exp.column("day"), expression=literal(end)))
    if member is not None and dimension:
        conditions.append(exp.EQ(this=named.copy(), expression=exp.Literal.string(member)))
    keys = ["day", *([dimension] if dimension else [])]
    query = (
        exp.select(
            exp.alias_(exp.column("day"), "on", quoted=True),
            exp.alias_(exp.cast(named.copy(), "TEXT"), "member"),
            exp.alias_(exp.Count(this=exp.Star()), "n_rows"),
            *_measures(source, metrics),
        )
        .with_("facts", as_=source.sql, dialect="duckdb")
        .from_("facts")
        .where(*conditions)
        .group_by(*[exp.column(name) for name in keys])
    )
    return query.sql(dialect="duckdb")


def days_model(
    sources: Sequence[tuple[Source, Sequence[Metric]]],
    composed: Iterable[tuple[Metric, Metric, Metric]],
    shared: dict[str, tuple[str, ...]],
) -> Model:
    """Every metric as rows: stacks the tables of the sources, then metrics that divide one by another.

    `composed` are (metric, numerator's metric, denominator's metric); `shared` the dimensions that both have, by name.
    """
    parts = [_stacked(metric, table_of(source.name)) for source, metrics in sources for metric in metrics]
    parts += [_divided(metric, top, bottom, shared[metric.name]) for metric, top, bottom in composed]
    tree: exp.Query = parts[0]
    for part in parts[1:]:
        tree = exp.union(tree, part, distinct=False, copy=False)
    return Model(
        name=DAYS,
        what="Every metric by day, and by day and each stored dimension. Periods add numerators and denominators up.",
        grain=("metric", "on", "dimension", "member"),
        columns=(
            ModelColumn("metric", "text", "metric"),
            *_KEYS,
            ModelColumn("numerator", "money", "what is counted or summed"),
            ModelColumn("denominator", "money", "what a rate is divided by; null where it is no rate"),
            ModelColumn("n_rows", "int", "rows of the source on that day"),
        ),
        sql=tree.sql(dialect="duckdb"),
        order_by=("metric", "dimension", "member", "on"),
    )


def check(metric: Metric, source: Source) -> None:
    """Raise ModelError, naming file, line and key, for an expression that would not add up or reads unknown columns."""
    for key, text in (("numerator", metric.numerator), ("denominator", metric.denominator)):
        if text is None:
            continue
        where = f"{metric.where}.{key}"
        tree = _parsed(text, where)
        for column in tree.find_all(exp.Column):
            known = [*source.columns, *source.all_dimensions]
            if column.name not in known:
                raise ModelError(
                    f"there is no column '{column.name}' in {source.name}", where=where, expected=", ".join(known)
                )
        extremes = metric.aggregation in ("min", "max")
        _check_sums(tree, where, extremes=extremes)


def needs_of(metric: Metric, source: Source) -> tuple[str, ...]:
    """Everything that a metric needs: of itself, of its source, of the columns that it reads."""
    found = [*source.needs, *metric.needs]
    for text in (metric.numerator, metric.denominator):
        if text is not None:
            for column in _parsed(text, metric.where).find_all(exp.Column):
                found += source.column_needs.get(column.name, ())
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=1024)
def _parsed(text: str, where: str) -> exp.Expr:
    """The expression as a tree; it is shared, so that who changes it copies it first."""
    try:
        return sqlglot.parse_one(text, dialect="duckdb")
    except SqlglotError as error:
        raise ModelError(f"is not an expression: {str(error).splitlines()[0]}", where=where) from error


def _check_sums(tree: exp.Expr, where: str, *, extremes: bool) -> None:
    """Only sums and counts, added and subtracted: then the figures of days add up to those of periods."""
    expected = "sums and counts, added or subtracted, as in SUM(a) - COUNT_IF(b)"
    kinds = (*_SUMS, *_EXTREMES) if extremes else _SUMS

    def walk(node: exp.Expr) -> None:
        if isinstance(node, exp.Anonymous) and node.name.upper() == "X_SUM":
            return
        if isinstance(node, kinds):
            if isinstance(node, exp.Count) and isinstance(node.this, exp.Distinct):
                raise ModelError(
                    "counts different values, which don't add up over days", where=where, expected=expected
                )
            if any(isinstance(inner, exp.AggFunc) for inner in node.this.walk() if inner is not node):
                raise ModelError("has a sum inside a sum", where=where, expected=expected)
            return
        if isinstance(node, (exp.Add, exp.Sub)):
            walk(node.left)
            walk(node.right)
            return
        if isinstance(node, (exp.Neg, exp.Paren)):
            walk(node.this)
            return
        raise ModelError(f"'{node.sql(dialect='duckdb')}' does not add up over days", where=where, expected=expected)

    walk(tree)


def _measures(source: Source, metrics: Sequence[Metric]) -> list[exp.Expr]:
    found: list[exp.Expr] = []
    for metric in metrics:
        check(metric, source)
        found.append(exp.alias_(_counted(metric.numerator or "", metric.where), metric.name, quoted=True))
        if metric.denominator is not None:
            found.append(exp.alias_(_counted(metric.denominator, metric.where), f"{metric.name}{OF}", quoted=True))
    return found


def _counted(text: str, where: str) -> exp.Expr:
    """The expression with counts of a condition written out: over nulls alone, engines don't agree on theirs."""

    def write_out(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.CountIf):
            return node
        one, zero = exp.Literal.number("1"), exp.Literal.number("0")
        return exp.Sum(this=exp.Case().when(node.this, one).else_(zero))

    return _parsed(text, where).transform(write_out)


def _columns(metrics: Sequence[Metric]) -> list[ModelColumn]:
    found = []
    for metric in metrics:
        found.append(ModelColumn(metric.name, "money", metric.what))
        if metric.denominator is not None:
            found.append(ModelColumn(f"{metric.name}{OF}", "money", f"what {metric.name} is divided by"))
    return found


def _dimension(names: Sequence[str]) -> exp.Expr:
    """Which dimension a row of the grouping sets is about; null for the whole."""
    case = exp.Case()
    for name in names:
        case = case.when(_grouped_by(name), exp.Literal.string(name))
    return case if names else exp.cast(exp.null(), "TEXT")


def _member(names: Sequence[str]) -> exp.Expr:
    case = exp.Case()
    for name in names:
        member = exp.func("COALESCE", exp.cast(exp.column(name), "TEXT"), exp.Literal.string(UNALLOCATED))
        case = case.when(_grouped_by(name), member)
    return case if names else exp.cast(exp.null(), "TEXT")


def _grouped_by(name: str) -> exp.Expr:
    return exp.EQ(this=exp.func("GROUPING", exp.column(name)), expression=exp.Literal.number("0"))


def _column(name: str) -> exp.Column:
    return exp.column(name, quoted=True)


def _stacked(metric: Metric, table: str) -> exp.Select:
    denominator: exp.Expr = (
        _column(f"{metric.name}{OF}") if metric.denominator is not None else exp.cast(exp.null(), "DECIMAL(18, 4)")
    )
    return (
        exp.select(
            exp.alias_(exp.Literal.string(metric.name), "metric"),
            _column("on"),
            exp.column("dimension"),
            exp.column("member"),
            exp.alias_(_column(metric.name), "numerator"),
            exp.alias_(denominator, "denominator"),
            exp.column("n_rows"),
        )
        .from_(table)
        .where(_column(metric.name).is_(exp.null()).not_())
    )


def _divided(metric: Metric, top: Metric, bottom: Metric, shared: Sequence[str]) -> exp.Select:
    """One additive metric over another, on the same day and member."""
    keep: exp.Expr = exp.column("dimension").is_(exp.null())
    if shared:
        names = [exp.Literal.string(name) for name in shared]
        keep = exp.or_(keep, exp.In(this=exp.column("dimension"), expressions=names))
    tables = (table_of(top.source or ""), table_of(bottom.source or ""))
    unknown = exp.cast(exp.null(), "DECIMAL(18, 4)")

    def side(table: str, numerator: exp.Expr, denominator: exp.Expr, n_rows: exp.Expr) -> exp.Select:
        return (
            exp.select(
                _column("on"),
                exp.column("dimension"),
                exp.column("member"),
                exp.alias_(numerator, "numerator"),
                exp.alias_(denominator, "denominator"),
                exp.alias_(n_rows, "n_rows"),
            )
            .from_(table)
            .where(keep.copy(), *_within(tables))
        )

    both = exp.union(
        side(tables[0], _column(top.name), unknown, exp.column("n_rows")),
        side(tables[1], unknown.copy(), _column(bottom.name), exp.cast(exp.Literal.number("0"), "BIGINT")),
        distinct=False,
    )
    zero = exp.Literal.number("0")
    return (
        exp.select(
            exp.alias_(exp.Literal.string(metric.name), "metric"),
            _column("on"),
            exp.column("dimension"),
            exp.column("member"),
            exp.alias_(exp.func("COALESCE", exp.Sum(this=exp.column("numerator")), zero), "numerator"),
            exp.alias_(exp.func("COALESCE", exp.Sum(this=exp.column("denominator")), zero.copy()), "denominator"),
            exp.alias_(exp.Sum(this=exp.column("n_rows")), "n_rows"),
        )
        .from_(both.subquery("both_sides"))
        .group_by(_column("on"), exp.column("dimension"), exp.column("member"))
    )


def _within(tables: Sequence[str]) -> list[exp.Expr]:
    """Days on which all of some tables have begun and none has ended: elsewhere nothing is known, not nothing there."""
    found: list[exp.Expr] = []
    for table in dict.fromkeys(tables):
        first = exp.select(exp.Min(this=_column("on"))).from_(table)
        last = exp.select(exp.Max(this=_column("on"))).from_(table)
        found.append(exp.GTE(this=_column("on"), expression=first.subquery()))
        found.append(exp.LTE(this=_column("on"), expression=last.subquery()))
    return found
