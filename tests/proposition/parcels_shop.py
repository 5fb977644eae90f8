"""A shop with two regions, two carriers and three delivery options, in CSV files; what is right is known.

Parcels into the North are promised in nine days and come after four: the promise is too careful. Into the South they
are promised in four and come after three or four: it is right. A late parcel makes one customer in two call, at 6.00.
Express went from 5.90 to 8.90 and back to 6.90, pick-up is free; who cannot have express cheaply mostly takes another.
`Slow` is the dearer carrier in the North and the cheaper one in the South; each has room for 7 parcels a day there.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from profithunt import Shop

DAYS, VISITS, CUSTOMERS = 364, 30_000, 2_000
EXPRESS = (5.9, 8.9, 6.9)
START = np.datetime64("2024-01-01")

SETTINGS = """\
[shop]
name = "Parcels"
currency = "EUR"
timezone = "UTC"

[actions_value]
use = false

[[sources]]
table = "products"
files = "exports/products.csv"

[[sources]]
table = "orders"
files = "exports/orders.csv"

[[sources]]
table = "order_lines"
files = "exports/lines.csv"

[[sources]]
table = "shipments"
files = "exports/shipments.csv"

[[sources]]
table = "contacts"
files = "exports/contacts.csv"

[[sources]]
table = "sessions"
files = "exports/sessions.csv"

[[sources]]
table = "carrier_capacity"
files = "exports/capacity.csv"
"""


def write(folder: Path, more: str = "") -> Path:
    """The shop's files; `more` is added to its settings."""
    random = np.random.default_rng(11)
    day = np.sort(random.integers(0, DAYS, VISITS))
    charge = np.choose(day * 3 // DAYS, EXPRESS)
    wants = random.random(VISITS) < 0.2
    basket = np.maximum(np.round(np.exp(random.normal(np.log(45), 0.4, VISITS)), 2), 8.0)
    speed = random.gumbel(0.6, 1.0, VISITS) - 0.35 * charge
    usual, collects = random.gumbel(0.8, 1.0, VISITS) - 0.35 * 3.9, random.gumbel(-1.6, 1.0, VISITS)
    option = np.argmax(np.stack([usual, speed, collects]), axis=0)
    best = np.maximum.reduce([usual, speed, collects])
    places = np.flatnonzero(wants & (best > random.gumbel(-2.6, 1.0, VISITS)))
    n = len(places)
    day, option, basket = day[places], option[places], basket[places]
    paid = np.choose(option, [np.full(n, 3.9), charge[places], np.zeros(n)])
    who = random.integers(0, CUSTOMERS, n)
    names = np.array(["standard", "express", "pick-up"])[option]
    region = np.where(random.random(n) < 0.5, "North", "South")
    carrier = np.where(random.random(n) < 0.5, "Swift", "Slow")
    late = random.random(n) < np.where(carrier == "Slow", 0.04, 0.02)
    taken = np.where(region == "North", 4, 3 + (random.random(n) < 0.5)) + np.where(late, 7, 0)
    promised = np.where(region == "North", 9, 4)
    cost = np.select([(carrier == "Slow") & (region == "North"), carrier == "Slow"], [7.5, 4.0], 5.5)
    cost = np.select([option == 1, option == 2], [cost + 4.0, 2.0], cost)
    calls = (taken > promised) & (random.random(n) < 0.5)
    when, sent, due, there = (
        np.datetime_as_string(START + (day + add).astype("timedelta64[D]")) for add in (0, 1, promised, taken)
    )
    known = day + taken < DAYS + 12
    rows = {
        "products": ["sku,unit_cost", "thing,0.6"],
        "orders": ["order_id,ordered_at,customer_id,shipping_charged,delivery_option,region"]
        + [f"o{at},{when[at]} 09:00:00,c{who[at]},{paid[at]:.2f},{names[at]},{region[at]}" for at in range(n)],
        "lines": ["order_id,line_no,sku,quantity,unit_price"]
        + [f"o{at},1,thing,{basket[at]:.2f},1.00" for at in range(n)],
        "shipments": ["shipment_id,order_id,carrier,origin,region,dispatched_at,promised_at,delivered_at,shipping_cost"]
        + [
            f"p{at},o{at},{carrier[at]},depot,{region[at]},{sent[at]} 08:00:00,{due[at]} 20:00:00,"
            f"{there[at] + ' 12:00:00' if known[at] else ''},{cost[at]:.2f}"
            for at in range(n)
        ],
        "contacts": ["contact_id,contacted_at,customer_id,order_id,medium,reason,cost"]
        + [f"k{at},{there[at]} 15:00:00,c{who[at]},o{at},phone,where is it,6.00" for at in np.flatnonzero(calls)],
        "sessions": ["session_id,started_at"]
        + [f"s{at},{one} 08:00:00" for at, one in enumerate(np.datetime_as_string(START + _visit_days(random)))],
        "capacity": ["on,carrier,region,capacity"]
        + [f"{START + one},{name},{where},7" for one in range(DAYS) for name in ("Swift", "Slow")
           for where in ("North", "South")],
    }  # fmt: skip
    (folder / "exports").mkdir(parents=True)
    (folder / "shop.toml").write_text(SETTINGS + more, "utf-8")
    for name, lines in rows.items():
        (folder / "exports" / f"{name}.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def _visit_days(random: np.random.Generator) -> np.ndarray:
    return np.sort(random.integers(0, DAYS, VISITS)).astype("timedelta64[D]")


def run(folder: Path, more: str = "") -> Shop:
    """The shop after one run."""
    shop = Shop.open(write(folder, more))
    shop.run()
    return shop
