"""A sparkline: how a figure went, in the height of a line of text; plain SVG, no axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from profithunt.charts.svg import element

WIDE: Final = 96
HIGH: Final = 20


def spark(values: Sequence[float | None], *, wide: int = WIDE, high: int = HIGH) -> Markup:
    """A line through the known values, the last one marked; empty where fewer than two are known."""
    known = [(place, float(value)) for place, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return Markup()
    low, top = min([0.0, *(value for _, value in known)]), max(value for _, value in known)
    span = (top - low) or 1.0
    step = (wide - 6) / (len(values) - 1)
    points = [(3 + place * step, high - 3 - (value - low) / span * (high - 6)) for place, value in known]
    line = element("polyline", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in points))
    dot = element("circle", class_="gain", cx=points[-1][0], cy=points[-1][1], r=2)
    return element(
        "svg", [line, dot], class_="spark", viewbox=f"0 0 {wide} {high}", width=wide, height=high, aria_hidden="true"
    )
