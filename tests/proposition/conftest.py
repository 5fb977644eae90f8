"""A shop that raised its free-delivery threshold half-way through the year, in CSV files, with every visit known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from profithunt import Shop
from tests.proposition import offered as offers

CHARGE = 4.9
BEFORE, AFTER = 30.0, 60.0
VISITS = 48_000
START = np.datetime64("2024-01-01")

SETTINGS = """\
[shop]
name = "Delivered"
currency = "EUR"
timezone = "UTC"

[[sources]]
table = "products"
files = "exports/products.csv"
[sources.columns]
sku = "sku"
unit_cost = "cost"

[[sources]]
table = "orders"
files = "exports/orders.csv"
[sources.columns]
order_id = "order"
ordered_at = "placed"
customer_id = "customer"
shipping_charged = "shipping"

[[sources]]
table = "order_lines"
files = "exports/lines.csv"
[sources.columns]
order_id = "order"
line_no = "line"
sku = "sku"
quantity = "quantity"
unit_price = "price"
"""

SESSIONS = """
[[sources]]
table = "sessions"
files = "exports/sessions.csv"
[sources.columns]
session_id = "session"
started_at = "began"

[[cost_rates]]
kind = "pick"
rate = 1.5
"""


def write(folder: Path, *, charge: float | None = CHARGE, visits: int = VISITS) -> Path:
    """The shop's files; without a charge every order is delivered free, `None` leaves out what was paid."""
    random = np.random.default_rng(3)
    day = np.sort(random.integers(0, 366, visits))
    threshold = np.where(day < 182, BEFORE, AFTER)
    wants = random.random(visits) < 0.2
    basket = np.maximum(np.round(np.exp(random.normal(np.log(42), 0.55, visits)), 2), 5.0)
    gap = np.maximum(threshold - basket, 0.0)
    asked = (charge or 0.0) * (gap > 0)
    pads = (gap > 0) & (random.random(visits) < 0.5 / (1 + (gap / 10) ** 2))
    leaves = ~pads & (random.random(visits) > np.exp(-1.2 * asked / basket))
    value = np.round(np.where(pads, threshold * (1 + random.exponential(0.08, visits)), basket), 2)
    bought = wants & ~leaves
    paid = np.where(pads, 0.0, asked)
    when = np.datetime_as_string(START + day.astype("timedelta64[D]"))
    (folder / "exports").mkdir(parents=True)
    no_shipping = SETTINGS.replace('shipping_charged = "shipping"\n', "")
    (folder / "shop.toml").write_text((no_shipping if charge is None else SETTINGS) + SESSIONS, "utf-8")
    places = np.flatnonzero(bought).tolist()
    rows = {
        "products": ["sku,cost", "thing,0.6"],
        "orders": ["order,placed,customer,shipping"]
        + [f"o{at},{when[at]} 12:00:00,c{at % 4_000},{paid[at]:.2f}" for at in places],
        "lines": ["order,line,sku,quantity,price"] + [f"o{at},1,thing,{value[at]:.2f},1.00" for at in places],
        "sessions": ["session,began"] + [f"s{at},{when[at]} 11:00:00" for at in range(visits)],
    }
    for name, lines in rows.items():
        (folder / "exports" / f"{name}.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


@pytest.fixture(scope="session")
def delivered(tmp_path_factory) -> Path:
    """The shop after one run; tests read it and never change it."""
    folder = write(tmp_path_factory.mktemp("delivered") / "shop")
    Shop.open(folder).run()
    return folder


@pytest.fixture
def shop_without_charges(tmp_path: Path) -> Path:
    """A few orders whose exports do not say what delivery was charged."""
    folder = write(tmp_path / "shop", charge=None, visits=400)
    Shop.open(folder).run()
    return folder


@pytest.fixture(scope="session")
def offered(tmp_path_factory) -> Path:
    """A shop with promotions, returns and ways to pay after one run; tests read it and never change it."""
    folder = offers.write(tmp_path_factory.mktemp("offered") / "shop")
    Shop.open(folder).run()
    return folder
