"""The weekly review of a deck: its data found, its calendar set, its week chosen; and decks for those without one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from profithunt.config import Calendar as CalendarSettings
from profithunt.errors import SourceError, UsageError
from profithunt.metrics.daily import Frames, day_of, read_csv
from profithunt.metrics.deck import Block, Deck, Event, LineSpec, MetricSpec, Setup
from profithunt.metrics.definition import SUBJECTS, Metric
from profithunt.metrics.figures import Figures, ShopFigures
from profithunt.metrics.review import Review, review
from profithunt.metrics.time import DAY, Calendar

EVENT_COLUMNS: Final = ("MetricName", "EventDescription")
HEADINGS: Final = {"input": "Inputs", "output": "Outputs", "finance": "Finance"}
_TARGET: Final = ("__target", " target", "_target")


def weekly_review(
    deck: Deck,
    *,
    csv: Sequence[Path] = (),
    shop: ShopFigures | None = None,
    calendar: CalendarSettings | None = None,
    currency: str = "USD",
    week: dt.date | None = None,
    events: Sequence[Event] = (),
    remarks: Sequence[str] = (),
) -> Review:
    """Work out a deck for the week that ends on `week` (default: the deck's, else the last that is over).

    Figures come from `csv` if given, else from the deck's own files, and from the shop. Raises ConfigError for what is
    wrong in the deck, SourceError for what is wrong in the data. `remarks` are told with what the deck's readers should
    know.
    """
    frames = _frames(deck, csv)
    chosen = Calendar(_calendar(deck, calendar or CalendarSettings()))
    until = week or deck.setup.week_ending or _last_week(chosen, frames, shop)
    listed, problems = _events(deck)
    figures = Figures(deck, frames, shop, until)
    return review(
        deck, figures, chosen, until, currency=currency, events=[*listed, *events], problems=[*problems, *remarks]
    )


def deck_of_shop(metrics: Sequence[Metric], title: str) -> Deck:
    """The deck of a shop that has none of its own: inputs, outputs, finance; in each, subject by subject."""
    blocks: list[Block] = []
    order = {subject: at for at, subject in enumerate(SUBJECTS)}
    for kind, heading in HEADINGS.items():
        chosen = [metric for metric in metrics if metric.kind == kind]
        if not chosen:
            continue
        blocks.append(Block("section", (), heading))
        chosen.sort(key=lambda metric: order.get(metric.subject, len(order)))
        blocks += [Block("chart", (), lines=(LineSpec(metric.name, ()),)) for metric in chosen]
    return Deck(Setup(title=title), {}, tuple(blocks), (), (), {}, "deck of the catalogue", Path())


def deck_of_csv(frames: Frames, title: str) -> Deck:
    """The deck of daily figures that come without one: a chart a column.

    A column whose values all lie in 0–1 is averaged, others are summed; `Sales__Target` is the target of `Sales`.
    """
    specs: dict[str, MetricSpec] = {}
    targets: dict[str, str] = {}
    for frame in frames.frames:
        for column in frame.columns:
            try:
                values = [value for value in frame.values(column) if value is not None]
            except SourceError:
                continue
            if not values or column.endswith("__of"):
                continue
            rate = column in frame.rates
            small = all(0 <= value <= 1 for value in values) and any(value % 1 for value in values)
            specs[column] = MetricSpec(
                column, (), column=column, aggf="mean" if small and not rate else "sum", how="bps" if small else None
            )
            for ending in _TARGET:
                if column.lower().endswith(ending):
                    targets[column] = column[: -len(ending)]
                    break
    blocks = []
    for name in specs:
        if name in targets and targets[name] in specs:
            continue
        lines = [LineSpec(name, ())]
        lines += [LineSpec(one, (), "target", prior_year=False) for one, base in targets.items() if base == name]
        blocks.append(Block("chart", (), lines=tuple(lines)))
    if not blocks:
        raise UsageError("the file has no column of numbers", where=frames.frames[0].where)
    return Deck(Setup(title=title), specs, tuple(blocks), (), (), {}, frames.frames[0].where, Path())


def read_frames(paths: Sequence[Path], date_format: str | None = None) -> Frames:
    """Daily figures from files. Raises SourceError."""
    return Frames([read_csv(path, date_format=date_format) for path in paths])


def _frames(deck: Deck, csv: Sequence[Path]) -> Frames | None:
    form = deck.setup.date_format
    if csv:
        return read_frames(csv, form)
    if not deck.data_files:
        return None
    return Frames([read_csv(deck.folder / path, name, date_format=form) for name, path in deck.data_files.items()])


def _calendar(deck: Deck, usual: CalendarSettings) -> CalendarSettings:
    if not deck.setup.calendar:
        return usual
    try:
        return CalendarSettings.model_validate({**usual.model_dump(), **deck.setup.calendar})
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0])
        message = first["msg"].removeprefix("Value error, ")
        raise deck.fail(("setup", "calendar", key), f"{message[:1].lower()}{message[1:]}") from None


def _last_week(calendar: Calendar, frames: Frames | None, shop: ShopFigures | None) -> dt.date:
    """The end of the last week that the data covers in full."""
    last = frames.last if frames is not None else shop.as_of if shop is not None else None
    if last is None:
        raise UsageError("the deck has no data", do="give daily figures with --csv, or a shop")
    week = calendar.period("week", last)
    return week.end if week.end <= last else week.start - DAY


def _events(deck: Deck) -> tuple[list[Event], list[str]]:
    """Events of the deck's files; what can't be used is told, not dropped in silence."""
    found, problems = [], []
    for name in deck.event_files:
        frame = read_csv(deck.folder / name, date_format=deck.setup.date_format)
        by_low = {column.lower(): column for column in frame.columns}
        text = next(
            (by_low[key] for key in ("eventdescription", "title", "event", "description") if key in by_low), None
        )
        if text is None:
            raise deck.fail(
                ("annotations",),
                f"{name} has no column of descriptions",
                f"Date, {', '.join(EVENT_COLUMNS)}",
                f"it has {', '.join(frame.columns)}",
            )
        metric = next((by_low[key] for key in ("metricname", "metric") if key in by_low), None)
        until = next((by_low[key] for key in ("to", "end", "ends_on") if key in by_low), None)
        note = by_low.get("note")
        for at, day in enumerate(frame.days):
            title = frame.columns[text][at].strip()
            if not title:
                problems.append(f"{name}, row {at + 2}: an event without a description")
                continue
            ends = frame.columns[until][at].strip() if until else ""
            event = Event(
                day,
                day_of(ends, deck.setup.date_format) if ends else None,
                title,
                frame.columns[note][at].strip() if note else "",
                (frame.columns[metric][at].strip() or None) if metric else None,
            )
            found.append(event)
    return found, problems


def titled(deck: Deck, title: str) -> Deck:
    """The deck under another title."""
    return replace(deck, setup=replace(deck.setup, title=title))
