"""Metrics of a finished run: by any period and dimension, and as items of a weekly review."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from sqlglot import exp

from profithunt.config import ShopConfig
from profithunt.engine import AnyEngine, compile_sql, values_query
from profithunt.errors import NotFound, UsageError
from profithunt.ledger.build import as_of, settings
from profithunt.metrics.build import catalogue_of
from profithunt.metrics.catalogue import Asleep, Catalogue
from profithunt.metrics.deck import Event
from profithunt.metrics.definition import Metric, Source
from profithunt.metrics.figures import Item, Planned, Stored, item_of
from profithunt.metrics.query import DAYS, OF, slice_query, table_of
from profithunt.metrics.series import Coverage
from profithunt.metrics.time import GRAINS, Calendar, Grain, Period


@dataclass(frozen=True)
class Figure:
    """A metric over one period, of the whole shop or of one member; `n_missing` of its days are not known."""

    period: Period
    member: str | None
    value: Decimal | float | None
    numerator: Decimal | None
    denominator: Decimal | None
    n_rows: int
    n_missing: int

    def to_json(self) -> dict[str, Any]:
        """`{start, end, period, member, value, numerator, denominator, n_rows, n_missing, complete}`."""
        return {
            "period": self.period.label,
            "start": self.period.start.isoformat(),
            "end": self.period.end.isoformat(),
            "member": self.member,
            "value": self.value,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "n_rows": self.n_rows,
            "n_missing": self.n_missing,
            "complete": self.n_missing == 0,
        }


@dataclass(frozen=True)
class MetricFigures:
    """A metric with its figures, oldest period first."""

    metric: Metric
    by: str | None
    grain: Grain
    figures: tuple[Figure, ...]

    def to_json(self) -> dict[str, Any]:
        """`{metric, by, grain, figures}`."""
        return {
            "metric": self.metric.to_json(),
            "by": self.by,
            "grain": self.grain,
            "figures": [figure.to_json() for figure in self.figures],
        }


@dataclass(frozen=True)
class Dictionary:
    """All metrics of a shop: those that its data allows, and those that sleep."""

    awake: tuple[Metric, ...]
    asleep: tuple[Asleep, ...]
    dimensions: Mapping[str, tuple[str, ...]]

    def to_json(self) -> dict[str, Any]:
        """`{metrics: [definition with dimensions and awake], …}`."""
        sleeping = {item.metric.name: item for item in self.asleep}
        rows = []
        for metric in (*self.awake, *(item.metric for item in self.asleep)):
            item = sleeping.get(metric.name)
            rows.append(
                {
                    **metric.to_json(),
                    "dimensions": list(self.dimensions[metric.name]),
                    "awake": item is None,
                    "wakes": item.wakes if item else None,
                }
            )
        return {"metrics": rows}


class RunMetrics:
    """What can be asked of the metrics of one run; also gives them to a weekly review."""

    def __init__(self, engine: AnyEngine, config: ShopConfig) -> None:
        self._engine = engine
        self._config = config
        self.known: Catalogue = catalogue_of(config)
        self.calendar = Calendar(config.calendar)
        self.as_of = as_of(engine, config)

    def dictionary(self) -> Dictionary:
        """All metrics, awake and asleep."""
        awake, asleep = self.known.awake(self._engine)
        dimensions = {name: self.known.dimensions(metric) for name, metric in self.known.metrics.items()}
        return Dictionary(tuple(awake), tuple(asleep), dimensions)

    # Figures by period and dimension

    def figures(
        self,
        name: str,
        by: str | None = None,
        start: dt.date | None = None,
        end: dt.date | None = None,
        grain: Grain = "week",
    ) -> MetricFigures:
        """A metric by period, of the whole shop or by any dimension of its source.

        Raises NotFound for a metric or dimension that isn't there, or a metric that sleeps; UsageError for a period
        that ends before it starts.
        """
        metric = self._awake(name)
        if grain not in GRAINS:
            raise UsageError(f"there is no grain '{grain}'", expected=f"one of {', '.join(GRAINS)}")
        if start is not None and end is not None and start > end:
            raise UsageError(f"the period ends on {end}, before it starts on {start}", do="swap the two days")
        dimensions = self.known.dimensions(metric)
        if by is not None and by not in dimensions:
            raise NotFound(f"{name} can't be cut by '{by}'", do=f"it can by: {', '.join(dimensions) or 'nothing'}")
        bases = self.known.base(metric)
        coverage = self._coverage_of(metric)
        first, last = max(start or coverage.first, coverage.first), min(end or self.as_of, self.as_of)
        if first > last:
            return MetricFigures(metric, by, grain, ())
        periods = [_cut(period, start, end) for period in self._periods(grain, first, last)]
        sums = [self._sums(base, by, periods) for base in bases]
        found = []
        for key in sorted({key for one in sums for key in one}, key=lambda key: (key[0], key[1] or "")):
            period = periods[key[0]]
            top, bottom, n_rows = sums[0].get(key, (None, None, 0))
            if len(bases) > 1:
                bottom = sums[1].get(key, (None, None, 0))[0]
                top = top or Decimal(0)
                bottom = bottom or Decimal(0)
            value: Decimal | float | None = top
            if metric.is_rate:
                value = float(top) / float(bottom) * metric.scale if top is not None and bottom else None
            missing = coverage.n_unknown(period.start, period.end)
            found.append(Figure(period, key[1], value, top, bottom if metric.is_rate else None, n_rows, missing))
        return MetricFigures(metric, by, grain, tuple(found))

    def _periods(self, grain: Grain, first: dt.date, last: dt.date) -> list[Period]:
        """Periods from the one that holds `first` to the one that holds `last`."""
        found = [self.calendar.period(grain, first)]
        while found[-1].end < last:
            found.append(self.calendar.period(grain, found[-1].end + dt.timedelta(days=1)))
        return found

    def _sums(
        self, metric: Metric, by: str | None, periods: Sequence[Period]
    ) -> dict[tuple[int, str | None], tuple[Decimal | None, Decimal | None, int]]:
        """Numerator, denominator and rows by period and member, summed in the engine."""
        source = self._source(metric)
        daily = slice_query(source, [metric], by, periods[0].start, periods[-1].end)
        columns = {"place": "int", "starts_on": "date", "ends_on": "date"}
        spans = values_query(columns, [(at, one.start, one.end) for at, one in enumerate(periods)])
        pick = {"min": exp.Min, "max": exp.Max}.get(metric.aggregation, exp.Sum)
        top = exp.column(metric.name, table="days", quoted=True)
        bottom: exp.Expr = (
            exp.Sum(this=exp.column(f"{metric.name}{OF}", table="days", quoted=True))
            if metric.denominator is not None
            else exp.cast(exp.null(), "DECIMAL(18, 4)")
        )
        on = exp.column("on", table="days", quoted=True)
        within = exp.and_(
            exp.GTE(this=on, expression=exp.column("starts_on", table="spans")),
            exp.LTE(this=on.copy(), expression=exp.column("ends_on", table="spans")),
        )
        query = (
            exp.select(
                exp.column("place", table="spans"),
                exp.column("member", table="days"),
                exp.alias_(exp.cast(pick(this=top), "DECIMAL(18, 4)"), "top"),
                exp.alias_(exp.cast(bottom, "DECIMAL(18, 4)"), "bottom"),
                exp.alias_(exp.Sum(this=exp.column("n_rows", table="days")), "n_rows"),
            )
            .with_("days", as_=daily, dialect="duckdb")
            .with_("spans", as_=spans)
            .from_("days")
            .join("spans", on=within)
            .group_by(exp.column("place", table="spans"), exp.column("member", table="days"))
        )
        if metric.aggregation == "last":
            query = self._at_the_end(query)
        return {
            (row["place"], row["member"]): (row["top"], row["bottom"], int(row["n_rows"]))
            for row in self._engine.dicts(self._compiled(query.sql(dialect="duckdb"), metric.name))
        }

    @staticmethod
    def _at_the_end(query: exp.Select) -> exp.Select:
        """Of a level, the last day of each period that has rows."""
        within = 'days."on" BETWEEN spans.starts_on AND spans.ends_on'
        ends = (
            exp.select("spans.place", exp.alias_(exp.Max(this=exp.column("on", table="days", quoted=True)), "last_on"))
            .from_("days")
            .join("spans", on=within, dialect="duckdb")
            .group_by("spans.place")
        )
        return query.with_("ends", as_=ends).join(
            "ends", on='ends.place = spans.place AND ends.last_on = days."on"', dialect="duckdb"
        )

    def _compiled(self, text: str, where: str) -> str:
        chosen = settings(self._config, self.as_of)
        return compile_sql(text, values=chosen.values, lists=chosen.lists, parts=chosen.parts, where=where)

    # Items of a review

    def names(self) -> list[str]:
        """Names of all metrics."""
        return list(self.known.metrics)

    def item(self, name: str, by: str | None = None, member: str | None = None) -> Item | None:
        """A metric, or one member's, as an item of a review; None where there is none of that name.

        Raises NotFound for a metric that sleeps, and for a dimension that it has not.
        """
        if name not in self.known.metrics:
            return None
        metric = self._awake(name)
        if by is None:
            tops, bottoms = self._stored.get(name, ({}, None))
            stored = Stored(tops, bottoms if metric.is_rate else None, self._coverage_of(metric))
            return item_of(metric, stored, self._plan(metric))
        figures = self.figures(name, by, grain="day")
        chosen = [one for one in figures.figures if one.member == member]
        if not chosen:
            there = sorted({str(one.member) for one in figures.figures})
            raise NotFound(f"{name} has no {by} '{member}'", do=f"there are: {', '.join(there[:12])}")
        tops = {one.period.start: one.numerator for one in chosen if one.numerator is not None}
        bottoms = {one.period.start: one.denominator for one in chosen if one.denominator is not None}
        stored = Stored(tops, bottoms if metric.is_rate else None, self._coverage_of(metric))
        return item_of(metric, stored, title=f"{metric.title}, {member}")

    def awake(self) -> list[Metric]:
        """The metrics that have any figures but zeros in the last two years, in order of subject."""
        since = self.as_of - dt.timedelta(days=2 * 366)
        return [
            metric
            for name, metric in self.known.metrics.items()
            if any(value and day > since for day, value in self._stored.get(name, ({}, {}))[0].items())
        ]

    def gaps(self) -> list[str]:
        """Sentences about the days of the last year without orders that look like missing data."""
        if not self._engine.has(table_of("orders")):
            return []
        since = self.as_of - dt.timedelta(days=365)
        days = sorted(day for day in self._coverage("orders").missing if day > since)
        if not days:
            return []
        shown = ", ".join(f"{day}" for day in days[:12]) + (" …" if len(days) > 12 else "")
        return [f"No orders on {shown}: lost data, or closed (then list the days in shop.toml, [calendar] closed)"]

    def events(self) -> list[Event]:
        """What is noteworthy, as the shop's table says."""
        if not self._engine.has("noteworthy"):
            return []
        columns = ("starts_on", "ends_on", "title", "note", "metric", "member")
        query = exp.select(*columns).from_("noteworthy").where("starts_on IS NOT NULL").order_by("starts_on", "title")
        return [
            Event(
                row["starts_on"],
                row["ends_on"],
                row["title"] + (f" ({row['member']})" if row["member"] else ""),
                row["note"] or "",
                row["metric"],
            )
            for row in self._engine.dicts(query)
        ]

    @cached_property
    def _stored(self) -> dict[str, tuple[dict[dt.date, Decimal], dict[dt.date, Decimal]]]:
        """Numerators and denominators of the whole shop, by metric and day."""
        found: dict[str, tuple[dict[dt.date, Decimal], dict[dt.date, Decimal]]] = {}
        if not self._engine.has(DAYS):
            return found
        query = (
            exp.select("metric", exp.column("on", quoted=True), "numerator", "denominator")
            .from_(DAYS)
            .where("dimension IS NULL AND numerator IS NOT NULL")
        )
        for name, day, top, bottom in self._engine.rows(query):
            tops, bottoms = found.setdefault(name, ({}, {}))
            tops[day] = top
            if bottom is not None:
                bottoms[day] = bottom
        return found

    def _coverage_of(self, metric: Metric) -> Coverage:
        """Days known of every source that a metric rests on."""
        parts = [self._coverage(base.source or "") for base in self.known.base(metric)]
        if len(parts) == 1:
            return parts[0]
        return Coverage(
            max(part.first for part in parts),
            min(part.last for part in parts),
            frozenset().union(*(part.missing for part in parts)),
        )

    def _coverage(self, source: str) -> Coverage:
        if source not in self._covered:
            rows: dict[dt.date, int] = {}
            if self._engine.has(table_of(source)):
                query = (
                    exp.select(exp.column("on", quoted=True), "n_rows")
                    .from_(table_of(source))
                    .where("dimension IS NULL")
                )
                rows = dict(self._engine.rows(query))
            coverage = Coverage.of_rows(rows, self.as_of, self._config.calendar.closed)
            gaps = self.known.sources[source].gaps
            self._covered[source] = coverage if gaps else Coverage(coverage.first, coverage.last)
        return self._covered[source]

    @cached_property
    def _covered(self) -> dict[str, Coverage]:
        return {}

    @cached_property
    def _plans(self) -> dict[str, dict[dt.date, float]]:
        found: dict[str, dict[dt.date, float]] = {}
        if self._engine.has("plan"):
            query = exp.select("metric", "month", "value").from_("plan").where("dimension IS NULL")
            for metric, month, value in self._engine.rows(query):
                found.setdefault(metric, {})[month.replace(day=1)] = value
        return found

    def _plan(self, metric: Metric) -> Planned | None:
        values = self._plans.get(metric.name)
        return Planned(values, self.calendar, rate=metric.aggregation != "sum") if values else None

    def _awake(self, name: str) -> Metric:
        metric = self.known[name]
        missing = self._asleep.get(name)
        if missing is not None:
            raise NotFound(f"the metric '{name}' sleeps", do=f"it would wake with: {missing.wakes}")
        return metric

    @cached_property
    def _asleep(self) -> dict[str, Asleep]:
        return {item.metric.name: item for item in self.known.awake(self._engine)[1]}

    def _source(self, metric: Metric) -> Source:
        return self.known.sources[metric.source or ""]


def _cut(period: Period, start: dt.date | None, end: dt.date | None) -> Period:
    """A period within the days that were asked for; one that is not over keeps its end, and so is incomplete."""
    first, last = max(start or period.start, period.start), min(end or period.end, period.end)
    return Period(period.grain, first, last, period.number, period.year, period.label)
