"""Shares of what was sold under promotions that came on top, as the comparisons and the beliefs together have them.

Measured shares of all promotions of a shop are put together as a normal hierarchy: what its promotions have in common
by kind of customer, what one promotion has (τ, chosen by its likelihood), what a kind of customer has in it alone. What
is missing afterwards, and what moved elsewhere, is a belief in proportion to what came on top, moved by what was seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from profithunt.models.promotion_evidence import SEGMENTS, Extra, Seen
from profithunt.models.promotion_sold import Beliefs, Sold

Array = npt.NDArray[np.float64]

IN_SCOPE: Final = 0.2
"""Of what was sold under it, at least this must lie in what is compared; else the comparison says too little of it."""
MISFIT: Final = 0.04
"""Standard deviation of what any comparison may be off by beyond chance, as a share of what was sold."""
TAUS: Final = (0.05, 0.1, 0.2, 0.3, 0.45)
_G: Final = len(SEGMENTS)


@dataclass(frozen=True)
class Measured:
    """Shares that came on top as they were measured: y = H α + error, less what is believed."""

    design: Array
    away: Array
    covariance: Array


def prior_mean(level: str, beliefs: Beliefs) -> Array:
    """Share on top by kind of customer; over a whole category what is only switched inside it is not on top."""
    lift = beliefs.lift[0] * (1.0 if level in ("sku", "wide") else 1 - beliefs.cannibalised[0])
    return np.array([lift + beliefs.shifts[name] * (lift / beliefs.lift[0]) for name in SEGMENTS])


def measured_of(sold: Sold, seen: Sequence[Seen], beliefs: Beliefs) -> Measured:
    """What the comparisons of one promotion say of its shares on top, beyond what is believed."""
    rows, away, parts = [], [], []
    prior = prior_mean(sold.level, beliefs)
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
    return Measured(design, np.concatenate(away) if away else np.zeros(0), _covariance(parts))


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


def in_common(measured: Iterable[Measured], beliefs: Beliefs, tau: float) -> tuple[Array, Array]:
    """What the shop's promotions have in common beyond the belief, by kind of customer."""
    precision, pull = np.linalg.inv(_shop_prior(beliefs)), np.zeros(_G)
    for one in measured:
        if len(one.away):
            total = np.linalg.inv(one.design @ _own(beliefs, tau) @ one.design.T + one.covariance)
            precision = precision + one.design.T @ total @ one.design
            pull = pull + one.design.T @ total @ one.away
    covariance = np.linalg.inv(precision)
    return covariance @ pull, (covariance + covariance.T) / 2


def likelihood(measured: Iterable[Measured], beliefs: Beliefs, tau: float) -> float:
    """How well promotions that differ by τ explain what was measured; a little for the belief about τ itself."""
    mean, _ = in_common(measured, beliefs, tau)
    found = -((tau - beliefs.lift[1]) ** 2) / (2 * 0.1**2)
    for one in measured:
        if len(one.away):
            total = one.design @ _own(beliefs, tau) @ one.design.T + one.covariance
            left = one.away - one.design @ mean
            found -= 0.5 * float(np.linalg.slogdet(total)[1] + left @ np.linalg.solve(total, left))
    return float(found)


@dataclass(frozen=True)
class Shares:
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
        measured: Measured,
        seen: Sequence[Seen],
        beliefs: Beliefs,
        common: Array,
        tau: float,
        generator: np.random.Generator,
    ) -> Shares:
        """Draws for one promotion, given draws of what the shop's promotions have in common (draws × kinds)."""
        n = len(common)
        prior = prior_mean(sold.level, beliefs)
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
