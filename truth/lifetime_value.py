"""Customers simulated from the models themselves: whether ranges cover what they say, and means come out.

80 % ranges must hold 79–81 % of customers, the probability integral transform must be even (KS distance below 0.01 at
40,000 customers), grouping must not change the likelihood, and losses must not bend the mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from profithunt.models import bg_nbd, order_value
from profithunt.models.clv import Customers, Rules, calibrate, learn
from profithunt.models.histories import Histories
from profithunt.models.maximum import Array
from profithunt.models.order_value import ValueSums
from truth.claim import Claim

NAME = "simulated customers"
CUSTOMERS = 40_000
YEAR = 365.25 / 7

WORLDS = {
    "as CDNOW": ((0.243, 4.414, 0.793, 2.426), (10.0, 6.0, 12.0)),
    "frequent, a third lose money": ((1.2, 8.0, 0.5, 4.0), (4.0, 9.0, 12.0)),
    "steady": ((0.6, 6.0, 1.0, 3.0), (20.0, 5.0, 8.0)),
}
"""(r, α, a, b) of buying, and (mean, standard deviation over customers, within a customer) of profit per order."""


def check(_: Path) -> Iterator[Claim]:
    """Cover, evenness, totals and means in each world."""
    for number, (name, (buying, value)) in enumerate(WORLDS.items()):
        random = np.random.default_rng(100 + number)
        customers, squares, orders, money, means = simulate(CUSTOMERS, buying, value, random)
        histories = Histories.of(customers.frequency, customers.recency, customers.age)
        sums = ValueSums.of(customers.orders, customers.value, squares)
        learned = learn(histories, sums, Rules())
        held = calibrate(learned, customers, orders, money, YEAR)
        yield Claim(NAME, f"{name}: share inside the 80 % range", 0.80, round(held.cover, 4), within=0.01)
        yield Claim(NAME, f"{name}: distance of the transform from even", 0.0, round(held.ks, 4), within=0.01)
        # A few customers buy very often, so that even a sum over 40,000 is not known to the per cent.
        chance = float(np.sqrt(CUSTOMERS) * orders.std())
        error = float(held.predicted_orders.sum() - held.actual_orders.sum()) / chance
        yield Claim(NAME, f"{name}: forecast orders less orders, standard errors", 0.0, round(error, 2), within=3.0)
        if learned.fit is not None:
            alone = Histories.ungrouped(customers.frequency, customers.recency, customers.age)
            difference = bg_nbd.Likelihood(histories).value(learned.fit.values) - bg_nbd.Likelihood(alone).value(
                learned.fit.values
            )
            size = abs(learned.fit.log_likelihood)
            yield Claim(NAME, f"{name}: grouped ÷ ungrouped log-likelihood less 1", 0.0, difference / size, within=1e-9)
        fitted = order_value.fit_normal(sums)
        losing = float((means < 0).mean())
        what = f"{name} ({losing:.0%} of customers negative): mean profit per order ÷ the true one less 1"
        yield Claim(NAME, what, 0.0, round(fitted.mean / float(means.mean()) - 1, 4), within=0.02)


def simulate(
    n: int, buying: tuple[float, ...], value: tuple[float, ...], random: np.random.Generator
) -> tuple[Customers, Array, Array, Array, Array]:
    """Customers over up to two years, the squares of their profits, orders and money of the year after, true means.

    Time in weeks.
    """
    r, alpha, a, b = buying
    mean, between, within = value
    age = random.integers(10, 720, n) / 7.0
    rate, leaving = random.gamma(r, 1 / alpha, n), random.beta(a, b, n)
    means = random.normal(mean, between, n)
    first = random.normal(means, within)
    frequency, recency, total, squares = np.zeros(n), np.zeros(n), first.copy(), first**2
    orders, money, time = np.zeros(n), np.zeros(n), np.zeros(n)
    active = np.arange(n)
    while active.size:
        time[active] += random.exponential(1 / rate[active])
        active = active[time[active] < age[active] + YEAR]
        profit = random.normal(means[active], within)
        past = time[active] <= age[active]
        before, after = active[past], active[~past]
        frequency[before] += 1
        recency[before] = time[before]
        total[before] += profit[past]
        squares[before] += profit[past] ** 2
        orders[after] += 1
        money[after] += profit[~past]
        active = active[random.random(active.size) > leaving[active]]
    return Customers(frequency, recency, age, frequency + 1, total), squares, orders, money, means
