"""What it takes to build a run's models: the statement of each, what it reads, and which must be made at all."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from sqlglot import exp

from profithunt.engine.compiler import Value, compile_model, dependencies
from profithunt.engine.engine import AnyEngine, Span
from profithunt.engine.model import Model
from profithunt.engine.runs import table_files

Report = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Built:
    """One table of a run: rows, seconds, fingerprint, and whether it was taken over from an earlier run.

    `statement` is the hash of its compiled statement alone. `refreshed` counts the keys that were built anew where the
    rest was taken over; `why` says why it was built whole although there was an earlier run.
    """

    name: str
    rows: int
    seconds: float
    fingerprint: str
    reused: bool
    statement: str = ""
    refreshed: int | None = None
    why: str | None = None


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
    """How models whose `dirty_key` is `key` are built: a span of keys at a time, so that each fits in memory.

    About `number` spans that hold about the same number of rows of `table`.
    """

    key: str
    table: str
    number: int

    def of(self, engine: AnyEngine) -> list[Span]:
        """The spans: the keys they begin and end with."""
        found: list[Span] = [(None, None)]
        if self.number > 1:
            found = engine.spans(self.table, self.key, self.number)
        if len(found) == 1:
            return found
        # What has no key is a part of its own: it changes more often than the rest.
        return [(None, ""), ("", found[0][1]), *found[1:]]


WHOLE: Final = Spans("", "", 1)


@dataclass(frozen=True)
class Earlier:
    """Tables of an earlier run that may be used again: its folder and the fingerprint of each.

    With `statements`, the hash of each table's compiled statement, tables whose inputs changed are refreshed.
    """

    folder: Path
    fingerprints: Mapping[str, str]
    statements: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """A model with its statement, what it reads, its fingerprint, and whether it must be built or taken over.

    `bases` are the tables that it comes from: what it reads, with views and working tables followed to what they read.
    `statement` is the hash of its statement and of theirs.
    """

    model: Model
    sql: str
    reads: frozenset[str]
    bases: frozenset[str]
    statement: str
    fingerprint: str
    reused: bool
    needed: bool

    @property
    def kept(self) -> bool:
        """Whether the run keeps its rows."""
        return self.model.kind == "table" and not self.model.working


def plan(
    engine: AnyEngine,
    models: Sequence[Model],
    settings: Settings,
    fingerprints: dict[str, str],
    earlier: Earlier | None,
    also: Collection[str] = (),
) -> list[Step]:
    """The steps of these models in their order; `also` are wanted whoever reads them. Fills `fingerprints`."""
    steps: list[Step] = []
    between: dict[str, Step] = {}
    for model in models:
        sql = compile_model(model, parts=settings.parts, lists=settings.lists, values=settings.values)
        reads = frozenset(dependencies(model.sql, model.name))
        inputs = (f"{name}={fingerprints[name]}" for name in sorted(reads))
        statement = "\n".join([engine.version, str(settings.ordered), sql])
        fingerprint = _hash("\n".join([statement, *inputs]))
        fingerprints[model.name] = fingerprint
        followed = [between[name] for name in sorted(reads) if name in between]
        bases = (reads - set(between)).union(*(step.bases for step in followed))
        statement = _hash("\n".join([statement, *(step.statement for step in followed)]))
        kept = model.kind == "table" and not model.working
        reused = kept and earlier is not None and earlier.fingerprints.get(model.name) == fingerprint
        step = Step(model, sql, reads, bases, statement, fingerprint, reused, needed=kept)
        steps.append(step)
        if not kept:
            between[model.name] = step
    # From the last to the first: a step in between is needed where something that is not taken over reads it.
    wanted = set(also)
    planned = []
    for step in reversed(steps):
        needed = step.needed or step.model.name in wanted
        if needed and not step.reused:
            wanted |= step.reads
        planned.append(replace(step, needed=needed))
    return planned[::-1]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


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
