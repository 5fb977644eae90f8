"""What recommendations earn in worlds whose response is known, as shares of what the best would."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

EARNED: Final = 0.9
"""Least share of the best gain."""
LEFT: Final = 0.9
"""Least share of the worlds where nothing should change that are left as they are."""

Kind = Literal["tried", "best", "once", "never"]
"""What a shop had done before: tried terms, tried them and found the best, changed once, never changed."""


@dataclass(frozen=True)
class Result:
    """What one world's recommendation earns and what the best would, as shares of today's profit."""

    earned: float
    possible: float
    leaves: bool


def said(what: str, results: Sequence[Result]) -> float:
    """Print what came out; the share of the possible gain that was earned."""
    earned, possible = (sum(getattr(one, name) for one in results) for name in ("earned", "possible"))
    share = earned / possible if possible > 0 else math.nan
    mostly = sum(one.earned >= EARNED * one.possible for one in results)
    worst = min(one.earned for one in results)
    leaves = sum(one.leaves for one in results)
    of_best = "" if math.isnan(share) else f"{share:.1%} of the best gain, "
    print(
        f"     {what}: {of_best}{mostly} of {len(results)} worlds with at least {EARNED:.0%} of it, "
        f"{leaves} left as they are, worst {worst:+.2%} of today's profit",
        flush=True,
    )
    return share
