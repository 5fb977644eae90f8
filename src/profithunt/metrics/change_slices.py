"""Counting for slices: rows with their attributes as small numbers, and the sums of every combination of them.

Tables made here: `why_facts` (the rows of a metric in two periods), `why_rows` (attributes as codes, residual e). Every
combination of up to three attributes is counted in the engine over grouping sets, some sets at a time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Final

import sqlglot
from sqlglot import exp

from profithunt.engine import compile_sql, literal

FACTS: Final = "why_facts"
ROWS: Final = "why_rows"
SIZE: Final = 3
SETS_AT_ONCE: Final = 30
MEMBERS: Final = 60
"""Members of an attribute that can make a slice of their own, the largest."""
OTHER: Final = 0


def code_of(place: int) -> str:
    """Column that holds the code of an attribute."""
    return f"c{place}"


def members_query(dimension: str, least: float) -> str:
    """Members of an attribute that are large enough, the largest first: member, n."""
    column = exp.column(dimension, quoted=True)
    return compile_sql(
        exp.select(exp.alias_(column, "member"), exp.alias_(exp.Count(this=exp.Star()), "n"))
        .from_(FACTS)
        .group_by(column)
        .having(exp.GTE(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(str(int(least)))))
        .order_by(exp.Ordered(this=exp.column("n"), desc=True), exp.column("member"))
        .limit(MEMBERS)
        .sql("duckdb")
    )


def rows_of_codes(dimensions: Sequence[str], rates: tuple[float, float] | float) -> str:
    """The facts with a code for each attribute (OTHER for small members) and e = y − R·x of their period.

    Of an amount, `rates` is the later period's share R of it: then all rows are one period, x = |y| and
    e = y × (1 where later − R). Codes come from tables `why_code_<place>` (member, code).
    """
    is_amount = isinstance(rates, float)
    one = exp.Literal.number("1")
    query = exp.select(
        exp.alias_(one, "later") if is_amount else exp.column("later"),
        exp.alias_(exp.Abs(this=exp.column("y")), "x") if is_amount else exp.column("x"),
        exp.alias_(_residual(rates), "e"),
        *[
            exp.alias_(
                exp.cast(exp.func("COALESCE", exp.column("code", table=f"k{at}"), exp.Literal.number(OTHER)), "INT"),
                code_of(at),
            )
            for at in range(len(dimensions))
        ],
    ).from_(exp.alias_(exp.to_table(FACTS), "f", table=True))
    for at, name in enumerate(dimensions):
        same = exp.EQ(this=exp.column("member", table=f"k{at}"), expression=exp.column(name, table="f", quoted=True))
        query = query.join(exp.alias_(exp.to_table(f"why_code_{at}"), f"k{at}", table=True), on=same, join_type="left")
    codes = [exp.column(code_of(at)) for at in range(len(dimensions))]
    parts = [exp.alias_(part, name) for name, part in _parts()]
    whole = exp.select(*codes, *parts).with_("coded", as_=query).from_("coded")
    return compile_sql(whole.sql("duckdb"))


def _residual(rates: tuple[float, float] | float) -> exp.Expr:
    is_later = exp.EQ(this=exp.column("later"), expression=exp.Literal.number("1"))
    if isinstance(rates, float):
        share = exp.paren(exp.Case().when(is_later, literal(1 - rates)).else_(literal(-rates)))
        return exp.Mul(this=exp.column("y"), expression=share)
    rate = exp.paren(exp.Case().when(is_later, literal(rates[1])).else_(literal(rates[0])))
    return exp.Sub(this=exp.column("y"), expression=exp.Mul(this=exp.column("x"), expression=exp.paren(rate)))


def sums() -> list[exp.Expr]:
    """n, x, e, e² of the later and of the earlier period."""
    return [exp.alias_(exp.Sum(this=exp.column(name)), name) for name, _ in _parts()]


def _parts() -> list[tuple[str, exp.Expr]]:
    """What each row adds to each sum, worked out once for all combinations."""
    found: list[tuple[str, exp.Expr]] = []
    for period in ("1", "0"):
        for name, text in (("n", "1"), ("x", "x"), ("s", "e"), ("q", "e * e")):
            part = f"CAST(CASE WHEN later = {period} THEN {text} ELSE 0 END AS DOUBLE)"
            found.append((f"{name}{period}", sqlglot.parse_one(part, dialect="duckdb")))
    return found


def total_query() -> str:
    """The same sums over all rows, and the fourth power of e (how long its tails are)."""
    fourth = sqlglot.parse_one("SUM(q1 * q1 + q0 * q0)", dialect="duckdb")
    return compile_sql(exp.select(*sums(), exp.alias_(fourth, "fourth")).from_(ROWS).sql("duckdb"))


def count_queries(
    n_dimensions: int, least: float, rule: Mapping[int, int] | None = None, earlier: Sequence[Mapping[int, int]] = ()
) -> Sequence[str]:
    """Sums of all combinations of up to three attributes with at least `least` rows; within a rule where given."""
    sets = [one for size in range(1, SIZE + 1) for one in combinations(range(n_dimensions), size)]
    conditions = [_is(rule)] if rule else []
    conditions += [exp.not_(exp.paren(_is(one))) for one in earlier]
    queries = []
    for start in range(0, len(sets), SETS_AT_ONCE):
        chosen = sets[start : start + SETS_AT_ONCE]
        used = sorted({at for one in chosen for at in one})
        columns: list[exp.Expr] = [
            exp.column(code_of(at)) if at in used else exp.alias_(exp.cast(exp.null(), "INT"), code_of(at))
            for at in range(n_dimensions)
        ]
        query = exp.select(*columns, *sums()).from_(ROWS)
        if conditions:
            query = query.where(*[one.copy() for one in conditions])
        groups = [exp.Tuple(expressions=[exp.column(code_of(at)) for at in one]) for one in chosen]
        query.set("group", exp.Group(grouping_sets=[exp.GroupingSets(expressions=groups)]))
        if not rule:
            query = query.having(
                exp.GTE(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(str(int(least))))
            )
        queries.append(compile_sql(query.sql("duckdb")))
    return queries


def _is(rule: Mapping[int, int]) -> exp.Expr:
    return exp.and_(
        *[
            exp.EQ(this=exp.column(code_of(at)), expression=exp.Literal.number(str(code)))
            for at, code in sorted(rule.items())
        ]
    )
