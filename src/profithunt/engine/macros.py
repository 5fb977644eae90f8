"""House macros: functions with the prefix `X_`, expanded on the syntax tree.

They hold the few differences between engines and the rules of the house, each in one place:

| macro | gives |
| --- | --- |
| `X_DIV(a, b)` | a ÷ b as DOUBLE; null where b is zero or missing |
| `X_MONEY(a)` | a rounded to money, DECIMAL(18, 4), half away from zero |
| `X_TIMES(a, b)` | a × b as money; exact for amounts of up to 4 decimals below 100 billion |
| `X_QUANTITY(a)` | the same for quantities |
| `X_ALLOCATE(amount, before, upto)` | part of `amount` between two cumulative shares; parts up to 1 add up exactly |
| `X_SHARE(amount, before, upto)` | the same; 0 where the amount is missing, with nothing worked out there |
| `X_SUM(a)` | the sum; missing where one of the rows is missing, if the list `may_be_missing` is not empty |
| `X_PERCENTILE(a, p)` | exact interpolated percentile |
| `X_DAY(at)` | the day of a UTC time in the shop's time zone |
| `X_MONTH(day)` | first day of its month |
| `X_DAYS_BETWEEN(a, b)` | days from day a to day b |
| `X_ADD_DAYS(day, n)` | the day n days later |
| `X_ADD_MONTHS(day, n)` | the same day n months later, or the last of a month that is too short |
| `X_MONTHS_BETWEEN(a, b)` | calendar months from the month of day a to the month of day b |
| `X_TEXT_KEY(a, …)` | one text key of several columns, nulls kept apart from empty text |
| `X_PART(name)` | what the caller puts there: a dimension, a condition |
| `X_EACH(list, expression)` | the expression once for each column of the list, `X_ITEM` standing for it |
| `X_PLUS(list)` | the sum of the list's columns in one row |
| `X_ADD_SECONDS(at, n)` | the time n seconds later |
| `X_UNIFORM('stream', key, …)` | a random number between 0 and 1 that depends on seed, stream and keys alone |
| `X_NORMAL('stream', key, …)` | the same, standard normal |
| `X_DRAW(n, 'stream', key, …)` | the same, a whole number from 0 to n − 1 |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from profithunt.engine import chance
from profithunt.errors import ModelError
from profithunt.schema import SQL_TYPES

PREFIX = "X_"


@dataclass(frozen=True)
class Context:
    """What macros may use: the dialect compiled for, the caller's parts and lists, and the shop's time zone."""

    dialect: str
    parts: Mapping[str, exp.Expr] = field(default_factory=dict)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    timezone: str = "UTC"
    seed: int = 0
    where: str = "statement"


Macro = Callable[[list[exp.Expr], Context], exp.Expr]


def cast(value: exp.Expr, type_name: str) -> exp.Expr:
    """CAST to a type of the house (`money`, `text` …)."""
    return exp.Cast(this=value, to=exp.DataType.build(SQL_TYPES[type_name], dialect="duckdb"))


def _double(value: exp.Expr) -> exp.Expr:
    return cast(value.copy(), "rate")


def _func(name: str, *args: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=[item.copy() for item in args])


def _known(name: str, *args: exp.Expr) -> exp.Expr:
    return exp.func(name, *[item.copy() for item in args], dialect="duckdb")


def _div(args: list[exp.Expr], _: Context) -> exp.Expr:
    top, bottom = args
    return exp.paren(
        exp.Div(this=_double(top), expression=exp.func("NULLIF", _double(bottom), exp.Literal.number("0")))
    )


def _money(args: list[exp.Expr], _: Context) -> exp.Expr:
    return cast(args[0].copy(), "money")


def _times(args: list[exp.Expr], _: Context) -> exp.Expr:
    left, right = args
    return cast(exp.Mul(this=_double(left), expression=_double(right)), "money")


def _allocate(args: list[exp.Expr], context: Context) -> exp.Expr:
    amount, before, upto = args
    start, end = (_up_to(amount, share, context) for share in (before, upto))
    return exp.paren(exp.Sub(this=end, expression=start))


def _share(args: list[exp.Expr], context: Context) -> exp.Expr:
    missing = exp.Is(this=args[0].copy(), expression=exp.null())
    return exp.Case().when(missing, cast(exp.Literal.number(0), "money")).else_(_allocate(args, context))


def _up_to(amount: exp.Expr, share: exp.Expr, context: Context) -> exp.Expr:
    # The whole is taken as it is: DOUBLE holds no more than 15 digits of it.
    whole = exp.EQ(this=share.copy(), expression=exp.Literal.number("1"))
    return exp.Case().when(whole, cast(amount.copy(), "money")).else_(_times([amount, share], context))


def _sum(args: list[exp.Expr], context: Context) -> exp.Expr:
    total = exp.Sum(this=args[0].copy())
    if not context.lists.get("may_be_missing"):
        return total
    known = exp.EQ(this=exp.Count(this=args[0].copy()), expression=exp.Count(this=exp.Star()))
    return exp.Case().when(known, total)


def _percentile(args: list[exp.Expr], context: Context) -> exp.Expr:
    value, share = args
    if context.dialect in ("duckdb", "spark"):
        return _func("PERCENTILE" if context.dialect == "spark" else "QUANTILE_CONT", _double(value), share)
    order = exp.Order(expressions=[exp.Ordered(this=_double(value), nulls_first=False)])
    return exp.WithinGroup(this=_func("PERCENTILE_CONT", share), expression=order)


def _day(args: list[exp.Expr], context: Context) -> exp.Expr:
    if context.timezone == "UTC":
        return cast(args[0].copy(), "date")
    zone = exp.Literal.string(context.timezone)
    if context.dialect == "spark":
        return cast(_func("FROM_UTC_TIMESTAMP", args[0], zone), "date")
    utc = _func("TIMEZONE", exp.Literal.string("UTC"), args[0])
    return cast(_func("TIMEZONE", zone, utc), "date")


def _month(args: list[exp.Expr], _: Context) -> exp.Expr:
    return cast(_known("DATE_TRUNC", exp.Literal.string("month"), args[0]), "date")


def _days_between(args: list[exp.Expr], _: Context) -> exp.Expr:
    start, end = args
    return exp.DateDiff(this=end.copy(), expression=start.copy(), unit=exp.var("DAY"))


def _add_days(args: list[exp.Expr], _: Context) -> exp.Expr:
    day, count = args
    return cast(exp.DateAdd(this=day.copy(), expression=count.copy(), unit=exp.var("DAY")), "date")


def _add_months(args: list[exp.Expr], context: Context) -> exp.Expr:
    day, count = args
    if context.dialect == "spark":
        return cast(_func("ADD_MONTHS", day, count), "date")
    return cast(exp.DateAdd(this=day.copy(), expression=count.copy(), unit=exp.var("MONTH")), "date")


def _months_between(args: list[exp.Expr], _: Context) -> exp.Expr:
    start, end = args
    years = exp.paren(exp.Sub(this=_known("YEAR", end), expression=_known("YEAR", start)))
    months = exp.Sub(this=_known("MONTH", end), expression=_known("MONTH", start))
    twelve = exp.Mul(this=years, expression=exp.Literal.number("12"))
    return exp.paren(exp.Add(this=twelve, expression=exp.paren(months)))


def _add_seconds(args: list[exp.Expr], context: Context) -> exp.Expr:
    at, count = args
    if context.dialect == "spark":
        return _func("TIMESTAMPADD", exp.var("SECOND"), count, at)
    return exp.paren(
        exp.Add(this=at.copy(), expression=exp.Interval(this=exp.paren(count.copy()), unit=exp.var("SECOND")))
    )


def _uniform(args: list[exp.Expr], context: Context) -> exp.Expr:
    return chance.uniform(args[0], args[1:], context.seed)


def _normal(args: list[exp.Expr], context: Context) -> exp.Expr:
    return chance.normal(args[0], args[1:], context.seed)


def _draw(args: list[exp.Expr], context: Context) -> exp.Expr:
    return chance.draw(args[0], args[1], args[2:], context.seed)


def _text_key(args: list[exp.Expr], _: Context) -> exp.Expr:
    absent = exp.Literal.string("\x1e")
    parts = [exp.func("COALESCE", cast(item.copy(), "text"), absent.copy()) for item in args]
    return exp.func("CONCAT_WS", exp.Literal.string("\x1f"), *parts)


def _part(args: list[exp.Expr], context: Context) -> exp.Expr:
    name = args[0].name
    if name not in context.parts:
        raise ModelError(f"needs the part {name!r}", where=context.where, expected=f"one of {sorted(context.parts)}")
    part = context.parts[name].copy()
    return exp.paren(part) if isinstance(part, exp.Connector) else part


def _plus(args: list[exp.Expr], context: Context) -> exp.Expr:
    names = columns_of(args[0].name, context)
    result: exp.Expr = exp.column(names[0])
    for name in names[1:]:
        result = exp.Add(this=result, expression=exp.column(name))
    return exp.paren(result)


def columns_of(name: str, context: Context) -> tuple[str, ...]:
    """The columns of a named list. Raises ModelError when the caller gave none of that name."""
    if name not in context.lists:
        raise ModelError(f"needs the list {name!r}", where=context.where, expected=f"one of {sorted(context.lists)}")
    return context.lists[name]


def each(node: exp.Anonymous, context: Context) -> list[exp.Expr]:
    """`X_EACH(list, expression)` as a list of named expressions."""
    list_name, template = node.expressions
    result = []
    for name in columns_of(list_name.name, context):

        def put(item: exp.Expr, name: str = name) -> exp.Expr:
            if isinstance(item, exp.Column) and item.name.upper() == "X_ITEM":
                return exp.column(name, table=item.args.get("table"))
            if isinstance(item, exp.Literal) and item.is_string and item.name == "X_ITEM":
                return exp.Literal.string(name)
            return item

        result.append(exp.alias_(template.copy().transform(put, copy=False), name, copy=False))
    return result


MACROS: Mapping[str, Macro] = {
    "X_DIV": _div,
    "X_MONEY": _money,
    "X_QUANTITY": _money,
    "X_TIMES": _times,
    "X_ALLOCATE": _allocate,
    "X_SHARE": _share,
    "X_SUM": _sum,
    "X_PERCENTILE": _percentile,
    "X_DAY": _day,
    "X_MONTH": _month,
    "X_DAYS_BETWEEN": _days_between,
    "X_ADD_DAYS": _add_days,
    "X_ADD_MONTHS": _add_months,
    "X_MONTHS_BETWEEN": _months_between,
    "X_TEXT_KEY": _text_key,
    "X_PART": _part,
    "X_PLUS": _plus,
    "X_ADD_SECONDS": _add_seconds,
    "X_UNIFORM": _uniform,
    "X_NORMAL": _normal,
    "X_DRAW": _draw,
}


def expand(tree: exp.Expr, context: Context) -> exp.Expr:
    """Replace every macro of a statement, innermost first. Raises ModelError for one that isn't there."""
    for select in list(tree.find_all(exp.Select)):
        expressions: list[exp.Expr] = []
        for item in select.expressions:
            if isinstance(item, exp.Anonymous) and item.name.upper() == "X_EACH":
                expressions += each(item, context)
            else:
                expressions.append(item)
        select.set("expressions", expressions)
    calls = [node for node in tree.find_all(exp.Anonymous) if node.name.upper().startswith(PREFIX)]
    for node in sorted(calls, key=lambda call: call.depth, reverse=True):
        macro = MACROS.get(node.name.upper())
        if macro is None:
            raise ModelError(
                f"unknown macro {node.name}", where=context.where, expected=", ".join(sorted([*MACROS, "X_EACH"]))
            )
        try:
            replacement = macro(list(node.expressions), context)
        except ValueError as error:
            raise ModelError(f"macro {node.name}: wrong number of arguments", where=context.where) from error
        if node is tree:
            tree = replacement
        else:
            node.replace(replacement)
    return tree
