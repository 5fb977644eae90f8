"""Purchase histories in groups: how many customers share a frequency, a recency and an age.

A customer's history enters a model of repeat buying only by three figures: *frequency* (purchases after the first),
*recency* (time from the first purchase to the last) and *T* (time from the first purchase to now; here `age`).
Customers with the same three are one group, so that ten million customers are some hundred thousand rows, and the
likelihood stays the same to the last digit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from profithunt.models.maximum import Array

Integers = npt.NDArray[np.int64]

_WIDEST = 100_000


@dataclass(frozen=True)
class Histories:
    """Groups of customers, one entry a group; recency and age in time units, `customers` the number in each."""

    frequency: Array
    recency: Array
    age: Array
    customers: Array

    @classmethod
    def of(cls, frequency: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike) -> Histories:
        """The groups of customers given one by one."""
        stacked = np.stack([np.asarray(item, dtype=np.float64) for item in (frequency, recency, age)], axis=1)
        if not len(stacked):
            return cls(np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0))
        distinct, counts = np.unique(stacked, axis=0, return_counts=True)
        x, t, whole = np.ascontiguousarray(distinct.T)
        return cls(x, t, whole, counts.astype(np.float64))

    @classmethod
    def ungrouped(cls, frequency: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike) -> Histories:
        """Customers given one by one, each a group of one."""
        x, t, whole = (np.asarray(item, dtype=np.float64) for item in (frequency, recency, age))
        return cls(x, t, whole, np.ones(len(x)))

    @classmethod
    def joined(cls, parts: Sequence[Histories]) -> Histories:
        """Parts that came one after the other."""
        return cls(
            np.concatenate([part.frequency for part in parts]),
            np.concatenate([part.recency for part in parts]),
            np.concatenate([part.age for part in parts]),
            np.concatenate([part.customers for part in parts]),
        )

    @property
    def total(self) -> float:
        """Number of customers."""
        return float(self.customers.sum())

    @property
    def repeaters(self) -> float:
        """Number of customers who came back."""
        return float(self.customers[self.frequency > 0].sum())

    def coarse(self, levels: int = 24) -> Histories:
        """Roughly the same customers in few groups, each at the mean of its members: to look for a start."""
        edges = max(float(self.age.max()), 1e-9) / levels

        def rough(x: Array) -> Array:
            return np.where(x < levels, x, levels + np.floor(np.log1p(np.maximum(x - levels, 0)) * 4))

        old = np.floor(self.age / edges).astype(np.int64)
        waited = np.floor((self.age - self.recency) / edges)
        key = (rough(self.frequency) * (levels + 2) + waited) * (levels + 2) + old
        _, first, where = np.unique(key, return_index=True, return_inverse=True)
        counts = np.bincount(where, self.customers).astype(np.float64)
        n = np.maximum(np.bincount(old, self.customers), 1e-300)
        whole = (np.bincount(old, self.customers * self.age) / n)[old[first]]
        x = np.bincount(where, self.customers * self.frequency) / counts
        since = np.bincount(where, self.customers * (self.age - self.recency)) / counts
        # Sums of equal whole numbers divided by their count are off by a last digit: equal ones shall stay equal.
        x = np.round(x, 6)
        recency = np.where(x > 0, np.clip(whole - since, 0, whole), 0.0)
        return Histories(x, recency, whole, counts)


def levels(values: Array) -> tuple[Array, Integers]:
    """The distinct values and where each value stands among them."""
    whole = len(values) and float(values.min()) >= 0 and float(values.max()) < _WIDEST
    if whole:
        index = values.astype(np.int64)
        if np.array_equal(index, values):
            return np.arange(int(index.max()) + 1, dtype=np.float64), index
    distinct, where = np.unique(values, return_inverse=True)
    return distinct, where.astype(np.int64)
