"""Write `examples/exports`: a year of a made-up web shop for tea and ceramics, as its systems would export it.

Small enough to read by eye, with problems planted for the tutorial to find: a teapot that comes back broken, a keyword
that only costs, a customer who sends most things back, a free-delivery promise that small orders don't earn.
The same rows come out every time. `--check` writes nothing and fails when the files differ.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import io
import random
import sys
from dataclasses import dataclass
from pathlib import Path

EXPORTS = Path(__file__).parents[1] / "examples" / "exports"
FIRST_DAY = dt.date(2025, 1, 1)
DAYS = 365
N_CUSTOMERS = 180
N_ORDERS = 900
SERIAL_RETURNER = "C-0007"
WASTED_KEYWORD = "cheap mugs"
FRAGILE = "TP-GLASS"

Row = list[object]


@dataclass(frozen=True)
class Product:
    """What the shop sells; money in cents."""

    sku: str
    style: str
    name: str
    brand: str
    category: str
    cost: int
    price: int
    weight_kg: float
    popularity: int
    return_share: float


PRODUCTS = (
    Product("TEA-ASSAM-100", "TEA-ASSAM", "Assam 100 g", "Kettle & Leaf", "Tea", 310, 890, 0.14, 30, 0.01),
    Product("TEA-ASSAM-500", "TEA-ASSAM", "Assam 500 g", "Kettle & Leaf", "Tea", 1350, 3490, 0.58, 12, 0.01),
    Product("TEA-SENCHA-100", "TEA-SENCHA", "Sencha 100 g", "Kettle & Leaf", "Tea", 460, 1290, 0.14, 22, 0.01),
    Product("TEA-MINT-050", "TEA-MINT", "Nana mint 50 g", "Kettle & Leaf", "Tea", 140, 490, 0.09, 26, 0.01),
    Product("TEA-GIFT-06", "TEA-GIFT", "Gift box, six teas", "Kettle & Leaf", "Gifts", 1180, 2990, 0.62, 14, 0.03),
    Product("MUG-BLUE", "MUG", "Stoneware mug, blue", "Hollow Hill", "Ceramics", 540, 1690, 0.45, 18, 0.06),
    Product("MUG-SAND", "MUG", "Stoneware mug, sand", "Hollow Hill", "Ceramics", 540, 1690, 0.45, 15, 0.06),
    Product("CUP-PAIR", "CUP", "Two porcelain cups", "Hollow Hill", "Ceramics", 890, 2490, 0.50, 10, 0.08),
    Product(FRAGILE, "TP", "Glass teapot 1 l", "Clearpour", "Teapots", 1620, 2990, 0.90, 9, 0.38),
    Product("TP-IRON", "TP", "Cast-iron teapot 1 l", "Hollow Hill", "Teapots", 2890, 5990, 2.10, 8, 0.07),
    Product("STRAIN-STEEL", "STRAIN", "Steel strainer", "Clearpour", "Tools", 210, 690, 0.08, 16, 0.02),
    Product("TIMER-SAND", "TIMER", "Sand timer, 3 min", "Clearpour", "Tools", 330, 950, 0.12, 9, 0.03),
)
COUNTRIES = (("GB", 62, 420), ("IE", 20, 690), ("FR", 18, 980))  # code, share of customers, carriage of a parcel
SEARCHES = ("loose leaf tea", "cast iron teapot", "tea gift", WASTED_KEYWORD)
FREE_DELIVERY_FROM = 2500
DELIVERY_CHARGE = 395


def money(cents: int) -> str:
    """Cents as an export writes them."""
    return f"{cents / 100:.2f}"


class Year:
    """The year in the making: rows by file, drawn order by order from one seeded source of chance."""

    def __init__(self) -> None:
        self.chance = random.Random(20250101)  # noqa: S311 (an example, no secret)
        self.rows: dict[str, list[Row]] = {
            "customers": [],
            "orders": [],
            "order_lines": [],
            "shipments": [],
            "returns": [],
            "clicks": [],
        }

    def make(self) -> dict[str, tuple[list[str], list[Row]]]:
        """Header and rows of each file."""
        customers = [self.customer(number) for number in range(1, N_CUSTOMERS + 1)]
        moments = sorted(self.moment() for _ in range(N_ORDERS))
        loyal = [self.chance.paretovariate(2.2) for _ in customers]
        loyal[int(SERIAL_RETURNER[-4:]) - 1] = 14.0
        for number, moment in enumerate(moments, start=1):
            customer, country = self.chance.choices(customers, loyal)[0]
            self.order(f"O-{10000 + number}", moment, customer, country)
        head = {
            "customers": ["Customer ID", "Customer since", "Country", "Newsletter"],
            "products": ["SKU", "Style", "Product name", "Brand", "Category", "Cost price", "RRP", "Weight (kg)"],
            "orders": [
                *("Order No", "Order date", "Customer ID", "Sales channel", "Country"),
                *("Order discount", "Delivery charge", "Payment method"),
            ],
            "order_lines": ["Order No", "Line", "SKU", "Qty", "Unit price", "Discount"],
            "shipments": [
                *("Parcel No", "Order No", "Carrier", "Country"),
                *("Dispatched", "Promised", "Delivered", "Parcel cost"),
            ],
            "returns": [
                *("Return No", "Order No", "Line", "SKU", "Qty"),
                *("Returned", "Refund", "Reason", "Return postage", "Resaleable"),
            ],
            "clicks": ["Click ID", "Time", "Customer ID", "Type", "Channel", "Campaign", "Keyword", "Landing page"],
            "ad_spend": ["Date", "Channel", "Campaign", "Keyword", "Impressions", "Clicks", "Cost"],
        }
        rows = {**self.rows, "products": self.products(), "ad_spend": self.ad_spend()}
        return {name: (columns, rows[name]) for name, columns in head.items()}

    def moment(self) -> dt.datetime:
        """When an order comes in: more towards Christmas, in waking hours."""
        while True:
            day = self.chance.randrange(DAYS)
            if self.chance.random() < 0.45 + 0.55 * (day > 305):  # November begins
                start = dt.datetime.combine(FIRST_DAY, dt.time(7))
                return start + dt.timedelta(days=day, seconds=self.chance.randrange(16 * 3600))

    def customer(self, number: int) -> tuple[str, str]:
        """A customer's key and country."""
        key = f"C-{number:04d}"
        country = self.chance.choices([c[0] for c in COUNTRIES], [c[1] for c in COUNTRIES])[0]
        joined = FIRST_DAY - dt.timedelta(days=self.chance.randrange(700))
        self.rows["customers"].append([key, joined, country, self.chance.choice(["yes", "yes", "no"])])
        return key, country

    def products(self) -> list[Row]:
        """The range; one product has no cost on file, as happens."""
        return [
            [
                *(p.sku, p.style, p.name, p.brand, p.category),
                *("" if p.sku == "TIMER-SAND" else money(p.cost), money(p.price), p.weight_kg),
            ]
            for p in PRODUCTS
        ]

    def order(self, key: str, at: dt.datetime, customer: str, country: str) -> None:
        """One order with its lines, parcel, returns and the click that led to it."""
        n_items = self.chance.choice([1, 1, 2, 2, 3, 4])
        bought = self.chance.choices(PRODUCTS, [p.popularity for p in PRODUCTS], k=n_items)
        sale = at.month in (1, 7) and self.chance.random() < 0.6  # July
        goods = 0
        for line_no, product in enumerate(dict.fromkeys(bought), start=1):
            quantity = self.chance.choice([1, 1, 1, 2]) if product.category != "Teapots" else 1
            amount = quantity * product.price
            discount = amount * 20 // 100 if sale else 0
            goods += amount - discount
            self.rows["order_lines"].append(
                [key, line_no, product.sku, quantity, money(product.price), money(discount) if discount else ""]
            )
            share = 0.75 if customer == SERIAL_RETURNER else product.return_share
            if self.chance.random() < share:
                self.returned(key, line_no, product, quantity, amount - discount, at)
        voucher = 500 if goods > 4000 and self.chance.random() < 0.12 else 0  # vouchers start at 40
        charged = 0 if goods >= FREE_DELIVERY_FROM else DELIVERY_CHARGE
        channel = self.chance.choices(["web", "app", "marketplace"], [70, 20, 10])[0]
        paid_by = self.chance.choices(["card", "wallet", "invoice"], [60, 30, 10])[0]
        self.rows["orders"].append(
            [key, at, customer, channel, country, money(voucher) if voucher else "", money(charged), paid_by]
        )
        self.parcel(key, at, country)
        if channel != "marketplace" and self.chance.random() < 0.4:  # share that clicked an advertisement
            self.touch(at, customer)

    def parcel(self, order: str, at: dt.datetime, country: str) -> None:
        """The parcel of an order; one carrier is late more often."""
        carriage = next(cost for code, _, cost in COUNTRIES if code == country)
        carrier = self.chance.choices(["Swift Post", "Parcelway"], [65, 35])[0]
        sent = at + dt.timedelta(hours=self.chance.randrange(4, 40))
        promised = at + dt.timedelta(days=3)
        late = self.chance.random() < (0.18 if carrier == "Parcelway" else 0.05)
        arrived = promised + dt.timedelta(hours=self.chance.randrange(6, 90)) if late else sent + dt.timedelta(hours=22)
        cost = carriage + self.chance.randrange(-40, 120)
        number = f"P-{order[2:]}"
        self.rows["shipments"].append([number, order, carrier, country, sent, promised, arrived, money(cost)])

    def returned(self, order: str, line_no: int, product: Product, quantity: int, paid: int, at: dt.datetime) -> None:
        """A line that comes back one to six weeks later."""
        back = at + dt.timedelta(days=self.chance.randrange(7, 42), hours=3)
        if back.date() >= FIRST_DAY + dt.timedelta(days=DAYS):
            return
        broken = product.sku == FRAGILE
        reason = "arrived broken" if broken else self.chance.choice(["not as described", "changed my mind", "other"])
        key = f"R-{len(self.rows['returns']) + 1:04d}"
        self.rows["returns"].append(
            [key, order, line_no, product.sku, quantity, back, money(paid), reason, "4.50", "no" if broken else "yes"]
        )

    def touch(self, at: dt.datetime, customer: str) -> None:
        """The click on an advertisement before an order."""
        word = self.chance.choices(SEARCHES, [50, 20, 29, 1])[0]
        clicked = at - dt.timedelta(minutes=self.chance.randrange(3, 4000))
        page = "/teapots" if "teapot" in word else "/mugs" if "mug" in word else "/tea"
        key = f"T-{len(self.rows['clicks']) + 1:05d}"
        self.rows["clicks"].append([key, clicked, customer, "click", "search", "always-on", word, page])

    def ad_spend(self) -> list[Row]:
        """What the searches cost, by day; the wasted one the most."""
        rows: list[Row] = []
        for day in range(0, DAYS, 2):
            on = FIRST_DAY + dt.timedelta(days=day)
            for word, per_day in zip(SEARCHES, (5, 3, 4, 18), strict=True):
                clicks = self.chance.randrange(per_day + 3)
                cost = sum(self.chance.randrange(28, 61) for _ in range(clicks))
                shown = clicks * 20 + self.chance.randrange(40)
                rows.append([on, "search", "always-on", word, shown, clicks, money(cost)])
        return rows


def text_of(columns: list[str], rows: list[Row]) -> str:
    """A file as text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()


def main(arguments: list[str] | None = None) -> int:
    """Write or check the files; 1 when the check finds a difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file differs")
    checking = parser.parse_args(arguments).check
    differing = []
    for name, (columns, rows) in Year().make().items():
        path = EXPORTS / f"{name}.csv"
        text = text_of(columns, rows)
        if checking:
            if not path.exists() or path.read_text("utf-8") != text:
                differing.append(path.name)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    if differing:
        print(f"examples/exports: {', '.join(differing)} differ; run python scripts/make_example_exports.py")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
