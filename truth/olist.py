"""Olist (10,000 orders of a Brazilian marketplace): items, freight and payments tie out; late parcels are found."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from profithunt import Shop
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
    with items.open(newline="", encoding="utf-8") as handle:
        sellers = Counter(order for order, _ in {(row["order_id"], row["seller_id"]) for row in csv.DictReader(handle)})
    yield from _failed(shop, orders, sellers)
    yield reconciles(NAME, shop)


def _failed(shop: Shop, orders: list[dict[str, str]], sellers: Counter[str]) -> Iterator[Claim]:
    """Late by calendar day and by timestamp, by state and by month of the promise, against the CSV file's own dates."""
    found = shop.defects(by="region", grain="month", examples=5)
    parcels = [row for row in orders if row["order_delivered_customer_date"]]
    late = {kind.kind: kind for kind in found.kinds}["late"]
    # A parcel for each seller of an order; one that never came though its day was over is late, too.
    late_by_day = sum(sellers[row["order_id"]] for row in parcels if _late(row)) + found.total.n_late_already
    late_by_clock = found.total.n_late_already + sum(
        sellers[row["order_id"]]
        for row in parcels
        if row["order_delivered_customer_date"] > row["order_estimated_delivery_date"]
    )
    n = late.n_opportunities
    print(f"     late by calendar day {late_by_day / n:.3%}, by timestamp {late_by_clock / n:.3%} of {n:,} parcels")
    yield Claim(NAME, "parcels late by calendar day, or not there yet", late_by_day, late.n_defects)
    yield Claim(NAME, "late share by timestamp", late_by_clock / n, found.late_by_timestamp or 0.0, within=1e-9)
    yield Claim(NAME, "by timestamp more are late than by day", True,
                (found.late_by_timestamp or 0) > (found.late_by_day or 0))  # fmt: skip
    yield Claim(NAME, "states", 27, len([one for one in found.members if one.n_parcels]))
    total = found.total
    yield Claim(NAME, "DPMO of the states adds up", total.n_defects, sum(one.n_defects for one in found.members))
    months: dict[str, list[bool]] = {}
    for row in parcels:
        months.setdefault(row["order_estimated_delivery_date"][:7], []).append(_late(row))
    worst = max((month for month, rows in months.items() if len(rows) >= 100), key=lambda at: _mean(months[at]))
    for kind in ("p", "xmr", "laney_p"):
        above = {point.label: point.value for point in found.chart(kind).points if point.signal == "limit_above"}
        print(f"     {kind} chart by month, beyond the upper limit: "
              + ", ".join(f"{label} {value:.1%}" for label, value in above.items() if value is not None))  # fmt: skip
        yield Claim(NAME, f"March 2018 is a signal of the {kind} chart, untold", True, "2018-03" in above)
    yield Claim(NAME, "the worst month of the file", "2018-03", worst)
    drill = shop.defects(by="month", member="2018-03", examples=5)
    for row in drill.examples:
        print(f"     example of March 2018: order {row['order_id']}, {row['lane']}, {row['days_late']} days late")
    known = {row["order_id"]: row for row in orders}
    ends = [known[str(row["order_id"])] for row in drill.examples]
    inside = [row["order_estimated_delivery_date"].startswith("2018-03") and _late(row) for row in ends]
    yield Claim(NAME, "orders at the end of the drill, all of them late in March 2018", [True] * 5, inside)


def _late(row: dict[str, str]) -> bool:
    return row["order_delivered_customer_date"][:10] > row["order_estimated_delivery_date"][:10]


def _mean(values: list[bool]) -> float:
    return sum(values) / len(values)
