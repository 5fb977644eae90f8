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


def test_what_a_name_stands_for_is_never_out_of_date(tmp_path):
    with Engine() as engine:
        assert not engine.has("t")
        engine.run("CREATE TABLE t AS SELECT 1 AS x")
        assert engine.has("t")
        engine.run("DROP TABLE t")
        assert not engine.has("t")
        engine.table("t", "SELECT 1 AS x")
        engine.view("t", "SELECT 2 AS x")
        assert engine.value("SELECT x FROM t") == 2
        with engine.shadow({"t": "SELECT x + 1 AS x FROM main.t", "u": "SELECT 1 AS x"}):
            assert engine.has("u")
        assert not engine.has("u")
        assert engine.has("t")
        engine.drop("t")
        assert not engine.has("t")


def test_a_database_is_read_in_place_of_what_had_its_names(tmp_path):
    path = tmp_path / "kept.duckdb"
    with Engine() as engine:
        engine.table("t", "SELECT UNNEST([3, 1, 2]) AS x")
        engine.write_database(path, ["t"], {"sorted": ("SELECT x FROM t", ("x",))})
        assert not engine.has("sorted")
    with Engine() as one, Engine() as other:
        for engine in (one, other):
            engine.view("t", "SELECT 0 AS x")
            engine.attach_database(path)
            assert engine.rows("SELECT x FROM t") == [(3,), (1,), (2,)]
            assert engine.rows("SELECT x FROM sorted") == [(1,), (2,), (3,)]
            assert engine.has("sorted")
            with pytest.raises(EngineError):
                engine.run("INSERT INTO served.t VALUES (4)")
