"""What each house macro gives, run on the engine."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from sqlglot import exp

from profithunt.engine import Engine, compile_sql
from profithunt.engine.macros import MACROS
from profithunt.errors import ModelError

CENTS = st.decimals(min_value=-90_000_000_000_000, max_value=90_000_000_000_000, places=4)


def ask(engine: Engine, expression: str, **values: Any) -> Any:
    return engine.value(compile_sql(f"SELECT {expression} AS answer", values=values))


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("X_DIV(1, 4)", 0.25),
        ("X_DIV(1, 0)", None),
        ("X_DIV(NULL, 2)", None),
        ("X_DIV(1, NULL)", None),
        ("X_DIV(CAST(1 AS DECIMAL(18, 4)), CAST(3 AS DECIMAL(18, 4)))", 1 / 3),
        ("X_MONEY(2.00005)", Decimal("2.0001")),
        ("X_MONEY(-2.00005)", Decimal("-2.0001")),
        ("X_MONEY(NULL)", None),
        ("X_QUANTITY('1.5')", Decimal("1.5")),
        ("X_MONTH(DATE '2024-02-29')", dt.date(2024, 2, 1)),
        ("X_DAYS_BETWEEN(DATE '2024-02-28', DATE '2024-03-01')", 2),
        ("X_DAYS_BETWEEN(DATE '2024-03-01', DATE '2024-02-28')", -2),
        ("X_ADD_DAYS(DATE '2024-02-28', 2)", dt.date(2024, 3, 1)),
        ("X_ADD_DAYS(DATE '2024-03-01', -2)", dt.date(2024, 2, 28)),
        ("X_ADD_MONTHS(DATE '2024-01-31', 1)", dt.date(2024, 2, 29)),
        ("X_ADD_MONTHS(DATE '2024-03-31', -1)", dt.date(2024, 2, 29)),
        ("X_MONTHS_BETWEEN(DATE '2023-12-31', DATE '2025-02-01')", 14),
        ("X_MONTHS_BETWEEN(DATE '2025-02-01', DATE '2024-12-31')", -2),
        ("X_PERCENTILE(10, 0.5)", 10.0),
    ],
)
def test_macro(engine: Engine, expression: str, answer: Any):
    assert ask(engine, expression) == answer


@pytest.mark.parametrize(
    ("zone", "day"),
    [("UTC", dt.date(2024, 6, 30)), ("Europe/Berlin", dt.date(2024, 7, 1)), ("America/New_York", dt.date(2024, 6, 30))],
)
def test_a_day_is_a_day_of_the_shop(engine: Engine, zone: str, day: dt.date):
    assert ask(engine, "X_DAY(TIMESTAMP '2024-06-30 22:30:00')", timezone=zone) == day


def test_text_keys_keep_missing_apart_from_empty(engine: Engine):
    keys = [
        ask(engine, f"X_TEXT_KEY({columns})")
        for columns in ("'a', 'b'", "'ab', ''", "'', 'ab'", "NULL, 'ab'", "'ab', NULL", "NULL, NULL")
    ]
    assert len(set(keys)) == len(keys)


def test_percentiles_are_exact_and_interpolated(engine: Engine):
    engine.table("numbers", "SELECT UNNEST([1, 2, 3, 10]) AS x")
    assert engine.value(compile_sql("SELECT X_PERCENTILE(x, 0.5) AS p FROM numbers")) == 2.5


@settings(max_examples=60, deadline=None)
@given(amount=CENTS, weights=st.lists(st.integers(0, 1_000_000), min_size=1, max_size=12).filter(any))
def test_allocation_loses_nothing(amount: Decimal, weights: list[int]):
    with Engine(threads=1, memory_limit="500MB") as engine:
        engine.table("lines", f"SELECT UNNEST({weights}) AS weight, UNNEST({list(range(len(weights)))}) AS place")
        parts = engine.rows(
            compile_sql(
                """
                SELECT X_ALLOCATE($amount, X_DIV(upto - weight, total), X_DIV(upto, total)) AS part, weight, total
                FROM (
                  SELECT weight, place, SUM(weight) OVER (ORDER BY place) AS upto, SUM(weight) OVER () AS total
                  FROM lines
                ) AS summed
                ORDER BY place
                """,
                values={"amount": amount},
            )
        )
    assert sum(part for part, _, _ in parts) == amount
    for part, weight, total in parts:
        assert abs(float(part) - float(amount) * weight / float(total)) <= 0.0002 + abs(float(amount)) * 1e-15
        assert weight or not part


def test_a_share_of_nothing_is_nothing(engine: Engine):
    engine.table("charges", "SELECT UNNEST([NULL, 10.0]) AS amount, 0.25 AS before, 1.0 AS upto")
    shares = (
        "SELECT X_SHARE(amount, before, upto) AS a, COALESCE(X_ALLOCATE(amount, before, upto), 0) AS b FROM charges"
    )
    assert sorted(engine.rows(compile_sql(shares))) == [(0, 0), (Decimal("7.5"), Decimal("7.5"))]


def test_each_writes_an_expression_once_for_every_name(engine: Engine):
    engine.table("amounts", "SELECT 1 AS sales, -2 AS costs")
    sql = compile_sql(
        "SELECT X_EACH(parts, SUM(a.X_ITEM) * 10), X_PLUS(parts) AS total FROM amounts AS a GROUP BY sales, costs",
        lists={"parts": ("sales", "costs")},
    )
    assert engine.dicts(sql) == [{"sales": 10, "costs": -20, "total": -1}]


def test_a_part_is_what_the_caller_puts_there(engine: Engine):
    engine.table("orders", "SELECT 'web' AS channel, 5 AS paid UNION ALL SELECT 'app', 7")
    condition = exp.or_(exp.column("channel").eq("web"), exp.column("paid").eq(0))
    sql = compile_sql(
        "SELECT SUM(paid) AS paid FROM orders WHERE X_PART(chosen) AND paid > 0", parts={"chosen": condition}
    )
    assert engine.value(sql) == 5


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SELECT X_NOPE(1) AS a", "unknown macro X_NOPE"),
        ("SELECT X_DIV(1) AS a", "wrong number of arguments"),
        ("SELECT X_PART(missing) AS a", "needs the part 'missing'"),
        ("SELECT X_PLUS(missing) AS a", "needs the list 'missing'"),
        ("SELECT X_EACH(missing, X_ITEM) FROM t", "needs the list 'missing'"),
    ],
)
def test_a_mistake_says_what_there_is(text: str, words: str):
    with pytest.raises(ModelError, match=words):
        compile_sql(text, where="here")


def test_macros_go_by_their_prefix():
    assert all(name.startswith("X_") for name in MACROS)
