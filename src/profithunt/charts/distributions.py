"""Charts of who and what: the whale curve, histograms, flows, cohorts on top of each other, scatter, forest plot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from profithunt.charts.vega import COUNT_LABEL, Theme, data, money_axis, money_label

Rows = Sequence[Mapping[str, Any]]


def whale(
    rows: Rows, *, theme: Theme, currency: str, narrow: bool = False, peak: Mapping[str, Any] | None = None, **_: Any
) -> Any:
    """Cumulative profit over customers, best first: rows of share and profit; the peak is annotated."""
    import altair as alt

    x = alt.X("share:Q", axis=alt.Axis(format=".0%", title="share of customers, best first", tickCount=5))
    base = alt.Chart(data(rows)).transform_calculate(shown=money_label(currency, "datum.profit"))
    area = base.mark_area(color=theme.profit, opacity=0.10).encode(x=x, y=alt.Y("profit:Q", axis=money_axis(currency)))
    line = base.mark_line(color=theme.profit, strokeWidth=2.4).encode(
        x=x,
        y="profit:Q",
        tooltip=[alt.Tooltip("share:Q", format=".1%", title="Customers"), alt.Tooltip("shown:N", title="Profit")],
    )
    layers = area + line + alt.Chart(data([{"zero": 0}])).mark_rule(strokeWidth=1.5).encode(y="zero:Q")
    if peak:
        mark = alt.Chart(data([peak]))
        left = float(peak["share"]) > 0.55 or narrow
        layers += mark.mark_point(
            size=80, filled=True, color=theme.panel, stroke=theme.profit, strokeWidth=2.4, opacity=1
        ).encode(x="share:Q", y="profit:Q")
        layers += mark.mark_text(
            align="right" if left else "left", dx=-10 if left else 10, dy=16, fontWeight=600, color=theme.ink
        ).encode(x="share:Q", y="profit:Q", text="label:N")
    return layers


def histogram(
    rows: Rows,
    *,
    theme: Theme,
    currency: str,
    narrow: bool = False,
    marks: Sequence[Mapping[str, Any]] = (),
    unit: str = "customers",
    **_: Any,
) -> Any:
    """How a figure spreads: rows of low, high, n; `marks` (at, label) are percentiles, written on the chart."""
    import altair as alt

    # Room above the bars for the percentiles.
    most = max((row["n"] for row in rows), default=1) * (1.0 if not marks else 1.28)
    base = alt.Chart(data(rows)).transform_calculate(
        kind="(datum.low + datum.high) / 2 < 0 ? 'loss' : 'gain'",
        shown=f"{money_label(currency, 'datum.low')} + ' to ' + {money_label(currency, 'datum.high')}",
    )
    bars = base.mark_bar(binSpacing=1).encode(
        x=alt.X("low:Q", bin="binned", axis=money_axis(currency)),
        x2="high:Q",
        y=alt.Y(
            "n:Q",
            scale=alt.Scale(domainMax=most),
            axis=alt.Axis(title=unit, tickCount=4, titleAngle=0, titleAlign="left", titleY=-10, titleX=-28),
        ),
        color=alt.Color(
            "kind:N", scale=alt.Scale(domain=["gain", "loss"], range=[theme.profit, theme.loss]), legend=None
        ),
        tooltip=[alt.Tooltip("shown:N", title="Between"), alt.Tooltip("n:Q", title=unit, format=",")],
    )
    if not marks:
        return bars
    layers = bars + alt.Chart(data(marks)).mark_rule(strokeDash=[3, 3], strokeWidth=1.2).encode(x="at:Q")
    for place, mark in enumerate(marks):
        # Percentiles lie close to each other: each label has a line of its own.
        layers += (
            alt.Chart(data([mark]))
            .mark_text(align="left", dx=4, baseline="top", fontSize=11, color=theme.ink)
            .encode(x="at:Q", y=alt.value(2 + 15 * place), text="label:N")
        )
    del narrow
    return layers


def flows(rows: Rows, *, theme: Theme, currency: str, narrow: bool = False, **_: Any) -> Any:
    """Customers won and lost by month: rows of label, kind (New, Reactivated, Lapsed), n, signed."""
    import altair as alt

    del currency
    order = list(dict.fromkeys(row["label"] for row in rows))
    shown = order[:: max(1, len(order) // (5 if narrow else 12))]
    month = alt.Axis(title=None, labelAngle=0, labelOverlap=True, values=shown)
    kinds = ["New", "Reactivated", "Lapsed"]
    chart = alt.Chart(data(rows)).mark_bar(width={"band": 0.68}).encode(
        x=alt.X("label:N", sort=order, axis=month),
        y=alt.Y("signed:Q", axis=alt.Axis(title=None, tickCount=5, labelExpr=COUNT_LABEL)),
        color=alt.Color(
            "kind:N", sort=kinds, scale=alt.Scale(domain=kinds, range=[theme.profit, theme.series[5], theme.loss])
        ),
        opacity=alt.condition("datum.complete", alt.value(1), alt.value(0.3)),
        tooltip=[
            alt.Tooltip("label:N", title="Month"), alt.Tooltip("kind:N", title="What"),
            alt.Tooltip("n:Q", title="Customers", format=","),
        ],
    )  # fmt: skip
    return chart + alt.Chart(data([{"zero": 0}])).mark_rule(strokeWidth=1.5).encode(y="zero:Q")


def stack(rows: Rows, *, theme: Theme, currency: str, narrow: bool = False, **_: Any) -> Any:
    """Profit of each month by the cohort that brought it: rows of month, cohort, cm3; older cohorts darker."""
    import altair as alt

    cohorts = sorted({row["cohort"] for row in rows})
    order = list(dict.fromkeys(row["label"] for row in rows))
    del narrow
    base = alt.Chart(data(rows)).transform_calculate(shown=money_label(currency, "datum.cm3"))
    return base.mark_bar(width={"band": 0.8}).encode(
        x=alt.X("label:N", sort=order, axis=alt.Axis(title=None, labelAngle=0, labelOverlap=True)),
        y=alt.Y("cm3:Q", axis=money_axis(currency), stack="zero"),
        color=alt.Color(
            "cohort:N", sort=cohorts, legend=None,
            scale=alt.Scale(domain=cohorts, range=_shades(theme, len(cohorts))),
        ),
        order=alt.Order("cohort:N", sort="ascending"),
        tooltip=[
            alt.Tooltip("label:N", title="Month"), alt.Tooltip("cohort:N", title="Acquired"),
            alt.Tooltip("shown:N", title="Contribution profit"),
        ],
    )  # fmt: skip


def _shades(theme: Theme, n: int) -> list[str]:
    """Shades from the colour of profit to that of the prior year, `n` of them."""
    first, last = (tuple(int(text[at : at + 2], 16) for at in (1, 3, 5)) for text in (theme.profit, theme.line))
    steps = max(1, n - 1)
    return [
        "#"
        + "".join(f"{round(one + (other - one) * place / steps):02x}" for one, other in zip(first, last, strict=True))
        for place in range(n)
    ]


def scatter(
    rows: Rows,
    *,
    theme: Theme,
    currency: str,
    narrow: bool = False,
    binned: bool = False,
    x_title: str = "",
    labels: int = 4,
    **_: Any,
) -> Any:
    """Things by how much they are seen or sold, against their profit: rows of x, y, name; cells with n when binned."""
    import altair as alt

    count = "replace(format(datum.value, '~s'), 'G', 'B')"
    x = alt.X(
        "x:Q",
        scale=alt.Scale(type="symlog"),
        axis=alt.Axis(title=x_title, values=_decades(rows, "x"), labelExpr=count, labelOverlap=True),
    )
    y = alt.Y(
        "y:Q",
        scale=alt.Scale(type="symlog", constant=10, padding=28),
        axis=alt.Axis(title=None, values=_decades(rows, "y", 10.0), labelExpr=money_label(currency), labelOverlap=True),
    )
    base = alt.Chart(data(rows)).transform_calculate(
        shown=money_label(currency, "datum.y"), kind="datum.y < 0 ? 'loss' : 'gain'"
    )
    colour = alt.Color(
        "kind:N", scale=alt.Scale(domain=["gain", "loss"], range=[theme.profit, theme.loss]), legend=None
    )
    tip = [
        alt.Tooltip("name:N", title="What"),
        alt.Tooltip("x:Q", title=x_title, format=",.3~s"),
        alt.Tooltip("shown:N", title="Profit"),
    ]
    if binned:
        size = alt.Size("n:Q", scale=alt.Scale(type="sqrt", range=[8, 320]), legend=None)
        marks = base.mark_circle(opacity=0.55).encode(
            x=x, y=y, size=size, color=colour, tooltip=[alt.Tooltip("n:Q", title="How many", format=","), *tip[1:]]
        )
    else:
        marks = base.mark_circle(size=34, opacity=0.55).encode(x=x, y=y, color=colour, tooltip=tip)
    ends = sorted((row for row in rows if row.get("name")), key=lambda row: row["y"] or 0)
    chosen = [*ends[:labels], *ends[-labels:]] if len(ends) > 2 * labels else ends
    spots = alt.Chart(data(chosen)).transform_calculate(
        shown=money_label(currency, "datum.y"), kind="datum.y < 0 ? 'loss' : 'gain'"
    )
    rule = alt.Chart(data([{"zero": 0}])).mark_rule(strokeWidth=1.5).encode(y="zero:Q")
    outliers = spots.mark_circle(size=54, opacity=1).encode(x=x, y=y, color=colour, tooltip=tip)
    layers = marks + rule + outliers
    for row, dy in ((ends[0], 12), (ends[-1], -12)) if len(ends) > 1 and not narrow else ():
        layers += (
            alt.Chart(data([row]))
            .mark_text(align="right", dy=dy, fontSize=11, color=theme.ink, limit=160)
            .encode(x=x, y=y, text="name:N")
        )
    return layers


def _decades(rows: Rows, key: str, least: float = 1.0) -> list[float]:
    """Zero and the powers of ten that the values reach, on both sides: ticks of a scale that is logarithmic there."""
    known = [float(row[key]) for row in rows if row[key] is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    made, size = [0.0], least
    while size <= max(-low, high):
        made += [*([size] if size <= high else []), *([-size] if size <= -low else [])]
        size *= 10
    return sorted(made)


def forest(rows: Rows, *, theme: Theme, currency: str, narrow: bool = False, credible: bool = True, **_: Any) -> Any:
    """Estimates with their ranges, one a line: rows of label, value, low, high, credible; pale: not to be believed."""
    import altair as alt

    def said(name: str) -> str:
        return money_label(currency, f"datum.{name}")

    order = [row["label"] for row in rows]
    y = alt.Y("label:N", sort=order, axis=alt.Axis(title=None, labelLimit=130 if narrow else 260, labelOverlap=False))
    base = alt.Chart(data(rows)).transform_calculate(
        shown=f"{said('value')} + ' (' + {said('low')} + ' to ' + {said('high')} + ')'",
        kind="datum.value < 0 ? 'loss' : 'gain'",
    )
    colour = alt.Color(
        "kind:N", scale=alt.Scale(domain=["gain", "loss"], range=[theme.profit, theme.loss]), legend=None
    )
    pale = alt.condition("datum.credible", alt.value(1), alt.value(0.35)) if credible else alt.value(1)
    tip = [alt.Tooltip("label:N", title="What"), alt.Tooltip("shown:N", title="Estimate")]
    zero = alt.Chart(data([{"zero": 0}])).mark_rule(strokeWidth=1.5).encode(x="zero:Q")
    ranges = base.mark_rule(strokeWidth=2).encode(
        y=y,
        x=alt.X("low:Q", axis=money_axis(currency, orient="top")),
        x2="high:Q",
        color=colour,
        opacity=pale,
        tooltip=tip,
    )
    points = base.mark_point(filled=True, size=70).encode(y=y, x="value:Q", color=colour, opacity=pale, tooltip=tip)
    return (zero + ranges + points).properties(height=max(60, 24 * len(rows)))


def ranked(rows: Rows, *, theme: Theme, currency: str, narrow: bool = False, **_: Any) -> Any:
    """Members by an amount, one bar each: rows of label, value."""
    import altair as alt

    order = [row["label"] for row in rows]
    y = alt.Y("label:N", sort=order, axis=alt.Axis(title=None, labelLimit=110 if narrow else 220, labelOverlap=False))
    base = alt.Chart(data(rows)).transform_calculate(
        shown=money_label(currency, "datum.value"), kind="datum.value < 0 ? 'loss' : 'gain'", edge="max(datum.value, 0)"
    )
    bars = base.mark_bar(cornerRadius=2, height={"band": 0.62}).encode(
        y=y,
        x=alt.X("value:Q", axis=None, scale=alt.Scale(padding=40)),
        color=alt.Color(
            "kind:N", scale=alt.Scale(domain=["gain", "loss"], range=[theme.profit, theme.loss]), legend=None
        ),
    )
    texts = base.mark_text(align="left", dx=6, color=theme.ink).encode(y=y, x="edge:Q", text="shown:N")
    return (bars + texts).properties(height=24 * max(2, len(rows)))
