"""The 6-12 chart of a weekly review: six weeks beside twelve months, each with a scale of its own.

This year is a line with dots, the year before a grey line, targets are triangles; a band shows where the weeks of the
quarter before lie by chance alone. Incomplete periods are hollow, points beyond the limits ringed, events numbered.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Literal

from markupsafe import Markup

from profithunt.charts.scale import Scale, ticks
from profithunt.charts.svg import element

Style = Literal["primary", "secondary", "target"]

LEFT: Final = 46
TOP: Final = 26
EVENTS: Final = 16
"""Pixels more that numbered events take above a panel."""
BOTTOM: Final = 22
APART: Final = 14
CHARACTER: Final = 7.2
"""Pixels that a character of a label takes."""
LABEL_HIGH: Final = 13
FROM_ZERO: Final = 0.4
"""A scale begins at zero where the least value is below this share of the greatest."""


@dataclass(frozen=True)
class Mark:
    """A value of a line; None where there is none. `tip` says it in words."""

    value: float | None
    complete: bool = True
    tip: str = ""


@dataclass(frozen=True)
class Run:
    """One line over the periods of a panel, and the year before."""

    style: Style
    marks: Sequence[Mark]
    prior: Sequence[Mark] = ()


@dataclass(frozen=True)
class Panel:
    """Six weeks, or twelve months: `events` are (place, number), `signals` places of points beyond the limits."""

    title: str
    labels: Sequence[str]
    runs: Sequence[Run]
    band: tuple[float, float, float] | None = None
    signals: frozenset[int] = frozenset()
    events: Sequence[tuple[int, int]] = ()
    ceiling: float | None = None
    """Value beyond which nothing can lie."""


@dataclass
class _Frame:
    """Where a panel lies, its scale, and the labels that are placed."""

    x: float
    y: float
    wide: float
    high: float
    n: int
    scale: Scale
    top: float = TOP
    taken: list[tuple[float, float, float, float]] = field(default_factory=list)

    def at(self, place: int) -> float:
        return self.x + LEFT + (self.wide - LEFT) * (place + 0.5) / self.n

    def level(self, value: float) -> float:
        return self.y + self.top + (self.high - self.top - BOTTOM) * (1 - self.scale.at(value))

    @property
    def step(self) -> float:
        return (self.wide - LEFT) / self.n

    def take(self, x: float, y: float, text: str) -> float | None:
        """Put a label there if there is room; where it is centred then."""
        half = len(text) * CHARACTER / 2 + 2
        centre = min(max(x, self.x + LEFT + half - 1), self.x + self.wide - half + 2)
        box = (centre - half, y - LABEL_HIGH + 2, centre + half, y + 2)
        if box[1] < self.y + self.top - 14 or any(_meet(box, other) for other in self.taken):
            return None
        self.taken.append(box)
        return centre


def six_twelve(
    weeks: Panel, months: Panel, width: int, height: int, title: str, write: Callable[[float], str], *, stacked: bool
) -> Markup:
    """Both panels in a box of `width` × `height`, side by side or `stacked`; `write` turns a value into its label."""
    top = TOP + (EVENTS if weeks.events or months.events else 0)
    if stacked:
        half = (height - APART) / 2
        shapes = [
            *_panel(weeks, (0, 0, width, half), top, write),
            *_panel(months, (0, half + APART, width, half), top, write),
        ]
    else:
        left = LEFT + (width - 2 * LEFT - APART) * 0.46
        shapes = [
            *_panel(weeks, (0, 0, left, height), top, write),
            *_panel(months, (left + APART, 0, width - left - APART, height), top, write),
        ]
    return element("svg", shapes, class_="sixtwelve", viewbox=f"0 0 {width} {height}", role="img", aria_label=title)


def _panel(
    panel: Panel, box: tuple[float, float, float, float], top: float, write: Callable[[float], str]
) -> list[Markup]:
    frame = _Frame(*box, len(panel.labels), _scale(panel), top)
    return [
        *_grid(panel, frame, write),
        *_band(panel, frame),
        *_events(panel, frame),
        *[shape for run in reversed(panel.runs) for shape in _run(run, panel, frame)],
        *_values(panel, frame, write),
    ]


def _scale(panel: Panel) -> Scale:
    marks = [mark for run in panel.runs for mark in (*run.marks, *run.prior)]
    values = [mark.value for mark in marks if mark.value is not None and math.isfinite(mark.value)]
    if not values:
        return Scale(0.0, 1.0)
    low, high = min(values), max(values)
    if panel.band is not None:
        span = max(high - low, abs(high) * 0.01)
        low, high = max(min(low, panel.band[0]), low - span), min(max(high, panel.band[2]), high + span)
    most = math.inf if panel.ceiling is None else max(panel.ceiling, high)
    if low >= 0 and low <= FROM_ZERO * high:
        return Scale(0.0, min(high * 1.1, most) or 1.0)
    if low < 0:
        high, low = max(high, 0.0), min(low, 0.0)
    pad = (high - low) * 0.14 or abs(high) * 0.05 or 1.0
    return Scale(max(low - pad, 0.0) if low >= 0 else low - pad, min(high + pad, most))


def _grid(panel: Panel, frame: _Frame, write: Callable[[float], str]) -> list[Markup]:
    right = frame.x + frame.wide
    shapes = [element("text", panel.title, class_="tick head", x=frame.x + LEFT, y=frame.y + 11)]
    for value in ticks(frame.scale.low, frame.scale.high, 4):
        y = frame.level(value)
        kind = "zero" if value == 0 else "grid"
        shapes.append(element("line", class_=kind, x1=frame.x + LEFT, x2=right, y1=y, y2=y))
        shapes.append(element("text", write(value), class_="tick", x=frame.x + LEFT - 6, y=y + 4, text_anchor="end"))
    longest = max((len(label) for label in panel.labels), default=0)
    every = 1 if frame.step >= longest * CHARACTER + 2 else 2
    base = frame.y + frame.high - 6
    for place, label in enumerate(panel.labels):
        if (len(panel.labels) - 1 - place) % every == 0:
            shapes.append(element("text", label, class_="tick", x=frame.at(place), y=base, text_anchor="middle"))
    return shapes


def _band(panel: Panel, frame: _Frame) -> list[Markup]:
    if panel.band is None:
        return []
    low, centre, high = panel.band
    top, bottom = frame.level(high), frame.level(low)
    left, wide = frame.x + LEFT, frame.wide - LEFT
    middle = frame.level(centre)
    return [
        element("rect", class_="band", x=left, y=top, width=wide, height=max(bottom - top, 0.0)),
        element("line", class_="centre", x1=left, x2=left + wide, y1=middle, y2=middle),
    ]


def _events(panel: Panel, frame: _Frame) -> list[Markup]:
    by_place: dict[int, list[int]] = {}
    for place, number in panel.events:
        by_place.setdefault(place, []).append(number)
    shapes = []
    for place, numbers in sorted(by_place.items()):
        x, y = frame.at(place), frame.y + 24
        text = str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}+"
        shapes.append(element("line", class_="event", x1=x, x2=x, y1=y + 7, y2=frame.y + frame.high - BOTTOM))
        half = 7.0 if len(text) == 1 else 3 + len(text) * 3.2
        shapes.append(element("rect", class_="event", x=x - half, y=y - 7, width=2 * half, height=14.0, rx=7))
        shapes.append(element("text", text, class_="event", x=x, y=y + 3.5, text_anchor="middle"))
    return shapes


def _run(run: Run, panel: Panel, frame: _Frame) -> list[Markup]:
    shapes: list[Markup] = []
    if run.style == "target":
        for place, mark in enumerate(run.marks):
            if mark.value is not None:
                x, y = frame.at(place), frame.level(mark.value)
                points = f"{x:.1f},{y - 4.5:.1f} {x - 4.5:.1f},{y + 3.5:.1f} {x + 4.5:.1f},{y + 3.5:.1f}"
                shapes.append(element("polygon", _tip(mark), class_="goal", points=points))
        return shapes
    kind = run.style
    shapes += _path(run.prior, frame, f"line prior {kind}")
    for place, mark in enumerate(run.prior):
        if mark.value is not None:
            hollow = "" if mark.complete else " open"
            shapes.append(
                element(
                    "circle",
                    _tip(mark),
                    class_=f"prior{hollow}",
                    cx=frame.at(place),
                    cy=frame.level(mark.value),
                    r=2.2,
                )
            )
    shapes += _path(run.marks, frame, f"line now {kind}")
    for place, mark in enumerate(run.marks):
        if mark.value is None:
            continue
        x, y = frame.at(place), frame.level(mark.value)
        if kind == "primary" and place in panel.signals:
            shapes.append(element("circle", class_="signal", cx=x, cy=y, r=7.5))
        hollow = "" if mark.complete else " open"
        shapes.append(element("circle", _tip(mark), class_=f"now {kind}{hollow}", cx=x, cy=y, r=3.4))
    return shapes


def _path(marks: Sequence[Mark], frame: _Frame, kind: str) -> list[Markup]:
    """A line through the values, broken where one is missing."""
    pieces: list[list[str]] = [[]]
    for place, mark in enumerate(marks):
        if mark.value is None:
            pieces.append([])
        else:
            pieces[-1].append(f"{frame.at(place):.1f},{frame.level(mark.value):.1f}")
    return [element("polyline", class_=kind, points=" ".join(piece)) for piece in pieces if len(piece) > 1]


def _tip(mark: Mark) -> list[Markup]:
    return [element("title", mark.tip)] if mark.tip else []


def _values(panel: Panel, frame: _Frame, write: Callable[[float], str]) -> list[Markup]:
    """Values beside the first line: the last, the extremes, then (of weeks) the others, while there is room."""
    run = next((one for one in panel.runs if one.style == "primary"), None)
    if run is None:
        return []
    known = [(place, mark.value) for place, mark in enumerate(run.marks) if mark.value is not None]
    for place, value in known:
        x, y = frame.at(place), frame.level(value)
        frame.taken.append((x - 4, y - 4, x + 4, y + 4))
    for before, after in pairwise(known):
        frame.taken += _along(before, after, frame)
    wanted = known[-1:]
    if known:
        wanted = [*wanted, max(known, key=lambda one: one[1]), min(known, key=lambda one: one[1])]
    if len(panel.labels) <= 6:
        wanted += known[::-1]
    shapes, done = [], set()
    for place, value in wanted:
        if place in done:
            continue
        text = write(value)
        for shift in (-9.0, 18.0, -16.0, 25.0):
            y = frame.level(value) + shift
            if y > frame.y + frame.high - BOTTOM - 1:
                continue
            centre = frame.take(frame.at(place), y, text)
            if centre is not None:
                shapes.append(element("text", text, class_="mark", x=centre, y=y, text_anchor="middle"))
                done.add(place)
                break
    return shapes


def _along(a: tuple[int, float], b: tuple[int, float], frame: _Frame) -> Iterable[tuple[float, float, float, float]]:
    """Small boxes along a line between two dots, which labels keep off."""
    x1, y1, x2, y2 = frame.at(a[0]), frame.level(a[1]), frame.at(b[0]), frame.level(b[1])
    for part in (0.25, 0.5, 0.75):
        x, y = x1 + (x2 - x1) * part, y1 + (y2 - y1) * part
        yield x - 2, y - 2, x + 2, y + 2


def _meet(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
