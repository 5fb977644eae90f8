"""Delivery terms: what the recommendation earns of what could be earned, in choice worlds where every visitor is known.

Worlds (`truth/choices.py`) differ in baskets, margins, charges, in how visitors like filling up and whether a high
threshold puts them off. The study sees what a shop's books hold: orders by month and basket value, and visits.

- **Tried before**: free for all, thresholds of 0.7 and 1.5 typical baskets, and no free delivery each held for some
  months before today's terms, which are drawn at random. The recommendations of all worlds together must earn 90 % of
  what the best terms of the same grid would.
- **Nothing to change**: today's terms are the best of the grid. The study must say `leave` in 90 % of worlds.
- **One change before**, **never changed**: printed, without a limit. What a threshold that is announced higher does to
  visitors shows only where the terms changed; without it the study is careful, and most of the gain is left.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from profithunt.models.delivery_study import study
from profithunt.models.delivery_terms import Economics
from truth.choices import RETURN_COST, TAX, Terms, World, observed
from truth.claim import Claim
from truth.gains import EARNED, LEFT, Kind, Result, said

NAME: Final = "delivery_terms"
WORLDS: Final = 24
FIRST_SEED: Final = 200
VISITORS: Final = 240_000
MONTHS: Final = 10


def check(_folder: Path) -> Iterator[Claim]:
    """Gain earned where the terms could be better, `leave` where they could not."""
    tried = [_world(FIRST_SEED + at, "tried") for at in range(WORLDS)]
    share = said("tried before", tried)
    yield Claim(NAME, f"{WORLDS} worlds, terms tried before: {share:.1%} of the best gain", True, share >= EARNED)
    best = [_world(FIRST_SEED + at, "best") for at in range(WORLDS)]
    said("nothing to change", best)
    left = float(np.mean([one.leaves for one in best]))
    yield Claim(NAME, f"{WORLDS} worlds, nothing to change: {left:.1%} said to leave", True, left >= LEFT)
    once = [_world(FIRST_SEED + at, "once") for at in range(WORLDS)]
    said("one change before", once)
    never = [_world(FIRST_SEED + at, "never") for at in range(WORLDS)]
    said("never changed", never)


def _world(seed: int, kind: Kind) -> Result:
    world = World(seed, VISITORS)
    draw = np.random.default_rng([42, seed])
    grid = world.grid()
    profit = {one: world.profit(Terms(one, world.charge)) for one in grid}
    best = max(profit, key=lambda one: profit[one])
    others = [one for one in grid[1:-1] if one != best]
    today = best if kind == "best" else float(draw.choice(others))
    before = {
        "tried": _tried(world),
        "best": _tried(world),
        "once": (float(draw.choice([one for one in grid if one != today])),),
        "never": (),
    }[kind]
    past = tuple(Terms(one, world.charge) for one in (*(one for one in before if one != today), today))
    found = study(
        observed(world, past, MONTHS // len(past), seed),
        Economics(0.0, 0.0, TAX, return_cost=RETURN_COST),
        thresholds=[one for one in grid if one != today],
        charges=[world.charge],
    )
    take = today if found.recommended is None else found.recommended.threshold
    scale = abs(profit[today])
    return Result(
        (profit[take] - profit[today]) / scale, (profit[best] - profit[today]) / scale, found.recommended is None
    )


def _tried(world: World) -> tuple[float, ...]:
    return (0.0, float(round(world.typical * 0.7)), float(round(world.typical * 1.5)), math.inf)
