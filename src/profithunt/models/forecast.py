"""The forecast of a shop's customers, segment by segment: learn, hold against the hold-out, score.

What comes in are columns from a `Feed`, what goes out are columns of tables; no row of either is looked at one by one.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from profithunt.models import bg_nbd, pareto_nbd
from profithunt.models.ahead import DAYS_PER_MONTH, Ahead
from profithunt.models.clv import Calibration, CohortMeans, Customers, Learned, Rules, Scorer, calibrate, learn
from profithunt.models.histories import Histories
from profithunt.models.maximum import Array, Fit
from profithunt.models.order_value import GammaValue, NormalValue, ValueSums
from profithunt.models.seasons import calendar_factor, months_ahead

Columns = Mapping[str, npt.NDArray[Any]]

HORIZONS: Final = (12, 24, 36)
_MOST_HELD: Final = 1_000_000
_CHECKED_GROUPS: Final = 10_000


class Feed(Protocol):
    """Purchase histories as arrays, as they are now or as they were when the hold-out began (`then`)."""

    def groups(self, *, then: bool) -> Columns:
        """segment, frequency, recency_days, age_days, customers."""

    def value_sums(self, *, then: bool) -> Columns:
        """segment, orders, customers, mean, mean_sq, within_sq, least."""

    def customers(self, *, then: bool) -> Iterator[Columns]:
        """place, segment, frequency, recency_days, age_days, orders, value, orders_after, value_after; many at once."""

    def months(self) -> Columns:
        """month, month_of_year, new, again."""


@dataclass(frozen=True)
class Settings:
    """How to forecast: rules of learning, time unit, discount, last day known, day the hold-out begins after."""

    rules: Rules
    unit_days: float
    rate: float
    until: dt.date
    cut: dt.date | None
    lately_days: float
    check: bool = True
    season: bool = True

    @property
    def holdout(self) -> float:
        """Length of the hold-out, time units."""
        return (self.until - self.cut).days / self.unit_days if self.cut else 0.0


@dataclass(frozen=True)
class Remark:
    """One line of what the forecast rests on."""

    segment: str | None
    part: str
    name: str
    value: float | None = None
    error: float | None = None
    note: str | None = None


@dataclass
class Segment:
    """What is known of one segment."""

    name: str | None
    histories: Histories
    learned: Learned
    scorer: Scorer
    then: Learned | None = None
    calibration: Calibration | None = None
    check: tuple[str, Fit, float] | None = None
    totals: dict[int, list[float]] = field(default_factory=dict)


class Forecast:
    """The forecast of all segments; `score` first, then `deciles` and `remarks`."""

    def __init__(self, feed: Feed, settings: Settings) -> None:
        self._feed = feed
        self._settings = settings
        self.season: Array | None = None
        self.segments: list[Segment] = []

    def learn(self) -> None:
        """Fit every segment, as it is now and as it was when the hold-out began."""
        settings = self._settings
        groups, sums = self._feed.groups(then=False), self._feed.value_sums(then=False)
        names = _names(groups["segment"])
        now = {name: _histories(groups, name, settings.unit_days) for name in names}
        learned = {name: self._learn(now[name], sums, name, then=False) for name in names}
        before_groups = self._feed.groups(then=True) if settings.cut is not None else {}
        before, came_before = self._then(before_groups, names)
        self.season = self._season(now, learned)
        first = settings.until + dt.timedelta(days=15)
        ahead = Ahead.months(
            HORIZONS,
            unit_days=settings.unit_days,
            rate=settings.rate,
            season=months_ahead(self.season, first.month, max(HORIZONS)),
        )
        for name in names:
            then = before.get(name)
            found = learned[name]
            calibration = check = None
            customers = came_before.get(name)
            if then is not None and customers is not None:
                found, then, calibration = self._hold(found, then, *customers)
                check = self._check(before_groups, name) if then.fit is not None else None
            scorer = Scorer(found, ahead, float(now[name].frequency.max()), _ends(now[name].age))
            self.segments.append(Segment(name, now[name], found, scorer, then, calibration, check))

    def _learn(self, histories: Histories, sums: Columns, name: str | None, *, then: bool) -> Learned:
        rules = self._settings.rules
        chosen = _is(sums["segment"], name)
        columns = ("orders", "customers", "mean", "mean_sq", "within_sq")
        picked = [np.asarray(sums[column][chosen], dtype=np.float64) for column in columns]
        known = ValueSums(*picked) if chosen.any() else None
        valued, least = None, 0.0
        if rules.value == "gamma_gamma" and known is not None:
            batches = [self._one_by_one(batch, name) for batch in self._feed.customers(then=then)]
            valued = _joined([batch for batch in batches if len(batch)])
            least = float(sums["least"][chosen].min())
        return learn(histories, known, rules, valued, least)

    def _then(
        self, groups: Columns, names: list[str | None]
    ) -> tuple[dict[str | None, Learned], dict[str | None, tuple[Any, ...]]]:
        """Fits as of the start of the hold-out, and the customers of that day with what they did after it."""
        settings = self._settings
        if settings.cut is None:
            return {}, {}
        sums = self._feed.value_sums(then=True)
        total = float(groups["customers"].sum())
        stride = max(1, math.ceil(total / _MOST_HELD))
        held: dict[str | None, list[tuple[Customers, Array, Array, Array]]] = {name: [] for name in names}
        for batch in self._feed.customers(then=True):
            for name in names:
                chosen = _is(batch["segment"], name) & (batch["place"] % stride == 0)
                if chosen.any():
                    after = (_filled(batch["orders_after"][chosen]), _filled(batch["value_after"][chosen]))
                    held[name].append((self._rows(batch, chosen), *after, _filled(batch["place"][chosen])))
        learned, customers = {}, {}
        for name in names:
            histories = _histories(groups, name, settings.unit_days)
            if held[name]:
                learned[name] = self._learn(histories, sums, name, then=True)
                parts = held[name]
                orders, value, place = (np.concatenate([part[at] for part in parts]) for at in (1, 2, 3))
                # Ties between forecasts go by the customer's place, whatever order the engine gave the rows in.
                order = np.argsort(place, kind="stable")
                customers[name] = (_joined([part[0] for part in parts]).only(order), orders[order], value[order])
        return learned, customers

    def _hold(
        self, now: Learned, then: Learned, customers: Customers, orders: Array, value: Array
    ) -> tuple[Learned, Learned, Calibration]:
        """The hold-out judged; cohort means where the models could not be fitted."""
        settings = self._settings
        lately = settings.lately_days / settings.unit_days
        means = CohortMeans.of(customers, orders, value, settings.holdout, lately)
        if then.fit is not None:
            return now.with_means(means), then, calibrate(then, customers, orders, value, self._buying_time(then))
        # What half the customers did on average is held against the other half.
        odd = np.arange(len(customers)) % 2 == 1
        half = CohortMeans.of(customers.only(~odd), orders[~odd], value[~odd], settings.holdout, lately)
        then = then.with_means(half)
        if not odd.any():
            odd = ~odd
        held = calibrate(then, customers.only(odd), orders[odd], value[odd], settings.holdout)
        return now.with_means(means), then, held

    def _buying_time(self, then: Learned) -> float:
        """Length of the hold-out in buying time: with the calendar factor, where it was known by then."""
        settings = self._settings
        if settings.cut is None or not settings.season:
            return settings.holdout
        months = self._feed.months()
        over = months["month"] + np.timedelta64(31, "D") <= np.datetime64(settings.cut)
        factor = calendar_factor(
            then.buying, months["month_of_year"][over], months["new"][over], months["again"][over], settings.unit_days
        )
        days = settings.holdout * settings.unit_days
        first = settings.cut + dt.timedelta(days=15)
        ahead = months_ahead(factor, first.month, max(1, round(days / DAYS_PER_MONTH)))
        return settings.holdout * (float(np.mean(ahead)) if ahead else 1.0)

    def _season(self, now: dict[str | None, Histories], learned: dict[str | None, Learned]) -> Array | None:
        """The shop's calendar factor, by one fit of all its customers."""
        settings = self._settings
        fitted = [item for item in learned.values() if item.fit is not None]
        if not settings.season or not fitted:
            return None
        whole = fitted[0] if len(learned) == 1 else learn(Histories.joined(list(now.values())), None, settings.rules)
        if whole.fit is None:
            return None
        months = self._feed.months()
        return calendar_factor(
            whole.buying, months["month_of_year"], months["new"], months["again"], settings.unit_days
        )

    def _check(self, groups: Columns, name: str | None) -> tuple[str, Fit, float] | None:
        """The other model's fit as of the start of the hold-out, and the purchases that it forecasts for it."""
        settings = self._settings
        if not settings.check:
            return None
        histories = _histories(groups, name, settings.unit_days)
        rough = histories if len(histories.age) <= _CHECKED_GROUPS else histories.coarse()
        other = "bg_nbd" if settings.rules.buying == "pareto_nbd" else "pareto_nbd"
        fit = bg_nbd.fit(rough) if other == "bg_nbd" else pareto_nbd.fit(rough)
        buying = bg_nbd.BgNbd(fit.values) if other == "bg_nbd" else pareto_nbd.ParetoNbd(fit.values)
        stretch = Ahead.stretch(settings.holdout)
        ahead = buying.expected(rough.frequency, rough.age, stretch.times, stretch.weights)[:, 0]
        orders = float(rough.customers @ (ahead * buying.alive(rough.frequency, rough.recency, rough.age)))
        return other, fit, orders

    def score(self) -> Iterator[dict[str, npt.NDArray[Any]]]:
        """Scores of all customers, many at a time: place, method, and what `Scorer.score` gives."""
        for batch in self._feed.customers(then=False):
            for segment in self.segments:
                chosen = _is(batch["segment"], segment.name)
                if not chosen.any():
                    continue
                scores = segment.scorer.score(self._rows(batch, chosen))
                for h in range(len(HORIZONS)):
                    sums = segment.totals.setdefault(h, [0.0, 0.0])
                    sums[0] += float(scores[f"orders_{h}"].sum())
                    sums[1] += float(scores[f"value_{h}"].sum())
                method = np.full(int(chosen.sum()), segment.learned.method, dtype=object)
                yield {"place": batch["place"][chosen], "method": method, **scores}

    def _rows(self, batch: Columns, chosen: npt.NDArray[np.bool_]) -> Customers:
        unit = self._settings.unit_days
        return Customers(
            frequency=_filled(batch["frequency"][chosen]),
            recency=_filled(batch["recency_days"][chosen]) / unit,
            age=_filled(batch["age_days"][chosen]) / unit,
            orders=_filled(batch["orders"][chosen]),
            value=_filled(batch["value"][chosen]),
        )

    def _one_by_one(self, batch: Columns, name: str | None) -> Customers:
        return self._rows(batch, _is(batch["segment"], name) & (_filled(batch["orders"]) > 0))

    def deciles(self) -> dict[str, npt.NDArray[Any]]:
        """Rows of the hold-out by tenth of customers, all segments."""
        held = [(item, item.calibration) for item in self.segments if item.calibration is not None]

        def column(name: str) -> Array:
            return np.concatenate([getattr(found, name) for _, found in held] or [np.zeros(0)])

        filled = column("customers") > 0
        names = [item.name for item, _ in held for _ in range(10)]
        methods = [item.then.method if item.then else item.learned.method for item, _ in held for _ in range(10)]
        columns = {
            "segment": np.array(names, dtype=object),
            "method": np.array(methods, dtype=object),
            "decile": np.tile(np.arange(1, 11), len(held)),
            "n_customers": column("customers").astype(np.int64),
            "predicted_orders": column("predicted_orders"),
            "actual_orders": column("actual_orders").astype(np.int64),
            "predicted_profit": column("predicted_value"),
            "actual_profit": column("actual_value"),
            "cover": column("cover_by_decile"),
        }
        return {name: values[filled] for name, values in columns.items()}

    def remarks(self) -> dict[str, npt.NDArray[Any]]:
        """What the forecast rests on, line by line."""
        lines = [line for segment in self.segments for line in self._remarks(segment)]
        if self.season is not None:
            lines += [Remark(None, "season", f"{month:02}", float(value)) for month, value in enumerate(self.season, 1)]
        text = ("segment", "part", "name", "note")
        found: dict[str, npt.NDArray[Any]] = {
            name: np.array([getattr(line, name) for line in lines], dtype=object) for name in text
        }
        for name in ("value", "error"):
            values = [getattr(line, name) for line in lines]
            found[name] = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
        return found

    def _remarks(self, segment: Segment) -> Iterator[Remark]:
        learned = segment.learned
        yield Remark(segment.name, "buying", "customers", learned.customers, note=learned.method)
        yield Remark(segment.name, "buying", "repeat_customers", learned.repeaters)
        if learned.reason:
            yield Remark(segment.name, "note", "why_no_fit", note=learned.reason)
        for number, note in enumerate(learned.notes, 1):
            yield Remark(segment.name, "note", f"remark_{number}", note=note)
        if learned.fit is not None:
            yield from _fitted(segment.name, "buying", learned.fit)
        yield from _valued(segment.name, learned.value)
        if segment.calibration is not None:
            yield from self._held(segment, segment.calibration)
        else:
            yield Remark(
                segment.name, "note", "no_holdout", note="the history is too short to hold the forecast against"
            )
        if self._settings.season and self.season is None:
            note = "no calendar factor: it needs two whole years of history"
            yield Remark(segment.name, "note", "no_season", note=note)
        for h, (orders, value) in segment.totals.items():
            _, error = segment.scorer.total_orders(segment.histories, h)
            yield Remark(segment.name, "total", f"expected_orders_{HORIZONS[h]}m", orders, error)
            yield Remark(segment.name, "total", f"clv_{HORIZONS[h]}m", value)

    def _held(self, segment: Segment, held: Calibration) -> Iterator[Remark]:
        method = segment.then.method if segment.then else None
        figures = {
            "customers": held.customers.sum(),
            "predicted_orders": held.predicted_orders.sum(),
            "actual_orders": held.actual_orders.sum(),
            "predicted_profit": held.predicted_value.sum(),
            "actual_profit": held.actual_value.sum(),
            "cover": held.cover,
            "pit_distance": held.ks,
        }
        for name, value in figures.items():
            yield Remark(segment.name, "holdout", name, float(value), note=method if name == "customers" else None)
        if segment.check is not None:
            other, fit, orders = segment.check
            if fit.converged:
                yield Remark(segment.name, "check", "predicted_orders", orders, note=other)
                yield from _fitted(segment.name, "check", fit)
            else:
                yield Remark(segment.name, "note", "check", note=f"{other}, as a check, did not converge: {fit.reason}")


def _fitted(segment: str | None, part: str, fit: Fit) -> Iterator[Remark]:
    for name, value in fit.parameters.items():
        yield Remark(segment, part, name, value, fit.errors[name])
    yield Remark(segment, part, "log_likelihood", fit.log_likelihood)


def _valued(segment: str | None, value: NormalValue | GammaValue | None) -> Iterator[Remark]:
    if isinstance(value, NormalValue):
        yield Remark(segment, "value", "mean", value.mean, note="normal")
        yield Remark(segment, "value", "between_customers_sd", math.sqrt(value.between))
        yield Remark(segment, "value", "within_customer_sd", math.sqrt(value.within))
    elif value is not None:
        yield Remark(segment, "value", "mean", value.mean, note="gamma_gamma")
        yield from _fitted(segment, "value", value.fit)


def _names(column: npt.NDArray[Any]) -> list[str | None]:
    """The distinct segments, the nameless one last."""
    mask = np.ma.getmaskarray(column)
    found: list[str | None] = [*sorted({str(item) for item in np.ma.getdata(column)[~mask] if item is not None})]
    nameless = bool(mask.any()) or any(item is None for item in np.ma.getdata(column)[~mask])
    return [*found, None] if nameless else found


def _is(column: npt.NDArray[Any], name: str | None) -> npt.NDArray[np.bool_]:
    mask = np.ma.getmaskarray(column)
    if name is None:
        return np.asarray(mask, dtype=bool)
    return np.asarray(~mask & (np.ma.getdata(column) == name), dtype=bool)


def _filled(column: npt.NDArray[Any]) -> Array:
    """Numbers, NaN where nothing is known."""
    return np.asarray(np.ma.filled(np.ma.asarray(column, dtype=np.float64), np.nan), dtype=np.float64)


def _histories(groups: Columns, name: str | None, unit_days: float) -> Histories:
    chosen = _is(groups["segment"], name)
    x, recency, age, customers = (
        _filled(groups[column][chosen]) for column in ("frequency", "recency_days", "age_days", "customers")
    )
    return Histories(x, recency / unit_days, age / unit_days, customers)


def _ends(values: Array) -> tuple[float, float]:
    return float(values.min()), float(values.max())


def _joined(parts: list[Customers]) -> Customers:
    names = ("frequency", "recency", "age", "orders", "value")
    x, recency, age, orders, value = (
        np.concatenate([getattr(part, name) for part in parts] or [np.zeros(0)]) for name in names
    )
    return Customers(x, recency, age, orders, value)
