"""Delivery charges: what the recommendation earns of what could be earned, in worlds where every visitor is known.

Worlds (`truth/option_worlds.py`) differ in baskets, margins, how much visitors want to have things fast or to collect
them, and what the options cost. The study sees what a shop's books hold: orders by month, option and basket, visits.

- **Tried before**: charges of each option were lower and higher for some months before today's, which are drawn at
  random from the grid. The recommendations of all worlds together must earn 90 % of what the best charges of the grid
  would.
- **Nothing to change**: today's charges are the best of the grid. The study must say `leave` in 90 % of worlds.
- **One change before**, **never changed**: printed, without a limit.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from profithunt.models.options_study import study
from truth.claim import Claim
from truth.gains import EARNED, LEFT, Kind, Result, said
from truth.option_worlds import NAMES, TAX, Charges, World, observed

NAME: Final = "delivery_charges"
WORLDS: Final = 24
FIRST_SEED: Final = 300
VISITORS: Final = 240_000
MONTHS: Final = 24


def check(_folder: Path) -> Iterator[Claim]:
    """Gain earned where charges could be better, `leave` where they could not."""
    worlds = [World(FIRST_SEED + at, VISITORS) for at in range(WORLDS)]
    tried = [_world(world, FIRST_SEED + at, "tried") for at, world in enumerate(worlds)]
    share = said("tried before", tried)
    yield Claim(NAME, f"{WORLDS} worlds, charges tried before: {share:.1%} of the best gain", True, share >= EARNED)
    best = [_world(world, FIRST_SEED + at, "best") for at, world in enumerate(worlds)]
    said("nothing to change", best)
    left = float(np.mean([one.leaves for one in best]))
    yield Claim(NAME, f"{WORLDS} worlds, nothing to change: {left:.1%} said to leave", True, left >= LEFT)
    said("one change before", [_world(world, FIRST_SEED + at, "once") for at, world in enumerate(worlds)])
    said("never changed", [_world(world, FIRST_SEED + at, "never") for at, world in enumerate(worlds)])


def _world(world: World, seed: int, kind: Kind) -> Result:
    draw = np.random.default_rng([52, seed])
    profits = world.profits
    best = max(profits, key=lambda one: profits[one])
    grid = world.grid()
    today = best if kind == "best" else _drawn(draw, grid, best)
    before = {"tried": _tried(grid), "best": _tried(grid), "once": (_drawn(draw, grid, today),), "never": ()}[kind]
    past = (*(one for one in before if one != today), today)
    found = study(
        observed(world, past, MONTHS // len(past), seed),
        tax=TAX,
        charges={name: [one for one in grid[at] if one != today[at]] for at, name in enumerate(NAMES)},
    )
    take = today if found.recommended is None else _on_grid(found.recommended.charges, grid)
    scale = abs(profits[today])
    return Result(
        (profits[take] - profits[today]) / scale, (profits[best] - profits[today]) / scale, found.recommended is None
    )


def _drawn(draw: np.random.Generator, grid: tuple[tuple[float, ...], ...], but: Charges) -> Charges:
    """Charges of the grid, others than these."""
    while True:
        one, two, three = (float(draw.choice(ones)) for ones in grid)
        if (one, two, three) != but:
            return one, two, three


def _tried(grid: tuple[tuple[float, ...], ...]) -> tuple[Charges, ...]:
    """Each option's charge low, middling and high, against the others'."""
    low, middle, high = ([ones[at] for ones in grid] for at in (1, 2, -2))
    return (
        (middle[0], middle[1], low[2]),
        (low[0], high[1], middle[2]),
        (high[0], low[1], high[2]),
        (high[0], high[1], low[2]),
        (low[0], low[1], high[2]),
    )


def _on_grid(charges: tuple[float, ...], grid: tuple[tuple[float, ...], ...]) -> Charges:
    """The charges of the grid that those of the books are."""
    one, two, three = (min(ones, key=lambda x: abs(x - charge)) for charge, ones in zip(charges, grid, strict=True))
    return one, two, three
