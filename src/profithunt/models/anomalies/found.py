"""What was found strange in series: the days, of which kind, how far from what was expected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from profithunt.models.shrinkage import Array

Index = npt.NDArray[np.intp]

KINDS: Final = ("spike", "level", "trend")
SPIKE, LEVEL, TREND = range(3)


@dataclass(frozen=True)
class Found:
    """What may be strange, an entry each; `series` and `day` are places in the arrays, `kind` one in KINDS.

    `seen` and `expected` are of the day (spike) or means of the days from it (level, trend), in units of the series;
    `z` is signed, `p_value` two-sided. `n_tests` by kind says among how many they were found.
    """

    series: Index
    day: Index
    kind: Index
    seen: Array
    expected: Array
    z: Array
    p_value: Array
    n_tests: tuple[int, int, int]


def joined(parts: Sequence[Found]) -> Found:
    """Several finds as one; tests add up."""
    spike, level, trend = (sum(part.n_tests[kind] for part in parts) for kind in range(3))
    arrays: dict[str, Any] = {
        one.name: np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Found)[:-1]
    }
    return Found(**arrays, n_tests=(spike, level, trend))


def none() -> Found:
    """Nothing found, and nothing looked at."""
    empty, place = np.zeros(0), np.zeros(0, dtype=np.intp)
    return Found(place, place, place, empty, empty, empty, empty, (0, 0, 0))
