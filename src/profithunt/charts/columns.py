"""Columns over time: one amount a period, losses below zero, an incomplete period hatched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from profithunt.charts.scale import Scale, scale_for, ticks
from profithunt.charts.svg import element

LEFT: Final = 56
BOTTOM: Final = 28
TOP: Final = 18
LABEL_WIDTH: Final = 34
"""Pixels that a label below the columns needs; labels that don't fit are left out evenly."""


@dataclass(frozen=True)
class Column:
    """One period: its label, its amount (None: it has not happened, shown blank), whether it is complete."""

    label: str
    amount: float | None
    complete: bool = True


def _grid(scale: Scale, width: int, height: int, write: Callable[[float], str]) -> list[Markup]:
    plot = height - TOP - BOTTOM
    shapes: list[Markup] = []
    for value in ticks(scale.low, scale.high):
        y = TOP + plot * (1 - scale.at(value))
        kind = "zero" if value == 0 else "grid"
        shapes.append(element("line", class_=kind, x1=LEFT, x2=width, y1=y, y2=y))
        shapes.append(element("text", write(value), class_="tick", x=LEFT - 6, y=y + 4, text_anchor="end"))
    return shapes


def columns(periods: Sequence[Column], width: int, height: int, title: str, write: Callable[[float], str]) -> Markup:
    """The chart in a box of `width` × `height`; `write` turns an amount into its label.

    The highest and the lowest complete period are labelled directly.
    """
    known = [period.amount for period in periods if period.amount is not None]
    scale = scale_for(known, margin=0.08)
    plot, step = height - TOP - BOTTOM, (width - LEFT) / max(len(periods), 1)
    zero = TOP + plot * (1 - scale.zero)
    whole = [index for index, period in enumerate(periods) if period.complete and period.amount is not None]
    marked = {pick(whole, key=lambda index: periods[index].amount or 0.0) for pick in (max, min)} if whole else set()
    every = max(1, -(-LABEL_WIDTH // max(int(step), 1)))
    shapes = _grid(scale, width, height, write)
    for index, period in enumerate(periods):
        centre = LEFT + step * (index + 0.5)
        if index % every == 0:
            edge = centre + LABEL_WIDTH / 2 > width
            x, anchor = (width, "end") if edge else (centre, "middle")
            shapes.append(element("text", period.label, class_="tick", x=x, y=height - 6, text_anchor=anchor))
        if period.amount is None:
            continue
        y = TOP + plot * (1 - scale.at(period.amount))
        kind = ("loss" if period.amount < 0 else "gain") + ("" if period.complete else " open")
        wide = min(step * 0.72, 44.0)
        shapes.append(
            element("rect", class_=kind, x=centre - wide / 2, y=min(y, zero), width=wide, height=abs(zero - y), rx=1.5)
        )
        if index in marked:
            above = y - 5 if period.amount >= 0 else y + 13
            x = min(max(centre, LEFT + 22), width - 22)
            shapes.append(element("text", write(period.amount), class_="mark", x=x, y=above, text_anchor="middle"))
    return element("svg", shapes, viewbox=f"0 0 {width} {height}", role="img", aria_label=title)
