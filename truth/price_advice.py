"""Advice on prices, in shops whose customers' response is known.

Each world has 400 SKUs with elasticities of their own: stronger where the shop is dearer than its rivals, weaker below
them. Units are drawn about what the response makes of them, with more scatter than chance alone; the advice sees what a
shop's books hold.

- **A third of the prices moved before**: followed, the advice must earn three quarters of what the best prices would.
- **Prices never moved**: only the declared belief speaks. How much of the best gain is left is printed, without a
  limit: there the advice is careful.

In both, nine of ten changes must pay, and the ranges hold what they say within reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from profithunt.models.price_advice import Elasticity, Rules, Terms, advise, gains
from profithunt.proposition.beliefs import beliefs
from truth.claim import Claim

NAME: Final = "price_advice"
WORLDS: Final = 20
SKUS: Final = 400
BLOCKS: Final = 13
EARNED: Final = 0.75
PAYS: Final = 0.9
COVERS: Final = (0.7, 0.95)

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Result:
    """What advice earned in truth and what the best changes would have, in all; shares of single changes."""

    earned: float
    possible: float
    changes: int
    pays: float
    covered: float


def check(_folder: Path) -> Iterator[Claim]:
    """What advice earns of what could be earned, in worlds where prices moved before and where they never did."""
    for moved in (1 / 3, 0.0):
        found = [world(seed, moved) for seed in range(WORLDS)]
        share = sum(one.earned for one in found) / sum(one.possible for one in found)
        changes = sum(one.changes for one in found)
        pays, covered = (
            sum(getattr(one, name) * one.changes for one in found) / changes for name in ("pays", "covered")
        )
        what = "a third of the prices moved before" if moved else "prices never moved"
        worst = min(one.earned / one.possible for one in found)
        print(
            f"     {what}: {changes:,} changes in {WORLDS} shops, {pays:.1%} of them pay, {share:.1%} of the best gain "
            f"(worst shop {worst:.1%}), ranges cover {covered:.1%}",
            flush=True,
        )
        if moved:
            yield Claim(NAME, f"{what}: {share:.1%} of the best gain", True, share >= EARNED)
        yield Claim(NAME, f"{what}: {pays:.1%} of the changes pay", True, pays >= PAYS)
        yield Claim(NAME, f"{what}: P10–P90 covers {covered:.1%}", True, COVERS[0] <= covered <= COVERS[1])


def world(seed: int, moved: float) -> Result:
    """One shop: drawn, advised, judged by its own truth."""
    draw = np.random.default_rng([7, seed])
    price = np.exp(draw.normal(3.5, 0.6, SKUS))
    gap = draw.normal(0.02, 0.1, SKUS)
    shop = draw.normal(0, 0.4)
    elasticity = np.minimum(np.where(gap > 0, -2.6, -1.3) + shop + draw.normal(0, 0.4, SKUS), -0.05)
    base = np.exp(draw.normal(3.2, 0.8, SKUS))
    margin = draw.uniform(0.15, 0.6, SKUS)
    spread, slanted, units = _books(draw, price, elasticity, base, moved)
    lowest = price * (1 - gap)
    terms = Terms(
        price=price,
        delivered=price,
        lowest_price=lowest,
        lowest_delivered=lowest,
        units=units / (91 / 28),
        seen=units,
        margin=margin * price,
        net_price=price,
        spread=spread,
        slanted=slanted,
        floor=np.full(SKUS, -np.inf),
        ceiling=np.full(SKUS, np.inf),
        at_war=np.zeros(SKUS, dtype=bool),
    )
    known = beliefs("prices")
    cut, rise = (Elasticity(known[name].mean, known[name].spread) for name in ("cut", "rise"))
    rules = Rules(cut, rise)
    found = advise(terms, rules)
    true = Terms(**{**vars(terms), "units": base})
    change = np.where(np.isfinite(found.price), found.price / price - 1, 0.0)
    got = gains(true, change, elasticity)
    acted = change != 0
    inside = (got >= found.low) & (got <= found.high)
    return Result(
        earned=float(got.sum()),
        possible=float(_best(true, elasticity, gap, rules).sum()),
        changes=int(acted.sum()),
        pays=float((got[acted] > 0).mean()),
        covered=float(inside[acted].mean()),
    )


def _books(
    draw: np.random.Generator, price: Array, elasticity: Array, base: Array, moved: float
) -> tuple[Array, Array, Array]:
    """What a year's books hold: the two sums of `sku_prices`, and units of the last 91 days at today's price."""
    shifts = np.where(draw.random(SKUS) < moved, 0.1, 0.0)[:, None] * draw.normal(0, 1, (SKUS, BLOCKS))
    shifts[:, :3] = 0.0
    expected = base[:, None] * np.exp(elasticity[:, None] * shifts)
    units = draw.poisson(expected * draw.gamma(8.0, 1 / 8.0, expected.shape)).astype(np.float64)
    x = np.log(price)[:, None] + shifts
    y = np.log((units + 0.5) / units.sum(axis=0))
    weight = units.sum(axis=1)
    spread = (units * x * x).sum(axis=1) - (units * x).sum(axis=1) ** 2 / weight
    slanted = (units * x * y).sum(axis=1) - (units * x).sum(axis=1) * (units * y).sum(axis=1) / weight
    return spread, slanted, units[:, :3].sum(axis=1) * 91 / 84


def _best(terms: Terms, elasticity: Array, gap: Array, rules: Rules) -> Array:
    """The best gain on the grid that advice looks at, who knew the truth."""
    far = np.clip(-gap, -rules.largest, rules.largest)
    steps = np.linspace(0, 1, 41)[:, None] * far
    values: Any = gains(terms, steps, elasticity)
    return np.asarray(np.max(values, axis=0))
