"""A shop made by chance from the schema: every canonical table, with everything that can be missing, zero or strange."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

from profithunt.engine import Engine, values_query
from profithunt.schema import TABLES, Column, Table

START = dt.datetime(2023, 1, 1)
DAYS = 420
ROWS = {
    "customers": 60, "products": 25, "stores": 4, "promotions": 5, "orders": 350, "order_lines": 700, "shipments": 380,
    "returns": 120, "defects": 60, "contacts": 90, "reviews": 60, "touches": 400, "ad_spend": 250, "sessions": 400,
    "events": 900, "stock": 600, "price_changes": 60, "competitor_prices": 120, "rival_offers": 60, "loyalty": 120, "customer_events": 60,
    "plan": 24, "cost_rates": 30, "carrier_capacity": 80, "noteworthy": 4,
}  # fmt: skip
WORDS = {
    "currency": ["USD", "USD", None, "EUR"],
    "category": ["Tee", "Kaffee", "Ünsorted", None],
    "reason": ["late", "wrong size", None],
    "reviews": ["good"],
    "landing_page": ["/", "/tee", None],
}
RATES = [
    "pick", "pack", "receive", "storage", "return_handling", "return_carriage", "contact", "contact_minute",
    "payment_share", "payment_fixed", "marketplace_share", "parcel", "loyalty_redemption",
]  # fmt: skip


def random_shop(folder: Path, seed: int) -> None:
    """Write the tables of a shop as Parquet."""
    chance = random.Random(seed)  # noqa: S311 - made-up data
    made: dict[str, list[dict[str, Any]]] = {}
    with Engine(threads=1, memory_limit="1GB") as engine:
        for name, table in TABLES.items():
            made[name] = _rows(chance, table, made)
            kinds = {column.name: column.type for column in table.columns.values()}
            rows = [tuple(row[column] for column in kinds) for row in made[name]]
            engine.write_parquet(values_query(kinds, rows), folder / f"{name}.parquet")


def _rows(chance: random.Random, table: Table, made: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    found: dict[Any, dict[str, Any]] = {}
    for number in range(ROWS[table.name]):
        row = {name: _value(chance, table, column, number, made) for name, column in table.columns.items()}
        _settle(chance, table.name, row, number, made)
        key = tuple(row[name] for name in table.key) if table.key else number
        found.setdefault(key, row)
    return list(found.values())


def _value(
    chance: random.Random, table: Table, column: Column, number: int, made: dict[str, list[dict[str, Any]]]
) -> Any:
    if table.key == (column.name,) and column.type == "text":
        return f"{table.name[:2]}{number:04d}"
    if not column.required and chance.random() < 0.2:
        return None
    if column.references:
        target, name = column.references.split(".")
        return chance.choice(made[target])[name] if chance.random() < 0.97 else "nobody knows"
    if column.choices:
        return chance.choice(column.choices)
    return {
        "text": lambda: chance.choice(WORDS.get(column.name, ["a", "b", "c", "é"])),
        "int": lambda: chance.choice([0, 1, 2, 3, 5, 8, 40]),
        "quantity": lambda: Decimal(chance.choice(["0", "1", "1", "2", "3", "2.5", "12.3456"])),
        "money": lambda: Decimal(chance.choice([0, 999, 1999, 333, 12345, chance.randint(1, 99999)])).scaleb(-2),
        "rate": lambda: chance.choice([0.0, 0.07, 0.19, 0.5, 1 / 3, 2.5]),
        "bool": lambda: chance.random() < 0.5,
        "date": (START + dt.timedelta(days=chance.randrange(DAYS))).date,
        "timestamp": lambda: START + dt.timedelta(minutes=chance.randrange(DAYS * 24 * 60)),
    }[column.type]()


def _settle(
    chance: random.Random, name: str, row: dict[str, Any], number: int, made: dict[str, list[dict[str, Any]]]
) -> None:
    """What has to fit together for the ledger to have something to do."""
    if name == "order_lines":
        row["line_no"] = number
        for column in ("list_amount", "line_amount", "cost_amount", "funded", "tax"):
            row[column] = row[column] if chance.random() < 0.1 else None
        # Lines without an order never come this far.
        row["order_id"] = chance.choice(made["orders"])["order_id"]
    elif name == "orders":
        row["cancelled_at"] = row["cancelled_at"] if chance.random() < 0.05 else None
    elif name == "returns":
        line = chance.choice(made["order_lines"])
        ordered = {order["order_id"]: order["ordered_at"] for order in made["orders"]}
        if chance.random() < 0.8:
            row |= {
                "order_id": line["order_id"],
                "line_no": line["line_no"],
                "sku": line["sku"],
                "quantity": Decimal(1),
            }
            row["returned_at"] = ordered.get(line["order_id"], START) + dt.timedelta(days=chance.randrange(50))
    elif name == "cost_rates":
        row |= {
            "kind": RATES[number % len(RATES)],
            "starts_on": None,
            "ends_on": None,
            "dimension": None,
            "member": None,
        }
        row["rate"] = row["rate"] or 0.05
        if number < 2:
            row |= {"kind": "exchange", "dimension": "currency", "member": "EUR", "rate": [1.0837, 1.2][number]}
            row["starts_on"] = [None, dt.date(2023, 9, 1)][number]
        elif number == 2:
            row["kind"] = "idle_capacity"
