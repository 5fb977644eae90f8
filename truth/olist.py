"""Olist (10,000 orders of a Brazilian marketplace): items, freight and payments tie out; late parcels are found."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from truth.claim import Claim, Unavailable, reconciles, run_shop, value

NAME = "olist"
_BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data" / "olist"


def files() -> Path:
    """The folder of the exports: `OLIST`, else beside the checkout."""
    folder = Path(os.environ.get("OLIST", _BESIDE))
    if not (folder / "olist_orders_dataset.csv").is_file():
        raise Unavailable("set OLIST to the folder of the Olist CSV files")
    return folder


def _sum(path: Path, column: str) -> Decimal:
    with path.open(newline="", encoding="utf-8") as handle:
        return sum((Decimal(row[column]) for row in csv.DictReader(handle)), Decimal(0))


def check(folder: Path) -> Iterator[Claim]:
    """What the CSV files add up to is what the ledger holds."""
    data = files()
    shop = run_shop(data, folder)
    amounts = {step.name: step.amount for step in shop.waterfall()}
    items = data / "olist_order_items_dataset.csv"
    paid = _sum(data / "olist_order_payments_dataset.csv", "payment_value")
    with (data / "olist_orders_dataset.csv").open(newline="", encoding="utf-8") as handle:
        orders = list(csv.DictReader(handle))
    late = sum(
        row["order_delivered_customer_date"][:10] > row["order_estimated_delivery_date"][:10]
        for row in orders
        if row["order_delivered_customer_date"]
    )
    yield Claim(NAME, "items", _sum(items, "price"), amounts["list_sales"])
    yield Claim(NAME, "freight", _sum(items, "freight_value"), amounts["shipping_income"])
    yield Claim(NAME, "orders", len(orders), value(shop, "SELECT COUNT(*) FROM order_profit"))
    yield Claim(NAME, "payments", paid, value(shop, "SELECT SUM(CAST(extra_paid AS DECIMAL(18, 4))) FROM orders"))
    yield Claim(
        NAME,
        "orders with a late parcel",
        late,
        value(shop, "SELECT COUNT(DISTINCT order_id) FROM shipments WHERE delivered_at > promised_at"),
    )
    yield reconciles(NAME, shop)
