"""Where a review's figures come from: daily CSV files, or the metrics of a shop's run. Either gives items by name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from difflib import get_close_matches
from typing import Protocol, cast

from profithunt.metrics.daily import Frames, series
from profithunt.metrics.deck import GROWTH, Deck, MetricSpec, Path_
from profithunt.metrics.definition import Direction, Kind, Metric, Unit
from profithunt.metrics.series import (
    Comparison,
    Composed,
    Coverage,
    Daily,
    Measure,
    Number,
    Point,
)
from profithunt.metrics.time import Calendar


@dataclass(frozen=True)
class Item:
    """A metric of a review: its measure, and all that is said about it.

    `growth` makes it the change of its measure over a week, a month or a year; `planned` is what was planned.
    """

    name: str
    title: str
    measure: Measure
    unit: Unit
    direction: Direction = "none"
    kind: Kind | None = None
    owner: str | None = None
    what: str | None = None
    target: float | None = None
    planned: Measure | None = None
    note: str | None = None
    growth: str | None = None
    level: bool = False
    metric: str | None = None
    """The shop's metric behind it."""
    made_of: tuple[str, ...] = ()
    """Names of the metrics that it is made of."""

    @property
    def names(self) -> tuple[str, ...]:
        """Every name under which something may be said of it."""
        return tuple(name for name in (self.name, self.metric, self.title, *self.made_of) if name)

    @property
    def how(self) -> Comparison:
        """How two of its values are compared."""
        return self.measure.how


class ShopFigures(Protocol):
    """Metrics of a shop's run, by name."""

    @property
    def as_of(self) -> dt.date:
        """The day the data is complete to."""
        ...

    def item(self, name: str, by: str | None = None, member: str | None = None) -> Item | None:
        """A metric, or one member's; None where there is none of that name. Raises NotFound for one that sleeps."""
        ...

    def names(self) -> list[str]:
        """Names of all metrics."""
        ...


class Figures:
    """All items of a deck, made when they are asked for."""

    def __init__(self, deck: Deck, frames: Frames | None, shop: ShopFigures | None, until: dt.date) -> None:
        self._deck = deck
        self._frames = frames
        self._shop = shop
        self._until = until
        self._made: dict[str, Item] = {}
        self._open: list[str] = []

    @property
    def known(self) -> list[str]:
        """Names that a deck may use."""
        return [*self._deck.metrics, *(self._shop.names() if self._shop else ())]

    def item(self, name: str, at: Path_) -> Item:
        """A metric of the deck or of the shop. Raises ConfigError with the place in the deck."""
        if name not in self._made:
            self._made[name] = self._make(name, at)
        return self._made[name]

    def _make(self, name: str, at: Path_) -> Item:
        spec = self._deck.metrics.get(name)
        if spec is not None:
            return self._of_spec(spec)
        shop = self._shop.item(name) if self._shop else None
        if shop is not None:
            return shop
        base, growth = name[:-3], name[-3:]
        if growth in GROWTH and (base in self._deck.metrics or (self._shop and base in self._shop.names())):
            item = self.item(base, at)
            unit: Unit = "share"
            return replace(
                item, name=name, title=f"{item.title}, {growth}", growth=GROWTH[growth], unit=unit, target=None
            )
        near = get_close_matches(name, self.known, n=1, cutoff=0.6)
        column = self._frames is not None and self._frames.find(name) is not None
        raise self._deck.fail(
            at,
            f"there is no metric '{name}'",
            "a metric that is defined in this deck" + (" or in the shop" if self._shop else ""),
            f"define it below metrics: {name}: {{column: {name}, aggf: sum}}"
            if column
            else f"did you mean '{near[0]}'?"
            if near
            else "",
        )

    def _of_spec(self, spec: MetricSpec) -> Item:
        if spec.name in self._open:
            circle = " → ".join([*self._open, spec.name])
            raise self._deck.fail(spec.at, f"metrics are made of each other in a circle: {circle}")
        self._open.append(spec.name)
        try:
            item = (
                self._of_shop(spec) if spec.metric else self._composed(spec) if spec.operation else self._column(spec)
            )
        finally:
            self._open.pop()
        return replace(
            item,
            name=spec.name,
            title=spec.title or item.title,
            unit=cast("Unit", spec.unit or item.unit),
            direction=cast("Direction", spec.direction or item.direction),
            kind=cast("Kind | None", spec.kind or item.kind),
            owner=spec.owner or item.owner,
            what=spec.what or item.what,
            target=item.target if spec.target is None else spec.target,
            note=spec.note or item.note,
        )

    def _of_shop(self, spec: MetricSpec) -> Item:
        if self._shop is None:
            raise self._deck.fail(
                (*spec.at, "metric"),
                f"'{spec.metric}' is a metric of a shop",
                "column or function where there is only CSV",
            )
        item = self._shop.item(spec.metric or "", spec.by, spec.member)
        if item is None:
            near = get_close_matches(spec.metric or "", self._shop.names(), n=1, cutoff=0.5)
            raise self._deck.fail(
                (*spec.at, "metric"),
                f"the shop has no metric '{spec.metric}'",
                do=f"did you mean '{near[0]}'?" if near else "profithunt metrics lists them",
            )
        return item

    def _composed(self, spec: MetricSpec) -> Item:
        operation = spec.operation
        if operation is None:
            raise self._deck.fail(spec.at, "has no operation")
        parts = [self.item(name, (*spec.at, "function", operation, at)) for at, name in enumerate(spec.parts)]
        how = spec.how or "percent"
        unit: Unit = parts[0].unit if operation in ("sum", "difference") else "number"
        if operation == "divide":
            unit = "share" if how == "bps" or parts[0].unit == parts[1].unit else "number"
            if parts[0].unit == "money" != parts[1].unit:
                unit = "money"
        measure = Composed(operation, [part.measure for part in parts], how=how)
        made_of = tuple(name for part in parts for name in part.names)
        return Item(spec.name, _title(spec.name), measure, unit, made_of=made_of)

    def _column(self, spec: MetricSpec) -> Item:
        if self._frames is None or spec.column is None:
            raise self._deck.fail(
                spec.at,
                f"'{spec.name}' is a column, and there is no data",
                do="give the daily figures: --csv daily.csv",
            )
        for column in (spec.column, spec.denominator):
            if column is not None and self._frames.find(column) is None:
                key = {"numerator": spec.column, "denominator": spec.denominator}
                name = next((one for one, value in key.items() if value == column and spec.denominator), "column")
                raise self._deck.fail(
                    (*spec.at, "filter" if spec.keep else name),
                    f"there is no column '{column}' in the data",
                    do=self._frames.near(column),
                )
        found = self._frames.find(spec.column)
        rate = spec.denominator is not None or (found is not None and found[1] in found[0].rates)
        unit: Unit = cast("Unit", spec.unit) if spec.unit else "share" if spec.how == "bps" or rate else "count"
        how: Comparison = spec.how or ("bps" if unit == "share" and rate else "percent")
        measure = series(
            self._frames,
            spec.column,
            spec.aggf,  # type: ignore[arg-type]
            self._until,
            per=spec.denominator,
            keep=spec.keep,
            how=how,
            scale=spec.scale,
            where=f"metric '{spec.name}'",
        )
        if not spec.unit and spec.how is None and not rate and spec.aggf == "mean":
            unit = "number"
        return Item(spec.name, _title(spec.name), measure, unit, level=spec.aggf == "last")


@dataclass(frozen=True)
class Stored:
    """A metric's days as stored in a run: numerators, denominators, and how many rows its source has on each day."""

    numerators: Mapping[dt.date, Decimal]
    denominators: Mapping[dt.date, Decimal] | None
    coverage: Coverage


def item_of(metric: Metric, stored: Stored, planned: Measure | None = None, title: str | None = None) -> Item:
    """A metric of a run as an item of a review."""
    how: Comparison = "bps" if metric.unit == "share" else "percent"
    measure = Daily(
        metric.aggregation,
        stored.numerators,
        stored.denominators,
        stored.coverage,
        how=how,
        scale=metric.scale,
        empty_is_zero=True,
    )
    return Item(
        metric.name,
        title or metric.title,
        measure,
        metric.unit,
        metric.direction,
        metric.kind,
        metric.owner,
        metric.what,
        metric.target,
        planned,
        level=metric.aggregation == "last",
        metric=metric.name,
    )


class Planned:
    """What was planned for a metric, by month: a sum is spread over the month's days, a rate holds on each of them."""

    additive = False

    def __init__(
        self, values: Mapping[dt.date, float], calendar: Calendar, *, rate: bool, how: Comparison = "percent"
    ) -> None:
        self._values = values
        self._calendar = calendar
        self._rate = rate
        self.how: Comparison = how

    def known(self, day: dt.date) -> bool:
        """Whether anything was planned for a day."""
        return day.replace(day=1) in self._values

    def over_days(self, days: Collection[dt.date]) -> Number | None:
        """The plan of these days; None unless there is one for each."""
        parts = []
        for day in days:
            value = self._values.get(day.replace(day=1))
            if value is None:
                return None
            following = (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
            size = 1 if self._rate else (following - day.replace(day=1)).days
            parts.append(value / size)
        if not parts:
            return None
        return sum(parts) / len(parts) if self._rate else sum(parts)

    def over(self, start: dt.date, end: dt.date) -> Point:
        """The plan of a period."""
        days = [start + dt.timedelta(days=at) for at in range((end - start).days + 1)]
        return Point(self.over_days(days), None, None, len(days), 0)


def _title(name: str) -> str:
    return name.replace("__", " ").replace("_", " ").strip()
