"""Promotions: what the recommendations earn of what could be earned, in shops whose every purchase is known twice.

Each world is a year of a shop: customers with tastes of their own, categories that have good and bad weeks, and eight
promotions. How many purchases each is expected to bring on top, to bring forward and to take along is known customer by
customer; the purchases themselves are drawn. Nothing has the form that is fitted. The study sees
what a shop's books hold (ledger, promotions, who was held back) and reads them by its own SQL. For half of the
promotions one customer in five was held back by chance; the other half has nothing but the weeks before and after.

- **Mixed**: discounts, margins and responses are drawn at random; who buys it oftenest anyway brings least on top. The
  best is to leave out every kind of customers that loses, known customer by customer. Of all that could be gained in
  all worlds, 85 % must be: what a small category sold in a fortnight says too little of some.
- **Nothing to change**: every kind of customer brings enough on top, in every promotion. `leave` must be said of 90 %
  of the promotions.
- **Range**: what a promotion truly earned lies between P10 and P90 in about 80 % of cases.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from profithunt.api.promoting import promotions
from profithunt.config import ShopConfig
from profithunt.engine import Engine
from profithunt.ledger.build import settings
from profithunt.models.promotion_evidence import SEGMENTS
from profithunt.proposition import promotions as reading
from truth.claim import Claim, Range

NAME: Final = "promotions"
WORLDS: Final = 24
FIRST_SEED: Final = 700
CUSTOMERS: Final = 6_000
CATEGORIES: Final = 10
PROMOTIONS: Final = 8
DAYS: Final = 364
START: Final = np.datetime64("2024-01-01")
EARNED: Final = 0.85
LEFT: Final = 0.9
_HELD: Final = 0.2
_AFTER: Final = 28

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Result:
    """One promotion of one world: what it truly earned, by kind of customer, and what the study said."""

    true: float
    possible: float
    earned: float
    leaves: bool
    covered: bool
    gave: float


def check(_folder: Path) -> Iterator[Claim]:
    """Gain earned, `leave` where nothing should change, and how often the range holds the truth."""
    mixed = [one for at in range(WORLDS) for one in _world(FIRST_SEED + at, pays=False)]
    share = _said("mixed", mixed)
    yield Claim(NAME, f"{WORLDS} worlds, share of the best possible gain", Range(low=EARNED), round(share, 3))
    covered = float(np.mean([one.covered for one in mixed]))
    yield Claim(NAME, f"{len(mixed)} promotions, truth between P10 and P90", Range(0.7, 0.9), round(covered, 3))
    fine = [one for at in range(WORLDS) for one in _world(FIRST_SEED + at, pays=True)]
    _said("nothing to change", fine)
    left = float(np.mean([one.leaves for one in fine]))
    yield Claim(NAME, f"{len(fine)} promotions that should be left, said to leave", Range(low=LEFT), round(left, 3))


def _world(seed: int, *, pays: bool) -> list[Result]:
    world = World(seed, pays=pays)
    config = ShopConfig()
    through = (START + DAYS - 1).astype(dt.date)
    config = config.model_copy(update={"shop": config.shop.model_copy(update={"as_of": through})})
    with Engine() as engine:
        for name, columns in world.tables().items():
            engine.attach_arrays(name, columns)
        found = promotions(engine, config)
        segments = _segments(engine, settings(config, through).values)
    results = []
    for one in found.promotions:
        number = int(one.promo_id[1:])
        kind = np.full(CUSTOMERS, SEGMENTS.index("new"))
        for customer, segment in segments[one.promo_id]:
            kind[customer] = SEGMENTS.index(segment)
        true = np.bincount(kind, weights=world.earned[number], minlength=len(SEGMENTS))
        possible = float(-np.minimum(true, 0.0).sum())
        take = one.judged.recommended
        chosen = [] if take is None else [SEGMENTS.index(name) for name in take.left_out] or list(range(len(SEGMENTS)))
        low, _, high = one.judged.gain
        gave = float(world.gave[number])
        results.append(
            Result(
                float(true.sum()), possible, float(-true[chosen].sum()), take is None, low <= true.sum() <= high, gave
            )
        )
    return results


def _segments(engine: Engine, values: Any) -> dict[str, list[tuple[int, str]]]:
    """Kinds of customers as the study has them: what it could leave out."""
    found: dict[str, list[tuple[int, str]]] = {f"P{number}": [] for number in range(PROMOTIONS)}
    with reading.prepared(engine, values, None):
        for promo, customer, segment in engine.rows("SELECT promo_id, customer_id, segment FROM promotion_members"):
            found[promo].append((int(customer[1:]), segment))
    return found


class World:
    """A shop's year with promotions, and the same without them."""

    def __init__(self, seed: int, *, pays: bool) -> None:
        draw = np.random.default_rng([11, seed])
        self._draw = draw
        rate = draw.gamma(0.8, 0.08, CUSTOMERS)
        taste = draw.dirichlet(np.full(CATEGORIES, 0.5), CUSTOMERS)
        begins = np.where(draw.random(CUSTOMERS) < 0.7, 0, draw.integers(0, DAYS, CUSTOMERS))
        ends = begins + draw.exponential(900, CUSTOMERS)
        day = np.arange(DAYS)
        alive = (day >= begins[:, None]) & (day <= ends[:, None])
        common = np.cumsum(draw.normal(0, 0.02, DAYS)) + 0.15 * np.sin(2 * np.pi * (day + draw.integers(365)) / 365)
        week = np.repeat(draw.normal(0, 0.06, (CATEGORIES, DAYS // 7)), 7, axis=1)
        season = np.exp(common + week)
        self.price = draw.uniform(8, 40, CATEGORIES)
        self.margin = draw.uniform(0.3, 0.5, CATEGORIES) if not pays else draw.uniform(0.45, 0.55, CATEGORIES)
        self.base = [
            draw.poisson(rate[:, None] * taste[:, [c]] * season[c][None, :] * alive) for c in range(CATEGORIES)
        ]
        self.usual = rate[:, None] * taste
        self.lines: list[dict[str, Array]] = []
        self.earned = np.zeros((PROMOTIONS, CUSTOMERS))
        self.gave = np.zeros(PROMOTIONS)
        self.held: dict[int, Array] = {}
        self.runs: list[tuple[int, int]] = []
        self._alive, self._season = alive, season
        for number in range(PROMOTIONS):
            self._promote(number, pays=pays)
        for category in range(CATEGORIES):
            self._sell(self.base[category], category, None, 0.0)

    def _promote(self, number: int, *, pays: bool) -> None:
        """Draw one promotion: what comes on top, what goes missing after it, what comes along."""
        draw = self._draw
        category = number
        first = 180 + 16 * number + int(draw.integers(0, 10))
        last = first + int(draw.integers(10, 18))
        self.runs.append((first, last))
        off = draw.uniform(0.05, 0.12) if pays else draw.uniform(0.08, 0.35)
        taken = 0.7
        held = draw.random(CUSTOMERS) < _HELD if number % 2 else np.zeros(CUSTOMERS, dtype=bool)
        self.held[number] = np.flatnonzero(held)
        lift = draw.uniform(1.0, 2.5) if pays else draw.choice([0.0, draw.uniform(0.3, 3.0)], p=[0.2, 0.8])
        usual = self.usual[:, category]
        # Who buys it oftenest anyway brings least on top.
        scale = np.quantile(usual, 0.9)
        own = lift / (1 + (usual / scale) ** 1.5 * (0.1 if pays else 1.5)) * ~held
        window = slice(first, last + 1)
        mean = (usual * own)[:, None] * self._season[category][None, window] * self._alive[:, window]
        extra = draw.poisson(mean)
        base = self.base[category][:, window]
        under = np.zeros_like(self.base[category])
        under[:, window] = draw.binomial(base, taken) * ~held[:, None]
        self.base[category] = self.base[category] - under
        grown = np.zeros_like(under)
        grown[:, window] = extra
        share, companions = draw.uniform(0.0, 0.3), draw.uniform(0.05, 0.25)
        expected = mean.sum(axis=1)
        pulled = share * expected.sum() * self._pull(category, last, extra, share)
        along = draw.binomial(extra.sum(axis=1), companions)
        other = (category + 1) % CATEGORIES
        brought = np.zeros_like(under)
        np.add.at(brought, (np.arange(CUSTOMERS), draw.integers(first, last + 1, CUSTOMERS)), along)
        self._sell(brought, other, None, 0.0)
        self._sell(under + grown, category, number, off)
        price, margin = self.price[category], self.margin[category]
        given = (under.sum(axis=1) + expected) * price * off
        self.gave[number] = given.sum()
        taken_along = companions * expected * self.price[other] * self.margin[other]
        self.earned[number] = (expected - pulled) * price * margin + taken_along - given

    def _pull(self, category: int, last: int, extra: Array, share: float) -> Array:
        """Purchases of the weeks after that were only brought forward, taken out; gives whose they are, in shares."""
        after = self.base[category][:, last + 1 : last + 1 + _AFTER]
        reached = after * ~np.isin(np.arange(CUSTOMERS), self.held[category])[:, None]
        who, day = np.nonzero(reached)
        wanted = min(int(self._draw.binomial(int(extra.sum()), share)), len(who))
        chosen = self._draw.permutation(len(who))[:wanted]
        after[who[chosen], day[chosen]] -= 1
        return np.bincount(who, minlength=CUSTOMERS) / max(len(who), 1)

    def _sell(self, counts: Array, category: int, number: int | None, off: float) -> None:
        who, day = np.nonzero(counts)
        units = counts[who, day].astype(np.float64)
        value = units * self.price[category]
        self.lines.append(
            {
                "who": who, "day": day, "units": units, "list_sales": value, "promotion": -value * off,
                "cm2": value * (self.margin[category] - off), "category": np.full(len(who), category),
                "promo": np.full(len(who), -1 if number is None else number),
            }
        )  # fmt: skip

    def tables(self) -> dict[str, dict[str, Array]]:
        """What the shop's books hold."""
        line = {name: np.concatenate([one[name] for one in self.lines]) for name in self.lines[0]}
        n = len(line["who"])
        order = np.char.add(np.char.add("O", line["who"].astype(str)), np.char.add("-", line["day"].astype(str)))
        customer = np.char.add("C", line["who"].astype(str)).astype(object)
        first = np.full(CUSTOMERS, DAYS)
        np.minimum.at(first, line["who"], line["day"])
        promo = np.array([f"P{number}" if number >= 0 else None for number in line["promo"].tolist()], dtype=object)
        at = np.char.add("C", np.concatenate(list(self.held.values())).astype(str)).astype(object)
        of = np.concatenate([np.full(len(held), f"P{number}", dtype=object) for number, held in self.held.items()])
        begins, ends = np.array(self.runs).T
        return {
            "ledger": {
                "entry": np.full(n, "line", dtype=object),
                "order_id": order.astype(object),
                "line_no": np.arange(n),
                "sku": np.char.add("S", line["category"].astype(str)).astype(object),
                "customer_id": customer,
                "ordered_on": (START + line["day"]).astype("datetime64[D]"),
                "promo_id": np.ma.masked_array(promo, mask=line["promo"] < 0),
                "is_new_customer_order": first[line["who"]] == line["day"],
                "units": line["units"],
                "units_returned": np.zeros(n),
                "list_sales": line["list_sales"],
                "promotion": line["promotion"],
                "funding": np.zeros(n),
                "cm2": line["cm2"],
            },
            "products": {
                "sku": np.array([f"S{c}" for c in range(CATEGORIES)], dtype=object),
                "category": np.array([f"K{c}" for c in range(CATEGORIES)], dtype=object),
                "subcategory": np.array([f"K{c}" for c in range(CATEGORIES)], dtype=object),
            },
            "promotions": {
                "promo_id": np.array([f"P{number}" for number in range(PROMOTIONS)], dtype=object),
                "name": np.array([f"Offer {number}" for number in range(PROMOTIONS)], dtype=object),
                "kind": np.full(PROMOTIONS, "promotion", dtype=object),
                "mechanic": np.full(PROMOTIONS, "percent", dtype=object),
                "starts_at": (START + begins).astype("datetime64[us]"),
                "ends_at": (START + ends).astype("datetime64[us]") + np.timedelta64(86_399, "s"),
            },
            "customer_events": {
                "customer_id": at,
                "occurred_at": np.full(len(at), START.astype("datetime64[us]")),
                "kind": np.full(len(at), "promotion_holdout", dtype=object),
                "value": of,
            },
        }


def _said(what: str, results: list[Result]) -> float:
    """Print what came out; the share of the possible gain that was earned."""
    earned, possible = (sum(getattr(one, name) for one in results) for name in ("earned", "possible"))
    gave = sum(one.gave for one in results)
    share = earned / possible if possible > 0 else 1.0
    lost = sum(one.true < 0 for one in results)
    worst = min(one.earned / one.gave for one in results if one.gave)
    print(
        f"     {what}: {len(results)} promotions, {lost} lose; given {gave:,.0f}, to be gained {possible:,.0f}, "
        f"earned {earned:,.0f} ({share:.1%}); {sum(one.leaves for one in results)} left as they are, "
        f"worst {worst:+.1%} of what it gave",
        flush=True,
    )
    return share
