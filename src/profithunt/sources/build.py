"""The canonical build: every source read, mapped, typed, settled by key, checked, and written as Parquet.

`build` writes `<table>.parquet` for each canonical table that has a source, and `quarantine.parquet` with every row
that was set aside: table, file, row, column, reason, value, money (shop currency), record (JSON).
"""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sqlglot import exp

from profithunt.engine import Engine
from profithunt.errors import EngineError, SourceError
from profithunt.schema import TABLES, Table
from profithunt.sources import keys, survey
from profithunt.sources.evidence import Evidence
from profithunt.sources.found import find
from profithunt.sources.health import BuildResult, InputFile, TableHealth, capabilities
from profithunt.sources.keys import Settled
from profithunt.sources.mapping import Mapping, of
from profithunt.sources.memory import FileMark, Memory, TableMark, digest, is_plain, key_of_settings, packed, program
from profithunt.sources.opened import FILE, Opened, Openings
from profithunt.sources.privacy import Privacy
from profithunt.sources.quarantine import Quarantine
from profithunt.sources.raw import ROW
from profithunt.sources.rules import rules_of
from profithunt.sources.shape import PROBLEM, Shaping, columns_of, good_only, shaped
from profithunt.sources.templates import column, named, table, text, union_all
from profithunt.sources.typed import Settings, reading
from profithunt.sources.workplace import Workplace

if TYPE_CHECKING:
    from profithunt.config import ShopConfig, Source
    from profithunt.sources.typed import Reading


class Progress(Protocol):
    """Told of each table as it is built."""

    def step(self, name: str, done: int, total: int) -> None:
        """`done` of `total` steps are finished; `name` comes next."""


def build(config: ShopConfig, engine: Engine, out: Path, progress: Progress | None = None) -> BuildResult:
    """Build the canonical tables of a shop into the folder `out`.

    Raises SourceError when a source can't be read at all, with one sentence that says which and what to do.
    """
    if not config.sources:
        raise SourceError(
            "no source is named",
            where=str(config.folder / "shop.toml"),
            expected="a [[sources]] for each export",
            do="let profithunt init DIR --from FOLDER propose them",
        )
    out.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="sources-", dir=out))
    try:
        return Build(config, engine, out, work).run(progress)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def check(config: ShopConfig, engine: Engine, progress: Progress | None = None) -> BuildResult:
    """The same without keeping anything: only what a build would find."""
    with tempfile.TemporaryDirectory(prefix="profithunt-check-") as folder:
        return build(config, engine, Path(folder), progress)


@dataclass
class Part:
    """One source of a table, opened and checked."""

    source: Source
    opened: Opened
    mapping: Mapping


@dataclass
class Build:
    """One build: the tables of a shop, in their order, each read whole."""

    config: ShopConfig
    engine: Engine
    out: Path
    work: Path
    written: dict[str, Path] = field(default_factory=dict)
    tables: dict[str, TableHealth] = field(default_factory=dict)
    marks: dict[str, TableMark] = field(default_factory=dict)
    known: dict[str, survey.Known] = field(default_factory=dict)
    styles: dict[str, tuple[dict[str, Any], ...]] = field(default_factory=dict)
    as_of: dt.date | None = None

    def run(self, progress: Progress | None) -> BuildResult:
        """Build every table that has a source. Raises SourceError."""
        limits = self.config.limits
        self.place = Workplace(self.engine, self.config.folder, self.work, limits.max_file_bytes, limits.max_line_bytes)
        self.openings = Openings(self.place)
        self.evidence = Evidence(self.engine)
        self.privacy = Privacy(self.config.folder, self.engine)
        self.quarantine = Quarantine(self.place, self.privacy)
        self.as_of = self.config.shop.as_of
        self.currencies = {self.config.shop.currency.upper()}
        self.currencies |= {(rate.member or "").upper() for rate in self.config.cost_rates if rate.kind == "exchange"}
        named_once = list({repr(item): item for item in self.config.sources}.values())
        feeds = {name: [item for item in named_once if item.table == name] for name in TABLES}
        order = ["cost_rates", *(name for name in TABLES if name != "cost_rates")]
        todo = [name for name in order if feeds[name]]
        try:
            for done, name in enumerate(todo):
                if progress is not None:
                    progress.step(f"reading {name}", done, len(todo))
                self._table(TABLES[name], feeds[name])
            if progress is not None:
                progress.step("checking references", len(todo), len(todo))
            return self._result()
        finally:
            self._forget()

    def _forget(self) -> None:
        for name in self.written:
            with suppress(EngineError):
                self.engine.drop(f"_built_{name}")
        self.place.forget()

    def _table(self, canonical: Table, sources: list[Source]) -> None:
        parts = [part for source in sources if (part := self._part(source, canonical)) is not None]
        if not parts:
            return
        try:
            self._build(canonical, parts)
        except EngineError as error:
            names = ", ".join(dict.fromkeys(raw.name for part in parts for raw in part.opened.files))
            raise SourceError(
                f"can't be built ({error.what[:200]})", where=f"{names[:200]} ({canonical.name})"
            ) from error

    def _part(self, source: Source, canonical: Table) -> Part | None:
        opened = self.openings.open(source)
        if opened is None:
            return None
        return Part(source, opened, of(source, opened, rules_of(canonical.name).generated))

    def _build(self, canonical: Table, parts: list[Part]) -> None:
        extras = tuple(
            dict.fromkeys(name for part in parts for name in part.mapping.names if name not in canonical.columns)
        )
        names = columns_of(canonical, extras)
        rows, notes = self._rows(canonical, parts, extras)
        files = list({raw.name: raw for part in parts for raw in part.opened.files}.values())
        for raw in files:
            self.quarantine.add_broken(canonical.name, raw)
        self.quarantine.add_problems(canonical.name, rows)
        rows = self._with_orders(canonical, rows, names)
        mapped = {name for part in parts for name in part.mapping.names}
        settled = keys.settle(rows, canonical, names, mapped, len(files), self.place)
        if settled.conflicts:
            self.quarantine.add_conflicts(canonical.name, settled.relation, names, canonical.key)
        read = sum(raw.rows for raw in files)
        path = self.out / f"{canonical.name}.parquet"
        count = self._write(settled, canonical, names, path, read)
        self.written[canonical.name] = path
        self.engine.attach_parquet(f"_built_{canonical.name}", path)
        if canonical.name == "cost_rates":
            self._add_currencies()
        span, filled = survey.counted(self.engine, canonical)
        health = survey.health_of(
            canonical.name, len(files), read, count, settled.duplicates, tuple(notes), span, filled
        )
        self.tables[canonical.name] = health
        if all(is_plain(part.source) for part in parts):
            self.marks[canonical.name] = TableMark(
                files=self._files_of(parts),
                sources=self.styles[canonical.name],
                read=read,
                kept=count,
                duplicates=settled.duplicates,
                conflicts=settled.conflicts,
                filled=filled,
                notes=tuple(notes),
                ordered=read <= self.config.runs.sort_rows_max,
            )

    def _files_of(self, parts: list[Part]) -> tuple[FileMark, ...]:
        """The files of some sources, each with what tells whether it is the same next time."""
        found: dict[str, FileMark] = {}
        for part in parts:
            digests = {raw.name: raw.sha256 for raw in part.opened.files}
            where = f"source of {part.source.table}"
            for hit in find(part.source.files or [], self.config.folder, where=where, optional=part.source.optional):
                sha256 = digests.get(hit.name) or digest(hit.path, {})
                found[hit.name] = FileMark.of(hit.name, hit.path, sha256)
        return tuple(found.values())

    def _rows(self, canonical: Table, parts: list[Part], extras: tuple[str, ...]) -> tuple[str, list[str]]:
        """The shaped rows of all sources as one relation; those read from text are worked out once."""
        queries: list[exp.Query] = []
        notes: list[str] = []
        settings = Settings(self.config.shop.timezone, self.config.shop.currency, frozenset(self.currencies))
        for part in parts:
            how = reading(part.mapping, part.opened, part.source.parse, self.evidence, settings)
            self.styles[canonical.name] = (*self.styles.get(canonical.name, ()), self._style(part, how))
            notes += survey.reading_notes(how)
            relation = self._without_overlaps(canonical, part)
            shaping = Shaping(part.mapping, how, extras, part.source.group, relation)
            query = shaped(shaping)
            if how.numbers or how.times or part.source.group or self._has_problems(query):
                stored, _ = self.place.store(query, "shaped")
                query = exp.select("*").from_(stored)
            else:
                query = good_only(shaping)
            queries.append(query)
        name = self.place.name("shaped")
        wrapped = [exp.select("*").from_(query.subquery("s", copy=False)) for query in queries]
        self.engine.view(name, union_all(wrapped))
        return name, notes

    def _style(self, part: Part, how: Reading) -> dict[str, Any]:
        """How a source was read, and the counts that this rests on, as plain data."""
        read = {"columns": list(part.opened.columns.items()), "numbers": how.numbers, "times": how.times}
        return {"style": repr([*read.values(), how.kinds]), "evidence": packed(*self.evidence.used)}

    def _has_problems(self, query: exp.Query) -> bool:
        bad = exp.Is(this=column(PROBLEM), expression=exp.null()).not_()
        return bool(self.engine.rows(exp.select(exp.Literal.number(1)).from_(query.subquery("s")).where(bad).limit(1)))

    def _without_overlaps(self, canonical: Table, part: Part) -> str:
        """For a source that groups: raw rows without those that overlapping extracts repeat."""
        if not part.source.group or len(part.opened.files) < 2:
            return part.opened.name
        content = list(part.opened.columns)
        first = canonical.key[0] if canonical.key else ""
        key = next((item.tree.name for item in part.mapping.fields if item.name == first), None)
        if not keys.overlapping(part.opened.name, content, key, self.place):
            return part.opened.name
        collapsed = keys.collapse(part.opened.name, content, self.place)
        name = self.place.name("distinct")
        own = [column(item) for item in (*content, FILE, ROW, "_extract")]
        keep = column(keys.VERDICT).eq(text(keys.KEEP))
        self.engine.view(name, exp.select(*own).from_(table(collapsed.relation)).where(keep))
        return name

    def _with_orders(self, canonical: Table, rows: str, names: list[str]) -> str:
        """Order lines whose order is there; the others are set aside."""
        if canonical.name != "order_lines" or "orders" not in self.written:
            return rows
        orders = exp.select("order_id").from_("_built_orders").subquery("o", copy=False)
        found = exp.column("order_id", table="l").eq(exp.column("order_id", table="o"))
        good = exp.Is(this=exp.column(PROBLEM, table="l"), expression=exp.null())
        base = exp.select("l.*").from_(exp.alias_(table(rows), "l", table=True)).where(good)
        lost = base.join(orders, on=found, join_type="anti", copy=True)
        if not self.engine.value(exp.select(exp.Count(this=exp.Star())).from_(lost.subquery("lost", copy=False))):
            return rows
        orphans, lines = self.place.name("orphans"), self.place.name("lines")
        self.engine.view(orphans, lost)
        self.quarantine.add_orphans(orphans, names)
        self.engine.view(lines, base.join(orders, on=found, join_type="semi", copy=True))
        return lines

    def _write(self, settled: Settled, canonical: Table, names: list[str], path: Path, most: int) -> int:
        """Write one row per key; tables up to the set size in the order of their key. The rows written."""
        query = exp.select(*(column(name) for name in (*names, FILE, ROW))).from_(table(settled.relation))
        if settled.has_verdict:
            query = query.where(column(keys.VERDICT).eq(text(keys.KEEP)))
        query = self.privacy.rows(query, canonical, names)
        order = (canonical.key or names) if most <= self.config.runs.sort_rows_max else ()
        return self.engine.write_parquet(query, path, order_by=list(order))

    def _add_currencies(self) -> None:
        query = (
            exp.select(named(exp.Upper(this=column("member")), "member"))
            .from_("_built_cost_rates")
            .where(column("kind").eq(text("exchange")))
        )
        self.currencies |= {str(row[0]) for row in self.engine.rows(query)}

    def _result(self) -> BuildResult:
        filed = self.quarantine.write(self.out / "quarantine.parquet")
        self.as_of = self.as_of or survey.last_order_day(self.engine, self.config, self.written)
        finished = {
            name: survey.completed(
                self.engine, health, filed.get(name), set(self.written), self.as_of, self.known.get(name)
            )
            for name, health in self.tables.items()
        }
        ordered = {name: finished[name] for name in TABLES if name in finished}
        present = {
            name: [item for item, share in health.null_share.items() if share < 1]
            for name, health in ordered.items()
            if health.rows_kept
        }
        rows, money = self.quarantine.total()
        return BuildResult(
            ordered, self._inputs(), capabilities(present), self.as_of, rows, money or Decimal(0), self._memory(ordered)
        )

    def _inputs(self) -> list[InputFile]:
        return [InputFile(raw.name, raw.sha256, raw.size, raw.rows) for raw in self.openings.inputs]

    def _memory(self, finished: dict[str, TableHealth]) -> Memory:
        """What the next build may go by."""
        made_with = (program(), self.engine.version)
        tables = {
            name: replace(mark, orphans={item.column: (item.rows, item.filled) for item in finished[name].orphans})
            for name, mark in self.marks.items()
        }
        return Memory(key_of_settings(self.config, made_with), sorted(self.currencies), tables)
