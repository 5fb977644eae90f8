"""The range of what a customer will bring: percentiles of the future by groups of customers.

What a customer brings within a horizon is nothing, with a probability that is known exactly, or else what a customer
who comes back brings. The second part is drawn: for some frequencies × ages × values a thousand futures each, every
one with parameters of its own from what the data allow (so that the range holds the uncertainty of the fit), and its
percentiles are kept in a table that customers look themselves up in. A million customers need no million draws.

Source: METRICS section 2 (CLV, interval per customer).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from scipy import special

from profithunt.models.ahead import Ahead
from profithunt.models.histories import Integers
from profithunt.models.maximum import Array, Fit
from profithunt.models.order_value import GammaValue, NormalValue
from profithunt.models.seeding import Seeds

DRAWS: Final = 1024
LEVELS: Final = np.concatenate([[0.0], special.ndtr(np.linspace(-2.75, 2.75, 45)), [1.0]])
"""Percentiles kept: close together in the tails."""

_AGES: Final = 9
_STANDARD: Final = np.sinh(np.linspace(-2.5, 2.5, 13))
"""Values per order kept, in standard deviations over customers: ±6, close together in the middle."""

_EXACT: Final = 48


class Buying(Protocol):
    """A fitted model of repeat buying; arrays have one entry a customer."""

    def alive(self, x: Array, recency: Array, age: Array) -> Array:
        """Probability that a customer has not left."""

    def expected(self, x: Array, age: Array, times: Array, weights: Array) -> Array:
        """Orders of a living customer by step, weighed."""

    def buys(self, x: Array, age: Array, time: float) -> Array:
        """Probability that a living customer buys within `time`."""

    def paths(self, x: float, age: float, time: float, seeds: Seeds) -> tuple[Array, Array, Array]:
        """Draws of a living customer who buys within `time`."""


@dataclass(frozen=True)
class Places:
    """Where customers stand in the tables: row of frequency, of age (and the share of the next), value (and share).

    `scale` multiplies what the table says.
    """

    frequency: Integers
    age: Integers
    age_share: Array
    value: Integers
    value_share: Array
    scale: Array

    def only(self, chosen: Array | slice | Integers) -> Places:
        """Some of the customers."""
        return Places(
            self.frequency[chosen],
            self.age[chosen],
            self.age_share[chosen],
            self.value[chosen],
            self.value_share[chosen],
            self.scale[chosen],
        )


class Ranges:
    """Percentiles of orders and of money by horizon, for customers up to a frequency and an age."""

    def __init__(
        self,
        buying: Buying,
        fit: Fit,
        value: NormalValue | GammaValue,
        ahead: Ahead,
        most: float,
        ages: tuple[float, float],
    ) -> None:
        self._value = value
        self._frequencies = _steps(most, ratio=1.06, exact=_EXACT)
        pace = max(float(fit.values[1]), 1e-6)
        self._pace = pace
        self._log_ages = np.linspace(np.log(pace + ages[0]), np.log(pace + ages[1]) + 1e-9, _AGES)
        drawn = _steps(most, ratio=1.35, exact=4)
        shape = (len(ahead.horizons), len(drawn), _AGES)
        spots = len(_STANDARD) if isinstance(value, NormalValue) and value.between > 0 and value.within > 0 else 1
        money, orders = np.empty((*shape, spots, len(LEVELS))), np.empty((*shape, len(LEVELS)))
        common = Seeds.of(fit, DRAWS)
        for at, horizon in enumerate(ahead.horizons):
            for i, x in enumerate(drawn):
                for j, age in enumerate(np.exp(self._log_ages) - pace):
                    seeds = common.again()
                    first, more, until = buying.paths(float(x), float(max(age, 0.0)), ahead.time(horizon), seeds)
                    worth, squares = ahead.worth(first, more, until)
                    money[at, i, j] = _percentiles(_money(value, x + 1, 1 + more, worth, squares, seeds))
                    orders[at, i, j] = np.quantile(1 + more, LEVELS, method="inverted_cdf")
        between = np.array([[_weight(x, drawn, k) for k in range(len(drawn))] for x in self._frequencies])
        self._money = np.einsum("xk,hkavl->hxavl", between, money)
        self._orders = np.einsum("xk,hkal->hxal", between, orders)
        self._negative = _share_below_zero(self._money)

    def places(self, x: Array, age: Array, orders: Array, value: Array) -> Places:
        """Where customers stand: frequency, age, number and sum of the orders whose value is known."""
        at_age = (np.log(self._pace + age) - self._log_ages[0]) / (self._log_ages[1] - self._log_ages[0])
        at_age = np.clip(at_age, 0, _AGES - 1 - 1e-9)
        row = np.searchsorted(self._frequencies, x)
        row = np.clip(row, 0, len(self._frequencies) - 1)
        left = np.maximum(row - 1, 0)
        nearer = np.abs(self._frequencies[left] - x) < np.abs(self._frequencies[row] - x)
        whole = at_age.astype(np.int64)
        spot, share, scale = self._spots(orders, value)
        return Places(np.where(nearer, left, row), whole, at_age - whole, spot, share, scale)

    def _spots(self, orders: Array, value: Array) -> tuple[Integers, Array, Array]:
        model = self._value
        none, zero, one = np.zeros(len(orders), dtype=np.int64), np.zeros(len(orders)), np.ones(len(orders))
        if isinstance(model, GammaValue):
            return none, zero, model.parameters[2] + value
        if self._money.shape[3] == 1:
            return none, zero, one
        mean, _ = model.posterior(orders, value)
        standard = (mean - model.mean) / _spread(model, orders)
        spot = np.clip(np.searchsorted(_STANDARD, standard) - 1, 0, len(_STANDARD) - 2)
        share = (standard - _STANDARD[spot]) / (_STANDARD[spot + 1] - _STANDARD[spot])
        return spot, share, one

    def money(self, horizon: int, places: Places, returning: Array, level: float) -> Array:
        """A percentile of each customer's money; `returning` is the probability to buy within the horizon."""
        result = np.zeros(len(returning))
        negative = returning * self._below(horizon, places)
        low = level < negative
        high = level > negative + 1 - returning
        for chosen, own in ((low, level / np.maximum(returning, 1e-300)), (high, (level - 1 + returning) / returning)):
            index = np.flatnonzero(chosen)
            if index.size:
                result[index] = self._look(horizon, places.only(index), own[index])
        return np.where(low, np.minimum(result, 0), np.maximum(result, 0))

    def orders(self, horizon: int, places: Places, returning: Array, level: float) -> Array:
        """A percentile of each customer's number of orders."""
        result = np.zeros(len(returning))
        index = np.flatnonzero(returning > 1 - level)
        own = (level - 1 + returning[index]) / returning[index]
        at = np.clip(np.searchsorted(LEVELS, own - 1e-12), 0, len(LEVELS) - 1)
        nearest = places.age[index] + (places.age_share[index] > 0.5)
        result[index] = np.rint(self._orders[horizon, places.frequency[index], nearest, at])
        return result

    def below(self, horizon: int, places: Places, returning: Array, money: Array) -> tuple[Array, Array]:
        """Probability of less than `money`, and of at most so much: the two differ where nothing is likely."""
        curve = self._curve(horizon, places) * places.scale[:, None]
        upper = np.clip((curve <= money[:, None]).sum(axis=1), 1, len(LEVELS) - 1)
        row = np.arange(len(money))
        left, right = curve[row, upper - 1], curve[row, upper]
        share = np.clip((money - left) / np.maximum(right - left, 1e-300), 0, 1)
        within = LEVELS[upper - 1] + share * (LEVELS[upper] - LEVELS[upper - 1])
        negative = self._below(horizon, places)
        less = returning * np.where(money == 0, negative, within) + np.where(money > 0, 1 - returning, 0.0)
        return less, np.where(money == 0, less + 1 - returning, less)

    def _below(self, horizon: int, places: Places) -> Array:
        """Probability that the money of a customer who buys is negative."""
        table = self._negative[horizon]
        if not table.any():
            return np.zeros(len(places.frequency))
        return self._between(places, lambda age, spot: table[places.frequency, age, spot], bounded=True)

    def _look(self, horizon: int, places: Places, level: Array) -> Array:
        table = self._money[horizon]
        upper = np.clip(np.searchsorted(LEVELS, level), 1, len(LEVELS) - 1)
        share = (level - LEVELS[upper - 1]) / (LEVELS[upper] - LEVELS[upper - 1])

        def at(age: Integers, spot: Integers) -> Array:
            left, right = table[places.frequency, age, spot, upper - 1], table[places.frequency, age, spot, upper]
            return np.asarray(left + share * (right - left), dtype=np.float64)

        return places.scale * self._between(places, at)

    def _curve(self, horizon: int, places: Places) -> Array:
        table = self._money[horizon]
        return self._between(places, lambda age, spot: table[places.frequency, age, spot])

    def _between(self, places: Places, at: _Lookup, *, bounded: bool = False) -> Array:
        """Between the neighbours in age and in value; beyond the last value the line goes on."""

        def by_age(spot: Integers) -> Array:
            low, high = at(places.age, spot), at(places.age + 1, spot)
            return np.asarray(low + _along(places.age_share, low) * (high - low), dtype=np.float64)

        found = by_age(places.value)
        if self._money.shape[3] > 1:
            share = np.clip(places.value_share, 0, 1) if bounded else places.value_share
            found = found + _along(share, found) * (by_age(places.value + 1) - found)
        return found


class _Lookup(Protocol):
    def __call__(self, age: Integers, spot: Integers) -> Array:
        """The table at these rows."""


def _along(share: Array, like: Array) -> Array:
    return share if like.ndim == 1 else share[:, None]


def _steps(most: float, *, ratio: float, exact: int) -> Array:
    """Frequencies 0, 1, 2 … and, from `exact` on, each `ratio` times the one before."""
    steps = list(range(min(exact, int(most)) + 1))
    while steps[-1] < most:
        steps.append(max(steps[-1] + 1, int(steps[-1] * ratio)))
    return np.array(steps, dtype=np.float64)


def _weight(x: float, drawn: Array, k: int) -> float:
    """Weight of the k-th frequency drawn in the line between its neighbours at x."""
    one = np.zeros(len(drawn))
    one[k] = 1.0
    return float(np.interp(x, drawn, one))


def _spread(model: NormalValue, orders: Array) -> Array:
    """Standard deviation over customers of what is believed of their value, by number of orders."""
    return np.asarray(model.between / np.sqrt(model.between + model.within / np.maximum(orders, 1)), dtype=np.float64)


def _money(
    value: NormalValue | GammaValue, orders: float, counts: Array, worth: Array, squares: Array, seeds: Seeds
) -> Array:
    """Draws of money, a row each value per order kept."""
    if isinstance(value, GammaValue):
        p, q, _ = value.parameters
        rate = seeds.gamma(np.full(len(worth), q + p * orders))
        return (seeds.gamma(p * counts) / rate * (worth / counts))[None, :]
    if value.between <= 0 or value.within <= 0:
        # One value for all (or, with orders that never vary, one of each customer: its sum is exact).
        noise = np.sqrt(value.within * squares) * seeds.normal
        return (value.mean * worth + noise)[None, :]
    error = 1 / (1 / value.between + orders / value.within)
    mean = value.mean + _STANDARD * float(_spread(value, np.array([orders]))[0])
    noise = np.sqrt(error * worth**2 + value.within * squares) * seeds.normal
    return mean[:, None] * worth[None, :] + noise[None, :]


def _percentiles(draws: Array) -> Array:
    ordered = np.sort(draws, axis=1)
    at = np.clip(LEVELS * draws.shape[1] - 0.5, 0, draws.shape[1] - 1)
    left = np.minimum(at.astype(np.int64), draws.shape[1] - 2)
    share = at - left
    return np.asarray(ordered[:, left] * (1 - share) + ordered[:, left + 1] * share, dtype=np.float64)


def _share_below_zero(table: Array) -> Array:
    """The level at which each row of percentiles crosses zero."""
    upper = np.clip((table < 0).sum(axis=-1), 0, len(LEVELS) - 1)
    lower = np.maximum(upper - 1, 0)
    left = np.take_along_axis(table, lower[..., None], -1)[..., 0]
    right = np.take_along_axis(table, upper[..., None], -1)[..., 0]
    share = np.where(right > left, -left / np.where(right > left, right - left, 1.0), 0.0)
    crossing = LEVELS[lower] + np.clip(share, 0, 1) * (LEVELS[upper] - LEVELS[lower])
    return np.where((table < 0).any(axis=-1), np.where((table < 0).all(axis=-1), 1.0, crossing), 0.0)
