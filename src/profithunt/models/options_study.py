"""What each delivery option should cost the customer: the shop's own orders, replayed under other charges.

Cells of `proposition/queries/option_cells.sql` become months × options × groups of baskets. The response of customers
(`option_choice`) says who would take another option and who would leave; each order earns what its basket does, less
what delivering it by its option costs, plus the charge. Charges of a grid are looked at one option at a time and then
together. Taken is what gains most in expectation of all that gain in nineteen of twenty draws; else charges are left.
Options times charges are many candidates, and the luckiest of them looks better than it is.

What a change of charges takes from those who go on as before is certain; what it loses and moves is the model's, and
may be off by a quarter of itself (one standard deviation) beyond what the fit is unsure of.

An option that is free from some basket value on is no candidate: its charge and its threshold are one question, which
`delivery_study` answers. It stays in the choice, at what its customers pay.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from profithunt.models.option_books import STRAY, Books, Rows, books_of, same
from profithunt.models.option_choice import Prior, Response, Seen, fit

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]

HORIZON: Final = 28.0
SURE: Final = 0.95
WORTH_IT: Final = 0.003
MISFIT: Final = 0.25
FEWEST: Final = 1_000
_FLAT: Final = 0.9
_SWEEPS: Final = 3
_HELD: Final = 6
_TIMES: Final = (0.0, 0.4, 0.6, 0.75, 0.85, 0.92, 1.08, 1.15, 1.25, 1.4, 1.6, 2.0, 2.5)
_WHERE_FREE: Final = (0.2, 0.4, 0.6, 0.8, 1.0, 1.3)
_ARMS: Final = 15.7


class NoChoice(ValueError):
    """The orders show no choice of delivery that could be studied; the message says why, `do` what would help."""

    def __init__(self, why: str, do: str) -> None:
        super().__init__(why)
        self.do = do


@dataclass(frozen=True)
class Option:
    """A delivery option today: its charge, what an order of it costs to deliver, and whether its charge is flat.

    `seen` are the charges that it had, month by month runs of the same.
    """

    name: str
    charge: float
    flat: bool
    served: float
    seen: tuple[float, ...]


@dataclass(frozen=True)
class Charges:
    """Charges by option and what they bring over 28 days at today's visits, against today's, with P10 to P90."""

    charges: tuple[float, ...]
    gain: float
    gain_low: float
    gain_high: float
    better: float
    orders: tuple[float, ...]
    lost: float


@dataclass(frozen=True)
class Side:
    """A kind of customer: orders of each option today and then, and profit against today's."""

    segment: str
    orders_today: tuple[float, ...]
    orders: tuple[float, ...]
    gain: float


@dataclass(frozen=True)
class Study:
    """Options, the candidates one option at a time, the best, and the one to take (None: leave the charges)."""

    options: tuple[Option, ...]
    today: Charges
    candidates: tuple[Charges, ...]
    best: Charges | None
    recommended: Charges | None
    behaviour: Mapping[str, tuple[float, float, float]]
    learnt: Mapping[str, float]
    dispersion: float
    drift: float
    profit: float
    sides: tuple[Side, ...]
    sensitivity: tuple[tuple[str, Charges], ...]
    per_visit: bool
    n_per_arm: float | None


@dataclass(frozen=True)
class _Worth:
    """What charges are valued by: the response, contribution by option and group before the charge, tax, 28 days."""

    response: Response
    before: Array
    today: Array
    tax: float
    scale: float


def study(
    rows: Rows,
    *,
    tax: float = 0.0,
    lost_customer: float = 0.0,
    prior: Prior | None = None,
    charges: Mapping[str, Sequence[float]] | None = None,
) -> Study:
    """Which charges earn most. `charges` to look at by option; an option that is not in it keeps today's.

    Raises NoChoice where orders are too few, or no option has a flat charge.
    """
    if len(rows.names) < 2:
        raise NoChoice(
            "orders know one delivery option only" if rows.names else "no order states a delivery option and a charge",
            "map delivery_option and shipping_charged in orders",
        )
    books = books_of(rows)
    if books.orders[books.first :].sum() < FEWEST:
        raise NoChoice(
            f"fewer than {FEWEST:,} orders were placed under today's charges",
            "wait for more orders, or load a longer time before",
        )
    response = fit(Seen(books.orders, books.charge, books.exposure, books.known, books.basket), prior)
    exposure = books.exposure[books.first :].sum()
    days = float(sum(rows.days[books.first :]))
    before = np.maximum(books.margin, -1e12)[None, :] - books.served + lost_customer
    worth = _Worth(response, before, books.today, tax, exposure * HORIZON / days)
    options = _options(rows, books)
    grid = _grid(options, charges)
    if not grid:
        raise NoChoice(
            "no delivery option has a charge that is the same for all baskets",
            "profithunt proposition delivery studies a charge with a threshold",
        )
    base = _profit(worth, worth.today)
    now = tuple(option.charge for option in options)
    at_today = _charges(worth, now, base, now)
    single = [_charges(worth, _put(now, at, one), base, now) for at, ones in grid.items() for one in ones]
    together = _together(worth, grid, now, base, single)
    found = [*single, *together]
    profit = float(base.mean()) * worth.scale
    sure = [one for one in found if one.better >= SURE and one.gain > WORTH_IT * abs(profit)]
    best = max(sure or found, key=lambda one: one.gain)
    return Study(
        options,
        at_today,
        tuple(single),
        best,
        best if sure else None,
        response.behaviour(),
        response.learnt(),
        response.dispersion,
        response.drift,
        profit - lost_customer * sum(at_today.orders),
        _sides(rows, books, worth, best.charges, now),
        _sensitivity(worth, best.charges, now),
        books.counted,
        _arms(rows, books, best.gain / worth.scale, float(exposure)),
    )


def _options(rows: Rows, books: Books) -> tuple[Option, ...]:
    found = []
    for at, name in enumerate(rows.names):
        held = (rows.option == at) & (rows.month >= books.first)
        n, free, charged = rows.orders[held].sum(), rows.free[held].sum(), rows.charged[held].sum()
        paying = (n - free) / n if n else 0.0
        flat = bool(n and (paying >= _FLAT or paying <= 1 - _FLAT))
        charge = float(charged / (n - free)) if paying >= _FLAT else 0.0 if flat else float(charged / max(n, 1.0))
        lately = books.orders[books.first :, at].sum(axis=0)
        served = float((books.served[at] * lately).sum() / max(lately.sum(), 1.0))
        found.append(Option(name, charge, flat, served, _had(rows, at)))
    return tuple(found)


def _had(rows: Rows, option: int) -> tuple[float, ...]:
    """Mean charges of an option, one for each run of months with the same."""
    runs: list[float] = []
    for month in range(len(rows.days)):
        held = (rows.option == option) & (rows.month == month)
        n, free = rows.orders[held].sum(), rows.free[held].sum()
        if n:
            mean = float(rows.charged[held].sum() / (n - free)) if n - free > STRAY * n else 0.0
            if not runs or not same(runs[-1], mean):
                runs.append(mean)
    return tuple(runs)


def _grid(options: Sequence[Option], asked: Mapping[str, Sequence[float]] | None) -> dict[int, list[float]]:
    """Charges to look at beside today's, by place of the option."""
    if asked is not None:
        names = [option.name for option in options]
        return {names.index(name): list(ones) for name, ones in asked.items() if ones}
    usual = max((option.charge for option in options if option.charge > 0), default=0.0)
    grid: dict[int, list[float]] = {}
    for at, option in enumerate(options):
        if not option.flat or math.isnan(option.charge):
            continue
        steps = [option.charge * times for times in _TIMES] if option.charge else [usual * part for part in _WHERE_FREE]
        ones = dict.fromkeys(_round(step) for step in steps)
        grid[at] = [one for one in ones if not same(one, option.charge)]
    return {at: ones for at, ones in grid.items() if ones}


def _round(value: float) -> float:
    """A charge as shops write it: to a tenth below 20, else to whole units."""
    return float(round(value, 1)) if value < 20 else float(round(value))


def _put(charges: tuple[float, ...], at: int, one: float) -> tuple[float, ...]:
    return (*charges[:at], one, *charges[at + 1 :])


def _moved(worth: _Worth, charges: Sequence[float], now: Sequence[float]) -> Array:
    """Charges by option and group: today's, but for options that ask another."""
    moved = worth.today.copy()
    for at, one in enumerate(charges):
        if one != now[at]:
            moved[at] = one
    return moved


def _profit(worth: _Worth, charge: Array) -> Array:
    """Contribution per exposure, one entry a draw."""
    orders = worth.response.orders(charge)
    each = worth.before + np.nan_to_num(charge) / (1 + worth.tax)
    return np.asarray((orders * each[None, :, :]).sum(axis=(1, 2)))


def _charges(worth: _Worth, charges: tuple[float, ...], base: Array, now: tuple[float, ...]) -> Charges:
    """What some charges bring against today's."""
    moved = _moved(worth, charges, now)
    gain = (_profit(worth, moved) - base) * worth.scale
    today, then = (worth.response.orders(one) for one in (worth.today, moved))
    kept = (np.nan_to_num(moved - worth.today)[None, :, :] / (1 + worth.tax) * today).sum(axis=(1, 2)) * worth.scale
    if charges != now:
        gain = gain + abs(float((gain - kept).mean())) * MISFIT * _luck(len(gain))
    low, high = np.quantile(gain, (0.1, 0.9))
    orders = then.sum(axis=2).mean(axis=0) * worth.scale
    lost = 1 - float(orders.sum() / (today.sum(axis=(1, 2)).mean() * worth.scale))
    return Charges(
        charges,
        float(gain.mean()),
        float(low),
        float(high),
        float((gain > 0).mean()),
        tuple(float(one) for one in orders),
        lost,
    )


def _luck(n: int) -> Array:
    drawn = np.random.default_rng(1).normal(0.0, 1.0, n)
    return np.asarray(drawn - drawn.mean())


def _together(
    worth: _Worth, grid: Mapping[int, Sequence[float]], now: tuple[float, ...], base: Array, single: Sequence[Charges]
) -> list[Charges]:
    """Several options at once: the best charge of one after the other, until nothing gets better."""
    if len(grid) < 2:
        return []
    best = max(single, key=lambda one: one.gain)
    found: list[Charges] = []
    at_best = best
    for _ in range(_SWEEPS):
        before = at_best.gain
        for at, ones in grid.items():
            tried = [_charges(worth, _put(at_best.charges, at, one), base, now) for one in (*ones, now[at])]
            at_best = max([at_best, *tried], key=lambda one: one.gain)
            found.append(at_best)
        if at_best.gain <= before:
            break
    return found


def _sides(
    rows: Rows, books: Books, worth: _Worth, take: tuple[float, ...], now: tuple[float, ...]
) -> tuple[Side, ...]:
    """New customers and all others: the response of all, on the baskets and options of each kind."""
    lately = rows.month >= books.first
    if not rows.orders[lately & rows.is_new].sum():
        return ()
    shape = worth.today.shape
    moved = _moved(worth, take, now)
    each = [worth.before + np.nan_to_num(charge) / (1 + worth.tax) for charge in (worth.today, moved)]
    today, then = (worth.response.orders(charge).mean(axis=0) * worth.scale for charge in (worth.today, moved))
    every = np.zeros(shape)
    np.add.at(every, (rows.option[lately], books.group[lately]), rows.orders[lately])
    found = []
    for name, is_new in (("new customers", True), ("all others", False)):
        held = lately & (rows.is_new == is_new)
        own = np.zeros(shape)
        np.add.at(own, (rows.option[held], books.group[held]), rows.orders[held])
        # Who leaves an option is like those who took it; who comes to it is like the group.
        of_cell, of_group = own / np.maximum(every, 1.0), own.sum(axis=0) / np.maximum(every.sum(axis=0), 1.0)
        mine = today * of_cell
        change = then - today
        after = mine + np.where(change < 0, change * of_cell, change * of_group[None, :])
        gain = float((after * each[1] - mine * each[0]).sum())
        before_, after_ = (tuple(float(one) for one in orders.sum(axis=1)) for orders in (mine, after))
        found.append(Side(name, before_, after_, gain))
    return tuple(found)


def _sensitivity(worth: _Worth, take: tuple[float, ...], now: tuple[float, ...]) -> tuple[tuple[str, Charges], ...]:
    """The best charges again where customers switch or leave twice as readily, or half as readily."""
    found = []
    for words, column, times in (
        ("customers switch half as readily", 0, 0.5),
        ("customers switch twice as readily", 0, 2.0),
        ("half as many leave", 1, 0.5),
        ("twice as many leave", 1, 2.0),
    ):
        draws = worth.response.draws.copy()
        draws[:, column] += math.log(times)
        moved = replace(worth, response=_held(worth, draws))
        found.append((words, _charges(moved, take, _profit(moved, moved.today), now)))
    return tuple(found)


def _held(worth: _Worth, draws: Array) -> Response:
    """The same orders today under another behaviour: liking and volume are set so that today stays as it is."""
    response = worth.response
    wanted = response.orders(worth.today)
    moved = replace(response, draws=draws)
    offered = wanted > 0
    for _ in range(_HELD):
        got = moved.orders(worth.today)
        ratio = np.where(offered, np.log(np.maximum(wanted, 1e-300)) - np.log(np.maximum(got, 1e-300)), 0.0)
        volume = np.log(wanted.sum(axis=1)) - np.log(np.maximum(got.sum(axis=1), 1e-300))
        moved = moved.with_likings(moved.draws, ratio[:, 1:] - ratio[:, :1], volume)
    return moved


def _arms(rows: Rows, books: Books, gain: float, exposure: float) -> float | None:
    """Visits (or orders) in each arm of a test that would see the gain: 15.7 σ² ÷ δ² (METRICS, 7)."""
    held = rows.month >= books.first
    n = exposure if books.counted else float(rows.orders[held].sum())
    if gain <= 0 or n <= 0:
        return None
    profit = float((rows.earned + rows.charged)[held].sum()) / n
    variance = float(rows.squared[held].sum()) / n - profit**2
    each = gain * exposure / n
    return float(_ARMS * max(variance, 0.0) / each**2)
