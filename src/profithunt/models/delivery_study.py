"""Which delivery terms earn most: the shop's own orders by basket value, replayed under each candidate.

`study` takes rows of `proposition/queries/baskets.sql`, sees which terms held when, fits the response of customers
(`delivery_terms`), and values each candidate against today's, draw by draw. Among the candidates that are likely to
earn more it recommends the one with the largest expected gain; where none is, it says to leave the terms as they are.
No curve is exact: beyond what the fit is unsure of, each gain may be off by a hundredth of today's profit (one standard
deviation). Likely is nine in ten: several candidates are compared, and today's terms may well be the best of them.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from profithunt.models.delivery_terms import Economics, Outcome, Period, Prior, Response, Terms, fit, outcome
from profithunt.models.terms_seen import Baskets, Seen, periods

Array = npt.NDArray[np.float64]

HORIZON = 28.0
SURE = 0.9
WORTH_IT = 0.003
MISFIT = 0.01
FEWEST = 1_000
_BINS = 200
_SHARES = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.15, 1.3, 1.5, 1.7, 2.0, 2.3, 2.6, 3.0)
_ARMS = 15.7
_PAID_AT_ALL = 0.01


@dataclass(frozen=True)
class Rows:
    """Orders by month, delivery option, kind of customer and bin; one entry a cell (`baskets.sql`).

    `visits` by month, where known. `months` ascending, each with its number of days on which orders came.
    """

    month: npt.NDArray[np.int64]
    is_new: npt.NDArray[np.bool_]
    bin: npt.NDArray[np.int64]
    orders: Array
    free: Array
    charged: Array
    value: Array
    earned: Array
    squared: Array
    width: float
    days: Sequence[float]
    visits: Sequence[float | None]


@dataclass(frozen=True)
class Candidate:
    """Terms and what they bring over 28 days at today's visits: profit against today's with its range, and the means.

    `better` is the probability that they earn more than today's; shares are of the orders that visitors would want to
    place.
    """

    threshold: float
    charge: float
    gain: float
    gain_low: float
    gain_high: float
    better: float
    profit: float
    orders: float
    basket: float
    padded_share: float
    lost_share: float


@dataclass(frozen=True)
class Side:
    """Who wins and who loses by the recommended terms: a kind of customer, its orders and profit before and after."""

    segment: str
    orders_today: float
    orders: float
    gain: float


@dataclass(frozen=True)
class Study:
    """What came out: terms seen in the past, behaviour learnt, candidates, and the one to take (None: leave it)."""

    past: tuple[Seen, ...]
    behaviour: Mapping[str, tuple[float, float, float]]
    learnt: Mapping[str, float]
    dispersion: float
    economics: Economics
    candidates: tuple[Candidate, ...]
    today: Candidate
    best: Candidate
    recommended: Candidate | None
    sides: tuple[Side, ...]
    sensitivity: tuple[tuple[str, Candidate], ...]
    per_visit: bool
    n_per_arm: float | None


class NoTerms(ValueError):
    """The orders show no delivery terms that could be studied; the message says why, `do` what would help."""

    def __init__(self, why: str, do: str) -> None:
        super().__init__(why)
        self.do = do


def study(
    rows: Rows,
    economics: Economics,
    *,
    prior: Prior | None = None,
    thresholds: Sequence[float] = (),
    charges: Sequence[float] = (),
) -> Study:
    """Which terms earn most.

    `economics` gives tax and what padding and lost customers cost; its `fixed` and `share` are measured here. Raises
    NoTerms where the orders agree with no threshold or are too few.
    """
    baskets = _baskets(rows)
    past = periods(baskets)
    if not past or past[-1].last < len(baskets.orders) - 2:
        raise NoTerms(
            "what orders paid for delivery agrees with no threshold in the latest months",
            "look at shipping_charged in orders: one charge below a basket value and none above it can be studied",
        )
    now = past[-1]
    if baskets.orders[now.first : now.last + 1].sum() < FEWEST:
        raise NoTerms(
            f"fewer than {FEWEST:,} orders were placed under today's delivery terms",
            "wait for more orders, or load a longer time before",
        )
    priced = _priced(rows, now, economics)
    edges, chosen = _window(baskets, past)
    seen = tuple(_period(rows, baskets, edges, chosen, one) for one in past)
    prior = prior or Prior()
    response = fit(edges, seen, prior)
    today = Terms(now.threshold, now.charge)
    scale = _scale(response)
    grid = _grid(rows, past, edges, thresholds, charges)
    if not grid:
        raise NoTerms("the terms asked for are today's", "ask for another threshold or charge")
    base = outcome(response, priced, today)
    found = tuple(_candidate(outcome(response, priced, terms), base, scale) for terms in grid)
    at_today = _candidate(base, base, scale)
    sure = [one for one in found if one.better >= SURE and one.gain > WORTH_IT * abs(at_today.profit)]
    best = max(sure or found, key=lambda one: one.gain)
    take = Terms(best.threshold, best.charge)
    return Study(
        past,
        response.behaviour(),
        response.learnt(),
        response.dispersion,
        priced,
        found,
        at_today,
        best,
        best if sure else None,
        _sides(rows, now, response, priced, take, scale),
        _sensitivity(response, priced, today, take, scale),
        response.visits is not None,
        _arms(rows, now, best, scale, response),
    )


def _baskets(rows: Rows) -> Baskets:
    shape = (len(rows.days), int(rows.bin.max()) + 1)
    cells = (rows.month, rows.bin)

    def matrix(values: Array) -> Array:
        out = np.zeros(shape)
        np.add.at(out, cells, values)
        return out

    edges = np.arange(shape[1] + 1, dtype=np.float64) * float(rows.width)
    return Baskets(edges, matrix(rows.orders), matrix(rows.free), matrix(rows.charged))


def _priced(rows: Rows, now: Seen, economics: Economics) -> Economics:
    """What an order earns by its value under today's terms: a line through the bins, weighted by their orders."""
    held = (rows.month >= now.first) & (rows.month <= now.last)
    n, value, earned = rows.orders[held], rows.value[held], rows.earned[held]
    x, y = value / n, earned / n
    centre_x, centre_y = np.average(x, weights=n), np.average(y, weights=n)
    spread = np.average((x - centre_x) ** 2, weights=n)
    share = float(np.average((x - centre_x) * (y - centre_y), weights=n) / spread) if spread > 0 else 0.0
    return replace(economics, share=share, fixed=float(centre_y - share * centre_x))


def _window(baskets: Baskets, past: Sequence[Seen]) -> tuple[Array, slice]:
    """Bins from the smallest hundredth of baskets up, and how many of them make one, for about 200."""
    every = np.add.reduce([baskets.orders[one.first : one.last + 1].sum(axis=0) for one in past])
    share = np.cumsum(every) / every.sum()
    low = max(int(np.searchsorted(share, 0.01)), 1)
    step = max(round((len(every) - low) / _BINS), 1)
    n = (len(every) - low) // step
    return baskets.edges[low : low + n * step + 1 : step], slice(low, low + n * step, step)


def _period(rows: Rows, baskets: Baskets, edges: Array, chosen: slice, seen: Seen) -> Period:
    months = range(seen.first, seen.last + 1)
    orders = baskets.orders[seen.first : seen.last + 1, chosen.start : chosen.stop].sum(axis=0)
    visits = [rows.visits[month] for month in months]
    known = [amount for amount in visits if amount is not None]
    return Period(
        Terms(seen.threshold, seen.charge),
        orders.reshape(len(edges) - 1, chosen.step).sum(axis=1),
        float(sum(known)) if len(known) == len(visits) else None,
        float(sum(rows.days[month] for month in months)),
    )


def _scale(response: Response) -> float:
    """From per visit (or per order of today) to 28 days."""
    return response.unit * HORIZON / response.days


def _grid(
    rows: Rows, past: Sequence[Seen], edges: Array, thresholds: Sequence[float], charges: Sequence[float]
) -> tuple[Terms, ...]:
    """Candidates beside today's: those asked for, else thresholds around the median basket, none, and free for all.

    The charge is today's; where delivery is free for all today, the one before. Raises NoTerms where there was none.
    """
    now = past[-1]
    seen = [one.charge for one in reversed(past) if one.charge > 0]
    if not charges and not seen:
        raise NoTerms("no order paid anything for delivery", "say what it would cost: --charge")
    held = (rows.month >= now.first) & (rows.month <= now.last)
    order = np.argsort(rows.bin[held])
    share = np.cumsum(rows.orders[held][order])
    middle = float(rows.bin[held][order][np.searchsorted(share, share[-1] / 2)] + 0.5) * rows.width
    steps = {_round(middle * share_of) for share_of in _SHARES} | {now.threshold}
    wanted = list(thresholds) or sorted({0.0, math.inf} | {step for step in steps if step < edges[-1]})
    fees = list(charges) or seen[:1]
    grid = dict.fromkeys(Terms(one, fees[0] if one == 0 else fee) for fee in fees for one in wanted)
    return tuple(one for one in grid if not _same_terms(one, Terms(now.threshold, now.charge)))


def _same_terms(one: Terms, other: Terms) -> bool:
    return one.threshold == other.threshold and (one.threshold == 0 or one.charge == other.charge)


def _round(value: float) -> float:
    """A value as shops write it: to about a twentieth of its size."""
    step = 10 ** math.floor(math.log10(value)) / 2 if value > 0 else 1.0
    return float(round(value / step) * step)


def _candidate(found: Outcome, base: Outcome, scale: float) -> Candidate:
    gain = (found.profit - base.profit) * scale
    if found is not base:
        gain = gain + _misfit(len(gain)) * abs(float(base.profit.mean())) * scale
    low, high = np.quantile(gain, (0.1, 0.9))
    wanted = found.orders + found.lost
    return Candidate(
        found.terms.threshold,
        found.terms.charge,
        float(gain.mean()),
        float(low),
        float(high),
        float((gain > 0).mean()),
        float(found.profit.mean() * scale),
        float(found.orders.mean() * scale),
        float((found.sales / found.orders).mean()),
        float((found.padded / wanted).mean()),
        float((found.lost / wanted).mean()),
    )


def _misfit(n: int) -> Array:
    """What the curve may be off by, as shares of today's profit: the same for every run, of mean zero."""
    drawn = np.random.default_rng(1).normal(0.0, MISFIT, n)
    return np.asarray(drawn - drawn.mean())


def _sides(
    rows: Rows, now: Seen, response: Response, economics: Economics, take: Terms, scale: float
) -> tuple[Side, ...]:
    """New customers and all others: the response of all on the baskets of each kind; nothing without customers."""
    sides: list[Side] = []
    today = (rows.month >= now.first) & (rows.month <= now.last)
    if not rows.orders[today & rows.is_new].sum():
        return ()
    for name, is_new in (("new customers", True), ("all others", False)):
        held = today & (rows.is_new == is_new)
        if not rows.orders[held].sum():
            continue
        own = _share_of(rows, now, held, response.edges)
        before = outcome(response, economics, Terms(now.threshold, now.charge), weight=own)
        after = outcome(response, economics, take, weight=own)
        sides.append(
            Side(
                name,
                float(before.orders.mean() * scale),
                float(after.orders.mean() * scale),
                float((after.profit - before.profit).mean() * scale),
            )
        )
    return tuple(sides)


def _share_of(rows: Rows, now: Seen, held: npt.NDArray[np.bool_], edges: Array) -> Array:
    """Share that some orders have of all, by bin."""
    today = (rows.month >= now.first) & (rows.month <= now.last)
    middle = (rows.bin + 0.5) * rows.width
    mine, _ = np.histogram(middle[held], edges, weights=rows.orders[held])
    every, _ = np.histogram(middle[today], edges, weights=rows.orders[today])
    return np.asarray(np.where(every > 0, mine / np.maximum(every, 1e-9), mine.sum() / max(every.sum(), 1e-9)))


def _sensitivity(
    response: Response, economics: Economics, today: Terms, take: Terms, scale: float
) -> tuple[tuple[str, Candidate], ...]:
    """The best candidate again where customers mind a charge half or twice as much, and pad half as readily."""
    found = []
    for words, column, shift, times in (
        ("customers mind a charge half as much", 0, -math.log(2), 1.0),
        ("customers mind a charge twice as much", 0, math.log(2), 1.0),
        ("they fill up only half as far", 2, -math.log(2), 1.0),
        ("a threshold turns nobody away", 4, 0.0, 0.0),
        ("a threshold turns away twice as many", 4, 0.0, 2.0),
    ):
        draws = response.draws.copy()
        draws[:, column] = draws[:, column] * times + shift
        moved = replace(response, draws=draws)
        base = outcome(moved, economics, today)
        found.append((words, _candidate(outcome(moved, economics, take), base, scale)))
    return tuple(found)


def _arms(rows: Rows, now: Seen, best: Candidate, scale: float, response: Response) -> float | None:
    """Visits (or customers who order) in each arm of a test that would see the gain: 15.7 σ² ÷ δ² (METRICS, 7)."""
    if best.gain <= 0:
        return None
    held = (rows.month >= now.first) & (rows.month <= now.last)
    n = response.unit
    mean = rows.earned[held].sum() / n
    variance = rows.squared[held].sum() / n - mean**2
    return float(_ARMS * variance / (best.gain / scale) ** 2)


def rows_of(
    cells: Mapping[str, npt.NDArray[np.generic]], visits: Mapping[dt.date, float], width: float, through: dt.date
) -> tuple[str, Rows]:
    """The delivery option with most orders among those that may cost something, and its cells (`baskets.sql`).

    `visits` by first day of month, whole months only; `through` is the last day the data is complete to.
    """
    options = np.asarray(cells["delivery_option"]).astype(str)
    orders = np.asarray(cells["n_orders"], dtype=np.float64)
    free = np.asarray(cells["n_free"], dtype=np.float64)
    names = sorted(set(options.tolist()))
    paying = {name: 1 - free[options == name].sum() / orders[options == name].sum() for name in names}
    able = [name for name in names if paying[name] >= _PAID_AT_ALL] or names
    chosen = max(able, key=lambda name: orders[options == name].sum())
    held = options == chosen
    months = np.asarray(cells["month"])[held].astype("datetime64[M]")
    first, last = months.min(), months.max()
    every = np.arange(first, last + 1)
    days = (every + 1).astype("datetime64[D]") - every.astype("datetime64[D]")
    counted = [float(count) for count in days.astype(np.int64)]
    if every[-1] == np.datetime64(through, "M"):
        counted[-1] = float(through.day)
    known = {np.datetime64(str(month), "M"): count for month, count in visits.items()}

    def column(name: str) -> Array:
        return np.asarray(np.asarray(cells[name], dtype=np.float64)[held])

    return chosen, Rows(
        month=(months - first).astype(np.int64),
        is_new=np.asarray(cells["is_new"]).astype(bool)[held],
        bin=np.asarray(cells["bin"]).astype(np.int64)[held],
        orders=column("n_orders"),
        free=column("n_free"),
        charged=column("charged"),
        value=column("value"),
        earned=column("earned"),
        squared=column("earned_squared"),
        width=width,
        days=counted,
        visits=[known.get(month) for month in every],
    )
