"""What other terms of return would do: fewer returns, orders lost to stricter terms, customers who come back less.

Over a year of orders whose returns are in, by kind of customer (serial returners of the year before, those who had
fewer than two orders then, all others). A return that does not happen saves what the sale then earns and what taking it
back would have cost. For each lever:

- **window** of W days against W0 today: of the returns that come later than W a share q does not come at all, the rest
  comes sooner; a longer window takes pressure off: returns change by −ρ ln(W ÷ W0), orders by τ ln(W ÷ W0);
- **fee** f a return: 1 − exp(−ε f ÷ v) of the returns do not come (v their value); orders are lost by what a return is
  expected to cost, exp(−s f r ÷ b) (r returns an order, b its value), and by the fee being there at all; who pays it
  brings a share λ less in the year after;
- **fee for serial returners**: the same for them alone;
- **free exchange**: a share x of the returns takes another instead, which earns what a sale earns; a share a of these
  would have ordered it anyway, and now has it sent free, for about what taking a return back costs.

All of ε, s, q, ρ, τ, λ, x, a are declared beliefs with their sources; nothing is learnt until the shop has tried.
Sources: Bower and Maxham (2012); Janakiraman, Syrdal and Freling (2016).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from profithunt.models.policy import DRAWS, HORIZON, Array, Asked, Effect, Study, judged, normal

SEGMENTS: Final = ("serial", "seldom", "others")
LEAST_WINDOW: Final = 14
"""Days that the law gives customers in the European Union; no shorter window is looked at."""
FEWEST: Final = 100
_WINDOWS: Final = (14.0, 30.0, 60.0, 100.0)
_FEES: Final = (0.25, 0.5, 0.75)
_YEAR: Final = 364.0 / HORIZON


@dataclass(frozen=True)
class Returned:
    """Orders by kind of customer (`SEGMENTS`), over 28 days but `squares`; money in shop currency, ex tax.

    `avoided` is what a return that does not come saves, `cost` what taking one back costs; `later_than` gives the share
    of returns that come later than a number of days. `yearly` what a customer brings in a year.
    """

    orders: Array
    profit: Array
    squares: Array
    value: Array
    returns: Array
    returned_value: Array
    avoided: Array
    cost: float
    returners: Array
    yearly: Array
    lags: tuple[Array, ...]
    tax: float

    def later_than(self, days: float) -> Array:
        """Share of returns that come later than so many days, by kind of customer."""
        return np.array([float(lags[int(days) + 1 :].sum() / max(lags.sum(), 1.0)) for lags in self.lags])


@dataclass(frozen=True)
class Drawn:
    """Draws of what customers would do."""

    fee: Array
    charge: Array
    stigma: Array
    loyalty: Array
    late: Array
    pressure: Array
    leniency: Array
    exchange: Array
    anyway: Array


def draw(beliefs: Mapping[str, tuple[float, float]], seed: int = 0) -> Drawn:
    """Draws of the beliefs (`priors.toml`, returns), each a mean and a spread; `fee` and `charge` on the log scale."""
    generator = np.random.default_rng(seed)
    return Drawn(
        fee=np.exp(normal(generator, beliefs["fee"])),
        charge=np.exp(normal(generator, beliefs["charge"])),
        stigma=normal(generator, beliefs["stigma"], 0.0),
        loyalty=normal(generator, beliefs["loyalty"], 0.0, 1.0),
        late=normal(generator, beliefs["late"], -0.5, 1.0),
        pressure=normal(generator, beliefs["pressure"]),
        leniency=normal(generator, beliefs["leniency"]),
        exchange=normal(generator, beliefs["exchange"], 0.0, 0.6),
        anyway=normal(generator, beliefs["anyway"], 0.0, 1.0),
    )


def returned_of(
    facts: Sequence[Mapping[str, Any]], lags: Sequence[Mapping[str, Any]], days: int, tax: float, clv: float | None
) -> Returned | None:
    """From rows of `return_facts.sql` and `return_lags.sql`; None with too few returns, or where no cost is known.

    `days` how many the orders come from; `clv` what a customer is forecast to bring in 12 months: where it is known,
    what kinds of customers bring is moved to it on the whole.
    """

    def column(name: str) -> Array:
        found = np.zeros(len(SEGMENTS))
        for row in facts:
            found[SEGMENTS.index(row["segment"])] = float(row[name] or 0.0)
        return found

    returns, whole, kept = column("n_returned"), column("whole_value"), column("kept_value")
    if returns.sum() < FEWEST or kept.sum() <= 0 or whole.sum() <= 0 or days <= 0:
        return None
    scale = HORIZON / days
    margin = float(column("kept_profit").sum() / kept.sum())
    loss = float(column("whole_profit").sum() / whole.sum())
    each = column("returned_value") / np.maximum(returns, 1.0)
    customers = np.maximum(column("n_customers"), 1.0)
    yearly = column("profit") * 364 / days / customers
    if clv is not None and column("n_customers").sum() > 0:
        yearly = yearly + clv - float((yearly * customers).sum() / customers.sum())
    longest = max((int(row["lag_days"]) for row in lags), default=0)
    counts = np.zeros((len(SEGMENTS), max(longest + 1, 2)))
    for row in lags:
        counts[SEGMENTS.index(row["segment"]), int(row["lag_days"])] += float(row["n_returned"])
    return Returned(
        column("n_orders") * scale,
        column("profit") * scale,
        column("squares") * scale,
        column("value") * scale,
        returns * scale,
        column("returned_value") * scale,
        each * (margin - loss),
        float(-loss * whole.sum() / max(returns.sum(), 1.0)),
        column("n_returners") * 364 / days / _YEAR,
        yearly,
        tuple(counts),
        tax,
    )


def settings(today: Returned, window: int, windows: Sequence[float], fees: Sequence[float]) -> tuple[Asked, ...]:
    """What is looked at beside today's: those asked for, else the usual windows and shares of what a return costs."""
    days = [one for one in (windows or _WINDOWS) if one >= LEAST_WINDOW and one != window]
    amounts = list(fees) or sorted({_round(share * today.cost) for share in _FEES if today.cost > 0} - {0.0})
    found = [Asked("window", value=one) for one in days]
    found += [Asked("fee", value=one) for one in amounts if one > 0]
    found += [Asked("serial fee", value=one) for one in amounts if one > 0 and today.returns[0] > 0]
    return (*found, Asked("exchange"))


def study(today: Returned, drawn: Drawn, window: int, asked: Sequence[Asked]) -> Study:
    """Which terms earn most against a free return within `window` days."""
    effects = {one: outcome(today, drawn, window, one) for one in asked}
    cases = (
        ("customers mind a charge twice as much", replace(drawn, charge=drawn.charge * 2, stigma=drawn.stigma * 2)),
        ("a fee keeps half as many returns away", replace(drawn, fee=drawn.fee / 2)),
        ("nobody who pays it buys less later", replace(drawn, loyalty=drawn.loyalty * 0)),
        (
            "who pays it buys half as much again less later",
            replace(drawn, loyalty=np.minimum(drawn.loyalty * 1.5, 1.0)),
        ),
        ("late returns all come sooner instead", replace(drawn, late=drawn.late * 0)),
        ("a deadline hastens a tenth of the late returns into coming", replace(drawn, late=drawn.late * 0 - 0.1)),
        ("half as many exchange", replace(drawn, exchange=drawn.exchange / 2)),
        ("three in four of them would have ordered again", replace(drawn, anyway=drawn.anyway * 0 + 0.75)),
    )
    what_if = [(words, {one: outcome(today, other, window, one) for one in asked}) for words, other in cases]
    found = judged(asked, effects, SEGMENTS, today.orders, today.profit, today.squares, what_if)
    best = found.best
    moved = () if best is None else tuple(one for one in found.sensitivity if abs(one[1] - best.gain) > 1e-9)
    return replace(found, sensitivity=moved)


def outcome(today: Returned, drawn: Drawn, window: int, asked: Asked) -> Effect:
    """What one setting brings, draws × kinds of customers, over 28 days."""
    if asked.lever == "exchange":
        earned = today.returned_value * today.profit / np.maximum(today.value, 1e-9)
        kept = (1 - drawn.anyway)[:, None] * earned[None, :] - drawn.anyway[:, None] * today.cost * today.returns[
            None, :
        ]
        nothing = np.zeros_like(kept)
        taken = drawn.exchange[:, None]
        return Effect(taken * kept, nothing, taken * (1 - drawn.anyway)[:, None] * today.returns[None, :], nothing)
    if asked.lever == "window":
        return _window(today, drawn, window, float(asked.value or 0.0))
    return _fee(today, drawn, float(asked.value or 0.0), only_serial=asked.lever == "serial fee")


def _window(today: Returned, drawn: Drawn, window: int, days: float) -> Effect:
    longer = float(np.log(days / window))
    late = today.later_than(days) if days < window else np.zeros(len(SEGMENTS))
    avoided = (drawn.late[:, None] * late[None, :] + drawn.pressure[:, None] * longer) * today.returns[None, :]
    lost = -drawn.leniency[:, None] * longer * today.orders[None, :]
    gain = avoided * today.avoided[None, :] - lost * _each(today)
    return Effect(gain, lost, avoided, np.zeros((DRAWS, len(SEGMENTS))))


def _fee(today: Returned, drawn: Drawn, fee: float, *, only_serial: bool) -> Effect:
    asked = np.array([1.0, 0.0, 0.0]) if only_serial else np.ones(len(SEGMENTS))
    worth = today.returned_value / np.maximum(today.returns, 1e-9)
    avoided = 1 - np.exp(-drawn.fee[:, None] * fee / np.maximum(worth, 1e-9)[None, :])
    basket = today.value / np.maximum(today.orders, 1e-9)
    often = today.returns / np.maximum(today.orders, 1e-9)
    expected = drawn.charge[:, None] * (fee * often / np.maximum(basket, 1e-9))[None, :]
    lost = (1 - np.exp(-expected - drawn.stigma[:, None])) * asked[None, :]
    stays = 1 - lost
    avoided = avoided * asked[None, :] * today.returns[None, :] * stays
    paid = asked[None, :] * today.returns[None, :] * stays - avoided
    income = paid * fee / (1 + today.tax)
    share_paid = paid / np.maximum(today.returns, 1e-9)[None, :]
    later = -drawn.loyalty[:, None] * share_paid * (today.returners * today.yearly)[None, :]
    gain = avoided * today.avoided[None, :] + income - lost * today.orders[None, :] * _each(today) + later
    return Effect(gain, lost * today.orders[None, :], avoided, later)


def _each(today: Returned) -> Array:
    """What an order earns, by kind of customer."""
    return np.asarray(today.profit / np.maximum(today.orders, 1e-9))[None, :]


def _round(amount: float) -> float:
    """An amount as shops write it: just below a half or whole unit."""
    return max(round(amount * 2) / 2 - 0.05, 0.0)
