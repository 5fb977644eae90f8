"""Removal effects of marketing channels in a first-order Markov chain over all paths.

A path starts, goes from channel to channel and ends with an order or without one. The removal effect of a channel is
the share of orders that is lost when every visit to it ends without an order (Anderl et al. 2016).
"""

from __future__ import annotations

from collections import defaultdict
from importlib.resources import files

from profithunt.engine import AnyEngine, compile_sql, split_header

MARKOV_READS = ("touch_people", "touch_points", "order_touches", "order_paths")
"""Models that the chain is made from."""

_ORDER = "\x01order"
_NOTHING = "\x01nothing"
_START = "\x01start"
_SWEEPS = 10_000
_TOLERANCE = 1e-12


def removal_effects(engine: AnyEngine) -> dict[str, float]:
    """Removal effect by channel (0–1); needs `touch_points`, `touch_people` and `order_paths`."""
    _, sql = split_header((files(__package__) / "queries" / "channel_steps.sql").read_text("utf-8"), "channel_steps")
    counts: dict[str, dict[str, float]] = defaultdict(dict)
    for start, end, number in engine.rows(compile_sql(sql, values={"order_state": _ORDER}, where="channel_steps")):
        source = start if start is not None else _START
        target = end if end is not None else _NOTHING
        counts[source][target] = counts[source].get(target, 0) + number
    chances = {
        state: {target: number / sum(targets.values()) for target, number in targets.items()}
        for state, targets in counts.items()
    }
    whole = _order_chance(chances, removed=None)
    if whole == 0:
        return {}
    channels = [state for state in chances if state != _START]
    return {name: 1 - _order_chance(chances, removed=name) / whole for name in channels}


def _order_chance(chances: dict[str, dict[str, float]], removed: str | None) -> float:
    """Chance that a path ends with an order, by Gauss–Seidel sweeps over the few channels there are."""
    chance = dict.fromkeys(chances, 0.0)
    for _ in range(_SWEEPS):
        moved = 0.0
        for state, targets in chances.items():
            if state == removed:
                continue
            new = sum(
                share * (1.0 if target == _ORDER else 0.0 if target == removed else chance.get(target, 0.0))
                for target, share in targets.items()
            )
            moved = max(moved, abs(new - chance[state]))
            chance[state] = new
        if moved < _TOLERANCE:
            break
    return chance.get(_START, 0.0)
