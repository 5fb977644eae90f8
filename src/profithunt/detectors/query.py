"""From a detector's statement to what the engine runs: the window, two macros, the shop's thresholds.

| in the statement | means |
| --- | --- |
| `in_window` | the order's day lies in the detector's window (a column of the ledger and of order_profit) |
| `in_recent` | it lies in the last 28 days of the window |
| `X_MOMENTS(y, x)` | in the select list: n, y, x, yy, xy, xx, the sums that a ratio of two amounts needs |
| `X_ACTIVITY(day)` | in the select list: when and how often the entity was active, so that its pace can be carried on |
| `$name` | a threshold; also `$as_of`, `$window_start` (day before the first), `$window_end`, `$recent_start` |
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from profithunt.detectors.definition import LISTED, MEASURES, STATISTICS, Detector
from profithunt.engine import compile_sql
from profithunt.errors import ModelError

RECENT_DAYS: Final = 28
DATED: Final = ("ledger", "order_profit")
"""Tables whose rows say on which day they were ordered."""


@dataclass(frozen=True)
class Clock:
    """The days that a detector looks at: after `start`, up to `end`; `as_of` is the shop's last day."""

    as_of: dt.date
    start: dt.date
    end: dt.date
    horizon_days: int

    @property
    def days(self) -> int:
        """Days in the window."""
        return max((self.end - self.start).days, 1)

    @property
    def recent_start(self) -> dt.date:
        """The day before the last 28."""
        return self.end - dt.timedelta(days=RECENT_DAYS)


def clock(detector: Detector, first_on: dt.date, as_of: dt.date, horizon_days: int) -> Clock:
    """The window of a detector in a shop whose orders reach from `first_on` to `as_of`, within that history."""
    history = (as_of - first_on).days + 1
    # In a short history, leaving out the last days would leave nothing to look at.
    lag = detector.lag_days if history >= 3 * detector.lag_days else 0
    end = as_of - dt.timedelta(days=lag)
    start = max(end - dt.timedelta(days=detector.window_days), first_on - dt.timedelta(days=1))
    return Clock(as_of=as_of, start=min(start, end), end=end, horizon_days=horizon_days)


def compile_detector(detector: Detector, at: Clock, *, timezone: str = "UTC", dialect: str = "duckdb") -> str:
    """The detector's statement for an engine. Raises ModelError."""
    text, given = _written(detector.sql, detector.name)
    _check_columns(detector, given)
    return compile_sql(text, dialect=dialect, values=_values(detector, at, timezone), where=detector.name)


@lru_cache(maxsize=256)
def _written(sql: str, where: str) -> tuple[str, tuple[str, ...]]:
    """A statement with what the window and the two macros stand for, and the columns that it gives.

    A hunt asks for it over several windows, which differ in their values alone.
    """
    query = _expanded(_parse(sql, where))
    return query.sql(dialect="duckdb"), tuple(item.alias_or_name for item in query.selects)


def compile_rows(
    detector: Detector, at: Clock, entities: Sequence[Mapping[str, object]], *, limit: int, timezone: str = "UTC"
) -> str:
    """The worst orders behind each of some entities: the keys, `order_id`, `amount`. Raises ModelError."""
    rows = detector.rows
    where = detector.name
    keys = {name: _expression(rows.keys.get(name, name), where) for name in detector.entity}
    amount = exp.func("SUM", exp.cast(_expression(rows.order_by, where), "DOUBLE"))
    asked = _asked(keys, entities)
    found = (
        exp.select(
            *[exp.alias_(tree.copy(), name) for name, tree in keys.items()], "order_id", exp.alias_(amount, "amount")
        )
        .from_(rows.table)
        .where(_expression(rows.where, where), asked, "order_id IS NOT NULL")
        .group_by(*[tree.copy() for tree in keys.values()], "order_id")
    )
    ranked = exp.select(*keys, "order_id", "amount").from_(found.subquery("behind"))
    place = exp.Window(
        this=exp.RowNumber(),
        partition_by=[exp.column(name) for name in keys],
        order=exp.Order(
            expressions=[
                exp.Ordered(this=exp.column("amount"), nulls_first=False),
                exp.Ordered(this=exp.column("order_id"), nulls_first=False),
            ]
        ),
    )
    ranked = ranked.select(exp.alias_(place, "place"))
    tree = exp.select(*keys, "order_id", "amount").from_(ranked.subquery("ranked")).where(f"place <= {limit}")
    tree = tree.order_by(*keys, "place")
    _expanded(tree)
    return compile_sql(tree.sql(dialect="duckdb"), values=_values(detector, at, timezone), where=where)


def compile_finds(
    detector: Detector,
    at: Clock,
    entity: Mapping[str, object],
    columns: Sequence[str],
    *,
    timezone: str = "UTC",
) -> str:
    """The rows behind one entity, worst first; where there is no table of them, what the statement says of it.

    `columns` are those to show of the table of the rows. Raises ModelError.
    """
    rows = detector.rows
    where = detector.name
    if rows.table:
        keys = {name: _expression(rows.keys.get(name, name), where) for name in detector.entity}
        tree = exp.select(*columns).from_(rows.table).where(_expression(rows.where, where), _same(keys, entity))
        worst = exp.Ordered(this=_expression(rows.order_by, where), nulls_first=False)
        tree = tree.order_by(worst)
    else:
        found = _expanded(_parse(detector.sql, where))
        names = [exp.column(item.alias_or_name, quoted=True) for item in found.selects]
        tree = exp.select(*names).from_(found.subquery("found"))
        tree = tree.where(_same({name: exp.column(name) for name in detector.entity}, entity))
    _expanded(tree)
    return compile_sql(tree.sql(dialect="duckdb"), values=_values(detector, at, timezone), where=where)


def compile_customers(detector: Detector, at: Clock, *, timezone: str = "UTC") -> str:
    """The customers behind each entity of a detector that lists them: the rows of the step that its header names.

    Raises ModelError for a step that isn't there.
    """
    tree = _parse(detector.sql, detector.name)
    steps = tree.args.get("with_")
    held: list[exp.Expr] = steps.expressions if steps is not None else []
    names = [step.alias for step in held]
    if detector.customers not in names:
        raise ModelError(
            f"customers is '{detector.customers}'",
            where=detector.name,
            expected=f"a step (CTE) of the statement: {', '.join(names) or 'there is none'}",
        )
    step = held[names.index(detector.customers)].this
    given = [item.alias_or_name for item in step.selects]
    wanted = (*detector.entity, *(name for name in LISTED if name not in detector.entity))
    missing = [name for name in (*detector.entity, "customer_id", "expected_profit") if name not in given]
    if missing:
        raise ModelError(
            f"the step '{detector.customers}' does not give '{missing[0]}'",
            where=detector.name,
            expected=", ".join([*detector.entity, *LISTED]),
        )
    listed = exp.select(*[name for name in wanted if name in given])
    listed = listed.from_(exp.to_identifier(detector.customers, quoted=True))
    listed.set("with_", steps)
    _expanded(listed)
    values = _values(detector, at, timezone)
    return compile_sql(listed.sql(dialect="duckdb"), values=values, where=detector.name)


def compile_weeks(detector: Detector, at: Clock, entities: Sequence[Mapping[str, object]]) -> str | None:
    """What the rows behind each of some entities add up to week by week: the keys, `weeks_ago`, `amount`.

    None where the rows are not dated by the day of an order. Raises ModelError.
    """
    rows = detector.rows
    where = detector.name
    if rows.table not in DATED:
        return None
    keys = {name: _expression(rows.keys.get(name, name), where) for name in detector.entity}
    days = exp.Anonymous(this="X_DAYS_BETWEEN", expressions=[exp.column("ordered_on"), _parameter("window_end")])
    week = exp.func("FLOOR", exp.Div(this=days, expression=exp.Literal.number("7")))
    amount = exp.func("SUM", exp.cast(_expression(rows.order_by, where), "DOUBLE"))
    given = [exp.alias_(tree.copy(), name) for name, tree in keys.items()]
    tree = (
        exp.select(*given, exp.alias_(week, "weeks_ago"), exp.alias_(amount, "amount"))
        .from_(rows.table)
        .where(_expression(rows.where, where), _asked(keys, entities))
        .group_by(*[tree.copy() for tree in keys.values()], week.copy())
    )
    _expanded(tree)
    return compile_sql(tree.sql(dialect="duckdb"), values=_values(detector, at, "UTC"), where=where)


def _asked(keys: Mapping[str, exp.Expr], entities: Sequence[Mapping[str, object]]) -> exp.Expr:
    """A row is about one of these entities."""
    if len(keys) == 1:
        ((name, tree),) = keys.items()
        return exp.cast(exp.paren(tree.copy()), "TEXT").isin(*[str(entity[name]) for entity in entities])
    return exp.or_(*[_same(keys, entity) for entity in entities])


def _same(keys: Mapping[str, exp.Expr], entity: Mapping[str, object]) -> exp.Expr:
    """A row is about this entity."""
    return exp.and_(
        *[
            exp.EQ(this=exp.cast(exp.paren(tree.copy()), "TEXT"), expression=exp.convert(str(entity[name])))
            for name, tree in keys.items()
        ]
    )


def _values(detector: Detector, at: Clock, timezone: str) -> dict[str, str | int | float | bool | dt.date]:
    return {
        **detector.thresholds,
        "as_of": at.as_of,
        "window_start": at.start,
        "window_end": at.end,
        "recent_start": at.recent_start,
        "window_days": at.days,
        "horizon_days": at.horizon_days,
        "timezone": timezone,
    }


def _parse(sql: str, where: str) -> exp.Expr:
    try:
        trees = [tree for tree in sqlglot.parse(sql, dialect="duckdb") if tree is not None]
    except SqlglotError as error:
        raise ModelError(f"is not SQL: {str(error).splitlines()[0]}", where=where) from error
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise ModelError("must be one SELECT", where=where)
    return trees[0]


def _expression(text: str, where: str) -> exp.Expr:
    try:
        return sqlglot.parse_one(text, dialect="duckdb")
    except SqlglotError as error:
        raise ModelError(f"[rows] {text!r} is not SQL: {str(error).splitlines()[0]}", where=where) from error


def _expanded(tree: exp.Expr) -> exp.Query:
    """Put what the window and the two macros stand for into a statement (in place)."""
    for column in list(tree.find_all(exp.Column)):
        if column.name in ("in_window", "in_recent"):
            column.replace(_days_of(column))
    for select in list(tree.find_all(exp.Select)):
        items: list[exp.Expr] = []
        for item in select.expressions:
            name = item.name.upper() if isinstance(item, exp.Anonymous) else ""
            if name == "X_MOMENTS":
                items += _moments(*item.expressions)
            elif name == "X_ACTIVITY":
                items += _activity(*item.expressions)
            else:
                items.append(item)
        select.set("expressions", items)
    assert isinstance(tree, exp.Query)  # noqa: S101 - narrows the type
    return tree


def _days_of(column: exp.Column) -> exp.Expr:
    day = exp.column("ordered_on", table=column.args.get("table"))
    start = "window_start" if column.name == "in_window" else "recent_start"
    return exp.paren(
        exp.and_(
            exp.GT(this=day, expression=_parameter(start)),
            exp.LTE(this=day.copy(), expression=_parameter("window_end")),
        )
    )


def _parameter(name: str) -> exp.Expr:
    return sqlglot.parse_one(f"${name}", dialect="duckdb")


def _moments(y: exp.Expr, x: exp.Expr) -> list[exp.Expr]:
    def amount(value: exp.Expr) -> exp.Expr:
        return exp.cast(exp.func("COALESCE", value.copy(), exp.Literal.number("0")), "DOUBLE")

    def product(first: exp.Expr, second: exp.Expr) -> exp.Expr:
        return exp.func("SUM", exp.Mul(this=amount(first), expression=amount(second)))

    return [
        exp.alias_(exp.Count(this=exp.Star()), "n"),
        exp.alias_(exp.func("SUM", amount(y)), "y"),
        exp.alias_(exp.func("SUM", amount(x)), "x"),
        exp.alias_(product(y, y), "yy"),
        exp.alias_(product(x, y), "xy"),
        exp.alias_(product(x, x), "xx"),
    ]


def _activity(day: exp.Expr) -> list[exp.Expr]:
    def between(start: exp.Expr, end: exp.Expr) -> exp.Expr:
        return exp.Anonymous(this="X_DAYS_BETWEEN", expressions=[start, end])

    recent = exp.Case().when(exp.GT(this=day.copy(), expression=_parameter("recent_start")), exp.Literal.number("1"))
    distinct = exp.Distinct(expressions=[day.copy()])
    waited = exp.Sub(
        this=between(_parameter("window_start"), exp.func("MIN", day.copy())), expression=exp.Literal.number("1")
    )
    return [
        exp.alias_(exp.Count(this=exp.Star()), "n_rows"),
        exp.alias_(exp.Count(this=recent), "n_recent"),
        exp.alias_(exp.Count(this=distinct), "n_days"),
        exp.alias_(waited, "days_waited"),
        exp.alias_(between(exp.func("MAX", day.copy()), _parameter("window_end")), "days_silent"),
    ]


def _check_columns(detector: Detector, given: Sequence[str]) -> None:
    wanted = [*detector.entity, *STATISTICS[detector.statistic]]
    missing = [name for name in wanted if name not in given]
    if missing:
        raise ModelError(
            f"the statement does not give '{missing[0]}'",
            where=detector.name,
            expected=f'for statistic = "{detector.statistic}": {", ".join(wanted)}',
        )
    if detector.statistic in ("share", "count") and not {"unit_loss", "loss"} & set(given):
        raise ModelError(
            "the statement gives no money", where=detector.name, expected="unit_loss (money per hit) or loss"
        )
    twice = sorted({name for name in given if list(given).count(name) > 1})
    if twice:
        raise ModelError(f"the statement gives '{twice[0]}' twice", where=detector.name)


def evidence_columns(detector: Detector, given: Sequence[str]) -> list[str]:
    """Columns of the statement that are neither keys nor measures: shown as evidence."""
    known = {*detector.entity, *MEASURES, "peers", "assumed_share"}
    return [name for name in given if name not in known]
