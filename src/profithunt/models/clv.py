"""What customers will bring: repeat buying × profit per order, discounted, with a range for each customer.

`learn` fits the two models on grouped histories, or says why not; `score` gives every customer's figures over the
months ahead; `calibrate` holds a forecast made at an earlier day against what came.

A segment with too few customers, or too few who came back, is forecast by cohort means: what customers in the same
state (bought once or more often, lately or not) brought on average after an earlier day.

Source: METRICS section 2.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from profithunt.models import bg_nbd, pareto_nbd
from profithunt.models.ahead import Ahead
from profithunt.models.histories import Histories, Integers
from profithunt.models.maximum import Array, Fit
from profithunt.models.order_value import (
    GammaValue,
    NormalValue,
    ValueSums,
    fit_gamma,
    fit_normal,
    gamma_allowed,
)
from profithunt.models.ranges import Buying, Ranges

BuyingModel = Literal["bg_nbd", "pareto_nbd"]
ValueModel = Literal["normal", "gamma_gamma"]

NONE: Final = "none"
COHORT_MEAN: Final = "cohort_mean"
LOW, HIGH = 0.1, 0.9

_FEW = 20
_PIT_CUSTOMERS = 50_000
_STEP = 1e-4
_BLOCK = 32_768


@dataclass(frozen=True)
class Rules:
    """How to learn: the model of buying, the model of value, and what a segment needs at least."""

    buying: BuyingModel = "bg_nbd"
    value: ValueModel = "normal"
    min_customers: int = 500
    min_repeaters: int = 50


@dataclass(frozen=True)
class Customers:
    """Customers one by one: frequency, recency, age (time units), orders of known value, the sum of their values."""

    frequency: Array
    recency: Array
    age: Array
    orders: Array
    value: Array

    def __len__(self) -> int:
        return len(self.frequency)

    def only(self, chosen: Array | npt.NDArray[np.bool_] | Integers | slice) -> Customers:
        """Some of them."""
        parts = (self.frequency, self.recency, self.age, self.orders, self.value)
        x, recency, age, orders, value = (item[chosen] for item in parts)
        return Customers(x, recency, age, orders, value)


@dataclass(frozen=True)
class CohortMeans:
    """What customers in each state brought after an earlier day: orders and money a customer, over `time`.

    States: bought once and not lately, once and lately, more often and not lately, more often and lately; lately is
    within `lately` time units.
    """

    time: float
    lately: float
    customers: Array
    orders: Array
    value: Array
    low: Array
    high: Array
    orders_low: Array
    orders_high: Array

    @classmethod
    def of(
        cls, then: Customers, actual_orders: Array, actual_value: Array, time: float, lately: float
    ) -> CohortMeans | None:
        """The means of customers as they were at an earlier day; None where there were too few."""
        if len(then) < _FEW or time <= 0:
            return None
        state = _state(then, lately)
        rows = []
        for at in range(4):
            # A state that few customers were in is forecast by all of them.
            chosen = state == at if (state == at).sum() >= _FEW else np.ones(len(then), dtype=bool)
            orders, value = actual_orders[chosen], actual_value[chosen]
            ends = [*np.nanquantile(value, [LOW, HIGH]), *np.quantile(orders, [LOW, HIGH])]
            rows.append([(state == at).sum(), orders.mean(), np.nanmean(value), *ends])
        columns = np.asarray(rows, dtype=np.float64).T
        return cls(time, lately, *columns)


def _state(customers: Customers, lately: float) -> Integers:
    return 2 * (customers.frequency > 0).astype(np.int64) + (customers.age - customers.recency <= lately)


@dataclass(frozen=True)
class Learned:
    """What was learned of a segment: by which `method`, with which fits; `reason` why not by the models.

    `notes` are remarks on the fits; `customers` and `repeaters` say how many they rest on.
    """

    method: str
    reason: str
    customers: float
    repeaters: float
    fit: Fit | None = None
    value: NormalValue | GammaValue | None = None
    means: CohortMeans | None = None
    notes: tuple[str, ...] = ()

    @property
    def buying(self) -> Buying:
        """The fitted model of repeat buying."""
        if self.fit is None:
            msg = f"there is no fit: {self.reason}"
            raise ValueError(msg)
        return self.buying_at(self.fit.values)

    def buying_at(self, parameters: Array) -> Buying:
        """The model of repeat buying with other parameters."""
        return pareto_nbd.ParetoNbd(parameters) if self.method == "pareto_nbd" else bg_nbd.BgNbd(parameters)

    def with_means(self, means: CohortMeans | None) -> Learned:
        """The same with cohort means where the models could not be fitted."""
        if self.fit is not None or means is None:
            return self
        return replace(self, method=COHORT_MEAN, means=means)


def learn(
    histories: Histories, sums: ValueSums | None, rules: Rules, valued: Customers | None = None, least: float = 0.0
) -> Learned:
    """Fit repeat buying and value per order, or say why not.

    `valued` are the customers one by one, and `least` their smallest value, which only Gamma-Gamma needs.
    """
    total, repeaters = histories.total, histories.repeaters
    reason = _hindrance(histories, rules)
    if reason:
        return Learned(NONE, reason, total, repeaters)
    fit = pareto_nbd.fit(histories) if rules.buying == "pareto_nbd" else bg_nbd.fit(histories)
    if not fit.converged:
        return Learned(NONE, f"the fit did not converge: {fit.reason}", total, repeaters)
    notes = [f"{name} ran to its bound: the data can't tell it" for name in fit.at_bound]
    value: NormalValue | GammaValue | None = None
    if sums is not None and sums.customers.sum() > 0:
        normal = fit_normal(sums)
        value = normal
        notes += [normal.reason] if normal.reason else []
        if rules.value == "gamma_gamma":
            value, why = _gamma(valued, least, normal)
            notes += [why] if why else []
    else:
        notes.append("profit per order is not known")
    return Learned(rules.buying, "", total, repeaters, fit, value, notes=tuple(notes))


def _hindrance(histories: Histories, rules: Rules) -> str:
    """Why the model of repeat buying can't be fitted; empty where it can."""
    total, repeaters = int(histories.total), int(histories.repeaters)
    if not total:
        return "there are no customers"
    if float(histories.age.max()) <= 0:
        return "no time has passed since the customers' first order"
    if not repeaters:
        return f"none of {total:,} customers has bought on a second day"
    if total < rules.min_customers:
        return f"{total:,} customers are fewer than the {rules.min_customers:,} that a fit needs"
    if repeaters < rules.min_repeaters:
        return f"only {repeaters:,} of {total:,} customers bought on a second day; a fit needs {rules.min_repeaters:,}"
    return ""


def _gamma(valued: Customers | None, least: float, normal: NormalValue) -> tuple[NormalValue | GammaValue, str]:
    if valued is None:
        return normal, "Gamma-Gamma was not used: the customers' values are not known one by one"
    known = valued.only(valued.orders > 0)
    mean = known.value / known.orders
    why = gamma_allowed(known.orders, mean, least)
    if not why:
        found = fit_gamma(known.orders, mean)
        why = "" if found.fit.converged and found.parameters[1] > 1 else "it has no finite mean on these customers"
        if not why:
            return found, ""
    return normal, f"Gamma-Gamma was not used: {why}"


class Scorer:
    """Figures of customers over the months ahead; the tables of ranges are made once."""

    def __init__(self, learned: Learned, ahead: Ahead, most: float, ages: tuple[float, float]) -> None:
        self.learned = learned
        self.ahead = ahead
        self._ranges: Ranges | None = None
        self._means = learned.means
        if learned.fit is not None and learned.value is not None:
            self._ranges = Ranges(learned.buying, learned.fit, learned.value, ahead, most, ages)

    def score(self, customers: Customers) -> dict[str, Array]:
        """Columns, an entry a customer; NaN where nothing can be said.

        `p_alive`, `profit_per_order`, and for the horizon at place h: `orders_h`, `orders_low_h`, `orders_high_h`,
        `value_h`, `low_h`, `high_h`.
        """
        if self.learned.fit is not None:
            return self._by_models(customers)
        unknown = np.full(len(customers), np.nan)
        result = {"p_alive": unknown, "profit_per_order": unknown}
        for h in range(len(self.ahead.horizons)):
            result |= self._by_means(customers, h)
        return result

    def _by_models(self, customers: Customers) -> dict[str, Array]:
        buying, n = self.learned.buying, len(self.ahead.horizons)
        alive = buying.alive(customers.frequency, customers.recency, customers.age)
        counted = self._counted(customers) * alive[:, None]
        mean = self.profit_per_order(customers)
        result = {"p_alive": alive, "profit_per_order": mean}
        for h in range(n):
            result[f"orders_{h}"] = counted[:, h]
            result[f"value_{h}"] = counted[:, n + h] * mean
        return result | self._within(customers, alive)

    def _within(self, customers: Customers, alive: Array) -> dict[str, Array]:
        """Low and high ends of orders and money, some customers at a time, which the cache can hold."""
        ranges = self._ranges
        n = len(self.ahead.horizons)
        names = ("low", "high", "orders_low", "orders_high")
        result = {f"{name}_{h}": np.full(len(customers), np.nan) for name in names for h in range(n)}
        if ranges is None:
            return result
        for start in range(0, len(customers), _BLOCK):
            part = slice(start, start + _BLOCK)
            some = customers.only(part)
            places = ranges.places(some.frequency, some.age, some.orders, some.value)
            for h in range(n):
                returning = self._returning(some, alive[part], h)
                for name, level in (("low", LOW), ("high", HIGH)):
                    result[f"{name}_{h}"][part] = ranges.money(h, places, returning, level)
                    result[f"orders_{name}_{h}"][part] = ranges.orders(h, places, returning, level)
        return result

    def _counted(self, customers: Customers) -> Array:
        """Orders of living customers, weighed; worked out once for each frequency × age."""
        xs, at_x = np.unique(customers.frequency, return_inverse=True)
        ages, at_age = np.unique(customers.age, return_inverse=True)
        pair, where = _distinct(at_x * len(ages) + at_age, len(xs) * len(ages))
        expected = self.learned.buying.expected(
            xs[pair // len(ages)], ages[pair % len(ages)], self.ahead.times, self.ahead.weights
        )
        return np.asarray(expected[where], dtype=np.float64)

    def _returning(self, customers: Customers, alive: Array, h: int) -> Array:
        time = self.ahead.time(self.ahead.horizons[h])
        return alive * self.learned.buying.buys(customers.frequency, customers.age, time)

    def _by_means(self, customers: Customers, h: int) -> dict[str, Array]:
        names = ("orders", "value", "low", "high", "orders_low", "orders_high")
        means = self._means
        if means is None:
            return {f"{name}_{h}": np.full(len(customers), np.nan) for name in names}
        state = _state(customers, means.lately)
        horizon = self.ahead.horizons[h]
        steps = np.diff(np.concatenate([[0.0], self.ahead.times[:horizon]]))
        scale = {"orders": steps.sum() / means.time, "value": (steps @ self.ahead.discount[:horizon]) / means.time}
        return {
            f"{name}_{h}": getattr(means, name)[state] * scale["orders" if name.startswith("orders") else "value"]
            for name in names
        }

    def profit_per_order(self, customers: Customers) -> Array:
        """What an order of each customer is expected to earn."""
        value = self.learned.value
        if value is None:
            return np.full(len(customers), np.nan)
        if isinstance(value, GammaValue):
            return value.expected(customers.orders, customers.value)
        return value.posterior(customers.orders, customers.value)[0]

    def pit(self, customers: Customers, actual: Array, random: np.random.Generator) -> Array:
        """Where the money that came lies in each customer's forecast, 0–1; drawn where nothing was likely."""
        if self._ranges is None:
            return np.full(len(customers), np.nan)
        alive = self.learned.buying.alive(customers.frequency, customers.recency, customers.age)
        places = self._ranges.places(customers.frequency, customers.age, customers.orders, customers.value)
        less, upto = self._ranges.below(0, places, self._returning(customers, alive, 0), actual)
        return less + random.random(len(customers)) * (upto - less)

    def total_orders(self, histories: Histories, h: int) -> tuple[float, float]:
        """Orders that all customers together will place, and its standard error from the fit's (delta method)."""
        fit = self.learned.fit
        if fit is None:
            return float("nan"), float("nan")
        groups = histories.coarse(levels=48)
        steps_ahead = self.ahead.horizons[h]
        times, weights = self.ahead.times[:steps_ahead], self.ahead.weights[h : h + 1, :steps_ahead]

        def total(logs: Array) -> float:
            buying = self.learned.buying_at(np.exp(logs))
            alive = buying.alive(groups.frequency, groups.recency, groups.age)
            ahead = buying.expected(groups.frequency, groups.age, times, weights)
            return float(groups.customers @ (alive * ahead[:, 0]))

        at = np.log(fit.values)
        steps = np.eye(len(at)) * _STEP
        slope = np.array([(total(at + step) - total(at - step)) / (2 * _STEP) for step in steps])
        return total(at), float(np.sqrt(max(slope @ fit.covariance @ slope, 0.0)))


def _distinct(keys: Integers, most: int) -> tuple[Integers, Integers]:
    """Distinct whole numbers below `most`, and where each key stands among them."""
    if most > 20_000_000:
        found, where = np.unique(keys, return_inverse=True)
        return found, where
    there = np.zeros(most, dtype=bool)
    there[keys] = True
    place = np.cumsum(there) - 1
    return np.flatnonzero(there), place[keys]


@dataclass(frozen=True)
class Calibration:
    """A forecast held against what came, by decile of customers (the least forecast first), and as a whole.

    `cover` is the share of customers whose money came inside the 80 % range, `ks` the greatest distance of the
    probability integral transform from evenness; NaN where there is no range.
    """

    customers: Array
    predicted_orders: Array
    actual_orders: Array
    predicted_value: Array
    actual_value: Array
    cover_by_decile: Array
    cover: float
    ks: float


def calibrate(learned: Learned, then: Customers, actual_orders: Array, actual_value: Array, time: float) -> Calibration:
    """Hold the forecast of customers as they were then against their orders and money in the `time` after."""
    ahead = Ahead.stretch(time)
    scorer = Scorer(learned, ahead, float(then.frequency.max()), (float(then.age.min()), float(then.age.max())))
    scores = scorer.score(then)
    orders, value = scores["orders_0"], scores["value_0"]
    rank = np.argsort(np.argsort(np.where(np.isnan(value), orders, value), kind="stable"), kind="stable")
    decile = rank * 10 // len(then)
    random = np.random.default_rng(len(then))
    known = np.flatnonzero(~np.isnan(actual_value))
    if len(known) > _PIT_CUSTOMERS:
        known = np.sort(random.choice(known, _PIT_CUSTOMERS, replace=False))
    pit = scorer.pit(then.only(known), actual_value[known], random)
    inside = np.where(np.isnan(pit), np.nan, ((pit > LOW) & (pit < HIGH)).astype(np.float64))
    return Calibration(
        customers=np.bincount(decile, minlength=10).astype(np.float64),
        predicted_orders=_by(decile, orders),
        actual_orders=_by(decile, actual_orders),
        predicted_value=_by(decile, value),
        actual_value=_by(decile, np.where(np.isnan(actual_value), 0.0, actual_value)),
        cover_by_decile=_mean_by(decile[known], inside),
        cover=float(inside.mean()) if len(inside) else float("nan"),
        ks=float(np.abs(np.sort(pit) - (np.arange(len(pit)) + 0.5) / len(pit)).max()) if len(pit) else float("nan"),
    )


def _by(decile: Integers, values: Array | npt.NDArray[np.bool_]) -> Array:
    return np.bincount(decile, values, minlength=10).astype(np.float64)


def _mean_by(decile: Integers, values: Array) -> Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(_by(decile, values) / np.bincount(decile, minlength=10), dtype=np.float64)
