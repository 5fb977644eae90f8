"""Where an entity stands among its peers: how many there are, how they spread, a few of them by name.

Shapes: `measure` and `groups` have one entry an entity; groups are numbers (a group of too few counts as everybody).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from profithunt.models.shrinkage import Array

FEWEST = 8
_NAMED = 3


@dataclass(frozen=True)
class PeerGroup:
    """The peers of some entities: their number, percentiles of what is compared, the places of some in the middle."""

    n: int
    p10: float
    p50: float
    p90: float
    middle: tuple[int, ...]
    everybody: bool


def peer_groups(measure: Array, groups: npt.NDArray[Any], places: list[int]) -> dict[int, PeerGroup]:
    """The group of each of some entities, by place; none where nothing is compared."""
    known = ~np.isnan(measure)
    _, numbers, counts = np.unique(groups, return_inverse=True, return_counts=True)
    numbers = np.where(counts[numbers] < FEWEST, -1, numbers)
    made: dict[int, PeerGroup | None] = {}
    found = {}
    for place in places:
        number = int(numbers[place])
        if number not in made:
            made[number] = _group(measure, known & (numbers == number), everybody=number < 0)
        group = made[number]
        if group is not None:
            found[place] = group
    return found


def _group(measure: Array, inside: npt.NDArray[np.bool_], *, everybody: bool) -> PeerGroup | None:
    (members,) = inside.nonzero()
    if len(members) < 2:
        return None
    p10, p50, p90 = (float(value) for value in np.quantile(measure[members], [0.1, 0.5, 0.9]))
    near = np.lexsort((members, np.abs(measure[members] - p50)))[: _NAMED + 1]
    return PeerGroup(len(members), p10, p50, p90, tuple(int(members[at]) for at in near), everybody)
