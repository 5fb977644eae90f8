"""Olist (10,000 orders of a Brazilian marketplace): items, freight and payments tie out; late parcels are found."""

from __future__ import annotations

import csv
import datetime as dt
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
    yield from _promised(shop, data, orders)
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


def _promised(shop: Shop, data: Path, orders: list[dict[str, str]]) -> Iterator[Claim]:
    """Delivery cost against lateness by lane with a promise for each; late shares under it against the CSV files."""
    found = shop.proposition.promises()
    study = found.study
    late = f"late {study.late_today:.2%} today, {study.late:.2%} then; a late parcel costs {found.cost.mean:.2f}"
    worth = f"{study.gain:,.0f} ({study.gain_low:,.0f} to {study.gain_high:,.0f})"
    print(f"     {found.verdict}: {worth} BRL in 28 days, {late}")
    for lane in study.lanes:
        take = "leave it" if lane.take is None else f"{lane.take.shift:+d} days, {lane.take.late:.1%} late"
        print(f"     {lane.origin} to {lane.region}: {lane.n_parcels:,} parcels, carriage {lane.carriage:.2f}, "
              f"charged {lane.charged:.2f}, late {lane.late:.1%}, promised {lane.promised:.1f} days, "
              f"taken {lane.taken_p50:.0f} to {lane.taken_p90:.0f}: {take}")  # fmt: skip
    chosen = next(lane for lane in study.lanes if lane.take is not None)
    counted = _slack(shop, data, orders, chosen.origin, chosen.region)
    shift = chosen.take.shift if chosen.take else 0
    name = f"{chosen.origin} to {chosen.region}"
    yield Claim(NAME, f"parcels of the last year on {name}", len(counted), chosen.n_parcels)
    yield Claim(NAME, "of them late", sum(days > 0 for days in counted), chosen.n_late)
    moved = float(_mean([days > shift for days in counted]))
    yield Claim(NAME, f"late share {shift:+d} days", moved, chosen.take.late if chosen.take else 0.0, within=0.02)
    yield Claim(NAME, "no promise moved earlier to more than a tenth late", True,
                all(one.take is None or one.take.late <= found.most_late for one in study.lanes))  # fmt: skip
    yield Claim(NAME, "what a day is worth, told by the shop's own regions", True, study.n_own_cells > 50)


def _slack(shop: Shop, data: Path, orders: list[dict[str, str]], origin: str, region: str) -> list[int]:
    """Days after the promised one of a lane's parcels, of those promised in the year to the last order."""
    until = value(shop, "SELECT MAX(CAST(ordered_at AS DATE)) FROM orders")
    with (data / "olist_sellers_dataset.csv").open(newline="", encoding="utf-8") as handle:
        places = {row["seller_id"]: row["seller_state"] for row in csv.DictReader(handle)}
    with (data / "olist_customers_dataset.csv").open(newline="", encoding="utf-8") as handle:
        homes = {row["customer_id"]: row["customer_state"] for row in csv.DictReader(handle)}
    known = {row["order_id"]: row for row in orders if row["order_delivered_customer_date"]}
    with (data / "olist_order_items_dataset.csv").open(newline="", encoding="utf-8") as handle:
        parcels = {(row["order_id"], row["seller_id"]) for row in csv.DictReader(handle)}
    found = []
    for order, seller in parcels:
        row = known.get(order)
        if row is None or places[seller] != origin or homes[row["customer_id"]] != region:
            continue
        due = dt.date.fromisoformat(row["order_estimated_delivery_date"][:10])
        there = dt.date.fromisoformat(row["order_delivered_customer_date"][:10])
        if until - dt.timedelta(days=365) < due <= until:
            found.append((there - due).days)
    return found


def _late(row: dict[str, str]) -> bool:
    return row["order_delivered_customer_date"][:10] > row["order_estimated_delivery_date"][:10]


def _mean(values: list[bool]) -> float:
    return sum(values) / len(values)
