"""Build SQL models into Parquet files, one after the other, using again what has not changed.

A model's fingerprint is the hash of its compiled statement and of the fingerprints of what it reads: the same
fingerprint in an earlier run means the same rows, so that run's file is linked instead of built.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from sqlglot import exp

from profithunt.engine.compiler import Value, compile_model, compile_sql, dependencies
from profithunt.engine.engine import AnyEngine, Span
from profithunt.engine.model import Model
from profithunt.engine.runs import table_files
from profithunt.errors import ModelError

Report = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Built:
    """One table of a run: rows, seconds, fingerprint, and whether it was taken over from an earlier run."""

    name: str
    rows: int
    seconds: float
    fingerprint: str
    reused: bool


@dataclass(frozen=True)
class Settings:
    """What models are compiled with, and how their rows are stored.

    `values` for `$name`, `lists` for `X_EACH`, `parts` for `X_PART`; `ordered` stores tables in order of their key.
    """

    values: Mapping[str, Value]
    lists: Mapping[str, tuple[str, ...]]
    parts: Mapping[str, exp.Expr]
    ordered: bool = True


@dataclass(frozen=True)
class Spans:
    """How models whose `dirty_key` is `key` are built: a span of keys at a time, so that each fits in memory."""

    key: str
    spans: Sequence[Span]


WHOLE: Final = Spans("", [(None, None)])


@dataclass(frozen=True)
class Earlier:
    """Tables of an earlier run that may be used again: its folder and the fingerprint of each."""

    folder: Path
    fingerprints: Mapping[str, str]


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
    span by span.
    `fingerprints` holds those of the tables that are there; it is filled with those of the models. Raises ModelError
    when a check of a model fails.
    """
    todo = _plan(engine, list(models), settings, fingerprints, earlier, also)
    builder = _Builder(engine, out, settings, earlier, report, sum(step.needed for step in todo))
    in_spans = [step for step in todo if step.needed and len(spans.spans) > 1 and step.model.dirty_key == spans.key]
    first, last = _around(todo, in_spans)
    for step in first:
        builder.build(step)
    if in_spans:
        builder.build_in_spans(in_spans, spans)
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
    steps = _plan(engine, list(models), settings, dict(fingerprints), earlier, ())
    return all(step.reused for step in steps if step.needed)


@dataclass(frozen=True)
class _Step:
    """A model with its statement, what it reads, its fingerprint, and whether it must be built or taken over."""

    model: Model
    sql: str
    reads: frozenset[str]
    fingerprint: str
    reused: bool
    needed: bool


def _plan(
    engine: AnyEngine,
    models: list[Model],
    settings: Settings,
    fingerprints: dict[str, str],
    earlier: Earlier | None,
    also: Collection[str],
) -> list[_Step]:
    steps = []
    for model in models:
        sql = compile_model(model, parts=settings.parts, lists=settings.lists, values=settings.values)
        reads = frozenset(dependencies(model.sql, model.name))
        inputs = (f"{name}={fingerprints[name]}" for name in sorted(reads))
        key = "\n".join([engine.version, str(settings.ordered), sql, *inputs])
        fingerprint = hashlib.sha256(key.encode()).hexdigest()
        fingerprints[model.name] = fingerprint
        kept = model.kind == "table" and not model.working
        reused = kept and earlier is not None and earlier.fingerprints.get(model.name) == fingerprint
        steps.append(_Step(model, sql, reads, fingerprint, reused, needed=kept))
    # From the last to the first: a step in between is needed where something that is not taken over reads it.
    wanted = set(also)
    planned = []
    for step in reversed(steps):
        needed = step.needed or step.model.name in wanted
        if needed and not step.reused:
            wanted |= step.reads
        planned.append(replace(step, needed=needed))
    return planned[::-1]


def _around(todo: list[_Step], in_spans: list[_Step]) -> tuple[list[_Step], list[_Step]]:
    """What is built before the models in spans and what after. Raises ModelError where one would be both."""
    spanned = {step.model.name for step in in_spans}
    after: set[str] = set()
    first, last = [], []
    for step in todo:
        if step.model.name in spanned:
            if step.reads & after:
                raise ModelError(
                    f"reads {min(step.reads & after)}, which itself needs {min(spanned)}", where=step.model.name
                )
        elif step.reads & (spanned | after):
            after.add(step.model.name)
            last.append(step)
        else:
            first.append(step)
    return first, last


@dataclass
class _Builder:
    """Builds steps one after the other and keeps what came of each."""

    engine: AnyEngine
    out: Path
    settings: Settings
    earlier: Earlier | None
    report: Report | None
    total: int
    built: list[Built] = field(default_factory=list)
    done: int = 0

    def build(self, step: _Step) -> None:
        """Build or take over one model, whole."""
        if not step.needed:
            return
        start = time.perf_counter()
        self._say(step.model.name)
        if step.reused and self.earlier is not None:
            files = take_over(self.earlier.folder, self.out, step.model.name)
            self.engine.attach_parquet(step.model.name, files)
        else:
            self._make(step, self.out / f"{step.model.name}.parquet")
            self._check(step.model)
        self.done += 1
        self._keep(step, time.perf_counter() - start)

    def build_in_spans(self, steps: list[_Step], spans: Spans) -> None:
        """Build models span by span; what one of them reads shows only the keys of the span."""
        made = [step for step in steps if not step.reused]
        names = {step.model.name for step in steps}
        seconds = dict.fromkeys(names, 0.0)
        keyed = (
            [
                name
                for name in sorted(set().union(*(step.reads for step in made)) - names)
                if spans.key in self.engine.columns(name)
            ]
            if made
            else []
        )
        for number, span in enumerate(spans.spans if made else (), 1):
            with self.engine.part(keyed, spans.key, span):
                for step in made:
                    start = time.perf_counter()
                    self._say(f"{step.model.name} {number}/{len(spans.spans)}")
                    self._make(step, self.out / step.model.name / f"{number:04}.parquet")
                    seconds[step.model.name] += time.perf_counter() - start
        for step in steps:
            if step.reused or (step.model.kind == "table" and not step.model.working):
                start = time.perf_counter()
                if step.reused and self.earlier is not None:
                    files = take_over(self.earlier.folder, self.out, step.model.name)
                else:
                    files = sorted((self.out / step.model.name).glob("*.parquet"))
                self.engine.attach_parquet(step.model.name, files)
                if not step.reused:
                    self._check(step.model)
                self._keep(step, seconds[step.model.name] + time.perf_counter() - start)
            self.done += 1

    def _make(self, step: _Step, target: Path) -> None:
        model = step.model
        if model.kind == "view":
            self.engine.view(model.name, step.sql)
        elif model.working:
            self.engine.table(model.name, step.sql)
        else:
            target.parent.mkdir(exist_ok=True)
            order_by = model.order_by if self.settings.ordered else ()
            self.engine.write_parquet(step.sql, target, order_by=order_by, any_order=not order_by)
            self.engine.attach_parquet(model.name, target)

    def _say(self, name: str) -> None:
        if self.report:
            self.report(name, self.done, self.total)

    def _keep(self, step: _Step, seconds: float) -> None:
        if step.model.kind == "table" and not step.model.working:
            rows = int(self.engine.value(exp.select(exp.Count(this=exp.Star())).from_(step.model.name)))
            self.built.append(Built(step.model.name, rows, round(seconds, 3), step.fingerprint, step.reused))

    def _check(self, model: Model) -> None:
        _check(self.engine, model, self.settings)


def take_over(earlier: Path, out: Path, name: str) -> list[Path]:
    """Link the files of a table of an earlier run; the links."""
    taken = []
    for source in table_files(earlier).get(name, ()):
        target = out / source.relative_to(earlier)
        target.parent.mkdir(exist_ok=True)
        link(source, target)
        taken.append(target)
    return taken


def link(source: Path, target: Path) -> None:
    """The same file under another name; a copy where the file system has no links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _check(engine: AnyEngine, model: Model, settings: Settings) -> None:
    if model.unique:
        keys = [exp.column(name) for name in model.grain]
        double = exp.select(*keys).from_(model.name).group_by(*keys).having("COUNT(*) > 1").limit(1)
        rows = engine.rows(double)
        if rows:
            raise ModelError(
                f"the key {dict(zip(model.grain, rows[0], strict=True))} stands more than once", where=model.name
            )
    for total in model.totals:
        have = engine.value(exp.select(exp.Sum(this=exp.column(total.column))).from_(model.name))
        want = engine.value(
            compile_sql(
                total.equals, lists=settings.lists, values=settings.values, parts=settings.parts, where=model.name
            )
        )
        if (have or 0) != (want or 0):
            raise ModelError(
                f"its {total.column} adds up to {have}, which is not the control total {want}", where=model.name
            )
