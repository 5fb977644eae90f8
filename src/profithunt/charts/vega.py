"""What all Altair charts share: colours of light and dark, axes, the format of money, how a finished chart looks.

Colours are those of the pages: profit blue, loss orange, neutral totals, grey prior year; the sign or the place says it
again. No legend for three series or fewer, five ticks at most, a heavier line at zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from profithunt.fmt import SYMBOLS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import altair as alt

Rows = "Sequence[Mapping[str, Any]]"
FONT: Final = 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif'

COUNT_LABEL: Final = "(datum.value < 0 ? '−' : '') + replace(format(abs(datum.value), '~s'), 'G', 'B')"
"""A count on an axis as an expression of Vega: `−1.2k`."""


@dataclass(frozen=True)
class Theme:
    """Colours of one scheme."""

    name: str
    panel: str
    ink: str
    muted: str
    line: str
    heavy: str
    profit: str
    loss: str
    total: str
    prior: str
    series: tuple[str, ...]


THEMES: Final = {
    "light": Theme(
        "light", "#ffffff", "#16191d", "#59626e", "#e2e5e9", "#8c95a1", "#1a6fb5", "#c4501b", "#8a939f", "#b6bdc6",
        ("#1a6fb5", "#c4501b", "#4d8f6b", "#8467b0", "#b08a2e", "#5b7f95", "#a8556f", "#6d7681"),
    ),
    "dark": Theme(
        "dark", "#171b20", "#e9ecef", "#a3acb8", "#2b3138", "#79838f", "#5aa9ec", "#f08a55", "#76808c", "#4d5661",
        ("#5aa9ec", "#f08a55", "#6fbf94", "#ab93d6", "#d6b25e", "#86abc2", "#d98aa3", "#99a3af"),
    ),
}  # fmt: skip


def symbol(currency: str) -> str:
    """What stands before an amount."""
    return SYMBOLS.get(currency, f"{currency}\u00a0")


def money_label(currency: str, value: str = "datum.value") -> str:
    """An amount as an expression of Vega: `−$1.35M`, three digits."""
    return (
        f"({value} < 0 ? '−' : '') + '{symbol(currency)}' + (abs({value}) < 1 ? format(abs({value}), '.2~f')"
        f" : replace(format(abs({value}), '.3~s'), 'G', 'B'))"
    )


def money_axis(currency: str, **more: Any) -> alt.Axis:
    """An axis of money."""
    import altair as alt

    return alt.Axis(labelExpr=money_label(currency), tickCount=5, title=None, **more)


def data(rows: Sequence[Mapping[str, Any]]) -> alt.InlineData:
    """Rows as the data of a chart."""
    import altair as alt

    return alt.InlineData(values=[dict(row) for row in rows])


def finished(
    chart: Any, theme: Theme, *, width: int | None = None, height: int = 260, description: str = ""
) -> dict[str, Any]:
    """A chart as a specification: size, colours and description; as wide as what holds it unless `width` is given.

    A layered or single chart is sized here; of one made of several panels, the function that draws it says the sizes.
    """
    spec: dict[str, Any] = chart.to_dict(validate=False)
    if not {"hconcat", "vconcat", "concat", "facet"} & set(spec):
        spec["width"] = width or "container"
        spec.setdefault("height", height)
        spec["autosize"] = {"type": "fit-x", "contains": "padding"}
    spec["background"] = theme.panel
    spec["description"] = description
    spec["padding"] = {"left": 2, "right": 8, "top": 6, "bottom": 2}
    spec["config"] = {
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            "labelColor": theme.muted,
            "titleColor": theme.muted,
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": 400,
            "gridColor": theme.line,
            "domainColor": theme.heavy,
            "tickColor": theme.line,
            "labelPadding": 6,
            "ticks": False,
            "domain": False,
            "labelLimit": 220,
        },
        "axisX": {"grid": False, "labelPadding": 9},
        "text": {"color": theme.ink, "fontSize": 12},
        "rule": {"color": theme.heavy},
        "legend": {"labelColor": theme.muted, "labelFontSize": 12, "orient": "top", "title": None},
        "header": {"labelColor": theme.muted, "titleColor": theme.muted, "labelFontSize": 12},
        "title": {
            "color": theme.ink, "fontSize": 14, "fontWeight": 600, "anchor": "start", "offset": 12,
            "subtitleColor": theme.muted, "subtitleFontSize": 12, "subtitlePadding": 4,
        },
    }  # fmt: skip
    return spec
