"""The door to Spark: the same answers as DuckDB's, runs elsewhere, sources that it reads itself, clear errors."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from profithunt.api.engines import with_engine
from profithunt.api.lake import files_only
from profithunt.config import ShopConfig
from profithunt.engine import Engine, compile_sql, sparksession
from profithunt.engine.spark import SparkEngine
from profithunt.errors import EngineError, SourceError, UsageError
from profithunt.sources.lake import build_lake

needs_spark = [pytest.mark.spark, pytest.mark.slow]

ORDERS = "SELECT * FROM VALUES ('b', CAST(2.5 AS DECIMAL(18, 4))), ('a', NULL), (NULL, 1.25) AS given(order_id, paid)"


def test_without_java_or_pyspark_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sparksession, "missing", lambda: "there is no Java")
    with pytest.raises(UsageError, match=r"there is no Java.*install pip install 'profithunt\[spark\]', and Java 17"):
        SparkEngine()


def test_what_only_spark_can_do_is_not_asked_of_duckdb():
    with pytest.raises(UsageError, match="add --engine spark"):
        with_engine(ShopConfig(), None, "local[2]", None)
    with pytest.raises(UsageError, match="there is no engine 'ibis'"):
        with_engine(ShopConfig(), "ibis", None, None)
    lake = ShopConfig.model_validate({"sources": [{"table": "orders", "catalogue": "lake.orders"}]})
    with pytest.raises(UsageError, match=r"lake.orders is read by Spark; add --engine spark"):
        files_only(lake)
    assert files_only(with_engine(lake, "spark", None, None)).sources == []


class TestDoor:
    """On a real Spark."""

    pytestmark = needs_spark

    def test_rows_files_and_names(self, spark: SparkEngine, duck: Engine, tmp_path: Path):
        spark.table("orders", ORDERS)
        query = compile_sql("SELECT order_id, paid FROM orders ORDER BY paid NULLS FIRST")
        assert spark.rows(query) == [("a", None), (None, Decimal("1.2500")), ("b", Decimal("2.5000"))]
        assert spark.columns("orders") == {"order_id": "string", "paid": "decimal(18,4)"}
        assert spark.write_parquet(query, tmp_path / "orders.parquet", order_by=["order_id"]) == 3
        duck.attach_parquet("orders", sorted((tmp_path / "orders").glob("*.parquet")))
        assert [row[0] for row in duck.rows("SELECT order_id FROM orders")] == [None, "a", "b"]
        assert spark.write_csv(query, tmp_path / "orders.csv") == 3
        assert (tmp_path / "orders.csv").read_text("utf-8").splitlines()[:2] == ["order_id,paid", "a,"]
        spark.drop("orders")
        assert not spark.has("orders")

    def test_names_of_two_engines_do_not_meet(self, spark: SparkEngine):
        spark.table("mine", "SELECT 1 AS a")
        with SparkEngine() as other:
            assert not other.has("mine")
            with pytest.raises(EngineError, match="mine"):
                other.rows("SELECT a FROM mine")
        assert spark.value("SELECT a FROM mine") == 1

    def test_arrays_are_those_of_duckdb(self, spark: SparkEngine, duck: Engine):
        sql = compile_sql(
            "SELECT 1 AS n, CAST(2.5 AS DECIMAL(18, 4)) AS d, CAST(NULL AS DOUBLE) AS x, 'é' AS t,"
            " DATE '1890-01-01' AS on_day, TIMESTAMP '2024-01-01 00:00:01' AS at, TRUE AS b"
        )
        first, second = duck.arrays(sql), spark.arrays(sql)
        assert {name: (item.dtype, item.tolist()) for name, item in first.items()} == {
            name: (item.dtype, item.tolist()) for name, item in second.items()
        }
        spark.attach_arrays("back", second)
        assert spark.rows("SELECT n, d, x, t, on_day, b FROM back") == [(1, 2.5, None, "é", dt.date(1890, 1, 1), True)]
        batches = list(spark.array_batches("SELECT id FROM range(5) ORDER BY id", rows=2))
        assert [batch["id"].tolist() for batch in batches] == [[0, 1], [2, 3], [4]]

    def test_a_relation_becomes_any_data_frame(self, spark: SparkEngine):
        spark.table("orders", ORDERS)
        relation = spark.relation("SELECT * FROM orders ORDER BY order_id NULLS LAST")
        assert len(relation) == 3
        assert [row["order_id"] for row in relation] == ["a", "b", None]
        assert list(relation.df().order_id[:2]) == ["a", "b"]
        assert relation.pl()["paid"].to_list() == [None, Decimal("2.5000"), Decimal("1.2500")]

    def test_what_is_below_the_local_folder_goes_elsewhere(self, application: SparkEngine, tmp_path: Path):
        assert application.version.startswith("spark 4")
        away = tmp_path / "bucket"
        with SparkEngine(local=tmp_path / "run", out=away.as_uri()) as engine:
            engine.write_parquet("SELECT 1 AS a", tmp_path / "run" / "tables" / "t.parquet")
            engine.attach_parquet("t", tmp_path / "run" / "tables" / "t.parquet")
            assert engine.value("SELECT a FROM t") == 1
            assert engine.folder_sizes(tmp_path / "run" / "tables").keys() == {"t"}
        assert list((away / "tables" / "t").glob("part-*.parquet"))

    def test_it_reads_a_lake_and_sets_aside_what_can_not_be_used(
        self, spark: SparkEngine, duck: Engine, tmp_path: Path
    ):
        _lake(duck, tmp_path)
        result = build_lake(_config(tmp_path), spark, tmp_path / "out")
        assert spark.rows("SELECT order_id, ordered_at, channel, order_discount FROM orders ORDER BY order_id") == [
            ("1", dt.datetime(2024, 3, 1, 7), "web", Decimal("1.5000")),
            ("2", dt.datetime(2024, 3, 1, 7), "web", None),
        ]
        assert spark.rows("SELECT order_id, line_no, quantity FROM order_lines") == [("1", 1, Decimal("2.0000"))]
        aside = sorted(spark.rows("SELECT `table`, `column`, reason, value, money FROM quarantine"), key=str)
        assert aside == [
            ("order_lines", "order_id", "no such order", None, Decimal("3.0000")),
            ("order_lines", "quantity", "not a number", "two", None),
            ("orders", "order_id", "required value missing", None, None),
        ]
        assert result.tables["orders"].rows_kept == 2
        assert result.rows_quarantined == 3
        assert result.money_quarantined == Decimal("3.0000")

    def test_a_column_that_is_not_there_is_named(self, spark: SparkEngine, duck: Engine, tmp_path: Path):
        _lake(duck, tmp_path)
        config = _config(tmp_path, order_discount="rebate")
        with pytest.raises(SourceError, match="there is no column 'rebate'"):
            build_lake(config, spark, tmp_path / "out")


def _lake(duck: Engine, folder: Path) -> None:
    duck.write_parquet(
        "SELECT * FROM (VALUES ('1', TIMESTAMP '2024-03-01 08:00:00', 'x', 1.5::DOUBLE), ('2', TIMESTAMP '2024-03-01 08:00:00', 'x', NULL),"
        " (NULL, TIMESTAMP '2024-03-01 08:00:00', 'x', NULL), ('3', TIMESTAMP '2024-03-01 08:00:00', 'test', NULL)) AS t(id, placed, kind, off)",
        folder / "orders.parquet",
    )
    duck.write_parquet(
        "SELECT * FROM (VALUES ('1', 'S', '2', '9.99'), ('9', 'S', '1', '3'), ('1', 'S', 'two', '9.99')) AS t(id, sku, n, price)",
        folder / "lines.parquet",
    )


def _config(folder: Path, **columns: Any) -> ShopConfig:
    (folder / "out").mkdir(exist_ok=True)
    orders = {"order_id": "id", "ordered_at": "placed", "channel": {"value": "web"}, "order_discount": "off", **columns}
    lines = {"order_id": "id", "sku": {"expr": "UPPER(sku)"}, "quantity": "n", "unit_price": "price"}
    return ShopConfig.model_validate(
        {
            "shop": {"timezone": "Europe/Berlin"},
            "sources": [
                {
                    "table": "orders",
                    "files": (folder / "orders.parquet").as_uri(),
                    "where": "kind <> 'test'",
                    "columns": orders,
                },
                {"table": "order_lines", "files": (folder / "lines.parquet").as_uri(), "columns": lines},
            ],
        }
    )
