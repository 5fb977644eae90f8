"""What an order of a customer earns: the mean that is believed of each customer, and how orders spread around it.

*Normal-normal* (the default): customers' true means are Normal(μ, τ²), an order lies around its customer's mean with
variance σ². Losses are values like any other, so that customers who lose money count as what they are. *Gamma-Gamma*
for values that are all positive and don't go with the frequency.

Both are fitted on sums: the normal on one row a number of orders, the Gamma-Gamma on customers' means.

Source: METRICS section 2; Efron and Morris (1975); Fader and Hardie (2013), The Gamma-Gamma model of monetary value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import optimize, special

from profithunt.models.histories import levels
from profithunt.models.maximum import Array, Fit, maximise

MOST_CORRELATION: Final = 0.3
"""Correlation of frequency and value from which the Gamma-Gamma model, which assumes none, is not used."""

_GAMMA_STARTS: Final = ((2.0, 2.0, 1.0), (6.0, 4.0, 0.5), (1.0, 3.0, 3.0))


@dataclass(frozen=True)
class ValueSums:
    """Sums by number of orders, one entry a number.

    `orders` that a customer of this row has, `customers`, `mean` the sum of customers' mean values per order,
    `mean_sq` of their squares, `within_sq` the sum of squared distances of orders from their customer's mean.
    """

    orders: Array
    customers: Array
    mean: Array
    mean_sq: Array
    within_sq: Array

    @classmethod
    def of(cls, orders: Array, value: Array, value_sq: Array) -> ValueSums:
        """From customers one by one: number of orders, sum of their values, sum of the squares of these."""
        numbers, where = np.unique(orders, return_inverse=True)
        mean = value / orders
        within = np.maximum(value_sq - value * mean, 0.0)

        def added(item: Array) -> Array:
            return np.bincount(where, item, len(numbers)).astype(np.float64)

        return cls(numbers, added(np.ones(len(orders))), added(mean), added(mean**2), added(within))


@dataclass(frozen=True)
class NormalValue:
    """Normal-normal: `mean` μ over customers, `between` τ² of customers, `within` σ² of a customer's orders.

    `reason` says what could not be told apart.
    """

    mean: float
    between: float
    within: float
    customers: float
    reason: str = ""

    def posterior(self, orders: Array, value: Array) -> tuple[Array, Array]:
        """Mean and variance of what is believed of each customer's value per order; `value` is the sum seen."""
        if self.between <= 0:
            return np.full(len(orders), self.mean), np.zeros(len(orders))
        if self.within <= 0:
            return value / orders, np.zeros(len(orders))
        precision = 1 / self.between + orders / self.within
        return (self.mean / self.between + value / self.within) / precision, 1 / precision


def fit_normal(sums: ValueSums) -> NormalValue:
    """Normal-normal by maximum likelihood; σ² from the orders of customers with more than one."""
    n, count = sums.orders, sums.customers
    total = float(count.sum())
    if not total:
        return NormalValue(0.0, 0.0, 0.0, 0.0, "no customer has an order of known value")
    freedom = float(count @ (n - 1))
    plain = float(sums.mean.sum() / total)
    spread = max(float(sums.mean_sq.sum() / total - plain**2), 0.0)
    if freedom <= 0:
        return NormalValue(plain, 0.0, spread, total, "no customer has two orders, so that all expect the same")
    within = float(sums.within_sq.sum() / freedom)

    def at(between: float) -> tuple[float, float]:
        variance = between + within / n
        weight = 1 / variance
        mean = float(weight @ sums.mean / (weight @ count))
        squares = sums.mean_sq - 2 * mean * sums.mean + count * mean**2
        return mean, float(-0.5 * (count @ np.log(variance) + weight @ squares))

    scale = max(spread, within, 1e-12)
    if spread <= 1e-12 * max(plain**2, 1.0):
        return NormalValue(plain, 0.0, within, total)
    if within <= 1e-12 * scale:
        return NormalValue(plain, spread, 0.0, total)
    found = optimize.minimize_scalar(
        lambda log: -at(float(np.exp(log)))[1],
        bounds=(np.log(scale) - 25, np.log(scale) + 5),
        method="bounded",
        options={"xatol": 1e-7},
    )
    between = float(np.exp(found.x))
    mean, best = at(between)
    mean_0, none = at(0.0)
    if none >= best:
        return NormalValue(mean_0, 0.0, within, total, "customers don't differ in value beyond chance")
    return NormalValue(mean, between, within, total)


@dataclass(frozen=True)
class GammaValue:
    """Gamma-Gamma: values of a customer are Gamma(p, rate), the rate is Gamma(q, γ) over customers."""

    fit: Fit

    @property
    def parameters(self) -> tuple[float, float, float]:
        """p, q, γ."""
        p, q, gamma = (float(item) for item in self.fit.values)
        return p, q, gamma

    @property
    def mean(self) -> float:
        """Mean value over customers."""
        p, q, gamma = self.parameters
        return p * gamma / (q - 1) if q > 1 else float("nan")

    def expected(self, orders: Array, value: Array) -> Array:
        """Value per order that is expected of each customer; `value` is the sum seen."""
        p, q, gamma = self.parameters
        return np.asarray(p * (gamma + value) / (p * orders + q - 1), dtype=np.float64)


def gamma_allowed(orders: Array, mean_value: Array, lowest: float) -> str:
    """Why the Gamma-Gamma model may not be used on these customers; empty where it may."""
    if len(orders) < 3:
        return "too few customers came back"
    if lowest <= 0 or not (mean_value > 0).all():
        return "not every value is positive"
    if np.ptp(orders) == 0 or np.ptp(mean_value) == 0:
        return ""
    correlation = float(np.corrcoef(orders, mean_value)[0, 1])
    if abs(correlation) > MOST_CORRELATION:
        return f"value goes with frequency (correlation {correlation:.2f}, at most {MOST_CORRELATION} is allowed)"
    return ""


def fit_gamma(orders: Array, mean_value: Array, customers: Array | None = None) -> GammaValue:
    """Gamma-Gamma by maximum likelihood on customers' mean values over `orders` orders each."""
    counts = np.ones(len(orders)) if customers is None else customers
    numbers, where = levels(orders)
    log_value, log_orders = np.log(mean_value), np.log(orders)
    total = mean_value * orders
    by_number = np.bincount(where, counts, len(numbers))
    middle = float(np.average(mean_value, weights=counts))

    def evaluate(parameters: Array) -> tuple[float, Array, Array]:
        p, q, gamma = (float(item) for item in parameters)
        shape = p * orders
        log_scale, per_scale = np.log(gamma + total), 1 / (gamma + total)
        x = numbers[by_number > 0]
        n = by_number[by_number > 0]
        value = float(n @ (special.gammaln(p * x + q) - special.gammaln(p * x))) + counts.sum() * (
            q * np.log(gamma) - special.gammaln(q)
        )
        value += float(counts @ (shape * (log_value + log_orders) - log_value - (shape + q) * log_scale))
        slope = np.array(
            [
                (n * x) @ (special.psi(p * x + q) - special.psi(p * x))
                + (counts * orders) @ (log_value + log_orders - log_scale),
                n @ (special.psi(p * x + q) - special.psi(q)) + counts @ (np.log(gamma) - log_scale),
                counts.sum() * q / gamma - counts @ ((shape + q) * per_scale),
            ]
        )
        curve = special.polygamma(1, p * x + q)
        bend = np.zeros((3, 3))
        bend[0, 0] = (n * x**2) @ (curve - special.polygamma(1, p * x))
        bend[0, 1] = (n * x) @ curve
        bend[0, 2] = -(counts * orders) @ per_scale
        bend[1, 1] = n @ (curve - special.polygamma(1, q))
        bend[1, 2] = counts.sum() / gamma - counts @ per_scale
        bend[2, 2] = -counts.sum() * q / gamma**2 + counts @ ((shape + q) * per_scale**2)
        return value, slope, bend + np.triu(bend, 1).T

    starts = [np.array([p, q, gamma * middle]) for p, q, gamma in _GAMMA_STARTS]
    return GammaValue(maximise(evaluate, starts, ("p", "q", "gamma"), float(counts.sum())))
