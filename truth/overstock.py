"""Overstock: what offers to the customers likeliest to want it earn, against the best price cut that everybody sees.

In markets whose purchase probabilities and answers to incentives are known (`truth/markets.py`), the assignment sees
them blurred and without knowing how much being told moves anybody. Its offers are lived through by chance; the cut is
the best of all cuts in hindsight, with everything known.

- **Small markets**, one programme for all: more than the best single cut for all, and within 5 % of what the same
  beliefs allow at most.
- **Larger markets**, prices of stock from a sample, each customer's best offers by the engine: the same.
- **Contacts**: nobody gets more offers than allowed, nobody who is resting gets one, no SKU twice, no SKU beyond what
  is too much of it: exactly, in all markets.
- **Goods that everybody buys anyway**, overbought: letters can't clear them, a cut for all may earn more. Doing what
  the study says must earn 90 % of the better of both, in all markets together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from profithunt.api.overstock import choose
from profithunt.engine import Engine
from profithunt.models import offers_books as books
from profithunt.models.offers import People
from profithunt.models.offers_value import valued
from profithunt.proposition import overstock as reading
from truth.claim import Claim
from truth.markets import CUTS, TERMS, Array, Integers, Market, market

NAME: Final = "overstock"
WORLDS: Final = 8
FIRST_SEED: Final = 500
WITHIN: Final = 0.95
RIGHT: Final = 0.9
SMALL: Final = (600, 20)
LARGE: Final = (6_000, 40)


@dataclass(frozen=True)
class Result:
    """Profit of the offers lived through, of the best single cut and of each SKU's best cut; shares of what can be."""

    offers: float
    single: float
    each: float
    reached: float
    kept: bool
    followed: float


def check(_folder: Path) -> Iterator[Claim]:
    """Offers against cuts in small and larger markets."""
    for what, (customers, skus), exact in (("small", SMALL, 10**9), ("larger", LARGE, 0)):
        found = [_market(FIRST_SEED + at, customers, skus, exact) for at in range(WORLDS)]
        wanted = [_market(FIRST_SEED + at, customers, skus, exact, wanted=True) for at in range(WORLDS)]
        offers, single, each = (sum(getattr(one, name) for one in found) for name in ("offers", "single", "each"))
        more = sum(one.offers > max(one.single, 0.0) for one in found)
        print(
            f"     {what}: {customers:,} customers × {skus} SKUs: offers earn {offers / WORLDS:,.0f} a market, the "
            f"best single cut {single / WORLDS:,.0f}, the best cut of each SKU {each / WORLDS:,.0f}; more than the "
            f"single cut in {more} of {WORLDS}; goods that everybody buys: offers "
            f"{sum(one.offers for one in wanted) / WORLDS:,.0f}, single cut "
            f"{sum(one.single for one in wanted) / WORLDS:,.0f}",
            flush=True,
        )
        yield Claim(NAME, f"{what} markets: offers earn more than the best single cut in all", WORLDS, more)
        both = (*found, *wanted)
        right = sum(one.followed for one in both) / sum(max(one.offers, one.single) for one in both)
        yield Claim(NAME, f"{what} markets: as told, {right:.1%} of the better of both", True, right >= RIGHT)
        least = min(one.reached for one in found)
        yield Claim(NAME, f"{what} markets: at least {least:.1%} of what beliefs allow", True, least >= WITHIN)
        yield Claim(NAME, f"{what} markets: limits kept", WORLDS, sum(one.kept for one in found))


def _market(seed: int, customers: int, skus: int, exact: int, *, wanted: bool = False) -> Result:
    world = market(seed, customers, skus, wanted=wanted)
    with Engine() as engine:
        engine.attach_arrays(reading.TERMS, books.terms_columns(world.goods, TERMS, world.goods.excess * 0))
        engine.attach_arrays(reading.PEOPLE, books.people_columns(world.people))
        pairs = world.pairs
        columns = {"customer": pairs.customer, "item": pairs.sku, "chance": pairs.chance}
        engine.attach_arrays(reading.PAIRS, columns)
        found = choose(engine, world.goods, world.people, TERMS, exact=exact)
    at = found.offers.pair
    customer, sku = found.pairs.customer[at], found.pairs.sku[at]
    cuts = np.stack([world.cut(share) for share in CUTS])
    floors = 1 - world.goods.kept / 0.3 / world.goods.price
    allowed = np.array(CUTS)[:, None] <= floors[None, :]
    # A cut beyond a SKU's floor leaves it as it is.
    cuts = np.where(allowed, cuts, 0.0)
    offers = world.profit(customer, sku, found.offers.incentive, seed)
    single = float(cuts.sum(axis=1).max())
    said = valued(
        found.pairs,
        found.offers,
        world.people,
        world.goods,
        TERMS,
        told_spread=0.35,
        elasticity_spread=np.full(skus, 0.4),
        units=np.bincount(world.pairs.sku, world.pairs.chance, minlength=skus).astype(np.float64),
        stock=world.stock,
        floors=floors,
    )
    return Result(
        offers=offers,
        single=single,
        each=float(np.maximum(cuts.max(axis=0), 0.0).sum()),
        reached=float(found.offers.gain.sum() / found.bound),
        kept=_kept(world, world.people, customer, sku, found.offers.units),
        followed=offers if said.offers.gain > said.single.gain else single,
    )


def _kept(world: Market, people: People, customer: Integers, sku: Integers, units: Array) -> bool:
    """Whether all limits hold."""
    per_customer = np.bincount(customer, minlength=len(people.most))
    per_sku = np.bincount(sku, units, minlength=len(world.goods.excess))
    once = len(np.unique(customer * len(world.goods.excess) + sku)) == len(sku)
    return bool((per_customer <= people.most).all() and (per_sku <= world.goods.excess + 1e-6).all() and once)
