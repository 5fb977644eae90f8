"""What another mix of ways to pay would earn: fees saved and returns avoided against orders lost.

Ways of payment differ in what taking them costs, in how many orders are cancelled (declined, not paid) and in how much
comes back: who pays later orders more and keeps less. Each dear way is held against the cheapest that a good share of
customers uses. What an order earns more if it is paid the cheap way: the difference of the fees, and a share c of the
difference in returns and cancellations; the rest of that difference is who those customers are, and goes with them.

- **steer**: show the cheap way first; a share of the orders moves, a few are lost;
- **discount** for the cheap way: more move, and all who pay that way already get it too;
- **surcharge** of the fee's difference: more move, the rest pays it, some leave: exp(−s a ÷ b) with a the amount, b the
  basket;
- **drop** the way: a share of its orders is lost, the rest moves.

All shares are declared beliefs with their sources (`priors.toml`, payments).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from profithunt.models.policy import DRAWS, HORIZON, Array, Asked, Effect, Study, judged, normal

SEGMENTS: Final = ("first orders", "all others")
LEVERS: Final = ("steer", "discount", "surcharge", "drop")
LEAST_SHARE: Final = 0.05
"""Of all orders, so many must be paid a way for it to be one that others can be moved to."""
LEAST_GAP: Final = 0.002
"""Of the value: ways that cost less than this more than the cheapest are left alone."""
FEWEST: Final = 100


@dataclass(frozen=True)
class Way:
    """A way of payment over 28 days, by kind of order (`SEGMENTS`); `placed` counts those cancelled whole too."""

    name: str
    placed: Array
    cancelled: Array
    orders: Array
    value: Array
    profit: Array
    squares: Array
    fees: Array
    returned_share: float

    @property
    def fee_share(self) -> float:
        """Fees as a share of the value."""
        return float(self.fees.sum() / max(self.value.sum(), 1e-9))

    @property
    def cancelled_share(self) -> float:
        """Orders cancelled of those placed."""
        return float(self.cancelled.sum() / max(self.placed.sum(), 1e-9))


@dataclass(frozen=True)
class Mix:
    """All ways of payment and the cheapest that others can be moved to; `return_loss` what a returned value costs."""

    ways: tuple[Way, ...]
    cheapest: Way
    return_loss: float

    def dear(self) -> tuple[Way, ...]:
        """Ways that cost more than the cheapest, fees, returns and cancellations together; the dearest first."""
        found = [one for one in self.ways if one is not self.cheapest and self.gap(one) > LEAST_GAP]
        return tuple(sorted(found, key=lambda one: -self.gap(one) * float(one.value.sum())))

    def gap(self, way: Way) -> float:
        """What a way costs more than the cheapest, as a share of the value."""
        return way.fee_share - self.cheapest.fee_share + self.risk(way)

    def risk(self, way: Way) -> float:
        """The part of it that is returns and cancellations; nothing where they are fewer."""
        returned = (way.returned_share - self.cheapest.returned_share) * self.return_loss
        earned = max(float(way.profit.sum() / max(way.value.sum(), 1e-9)), 0.0)
        return max(returned, 0.0) + max(way.cancelled_share - self.cheapest.cancelled_share, 0.0) * earned


@dataclass(frozen=True)
class Drawn:
    """Draws of what customers would do."""

    steered: Array
    steering_lost: Array
    discounted: Array
    surcharged: Array
    charge: Array
    dropped: Array
    causal: Array


def draw(beliefs: Mapping[str, tuple[float, float]], seed: int = 0) -> Drawn:
    """Draws of the beliefs (`priors.toml`, payments), each a mean and a spread; `charge` on the log scale."""
    generator = np.random.default_rng(seed)
    return Drawn(
        steered=normal(generator, beliefs["steered"], 0.0, 1.0),
        steering_lost=normal(generator, beliefs["steering_lost"], 0.0, 0.2),
        discounted=normal(generator, beliefs["discounted"], 0.0, 1.0),
        surcharged=normal(generator, beliefs["surcharged"], 0.0, 1.0),
        charge=np.exp(normal(generator, beliefs["charge"])),
        dropped=normal(generator, beliefs["dropped"], 0.0, 1.0),
        causal=normal(generator, beliefs["causal"], 0.0, 1.0),
    )


def mix_of(facts: Sequence[Mapping[str, Any]], days: int, return_loss: float) -> Mix | None:
    """From rows of `payment_facts.sql`; None where fewer than two ways of payment have 100 orders.

    `days` how many the orders come from, `return_loss` what a returned value costs, as a share of it.
    """
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for row in facts:
        rows.setdefault(row["payment_method"], []).append(row)
    scale = HORIZON / max(days, 1)
    ways = [_way(name, found, scale) for name, found in sorted(rows.items())]
    ways = [one for one in ways if one.orders.sum() >= FEWEST * scale and one.value.sum() > 0]
    if len(ways) < 2:
        return None
    total = sum(float(one.orders.sum()) for one in ways)
    wide = [one for one in ways if float(one.orders.sum()) >= LEAST_SHARE * total]
    cheapest = min(wide, key=lambda one: one.fee_share + one.returned_share * return_loss)
    return Mix(tuple(ways), cheapest, return_loss)


def _way(name: str, rows: Sequence[Mapping[str, Any]], scale: float) -> Way:
    def column(key: str) -> Array:
        found = np.zeros(len(SEGMENTS))
        for row in rows:
            found[SEGMENTS.index(row["segment"])] = float(row[key] or 0.0)
        return found

    units, back = float(column("units").sum()), float(column("units_returned").sum())
    placed, cancelled, orders, value, profit, squares, fees = (
        column(key) * scale for key in ("n_placed", "n_cancelled", "n_orders", "value", "profit", "squares", "fees")
    )
    share = back / units if units else 0.0
    return Way(name, placed, cancelled, orders, value, profit, squares, fees, share)


def settings(mix: Mix) -> tuple[Asked, ...]:
    """Every lever for every dear way."""
    return tuple(Asked(lever, way.name) for way in mix.dear() for lever in LEVERS)


def study(mix: Mix, drawn: Drawn, asked: Sequence[Asked], *, lawful: bool) -> Study:
    """Which change of the mix earns most; surcharges are only valued where they are `lawful`."""
    allowed = [one for one in asked if lawful or one.lever != "surcharge"]
    effects = {one: outcome(mix, drawn, one) for one in allowed}
    cases = (
        ("returns and cancellations are all who they are", replace(drawn, causal=drawn.causal * 0)),
        ("they are all how it is paid", replace(drawn, causal=np.ones(DRAWS))),
        ("twice as many leave", _more_leave(drawn)),
        ("half as many move", replace(drawn, steered=drawn.steered / 2, discounted=drawn.discounted / 2,
                                      surcharged=drawn.surcharged / 2)),
    )  # fmt: skip
    what_if = [(words, {one: outcome(mix, other, one) for one in allowed}) for words, other in cases]
    orders, profit, squares = (
        np.asarray(sum(getattr(way, name) for way in mix.ways)) for name in ("orders", "profit", "squares")
    )
    return judged(allowed, effects, SEGMENTS, orders, profit, squares, what_if)


def _more_leave(drawn: Drawn) -> Drawn:
    return replace(
        drawn,
        steering_lost=drawn.steering_lost * 2,
        charge=drawn.charge * 2,
        dropped=np.minimum(drawn.dropped * 2, 1.0),
    )


def outcome(mix: Mix, drawn: Drawn, asked: Asked) -> Effect:
    """What one change brings, draws × kinds of orders, over 28 days."""
    way = next(one for one in mix.ways if one.name == asked.subject)
    basket = float(way.value.sum() / max(way.orders.sum(), 1e-9))
    fees = max(way.fee_share - mix.cheapest.fee_share, 0.0)
    saved = fees + drawn.causal * mix.risk(way)
    paid = np.zeros(DRAWS)
    given = np.zeros(len(SEGMENTS))
    if asked.lever == "steer":
        moved, lost = drawn.steered, drawn.steering_lost * drawn.steered
    elif asked.lever == "discount":
        moved, lost = drawn.discounted, np.zeros(DRAWS)
        given = 0.5 * fees * mix.cheapest.value
        saved = saved - 0.5 * fees
    elif asked.lever == "surcharge":
        lost = 1 - np.exp(-drawn.charge * fees * basket / max(basket, 1e-9))
        moved = drawn.surcharged * (1 - lost)
        paid = fees * (1 - lost - moved)
    else:
        lost = drawn.dropped
        moved = 1 - lost
    each = np.asarray(way.profit / np.maximum(way.value, 1e-9))[None, :]
    share = moved * saved + paid
    gain = (share[:, None] - lost[:, None] * each) * way.value[None, :] - given[None, :]
    return Effect(gain, lost[:, None] * way.orders[None, :], moved[:, None] * way.orders[None, :], np.zeros_like(gain))
