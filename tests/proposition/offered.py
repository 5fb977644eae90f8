"""A shop in CSV files with two promotions, a held-out group, returns and three ways to pay; every figure is drawn here.

`CLEAR` takes 30 % off shoes and sells none beyond what would have been sold, `BOOST` 8 % off bags and sells twice as
many; one customer in five was held back from both. Who pays by invoice sends back twice as much.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

CUSTOMERS, DAYS = 700, 320
START = np.datetime64("2024-01-01")
CATEGORIES = ("shoes", "bags", "belts", "care")
PRICES = (40.0, 30.0, 20.0, 10.0)
OFFERS = {"CLEAR": (0, 230, 250, 0.30, 0.0), "BOOST": (1, 270, 290, 0.08, 1.5)}
METHODS = ("card", "invoice", "wallet")
FEES = {"card": 0.012, "invoice": 0.03, "wallet": 0.02}

SETTINGS = """\
[shop]
name = "Offered"
currency = "EUR"
timezone = "UTC"

[[cost_rates]]
kind = "return_handling"
rate = 2.0
"""


def source(table: str, *columns: str) -> str:
    """A table whose file's columns have the canonical names."""
    mapped = "\n".join(f'{name} = "{name}"' for name in columns)
    return f'\n[[sources]]\ntable = "{table}"\nfiles = "exports/{table}.csv"\n[sources.columns]\n{mapped}\n'


def write(folder: Path) -> Path:
    """The shop's files and shop.toml."""
    random = np.random.default_rng(5)
    rate = random.gamma(1.2, 0.03, CUSTOMERS)
    held = random.random((2, CUSTOMERS)) < 0.2
    lines = []
    for category in range(4):
        own = rate * random.gamma(1.0, 0.5, CUSTOMERS)
        counts = random.poisson(own[:, None] * np.ones(DAYS))
        for at, (name, (about, first, last, off, lift)) in enumerate(OFFERS.items()):
            if about != category:
                continue
            reached = ~held[at][:, None] * ((np.arange(DAYS) >= first) & (np.arange(DAYS) <= last))
            counts = counts + random.poisson(own[:, None] * lift * reached)
            lines += [(*row, category, name, off) for row in np.argwhere(counts * reached > 0).tolist()]
            counts = counts * (1 - reached)
        lines += [(*row, category, "", 0.0) for row in np.argwhere(counts > 0).tolist()]
    files = _files(lines, held, random)
    (folder / "exports").mkdir(parents=True)
    for name, rows in files.items():
        text = "\n".join(",".join(str(value) for value in row) for row in rows)
        (folder / "exports" / f"{name}.csv").write_text(text + "\n", "utf-8")
    (folder / "shop.toml").write_text(
        SETTINGS + "".join(source(name, *rows[0]) for name, rows in files.items()), "utf-8"
    )
    return folder


def _files(lines: list[Any], held: Any, random: np.random.Generator) -> dict[str, list[tuple[Any, ...]]]:
    orders: dict[str, tuple[Any, ...]] = {}
    sold: list[tuple[Any, ...]] = []
    returns: list[tuple[Any, ...]] = []
    method = random.choice(3, CUSTOMERS, p=[0.5, 0.3, 0.2])
    for number, (who, day, category, promo, off) in enumerate(lines):
        order = f"o{who}-{day}"
        when = START + np.timedelta64(day, "D")
        pays = METHODS[method[who]]
        price = PRICES[category]
        fee = round(FEES[pays] * price, 4) + (orders[order][4] if order in orders else 0)
        orders[order] = (order, f"{when} 10:00:00", f"c{who}", pays, round(fee, 4))
        sold.append((order, number, f"{CATEGORIES[category]}-{number % 3}", 1, price, round(price * off, 2), promo))
        if random.random() < (0.3 if pays == "invoice" else 0.15):
            back = when + np.timedelta64(int(random.integers(5, 30)), "D")
            refund = round(price * (1 - off), 2)
            returns.append((f"r{number}", order, number, 1, f"{back} 09:00:00", refund, 3.5))
    events = [
        (f"c{who}", f"{START} 00:00:00", "promotion_holdout", name)
        for at, name in enumerate(OFFERS)
        for who in np.flatnonzero(held[at]).tolist()
    ]
    promotions = [
        (name, f"{name.title()} weeks", f"{START + np.timedelta64(first, 'D')} 00:00:00",
         f"{START + np.timedelta64(last, 'D')} 23:59:59")
        for name, (_, first, last, _, _) in OFFERS.items()
    ]  # fmt: skip
    products = [
        (f"{name}-{at}", name, round(PRICES[number] * 0.5, 2))
        for number, name in enumerate(CATEGORIES)
        for at in range(3)
    ]
    return {
        "products": [("sku", "category", "unit_cost"), *products],
        "orders": [("order_id", "ordered_at", "customer_id", "payment_method", "payment_fee"), *orders.values()],
        "order_lines": [("order_id", "line_no", "sku", "quantity", "unit_price", "discount", "promo_id"), *sold],
        "returns": [
            ("return_id", "order_id", "line_no", "quantity", "returned_at", "refund", "carriage_cost"),
            *returns,
        ],
        "promotions": [("promo_id", "name", "starts_at", "ends_at"), *promotions],
        "customer_events": [("customer_id", "occurred_at", "kind", "value"), *events],
    }
