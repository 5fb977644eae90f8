"""The door to DuckDB: rows out, files written, results for every data-frame library, clear errors."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from sqlglot import exp

from profithunt.engine import Engine
from profithunt.errors import EngineError, ProfithuntError


@pytest.fixture
def orders(engine: Engine) -> Engine:
    engine.table(
        "orders",
        "SELECT * FROM (VALUES ('b', 2.5::DECIMAL(18, 4)), ('a', NULL), (NULL, 1.25)) AS given(order_id, paid)",
    )
    return engine


def test_rows_dicts_and_values(orders: Engine):
    query = exp.select("order_id", "paid").from_("orders").order_by("paid NULLS FIRST")
    assert orders.rows(query) == [("a", None), (None, Decimal("1.2500")), ("b", Decimal("2.5000"))]
    assert orders.dicts(query)[0] == {"order_id": "a", "paid": None}
    assert orders.value("SELECT COUNT(*) FROM orders WHERE paid > $1", [1]) == 3 - 1
    assert orders.value("SELECT paid FROM orders WHERE FALSE") is None


def test_statements_follow_each_other_while_a_relation_is_open(orders: Engine):
    relation = orders.relation("SELECT * FROM orders ORDER BY paid NULLS FIRST")
    stream = relation.__arrow_c_stream__()
    assert orders.value("SELECT 1") == 1
    assert len(relation) == 3
    assert relation.columns == ["order_id", "paid"]
    assert [row["order_id"] for row in relation] == ["a", None, "b"]
    del stream


def test_a_relation_becomes_any_data_frame(orders: Engine):
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    relation = orders.relation("SELECT order_id, paid FROM orders ORDER BY order_id NULLS LAST")
    assert list(relation.df().order_id[:2]) == ["a", "b"]
    assert relation.pl()["paid"].to_list() == [None, Decimal("2.5000"), Decimal("1.2500")]
    assert relation.arrow().schema.field("paid").type == pa.decimal128(18, 4)
    assert pl.DataFrame(relation).equals(relation.pl())
    assert pa.table(relation).equals(relation.arrow())
    assert pd.DataFrame(relation.dicts()).shape == (3, 2)


def test_parquet_files_are_sorted_typed_and_equal_byte_for_byte(orders: Engine, tmp_path: Path):
    first, second = tmp_path / "first.parquet", tmp_path / "it's second.parquet"
    assert orders.write_parquet("SELECT * FROM orders", first, order_by=["order_id"]) == 3
    orders.write_parquet("SELECT * FROM orders ORDER BY paid DESC", second, order_by=["order_id"])
    assert first.read_bytes() == second.read_bytes()
    orders.attach_parquet("again", second)
    assert [row[0] for row in orders.rows("SELECT order_id FROM again")] == [None, "a", "b"]
    assert orders.columns("again") == {"order_id": "VARCHAR", "paid": "DECIMAL(18,4)"}
    orders.attach_parquet("twice", [first, second])
    assert orders.value("SELECT COUNT(*) FROM twice") == 6


def test_names_are_replaced_whatever_they_stood_for(engine: Engine):
    engine.table("thing", "SELECT 1 AS a")
    engine.view("thing", "SELECT 2 AS a")
    assert engine.value("SELECT a FROM thing") == 2
    engine.table('odd "name"; --', exp.select("1 AS a"))
    assert engine.has('odd "name"; --')
    engine.drop("thing")
    assert not engine.has("thing")


def test_arrow_from_elsewhere_is_copied_in(engine: Engine):
    import pyarrow as pa

    table = pa.table({"sku": ["x", "y"], "n": [1, None]})
    engine.attach_arrow("given", table)
    del table
    assert engine.rows("SELECT sku, n FROM given ORDER BY sku") == [("x", 1), ("y", None)]


def test_an_error_is_one_sentence_about_the_statement(engine: Engine):
    with pytest.raises(EngineError) as caught:
        engine.rows("SELECT nothing FROM nowhere")
    assert "nowhere" in str(caught.value)
    assert "\n" not in str(caught.value)
    with pytest.raises(EngineError):
        engine.relation("SELECT nothing FROM nowhere").rows()


def test_limits_that_make_no_sense_point_to_the_settings():
    with pytest.raises(ProfithuntError, match=r"\[limits\] in shop.toml"):
        Engine(memory_limit="much")


def test_an_engine_fetches_no_extension(engine: Engine):
    settings = dict(
        engine.rows(
            "SELECT name, value FROM duckdb_settings() WHERE name LIKE 'auto%load%' OR name LIKE 'auto%install%'"
        )
    )
    assert settings["autoinstall_known_extensions"] == "false"
    assert settings["autoload_known_extensions"] == "false"
