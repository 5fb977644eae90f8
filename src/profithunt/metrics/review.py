"""A weekly business review worked out: every block of the deck with its figures, boxes, limits, signals and events.

Each chart shows six weeks and twelve months with the year before, its boxes (last week, to date, each against what it
is compared with), the limits of the metric's noise over the quarter before, and everything noteworthy.
Nothing here formats a figure: values are as they are, rates in 0–1, changes in shares or basis points.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, Literal

from profithunt.metrics.control import RUN, Limits, Signal, signals, xmr
from profithunt.metrics.deck import Block, Deck, Event, LineSpec, RowSpec, Style
from profithunt.metrics.figures import Figures, Item
from profithunt.metrics.series import (
    BASIS,
    Change,
    Compared,
    Comparison,
    Number,
    Point,
    change,
    month_before,
    week_before,
    year_before,
)
from profithunt.metrics.time import Calendar, Period

Group = Literal["last_week", "mtd", "qtd", "ytd"]

WEEKS: Final = 6
MONTHS: Final = 12
BASELINE: Final = 13
"""Weeks before those shown that limits are taken from: a quarter, so that seasons don't widen or leave them."""
LEAST: Final = 8
"""Weeks before those shown without which the shown ones are taken, too."""
KIND_ORDER: Final = {"input": 0, "output": 1, "finance": 2}


@dataclass(frozen=True)
class Dot:
    """A metric over one period; `n_missing` of its days are not known."""

    value: Number | None
    n_missing: int = 0

    @property
    def complete(self) -> bool:
        """Whether all of it is known."""
        return self.n_missing == 0

    def to_json(self) -> dict[str, Any]:
        """`{value, n_missing}`; amounts as decimal strings."""
        return {"value": _plain(self.value), "n_missing": self.n_missing}


@dataclass(frozen=True)
class Line:
    """One line of a chart."""

    item: Item
    label: str
    style: Style
    weeks: tuple[Dot, ...]
    months: tuple[Dot, ...]
    prior_weeks: tuple[Dot, ...] = ()
    prior_months: tuple[Dot, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """`{metric, label, style, unit, weeks, months, prior_weeks, prior_months}`."""
        return {
            "metric": self.item.name,
            "label": self.label,
            "style": self.style,
            "unit": self.item.unit,
            "weeks": [dot.to_json() for dot in self.weeks],
            "months": [dot.to_json() for dot in self.months],
            "prior_weeks": [dot.to_json() for dot in self.prior_weeks],
            "prior_months": [dot.to_json() for dot in self.prior_months],
        }


@dataclass(frozen=True)
class Box:
    """One box: a value, or a change against what is named in `label`."""

    group: Group
    label: str
    value: Number | None
    change: Comparison | None = None
    n_missing: int = 0
    n_left_out: int = 0

    def to_json(self) -> dict[str, Any]:
        """`{group, label, value, change, n_missing, n_left_out}`."""
        return {
            "group": self.group,
            "label": self.label,
            "value": _plain(self.value),
            "change": self.change,
            "n_missing": self.n_missing,
            "n_left_out": self.n_left_out,
        }


@dataclass(frozen=True)
class Placed:
    """A noteworthy event with its number, and the week or month of the chart that it is marked at, if any."""

    number: int
    event: Event
    week: int | None
    month: int | None

    def to_json(self) -> dict[str, Any]:
        """The event with its number and places."""
        return {"number": self.number, **self.event.to_json(), "week": self.week, "month": self.month}


@dataclass(frozen=True)
class Chart:
    """A 6-12 chart with all that belongs to it."""

    number: int
    title: str
    lines: tuple[Line, ...]
    months: tuple[Period, ...]
    boxes: tuple[Box, ...]
    limits: Limits | None
    signals: tuple[Signal, ...]
    events: tuple[Placed, ...]
    notes: tuple[str, ...]
    owner: str | None
    y_scaling: str | None
    kind: str | None
    judged: bool = True
    """Whether enough of the last week is known to say if it is more than noise."""

    @property
    def primary(self) -> Line:
        """The line that boxes and limits are about."""
        return next((line for line in self.lines if line.style == "primary"), self.lines[0])

    def to_json(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {
            "block": "chart",
            "number": self.number,
            "title": self.title,
            "metric": self.primary.item.name,
            "kind": self.kind,
            "owner": self.owner,
            "what": self.primary.item.what,
            "direction": self.primary.item.direction,
            "months": [month.to_json() for month in self.months],
            "lines": [line.to_json() for line in self.lines],
            "boxes": [box.to_json() for box in self.boxes],
            "limits": self.limits.to_json() if self.limits else None,
            "signals": [signal.to_json() for signal in self.signals],
            "judged": self.judged,
            "events": [placed.to_json() for placed in self.events],
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class Row:
    """A row of a table; a heading has no item."""

    header: str
    item: Item | None
    dots: tuple[Dot, ...]
    style: str
    y_scaling: str | None

    def to_json(self) -> dict[str, Any]:
        """`{header, metric, unit, values}`."""
        return {
            "header": self.header,
            "metric": self.item.name if self.item else None,
            "unit": self.item.unit if self.item else None,
            "values": [dot.to_json() for dot in self.dots],
        }


@dataclass(frozen=True)
class Table:
    """A table of six weeks with quarter and year to date, or of twelve months."""

    number: int
    title: str
    over: Literal["weeks", "months"]
    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    events: tuple[Placed, ...]
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {
            "block": f"{self.over}_table",
            "number": self.number,
            "title": self.title,
            "headers": list(self.headers),
            "rows": [row.to_json() for row in self.rows],
            "events": [placed.to_json() for placed in self.events],
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class Text:
    """A section's heading, a note, or something from elsewhere (`embed`)."""

    what: Literal["section", "note", "embed"]
    title: str
    text: str = ""

    def to_json(self) -> dict[str, Any]:
        """`{block, title, text}`."""
        return {"block": self.what, "title": self.title, "text": self.text}


@dataclass(frozen=True)
class Review:
    """A whole review."""

    title: str
    subtitle: str
    until: dt.date
    weeks: tuple[Period, ...]
    currency: str
    blocks: tuple[Chart | Table | Text, ...]
    problems: tuple[str, ...] = ()
    folder: Any = field(default=None, compare=False, repr=False)

    @property
    def charts(self) -> list[Chart]:
        """Its charts."""
        return [block for block in self.blocks if isinstance(block, Chart)]

    def to_json(self) -> dict[str, Any]:
        """All of it as plain data; amounts as decimal strings."""
        return {
            "title": self.title,
            "subtitle": self.subtitle,
            "week_ending": self.until.isoformat(),
            "weeks": [week.to_json() for week in self.weeks],
            "currency": self.currency,
            "blocks": [block.to_json() for block in self.blocks],
            "problems": list(self.problems),
        }


class _Clock:
    """The periods of a review, and what each is compared with; worked out once for all metrics."""

    def __init__(self, calendar: Calendar, until: dt.date, number: int | None) -> None:
        self.calendar = calendar
        self.until = until
        shown = calendar.weeks_until(until, WEEKS)
        self.weeks = tuple(_renamed(shown, number))
        self.history = tuple(calendar.weeks_until(until, BASELINE + WEEKS))
        self.trailing = tuple(calendar.trailing("month", until, MONTHS))
        self.fiscal = tuple(calendar.months_of_year(until))
        self.to_date = tuple((grain, calendar.to_date(grain, until)) for grain in ("month", "quarter", "year"))
        self._compared: dict[tuple[str, Period], Compared] = {}

    def months(self, how: str) -> tuple[Period, ...]:
        """The months that a chart shows."""
        return self.fiscal if how == "fiscal_year" else self.trailing

    def against(self, what: str, period: Period) -> Compared:
        """What a period is compared with: the `week`, the `month` or the `year` before."""
        key = (what, period)
        if key not in self._compared:
            if what == "year":
                self._compared[key] = year_before(self.calendar, period)
            else:
                self._compared[key] = week_before(period) if what == "week" else month_before(self.calendar, period)
        return self._compared[key]

    def prior(self, period: Period) -> Period:
        """The same period a year before."""
        return self.against("year", period).period


def review(
    deck: Deck,
    figures: Figures,
    calendar: Calendar,
    until: dt.date,
    *,
    currency: str = "USD",
    events: Sequence[Event] = (),
    problems: Sequence[str] = (),
) -> Review:
    """Work a deck out for the week that ends on `until`. Raises ConfigError for what is wrong in the deck."""
    clock = _Clock(calendar, until, deck.setup.week_number)
    worked = _Worker(deck, figures, clock, sorted([*deck.events, *events], key=lambda event: event.start))
    blocks = tuple(worked.block(block) for block in deck.blocks)
    return Review(
        title=deck.setup.title,
        subtitle=deck.setup.subtitle,
        until=until,
        weeks=clock.weeks,
        currency=deck.setup.currency or currency,
        blocks=blocks,
        problems=(*problems, *worked.problems(blocks)),
        folder=deck.folder,
    )


class _Worker:
    """Works out the blocks of one deck."""

    def __init__(self, deck: Deck, figures: Figures, clock: _Clock, events: Sequence[Event]) -> None:
        self._deck = deck
        self._figures = figures
        self._clock = clock
        self._events = events
        self._number = deck.setup.first_block

    def block(self, block: Block) -> Chart | Table | Text:
        """One block."""
        if block.what == "chart":
            made: Chart | Table = self._chart(block)
        elif block.what in ("weeks_table", "months_table"):
            made = self._table(block)
        else:
            what: Literal["section", "note", "embed"] = (
                "section" if block.what == "section" else "note" if block.what == "note" else "embed"
            )
            return Text(what, block.title, block.source or "\n".join(block.notes))
        self._number += 1
        return made

    # Charts

    def _chart(self, block: Block) -> Chart:
        months = self._clock.months(block.months)
        lines = [self._line(spec, months) for spec in block.lines]
        main = next((line for line in lines if line.style == "primary"), lines[0])
        if not any(line.style == "target" for line in lines):
            lines += self._targets(block, main.item, months)
        limits, found, judged = self._control(main.item)
        notes = (*block.notes, *((main.item.note,) if main.item.note else ()))
        return Chart(
            number=self._number,
            title=block.title or main.item.title,
            lines=tuple(lines),
            months=months,
            boxes=tuple(self._boxes(main.item)),
            limits=limits,
            signals=tuple(found),
            events=tuple(self._placed([line.item for line in lines], months)),
            notes=notes,
            owner=block.owner or main.item.owner,
            y_scaling=block.y_scaling,
            kind=main.item.kind,
            judged=judged,
        )

    def _line(self, spec: LineSpec, months: Sequence[Period]) -> Line:
        item = self._figures.item(spec.metric, spec.at)
        weeks = self._clock.weeks
        prior = spec.prior_year and spec.style != "target"
        line = Line(
            item,
            spec.legend or item.title,
            spec.style,
            tuple(self._dot(item, week) for week in weeks),
            tuple(self._dot(item, month) for month in months),
            tuple(self._prior(item, week) for week in weeks) if prior else (),
            tuple(self._prior(item, month) for month in months) if prior else (),
        )
        known = [dot for dot in (*line.prior_weeks, *line.prior_months) if dot.value is not None]
        return line if known else Line(item, line.label, line.style, line.weeks, line.months)

    def _targets(self, block: Block, item: Item, months: Sequence[Period]) -> list[Line]:
        target = block.target if block.target is not None else item.target
        weeks = self._clock.weeks
        if item.growth is not None:
            return []
        if target is not None:
            # The target of a sum is that of a week; of anything else, of any period.
            additive = getattr(item.measure, "aggregation", "ratio") == "sum"

            def dot(period: Period) -> Dot:
                return Dot(target * period.n_days / 7 if additive else target)

            return [Line(item, "Target", "target", tuple(map(dot, weeks)), tuple(map(dot, months)))]
        if item.planned is not None:
            plan = item.planned

            def planned(period: Period) -> Dot:
                return Dot(plan.over(period.start, period.end).value)

            line = Line(item, "Plan", "target", tuple(map(planned, weeks)), tuple(map(planned, months)))
            return [line] if any(dot.value is not None for dot in (*line.weeks, *line.months)) else []
        return []

    def _dot(self, item: Item, period: Period) -> Dot:
        """A metric over a period; what has not happened yet has no value."""
        if period.end > self._clock.until:
            return Dot(None)
        if item.growth is not None:
            return self._growth(item, period)
        return _of(item.measure.over(period.start, period.end))

    def _prior(self, item: Item, period: Period) -> Dot:
        """The year before; nothing where most of its days are not known."""
        before = self._clock.prior(period)
        dot = self._dot(item, before)
        return dot if 2 * dot.n_missing <= before.n_days else Dot(None, dot.n_missing)

    def _growth(self, item: Item, period: Period) -> Dot:
        """The change of a metric over a week, a month or a year; of a week there is no change over a month."""
        grain = item.growth or "year"
        if grain not in ("year", period.grain):
            return Dot(None)
        found = change(item.measure, period, self._clock.against(grain, period))
        if found.value is None:
            return Dot(None)
        return Dot(found.value / BASIS if found.how == "bps" else found.value, 0)

    def _boxes(self, item: Item) -> list[Box]:
        """The boxes that make sense: a level has none to date, without a year before there is no YoY."""
        week = self._clock.weeks[-1]
        last = self._dot(item, week)
        boxes = [Box("last_week", "Last week", last.value, None, last.n_missing)]
        if item.growth is None:
            boxes += self._change("last_week", "WoW", item, week, "week")
            boxes += self._change("last_week", "YoY", item, week, "year")
        elif item.growth != "year":
            return boxes
        if item.level:
            return boxes
        groups: tuple[Group, ...] = ("mtd", "qtd", "ytd")
        for (_, period), group, label in zip(self._clock.to_date, groups, ("MTD", "QTD", "YTD"), strict=True):
            dot = self._dot(item, period)
            boxes.append(Box(group, label, dot.value, None, dot.n_missing))
            if item.growth is None:
                boxes += self._change(group, "YoY", item, period, "year")
        return boxes

    def _change(self, group: Group, label: str, item: Item, period: Period, against: str) -> list[Box]:
        earlier = self._clock.against(against, period)
        then = item.measure.over(earlier.period.start, earlier.period.end)
        if then.n_missing == then.n_days and then.n_days:
            return []
        found: Change = change(item.measure, period, earlier)
        if found.value is None and found.n_left_out:
            return []
        return [Box(group, label, found.value, found.how, 0, found.n_left_out)]

    def _control(self, item: Item) -> tuple[Limits | None, list[Signal], bool]:
        """Limits from the weeks before those shown (from all, where there are few), signals among those shown.

        A sum with a missing day says nothing; a rate or a level does as long as most of its week is known. Last,
        whether the last week could be judged.
        """
        dots = [self._dot(item, week) for week in self._clock.history]
        spare = 0 if _adds_up(item) else 1
        values = [float(dot.value) if dot.value is not None and dot.n_missing <= spare else None for dot in dots]
        before = [value for value in values[:-WEEKS] if value is not None]
        known = before if len(before) >= LEAST else [value for value in values if value is not None]
        positive = all(value >= 0 for value in known) and item.growth is None
        share = item.unit == "share" and positive and all(value <= 1 for value in known)
        limits = xmr(known, 0.0 if positive else None, 1.0 if share else None)
        judged = limits is not None and values[-1] is not None
        if limits is None or limits.moving_range == 0:
            return limits, [], judged
        tail = values[-WEEKS - RUN + 1 :]
        skipped = len(tail) - WEEKS
        found = [
            Signal(signal.at - skipped, signal.rule, signal.side)
            for signal in signals(tail, limits)
            if signal.at >= skipped
        ]
        return limits, found, judged

    # Tables

    def _table(self, block: Block) -> Table:
        over: Literal["weeks", "months"] = "weeks" if block.what == "weeks_table" else "months"
        if over == "weeks":
            to_date = dict(self._clock.to_date)
            periods = [*self._clock.weeks, to_date["month"], to_date["quarter"], to_date["year"]]
            headers = [*(week.label for week in self._clock.weeks), "MTD", "QTD", "YTD"]
        else:
            periods = list(self._clock.months(block.months))
            headers = [month.label for month in periods]
        rows = [self._row(row, periods) for row in block.rows]
        items = [row.item for row in rows if row.item is not None]
        return Table(
            self._number,
            block.title,
            over,
            tuple(headers),
            tuple(rows),
            tuple(self._placed(items, self._clock.months(block.months))),
            block.notes,
        )

    def _row(self, row: RowSpec, periods: Sequence[Period]) -> Row:
        if row.metric is None:
            return Row(row.header, None, (), row.style, row.y_scaling)
        item = self._figures.item(row.metric, (*row.at, "metric"))
        dots = tuple(self._dot(item, period) for period in periods)
        return Row(row.header or item.title, item, dots, row.style, row.y_scaling)

    # Events

    def _placed(self, items: Sequence[Item], months: Sequence[Period]) -> list[Placed]:
        """Every event of these metrics, or of all, within what is shown or in the same six weeks a year before."""
        names = {name for item in items for name in item.names}
        start = min(months[0].start, self._clock.weeks[0].start)
        prior = self._clock.prior(self._clock.weeks[0]).start, self._clock.prior(self._clock.weeks[-1]).end
        found: list[Placed] = []
        for event in self._events:
            end = event.end or event.start
            if event.metric is not None and event.metric not in names:
                continue
            if not (_meet(event.start, end, start, self._clock.until) or _meet(event.start, end, *prior)):
                continue
            week = _index(self._clock.weeks, event.start)
            found.append(Placed(len(found) + 1, event, week, _index(months, event.start)))
        return found

    def problems(self, blocks: Sequence[Chart | Table | Text]) -> list[str]:
        """What readers should know about the deck: events of metrics that aren't shown, finance before inputs."""
        shown = {name for block in blocks for item in _items(block) for name in item.names}
        lost = [
            f"Event of {event.start}: '{event.title}' names {event.metric}, which no block shows"
            for event in self._events
            if event.metric is not None and event.metric not in shown
        ]
        kinds = [KIND_ORDER[block.kind] for block in blocks if isinstance(block, Chart) and block.kind in KIND_ORDER]
        if kinds != sorted(kinds) and not any(isinstance(block, Text) and block.what == "section" for block in blocks):
            lost.append("Inputs come first, then outputs, finance last: this deck mixes them")
        return lost


def _items(block: Chart | Table | Text) -> list[Item]:
    if isinstance(block, Chart):
        return [line.item for line in block.lines]
    return [row.item for row in block.rows if row.item is not None] if isinstance(block, Table) else []


def _adds_up(item: Item) -> bool:
    """Whether a missing day makes a metric smaller, as it does a sum."""
    aggregation = getattr(item.measure, "aggregation", None)
    operation = getattr(item.measure, "operation", None)
    return item.growth is None and (aggregation == "sum" or operation in ("sum", "difference", "product"))


def _of(point: Point) -> Dot:
    return Dot(point.value, point.n_missing)


def _plain(value: Number | None) -> str | float | None:
    return f"{value:f}" if isinstance(value, Decimal) else value


def _meet(start: dt.date, end: dt.date, first: dt.date, last: dt.date) -> bool:
    return start <= last and end >= first


def _index(periods: Sequence[Period], day: dt.date) -> int | None:
    return next((at for at, period in enumerate(periods) if period.holds(day)), None)


def _renamed(weeks: Sequence[Period], number: int | None) -> list[Period]:
    """Weeks with the numbers that a deck gives them, counted back from the last."""
    if number is None:
        return list(weeks)
    named = []
    for back, week in enumerate(reversed(weeks)):
        shown = (number - back - 1) % 52 + 1
        named.append(Period(week.grain, week.start, week.end, shown, week.year, f"wk {shown}"))
    return named[::-1]
