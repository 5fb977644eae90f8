"""Experiments that are looked at every day: how often chance is taken for an effect, and whether a true one comes out.

**Nothing happens.** 2,000 actions without any effect on shops of 3,000 customers, a tenth held out by the stable hash,
each looked at on all 28 days. Customers differ lastingly in how often they buy and orders are skewed, as in shops.
Stopping at the first look that "shows" something is a false alarm: at most 6 % by planned looks (O'Brien–Fleming
spending), at most 5 % by the confidence sequence; plain t-tests are printed beside, about 28 % where what is seen
comes in independently (METRICS 7), which a second, simpler world of independent days shows.

**Something happens.** The action adds a planted amount to every order of those acted on. The mean estimate must be
the planted one, the interval of the stopping rule must hold it, and CUPED must narrow the error as ρ says.

**Nothing could be randomised.** SKUs picked because they sold badly; matched comparison with no effect must stay
silent where the plain before-and-after is fooled, and find a planted one.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from profithunt.actions.measurement import Trial, draw, judged, sized
from profithunt.actions.measurement.effect import Arm
from profithunt.models.experiments import matched_difference
from profithunt.models.sequential import confidence_sequence, planned_looks
from truth.claim import Claim

Array = npt.NDArray[np.float64]

NAME: Final = "experiments"
EXPERIMENTS: Final = 2000
CUSTOMERS: Final = 3000
LOOKS: Final = 28
PLANTED: Final = 400
LIFT: Final = 6.0
SPENT: Final = 0.06
SEQUENCE: Final = 0.05
START: Final = dt.date(2025, 3, 1)
_Z: Final = 1.959963984540054


def check(_: Path) -> Iterator[Claim]:
    """All claims."""
    yield from _simple()
    yield from _nothing()
    yield from _something()
    yield from _observed()


def _simple() -> Iterator[Claim]:
    """Days that are independent of each other: the textbook case in which plain looks go wrong most."""
    generator = np.random.default_rng(11)
    days = np.arange(1, LOOKS + 1)
    z = generator.normal(size=(20_000, LOOKS)).cumsum(axis=1) / np.sqrt(days)
    bounds = np.array([look.bound for look in planned_looks((days / LOOKS).tolist())])
    widths = np.array([confidence_sequence(0.0, 1.0, 100.0 * day, 2800.0).high for day in days])
    plain, spending, sequence = (float((np.abs(z) > at).any(axis=1).mean()) for at in (_Z, bounds, widths))
    yield Claim(NAME, "independent days, 28 plain tests: share of false alarms (measured 27.7 %)", 0.277, plain, 0.02)
    yield Claim(NAME, "independent days, planned looks: share of false alarms", 0.05, spending, 0.006)
    yield _at_most("independent days, confidence sequence: share of false alarms", SEQUENCE, sequence)


@dataclass(frozen=True)
class _Arms:
    """Sums of both arms at every look: rows are looks."""

    held: list[Arm]
    acted: list[Arm]


def _world(number: int, lift: float = 0.0) -> _Arms:
    """One action on a shop: who buys how often and for how much, the time before, 28 days after."""
    generator = np.random.default_rng([5, number])
    acted = np.ones(CUSTOMERS, dtype=np.bool_)
    held = draw(f"action-{number}", _names()).held
    acted[[int(name) for name in held]] = False
    rate = generator.gamma(0.6, 1 / 12, CUSTOMERS)
    size = generator.lognormal(2.2, 0.5, CUSTOMERS)
    before = _spent(generator, rate * 91 / LOOKS, size)
    orders = generator.poisson(rate[:, None] / 1.0, (CUSTOMERS, LOOKS))
    amounts = orders * size[:, None] * generator.lognormal(-0.18, 0.6, (CUSTOMERS, LOOKS))
    amounts += orders * acted[:, None] * lift
    after = amounts.cumsum(axis=1)
    return _Arms(_moments(before, after, ~acted), _moments(before, after, acted))


def _spent(generator: np.random.Generator, rate: Array, size: Array) -> Array:
    orders = generator.poisson(rate * LOOKS)
    several = np.maximum(orders, 1)
    return np.asarray(orders * size * generator.lognormal(-0.18 / several, 0.6 / np.sqrt(several)))


_NAMES: list[str] = []


def _names() -> list[str]:
    if not _NAMES:
        _NAMES.extend(str(number) for number in range(CUSTOMERS))
    return _NAMES


def _moments(before: Array, after: Array, chosen: npt.NDArray[np.bool_]) -> list[Arm]:
    x, y = before[chosen], after[chosen]
    n = len(x)
    mean_x, var_x = float(x.mean()), float(x.var(ddof=1))
    mean_y, var_y = y.mean(axis=0), y.var(axis=0, ddof=1)
    shared = (x - mean_x) @ (y - mean_y) / (n - 1)
    found = []
    for at in range(LOOKS):
        scale = math.sqrt(var_x * float(var_y[at]))
        correlation = float(shared[at]) / scale if scale else None
        found.append(Arm(n, float(mean_y[at]), float(var_y[at]), mean_x, var_x, correlation))
    return found


@dataclass(frozen=True)
class _Course:
    """An experiment looked at every day."""

    plain: bool
    planned: bool
    open: bool
    stop: int
    stopped_low: float
    stopped_high: float
    last: float
    last_error: float
    correlation: float
    ratio_p: float


def _course(number: int, lift: float = 0.0) -> _Course:
    """Look on each of 28 days with the code that a shop runs; stop at the first look that shows something."""
    arms = _world(number, lift)
    n = arms.held[0].n
    trial = Trial(f"action-{number}", "customer", ("a",) * (CUSTOMERS - n), ("h",) * n, START)
    plain = planned = running = False
    stop, low, high = LOOKS, 0.0, 0.0
    reading = None
    for day in range(LOOKS):
        as_of = START + dt.timedelta(days=day)
        reading = judged(trial, as_of, arms.held[day], arms.acted[day])
        plain |= (reading.single_p or 1.0) < 0.05
        running |= (reading.sequence_low or 0.0) > 0 or (reading.sequence_high or 0.0) < 0
        if not planned:
            planned = reading.verdict in {"works", "harms"}
            low, high, stop = reading.low or 0.0, reading.high or 0.0, day + 1
    last = reading.effect if reading is not None else None
    if reading is None or last is None:
        raise ValueError("an experiment without a look")
    error = abs(last / reading.z) if reading.z else 0.0
    return _Course(
        plain, planned, running, stop, low, high, last, error, reading.correlation or 0.0,
        reading.ratio_p or 0.0,
    )  # fmt: skip


def _nothing() -> Iterator[Claim]:
    courses = [_course(number) for number in range(EXPERIMENTS)]
    plain, spending, sequence = (
        sum(found) / EXPERIMENTS
        for found in (
            [one.plain for one in courses], [one.planned for one in courses], [one.open for one in courses],
        )
    )  # fmt: skip
    mismatched = sum(one.ratio_p < 0.001 for one in courses) / EXPERIMENTS
    print(f"     no effect, 28 plain tests: {plain:.1%} false alarms")
    yield _at_most(f"no effect, {EXPERIMENTS:,} actions, planned looks: share of false alarms", SPENT, spending)
    yield _at_most("no effect, confidence sequence: share of false alarms", SEQUENCE, sequence)
    left, told = _variance_left(courses[:200])
    yield Claim(NAME, "CUPED: variance left of 1, against 1 − ρ²", told, left, 0.03)
    yield _at_most("arms said not to be of the sizes drawn", 0.003, mismatched)


def _something() -> Iterator[Claim]:
    courses = [_course(number, LIFT) for number in range(10_000, 10_000 + PLANTED)]
    truth = LIFT * 0.6 / 12 * LOOKS
    found = float(np.mean([one.last for one in courses]))
    spread = float(np.std([one.last for one in courses]) / math.sqrt(PLANTED))
    yield Claim(NAME, f"planted {truth:.2f} a customer: mean estimate (±{3 * spread:.2f})", truth, found, 3 * spread)
    held = np.mean([one.last - _Z * one.last_error <= truth <= one.last + _Z * one.last_error for one in courses])
    yield Claim(NAME, "planted effect inside the 95 % interval of the last day", 0.95, float(held), 0.03)
    stopped = [one.stopped_low <= LIFT * 0.6 / 12 * one.stop <= one.stopped_high for one in courses]
    yield _at_least("planted effect inside the interval at which a run was stopped", 0.93, float(np.mean(stopped)))
    shown = float(np.mean([one.planned for one in courses]))
    print(
        f"     planted effect shown by planned looks: {shown:.1%}, on day {np.mean([one.stop for one in courses]):.1f}"
    )
    design = sized(CUSTOMERS, 10.0, 0.5, 1.0)
    yield Claim(NAME, "units an arm, σ 10, δ 1: 15.7 σ²/δ²", 1570, design.per_arm)
    yield Claim(NAME, "the same with ρ = 0.5: × (1 − ρ²)", 1178, design.with_before)


def _variance_left(courses: list[_Course]) -> tuple[float, float]:
    """Variance of the adjusted estimate as a share of the unadjusted, and what the correlation says it is."""
    ratios, told = [], []
    for number, one in enumerate(courses):
        arms = _world(number)
        held, acted = arms.held[-1], arms.acted[-1]
        ratios.append(one.last_error**2 / (held.variance / held.n + acted.variance / acted.n))
        told.append(1 - (held.correlation or 0.0) ** 2)
    return float(np.mean(ratios)), float(np.mean(told))


def _observed() -> Iterator[Claim]:
    """300 SKUs, the 12 that sold worst lately are acted on; 13 weeks before, 4 after, 200 times."""
    silent, naive, covered, estimates = [], [], [], []
    for number in range(200):
        generator = np.random.default_rng([9, number])
        level = generator.gamma(4.0, 25.0, 300)
        panel = level[:, None] * generator.lognormal(0, 0.4, (300, 17)) + generator.normal(0, 10, (300, 17))
        acted = np.zeros(300, dtype=np.bool_)
        acted[np.argsort(panel[:, 9:13].mean(axis=1) / panel[:, :9].mean(axis=1))[:12]] = True
        for lift in (0.0, 25.0):
            after = panel[:, 13:] + lift * acted[:, None]
            found = matched_difference(panel[:, :13], after, acted)
            if found is None or found.low is None or found.high is None:
                raise ValueError("a comparison without an interval")
            if lift:
                covered.append(found.low <= lift <= found.high)
                estimates.append(found.estimate)
            else:
                silent.append(not found.low <= 0 <= found.high)
                change = after[acted].mean(axis=1) - panel[acted][:, 9:13].mean(axis=1)
                error = change.std(ddof=1) / math.sqrt(len(change))
                naive.append(abs(change.mean()) > _Z * error)
    print(f"     SKUs picked on a bad month, before and after: {np.mean(naive):.1%} false alarms")
    yield _at_most("matched comparison: share of false alarms", 0.12, float(np.mean(silent)))
    yield _at_least("matched comparison: planted 25 a week inside the interval", 0.88, float(np.mean(covered)))
    yield Claim(NAME, "matched comparison: mean estimate of a planted 25", 25.0, float(np.mean(estimates)), 2.5)


def _at_most(what: str, limit: float, found: float) -> Claim:
    wanted = f"at most {limit:.1%}"
    return Claim(NAME, f"{what} ({found:.2%})", wanted, wanted if found <= limit else f"{found:.2%}")


def _at_least(what: str, limit: float, found: float) -> Claim:
    wanted = f"at least {limit:.0%}"
    return Claim(NAME, f"{what} ({found:.2%})", wanted, wanted if found >= limit else f"{found:.2%}")
