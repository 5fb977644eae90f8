"""Charts of pages as Vega-Lite, PNG or SVG: the data of a `Chart` given to the function that draws it."""

from __future__ import annotations

from typing import Any, Final

from profithunt.api.pages.parts import Chart, plain
from profithunt.charts.catalogue import DRAWINGS
from profithunt.charts.vega import THEMES, finished
from profithunt.errors import UsageError

FORMATS: Final = ("png", "svg", "csv", "parquet")
WIDTH: Final = 760
NARROW: Final = 360


def specification(
    chart: Chart, currency: str, theme: str = "light", *, narrow: bool = False, width: int | None = None
) -> dict[str, Any]:
    """The chart as a Vega-Lite specification; as wide as what holds it, or `width` pixels. Raises UsageError."""
    if theme not in THEMES:
        raise UsageError(f"there is no theme {theme!r}", do=f"there are: {', '.join(THEMES)}")
    rows = [plain_numbers(row) for row in chart.rows]
    drawn = DRAWINGS[chart.drawing](rows, theme=THEMES[theme], currency=currency, narrow=narrow, **chart.options)
    return finished(
        drawn, THEMES[theme], width=width, height=chart.height, description=chart.description or chart.finding
    )


def picture(chart: Chart, currency: str, format_: str, theme: str = "light", *, narrow: bool = False) -> bytes:
    """The chart as PNG or SVG, with title and finding."""
    import vl_convert

    drawn = specification(chart, currency, theme, narrow=narrow, width=NARROW if narrow else WIDTH)
    drawn["title"] = {"text": chart.title, "subtitle": chart.finding}
    if format_ == "svg":
        text: str = vl_convert.vegalite_to_svg(drawn)
        return text.encode()
    data: bytes = vl_convert.vegalite_to_png(drawn, scale=2)
    return data


def plain_numbers(row: Any) -> dict[str, Any]:
    """A row as a chart takes it: amounts as numbers, days as text."""
    from decimal import Decimal

    return {key: float(value) if isinstance(value, Decimal) else plain(value) for key, value in row.items()}
