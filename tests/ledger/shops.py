"""Small shops made of rows, built into a ledger: the world of the ledger's tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from profithunt.config import ShopConfig
from profithunt.engine import Engine, values_query
from profithunt.ledger.build import build_ledger
from profithunt.schema import TABLES

Tables = Mapping[str, Sequence[Mapping[str, Any]]]

NOON = dt.datetime(2024, 3, 5, 12)


def order(order_id: str, at: dt.datetime = NOON, **fields: Any) -> dict[str, Any]:
    """An order."""
    return {"order_id": order_id, "ordered_at": at, **fields}


def line(
    order_id: str, line_no: int, sku: str, quantity: float | Decimal, unit_price: str, **fields: Any
) -> dict[str, Any]:
    """A line of an order; money as text."""
    return {
        "order_id": order_id,
        "line_no": line_no,
        "sku": sku,
        "quantity": Decimal(str(quantity)),
        "unit_price": Decimal(unit_price),
        **{name: Decimal(value) if name in MONEY else value for name, value in fields.items()},
    }


MONEY = {"discount", "tax", "unit_cost", "list_amount", "line_amount", "cost_amount", "funded", "cancelled_quantity"}


@contextmanager
def ledger_of(tables: Tables, settings: Mapping[str, Any] | None = None) -> Iterator[Engine]:
    """An engine over the ledger of a shop made of these rows."""
    with TemporaryDirectory() as folder, Engine(threads=1) as engine:
        for name, rows in tables.items():
            table = TABLES[name]
            columns = {column.name: column.type for column in table.columns.values()}
            given = [tuple(row.get(column) for column in columns) for row in rows]
            engine.view(name, values_query(columns, given))
        fingerprints = {name: name for name in TABLES}
        config = ShopConfig.model_validate(dict(settings or {}))
        build_ledger(engine, config, Path(folder), fingerprints=fingerprints)
        yield engine


def lines_of(engine: Engine) -> dict[tuple[str, int], dict[str, Any]]:
    """Ledger rows of order lines by (order, line)."""
    rows = engine.dicts("SELECT * FROM ledger WHERE line_no IS NOT NULL")
    return {(row["order_id"], row["line_no"]): row for row in rows}


def loose_of(engine: Engine) -> list[dict[str, Any]]:
    """Ledger rows that belong to no line."""
    return engine.dicts("SELECT * FROM ledger WHERE line_no IS NULL ORDER BY entry, ordered_on")
