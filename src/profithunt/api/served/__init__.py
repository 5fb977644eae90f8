"""What a run keeps ready for pages: `serve.duckdb` beside its tables, sorted by what a page asks for.

A single SKU or customer is then a few thousand rows to look at, however many lines the shop has. The file is derived:
without it (Spark with tables elsewhere, a run of an earlier version) the same names are views over the tables.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Final

from profithunt.api.engines import tables_at
from profithunt.engine import AnyEngine, Engine, compile_sql, split_header
from profithunt.engine.runs import StoredRun, table_files
from profithunt.ledger.components import LISTS, MAY_BE_MISSING

FILE: Final = "serve.duckdb"
COPIED: Final = (
    *("customer_profit", "sku_profit", "profit_slices", "order_profit", "metric_days", "opportunities"),
    "products",
)
"""Tables of the run that are kept as they are."""
SORTED: Final = {
    "served_customer_orders": ("customer_id", "ordered_at", "order_id"),
    "served_sku_buyers": ("sku", "customer_id"),
    "served_sku_months": ("sku", "month"),
}
"""What is made for pages alone, with the columns that it is sorted by; `<name>.sql` says what it is."""
READ: Final = ("ledger",)
"""Tables that these are made of, beside those that are copied."""


def write(engine: AnyEngine, reader: Engine, partial: Path) -> None:
    """Keep it beside the tables of a run that is being written; nothing where the tables are elsewhere."""
    if tables_at(engine) is not None:
        return
    if engine is not reader:
        for name, paths in table_files(partial / "tables").items():
            if name in (*COPIED, *READ):
                reader.attach_parquet(name, paths)
    copied = [name for name in COPIED if reader.has(name)]
    made = {name: (statement(name), keys) for name, keys in SORTED.items()}
    reader.write_database(partial / FILE, copied, made)


def attach(engine: AnyEngine, run: StoredRun) -> None:
    """Let an engine over a finished run read it under the names of its tables."""
    path = run.folder / FILE
    if isinstance(engine, Engine) and path.is_file():
        engine.attach_database(path)
    for name in SORTED:
        if not engine.has(name) and engine.has("ledger"):
            engine.view(name, statement(name))


def statement(name: str) -> str:
    """How one is made of the tables, compiled."""
    text = (files(__package__) / f"{name}.sql").read_text("utf-8")
    lists = {**LISTS, "may_be_missing": MAY_BE_MISSING}
    return compile_sql(split_header(text, name)[1], lists=lists, where=name)
