"""The traps between engines, each settled once: the same expression over the nastiest values gives the same on both."""

from __future__ import annotations

import datetime as dt
import math
import random
from decimal import Decimal
from typing import Any

import pytest

from profithunt.engine import Engine, compile_sql, values_query
from profithunt.engine.spark import SparkEngine
from profithunt.errors import EngineError
from tests.engines import gaps

pytestmark = [pytest.mark.spark, pytest.mark.slow]

COLUMNS = {"n": "int", "d": "money", "x": "rate", "t": "text", "on_day": "date", "at": "timestamp", "g": "text"}
ROWS: list[tuple[Any, ...]] = [
    (7, Decimal("2.5000"), 2.5, "Straße 7", dt.date(2024, 2, 29), dt.datetime(2024, 3, 31, 0, 30), "a"),
    (-7, Decimal("-2.5000"), -2.5, "", dt.date(1899, 12, 31), dt.datetime(1899, 12, 31, 23, 59, 59, 999999), "a"),
    (0, Decimal("0.0000"), -0.0, " a_b%c\\d ", dt.date(1600, 3, 1), dt.datetime(2024, 10, 27, 0, 59, 59), "a"),
    (None, None, None, None, None, None, None),
    (3, Decimal("0.0001"), 1.00005, "İstanbul", dt.date(9999, 12, 31), dt.datetime(2024, 12, 31, 23, 30), "b"),
    (2**53 + 1, Decimal("99999999999999.9999"), 1e300, "日本", dt.date(2025, 1, 5), dt.datetime(2025, 1, 1), "b"),
    (1, Decimal("1.0050"), 1.005, "a", dt.date(2024, 12, 30), dt.datetime(2024, 3, 10, 7, 30, 0, 1), "b"),
    (2, Decimal("0.5000"), 0.49999999999999994, "b\nc", dt.date(2000, 2, 29), dt.datetime(1970, 1, 1), None),
    (5, Decimal("1.4999"), 3.5, "NULL", dt.date(1900, 1, 1), dt.datetime(2024, 6, 30, 15, 0), "c"),
    (-1, Decimal("-0.0001"), 8.5e-5, "a", dt.date(2024, 1, 31), dt.datetime(2023, 11, 5, 5, 30), "c"),
]

EACH = [
    "X_DIV(n, d)", "X_DIV(d, n)", "X_DIV(x, 0)", "X_DIV(0, 0)", "X_DIV(n, 3)", "n / 7", "d / 3",
    "X_MONEY(CASE WHEN ABS(x) < 1e9 THEN x END)", "X_MONEY(d)", "X_MONEY(n % 10)", "X_QUANTITY(CASE WHEN n < 9 THEN x END)",
    "X_TIMES(CASE WHEN ABS(d) < 1e9 THEN d END, 0.12345)", "X_ALLOCATE(d, X_DIV(1, 3), 1)", "X_ALLOCATE(d, 0, 1)",
    "X_TIMES(d, CASE WHEN ABS(x) < 10 THEN x END)",
    "CAST(CASE WHEN ABS(x) < 1e9 THEN x END AS BIGINT)", "CAST(d AS BIGINT)", "CAST(2.5 AS INT)", "CAST(3.5 AS INT)",
    "CAST(CAST(2.5 AS DOUBLE) AS INT)", "CAST(CAST(-2.5 AS DOUBLE) AS INT)", "CAST(-2.5 AS INT)",
    "ROUND(x)", "ROUND(d)", "ROUND(CASE WHEN ABS(x) < 1e9 THEN x END, 2)", "ROUND(d, 2)", "ROUND(1.005, 2)",
    "FLOOR(d)", "CEIL(d)", "FLOOR(CASE WHEN ABS(x) < 1e9 THEN x END)", "CEIL(-2.5)", "ABS(d)", "ABS(x)", "SIGN(n)", "SQRT(ABS(x))", "EXP(d / 1e15)",
    "LN(ABS(d) + 1)", "POWER(0.5, n / 100.0)", "POW(x, 2)", "CBRT(27)", "MOD(n, 3)", "MOD(-7, 3)", "n % 5",
    "d + d", "d - 1", "-d", "CASE WHEN ABS(d) < 1e9 THEN d * 2 END", "n * 2", "n + 0.5", "x + d", "x * 0 = 0", "d = 2.5", "x = 2.5", "n = d",
    "GREATEST(n, 2)", "LEAST(d, x)", "GREATEST(NULL, n)", "COALESCE(d, 0)", "COALESCE(x, 1.0)", "NULLIF(n, 0)",
    "CASE WHEN n > 0 THEN 0 ELSE d END", "n IS NULL", "n > 2 AND d > 0", "n > 2 OR d IS NULL", "NOT n > 2",
    "n IN (1, 2, 3)", "n BETWEEN 0 AND 5", "g IS DISTINCT FROM 'a'",
    "CONCAT(t, '|', g)", "t || g", "CONCAT_WS('-', t, g, NULL)", "X_TEXT_KEY(t, g)", "LENGTH(t)", "TRIM(t)",
    "LEFT(t, 2)", "RIGHT(t, 2)", "SUBSTRING(t, 2, 3)", "REPLACE(t, 'a', '\\')", "SPLIT_PART(t, ' ', 2)",
    "STARTS_WITH(t, 'S')", "t LIKE '%a%'", "t LIKE '%\\_b%'", "t LIKE '_'", "t = 'a'", "t < 'b'", "UPPER(g)",
    "LOWER('ABC')", "UPPER('ß')", "LOWER('İ')", "'a\\b'", "'it''s'",
    "CAST(n AS TEXT)", "CAST(d AS TEXT)", "CAST(on_day AS TEXT)", "CAST(at AS TEXT)", "CAST(TRUE AS TEXT)",
    "CAST('12.3456' AS DECIMAL(18, 4))", "CAST(' 7' AS BIGINT)", "CAST('2024-02-29' AS DATE)",
    "CAST('2024-02-29 12:00:00' AS TIMESTAMP)", "CAST(at AS DATE)", "CAST(on_day AS TIMESTAMP)",
    "X_DAY(at)", "X_MONTH(on_day)", "X_DAYS_BETWEEN(on_day, DATE '2024-03-01')", "X_ADD_DAYS(DATE '2024-03-01', n % 9)",
    "X_ADD_MONTHS(DATE '2024-01-31', 1)", "X_MONTHS_BETWEEN(on_day, DATE '2024-03-01')", "X_ADD_SECONDS(at, 90)",
    "YEAR(on_day)", "MONTH(on_day)", "DAY(on_day)", "QUARTER(on_day)", "EXTRACT(dow FROM on_day)",
    "EXTRACT(isodow FROM on_day)", "EXTRACT(week FROM on_day)", "EXTRACT(hour FROM at)", "LAST_DAY(on_day)",
    "CAST(DATE_TRUNC('week', on_day) AS DATE)", "on_day > DATE '2024-01-01'", "at < TIMESTAMP '2024-03-31 00:30:01'",
    "ROW_NUMBER() OVER (ORDER BY d, n)", "ROW_NUMBER() OVER (ORDER BY d DESC, n)",
    "ROW_NUMBER() OVER (ORDER BY x NULLS FIRST, n)", "ROW_NUMBER() OVER (ORDER BY t, n)",
    "SUM(d) OVER (PARTITION BY g ORDER BY n NULLS FIRST)", "RANK() OVER (ORDER BY g NULLS LAST)",
    "LAG(n) OVER (ORDER BY d, n)", "FIRST_VALUE(t) OVER (PARTITION BY g ORDER BY n NULLS FIRST)", "NTILE(3) OVER (ORDER BY d, n)",
    "PERCENT_RANK() OVER (ORDER BY d, n)", "CUME_DIST() OVER (ORDER BY d, n)", "COUNT(*) OVER (PARTITION BY g)",
]  # fmt: skip

OVER_ALL = [
    "COUNT(*)", "COUNT(d)", "COUNT(DISTINCT g)", "SUM(n)", "SUM(d)", "SUM(CASE WHEN x < 1e9 THEN x END)", "MIN(t)",
    "MAX(t)", "MIN(on_day)", "MAX(at)", "AVG(d)", "AVG(n % 10)", "STDDEV(n % 10)", "STDDEV_POP(n % 10)",
    "VARIANCE(n % 10)", "CORR(n % 10, d / 1e10)", "COUNT_IF(n > 2)", "X_PERCENTILE(d, 0.5)", "X_PERCENTILE(n % 10, 0.1)",
    "X_PERCENTILE(CASE WHEN x < 1e9 THEN x END, 0.9)", "X_SUM(d)", "X_DIV(SUM(d), SUM(n))", "MAX(x)",
    "SUM(CAST(d AS DOUBLE) * n)", "X_MONEY(AVG(d))", "CAST(AVG(n % 10) AS BIGINT)", "SUM(n) / 4",
]  # fmt: skip


@pytest.fixture(scope="module")
def both(application: SparkEngine) -> Any:
    with Engine(threads=1, memory_limit="1GB") as duck, SparkEngine() as spark:
        for engine in (duck, spark):
            engine.table("nasty", values_query(COLUMNS, ROWS))
            engine.table("nothing", values_query(COLUMNS, []))
        yield duck, spark


def _same(first: Any, second: Any) -> bool:
    if isinstance(first, float) and isinstance(second, (float, Decimal)):
        return math.isclose(first, second, rel_tol=1e-12, abs_tol=1e-300) or (math.isnan(first) and math.isnan(second))
    if isinstance(first, (int, float)) and isinstance(second, (int, float)):
        return first == second
    return first == second and isinstance(first, type(second))


def _ask(both: Any, expression: str, table: str, order: str = "") -> tuple[list[Any], list[Any]]:
    sql = compile_sql(f"SELECT {expression} AS answer FROM {table}{order}", values={"timezone": "America/New_York"})
    return tuple([row[0] for row in engine.rows(sql)] for engine in both)  # type: ignore[return-value]


def _marked(expressions: list[str]) -> list[Any]:
    return [
        pytest.param(text, marks=pytest.mark.xfail(reason=gaps.EXPRESSIONS[text], strict=True))
        if text in gaps.EXPRESSIONS
        else text
        for text in expressions
    ]


@pytest.mark.parametrize("expression", _marked(EACH))
def test_a_row_gives_the_same(both: Any, expression: str):
    duck, spark = _ask(both, expression, "nasty", " ORDER BY n NULLS FIRST, d NULLS FIRST")
    assert all(_same(a, b) for a, b in zip(duck, spark, strict=True)), f"{duck} {spark}"


@pytest.mark.parametrize("expression", OVER_ALL)
@pytest.mark.parametrize("table", ["nasty", "nothing"])
def test_all_rows_and_no_rows_give_the_same(both: Any, expression: str, table: str):
    duck, spark = _ask(both, expression, table)
    assert all(_same(a, b) for a, b in zip(duck, spark, strict=True)), f"{duck} {spark}"


def test_nulls_stand_where_duckdb_puts_them(both: Any):
    for order in ("d", "d DESC", "t", "x DESC", "on_day"):
        duck, spark = _ask(both, "n", "nasty", f" ORDER BY {order}, n")
        assert duck == spark


def test_grouping_sets_and_missing_keys_are_the_same(both: Any):
    sql = compile_sql(
        "SELECT g, n % 2 AS m, GROUPING(g) AS whole, COUNT(*) AS c, SUM(d) AS d FROM nasty"
        " GROUP BY GROUPING SETS ((g), (g, n % 2), ()) ORDER BY g, m, whole, c"
    )
    duck, spark = (engine.rows(sql) for engine in both)
    assert duck == spark


def test_minus_zero_is_zero_and_nan_is_greatest(both: Any):
    sql = compile_sql(
        "SELECT COUNT(*) AS n, MAX(x) AS greatest FROM (SELECT x FROM nasty WHERE n = 0 UNION ALL SELECT CAST(0 AS DOUBLE)"
        " UNION ALL SELECT CAST('NaN' AS DOUBLE)) AS zeros GROUP BY x ORDER BY n"
    )
    duck, spark = (engine.rows(sql) for engine in both)
    assert [row[0] for row in duck] == [row[0] for row in spark] == [1, 2]
    assert math.isnan(duck[0][1])
    assert math.isnan(spark[0][1])


def test_sums_beyond_what_eighteen_digits_hold_are_exact_on_both(both: Any):
    sql = compile_sql("SELECT SUM(a.d) AS s FROM nasty AS a CROSS JOIN nasty AS b CROSS JOIN nasty AS c")
    duck, spark = (engine.value(sql) for engine in both)
    assert duck == spark
    assert duck > Decimal(10) ** 15


@pytest.mark.parametrize("expression", ["CAST(t AS BIGINT)", "CAST('x' AS DATE)", "CAST(1e300 AS DECIMAL(18, 4))"])
def test_what_is_no_number_is_an_error_on_both(both: Any, expression: str):
    for engine in both:
        with pytest.raises(EngineError):
            engine.rows(compile_sql(f"SELECT {expression} AS answer FROM nasty"))


@pytest.mark.parametrize("scale", [1, 100, 10_000, 1e9, 9e13])
def test_a_thousand_amounts_are_rounded_alike(both: Any, scale: float):
    chance = random.Random(7)  # noqa: S311 - made-up data
    numbers = [chance.uniform(-1, 1) * scale for _ in range(700)]
    ties = [round(number, 4) + sign * 0.00005 for number in numbers[:150] for sign in (1, -1)]
    for engine in both:
        engine.table("amounts", values_query({"x": "rate"}, [(number,) for number in (*numbers, *ties)]))
    duck, spark = _ask(both, "X_MONEY(x)", "amounts", " ORDER BY x")
    assert duck == spark
    duck, spark = _ask(both, "CAST(ROUND(CAST(x AS DOUBLE)) AS BIGINT)", "amounts", " ORDER BY x")
    assert duck == spark
