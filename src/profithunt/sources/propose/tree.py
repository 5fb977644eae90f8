"""Expressions over raw columns as syntax trees, written out for shop.toml or run on raw rows."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from profithunt.sources.propose.profile import ColumnProfile, raw

TEXT_TYPE = "VARCHAR"


def sql(tree: exp.Expr) -> str:
    """The tree as it stands in shop.toml."""
    return tree.sql(dialect="duckdb")


def name(column: ColumnProfile) -> exp.Expr:
    """The raw column as text."""
    return raw(column.name) if column.type == TEXT_TYPE else exp.cast(raw(column.name), "TEXT")


def num(column: ColumnProfile) -> exp.Expr:
    """The raw column as a number: read from text by X_NUM."""
    return raw(column.name) if column.type != TEXT_TYPE else exp.Anonymous(this="X_NUM", expressions=[raw(column.name)])


def time(column: ColumnProfile) -> exp.Expr:
    """The raw column as a time: read from text by X_TIME."""
    return (
        raw(column.name) if column.type != TEXT_TYPE else exp.Anonymous(this="X_TIME", expressions=[raw(column.name)])
    )


def measured(column: ColumnProfile) -> exp.Expr:
    """The raw column as an exact number right now, for looking at raw rows before anything is read by X_NUM."""
    if column.type != TEXT_TYPE:
        return exp.cast(raw(column.name), "DECIMAL(28, 8)")
    bare: exp.Expr = raw(column.name)
    thousands, point = (".", ",") if column.decimal == "," else (",", ".")
    for sign, instead in (
        (thousands, ""),
        (point, "."),
        (" ", ""),
        ("\u00a0", ""),
        ("'", ""),
        ("€", ""),
        ("$", ""),
        ("£", ""),
    ):
        bare = exp.func("REPLACE", bare, exp.Literal.string(sign), exp.Literal.string(instead))
    return exp.TryCast(this=bare, to=exp.DataType.build("DECIMAL(28, 8)"))


def trimmed(column: ColumnProfile) -> exp.Expr:
    """The raw column as trimmed text."""
    return exp.Trim(this=name(column))


def key(column: ColumnProfile) -> exp.Expr:
    """The raw column as text to compare: trimmed, capital letters."""
    return exp.Upper(this=trimmed(column))


def blank(column: ColumnProfile) -> exp.Expr:
    """Whether the raw column holds nothing."""
    filled = exp.func("COALESCE", trimmed(column), exp.Literal.string(""))
    return filled.eq(exp.Literal.string(""))


def one_of(column: ColumnProfile, values: Sequence[str]) -> exp.Expr:
    """Whether the raw column is one of some values, whatever the case."""
    wanted = sorted({value.strip().upper() for value in values})
    return exp.In(this=key(column), expressions=[exp.Literal.string(value) for value in wanted])


def none_of(column: ColumnProfile, values: Sequence[str]) -> exp.Expr:
    """The opposite; a missing value is none of them."""
    wanted = sorted({value.strip().upper() for value in values})
    known = exp.func("COALESCE", key(column), exp.Literal.string(""))
    return exp.not_(exp.In(this=known, expressions=[exp.Literal.string(value) for value in wanted]))


def when(condition: exp.Expr, value: exp.Expr, otherwise: exp.Expr | None = None) -> exp.Case:
    """CASE WHEN condition THEN value ELSE otherwise END."""
    return exp.Case(ifs=[exp.If(this=condition, true=value)], default=otherwise)


def times(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    """The product of two numbers."""
    return exp.Mul(this=left, expression=right)


def minus(tree: exp.Expr) -> exp.Expr:
    """The negative of a number."""
    return exp.Neg(this=exp.paren(tree, copy=False))


def below_zero(tree: exp.Expr) -> exp.Expr:
    """Whether a number is negative."""
    return exp.LT(this=tree, expression=exp.Literal.number(0))


def both(*conditions: exp.Expr | None) -> exp.Expr | None:
    """All of the conditions that are given."""
    given = [condition for condition in conditions if condition is not None]
    return exp.and_(*given) if given else None


def not_blank(column: ColumnProfile) -> exp.Expr:
    """Whether the raw column holds something."""
    return exp.NEQ(
        this=exp.func("COALESCE", trimmed(column), exp.Literal.string("")), expression=exp.Literal.string("")
    )
