"""How customers choose among delivery options, and how many leave, read off orders under the charges that a shop had.

A visitor who wants a basket likes option j by a_j + σ η_j − x(f_j): η_j is the visitor's own taste (standard normal),
f_j the charge, x what it weighs. Of those of one taste who order a share P_j takes it (multinomial logit); dearer
options make all of delivery worth less, by I = log Σ exp(a + σ η − x), and orders per visit go with exp(ρ I): the
cheaper ways out are taken first, and only the rest leaves. Tastes let the hurried stay with express whatever it costs,
and those of the pick-up point move to standard rather than to express.

- x(f) = β f̄ (f ÷ f̄)^p × (b ÷ b̄)^−γ: a charge weighs β a unit, p bends it, larger baskets mind it less;
- ρ = ε ÷ (β (b ÷ b̄)^−γ b): all charges higher by a tenth of the basket lose about ε tenths of the orders;
- a_j for each group of baskets; orders per visit scatter from month to month by as much as they are seen to.

Fitted by penalised Fisher scoring of Poisson counts by month, option and group of baskets, tastes summed over evenly
spread points; the posterior is normal around the mode, with the counts' overdispersion (Pearson) in it. Switching shows
where charges moved at all, leaving only against visits. Source: Train (2009), Discrete Choice Methods with Simulation,
chapters 4 (nested logit) and 6 (mixed logit).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import special

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

BEHAVIOUR: Final = ("switching", "sensitivity", "bend", "basket", "taste")
_N: Final = len(BEHAVIOUR)
_ROUNDS: Final = 60
_STEP: Final = 1e-5
_WEAK: Final = 10.0
_SEASONS: Final = 3
_LEAST_DRIFT: Final = 0.01
_MOST_RATE: Final = 1e12
_POINTS: Final = 32
_BLOCK: Final = 100


@dataclass(frozen=True)
class Prior:
    """What is believed before any order was seen: mean and standard deviation on the scale that is fitted.

    `switching` log of β times the mean charge, `sensitivity` log of ε, `bend` log of p, `basket` γ, `taste` log of σ.
    """

    switching: tuple[float, float] = (0.4, 0.7)
    sensitivity: tuple[float, float] = (0.0, 0.7)
    bend: tuple[float, float] = (0.0, 0.2)
    basket: tuple[float, float] = (0.3, 0.3)
    taste: tuple[float, float] = (0.0, 0.7)

    def pairs(self) -> tuple[tuple[float, float], ...]:
        """All of them, in the order in which they are fitted."""
        return (self.switching, self.sensitivity, self.bend, self.basket, self.taste)


@dataclass(frozen=True)
class Seen:
    """Orders by month, option and group of baskets, and the charge that each met; NaN where it was not offered.

    `exposure` visits by month, days where no visit is known at all; `known` the months whose visits are; `basket` the
    groups' mean value.
    """

    orders: Array
    charge: Array
    exposure: Array
    known: Mask
    basket: Array


@dataclass(frozen=True)
class Response:
    """Draws from the posterior, one row a draw: behaviour, log orders per exposure by group, liking by option, group.

    `charge` and `basket` are the means that charges and baskets are set against.
    """

    draws: Array
    n_options: int
    charge: float
    basket: Array
    prior: Prior = field(default_factory=Prior)
    dispersion: float = 1.0
    drift: float = _LEAST_DRIFT

    def behaviour(self) -> Mapping[str, tuple[float, float, float]]:
        """P10, P50, P90 of β × mean charge, ε, p, γ and σ."""
        natural = self.draws[:, :_N].copy()
        logs = [at for at, name in enumerate(BEHAVIOUR) if name != "basket"]
        natural[:, logs] = np.exp(natural[:, logs])
        ends = np.quantile(natural, (0.1, 0.5, 0.9), axis=0)
        return {name: (float(ends[0, at]), float(ends[1, at]), float(ends[2, at])) for at, name in enumerate(BEHAVIOUR)}

    def learnt(self) -> Mapping[str, float]:
        """How much of the prior's spread the shop's own orders took away, 0 (nothing) to 1, by parameter."""
        spread = self.draws[:, :_N].std(axis=0)
        return {name: float(max(0.0, 1 - spread[at] / self.prior.pairs()[at][1])) for at, name in enumerate(BEHAVIOUR)}

    def orders(self, charge: Array) -> Array:
        """Orders per exposure under charges by option and group: shape (draws, options, groups)."""
        parts = np.array_split(self.draws, max(len(self.draws) // _BLOCK, 1))
        rates = [_rates(part, charge[None], self.charge, self.basket)[:, 0] for part in parts]
        return np.concatenate(rates)

    def with_likings(self, draws: Array, liking: Array, volume: Array) -> Response:
        """The same under other draws, liking (draws, options − 1, groups) and log volume (draws, groups) moved."""
        n_groups = len(self.basket)
        moved = draws.copy()
        moved[:, _N : _N + n_groups] += volume
        moved[:, _N + n_groups : _N + n_groups * self.n_options] += liking.reshape(len(draws), -1)
        return replace(self, draws=moved)


def fit(seen: Seen, prior: Prior | None = None, *, seed: int = 0, n: int = 300) -> Response:
    """Learn the response. Raises ValueError without an order."""
    prior = prior or Prior()
    if not np.nansum(seen.orders):
        raise ValueError("no orders")
    problem = _Problem(seen, prior)
    mode, information = problem.solve()
    covariance = np.linalg.inv(information)
    root = np.linalg.cholesky((covariance + covariance.T) / 2 + 1e-12 * np.eye(len(mode)))
    draws = mode + np.random.default_rng(seed).normal(size=(n, len(mode))) @ root.T
    return Response(
        draws[:, : problem.first_month],
        seen.orders.shape[1],
        problem.charge,
        seen.basket,
        prior,
        problem.dispersion,
        problem.drift,
    )


class _Problem:
    """Counts, prior, and the search for the mode; parameters: behaviour, volume by group, liking, months."""

    def __init__(self, seen: Seen, prior: Prior) -> None:
        self.seen = seen
        months, options, groups = seen.orders.shape
        self.offered = np.isfinite(seen.charge)
        paid = seen.charge[self.offered & (np.nan_to_num(seen.charge) > 0)]
        self.charge = float(paid.mean()) if len(paid) else 1.0
        self.first_month = _N + groups * options
        self.dispersion, self.drift = 1.0, 0.05 if seen.known.any() else _WEAK
        self.prior = prior
        self.start = np.concatenate([[mean for mean, _ in prior.pairs()], np.zeros(groups * options + months)])
        totals = np.maximum(np.where(self.offered, seen.orders, 0.0).sum(axis=0), 0.5)
        self.start[_N : _N + groups] = np.log(totals.sum(axis=0) / seen.exposure.sum())
        liking = np.log(totals[1:] / totals[:1])
        self.start[_N + groups : self.first_month] = liking.ravel()

    def precision(self) -> Array:
        _, options, groups = self.seen.orders.shape
        spreads = [spread for _, spread in self.prior.pairs()]
        own = [*spreads, *[_WEAK * 10] * groups, *[_WEAK] * (groups * (options - 1))]
        own += [self.drift if known else _WEAK for known in self.seen.known]
        return np.asarray(1 / np.array(own) ** 2)

    def rates(self, at: Array) -> Array:
        """Expected counts of the cells that were offered."""
        rates = _rates(at[None, : self.first_month], self.seen.charge, self.charge, self.seen.basket)[0]
        level = np.exp(np.clip(at[self.first_month :], -30, 30)) * self.seen.exposure
        return np.asarray(np.minimum(rates * level[:, None, None], _MOST_RATE)[self.offered] + 1e-9)

    def loss(self, at: Array, precision: Array) -> float:
        rates, counts = self.rates(at), self.seen.orders[self.offered]
        away = at - self.centre
        return float((rates - counts * np.log(rates)).sum() / self.dispersion + 0.5 * (precision * away**2).sum())

    @property
    def centre(self) -> Array:
        """What the prior expects; volume and liking are free, and start where counts lie."""
        return self.start

    def jacobian(self, at: Array, rates: Array) -> Array:
        """Slopes of the log rates; a month moves its own cells alone."""
        columns = []
        for place in range(self.first_month):
            moved = at.copy()
            moved[place] += _STEP
            columns.append((np.log(self.rates(moved)) - np.log(rates)) / _STEP)
        month = np.nonzero(self.offered)[0]
        own = (month[:, None] == np.arange(self.seen.orders.shape[0])[None, :]).astype(np.float64)
        return np.concatenate([np.stack(columns, axis=1), own], axis=1)

    def solve(self) -> tuple[Array, Array]:
        """The mode and its information; scatter of counts and of months is measured at a first mode, and again."""
        at, information = self.start, np.diag(self.precision())
        counts = self.seen.orders[self.offered]
        for _ in range(_SEASONS):
            at, information = self.climb(at)
            rates = self.rates(at)
            large = rates > 1.0
            excess = ((counts - rates)[large] ** 2 / rates[large]).sum() / max(large.sum() - self.first_month, 1)
            self.dispersion = float(max(excess, 1.0))
            if self.seen.known.any():
                unsure = np.diag(np.linalg.inv(information))[self.first_month :]
                scatter = (at[self.first_month :] ** 2 + unsure)[self.seen.known]
                self.drift = float(max(np.sqrt(scatter.mean()), _LEAST_DRIFT))
        return at, information

    def climb(self, at: Array) -> tuple[Array, Array]:
        precision = self.precision()
        counts = self.seen.orders[self.offered]
        loss, damping = self.loss(at, precision), 1e-3
        information = np.diag(precision)
        for _ in range(_ROUNDS):
            rates = self.rates(at)
            slopes = self.jacobian(at, rates)
            information = slopes.T @ (rates[:, None] * slopes) / self.dispersion + np.diag(precision)
            gradient = slopes.T @ (counts - rates) / self.dispersion - precision * (at - self.centre)
            while True:
                step = np.linalg.solve(information + damping * np.diag(np.diag(information)), gradient)
                moved = at + np.clip(step, -2, 2)
                tried = self.loss(moved, precision)
                if tried < loss or damping > 1e8:
                    break
                damping *= 4
            gain = loss - tried
            if tried < loss:
                at, loss, damping = moved, tried, max(damping / 8, 1e-6)
            if gain < 1e-9 * max(1.0, abs(loss)) or damping > 1e8:
                break
        return at, information


def _rates(at: Array, charge: Array, mean: float, basket: Array) -> Array:
    """Orders per exposure by draw, month, option and group; `charge` by the last three, not a number: not offered."""
    groups, n_options = len(basket), charge.shape[1]
    epsilon = np.exp(np.clip(at[:, 1], -8, 8))
    weighs = np.exp(np.clip(at[:, 0], -8, 8)) / mean
    middle = float(basket.mean())
    liking = at[:, _N + groups : _N + groups * n_options].reshape(len(at), n_options - 1, groups)
    liking = np.concatenate([np.zeros((len(at), 1, groups)), liking], axis=1)[:, None]
    offered = np.isfinite(charge)
    asked = np.where(offered, charge, 0.0)[None] / mean
    power = np.exp(np.clip(at[:, 2], -3, 3))[:, None, None, None]
    smaller = np.exp(-at[:, 3][:, None] * np.log(basket / middle)[None, :])[:, None, None, :]
    likes = liking - (weighs * mean)[:, None, None, None] * asked**power * smaller
    own = np.exp(np.clip(at[:, 4], -4, 3))[:, None, None] * _tastes(n_options)[None]
    likes = np.clip(likes, -60, 60)[..., None] + own[:, None, :, None, :]
    likes = np.where(offered[None, ..., None], likes, -np.inf)
    top = np.maximum(likes.max(axis=2, keepdims=True), -1e3)
    shares = np.exp(likes - top)
    total = np.maximum(shares.sum(axis=2, keepdims=True), 1e-300)
    worth = (top + np.log(total))[:, :, 0]
    own_weight = weighs[:, None] * smaller[:, 0, 0, :] * basket[None, :]
    leaves = np.minimum(epsilon[:, None] / own_weight, 1.0)[:, None, :, None]
    volume = at[:, None, _N : _N + groups, None]
    orders = np.exp(np.clip(volume + leaves * worth, -60, 60))
    return np.asarray((orders[:, :, None] * shares / total).mean(axis=-1))


@cache
def _tastes(n_options: int) -> Array:
    """Tastes for each option but the first, at points that fill the normal evenly (R sequence, Roberts 2018)."""
    n = n_options - 1
    root = 2.0
    for _ in range(40):
        root = (1 + root) ** (1 / (n + 1))
    turns = np.arange(1, _POINTS // 2 + 1)[None, :]
    at = (0.5 + turns * root ** -np.arange(1.0, n + 1)[:, None]) % 1.0
    points = special.ndtri(np.clip(at, 1e-4, 1 - 1e-4))
    points = np.concatenate([points, -points], axis=1)
    points = points / points.std(axis=1, keepdims=True)
    return np.concatenate([np.zeros((1, points.shape[1])), points])
