"""A small shop in CSV files, with orders, lines, products, parcels and returns."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

SETTINGS = """
[shop]
name = "Corner shop"
currency = "EUR"

[[sources]]
table = "orders"
files = "orders.csv"
[sources.columns]
order_id = "order"
ordered_at = "placed"
customer_id = "customer"
channel = "channel"
shipping_charged = "postage"

[[sources]]
table = "order_lines"
files = "lines*.csv"
[sources.columns]
order_id = "order"
line_no = "line"
sku = "item"
quantity = "units"
unit_price = "price"
discount = "off"

[[sources]]
table = "products"
files = "items.csv"
[sources.columns]
sku = "item"
name = "title"
category = "group"
unit_cost = "cost"
list_price = "full"

[[sources]]
table = "returns"
files = "returns.csv"
[sources.columns]
return_id = "id"
order_id = "order"
sku = "item"
quantity = "units"
returned_at = "at"
refund = "refund"

[[cost_rates]]
kind = "pick"
rate = 0.4
"""


def write(path: Path, heading: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A CSV file."""
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow(heading)
        writer.writerows(rows)


def order_rows(numbers: range) -> list[tuple[object, ...]]:
    """Orders as the shop's system writes them."""
    start = dt.datetime(2024, 1, 1, 9)
    channels = ("web", "store", "app")
    return [
        (f"o{n}", start + dt.timedelta(hours=7 * n), f"c{n % 37}" if n % 11 else "", channels[n % 3], n % 5)
        for n in numbers
    ]


def line_rows(numbers: range) -> list[tuple[object, ...]]:
    """Lines of those orders, one to four each."""
    return [
        (f"o{n}", line + 1, f"s{(n * 7 + line) % 23}", 1 + (n + line) % 3, f"{5 + (n * 13 + line) % 40}.99", line % 2)
        for n in numbers
        for line in range(1 + n % 4)
    ]


@pytest.fixture
def shop_folder(tmp_path: Path) -> Path:
    """A folder with a shop.toml and its files; nothing has been run yet."""
    return make_shop(tmp_path)


def make_shop(above: Path) -> Path:
    """The shop's folder, made below another one."""
    folder = above / "shop"
    folder.mkdir()
    (folder / "shop.toml").write_text(SETTINGS, "utf-8")
    write(folder / "orders.csv", ("order", "placed", "customer", "channel", "postage"), order_rows(range(400)))
    write(folder / "lines-1.csv", ("order", "line", "item", "units", "price", "off"), line_rows(range(400)))
    write(
        folder / "items.csv",
        ("item", "title", "group", "cost", "full"),
        [(f"s{n}", f"Thing {n}", f"g{n % 4}", f"{3 + n % 9}.25", f"{10 + n}.99") for n in range(23)],
    )
    write(
        folder / "returns.csv",
        ("id", "order", "item", "units", "at", "refund"),
        [
            (f"r{n}", f"o{n}", f"s{n * 7 % 23}", 1, dt.datetime(2024, 6, 1), f"{5 + n * 13 % 40}.99")
            for n in range(0, 400, 9)
        ],
    )
    return folder
