"""Shrinkage: how far to believe the rate of an entity that was seen only a few times.

The rates of peers form a distribution; it is fitted first and each entity's own rate is then pulled towards it, the
further the less was seen of the entity (empirical Bayes). Each prior has two parts: the body of ordinary peers, and a
wide part for the few that are unlike them. Without the wide part a true exception would be pulled towards peers that it
has nothing to do with, and its money with it; without the body each small sample would look like an exception.

Three families, each fitted on the distinct pairs that occur, with their counts:

| family | entity has | body |
| --- | --- | --- |
| beta-binomial | hits out of trials | Beta |
| gamma-Poisson | hits over an exposure | Gamma |
| normal | a value with a standard error | Normal |

Source: METRICS section 4 (shrinkage) and 6; Efron and Morris (1975); Efron (2010), Large-Scale
Inference, chapters 1 and 5.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import special

Array = npt.NDArray[np.float64]
Family = Literal["beta", "gamma", "normal"]

_ROUNDS = 8
_LEAST_ODD, _MOST_ODD = 0.002, 0.2
_GOLDEN = (5**0.5 - 1) / 2
_TINY = 1e-12


@dataclass(frozen=True)
class Posterior:
    """What is believed of each entity: a mixture of two distributions of one family.

    `odd` is the probability that the entity belongs to the wide part; `body` and `wide` are pairs of parameter arrays:
    Beta (a, b), Gamma (shape, rate), Normal (mean, standard deviation). One entry an entity.
    """

    family: Family
    odd: Array
    body: tuple[Array, Array]
    wide: tuple[Array, Array]

    @property
    def mean(self) -> Array:
        """The shrunken rate of each entity."""
        return (1 - self.odd) * _mean(self.family, *self.body) + self.odd * _mean(self.family, *self.wide)

    def above(self, limit: Array) -> Array:
        """Probability that each entity's true rate lies above its limit."""
        return (1 - self.odd) * _above(self.family, *self.body, limit) + self.odd * _above(
            self.family, *self.wide, limit
        )

    def draws(self, chosen: Array, level: Array) -> Array:
        """Draws of the true rate, shape (entities, draws), from two rows of uniform numbers of shape (draws,)."""
        from_body = _quantile(self.family, *self.body, level)
        from_wide = _quantile(self.family, *self.wide, level)
        return np.where(chosen[None, :] < self.odd[:, None], from_wide, from_body)

    def only(self, index: npt.NDArray[np.intp]) -> Posterior:
        """The posterior of some of the entities."""
        return Posterior(
            self.family,
            self.odd[index],
            (self.body[0][index], self.body[1][index]),
            (self.wide[0][index], self.wide[1][index]),
        )


@dataclass(frozen=True)
class Prior:
    """The distribution of true rates among peers.

    `body` and `wide` as in Posterior, as plain numbers; `odd_share` is the share of peers that are unlike the rest.
    """

    family: Family
    odd_share: float
    body: tuple[float, float]
    wide: tuple[float, float]

    @property
    def mean(self) -> float:
        """Mean rate of the ordinary peers."""
        return float(_mean(self.family, np.float64(self.body[0]), np.float64(self.body[1])))

    def quantile(self, level: float) -> float:
        """The rate that a share `level` of the ordinary peers stays below."""
        parameters = (np.array([self.body[0]]), np.array([self.body[1]]))
        return float(_quantile(self.family, *parameters, np.array([level]))[0, 0])

    def posterior(self, value: Array, weight: Array) -> Posterior:
        """What to believe of entities: (hits, trials), (hits, exposure) or (value, standard error)."""
        log_body = _log_marginal(self.family, self.body, value, weight)
        log_wide = _log_marginal(self.family, self.wide, value, weight)
        odd = special.expit(special.logit(self.odd_share) + log_wide - log_body)
        return Posterior(
            self.family,
            np.asarray(odd, dtype=np.float64),
            _update(self.family, self.body, value, weight),
            _update(self.family, self.wide, value, weight),
        )


def fit_beta(hits: Array, trials: Array) -> Prior:
    """Prior of shares: each entity has `hits` out of `trials`."""
    few = _few(len(hits))
    hits, trials, counts = _distinct(hits, trials)

    def body(weights: Array) -> tuple[float, float]:
        def at(log_strength: float) -> tuple[float, float]:
            strength = float(np.exp(log_strength))
            precision = weights * trials / (1 + (trials - 1) / (strength + 1)) / np.maximum(trials, 1)
            share = float(np.clip((precision * hits).sum() / max((precision * trials).sum(), _TINY), 1e-7, 1 - 1e-7))
            return share * strength, (1 - share) * strength

        def loss(log_strength: float) -> float:
            return -float((weights * _log_marginal("beta", at(log_strength), hits, trials)).sum())

        return at(_golden(loss, np.log(2.0), np.log(2e5), few))

    return _fit("beta", hits, trials, counts, body, lambda _: (1.0, 1.0))


def fit_gamma(hits: Array, exposure: Array) -> Prior:
    """Prior of rates of events: each entity has `hits` over an `exposure` (orders, parcels, money spent)."""
    few = _few(len(hits))
    hits, exposure, counts = _distinct(hits, exposure)

    def body(weights: Array) -> tuple[float, float]:
        def at(log_shape: float) -> tuple[float, float]:
            shape = float(np.exp(log_shape))
            crude = max(float((weights * hits).sum()), 0.5) / max(float((weights * exposure).sum()), _TINY)
            precision = weights / (1 + crude * exposure / shape)
            rate = max(float((precision * hits).sum()), 1e-9) / max(float((precision * exposure).sum()), _TINY)
            return shape, shape / rate

        def loss(log_shape: float) -> float:
            return -float((weights * _log_marginal("gamma", at(log_shape), hits, exposure)).sum())

        return at(_golden(loss, np.log(0.2), np.log(1e4), few))

    usual = float(np.median(exposure)) if exposure.size else 1.0

    def wide(found: tuple[float, float]) -> tuple[float, float]:
        return 0.5, min(0.5 / 3 * found[1] / found[0], 0.05 * usual)

    return _fit("gamma", hits, exposure, counts, body, wide)


def fit_normal(value: Array, error: Array) -> Prior:
    """Prior of values: each entity has a `value` known with a standard `error`."""
    few = _few(len(value))
    error = np.maximum(error, _TINY)
    value, error, counts = _distinct(value, error)
    middle = float(np.median(value))
    spread = max(float(np.median(np.abs(value - middle))) * 1.4826, float(np.median(error)) * 1e-3, _TINY)

    def body(weights: Array) -> tuple[float, float]:
        def at(log_tau: float) -> tuple[float, float]:
            tau = float(np.exp(log_tau))
            precision = weights / (error**2 + tau**2)
            return float((precision * value).sum() / max(precision.sum(), _TINY)), tau

        def loss(log_tau: float) -> float:
            return -float((weights * _log_marginal("normal", at(log_tau), value, error)).sum())

        return at(_golden(loss, np.log(spread * 1e-3), np.log(spread * 10), -few))

    def wide(found: tuple[float, float]) -> tuple[float, float]:
        farthest = float(np.max(np.abs(value - found[0]))) if value.size else spread
        return found[0], max(5 * found[1], farthest / 2, 5 * spread)

    return _fit("normal", value, error, counts, body, wide)


def _fit(
    family: Family,
    value: Array,
    weight: Array,
    counts: Array,
    body_of: Callable[[Array], tuple[float, float]],
    wide_of: Callable[[tuple[float, float]], tuple[float, float]],
) -> Prior:
    """Fit body and share of the unlike by turns (expectation, maximisation)."""
    body = body_of(counts)
    wide, odd_share = wide_of(body), 0.05
    for _ in range(_ROUNDS):
        prior = Prior(family, odd_share, body, wide)
        odd = prior.posterior(value, weight).odd
        # One entity in twenty is held to be unlike the rest before any is seen, as much as twenty entities say.
        share = (float((counts * odd).sum()) + 1) / (float(counts.sum()) + 20)
        odd_share = min(max(share, _LEAST_ODD), _MOST_ODD)
        body = body_of(counts * (1 - odd) + _TINY)
        wide = wide_of(body)
    return Prior(family, odd_share, body, wide)


def _distinct(value: Array, weight: Array) -> tuple[Array, Array, Array]:
    order = np.lexsort((weight, value))
    value, weight = value[order], weight[order]
    first = np.flatnonzero(np.r_[True, (np.diff(value) != 0) | (np.diff(weight) != 0)])
    counts = np.diff(np.r_[first, len(value)])
    return value[first], weight[first], counts.astype(np.float64)


def _few(count: int) -> float:
    """How much to lean against a narrow body where it rests on few peers: three that agree do not prove all alike."""
    return 1.5 * max(1 - count / 20, 0.0)


def _golden(objective: Callable[[float], float], low: float, high: float, lean: float) -> float:
    """Where a function of one number plus `lean` times it is least, by golden sections of the interval."""

    def loss(at: float) -> float:
        return objective(at) + lean * at

    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = loss(left), loss(right)
    for _ in range(13):
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = loss(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = loss(right)
    return (low + high) / 2


def _log_marginal(family: Family, prior: tuple[float, float], value: Array, weight: Array) -> Array:
    """Log probability of what was seen of each entity under one part, up to what both parts share."""
    first, second = prior
    if family == "beta":
        result = special.betaln(value + first, weight - value + second) - special.betaln(first, second)
    elif family == "gamma":
        result = (
            first * np.log(second)
            - special.gammaln(first)
            + special.gammaln(first + value)
            - (first + value) * np.log(second + weight)
        )
    else:
        variance = weight**2 + second**2
        result = -0.5 * (np.log(variance) + (value - first) ** 2 / variance)
    return np.asarray(result, dtype=np.float64)


def _update(family: Family, prior: tuple[float, float], value: Array, weight: Array) -> tuple[Array, Array]:
    first, second = prior
    if family == "beta":
        return value + first, weight - value + second
    if family == "gamma":
        return value + first, weight + second
    precision = 1 / np.maximum(weight, _TINY) ** 2 + 1 / second**2
    mean = (value / np.maximum(weight, _TINY) ** 2 + first / second**2) / precision
    return mean, precision**-0.5


def _mean(family: Family, first: Array | np.float64, second: Array | np.float64) -> Array:
    if family == "beta":
        result = first / (first + second)
    elif family == "gamma":
        result = first / second
    else:
        result = first
    return np.asarray(result, dtype=np.float64)


def _above(family: Family, first: Array, second: Array, limit: Array) -> Array:
    if family == "beta":
        result = special.betaincc(first, second, np.clip(limit, 0, 1))
    elif family == "gamma":
        result = special.gammaincc(first, np.maximum(limit, 0) * second)
    else:
        result = special.ndtr((first - limit) / second)
    return np.asarray(result, dtype=np.float64)


def _quantile(family: Family, first: Array, second: Array, level: Array) -> Array:
    if family == "beta":
        result = special.betaincinv(first[:, None], second[:, None], level[None, :])
    elif family == "gamma":
        result = special.gammaincinv(first[:, None], level[None, :]) / second[:, None]
    else:
        result = first[:, None] + second[:, None] * special.ndtri(level)[None, :]
    return np.asarray(result, dtype=np.float64)
