"""The house dialect: what compiles, what is refused, what the header promises."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from profithunt.engine import Engine, build_order, compile_model, compile_sql, dependencies, read_model
from profithunt.engine.compiler import EXPERIMENTAL_DIALECTS
from profithunt.errors import ModelError

MODEL = """/* ---
what = "What each customer paid."
grain = ["customer_id"]
[columns]
customer_id = "text | customer"
paid = "money | sum of the orders"
n_orders = "int | number of orders"
[checks]
unique = true
--- */
SELECT customer_id, COUNT(*) AS n_orders, SUM(amount) AS paid FROM orders GROUP BY customer_id
"""


def _model(folder: Path, text: str = MODEL, name: str = "customer_sums"):
    path = folder / f"{name}.sql"
    path.write_text(text, "utf-8")
    return read_model(path)


@pytest.mark.parametrize(
    "value",
    [1, -1, 1.5, Decimal("-12345678901234.5678"), True, False, None, "it's; DROP TABLE orders --", "ünï",
     dt.date(2024, 2, 29), dt.datetime(2024, 2, 29, 23, 59, 59)],
)  # fmt: skip
def test_values_arrive_as_they_are(engine: Engine, value: Any):
    got = engine.value(compile_sql("SELECT $value AS got", values={"value": value}))
    assert got == value
    assert isinstance(got, bool) == isinstance(value, bool)


def test_a_missing_value_is_named():
    with pytest.raises(ModelError, match=r"needs the value \$limit"):
        compile_sql("SELECT a FROM t WHERE a > $limit")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SELECT * FROM orders", "SELECT \\*"),
        ("SELECT o.* FROM orders AS o", "SELECT \\*"),
        ("SELECT a, ROW_NUMBER() OVER (ORDER BY a) AS n FROM t QUALIFY n = 1", "QUALIFY"),
        ("SELECT FIRST_VALUE(a IGNORE NULLS) OVER (ORDER BY b) AS a FROM t", "IGNORE NULLS"),
        ("SELECT a FROM t USING SAMPLE 10%", "sampling"),
        ("SELECT MEDIAN(a) AS m FROM t", "MEDIAN"),
        ("SELECT READ_CSV('orders.csv') AS a", "READ_CSV"),
        ("SELECT GETENV('HOME') AS a", "GETENV"),
        ("SELECT a FROM t; SELECT b FROM t", "one SELECT"),
        ("DROP TABLE orders", "one SELECT"),
        ("INSERT INTO t SELECT 1 AS a", "one SELECT"),
        ("SELEC a FROM t", "is not SQL|one SELECT"),
        ("", "one SELECT"),
    ],
)
def test_what_engines_do_differently_is_refused(text: str, words: str):
    with pytest.raises(ModelError, match=words) as caught:
        compile_sql(text, where="my_detector.sql")
    assert "my_detector.sql" in str(caught.value)


def test_counting_rows_is_allowed(engine: Engine):
    engine.table("t", "SELECT 1 AS a UNION ALL SELECT NULL")
    assert engine.value(compile_sql("SELECT COUNT(*) AS n FROM t")) == 2


def test_dependencies_leave_out_names_of_the_statement_itself():
    text = (
        "WITH paid AS (SELECT a FROM orders) SELECT p.a FROM paid AS p JOIN (SELECT a FROM returns) AS r ON r.a = p.a"
    )
    assert dependencies(text) == {"orders", "returns"}


def test_a_model_gives_the_columns_of_its_header_in_their_order_and_types(engine: Engine, tmp_path: Path):
    engine.table("orders", "SELECT 7 AS customer_id, 1.25 AS amount UNION ALL SELECT 7, 2.5")
    sql = compile_model(_model(tmp_path))
    assert engine.describe(sql) == {"customer_id": "VARCHAR", "paid": "DECIMAL(18,4)", "n_orders": "BIGINT"}
    assert engine.rows(sql) == [("7", Decimal("3.7500"), 2)]


@pytest.mark.parametrize("dialect", ["spark", *EXPERIMENTAL_DIALECTS])
def test_a_model_can_be_written_for_other_engines(tmp_path: Path, dialect: str):
    text = compile_model(_model(tmp_path), dialect=dialect)
    assert "CAST" in text
    assert "X_" not in text


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("/* ---", "/*", "has no header"),
        ('grain = ["customer_id"]', "grain = [", "not TOML"),
        ('paid = "money | sum of the orders"', 'paid = "cash | sum"', "unknown type 'cash'"),
        ("grain =", "owner = 1\ngrain =", "unknown header key 'owner'"),
    ],
)
def test_a_header_that_breaks_its_contract_is_named(tmp_path: Path, old: str, new: str, words: str):
    with pytest.raises(ModelError, match=words):
        _model(tmp_path, MODEL.replace(old, new))


def test_models_are_built_after_what_they_read(tmp_path: Path):
    def model(name: str, reads: str):
        return _model(tmp_path, MODEL.replace("FROM orders", f"FROM {reads}"), name)

    models = {name: model(name, reads) for name, reads in {"c": "b", "a": "orders", "b": "a"}.items()}
    assert [item.name for item in build_order(models, {"orders"})] == ["a", "b", "c"]
    with pytest.raises(ModelError, match="reads orders, which is neither"):
        build_order(models, set())
    with pytest.raises(ModelError, match="in a circle"):
        build_order({**models, "a": model("a", "c")}, {"orders"})
