"""A shop of any size, made by the engine: the same seed and size always give the same rows.

Each canonical table is one SQL file in `shop/`; the laws they share (how many lines an order has, what a SKU costs) are
macros of the order's index, so no table waits for another and nothing is held in memory.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
from sqlglot import exp

from profithunt.schema import TABLES, sql_type

SQL: Final = Path(__file__).parent / "shop"
MADE: Final = (
    "products",
    "customers",
    "orders",
    "order_lines",
    "shipments",
    "returns",
    "contacts",
    "touches",
    "ad_spend",
    "cost_rates",
)
SKUS: Final = 50_000
LINES_PER_ORDER: Final = 3
ORDERS_PER_CUSTOMER: Final = 3
FORMAT: Final = "2"
"""Part of the folder's name: raise it when a file in `shop/` changes, so that no old shop is taken for a new one."""


@dataclass(frozen=True)
class Shop:
    """A generated shop: a folder with one Parquet file per canonical table."""

    folder: Path
    lines: int

    def table(self, name: str) -> Path:
        """The file of one canonical table."""
        return self.folder / f"{name}.parquet"


def make(
    lines: int, cache: Path, seed: int = 7, memory: str = "3GB", say: Callable[[str], None] = lambda _: None
) -> Shop:
    """The shop of about `lines` order lines, made once and kept in `cache`."""
    engine = duckdb.__version__.replace(".", "-")
    folder = cache / f"shop-{lines}-seed-{seed}-format-{FORMAT}-duckdb-{engine}"
    if folder.exists():
        return Shop(folder, lines)
    unfinished = folder.with_name(f"{folder.name}.{os.getpid()}")
    unfinished.mkdir(parents=True)
    (cache / ".gitignore").write_text("*\n", "utf-8")
    with duckdb.connect(config={"memory_limit": memory, "temp_directory": str(unfinished / "spill")}) as connection:
        _set_up(connection, lines, seed)
        for table in MADE:
            began = time.perf_counter()
            _write(connection, table, unfinished / f"{table}.parquet")
            say(f"{folder.name}: {table} made in {time.perf_counter() - began:.1f} s")
    unfinished.rename(folder)
    return Shop(folder, lines)


def _set_up(connection: duckdb.DuckDBPyConnection, lines: int, seed: int) -> None:
    orders = lines // LINES_PER_ORDER
    sizes = {"seed": seed, "orders": orders, "customers": max(1, orders // ORDERS_PER_CUSTOMER), "skus": SKUS}
    for name, size in sizes.items():
        connection.execute(exp.Set(expressions=[_variable(name, size)]).sql("duckdb"))
    connection.execute("SET enable_progress_bar = false")
    connection.execute((SQL / "macros.sql").read_text("utf-8"))


def _variable(name: str, value: int) -> exp.SetItem:
    assignment = exp.EQ(this=exp.to_identifier(name), expression=exp.Literal.number(value))
    return exp.SetItem(this=assignment, kind="VARIABLE")


def _write(connection: duckdb.DuckDBPyConnection, table: str, path: Path) -> None:
    """Write one table with every column of the schema: what the shop does not record is null."""
    made = connection.sql((SQL / f"{table}.sql").read_text("utf-8"))
    columns = {name: sql_type(column.type) for name, column in TABLES[table].columns.items()}
    unknown = set(made.columns) - set(columns)
    if unknown:
        msg = f"shop/{table}.sql makes columns that the schema does not have: {sorted(unknown)}"
        raise ValueError(msg)
    made.create_view("made", replace=True)
    typed = [
        exp.cast(exp.column(name) if name in made.columns else exp.null(), kind).as_(name)
        for name, kind in columns.items()
    ]
    lineage = [exp.cast(exp.Literal.string(f"{table}.csv"), "TEXT").as_("_file")]
    row = exp.Window(this=exp.RowNumber())
    lineage.append(exp.cast(row, "BIGINT").as_("_row"))
    connection.sql(exp.select(*typed, *lineage).from_("made").sql("duckdb")).write_parquet(
        str(path), compression="zstd"
    )
