"""A shop with too much in stock: prices that moved, stock counted, customers of two tastes, letters, in CSV files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

START = np.datetime64("2024-01-01")
DAYS = 420
SKUS = 24
CUSTOMERS = 500
ELASTICITY = 2.5

_TABLES = {
    "products": {
        "sku": "sku",
        "category": "category",
        "unit_cost": "cost",
        "list_price": "price",
        "season_ends_on": "season",
    },
    "orders": {"order_id": "order", "ordered_at": "placed", "customer_id": "customer"},
    "order_lines": {
        "order_id": "order",
        "line_no": "line",
        "sku": "sku",
        "quantity": "quantity",
        "unit_price": "price",
    },
    "stock": {"counted_on": "day", "sku": "sku", "place_id": "place", "on_hand": "units"},
    "price_changes": {"sku": "sku", "changed_at": "day", "price": "price", "kind": "kind"},
    "touches": {
        "touch_id": "touch",
        "touched_at": "day",
        "customer_id": "customer",
        "kind": "kind",
        "channel": "channel",
    },
    "customers": {"customer_id": "customer", "email_opt_in": "letters"},
}


def write(folder: Path, *, tables: tuple[str, ...] = tuple(_TABLES), pace: float = 5.0) -> Path:
    """The shop's files; `pace` units of each SKU a week. SKUs 0–11 are coats, of which three times the season's demand is left; the others are shoes."""
    draw = np.random.default_rng(5)
    price = np.where(np.arange(SKUS) < 12, 60.0, 40.0) + np.arange(SKUS) % 6
    week = np.arange(DAYS // 7)
    cut = np.where(draw.random((SKUS, len(week))) < 0.15, 0.2, 0.0)
    cut[:, -4:] = 0.0
    rate = pace * (1 - cut) ** -ELASTICITY
    units = draw.poisson(rate)
    sku, at = (np.repeat(place.ravel(), units.ravel()) for place in np.indices(units.shape))
    n = len(sku)
    when = START + (at * 7 + draw.integers(0, 7, n)).astype("timedelta64[D]")
    # Odd customers like odd SKUs, even ones even.
    customer = 2 * draw.integers(0, CUSTOMERS // 2, n) + (sku + (draw.random(n) < 0.1)) % 2
    paid = price[sku] * (1 - cut[sku, at])
    last = START + np.timedelta64(len(week) * 7 - 1, "D")
    season = last + np.timedelta64(56, "D")
    changes = [
        f"s{item},{START + np.timedelta64(int(7 * w), 'D')},{price[item] * (1 - cut[item, w]):.2f},{'markdown' if cut[item, w] else 'full'}"
        for item in range(SKUS)
        for w in week
        if w == 0 or cut[item, w] != cut[item, w - 1]
    ]
    lines = {
        "products": ["sku,category,cost,price,season"]
        + [f"s{item},{'coats' if item < 12 else 'shoes'},{price[item] / 2:.2f},{price[item]:.2f},{season}" for item in range(SKUS)],
        "orders": ["order,placed,customer"] + [f"o{row},{when[row]} 12:00:00,c{customer[row]}" for row in range(n)],
        "order_lines": ["order,line,sku,quantity,price"] + [f"o{row},1,s{sku[row]},1,{paid[row]:.2f}" for row in range(n)],
        "stock": ["day,sku,place,units"] + [f"{last},s{item},W,{120 if item < 12 else 12}" for item in range(SKUS)],
        "price_changes": ["sku,day,price,kind", *changes],
        "touches": ["touch,day,customer,kind,channel"]
        + [f"t{who},{last} 08:00:00,c{who},send,email" for who in range(0, CUSTOMERS, 10)],
        "customers": ["customer,letters"] + [f"c{who},{'no' if who % 20 == 1 else 'yes'}" for who in range(CUSTOMERS)],
    }  # fmt: skip
    (folder / "exports").mkdir(parents=True)
    parts = ['[shop]\nname = "Stocked"\ncurrency = "EUR"\n']
    for name in tables:
        (folder / "exports" / f"{name}.csv").write_text("\n".join(lines[name]) + "\n", "utf-8")
        columns = "\n".join(f'{ours} = "{theirs}"' for ours, theirs in _TABLES[name].items())
        parts.append(f'[[sources]]\ntable = "{name}"\nfiles = "exports/{name}.csv"\n[sources.columns]\n{columns}\n')
    (folder / "shop.toml").write_text("\n".join(parts), "utf-8")
    return folder
