"""Charts of profit over steps and periods: the waterfall, columns of months, a control chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from profithunt.charts.vega import COUNT_LABEL, Theme, data, money_axis, money_label

Rows = Sequence[Mapping[str, Any]]


def waterfall(rows: Rows, *, theme: Theme, currency: str, narrow: bool = False, **_: Any) -> Any:
    """From list sales to contribution profit: rows of label, start, end, amount, kind; lies down on a phone."""
    import altair as alt

    if not narrow:
        rows = merged(rows)
    order = [row["label"] for row in rows]
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=["gain", "loss", "total"], range=[theme.profit, theme.loss, theme.total]),
        legend=None,
    )
    tip = [alt.Tooltip("label:N", title="Step"), alt.Tooltip("shown:N", title="Amount")]
    base = alt.Chart(data(rows)).transform_calculate(shown=money_label(currency, "datum.amount"))
    base = base.transform_calculate(top="max(datum.start, datum.end)", right="max(datum.start, datum.end)", zero="0")
    step = alt.Axis(title=None, labelAngle=0, labelLimit=150, labelOverlap=False)
    if narrow:
        place = alt.Y("label:N", sort=order, axis=step)
        bars = base.mark_bar(cornerRadius=2, height={"band": 0.62}).encode(
            y=place,
            x=alt.X("start:Q", axis=None, scale=alt.Scale(domain=_room(rows))),
            x2="end:Q",
            color=colour,
            tooltip=tip,
        )
        texts = base.mark_text(align="left", dx=6, color=theme.ink).encode(y=place, x="right:Q", text="shown:N")
        return (bars + texts).properties(height=26 * len(rows))
    wrapped = "split(replace(replace(datum.label, ' and ', ' & '), ', ', ',\\n'), /\\s(?=\\S{3,})/)"
    place_x = alt.X(
        "label:N",
        sort=order,
        axis=alt.Axis(
            title=None,
            labelAngle=0,
            labelExpr=wrapped.replace("datum.label", "datum.value"),
            labelOverlap=False,
            labelLineHeight=14,
        ),
    )
    bars = base.mark_bar(cornerRadius=2, width={"band": 0.62}).encode(
        x=place_x, y=alt.Y("start:Q", axis=money_axis(currency)), y2="end:Q", color=colour, tooltip=tip
    )
    texts = base.mark_text(baseline="bottom", dy=-4, color=theme.ink).encode(x=place_x, y="top:Q", text="shown:N")
    rule = alt.Chart(data([{"zero": 0}])).mark_rule(strokeWidth=1.5).encode(y="zero:Q")
    return bars + rule + texts


def _room(rows: Rows) -> list[float]:
    """From the least to the greatest end of a bar, with room for the amounts behind the bars."""
    ends = [0.0, *(float(row[key]) for row in rows for key in ("start", "end") if row[key] is not None)]
    return [min(ends), min(ends) + (max(ends) - min(ends)) * 1.32 or 1.0]


UNSEEN = "\u200b"
MOST_STEPS = 13
"""Steps whose labels have room beside each other."""


def merged(rows: Rows, most: int = MOST_STEPS) -> list[Mapping[str, Any]]:
    """The steps with the smallest of each stretch between two totals put together as `Other`, until they have room."""
    sizes = sorted(abs(row["amount"] or 0) for row in rows if row["kind"] != "total")
    for least in [0.0, *sizes]:
        made = _merged(rows, least)
        if len(made) <= most:
            return made
    return _merged(rows, float("inf"))


def _merged(rows: Rows, least: float) -> list[Mapping[str, Any]]:
    made: list[Mapping[str, Any]] = []
    stretch: list[Mapping[str, Any]] = []
    for row in rows:
        if row["kind"] != "total":
            stretch.append(row)
            continue
        made += [*_stretch(stretch, least, len(made)), row]
        stretch = []
    return [*made, *_stretch(stretch, least, len(made))]


def _stretch(rows: Rows, least: float, place: int) -> list[Mapping[str, Any]]:
    small = [row for row in rows if abs(row["amount"] or 0) <= least]
    if len(small) < 2:
        return list(rows)
    amount = sum(row["amount"] or 0 for row in small)
    # Each stretch has its own place on the axis: what is not seen tells their labels apart.
    other = {
        "label": f"Other ({len(small)}){UNSEEN * place}",
        "amount": amount,
        "kind": "loss" if amount < 0 else "gain",
    }
    at = rows[0]["start"]
    made: list[Mapping[str, Any]] = []
    for row in [*(row for row in rows if abs(row["amount"] or 0) > least), other]:
        made.append({**row, "start": at, "end": at + (row["amount"] or 0)})
        at += row["amount"] or 0
    return made


def columns(
    rows: Rows,
    *,
    theme: Theme,
    currency: str,
    narrow: bool = False,
    money: bool = True,
    prior: bool = False,
    plan: bool = False,
    **_: Any,
) -> Any:
    """A figure by period: rows of label, value, complete, and prior and plan where there are; incomplete is pale."""
    import altair as alt

    order = [row["label"] for row in rows]
    every = (
        max(1, len(order) // (6 if narrow else 13) + (1 if len(order) % (6 if narrow else 13) else 0))
        if len(order) > (6 if narrow else 13)
        else 1
    )
    shown = [label for place, label in enumerate(order) if (len(order) - 1 - place) % every == 0]
    axis_x = alt.Axis(title=None, labelAngle=0, values=shown, labelOverlap=True)
    text = money_label(currency, "datum.value") if money else "format(datum.value, ',.3~s')"
    base = alt.Chart(data(rows)).transform_calculate(
        kind="(datum.value < 0 ? 'loss' : 'gain') + (datum.complete ? '' : ' (incomplete)')",
        shown=f"datum.value == null ? '–' : {text} + (datum.complete ? '' : ' (incomplete)')",
    )
    axis_y = money_axis(currency) if money else alt.Axis(title=None, tickCount=5, labelExpr=COUNT_LABEL)
    tip = [alt.Tooltip("label:N", title="Period"), alt.Tooltip("shown:N", title="Value")]
    bars = base.mark_bar(cornerRadius=1.5, width={"band": 0.68}).encode(
        x=alt.X("label:N", sort=order, axis=axis_x),
        y=alt.Y("value:Q", axis=axis_y),
        color=alt.Color(
            "kind:N",
            scale=alt.Scale(
                domain=["gain", "loss", "gain (incomplete)", "loss (incomplete)"],
                range=[theme.profit, theme.loss, theme.profit, theme.loss],
            ),
            legend=None,
        ),
        opacity=alt.condition("datum.complete", alt.value(1), alt.value(0.3)),
        tooltip=tip,
    )
    layers = bars + alt.Chart(data([{"zero": 0}])).mark_rule(strokeWidth=1.5).encode(y="zero:Q")
    if prior:
        layers += base.mark_tick(color=theme.prior, thickness=2.5, width={"band": 0.8}).encode(
            x=alt.X("label:N", sort=order),
            y="prior:Q",
            tooltip=[alt.Tooltip("label:N"), alt.Tooltip("prior:Q", title="Year before", format=",.3s")],
        )
    if plan:
        layers += base.mark_point(shape="triangle-up", filled=True, size=46, color=theme.ink, opacity=1).encode(
            x=alt.X("label:N", sort=order),
            y="plan:Q",
            tooltip=[alt.Tooltip("label:N"), alt.Tooltip("plan:Q", title="Plan", format=",.3s")],
        )
    return layers


def control(rows: Rows, *, theme: Theme, currency: str, narrow: bool = False, unit: str = "", **_: Any) -> Any:
    """A control chart: rows of on, value, mean, lower, upper, signal, known; what is beyond the limits is ringed."""
    import altair as alt

    del currency
    base = alt.Chart(data(rows))
    # Limits of a week with few parcels are as wide as can be: the scale is that of the values.
    most = max((row["value"] or 0.0 for row in rows), default=0.0)
    usual = sorted(row["upper"] or 0.0 for row in rows)
    scale = alt.Scale(domain=[0, max(most, usual[len(usual) // 2] if usual else 0.0) * 1.12 or 1], clamp=True)
    x = alt.X("on:T", axis=alt.Axis(title=None, format="%b %y", tickCount=4 if narrow else 6, labelOverlap=True))
    axis = alt.Axis(title=None, tickCount=5, labelExpr=COUNT_LABEL)
    band = base.mark_area(opacity=0.16, color=theme.total, interpolate="step-after").encode(
        x=x, y=alt.Y("lower:Q", axis=axis, scale=scale), y2="upper:Q"
    )
    mean = base.mark_line(color=theme.heavy, strokeDash=[4, 3], strokeWidth=1.2, interpolate="step-after").encode(
        x=x, y="mean:Q"
    )
    line = base.mark_line(color=theme.profit, strokeWidth=1.6, interpolate="monotone").encode(x=x, y="value:Q")
    tip = [alt.Tooltip("on:T", title="From"), alt.Tooltip("value:Q", title=unit or "Value", format=",.3~s")]
    dots = base.mark_circle(color=theme.profit, size=18, opacity=1).encode(x=x, y="value:Q", tooltip=tip)
    rings = (
        base.transform_filter("datum.signal")
        .mark_point(size=130, color=theme.loss, strokeWidth=2)
        .encode(x=x, y="value:Q", tooltip=tip)
    )
    return band + mean + line + dots + rings
