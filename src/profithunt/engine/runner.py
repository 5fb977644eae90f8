"""Build SQL models into Parquet files, one after the other, using again what has not changed.

A model's fingerprint is the hash of its compiled statement and of the fingerprints of what it reads: the same
fingerprint in an earlier run means the same rows, so that run's file is linked instead of built. Where only some rows
of what it reads changed, a model that says by which key is refreshed for these keys (`engine/refresh.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from profithunt.engine.builder import Builder, around
from profithunt.engine.duck import Engine
from profithunt.engine.engine import AnyEngine
from profithunt.engine.model import Model
from profithunt.engine.refresh import Refresher
from profithunt.engine.steps import WHOLE, Built, Earlier, Report, Settings, Spans, link, plan, take_over

__all__ = [
    "WHOLE",
    "Built",
    "Earlier",
    "Report",
    "Settings",
    "Spans",
    "build",
    "link",
    "take_over",
    "unchanged",
]


def build(
    engine: AnyEngine,
    models: Iterable[Model],
    out: Path,
    *,
    settings: Settings,
    fingerprints: dict[str, str],
    earlier: Earlier | None = None,
    report: Report | None = None,
    spans: Spans = WHOLE,
    also: Collection[str] = (),
) -> list[Built]:
    """Build models in the order given into `out/<name>.parquet` and attach each under its name.

    With several spans, models of their key become `out/<name>/<part>.parquet`. Working tables are made where a table
    that is not taken over needs them, or `also` names them, and are there until the engine closes, but for those made
    span by span. Tables that are not ordered are refreshed where `earlier` allows it.
    `fingerprints` holds those of the tables that are there; it is filled with those of the models. Raises ModelError
    when a check of a model fails.
    """
    todo = plan(engine, list(models), settings, fingerprints, earlier, also)
    if earlier is not None and earlier.statements and not settings.ordered and isinstance(engine, Engine):
        refresher = Refresher(engine, out, settings, earlier, report, spans, fingerprints={**fingerprints})
        return refresher.run(todo, also)
    builder = Builder(engine, out, settings, earlier, report, spans)
    builder.total = sum(step.needed for step in todo)
    in_spans = [step for step in todo if step.needed and builder.in_spans(step)]
    first, last = around(todo, in_spans)
    for step in first:
        builder.build(step)
    if in_spans:
        builder.build_in_spans(in_spans)
    for step in last:
        builder.build(step)
    if report:
        report("", builder.total, builder.total)
    return builder.built


def unchanged(
    engine: AnyEngine,
    models: Iterable[Model],
    *,
    settings: Settings,
    fingerprints: Mapping[str, str],
    earlier: Earlier | None,
) -> bool:
    """Whether `build` would take over all of these models, so that what they read need not be made."""
    steps = plan(engine, list(models), settings, dict(fingerprints), earlier)
    return all(step.reused for step in steps if step.needed)
