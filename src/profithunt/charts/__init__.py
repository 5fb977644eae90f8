"""Pictures of aggregates as self-contained SVG: same look in the report, on a page, in print, in light and dark.

Written on the server as plain shapes with class names; colours come from the page's tokens, text stays text. Nothing is
needed beyond the core install, nothing runs in the browser.
"""

from profithunt.charts.bars import Bar, WaterfallStep, bar, interval, waterfall
from profithunt.charts.columns import Column, columns
from profithunt.charts.curve import Curve, curve
from profithunt.charts.scale import Scale, scale_for, ticks
from profithunt.charts.sixtwelve import Mark, Panel, Run, six_twelve

__all__ = [
    "Bar",
    "Column",
    "Curve",
    "Mark",
    "Panel",
    "Run",
    "Scale",
    "WaterfallStep",
    "bar",
    "columns",
    "curve",
    "interval",
    "scale_for",
    "six_twelve",
    "ticks",
    "waterfall",
]
