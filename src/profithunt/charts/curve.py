"""The whale curve: cumulative profit over customers from best to worst, with its peak annotated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from profithunt.charts.scale import scale_for, ticks
from profithunt.charts.svg import element

LEFT: Final = 56
RIGHT: Final = 14
TOP: Final = 34
BOTTOM: Final = 36
APART: Final = 0.05
"""Share of the height by which peak and end must differ for the end to have a label of its own."""
NEAR_LEFT: Final = 0.2
NEAR_RIGHT: Final = 0.6
"""Peaks beyond these shares have their label set to one side, so that it stays inside the box."""


@dataclass(frozen=True)
class Curve:
    """Points (share of customers, cumulative profit), from (0, 0) to (1, total), and the highest of them."""

    points: Sequence[tuple[float, float]]
    peak: tuple[float, float]
    peak_label: str
    end_label: str
    x_title: str


def curve(data: Curve, width: int, height: int, title: str, write: Callable[[float], str]) -> Markup:
    """The chart in a box of `width` × `height`; after the peak the line turns to the colour of loss."""
    scale = scale_for([value for _, value in data.points], margin=0.04)
    plot_wide, plot_high = width - LEFT - RIGHT, height - TOP - BOTTOM

    def x(share: float) -> float:
        return LEFT + plot_wide * share

    def y(amount: float) -> float:
        return TOP + plot_high * (1 - scale.at(amount))

    def path(points: Sequence[tuple[float, float]], kind: str) -> Markup:
        place = " ".join(f"{x(share):.1f},{y(amount):.1f}" for share, amount in points)
        return element("polyline", class_=kind, points=place)

    shapes: list[Markup] = []
    for value in ticks(scale.low, scale.high):
        kind = "zero" if value == 0 else "grid"
        shapes.append(element("line", class_=kind, x1=LEFT, x2=width - RIGHT, y1=y(value), y2=y(value)))
        shapes.append(element("text", write(value), class_="tick", x=LEFT - 6, y=y(value) + 4, text_anchor="end"))
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        anchor = "start" if share == 0 else "end" if share == 1 else "middle"
        place = height - BOTTOM + 16
        shapes.append(element("text", f"{share:.0%}", class_="tick", x=x(share), y=place, text_anchor=anchor))
    shapes.append(
        element("text", data.x_title, class_="tick", x=x(0.5), y=height - 4, text_anchor="middle"),
    )
    peak_share, peak_amount = data.peak
    before = [point for point in data.points if point[0] < peak_share] + [data.peak]
    after = [data.peak] + [point for point in data.points if point[0] > peak_share]
    shapes.append(path(before, "line gain"))
    if len(after) > 1:
        shapes.append(path(after, "line loss"))
    shapes.append(element("circle", class_="peak", cx=x(peak_share), cy=y(peak_amount), r=4.5))
    anchor = "start" if peak_share < NEAR_LEFT else "middle" if peak_share < NEAR_RIGHT else "end"
    shapes.append(
        element("text", data.peak_label, class_="mark", x=x(peak_share), y=y(peak_amount) - 10, text_anchor=anchor)
    )
    if len(after) > 1 and scale.at(peak_amount) - scale.at(data.points[-1][1]) > APART:
        below = min(y(data.points[-1][1]) + 18, height - BOTTOM - 4)
        shapes.append(
            element("text", data.end_label, class_="mark", x=width - RIGHT, y=below, text_anchor="end"),
        )
    return element("svg", shapes, viewbox=f"0 0 {width} {height}", role="img", aria_label=title)
