"""Bars that live in the rows of a table: the table is the chart, so that its figures are text and it fits a phone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, Protocol

from markupsafe import Markup

from profithunt.charts.scale import Scale
from profithunt.charts.svg import element, percent

Kind = Literal["gain", "loss", "total"]
HEIGHT: Final = 18
THIN: Final = 0.004
"""Share of the row below which a bar would not be seen; a bar that isn't zero is at least that long."""


class WaterfallStep(Protocol):
    """A step of a waterfall: a component with its signed amount, or a subtotal."""

    @property
    def label(self) -> str:
        """What the step is called."""
        ...

    @property
    def amount(self) -> Decimal | None:
        """Its signed amount, or the total so far; None where it isn't known."""
        ...

    @property
    def subtotal(self) -> bool:
        """Whether it is a total so far."""
        ...


@dataclass(frozen=True)
class Bar:
    """One bar of a waterfall: from where the total stood to where it stands after it; without length where unknown."""

    label: str
    amount: Decimal | None
    start: float
    end: float
    kind: Kind


def waterfall(steps: Iterable[WaterfallStep]) -> tuple[Bar, ...]:
    """The bars of a waterfall: components hang on the running total, subtotals stand on zero."""
    bars: list[Bar] = []
    running = 0.0
    for step in steps:
        if step.amount is None:
            bars.append(Bar(step.label, None, running, running, "total" if step.subtotal else "gain"))
            continue
        amount = float(step.amount)
        start = 0.0 if step.subtotal else running
        running = amount if step.subtotal else running + amount
        kind: Kind = "total" if step.subtotal else "loss" if amount < 0 else "gain"
        bars.append(Bar(step.label, step.amount, start, running, kind))
    return tuple(bars)


def _row(children: Iterable[Markup]) -> Markup:
    return element("svg", children, class_="bar", width="100%", height=HEIGHT, aria_hidden="true", focusable="false")


def _axis(scale: Scale) -> Markup:
    zero = percent(scale.zero)
    return element("line", class_="zero", x1=zero, x2=zero, y1=0, y2=HEIGHT)


def bar(start: float, end: float, scale: Scale, kind: Kind) -> Markup:
    """A bar from start to end on the scale, with the line of zero; for the cell of a table."""
    left, right = sorted((scale.at(start), scale.at(end)))
    if start != end and right - left < THIN:
        left = min(left, 1 - THIN)
        right = left + THIN
    shape = element("rect", class_=kind, x=percent(left), y=3, width=percent(right - left), height=HEIGHT - 6, rx=1.5)
    return _row([_axis(scale), *([shape] if start != end else [])])


def interval(spread: tuple[float, float, float], scale: Scale) -> Markup:
    """A range with its middle marked: low, middle, high, e.g. p10, p50, p90; for the cell of a table."""
    low, middle, high = spread
    left, right = percent(scale.at(low)), percent(scale.at(high))
    at = percent(scale.at(middle))
    centre = HEIGHT / 2
    return _row(
        [
            _axis(scale),
            element("line", class_="range", x1=left, x2=right, y1=centre, y2=centre),
            element("line", class_="range end", x1=left, x2=left, y1=centre - 4, y2=centre + 4),
            element("line", class_="range end", x1=right, x2=right, y1=centre - 4, y2=centre + 4),
            element("circle", class_="loss" if middle < 0 else "gain", cx=at, cy=centre, r=4),
        ]
    )
