"""BG/NBD: customers buy at random at a rate of their own and may leave after any purchase.

Rates differ as Gamma(r, α), the chance to leave after a purchase as Beta(a, b). Given frequency x, recency t and age T,

    L = Γ(r+x) α^r / Γ(r) · B(a, b+x) / B(a, b) · [(α+T)^−(r+x) + (x > 0) · a / (b+x−1) · (α+t)^−(r+x)]

The second term is the customer who left after the last purchase: its share in the bracket is the probability of being
gone. Everything that depends on x alone, or on T alone, is summed over tables of their distinct values; per group only
the bracket is left.

Source: Fader, Hardie and Lee (2005), "Counting your customers" the easy way; the same authors' note on computing
P(alive) and conditional expectations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import special

from profithunt.models.histories import Histories, Integers, levels
from profithunt.models.maximum import Array, Fit, maximise
from profithunt.models.seeding import Seeds

NAMES: Final = ("r", "alpha", "a", "b")
_STARTS: Final = ((0.3, 1.0, 0.8, 2.5), (1.0, 1.0, 0.5, 5.0), (0.1, 0.3, 1.5, 1.5), (3.0, 3.0, 0.1, 10.0))
_BLOCK = 8_192
"""Groups worked on at once: they stay in the cache, and below the size at which products of vectors take threads."""

_DEGREE = 32
_QUADRATURE = 160


def fit(histories: Histories) -> Fit:
    """The parameters of maximum likelihood: found on rough groups from several starts, then on the exact ones."""
    pace = max(float(np.average(histories.age, weights=histories.customers)), 1e-9)
    starts = [np.array([r, alpha * pace, a, b]) for r, alpha, a, b in _STARTS]
    rough = Likelihood(histories.coarse())
    near = maximise(rough, starts, NAMES, histories.total)
    exact = Likelihood(histories)
    found = maximise(exact, [near.values], NAMES, histories.total)
    return found if found.converged else maximise(exact, starts, NAMES, histories.total)


@dataclass(frozen=True)
class _Repeaters:
    """Groups with a repeat purchase: where their x, T, t stand in the tables, and their numbers of customers."""

    x: Integers
    age: Integers
    recency: Integers
    customers: Array


class Likelihood:
    """Log-likelihood of grouped histories, with gradient and Hessian by (r, α, a, b)."""

    def __init__(self, histories: Histories) -> None:
        self._xs, x = levels(histories.frequency)
        self._ages, age = levels(histories.age)
        self._recencies, recency = levels(histories.recency)
        n = histories.customers
        self._by_x = np.bincount(x, n, len(self._xs))
        self._by_age = np.bincount(age, n, len(self._ages))
        self._bought_by_age = np.bincount(age, n * histories.frequency, len(self._ages))
        again = histories.frequency > 0
        if again.all():
            self._again = _Repeaters(x, age, recency, n)
        else:
            self._again = _Repeaters(x[again], age[again], recency[again], n[again])

    def value(self, parameters: Array) -> float:
        """The log-likelihood alone."""
        return self(parameters)[0]

    def __call__(self, parameters: Array) -> tuple[float, Array, Array]:
        """Value, gradient, Hessian."""
        r, alpha, a, b = (float(item) for item in parameters)
        value, slope, bend = self._tables(r, alpha, a, b)
        at = _Bracket.tables(self._xs, self._ages, self._recencies, r, alpha, a, b)
        for start in range(0, len(self._again.x), _BLOCK):
            part = slice(start, start + _BLOCK)
            value += _add_bracket(self._again, part, at, a, slope, bend)
        return value, slope, bend + np.tril(bend, -1).T

    def _tables(self, r: float, alpha: float, a: float, b: float) -> tuple[float, Array, Array]:
        """What depends on x alone or on T alone; the lower triangle of the Hessian."""
        x, n = self._xs, self._by_x
        total = float(n.sum())
        log_age = np.log(alpha + self._ages)
        weight = r * self._by_age + self._bought_by_age
        gammas = special.gammaln(r + x) - special.gammaln(r)
        betas = special.gammaln(a + b) + special.gammaln(b + x) - special.gammaln(b) - special.gammaln(a + b + x)
        value = float(n @ (gammas + betas)) + total * r * np.log(alpha) - float(weight @ log_age)

        both = special.psi(a + b) - special.psi(a + b + x)
        own = special.psi(b + x) - special.psi(b)
        slope = np.array(
            [
                n @ (special.psi(r + x) - special.psi(r)) + total * np.log(alpha) - self._by_age @ log_age,
                total * r / alpha - weight @ (1 / (alpha + self._ages)),
                n @ both,
                n @ (both + own),
            ]
        )
        both_2 = n @ (special.polygamma(1, a + b) - special.polygamma(1, a + b + x))
        own_2 = n @ (special.polygamma(1, b + x) - special.polygamma(1, b))
        bend = np.zeros((4, 4))
        bend[0, 0] = n @ (special.polygamma(1, r + x) - special.polygamma(1, r))
        bend[1, 0] = total / alpha - self._by_age @ (1 / (alpha + self._ages))
        bend[1, 1] = -total * r / alpha**2 + weight @ (alpha + self._ages) ** -2.0
        bend[2, 2] = bend[3, 2] = both_2
        bend[3, 3] = both_2 + own_2
        return value, slope, bend


@dataclass(frozen=True)
class _Bracket:
    """Tables of what the bracket is made of, by the distinct x, T and t."""

    left: Array
    shape: Array
    chance: Array
    log_age: Array
    log_recency: Array
    per_age: Array
    per_recency: Array

    @classmethod
    def tables(cls, xs: Array, ages: Array, recencies: Array, r: float, alpha: float, a: float, b: float) -> _Bracket:
        """`left` log a/(b+x−1), `shape` r+x, `chance` 1/(b+x−1), logarithms and inverses of α+T and α+t."""
        # The table's first row (no repeat purchase) is never looked up.
        after = np.where(xs >= 1, b + xs - 1, 1.0)
        return cls(
            left=np.log(a) - np.log(after),
            shape=r + xs,
            chance=1 / after,
            log_age=np.log(alpha + ages),
            log_recency=np.log(alpha + recencies),
            per_age=1 / (alpha + ages),
            per_recency=1 / (alpha + recencies),
        )


def _add_bracket(again: _Repeaters, part: slice, at: _Bracket, a: float, slope: Array, bend: Array) -> float:
    """Add the bracket of some groups to gradient and Hessian (lower triangle); its share of the log-likelihood."""
    x, age, recency, n = again.x[part], again.age[part], again.recency[part], again.customers[part]
    shape, chance = at.shape[x], at.chance[x]
    by_r = at.log_age[age] - at.log_recency[recency]
    per_age, per_recency = at.per_age[age], at.per_recency[recency]
    odds = at.left[x] + shape * by_r
    small = np.exp(-np.abs(odds))
    value = float(n @ (np.maximum(odds, 0) + np.log1p(small)))
    gone = np.where(odds >= 0, 1.0, small) / (1 + small)
    mean = n * gone
    spread = mean * (1 - gone)

    by_alpha = shape * (per_age - per_recency)
    slope[0] += mean @ by_r
    slope[1] += mean @ by_alpha
    slope[2] += mean.sum() / a
    slope[3] -= mean @ chance

    spread_r, spread_alpha, spread_b = spread * by_r, spread * by_alpha, spread * chance
    bend[0, 0] += spread_r @ by_r
    bend[1, 0] += mean @ (per_age - per_recency) + spread_r @ by_alpha
    bend[1, 1] += mean @ (shape * (per_recency**2 - per_age**2)) + spread_alpha @ by_alpha
    bend[2, 0] += spread_r.sum() / a
    bend[2, 1] += spread_alpha.sum() / a
    bend[2, 2] += (spread.sum() - mean.sum()) / a**2
    bend[3, 0] -= spread_r @ chance
    bend[3, 1] -= spread_alpha @ chance
    bend[3, 2] -= spread_b.sum() / a
    bend[3, 3] += (mean + spread) @ (chance * chance)
    return value


class BgNbd:
    """What customers with fitted parameters will do; x, recency and age are arrays of one length, one a customer."""

    def __init__(self, parameters: Array) -> None:
        self.parameters = parameters

    def alive(self, x: Array, recency: Array, age: Array) -> Array:
        """Probability that a customer has not left; who bought only once has not, since leaving follows a repeat."""
        r, alpha, a, b = (float(item) for item in self.parameters)
        after = np.where(x > 0, b + x - 1, 1.0)
        odds = np.log(a / after) + (r + x) * np.log((alpha + age) / (alpha + recency))
        return np.where(x > 0, special.expit(-odds), 1.0)

    def expected(self, x: Array, age: Array, times: Array, weights: Array) -> Array:
        """Orders of a living customer within `times`, weighed: a row a customer, a column a row of `weights`.

        `weights` says how much an order between two times counts. Orders up to v = time ÷ (α + T) depend on x and v
        alone: that curve is made once for each x, on Chebyshev points of log v.
        """
        r, alpha, a, b = (float(item) for item in self.parameters)
        xs, at_x = np.unique(x, return_inverse=True)
        ages, at_age = np.unique(age, return_inverse=True)
        reach = times[None, :] / (alpha + ages)[:, None]
        low, high = np.log(reach.min()), np.log(reach.max())
        middle, half = (low + high) / 2, max((high - low) / 2, 1e-3)
        nodes = np.cos(np.pi * (np.arange(_DEGREE) + 0.5) / _DEGREE)
        curve = _orders_per_reach(r + xs, np.exp(middle + half * nodes), a, b + xs)
        # Chebyshev polynomials are orthogonal on their points: the coefficients are sums, no system is solved.
        polynomials = np.polynomial.chebyshev.chebvander(nodes, _DEGREE - 1)
        fitted = np.einsum("xn,nd->xd", curve, polynomials) * (2 / _DEGREE)
        fitted[:, 0] /= 2

        basis = np.polynomial.chebyshev.chebvander((np.log(reach) - middle) / half, _DEGREE - 1)
        upto = np.concatenate([np.zeros((len(ages), 1, _DEGREE)), reach[:, :, None] * basis], axis=1)
        counted = np.einsum("wk,akd->awd", weights, np.diff(upto, axis=1))
        result = np.empty((len(x), len(weights)))
        for start in range(0, len(x), _BLOCK):
            part = slice(start, start + _BLOCK)
            result[part] = np.einsum("nd,nwd->nw", fitted[at_x[part]], counted[at_age[part]])
        return (r + x)[:, None] * result

    def buys(self, x: Array, age: Array, time: float) -> Array:
        """Probability that a living customer buys at least once within `time`."""
        r, alpha = float(self.parameters[0]), float(self.parameters[1])
        return np.asarray(-np.expm1(-(r + x) * np.log1p(time / (alpha + age))), dtype=np.float64)

    def paths(self, x: float, age: float, time: float, seeds: Seeds) -> tuple[Array, Array, Array]:
        """Draws of a living customer who buys within `time`: first purchase, further ones, when these end."""
        r, alpha, a, b = seeds.parameters.T
        shape, pace = r + x, alpha + age
        within = -np.expm1(-shape * np.log1p(time / pace))
        first = np.minimum(pace * np.expm1(-np.log1p(-seeds.level * within) / shape), time)
        rate = seeds.gamma(shape + 1) / (pace + first)
        chance = np.clip(seeds.beta(a, b + x), 1e-12, 1 - 1e-12)
        stays = np.floor(-seeds.exponential / np.log1p(-chance))
        wanted = seeds.poisson(rate * (time - first))
        more = np.minimum(wanted, stays)
        share = np.where(stays < wanted, (more + 0.5) / (wanted + 1), 1.0)
        return first, more, first + share * (time - first)


def _orders_per_reach(k: Array, v: Array, a: float, b: Array) -> Array:
    """E[(1 − (1+pv)^−k) / (p k v)] over p from Beta(a, b): a row for each k and b, a column for each v.

    Double-exponential quadrature over the logit of p around the peak of the Beta, which does not mind how sharp its
    ends are, nor how narrow it is.
    """
    result = np.empty((len(k), len(v)))
    for row, (shape, stay) in enumerate(zip(k, b, strict=True)):
        peak = np.log(a / stay)
        both = _width(a * stay / (a + stay))
        left = min(both, np.log1p(a / stay) + _width(a))
        right = min(both, np.log1p(stay / a) + _width(stay))
        w = np.linspace(np.arcsinh(-left), np.arcsinh(right), _QUADRATURE)
        logit = peak + np.sinh(w)
        log_p, log_q = -np.logaddexp(0, -logit), -np.logaddexp(0, logit)
        density = np.exp(a * log_p + stay * log_q - special.betaln(a, stay)) * np.cosh(w) * (w[1] - w[0])
        p = np.exp(log_p)[:, None]
        reach = p * v[None, :]
        with np.errstate(divide="ignore", invalid="ignore"):
            orders = -np.expm1(-shape * np.log1p(reach)) / (shape * reach)
        result[row] = density @ np.where(reach * (shape + 1) < 1e-13, 1.0, orders)
    return result


def _width(bend: float) -> float:
    """How far from its peak a Beta has fallen below e⁻³⁸ of it, in the logit, if it bends at least so much there."""
    return float(38.0 / bend * (1 + np.sqrt(1 + 2 * bend / 38.0)))
