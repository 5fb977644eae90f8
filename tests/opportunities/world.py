"""A made-up shop with known leaks: the world is changed (prices, delays, returns, clicks), and what that costs is known.

`make(seed, leaks)` gives the canonical tables and the truth: for each planted leak the detector's number, the entity,
and the money that it costs over 28 days in expectation. The worlds of other seeds differ in everything but their rules.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
from sqlglot import exp

from profithunt.config import ShopConfig
from profithunt.engine import Engine
from profithunt.ledger.build import build_ledger, empty_table
from profithunt.schema import SQL_TYPES, TABLES

START = dt.date(2024, 1, 1)
DAYS = 420
N_SKUS, N_CUSTOMERS, N_POSTCODES, N_KEYWORDS = 240, 1500, 60, 50
ORDERS_A_DAY = 70
CARRIERS = ("Ant", "Bee", "Cat")
REGIONS = ("North", "South", "East", "West", "Coast", "Hills", "Lake", "City")
CONTACT_COST, RETURN_COST, ATTEMPT_COST = 6.0, 3.5, 17.78


@dataclass(frozen=True)
class Leak:
    """What was planted: the number of the detector that should find it, the entity, its cost over 28 days."""

    number: int
    entity: dict[str, str]
    cost: float


@dataclass
class World:
    """Canonical tables by name (column → array) and the leaks planted."""

    tables: dict[str, dict[str, object]] = field(default_factory=dict)
    leaks: list[Leak] = field(default_factory=list)
    decoys: list[tuple[int, dict[str, str]]] = field(default_factory=list)


def make(seed: int, *, leaks: bool = True, since: int = 0, until: int = DAYS) -> World:  # noqa: PLR0915 - a world is a long list of facts
    """A shop of 420 days, about 29,000 orders and 55,000 lines; leaks run from day `since` to the day before `until`."""
    rng = np.random.default_rng(seed)
    world = World()
    n_orders = ORDERS_A_DAY * DAYS
    horizon = 28 / DAYS

    # Products: price, cost, how often they are bought, returned, cancelled.
    sku = np.array([f"S{i:03d}" for i in range(N_SKUS)])
    category = np.array(["tops", "shoes", "home", "toys", "books", "garden"])[rng.integers(0, 6, N_SKUS)]
    price = np.round(rng.lognormal(3.3, 0.5, N_SKUS), 2) + 4
    cost = np.round(price * rng.normal(0.5, 0.05, N_SKUS), 2)
    demand = rng.gamma(2.0, 1.0, N_SKUS)
    rare = rng.choice(N_SKUS, 25, replace=False)
    demand[rare] *= 0.02
    usual_return = {"tops": 0.18, "shoes": 0.22, "home": 0.06, "toys": 0.05, "books": 0.02, "garden": 0.05}
    returned = np.array([usual_return[name] for name in category]) * rng.gamma(20, 1 / 20, N_SKUS)
    cancelled = rng.beta(1.2, 240, N_SKUS)
    common = np.setdiff1d(np.argsort(-demand)[:170], rare)
    planted = rng.choice(common, 14, replace=False) if leaks else np.zeros(0, dtype=int)
    losing, coming_back, cancelling = planted[:5], planted[5:10], planted[10:14]
    usual_cost = cost.copy()
    cost[losing] = np.round(price[losing] * rng.uniform(1.05, 1.35, len(losing)), 2)
    usual_returned, usual_cancelled = returned.copy(), cancelled.copy()
    returned[coming_back] = np.clip(returned[coming_back] * 2 + rng.uniform(0.2, 0.35, len(coming_back)), 0, 0.8)
    cancelled[cancelling] = rng.uniform(0.08, 0.2, len(cancelling))

    # Customers.
    customer = np.array([f"C{i:04d}" for i in range(N_CUSTOMERS)])
    weight = rng.gamma(1.2, 1.0, N_CUSTOMERS)
    customer_region = rng.integers(0, len(REGIONS), N_CUSTOMERS)
    postcode = rng.integers(0, N_POSTCODES, N_CUSTOMERS)
    often = np.argsort(-weight)[: N_CUSTOMERS // 3]
    picked = rng.choice(often, 18, replace=False) if leaks else np.zeros(0, dtype=int)
    returners, callers = picked[:10], picked[10:]
    contact_rate = np.full(N_CUSTOMERS, 0.05) * rng.gamma(8, 1 / 8, N_CUSTOMERS)
    contact_rate[callers] = rng.uniform(0.5, 1.0, len(callers))

    # Orders.
    day = np.sort(rng.integers(0, DAYS, n_orders))
    buyer = rng.choice(N_CUSTOMERS, n_orders, p=weight / weight.sum())
    region = customer_region[buyer]
    carrier = rng.integers(0, len(CARRIERS), n_orders)
    n_lines = 1 + rng.poisson(0.9, n_orders)
    order_of = np.repeat(np.arange(n_orders), n_lines)
    item = rng.choice(N_SKUS, len(order_of), p=demand / demand.sum())
    quantity = 1 + (rng.random(len(order_of)) < 0.12)
    discounted = rng.random(len(order_of)) < 0.25
    discount = np.round(np.where(discounted, 0.1 * price[item] * quantity, 0), 2)
    on = (day >= since) & (day < until)
    line_on = on[order_of]
    chance = np.where(line_on, returned[item], usual_returned[item])
    serial = np.isin(buyer[order_of], returners) & line_on
    chance = np.where(serial, np.maximum(chance, 0.75), chance)
    is_cancelled = rng.random(len(order_of)) < np.where(line_on, cancelled[item], usual_cancelled[item])
    is_returned = (rng.random(len(order_of)) < chance) & ~is_cancelled
    lag = rng.gamma(4, 3, len(order_of)).astype(int) + 3
    is_returned &= day[order_of] + lag < DAYS

    # Parcels: lateness by lane, attempts by postcode, bills by carrier.
    late = np.clip(rng.beta(30, 470, (len(CARRIERS), len(REGIONS))), 0.02, 0.12)
    usual_late = late.copy()
    lanes = [(0, 2), (2, 6)] if leaks else []
    for lane in lanes:
        late[lane] = rng.uniform(0.28, 0.45)
    failing = np.full(N_POSTCODES, 0.07) * rng.gamma(30, 1 / 30, N_POSTCODES)
    usual_failing = failing.copy()
    bad_posts = rng.choice(N_POSTCODES, 3, replace=False) if leaks else np.zeros(0, dtype=int)
    failing[bad_posts] = rng.uniform(0.25, 0.4, len(bad_posts))
    is_late = rng.random(n_orders) < np.where(on, late[carrier, region], usual_late[carrier, region])
    attempts = 1 + (rng.random(n_orders) < np.where(on, failing[postcode[buyer]], usual_failing[postcode[buyer]]))
    parcel_cost = np.round(rng.normal(4.2, 0.4, n_orders) + 0.4 * n_lines, 2)
    billed = parcel_cost.copy()
    over = (carrier == 1) & (rng.random(n_orders) < 0.15) if leaks else np.zeros(n_orders, dtype=bool)
    billed = np.where(over & on, np.round(parcel_cost * 1.25, 2), billed)

    # Contacts.
    calls = rng.poisson(np.where(on, contact_rate[buyer], np.minimum(contact_rate[buyer], 0.05))) + (
        is_late & (rng.random(n_orders) < 0.4)
    )
    contact_order = np.repeat(np.arange(n_orders), calls)

    # Marketing: keywords with clicks a day, a price a click, a rate of orders.
    keyword = np.array([f"kw {i:02d}" for i in range(N_KEYWORDS)])
    clicks_a_day = rng.gamma(2, 2.0, N_KEYWORDS) + 1
    click_cost = rng.uniform(0.15, 0.35, N_KEYWORDS)
    order_rate = rng.uniform(0.04, 0.08, N_KEYWORDS)
    wasted = rng.choice(N_KEYWORDS, 4, replace=False) if leaks else np.zeros(0, dtype=int)
    order_rate[wasted] = rng.uniform(0.0, 0.006, len(wasted))
    click_cost[wasted] = rng.uniform(0.5, 0.9, len(wasted))
    clicks = rng.poisson(clicks_a_day[:, None], (N_KEYWORDS, DAYS))
    day_on = (np.arange(DAYS) >= since) & (np.arange(DAYS) < until)
    won = rng.binomial(clicks, np.where(day_on[None, :], order_rate[:, None], np.maximum(order_rate[:, None], 0.06)))
    paid = np.where(day_on[None, :], click_cost[:, None], np.minimum(click_cost[:, None], 0.3))
    free = {d: list(rng.permutation(np.flatnonzero(day == d))) for d in range(DAYS)}
    touched = [
        (k, free[d].pop()) for k, d in zip(*np.nonzero(won), strict=True) for _ in range(won[k, d]) if len(free[d]) > 1
    ]
    touch_keyword = np.array([k for k, _ in touched])
    touch_order = np.array([o for _, o in touched])

    at = np.datetime64(START, "s") + day * np.timedelta64(86_400, "s") + np.timedelta64(36_000, "s")
    oid = np.array([f"O{i:06d}" for i in range(n_orders)])
    tables = world.tables
    tables["products"] = {"sku": sku, "category": category, "unit_cost": cost, "list_price": price}
    tables["customers"] = {"customer_id": customer}
    tables["orders"] = {
        "order_id": oid,
        "ordered_at": at,
        "customer_id": customer[buyer],
        "channel": np.full(n_orders, "web"),
        "region": np.array(REGIONS)[region],
        "postcode": np.array([f"{p:05d}" for p in postcode[buyer]]),
        "shipping_charged": np.full(n_orders, 3.9),
        "payment_fee": np.full(n_orders, 0.6),
    }
    line_no = np.concatenate([np.arange(1, n + 1) for n in n_lines])
    tables["order_lines"] = {
        "order_id": oid[order_of],
        "line_no": line_no,
        "sku": sku[item],
        "quantity": quantity,
        "unit_price": price[item],
        "discount": discount,
        "unit_cost": np.where(line_on, cost[item], usual_cost[item]),
        "cancelled_quantity": np.where(is_cancelled, quantity, 0),
    }
    tables["shipments"] = {
        "shipment_id": np.array([f"P{i:06d}" for i in range(n_orders)]),
        "order_id": oid,
        "carrier": np.array(CARRIERS)[carrier],
        "region": np.array(REGIONS)[region],
        "postcode": np.array([f"{p:05d}" for p in postcode[buyer]]),
        "dispatched_at": at + np.timedelta64(1, "D"),
        "promised_at": at + np.timedelta64(4, "D"),
        "delivered_at": at + np.where(is_late, 6, 3).astype("timedelta64[D]"),
        "attempts": attempts,
        "shipping_cost": parcel_cost,
        "billed_cost": billed,
    }
    back = np.flatnonzero(is_returned)
    tables["returns"] = {
        "return_id": np.array([f"R{i:06d}" for i in range(len(back))]),
        "order_id": oid[order_of[back]],
        "line_no": line_no[back],
        "sku": sku[item[back]],
        "quantity": quantity[back],
        "returned_at": at[order_of[back]] + lag[back].astype("timedelta64[D]"),
        "refund": np.round(price[item[back]] * quantity[back] - discount[back], 2),
        "handling_cost": np.full(len(back), RETURN_COST),
        "resaleable": np.full(len(back), fill_value=True),
    }
    tables["contacts"] = {
        "contact_id": np.array([f"K{i:06d}" for i in range(len(contact_order))]),
        "contacted_at": at[contact_order] + np.timedelta64(5, "D"),
        "customer_id": customer[buyer[contact_order]],
        "order_id": oid[contact_order],
        "reason": np.full(len(contact_order), "where is my order"),
        "cost": np.full(len(contact_order), CONTACT_COST),
    }
    tables["touches"] = {
        "touch_id": np.array([f"T{i:06d}" for i in range(len(touched))]),
        "touched_at": at[touch_order] - np.timedelta64(1, "h"),
        "customer_id": customer[buyer[touch_order]],
        "kind": np.full(len(touched), "click"),
        "channel": np.full(len(touched), "search"),
        "keyword": keyword[touch_keyword],
    }
    k_of, d_of = np.nonzero(clicks)
    tables["ad_spend"] = {
        "spent_on": np.datetime64(START) + d_of.astype("timedelta64[D]"),
        "channel": np.full(len(k_of), "search"),
        "keyword": keyword[k_of],
        "clicks": clicks[k_of, d_of],
        "cost": np.round(clicks[k_of, d_of] * paid[k_of, d_of], 4),
    }
    if not leaks:
        return world

    # What each leak costs over 28 days, in expectation over the world's own rates.
    lines_of = np.bincount(item, minlength=N_SKUS)
    units_of = np.bincount(item, weights=quantity, minlength=N_SKUS)
    off = np.bincount(item, weights=discount, minlength=N_SKUS) / np.maximum(units_of, 1)
    ship = (billed.sum() - 3.9 * n_orders + 0.6 * n_orders) / quantity.sum()
    margin = price - off - cost - ship
    for s in losing:
        kept = 1 - returned[s]
        loss = -(price[s] - off[s] - cost[s]) * kept + ship + returned[s] * RETURN_COST
        world.leaks.append(Leak(22, {"sku": str(sku[s])}, float(loss * units_of[s] * horizon)))
    for s in coming_back:
        excess = returned[s] - usual_returned[s]
        per_line = (margin[s] + ship) * units_of[s] / lines_of[s] + RETURN_COST
        world.leaks.append(Leak(23, {"sku": str(sku[s])}, float(excess * lines_of[s] * per_line * horizon)))
    for s in cancelling:
        excess = cancelled[s] - usual_cancelled[s]
        per_line = max(margin[s], 0) * units_of[s] / lines_of[s] + 5.0
        world.leaks.append(Leak(24, {"sku": str(sku[s])}, float(excess * lines_of[s] * per_line * horizon)))
    lines_by = np.bincount(buyer[order_of], minlength=N_CUSTOMERS)
    orders_by = np.bincount(buyer, minlength=N_CUSTOMERS)
    usual_chance = float(np.average(usual_returned, weights=demand))
    for c in returners:
        cost_each = RETURN_COST + ship * quantity.mean()
        loss = (0.75 - usual_chance) * lines_by[c] * cost_each * horizon
        world.leaks.append(Leak(2, {"customer_id": str(customer[c])}, float(loss)))
    for c in callers:
        loss = (contact_rate[c] - 0.05) * orders_by[c] * CONTACT_COST * horizon
        world.leaks.append(Leak(10, {"customer_id": str(customer[c])}, float(loss)))
    for lane in lanes:
        inside = (carrier == lane[0]) & (region == lane[1])
        loss = (late[lane] - usual_late[lane]) * inside.sum() * 0.4 * CONTACT_COST * horizon
        entity = {"carrier": CARRIERS[lane[0]], "region": REGIONS[lane[1]]}
        world.leaks.append(Leak(47, entity, float(loss)))
    for p in bad_posts:
        inside = (postcode[buyer] == p).sum()
        loss = (failing[p] - usual_failing[p]) * inside * ATTEMPT_COST * horizon
        world.leaks.append(Leak(49, {"postcode": f"{p:05d}"}, float(loss)))
    world.leaks.append(Leak(51, {"carrier": CARRIERS[1]}, float((billed - parcel_cost).sum() * 28 / (until - since))))
    per_order = float((margin[item] * quantity).sum() / n_orders)
    for k in wasted:
        loss = clicks_a_day[k] * 28 * (click_cost[k] - order_rate[k] * per_order)
        world.leaks.append(Leak(29, {"keyword": str(keyword[k])}, float(loss)))
    world.decoys += [(number, {"sku": str(sku[s])}) for s in rare for number in (22, 23, 24)]
    return world


def attach(engine: Engine, tables: dict[str, dict[str, object]]) -> None:
    """Put canonical tables into an engine, typed, with columns that are not given as null."""
    for name, columns in tables.items():
        engine.attach_arrow(f"raw_{name}", pa.table({key: pa.array(value) for key, value in columns.items()}))
        kinds = {column.name: column.type for column in TABLES[name].columns.values()} | {
            "_file": "text",
            "_row": "int",
        }
        chosen = [
            exp.alias_(
                exp.cast(exp.column(key) if key in columns else exp.null(), SQL_TYPES[kind], dialect="duckdb"), key
            )
            for key, kind in kinds.items()
        ]
        engine.table(name, exp.select(*chosen).from_(f"raw_{name}"))
    for name in TABLES:
        if name not in tables:
            engine.view(name, empty_table(name))


def build(engine: Engine, world: World, folder: Path, config: ShopConfig | None = None) -> None:
    """Canonical tables and ledger of a world, attached to the engine."""
    attach(engine, world.tables)
    build_ledger(engine, config or ShopConfig(), folder, fingerprints=dict.fromkeys(TABLES, "world"))
