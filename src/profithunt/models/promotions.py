"""What a promotion earned beyond what would have come without it, whom to leave out of it, and when to stop it.

Everything is told in the value at list price of what was sold under it. For each kind of customer g

    gain = V_g [ (α_g + γ) m + κ m_s + η m_r ] − D_g + later_g − sent_g

with V what was sold under it, D the discount that the shop paid, α the share that came on top, γ what is missing in the
weeks after (negative), κ what the rest of its categories gained or lost (cannibalised), η what all else gained (halo);
m, m_s and m_r contribution (CM2) per list price, returns in it. Beliefs about α, γ, κ, η are normal; what was measured
(`promotion_evidence`) moves them, each by its error (`promotion_shares`).

`leave` unless another setting earns more with a probability of eight in ten: stopping it, or leaving out some kinds of
customers (every set of them is looked at). Where nothing was learnt from the shop's own sales, only stopping it is
advised, with a probability of 99 in 100: beliefs alone change nothing, unless more is given away than goods can earn.
Sources: Blattberg and Neslin (1990) for what a promotion consists of; Gelman and others (2013), chapter 5, for the
normal hierarchy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
import numpy.typing as npt

from profithunt.models.experiments import units_per_arm
from profithunt.models.promotion_evidence import SEGMENTS, Seen, Spread
from profithunt.models.promotion_shares import TAUS, Shares, in_common, likelihood, measured_of, prior_mean
from profithunt.models.promotion_sold import Beliefs, Sold

Array = npt.NDArray[np.float64]

SURE: Final = 0.8
SURE_UNSEEN: Final = 0.99
"""The same for stopping it where hardly anything was learnt from the shop's own sales."""
SEEN: Final = 0.1
"""Of a belief's width, so much must have been taken away for it to count as learnt."""
WORTH_IT: Final = 0.05
"""Share of what a promotion gives away that a change must earn to be worth the trouble."""
WORTH_TALKING: Final = 0.01
"""The same of what all promotions together give away."""
DRAWS: Final = 2_000
NEARLY: Final = 0.97
"""Of what the best change gains, enough for a plainer one to be taken instead."""
_G: Final = len(SEGMENTS)


@dataclass(frozen=True)
class Option:
    """Another setting against today's: whom it leaves out, what it earns more and how surely."""

    left_out: tuple[str, ...]
    gain: float
    gain_low: float
    gain_high: float
    better: float


@dataclass(frozen=True)
class Side:
    """One kind of customer: units under it, of which on top, what they earned beyond the discount."""

    segment: str
    units: float
    extra_units: float
    subsidy: float
    gain: float
    gain_low: float
    gain_high: float
    loses: float


Range = tuple[float, float, float]


@dataclass(frozen=True)
class Judged:
    """What came out for one promotion. Ranges are P10, P50, P90; money over one time that it ran.

    `gain` contribution against not having it; `recommended` the change to make, None: leave it; `best` the change with
    the most expected gain; `learnt` how much of the belief's width the evidence took away; `n_per_arm` customers in
    each arm of a test that would show it.
    """

    gain: Range
    pays: float
    extra: Range
    pulled: Range
    siblings: Range
    rest: Range
    later: Range
    sides: tuple[Side, ...]
    options: tuple[Option, ...]
    best: Option | None
    recommended: Option | None
    sensitivity: tuple[tuple[str, float, float], ...]
    learnt: float
    n_per_arm: float | None

    @property
    def verdict(self) -> str:
        """`stop`, `narrow` or `leave`."""
        if self.recommended is None:
            return "leave"
        return "stop" if not self.recommended.left_out else "narrow"


@dataclass(frozen=True)
class Study:
    """All promotions of a shop: each judged, and what the changes recommended earn together."""

    judged: Mapping[str, Judged]
    total: Range
    shop: Mapping[str, Range]
    tau: float


def study(
    sold: Mapping[str, Sold],
    seen: Mapping[str, Sequence[Seen]],
    beliefs: Beliefs | None = None,
    spreads: Mapping[str, Spread] | None = None,
    *,
    seed: int = 0,
    n: int = DRAWS,
) -> Study:
    """What each promotion earned and what to do with it, next time it runs as it did.

    `seen` holds what was compared for each (nothing: beliefs and the shop's other promotions speak).
    """
    beliefs = beliefs or Beliefs()
    generator = np.random.default_rng(seed)
    measured = {promo: measured_of(one, seen.get(promo, ()), beliefs) for promo, one in sold.items()}
    tau = max(TAUS, key=lambda one: likelihood(list(measured.values()), beliefs, one))
    mean, covariance = in_common(measured.values(), beliefs, tau)
    common = generator.multivariate_normal(mean, covariance, n, method="cholesky")
    floor = WORTH_TALKING * sum(_given(one) for one in sold.values())
    judged, totals = {}, np.zeros(n)
    for promo, one in sold.items():
        shares = Shares.drawn(one, measured[promo], seen.get(promo, ()), beliefs, common, tau, generator)
        judged[promo], gain = _judged(one, shares, (spreads or {}).get(promo), floor)
        totals += gain
    usual = prior_mean("category", beliefs)
    ranges = {name: _range(np.maximum(common[:, at] + usual[at], 0.0)) for at, name in enumerate(SEGMENTS)}
    return Study(judged, _range(totals), ranges, tau)


def _given(sold: Sold) -> float:
    return float(sold.subsidy.sum() + sold.sent.sum())


def _judged(sold: Sold, shares: Shares, spread: Spread | None, floor: float) -> tuple[Judged, Array]:
    gains = _gains(sold, shares)
    total = gains.sum(axis=1)
    options = _options(sold, gains)
    least = max(WORTH_IT * _given(sold), floor)
    sure = [one for one in options if one.gain > least and _is_sure(one, shares.learnt)]
    best = _simplest(sure or options)
    take = best if sure else None
    weight = sold.value
    moved = weight.sum()
    judged = Judged(
        gain=_range(total),
        pays=float((total > 0).mean()),
        extra=_range((shares.extra * sold.units).sum(axis=1)),
        pulled=_range(shares.pulled * sold.units.sum()),
        siblings=_range(shares.siblings * moved * sold.sibling_margin),
        rest=_range(shares.rest * moved * sold.rest_margin),
        later=_range(shares.newcomers * sold.later.sum()),
        sides=_sides(sold, shares, gains),
        options=options,
        best=best,
        recommended=take,
        sensitivity=_sensitivity(sold, shares, take),
        learnt=shares.learnt,
        n_per_arm=None if spread is None else _size(spread, sold.margin, float(total.mean())),
    )
    return judged, np.zeros(len(total)) if take is None else -_left(gains, take)


def _is_sure(option: Option, learnt: float) -> bool:
    """Whether a change may be advised; on beliefs alone only to stop, where more is given away than goods can earn."""
    return option.better >= SURE if learnt >= SEEN else not option.left_out and option.better >= SURE_UNSEEN


def _simplest(options: Sequence[Option]) -> Option | None:
    """The option with the most to gain, or a plainer one that gains nearly as much: stopping, or fewer left out."""
    most = max((one.gain for one in options), default=0.0)
    near = [one for one in options if one.gain >= most - (1 - NEARLY) * abs(most)]
    return min(near, key=lambda one: (len(one.left_out), -one.gain), default=None)


def _gains(sold: Sold, shares: Shares) -> Array:
    """Contribution beyond not having it, draws × kinds of customers."""
    unit = (shares.extra + shares.pulled[:, None]) * sold.margin
    unit = unit + (shares.siblings * sold.sibling_margin + shares.rest * sold.rest_margin)[:, None]
    return np.asarray(sold.value * unit - sold.subsidy - sold.sent + shares.newcomers[:, None] * sold.later)


def _left(gains: Array, option: Option) -> Array:
    """What the kinds of customers that are left out would have brought; all of them where it stops."""
    chosen = [SEGMENTS.index(name) for name in option.left_out] or list(range(_G))
    return np.asarray(gains[:, chosen].sum(axis=1))


def _options(sold: Sold, gains: Array) -> tuple[Option, ...]:
    """Stopping it, and leaving out every set of kinds of customers that buy under it."""
    there = [at for at in range(_G) if sold.value[at] > 0]
    if not there:
        return ()
    found = [_option((), -gains.sum(axis=1))]
    for size in range(1, len(there)):
        found += [
            _option(tuple(SEGMENTS[at] for at in chosen), -gains[:, chosen].sum(axis=1))
            for chosen in combinations(there, size)
        ]
    return tuple(found)


def _option(left_out: tuple[str, ...], gain: Array) -> Option:
    low, high = np.quantile(gain, (0.1, 0.9))
    return Option(left_out, float(gain.mean()), float(low), float(high), float((gain > 0).mean()))


def _sides(sold: Sold, shares: Shares, gains: Array) -> tuple[Side, ...]:
    found = []
    for at, name in enumerate(SEGMENTS):
        if sold.value[at] <= 0:
            continue
        low, high = np.quantile(gains[:, at], (0.1, 0.9))
        found.append(
            Side(
                name,
                float(sold.units[at]),
                float(shares.extra[:, at].mean() * sold.units[at]),
                float(sold.subsidy[at]),
                float(gains[:, at].mean()),
                float(low),
                float(high),
                float((gains[:, at] < 0).mean()),
            )
        )
    return tuple(found)


def _sensitivity(sold: Sold, shares: Shares, take: Option | None) -> tuple[tuple[str, float, float], ...]:
    """What it (or the change recommended) earns if beliefs are off: mean, and how likely it earns anything."""
    nothing = np.zeros_like(shares.rest)
    cases: tuple[tuple[str, float, float, Array, Array], ...] = (
        ("half as much came on top", 0.5, 1.0, shares.rest, shares.newcomers),
        ("half as much again came on top", 1.5, 1.0, shares.rest, shares.newcomers),
        ("twice as much was only bought earlier", 1.0, 2.0, shares.rest, shares.newcomers),
        ("nothing else was bought with it", 1.0, 1.0, nothing, shares.newcomers),
        ("every new customer would have come anyway", 1.0, 1.0, shares.rest, nothing),
    )
    if not sold.later.any():
        cases = cases[:-1]
    found = []
    for words, times, pulled, rest, newcomers in cases:
        moved = Shares(
            shares.extra * times,
            shares.pulled * pulled * times,
            shares.siblings * times,
            rest * times,
            newcomers,
            shares.learnt,
        )
        gains = _gains(sold, moved)
        value = gains.sum(axis=1) if take is None else -_left(gains, take)
        found.append((words, float(value.mean()), float((value > 0).mean())))
    return tuple(found)


def _size(spread: Spread, margin: float, gain: float) -> float | None:
    """Customers in each of two arms that would show what it earns a customer on what it is about: 15.7 σ² ÷ δ²."""
    each, sigma = abs(gain) / spread.n, spread.sigma * abs(margin)
    return units_per_arm(sigma, each) if each > 0 and sigma > 0 else None


def _range(drawn: Array) -> Range:
    low, middle, high = np.quantile(drawn, (0.1, 0.5, 0.9))
    return float(low), float(middle), float(high)
