"""Settings of a policy against today's, as returns and payment have them: what customers would do, and a choice.

A setting is valued in draws of what is not known. It is recommended where it earns more with a probability of eight in
ten and by more than 0.3 % of today's profit, as opportunities are gated; else things are left as they are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from profithunt.models.experiments import units_per_arm

Array = npt.NDArray[np.float64]

SURE: Final = 0.8
WORTH_IT: Final = 0.003
DRAWS: Final = 2_000
HORIZON: Final = 28.0


@dataclass(frozen=True)
class Effect:
    """What a setting brings over 28 days, draws × segments: contribution, orders lost, and what it is meant to move.

    `moved` counts returns avoided, or orders paid otherwise; `later` is the part of `gain` that comes from customers
    who come back less.
    """

    gain: Array
    lost: Array
    moved: Array
    later: Array


@dataclass(frozen=True)
class Side:
    """Who wins and who loses: a segment, its orders over 28 days, and what the setting changes."""

    segment: str
    orders: float
    lost: float
    gain: float


@dataclass(frozen=True)
class Setting:
    """One setting against today's, over 28 days; `value` is the number in it (days, an amount), None without one."""

    lever: str
    subject: str
    value: float | None
    gain: float
    gain_low: float
    gain_high: float
    better: float
    moved: float
    lost_share: float
    later: float


@dataclass(frozen=True)
class Study:
    """What came out; `recommended` None: leave it. `n_per_arm` orders under each of both settings for a test."""

    profit: float
    orders: float
    settings: tuple[Setting, ...]
    best: Setting | None
    recommended: Setting | None
    sides: tuple[Side, ...]
    sensitivity: tuple[tuple[str, float, float], ...]
    n_per_arm: float | None


@dataclass(frozen=True)
class Asked:
    """A setting to be valued."""

    lever: str
    subject: str = ""
    value: float | None = None


def normal(
    generator: np.random.Generator, belief: tuple[float, float], low: float = -math.inf, high: float = math.inf
) -> Array:
    """Draws of a belief, kept between two limits."""
    return np.asarray(np.clip(generator.normal(*belief, DRAWS), low, high))


def judged(
    asked: Sequence[Asked],
    effects: Mapping[Asked, Effect],
    segments: Sequence[str],
    orders: Array,
    profit: Array,
    squares: Array,
    what_if: Sequence[tuple[str, Mapping[Asked, Effect]]],
) -> Study:
    """The settings side by side, and which to take. `orders`, `profit`, `squares` over 28 days by segment."""
    total, n = float(profit.sum()), float(orders.sum())
    found = {one: _setting(one, effects[one], n) for one in asked}
    least = WORTH_IT * abs(total)
    sure = [one for one, item in found.items() if item.better >= SURE and item.gain > least]
    best = max(sure or list(found), key=lambda one: found[one].gain, default=None)
    if best is None:
        return Study(total, n, (), None, None, (), (), None)
    effect = effects[best]
    sides = tuple(
        Side(name, float(orders[at]), float(effect.lost[:, at].mean()), float(effect.gain[:, at].mean()))
        for at, name in enumerate(segments)
    )
    others = [(words, by[best].gain.sum(axis=1)) for words, by in what_if]
    sensitivity = tuple((words, float(gain.mean()), float((gain > 0).mean())) for words, gain in others)
    variance = float(squares.sum()) / n - (total / n) ** 2 if n else 0.0
    each = abs(found[best].gain) / n if n else 0.0
    size = units_per_arm(math.sqrt(max(variance, 0.0)), each) if each > 0 and variance > 0 else None
    return Study(total, n, tuple(found.values()), found[best], found[best] if sure else None, sides, sensitivity, size)


def _setting(one: Asked, effect: Effect, orders: float) -> Setting:
    gain = effect.gain.sum(axis=1)
    low, high = np.quantile(gain, (0.1, 0.9))
    return Setting(
        one.lever,
        one.subject,
        one.value,
        float(gain.mean()),
        float(low),
        float(high),
        float((gain > 0).mean()),
        float(effect.moved.sum(axis=1).mean()),
        float(effect.lost.sum(axis=1).mean() / orders) if orders else 0.0,
        float(effect.later.sum(axis=1).mean()),
    )
