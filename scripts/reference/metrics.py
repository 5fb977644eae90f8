"""The dictionary of metrics, from their definitions, and the sources that they are computed over."""

from __future__ import annotations

from profithunt.metrics import definition
from profithunt.metrics.catalogue import catalogue
from profithunt.metrics.definition import SUBJECTS, Metric, Source
from scripts.reference.markdown import code, document, paragraphs, table

INTRO = """
What `profithunt metrics` shows and the [weekly review](../how-to/weekly-review.md) is made of. A metric whose tables
are missing sleeps, and `metrics` says what would wake it. Rates are summed first, then divided.
[Write a metric of your own](../how-to/own-metric.md) shows how to add one; targets and owners are set in `shop.toml`:

```toml
[metrics.targets]
on_time_rate = 0.95

[metrics.owners]
on_time_rate = "logistics"
```
"""


def page() -> str:
    """The page `metrics.md`."""
    known = catalogue()
    sections = []
    for subject in SUBJECTS:
        metrics = [metric for metric in known.metrics.values() if metric.subject == subject]
        rows = (
            [
                f"{code(metric.name)}<br>{metric.what}",
                _formula(metric),
                f"{metric.unit}, {metric.direction}" if metric.direction != "none" else metric.unit,
                f"{metric.kind}, {metric.owner.replace('_', ' ')}",
                code(metric.parent or ""),
                ", ".join(code(name) for name in known.dimensions(metric)),
            ]
            for metric in metrics
        )
        heads = ["metric", "is", "unit, better", "kind, owner", "below", "can be cut by"]
        sections.append(f"## {subject.capitalize()}\n\n{table(heads, rows)}")
    return document(
        "Metrics",
        "`src/profithunt/metrics/catalogue/` and `src/profithunt/metrics/sources/`",
        INTRO,
        *sections,
        "## Definition of a metric",
        paragraphs(definition.__doc__).split("\n\n", maxsplit=1)[1],
        "## Sources",
        *(_source(source) for source in known.sources.values()),
    )


def _formula(metric: Metric) -> str:
    if metric.metric:
        return f"{code(metric.metric)} ÷ {code(metric.per or '')}"
    parts = [code(part) for part in (metric.numerator, metric.denominator) if part]
    how = "" if metric.aggregation in ("sum", "ratio") else f", {metric.aggregation} day"
    scale = f" × {metric.scale:,.0f}" if metric.scale != 1 else ""
    goal = f"; target {metric.target:g}" if metric.target is not None else ""
    return f"{' ÷ '.join(parts)}{scale} over {code(metric.source or '')}{how}{goal}"


def _source(source: Source) -> str:
    needs = ", ".join(code(need) for need in source.needs)
    stored = ", ".join(code(name) for name in source.dimensions) or "none"
    live = ", ".join(code(name) for name in source.live) or "none"
    facts = f"{source.what} Needs {needs}. Stored by day and by {stored}; also by {live}."
    rows = ([code(name), meaning] for name, meaning in source.columns.items())
    return f"### {source.name}\n\n{facts}\n\n{table(['column', 'meaning'], rows)}"
