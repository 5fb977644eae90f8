"""What a promotion earned beyond what would have come without it, whom to leave out of it, and when to stop it.

Everything is told in the value at list price of what was sold under it. For each kind of customer g

    gain = V_g [ (α_g + γ) m + κ m_s + η m_r ] − D_g + later_g − sent_g

with V what was sold under it, D the discount that the shop paid, α the share that came on top, γ what is missing in the
weeks after (negative), κ what the rest of its categories gained or lost (cannibalised), η what all else gained (halo);
m, m_s and m_r contribution (CM2) per list price, returns in it. Beliefs about α, γ, κ, η are normal; what was measured
(`promotion_evidence`) moves them, each by its error: α by kind of customer, with what all promotions of the shop have
in common (*shop*), what one promotion has (τ, chosen by its likelihood) and what a kind of customer has in it alone.
What comes on top is never less than nothing: a lower price drives nobody away.

`leave` unless another setting earns more with a probability of eight in ten: stopping it, or leaving out some kinds of
customers (every set of them is looked at). Where nothing was learnt from the shop's own sales, only stopping it is
advised, with a probability of 99 in 100: beliefs alone change nothing, unless more is given away than goods can earn.
Sources: Blattberg and Neslin (1990) for what a promotion consists of; Gelman and others (2013), chapter 5, for the
normal hierarchy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from profithunt.models.experiments import units_per_arm
from profithunt.models.promotion_evidence import SEGMENTS, Extra, Seen, Spread

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
IN_SCOPE: Final = 0.2
"""Of what was sold under it, at least this must lie in what is compared; else the comparison says too little of it."""
NEARLY: Final = 0.97
"""Of what the best change gains, enough for a plainer one to be taken instead."""
MISFIT: Final = 0.04
"""Standard deviation of what any comparison may be off by beyond chance, as a share of what was sold."""
_TAUS: Final = (0.05, 0.1, 0.2, 0.3, 0.45)
_G: Final = len(SEGMENTS)


@dataclass(frozen=True)
class Beliefs:
    """What is believed before anything was measured: mean and standard deviation (`priors.toml`, promotions).

    `lift` share that comes on top of a promoted SKU; `cannibalised` share of that which the rest of the category loses;
    `pulled` share of it that is missing afterwards; `halo` share that all else gains; `newcomers` share of new
    customers who would not have come without; `shop` and `kind` how far shops, and kinds of customers in one promotion,
    differ; `shifts` how kinds of customers differ from all.
    """

    lift: tuple[float, float] = (0.5, 0.25)
    cannibalised: tuple[float, float] = (0.4, 0.15)
    pulled: tuple[float, float] = (0.15, 0.1)
    halo: tuple[float, float] = (0.16, 0.1)
    newcomers: tuple[float, float] = (0.3, 0.15)
    shop: float = 0.15
    kind: float = 0.12
    shifts: Mapping[str, float] = field(
        default_factory=lambda: {
            "heavy": -0.15, "regular": -0.1, "occasional": 0.0, "other": 0.1, "lapsed": 0.15, "new": 0.1
        }
    )  # fmt: skip


@dataclass(frozen=True)
class Sold:
    """What was sold under a promotion, by kind of customer (`SEGMENTS`), and what it earns.

    `value` at list price, `in_scope` of it in what is compared, `subsidy` the discount that the shop paid, `sent` what
    sending it out cost; `margin`, `sibling_margin`, `rest_margin` CM2 at full price per list price; `later` forecast
    contribution of new customers; `rest_price` what a unit of all else costs against one of these.
    """

    value: Array
    in_scope: Array
    units: Array
    subsidy: Array
    sent: Array
    later: Array
    margin: float
    sibling_margin: float
    rest_margin: float
    level: str
    rest_price: float = 1.0


def sold_of(
    facts: Sequence[Mapping[str, Any]], around: Sequence[Mapping[str, Any]], sent: float, clv: float, level: str
) -> Sold | None:
    """What was sold under one promotion, from rows of `promotion_facts.sql` and `promotion_margins.sql`.

    `sent` what sending it out cost, `clv` what its new customers are forecast to bring together. None where nothing of
    what was sold under it has a known cost.
    """

    def column(name: str) -> Array:
        found = np.zeros(_G)
        for row in facts:
            found[SEGMENTS.index(row["segment"])] = float(row[name] or 0.0)
        return found

    value, units, known = column("list_sales"), column("units"), float(column("valued_sales").sum())
    if known <= 0 or value.sum() <= 0 or units.sum() <= 0:
        return None
    margin, price = float(column("full_cm2").sum()) / known, float(value.sum() / units.sum())
    others = {row["role"]: row for row in around if row["valued_sales"] and row["cm2"] is not None and row["units"]}
    margins = {role: float(row["cm2"]) / float(row["valued_sales"]) for role, row in others.items()}
    rest = others.get("rest")
    # Where units are not pieces (litres of fuel), prices of a unit say little: the ratio is kept within reason.
    ratio = 1.0 if rest is None else float(rest["valued_sales"]) / float(rest["units"]) / price
    later = np.zeros(_G)
    later[SEGMENTS.index("new")] = max(clv, 0.0)
    return Sold(
        value,
        column("in_scope"),
        units,
        np.maximum(column("subsidy"), 0.0),
        sent * value / value.sum(),
        later,
        margin,
        margins.get("siblings", margin),
        margins.get("rest", margin),
        level,
        min(max(ratio, 0.25), 4.0),
    )


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
    measured = {promo: _measured(one, seen.get(promo, ()), beliefs) for promo, one in sold.items()}
    tau = max(_TAUS, key=lambda one: _likelihood(list(measured.values()), beliefs, one))
    mean, covariance = _shop(measured.values(), beliefs, tau)
    common = generator.multivariate_normal(mean, covariance, n, method="cholesky")
    floor = WORTH_TALKING * sum(_given(one) for one in sold.values())
    judged, totals = {}, np.zeros(n)
    for promo, one in sold.items():
        shares = _Shares.drawn(one, measured[promo], seen.get(promo, ()), beliefs, common, tau, generator)
        judged[promo], gain = _judged(one, shares, (spreads or {}).get(promo), floor)
        totals += gain
    usual = _prior_mean("category", beliefs)
    ranges = {name: _range(np.maximum(common[:, at] + usual[at], 0.0)) for at, name in enumerate(SEGMENTS)}
    return Study(judged, _range(totals), ranges, tau)


@dataclass(frozen=True)
class _Measured:
    """Shares that came on top as they were measured: y = H α + error, less what is believed."""

    design: Array
    away: Array
    covariance: Array


def _prior_mean(level: str, beliefs: Beliefs) -> Array:
    """Share on top by kind of customer; over a whole category what is only switched inside it is not on top."""
    lift = beliefs.lift[0] * (1.0 if level in ("sku", "wide") else 1 - beliefs.cannibalised[0])
    return np.array([lift + beliefs.shifts[name] * (lift / beliefs.lift[0]) for name in SEGMENTS])


def _measured(sold: Sold, seen: Sequence[Seen], beliefs: Beliefs) -> _Measured:
    rows, away, parts = [], [], []
    prior = _prior_mean(sold.level, beliefs)
    covered = float(sold.in_scope.sum() / max(sold.value.sum(), 1e-9))
    for one in seen:
        found = one.during.get("scope")
        if found is None or covered < IN_SCOPE:
            continue
        base = covered * sold.value
        known = np.flatnonzero(np.isfinite(found.value) & (found.error > 0) & (base > 0.01 * base.sum()))
        rows.append(np.eye(_G)[known])
        away.append(found.value[known] / base[known] - prior[known])
        parts.append((found, base, known))
    design = np.concatenate(rows) if rows else np.zeros((0, _G))
    return _Measured(design, np.concatenate(away) if away else np.zeros(0), _covariance(parts))


def _covariance(parts: Sequence[tuple[Extra, Array, npt.NDArray[np.int64]]]) -> Array:
    """Errors of all comparisons of a promotion side by side: what customers did meanwhile is the same in each."""
    blocks = []
    for one, base, known in parts:
        row = []
        for other, to, also in parts:
            same = known[:, None] == also[None, :]
            if one is other:
                shared = one.shared[known] / base[known]
                chance = np.diag((one.error[known] / base[known]) ** 2)
                row.append(chance + np.outer(shared, shared) + MISFIT**2)
            else:
                meanwhile = np.minimum(one.chance[known][:, None], other.chance[also][None, :])
                row.append(np.where(same, meanwhile / base[known][:, None] / to[also][None, :], 0.0))
        blocks.append(row)
    return np.block(blocks) if blocks else np.zeros((0, 0))


def _own(beliefs: Beliefs, tau: float) -> Array:
    """How promotions of one shop differ: all kinds of customers together, and each by itself."""
    return tau**2 * np.ones((_G, _G)) + beliefs.kind**2 * np.eye(_G)


def _shop_prior(beliefs: Beliefs) -> Array:
    return beliefs.shop**2 * (0.5 * np.ones((_G, _G)) + 0.5 * np.eye(_G))


def _shop(measured: Iterable[_Measured], beliefs: Beliefs, tau: float) -> tuple[Array, Array]:
    """What the shop's promotions have in common beyond the belief, by kind of customer."""
    precision, pull = np.linalg.inv(_shop_prior(beliefs)), np.zeros(_G)
    for one in measured:
        if len(one.away):
            total = np.linalg.inv(one.design @ _own(beliefs, tau) @ one.design.T + one.covariance)
            precision = precision + one.design.T @ total @ one.design
            pull = pull + one.design.T @ total @ one.away
    covariance = np.linalg.inv(precision)
    return covariance @ pull, (covariance + covariance.T) / 2


def _likelihood(measured: Iterable[_Measured], beliefs: Beliefs, tau: float) -> float:
    """How well promotions that differ by τ explain what was measured; a little for the belief about τ itself."""
    mean, _ = _shop(measured, beliefs, tau)
    found = -((tau - beliefs.lift[1]) ** 2) / (2 * 0.1**2)
    for one in measured:
        if len(one.away):
            total = one.design @ _own(beliefs, tau) @ one.design.T + one.covariance
            left = one.away - one.design @ mean
            found -= 0.5 * float(np.linalg.slogdet(total)[1] + left @ np.linalg.solve(total, left))
    return float(found)


@dataclass(frozen=True)
class _Shares:
    """Draws of what came on top (one column a kind of customer), went missing after, and moved elsewhere."""

    extra: Array
    pulled: Array
    siblings: Array
    rest: Array
    newcomers: Array
    learnt: float

    @classmethod
    def drawn(
        cls,
        sold: Sold,
        measured: _Measured,
        seen: Sequence[Seen],
        beliefs: Beliefs,
        common: Array,
        tau: float,
        generator: np.random.Generator,
    ) -> _Shares:
        n = len(common)
        prior = _prior_mean(sold.level, beliefs)
        own = _own(beliefs, tau)
        if len(measured.away):
            gain = (
                own @ measured.design.T @ np.linalg.inv(measured.design @ own @ measured.design.T + measured.covariance)
            )
            left = (np.eye(_G) - gain @ measured.design) @ own
            centre = common + (measured.away - common @ measured.design.T) @ gain.T
        else:
            left, centre = own, common
        root = np.linalg.cholesky((left + left.T) / 2 + 1e-12 * np.eye(_G))
        extra = prior + centre + generator.normal(size=(n, _G)) @ root.T
        weight = sold.value / max(sold.value.sum(), 1e-9)
        before = float(np.sqrt(weight @ (own + _shop_prior(beliefs)) @ weight))
        mean = extra @ weight
        pulled = _moved(seen, "after", "scope", sold, (-beliefs.pulled[0], beliefs.pulled[1]), mean, generator)
        lost = beliefs.cannibalised if sold.level in ("sku", "wide") else (0.0, 0.5 * beliefs.cannibalised[1])
        siblings = _moved(seen, "during", "siblings", sold, (-lost[0], lost[1]), mean, generator)
        halo = (beliefs.halo[0] * sold.rest_price, beliefs.halo[1] * sold.rest_price)
        rest = _moved(seen, "during", "rest", sold, halo, mean, generator)
        share = np.clip(generator.normal(*beliefs.newcomers, n), 0.0, 1.0)
        after = float((centre @ weight + generator.normal(size=(n, _G)) @ root.T @ weight).std())
        return cls(extra, np.minimum(pulled, 0.0), siblings, rest, share, max(0.0, 1 - after / before))


def _moved(
    seen: Sequence[Seen],
    when: str,
    role: str,
    sold: Sold,
    belief: tuple[float, float],
    extra: Array,
    generator: np.random.Generator,
) -> Array:
    """Share of what was sold that moved elsewhere: a belief in proportion to what came on top, and what was seen."""
    middle = max(float(extra.mean()), 0.05)
    mean, variance = belief[0] * middle, (belief[1] * max(middle, 0.25)) ** 2
    base = max(float(sold.in_scope.sum()), 1e-9)
    precision, pull = 1 / variance, mean / variance
    if base >= IN_SCOPE * float(sold.value.sum()):
        for one in seen:
            found: Extra | None = (one.during if when == "during" else one.after).get(role)
            if found is None or not np.isfinite(found.value).any():
                continue
            error = float(np.nansum(found.error**2) + np.abs(found.shared).sum() ** 2) / base**2
            if error > 0:
                precision, pull = precision + 1 / error, pull + float(np.nansum(found.value)) / base / error
    drawn = generator.normal(pull / precision, np.sqrt(1 / precision), len(extra))
    # Who brings nothing on top moves nothing either.
    return np.asarray(drawn * np.clip(extra / middle, 0.0, 2.0))


def _given(sold: Sold) -> float:
    return float(sold.subsidy.sum() + sold.sent.sum())


def _judged(sold: Sold, shares: _Shares, spread: Spread | None, floor: float) -> tuple[Judged, Array]:
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


def _gains(sold: Sold, shares: _Shares) -> Array:
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


def _sides(sold: Sold, shares: _Shares, gains: Array) -> tuple[Side, ...]:
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


def _sensitivity(sold: Sold, shares: _Shares, take: Option | None) -> tuple[tuple[str, float, float], ...]:
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
        moved = _Shares(
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
