"""Pareto/NBD: customers buy at random at a rate of their own and may leave at any moment.

Rates differ as Gamma(r, α), the rate of leaving as Gamma(s, β). Given frequency x, recency t and age T,

    L = Γ(r+x) α^r / Γ(r) · [ (α+T)^−(r+x) (β/(β+T))^s + ∫ₜᵀ s β^s (β+τ)^−(s+1) (α+τ)^−(r+x) dτ ]

The integral over the time of death τ is done by Gauss–Legendre on the logarithm of τ (24 points), not by the
hypergeometric function, which loses its digits for large x. The likelihood's gradient is the integrand's, weighed.

Source: Schmittlein, Morrison and Colombo (1987), Counting your customers; Fader and Hardie (2005), A note on deriving
the Pareto/NBD model.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import optimize, special

from profithunt.models.histories import Histories
from profithunt.models.maximum import HIGHEST, LOWEST, Array, Fit, maximise
from profithunt.models.seeding import Seeds

NAMES: Final = ("r", "alpha", "s", "beta")
POINTS: Final = 24
MOST_GROUPS: Final = 200_000
"""Groups that are fitted exactly; more are taken together at the mean of their members."""

_STARTS: Final = ((0.5, 0.5, 0.5, 0.5), (1.0, 0.5, 0.3, 2.0), (0.3, 0.2, 1.0, 1.0))
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(POINTS)
_NEGLIGIBLE = 40.0
_BLOCK = 8_192


def fit(histories: Histories) -> Fit:
    """The parameters of maximum likelihood, from several starts."""
    pace = max(float(np.average(histories.age, weights=histories.customers)), 1e-9)
    starts = [np.array([r, alpha * pace, s, beta * pace]) for r, alpha, s, beta in _STARTS]
    groups = histories if len(histories.age) <= MOST_GROUPS else histories.coarse(levels=64)
    rough = Likelihood(histories.coarse())
    near = max((_uphill(rough, start) for start in starts), key=rough.value)
    return maximise(Likelihood(groups), [near], NAMES, histories.total)


def _uphill(likelihood: Likelihood, start: Array) -> Array:
    """A point near the maximum, by gradients alone."""

    def loss(logs: Array) -> tuple[float, Array]:
        value, slope = likelihood.value_and_slope(np.exp(logs))
        return -value, -slope * np.exp(logs)

    bounds = [(LOWEST, HIGHEST)] * len(start)
    found = optimize.minimize(loss, np.log(start), jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(np.exp(found.x), dtype=np.float64)


class Likelihood:
    """Log-likelihood of grouped histories, with gradient and Hessian by (r, α, s, β)."""

    def __init__(self, histories: Histories) -> None:
        self._groups = histories

    def __call__(self, parameters: Array) -> tuple[float, Array, Array]:
        """Value, gradient, and the Hessian by differences of the gradient."""
        value, slope = self.value_and_slope(parameters)
        bend = np.zeros((len(parameters), len(parameters)))
        for at, size in enumerate(parameters):
            width = np.zeros_like(parameters)
            width[at] = 1e-5 * size
            above, below = (self.value_and_slope(parameters + sign * width)[1] for sign in (1, -1))
            bend[at] = (above - below) / (2 * width[at])
        return value, slope, (bend + bend.T) / 2

    def value(self, parameters: Array) -> float:
        """The log-likelihood alone."""
        return self.value_and_slope(parameters)[0]

    def value_and_slope(self, parameters: Array) -> tuple[float, Array]:
        """Value and gradient."""
        groups = self._groups
        value, slope = 0.0, np.zeros(len(parameters))
        for start in range(0, len(groups.age), _BLOCK):
            part = slice(start, start + _BLOCK)
            n = groups.customers[part]
            each, by_parameter = _bracket(parameters, groups.frequency[part], groups.recency[part], groups.age[part])
            value += float(n @ each)
            slope += by_parameter @ n
        return value, slope


def _bracket(parameters: Array, x: Array, recency: Array, age: Array) -> tuple[Array, Array]:
    """Log-likelihood of each group, and its gradient, a row a parameter."""
    r, alpha, s, beta = (float(item) for item in parameters)
    tau, terms = _terms(parameters, x, recency, age)
    highest = terms.max(axis=0)
    shares = np.exp(terms - highest)
    total = shares.sum(axis=0)
    shares /= total
    gamma = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    value = gamma + highest + np.log(total)

    log_alpha = np.einsum("jn,jn->n", shares, np.log(alpha + tau))
    per_alpha = np.einsum("jn,jn->n", shares, 1 / (alpha + tau))
    log_beta = np.einsum("jn,jn->n", shares, np.log(beta + tau))
    dying = shares[1:]
    per_beta = s * np.einsum("jn,jn->n", shares, 1 / (beta + tau)) + np.einsum("jn,jn->n", dying, 1 / (beta + tau[1:]))
    gone = dying.sum(axis=0)
    slope = np.stack(
        [
            special.psi(r + x) - special.psi(r) + np.log(alpha) - log_alpha,
            r / alpha - (r + x) * per_alpha,
            np.log(beta) - log_beta + gone / s,
            s / beta - per_beta,
        ]
    )
    return value, slope


def _terms(parameters: Array, x: Array, recency: Array, age: Array) -> tuple[Array, Array]:
    """Times of death and logarithms of what each adds to the bracket; the first row is the customer still alive."""
    r, alpha, s, beta = (float(item) for item in parameters)
    scale = min(alpha, beta)
    low, high = np.log(scale + recency), np.log(scale + age)
    # Beyond this the integrand is below e⁻⁴⁰ of its start: large x would leave the points nothing to see.
    decay = (r + x) * (scale + recency) / (alpha + recency) + (s + 1) * (scale + recency) / (beta + recency) - 1
    length = np.minimum(high - low, _NEGLIGIBLE / np.maximum(decay, 1e-9))
    half = length / 2
    log_time = low + half * (1 + _NODES[:, None])
    tau = np.concatenate([age[None, :], np.exp(log_time) - scale])
    shape = -(r + x) * np.log(alpha + tau) - s * np.log(beta + tau)
    with np.errstate(divide="ignore"):
        width = np.log(half)
    shape[1:] += np.log(s) - np.log(beta + tau[1:]) + log_time + width + np.log(_WEIGHTS)[:, None]
    return tau, shape


class ParetoNbd:
    """What customers with fitted parameters will do; x, recency and age are arrays of one length, one a customer."""

    def __init__(self, parameters: Array) -> None:
        self.parameters = parameters

    def alive(self, x: Array, recency: Array, age: Array) -> Array:
        """Probability that a customer has not left."""
        result = np.empty(len(x))
        for start in range(0, len(x), _BLOCK):
            part = slice(start, start + _BLOCK)
            _, terms = _terms(self.parameters, x[part], recency[part], age[part])
            result[part] = np.exp(terms[0] - special.logsumexp(terms, axis=0))
        return result

    def expected(self, x: Array, age: Array, times: Array, weights: Array) -> Array:
        """Orders of a living customer within `times`, weighed: a row a customer, a column a row of `weights`.

        `weights` says how much an order between two times counts.
        """
        r, alpha, s, beta = (float(item) for item in self.parameters)
        ages, where = np.unique(age, return_inverse=True)
        life = (beta + ages)[:, None]
        ahead = np.concatenate([[0.0], times])[None, :]
        # At s = 1 the formula is 0/0 and its limit a logarithm; the difference is formed so that it holds near it.
        power = (1 - s) * np.log1p(ahead / life)
        until = life * np.log1p(ahead / life) * np.where(np.abs(power) < 1e-9, 1.0, special.exprel(power))
        counted = np.diff(until, axis=1) @ weights.T
        return np.asarray(((r + x) / (alpha + age))[:, None] * counted[where], dtype=np.float64)

    def buys(self, x: Array, age: Array, time: float) -> Array:
        """Probability that a living customer buys at least once within `time`."""
        r, alpha, s, beta = (float(item) for item in self.parameters)
        ahead = time / 2 * (1 + _NODES[:, None])
        rate = (r + x) / (alpha + age)
        waiting = -(r + x + 1) * np.log1p(ahead / (alpha + age)) - s * np.log1p(ahead / (beta + age))
        return np.asarray(np.minimum(rate * time / 2 * (_WEIGHTS @ np.exp(waiting)), 1.0), dtype=np.float64)

    def paths(self, x: float, age: float, time: float, seeds: Seeds) -> tuple[Array, Array, Array]:
        """Draws of a living customer who buys within `time`: first purchase, further ones, when these end."""
        r, alpha, s, beta = seeds.parameters.T
        first = _first(seeds, r + x, alpha + age, s, beta + age, time)
        pace = seeds.gamma(r + x + 1) / (alpha + age + first)
        leaving = seeds.gamma(s, 1) / (beta + age + first)
        stays = seeds.exponential / np.maximum(leaving, 1e-300)
        span = np.minimum(stays, time - first)
        return first, seeds.poisson(pace * span), first + span


def _first(seeds: Seeds, shape: Array, pace: Array, s: Array, life: Array, time: float) -> Array:
    """When a living customer who buys within `time` buys first, by its distribution on a grid."""
    grid = np.linspace(0.0, 1.0, 65)[None, :] ** 2 * time
    with np.errstate(over="ignore"):
        density = np.exp(
            -(shape + 1)[:, None] * np.log1p(grid / pace[:, None]) - s[:, None] * np.log1p(grid / life[:, None])
        )
    steps = np.diff(grid, axis=1) * (density[:, 1:] + density[:, :-1]) / 2
    reached = np.concatenate([np.zeros((len(shape), 1)), np.cumsum(steps, axis=1)], axis=1)
    wanted = seeds.level * reached[:, -1]
    at = np.clip((reached < wanted[:, None]).sum(axis=1), 1, grid.shape[1] - 1)
    row = np.arange(len(shape))
    below, above = reached[row, at - 1], reached[row, at]
    share = np.where(above > below, (wanted - below) / np.maximum(above - below, 1e-300), 0.5)
    return np.asarray(grid[0, at - 1] + share * (grid[0, at] - grid[0, at - 1]), dtype=np.float64)
