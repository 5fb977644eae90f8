"""A claim: a figure that must come out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from profithunt import Shop
from profithunt.api import propose


@dataclass(frozen=True)
class Range:
    """What a figure may be: from `low` to `high`, both included."""

    low: float = -math.inf
    high: float = math.inf

    def holds(self, found: object) -> bool:
        """Whether it is a figure within."""
        return isinstance(found, (int, float)) and self.low <= found <= self.high

    def __str__(self) -> str:
        if math.isinf(self.low):
            return f"at most {self.high:g}"
        return f"at least {self.low:g}" if math.isinf(self.high) else f"{self.low:g} to {self.high:g}"


@dataclass(frozen=True)
class Claim:
    """What must come out, what did; `within` is how far a figure may be off."""

    data: str
    what: str
    expected: object
    found: object
    within: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether they are equal, or near enough."""
        if isinstance(self.expected, Range):
            return self.expected.holds(self.found)
        if self.within and isinstance(self.expected, float) and isinstance(self.found, float):
            return abs(self.expected - self.found) <= self.within
        return self.expected == self.found


class Unavailable(Exception):
    """Data that can't be had here; says how to get it."""


Check = Callable[[Path], Iterator[Claim]]


def run_shop(data: Path, folder: Path, preset: str | None = None) -> Shop:
    """A shop made by `init` from a folder of exports, and run."""
    propose(data, preset).write(folder, force=True)
    shop = Shop.open(folder)
    shop.run()
    return shop


def value(shop: Shop, query: str) -> Any:
    """One figure from the current run."""
    return shop.engine.value(query)


def reconciles(data: str, shop: Shop) -> Claim:
    """Every slice adds up to the same total."""
    off = [item.dimension for item in shop.reconcile().slices if item.difference != 0]
    return Claim(data, "slices that do not add up", [], off)
