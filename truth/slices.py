"""Slices that are known: those planted are found, exactly those, and none where rows are shuffled.

**Planted.** Two causes, one of a single attribute and one of two, beside attributes that do nothing. These two and no
other must be found, in 95 of 100 worlds. **Shuffled.** The same rows with their periods dealt out anew: a search may
find something in 5 of 100 (within what chance adds to that many searches).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from profithunt.api.why import search
from profithunt.engine import Engine
from truth.claim import Claim

NAME: Final = "slices"
SHARE: Final = 0.05
FIRST_SEED: Final = 2_000
MEMBERS: Final = (3, 4, 6, 8, 5, 12, 20, 4, 15, 9)


@dataclass(frozen=True)
class Size:
    """Rows and attributes of a world, how often it is made, how strong its two causes are."""

    rows: int
    attributes: int
    runs: int
    one: float
    two: float


SIZES: Final = (
    Size(5_000, 4, 80, 0.20, 0.50),
    Size(50_000, 6, 40, 0.08, 0.20),
    Size(500_000, 10, 4, 0.03, 0.08),
)
CAUSES: Final = ({"d3": "m5"}, {"d1": "m2", "d2": "m3"})


def check(_folder: Path) -> Iterator[Claim]:
    """Both worlds, at every size."""
    for size in SIZES:
        exact = sum(_found(size, FIRST_SEED + at, shuffled=False) == _known() for at in range(size.runs))
        quiet = sum(not _found(size, FIRST_SEED + at, shuffled=True) for at in range(size.runs))
        least = 1 - SHARE - 2 * (SHARE * (1 - SHARE) / size.runs) ** 0.5
        about = f"{size.rows:,} rows × {size.attributes} attributes"
        print(f"     {about}: exact in {exact} of {size.runs} worlds, none in {quiet} of {size.runs} shuffled")
        exactly = f"{about}: exactly the planted slices in {exact} of {size.runs}, at least {least:.0%}"
        yield Claim(NAME, exactly, True, exact / size.runs >= least)
        yield Claim(
            NAME, f"{about}: none in {quiet} of {size.runs} shuffled, at least {least:.0%}", True,
            quiet / size.runs >= least,
        )  # fmt: skip


def _known() -> list[str]:
    return sorted(map(str, CAUSES))


def _found(size: Size, seed: int, *, shuffled: bool) -> list[str]:
    draw = np.random.default_rng(seed)
    columns = {
        f"d{at}": np.array([f"m{member}" for member in range(n)], dtype=object)[draw.integers(0, n, size.rows)]
        for at, n in enumerate(MEMBERS[: size.attributes])
    }
    later = draw.integers(0, 2, size.rows)
    chance = np.full(size.rows, 0.1)
    for cause, effect in zip(CAUSES, (size.one, size.two), strict=True):
        chance[_inside(columns, cause) & (later == 1)] += effect
    y = (draw.random(size.rows) < chance).astype(np.float64)
    if shuffled:
        later = draw.permutation(later)
    rates = float(y[later == 0].mean()), float(y[later == 1].mean())
    with Engine() as engine:
        engine.attach_arrays("why_facts", {**columns, "later": later.astype(np.int32), "y": y, "x": np.ones(size.rows)})
        return sorted(str(members) for _, members in search(engine, list(columns), rates))


def _inside(columns: dict[str, npt.NDArray[Any]], cause: dict[str, str]) -> npt.NDArray[np.bool_]:
    return np.asarray(np.all([columns[name] == member for name, member in cause.items()], axis=0), dtype=np.bool_)
