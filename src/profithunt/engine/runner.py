"""Build SQL models into Parquet files, one after the other, using again what has not changed.

A model's fingerprint is the hash of its compiled statement and of the fingerprints of what it reads: the same
fingerprint in an earlier run means the same rows, so that run's file is linked instead of built.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlglot import exp

from profithunt.engine.compiler import Value, compile_model, compile_sql, dependencies
from profithunt.engine.duck import Engine
from profithunt.engine.model import Model
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
    """What models are compiled with.

    `values` for `$name`, `lists` for `X_EACH`, `parts` for `X_PART`; `ordered` stores tables in order of their key.
    """

    values: Mapping[str, Value]
    lists: Mapping[str, tuple[str, ...]]
    parts: Mapping[str, exp.Expr]
    ordered: bool = True


@dataclass(frozen=True)
class Earlier:
    """Tables of an earlier run that may be used again: its folder and the fingerprint of each."""

    folder: Path
    fingerprints: Mapping[str, str]


def build(
    engine: Engine,
    models: Iterable[Model],
    out: Path,
    *,
    settings: Settings,
    fingerprints: dict[str, str],
    earlier: Earlier | None = None,
    report: Report | None = None,
) -> list[Built]:
    """Build models in the order given into `out/<name>.parquet` and attach each under its name.

    `fingerprints` holds those of the tables that are there; it is filled with those of the models. Raises ModelError
    when a check of a model fails.
    """
    todo = list(models)
    built = []
    for number, model in enumerate(todo):
        if report:
            report(model.name, number, len(todo))
        built.append(_build_one(engine, model, out, settings, fingerprints, earlier))
    if report:
        report("", len(todo), len(todo))
    return [item for item in built if item is not None]


def _build_one(
    engine: Engine,
    model: Model,
    out: Path,
    settings: Settings,
    fingerprints: dict[str, str],
    earlier: Earlier | None,
) -> Built | None:
    start = time.perf_counter()
    sql = compile_model(model, parts=settings.parts, lists=settings.lists, values=settings.values)
    reads = sorted(dependencies(model.sql, model.name))
    key = "\n".join([engine.version, str(settings.ordered), sql, *(f"{name}={fingerprints[name]}" for name in reads)])
    fingerprint = hashlib.sha256(key.encode()).hexdigest()
    fingerprints[model.name] = fingerprint
    if model.kind == "view":
        engine.view(model.name, sql)
        return None
    target = out / f"{model.name}.parquet"
    reused = earlier is not None and earlier.fingerprints.get(model.name) == fingerprint
    if reused and earlier is not None:
        link(earlier.folder / target.name, target)
        engine.attach_parquet(model.name, target)
    else:
        order_by = model.order_by if settings.ordered else ()
        engine.write_parquet(sql, target, order_by=order_by, any_order=not order_by)
        engine.attach_parquet(model.name, target)
        _check(engine, model, settings)
    rows = int(engine.value(exp.select(exp.Count(this=exp.Star())).from_(model.name)))
    return Built(model.name, rows, round(time.perf_counter() - start, 3), fingerprint, reused)


def link(source: Path, target: Path) -> None:
    """The same file under another name; a copy where the file system has no links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _check(engine: Engine, model: Model, settings: Settings) -> None:
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
