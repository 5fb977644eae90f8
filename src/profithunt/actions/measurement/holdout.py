"""Who is left out of an action, so that its effect can be seen: drawn by a stable hash of action and unit.

The draw depends on nothing but the action's id and the unit's own: not on the order of the list, not on who else is on
it, not on the run. The same unit is drawn afresh for every action, so nobody is left out of everything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from profithunt.errors import UsageError

SHARE: Final = 0.1
MOST: Final = 0.5
_SCALE: Final = 2.0**64


@dataclass(frozen=True)
class Draw:
    """The units to act on and the units held out, each in the order in which they were given."""

    acted: tuple[str, ...]
    held: tuple[str, ...]
    share: float

    def to_json(self) -> dict[str, object]:
        """As data."""
        return {"share": self.share, "n_acted": len(self.acted), "n_held": len(self.held), "held": list(self.held)}


def place(action: str, unit: str) -> float:
    """Where a unit stands for an action: a number from 0 to below 1, spread evenly over units."""
    digest = hashlib.sha256(f"{action}\x1f{unit}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / _SCALE


def is_held(action: str, unit: str, share: float = SHARE) -> bool:
    """Whether a unit is left out of an action."""
    return place(action, unit) < share


def draw(action: str, units: Iterable[str], share: float = SHARE) -> Draw:
    """Part units into acted on and held out; a unit that is named twice counts once. Raises UsageError."""
    if not 0 <= share <= MOST:
        raise UsageError(f"a holdout of {share:g} can't be drawn", expected=f"a share from 0 to {MOST:g}")
    acted: list[str] = []
    held: list[str] = []
    for unit in dict.fromkeys(units):
        (held if is_held(action, unit, share) else acted).append(unit)
    return Draw(tuple(acted), tuple(held), share)
