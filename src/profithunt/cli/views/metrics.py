"""Metrics in the terminal: the dictionary, the figures of one, and what a weekly review found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from profithunt import fmt
from profithunt.cli.views.tables import heading, listing, table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from profithunt.metrics.definition import Metric
    from profithunt.metrics.reading import Dictionary, MetricFigures
    from profithunt.metrics.review import Review


def dictionary(found: Dictionary) -> list[RenderableType]:
    """All metrics, subject by subject, and what would wake those that sleep."""
    n_all = len(found.awake) + len(found.asleep)
    shown = table("Metric", "Kind", "Owner", "What")
    subject = ""
    for metric in found.awake:
        if metric.subject != subject:
            subject = metric.subject
            shown.add_row(f"[{subject}]")
        shown.add_row(metric.name, metric.kind, metric.owner.replace("_", " "), metric.what)
    parts: list[RenderableType] = [
        heading("Metrics", f"{len(found.awake)} of {fmt.counted(n_all, 'metric')} are awake."),
        shown,
    ]
    wakes: dict[str, list[str]] = {}
    for item in found.asleep:
        wakes.setdefault(item.wakes, []).append(item.metric.name)
    if wakes:
        parts.append(
            listing("Asleep, until there is", [f"{need}: {', '.join(names)}" for need, names in wakes.items()])
        )
    return parts


def figures(found: MetricFigures, currency: str, top: int) -> list[RenderableType]:
    """A metric's definition and its figures, newest first."""
    metric = found.metric
    columns = [found.grain.capitalize(), *([found.by.replace("_", " ").capitalize()] if found.by else []), metric.title]
    rate = ["Numerator", "Denominator"] if metric.is_rate else []
    shown = table(*columns, *rate, "Days missing", right=(metric.title, *rate, "Days missing"))
    rows = sorted(found.figures, key=lambda one: (one.period.start, one.n_rows), reverse=True)
    for one in rows[: top * (5 if found.by else 1)]:
        period = one.period.label if found.grain != "week" else f"{one.period.year} {one.period.label}"
        cells = [period, *([str(one.member)] if found.by else []), fmt.measured(one.value, metric.unit, currency)]
        cells += [fmt.number(one.numerator), fmt.number(one.denominator)] if rate else []
        shown.add_row(*cells, str(one.n_missing) if one.n_missing else "")
    more = len(rows) - shown.row_count
    parts: list[RenderableType] = [heading(metric.title, metric.what), *_definition(metric), shown]
    if more > 0:
        parts.append(f"… and {fmt.counted(more, 'row')} before; --top shows more, --json all.")
    return parts


def _definition(metric: Metric) -> list[RenderableType]:
    said = (
        f"{metric.metric} ÷ {metric.per}"
        if metric.metric
        else " ÷ ".join(part for part in (metric.numerator, metric.denominator) if part) + f"  over {metric.source}"
    )
    return [listing(f"{metric.kind} · {metric.owner.replace('_', ' ')} · {metric.unit}", [said])]


def review(found: Review, path: Path | None) -> list[RenderableType]:
    """What moved by more than noise in the last week, and where the page is."""
    from profithunt.reports.weekly import finding, span

    last = len(found.weeks) - 1
    moved = [chart for chart in found.charts if any(signal.at == last for signal in chart.signals)]
    shown = table("Metric", "What happened")
    for chart in moved:
        shown.add_row(f"{chart.number}. {chart.title}", finding(chart, found))
    said = f"{len(moved)} of {fmt.counted(len(found.charts), 'metric')} moved by more than noise."
    parts: list[RenderableType] = [heading(f"{found.title}, {span(found.weeks[-1])}", said)]
    if moved:
        parts.append(shown)
    if found.problems:
        parts.append(listing("About this deck", list(found.problems)))
    if path is not None:
        parts.append(str(path))
    return parts
