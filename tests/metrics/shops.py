"""Random shops as canonical tables in an engine, with their ledger and their metrics."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from profithunt.config import ShopConfig, parse
from profithunt.engine import Engine, values_query
from profithunt.ledger.build import build_ledger, empty_table
from profithunt.metrics.build import MetricsBuilt, build_metrics
from profithunt.schema import TABLES

START = dt.datetime(2022, 12, 20, 12)


def config(folder: Path, **sections: object) -> ShopConfig:
    return parse({"shop": {"as_of": "2023-03-31"}, **sections}, file=folder / "shop.toml")


def put(engine: Engine, name: str, rows: list[dict[str, object]]) -> None:
    """A canonical table with these rows; columns that are not given are missing."""
    if not rows:
        engine.table(name, empty_table(name))
        return
    columns = {column.name: column.type for column in TABLES[name].columns.values()} | {"_file": "text", "_row": "int"}
    given = [tuple(row.get(column) for column in columns) for row in rows]
    engine.table(name, values_query(columns, given))


def build(
    engine: Engine, folder: Path, tables: dict[str, list[dict[str, object]]], settings: ShopConfig
) -> MetricsBuilt:
    """Ledger and metrics of a shop with these tables."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        put(engine, name, rows)
    prints = {name: name for name in TABLES}
    build_ledger(engine, settings, folder, fingerprints=prints)
    return build_metrics(engine, settings, folder, fingerprints=prints)


def tables(orders: list[tuple[int, int, int, int, bool]]) -> dict[str, list[dict[str, object]]]:
    """Orders as (day, channel, units, cents, contact); each with a parcel promised for two days later."""
    channels = ("web", "app", None)
    made: dict[str, list[dict[str, object]]] = {
        "orders": [],
        "order_lines": [],
        "shipments": [],
        "contacts": [],
        "products": [],
    }
    made["products"] = [{"sku": "a", "category": "tea", "unit_cost": 1, "list_price": 20}]
    for number, (day, channel, units, cents, contact) in enumerate(orders):
        at = START + dt.timedelta(days=day)
        key = f"o{number}"
        made["orders"].append(
            {"order_id": key, "ordered_at": at, "customer_id": f"c{number % 5}", "channel": channels[channel % 3]}
        )
        made["order_lines"].append(
            {"order_id": key, "line_no": 1, "sku": "a", "quantity": units, "unit_price": round(cents / 100, 2)}
        )
        late = dt.timedelta(days=1 if cents % 3 == 0 else -1)
        made["shipments"].append(
            {
                "shipment_id": key,
                "order_id": key,
                "carrier": "fast" if cents % 2 else "slow",
                "dispatched_at": at + dt.timedelta(hours=6),
                "promised_at": at + dt.timedelta(days=2),
                "delivered_at": at + dt.timedelta(days=2) + late,
            }
        )
        if contact:
            made["contacts"].append({"contact_id": key, "contacted_at": at + dt.timedelta(days=1), "order_id": key})
    return made
