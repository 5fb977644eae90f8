"""Effects that are known: none at all under strong confounding, and planted ones.

**Zero-effect world.** Customers who bought more in the last year are likelier to buy the category *magic*; it changes
nothing. A shop is made of their orders and run as any other; its target trial must say nothing, at |z| < 3. Three naive
designs on the same orders must be seen to fail: comparing those who ever bought it, counting the acting order in the
outcome, and indexing the others at a fixed day.

**Planted effects.** `truth.planted.few`, 200 times: bias below 3 % and 95 % intervals that cover 92–98 % for each of
ATE, ATT and ATO. Bias is a share of the effect; where the effect is zero, of the naive difference.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from profithunt import Shop
from profithunt.models.causal import Limits, Result, Trial, study
from truth.claim import Claim
from truth.planted import EFFECTS, few

NAME = "effects"
REPEATS = 200
CUSTOMERS = 10_000
BIAS = 0.03
COVER = (0.92, 0.98)
ESTIMANDS = ("ATE", "ATT", "ATO")

YEARS = 3
FIRST = dt.date(2021, 1, 1)
SHOP_CUSTOMERS = 30_000
YEAR = 365

Array = npt.NDArray[np.float64]

SETTINGS = """\
[shop]
name = "A world without effects"
currency = "USD"

[[sources]]
table = "orders"
files = "orders.csv"
[sources.columns]
order_id = "order_id"
ordered_at = "ordered_at"
customer_id = "customer_id"

[[sources]]
table = "order_lines"
files = "orders.csv"
[sources.columns]
order_id = "order_id"
line_no = { value = 1 }
sku = "sku"
quantity = { value = 1 }
unit_price = "price"
unit_cost = { value = 0 }

[[sources]]
table = "products"
files = "products.csv"
[sources.columns]
sku = "sku"
category = "category"

[actions_value]
horizons = [365]
generate = ["category"]
"""


def check(folder: Path) -> Iterator[Claim]:
    """The zero-effect world, then the planted effects."""
    yield from zero(folder)
    yield from planted()


class Orders:
    """Orders of a world in which the category changes nothing: customer, day, profit, whether they held it."""

    def __init__(self, customers: int, seed: int) -> None:
        draw = np.random.default_rng(seed)
        self.customers = customers
        rate = 1.85 * draw.gamma(1.0, 1.0, customers)
        count = draw.poisson(rate * YEARS)
        self.customer = np.repeat(np.arange(customers), count)
        n = len(self.customer)
        self.day = draw.integers(0, YEARS * YEAR, n)
        order = np.lexsort((self.day, self.customer))
        self.customer, self.day = self.customer[order], self.day[order]
        size = np.exp(0.4 * draw.normal(size=customers) + 0.2 * np.log(rate + 0.1))
        self.profit = np.round(20 * size[self.customer] * draw.gamma(2.0, 0.5, n), 2) + 0.01
        orders, profit = self._last_year()
        odds = -2.6 + 0.6 * np.log1p(orders) + 0.3 * np.log1p(profit / 20)
        self.magic = draw.random(n) < 1 / (1 + np.exp(-odds))

    def _last_year(self) -> tuple[Array, Array]:
        """Orders and profit of the year before each order: what the shop itself can see."""
        place = self.customer * 10_000 + self.day
        start = np.searchsorted(place, self.customer * 10_000 + np.maximum(self.day - YEAR, 0))
        upto = np.concatenate([[0.0], np.cumsum(self.profit)])
        here = np.arange(len(place))
        return (here - start).astype(np.float64), upto[here] - upto[start]

    def write(self, folder: Path) -> None:
        """Orders and products as a shop exports them."""
        folder.mkdir(parents=True, exist_ok=True)
        days = [(FIRST + dt.timedelta(days=at)).isoformat() for at in range(YEARS * YEAR)]
        with (folder / "orders.csv").open("w", newline="", encoding="utf-8") as handle:
            rows = csv.writer(handle)
            rows.writerow(["order_id", "ordered_at", "customer_id", "sku", "price"])
            each = zip(
                self.customer.tolist(), self.day.tolist(), self.profit.tolist(), self.magic.tolist(), strict=True
            )
            for number, (customer, day, profit, magic) in enumerate(each):
                sku = "M" if magic else "P"
                rows.writerow([f"o{number:07d}", days[day], f"c{customer:06d}", sku, f"{profit:.2f}"])
        (folder / "products.csv").write_text("sku,category\nM,magic\nP,plain\n", "utf-8")
        (folder / "shop.toml").write_text(SETTINGS, "utf-8")

    def sums(self, start: Array, end: Array) -> tuple[Array, Array]:
        """Profit and number of orders of each customer from day `start` to before day `end`."""
        inside = (self.day >= start[self.customer]) & (self.day < end[self.customer])
        profit = np.bincount(self.customer, self.profit * inside, self.customers)
        count = np.bincount(self.customer, inside.astype(float), self.customers)
        return profit.astype(np.float64), count.astype(np.float64)


def naive_designs(orders: Orders) -> dict[str, tuple[float, float]]:
    """What three usual designs make of nothing: effect and standard error, profit over a year."""
    start = np.full(orders.customers, float(YEAR))
    in_year = (orders.day >= YEAR) & (orders.day < 2 * YEAR)
    first = np.full(orders.customers, np.inf)
    np.minimum.at(first, orders.customer[orders.magic], orders.day[orders.magic].astype(float))
    before = first < YEAR
    did = np.zeros(orders.customers, dtype=bool)
    did[orders.customer[in_year & orders.magic]] = True
    did &= ~before
    state = np.where(before, 2, did.astype(np.int8)).astype(np.int8)
    same_year, _ = orders.sums(start, start + YEAR)
    eligible = ~before
    arms = same_year[did], same_year[eligible & ~did]
    plain = arms[0].mean() - arms[1].mean()
    error = float(np.sqrt(arms[0].var() / len(arms[0]) + arms[1].var() / len(arms[1])))
    history = _history(orders, start)
    fixed = np.where(did, first, start)
    after, _ = orders.sums(fixed + 1, fixed + 1 + YEAR)
    return {
        "who ever bought it against who did not": (float(plain), error),
        "adjusted, the acting order in the outcome": _adjusted(history, same_year, state),
        "adjusted, indexed at the action, others at a fixed day": _adjusted(_history(orders, fixed), after, state),
    }


def _history(orders: Orders, start: Array) -> Array:
    columns = [part for days in (91.0, 182.0, 365.0) for part in orders.sums(start - days, start)]
    return np.column_stack(columns)


def _adjusted(x: Array, y: Array, state: npt.NDArray[np.int8]) -> tuple[float, float]:
    names = tuple(f"x{at}" for at in range(x.shape[1]))
    found = study(Trial(x, names, y, state[:, None], ("magic",)), Limits(controls=0)).of("magic", "ATE")
    return found.effect, found.error


def zero(folder: Path, customers: int = SHOP_CUSTOMERS) -> Iterator[Claim]:
    """A world without effects: the shop's target trial finds none, naive designs do."""
    orders = Orders(customers, seed=11)
    for estimand, row in trial_rows(orders, folder).items():
        z = float(row["effect"]) / row["standard_error"]
        _print("target trial", estimand, row)
        yield Claim(NAME, f"zero-effect world, {estimand}: |z| < 3", True, abs(z) < 3)
    for design, (effect, error) in naive_designs(orders).items():
        print(f"     {design}: {effect:+.2f} ({error:.2f}), z {effect / error:.1f}")
        yield Claim(NAME, f"{design}: fails", True, effect / error > 3)


def trial_rows(orders: Orders, folder: Path) -> dict[str, dict[str, Any]]:
    """What a run of the shop says of the category, by estimand."""
    orders.write(folder)
    shop = Shop.open(folder)
    shop.run()
    found = {name: shop.actions_value(YEAR, name).effects for name in ESTIMANDS}
    return {name: next(item for item in rows if item["member"] == "magic") for name, rows in found.items()}


def _print(what: str, estimand: str, row: dict[str, Any]) -> None:
    z = float(row["effect"]) / row["standard_error"]
    print(
        f"     {what}, {estimand}: {row['effect']:.2f} [{row['effect_low']:.2f}, {row['effect_high']:.2f}], z {z:.1f}, "
        f"naive {row['naive_difference']:.2f}, placebo [{row['placebo_low']:.2f}, {row['placebo_high']:.2f}], "
        f"{row['verdict']}"
    )


def planted(repeats: int = REPEATS, customers: int = CUSTOMERS) -> Iterator[Claim]:
    """Planted effects: bias and cover of each estimand."""
    target = few(1_000_000, seed=999).truth
    limits = Limits(controls=0, repeat_below=0)
    seen: dict[tuple[str, str], list[Result]] = {}
    for seed in range(repeats):
        for item in study(few(customers, seed).trial, limits).results:
            seen.setdefault((item.action, item.estimand), []).append(item)
    for estimand in ESTIMANDS:
        held = []
        for action in EFFECTS:
            items, true = seen[action, estimand], target[action][estimand]
            effects = np.array([item.effect for item in items])
            naive = float(np.mean([item.naive for item in items]))
            bias = float(effects.mean()) - true
            share = abs(bias) / abs(true if EFFECTS[action] else naive)
            cover = [item.low <= true <= item.high for item in items]
            held += cover
            print(
                f"     {estimand} {action:8}: true {true:6.3f}, naive {naive:6.3f}, mean {effects.mean():6.3f}, "
                f"bias {share:.2%}, covered {np.mean(cover):.1%}"
            )
            yield Claim(NAME, f"{estimand} of {action}: |bias| < {BIAS:.0%}", True, share < BIAS)
        covered = float(np.mean(held))
        within = COVER[0] <= covered <= COVER[1]
        yield Claim(NAME, f"{estimand}: intervals cover {covered:.1%}, within 92–98 %", True, within)
