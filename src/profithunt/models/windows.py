"""Over which window an entity is judged: the longest that its last days do not contradict.

A long window knows an entity best as long as nothing changes; after a change only the days since then say what the next
ones cost: a leak that was mended is none, one that began a month ago is not diluted by the good months before. So each
entity's window begins short and is extended as long as the days before tell the same within chance.

Source: choosing the longest window that the recent one does not contradict is Lepski's method (1991).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from profithunt.models.gaps import Statistic, changed
from profithunt.models.shrinkage import Array

Columns = Mapping[str, Array]


def floats(column: npt.NDArray[Any]) -> Array:
    """A column of numbers as the engine gave it, missing ones as NaN."""
    return np.asarray(np.ma.filled(np.ma.asarray(column).astype(np.float64), np.nan), dtype=np.float64)


def longest_alike(windows: Sequence[Columns], statistic: Statistic) -> npt.NDArray[np.intp]:
    """The number of each entity's window; `windows` are its sums, shortest first.

    An entity that a window does not have is NaN in all of its columns; the last window has every entity.
    """
    count = len(next(iter(windows[-1].values()), ()))
    chosen = np.full(count, -1, dtype=np.intp)
    settled = np.zeros(count, dtype=bool)
    for number, window in enumerate(windows):
        there = _there(window)
        held = np.flatnonzero(there & (chosen >= 0) & ~settled)
        if held.size:
            before = {name: values[held] for name, values in window.items()}
            lately = {name: values[held] for name, values in of_windows(windows, chosen).items()}
            settled[held] = changed(before, lately, statistic)
        chosen[there & ~settled] = number
    return np.asarray(np.maximum(chosen, 0), dtype=np.intp)


def of_windows(windows: Sequence[Columns], chosen: npt.NDArray[np.intp]) -> dict[str, Array]:
    """Each entity's sums over its window."""
    stacked = {name: np.stack([window[name] for window in windows]) for name in windows[-1]}
    return {name: values[np.maximum(chosen, 0), np.arange(len(chosen))] for name, values in stacked.items()}


def where_known(columns: Columns, otherwise: Columns) -> dict[str, Array]:
    """The first columns, and the others for entities that the first do not have."""
    there = _there(columns)
    return {name: np.where(there, values, otherwise[name]) for name, values in columns.items()}


def _there(window: Columns) -> npt.NDArray[np.bool_]:
    return np.asarray(np.any([~np.isnan(values) for values in window.values()], axis=0))
