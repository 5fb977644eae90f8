"""The canonical build on top of an earlier one: files that are the same are not read again.

A table whose files are all there as they were is taken over. One that got new files, each newer than all before, is
grown: the new files are read as the old ones were, their rows win over rows of the same key, and parts of the table
without such rows are linked. A table is built whole wherever the new files could change how the old ones are read or
settled: other columns, other styles of numbers or times, keys made from content that is there already, a changed or
removed file, joins, groups, databases. Tables small enough to be sorted are built whole, too.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from profithunt.engine import Engine
from profithunt.engine.runner import link
from profithunt.engine.runs import table_files
from profithunt.errors import EngineError
from profithunt.schema import TABLES, Table
from profithunt.sources import keys, survey
from profithunt.sources.build import Build, Part, Progress
from profithunt.sources.found import Found, find
from profithunt.sources.health import BuildResult, InputFile
from profithunt.sources.keys import Settled
from profithunt.sources.mapping import of
from profithunt.sources.memory import FileMark, Memory, TableMark, digest, is_plain, key_of_settings, program, unpacked
from profithunt.sources.opened import FILE
from profithunt.sources.raw import ROW
from profithunt.sources.rules import rules_of
from profithunt.sources.shape import columns_of
from profithunt.sources.templates import call, column, table, text

if TYPE_CHECKING:
    from profithunt.config import ShopConfig, Source

ORPHANED = "no such order"


def build_on(
    config: ShopConfig,
    engine: Engine,
    out: Path,
    progress: Progress | None,
    former: Memory,
    inputs: list[InputFile],
) -> BuildResult:
    """Build the canonical tables on top of an earlier build that read `inputs`. Raises SourceError."""
    out.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="sources-", dir=out))
    try:
        build = GrowingBuild(config, engine, out, work)
        if former.key == key_of_settings(config, (program(), engine.version)) and former.folder is not None:
            build.former, build.before, build.read_before = former, table_files(former.folder), inputs
        return build.run(progress)
    finally:
        shutil.rmtree(work, ignore_errors=True)


class Whole(Exception):
    """A table can't be grown."""


@dataclass(frozen=True)
class Grown:
    """What the new files of a table bring: settled rows, and what is known of them."""

    part: Part
    settled: Settled
    names: list[str]
    notes: list[str]
    read: int


@dataclass
class GrowingBuild(Build):
    """Builds tables on top of earlier ones where it can."""

    former: Memory | None = None
    before: dict[str, list[Path]] = field(default_factory=dict)
    read_before: list[InputFile] = field(default_factory=list)
    kept_ids: set[str] = field(default_factory=set)
    fresh: dict[str, str | None] = field(default_factory=dict)

    def _table(self, canonical: Table, sources: list[Source]) -> None:
        old = self.former.tables.get(canonical.name) if self.former is not None else None
        if old is not None and self.former is not None and canonical.name in self.before:
            filed = self.quarantine.filed()
            try:
                self._on_top(canonical, sources, old)
            except (Whole, EngineError):
                self.evidence.before = ({}, {})
                self.styles.pop(canonical.name, None)
                self.quarantine.forget(canonical.name, filed)
                shutil.rmtree(self.out / canonical.name, ignore_errors=True)
                (self.out / f"{canonical.name}.parquet").unlink(missing_ok=True)
            else:
                return
        super()._table(canonical, sources)

    def _on_top(self, canonical: Table, sources: list[Source], old: TableMark) -> None:
        former = self.former.currencies if self.former is not None else []
        if canonical.name != "cost_rates" and sorted(self.currencies) != former:
            raise Whole
        if not all(is_plain(source) for source in sources):
            raise Whole
        marks, new = self._new_files(sources, old)
        if canonical.name == "order_lines":
            self._refuse_found_orders()
        if not new:
            self._same(canonical, old, marks)
            return
        if old.ordered or len(sources) != 1 or not old.sources:
            raise Whole
        grown = self._read_new(canonical, sources[0], old, new)
        self._add(canonical, old, grown, marks)

    def _new_files(self, sources: list[Source], old: TableMark) -> tuple[list[FileMark], list[Found]]:
        """Marks of the old files, all there as they were, and the files that came. Raises Whole."""
        hits: dict[str, Found] = {}
        for source in sources:
            where = f"source of {source.table}"
            for hit in find(source.files or [], self.config.folder, where=where, optional=source.optional):
                hits[hit.name] = hit
        known = {mark.stamp: mark.sha256 for mark in old.files if mark.stamp}
        marks = []
        for mark in old.files:
            if mark.name not in hits or digest(hits[mark.name].path, known) != mark.sha256:
                raise Whole
            now = FileMark.of(mark.name, hits[mark.name].path, mark.sha256)
            if now.modified != mark.modified:
                raise Whole
            marks.append(now)
        names = {mark.name for mark in marks}
        new = [hit for name, hit in hits.items() if name not in names]
        last = max((mark.modified for mark in marks), default=0.0)
        if any(hit.path.stat().st_mtime <= last for hit in new):
            raise Whole
        return marks, new

    def _refuse_found_orders(self) -> None:
        """Lines that had no order are read again once it is there; so are all when orders may have gone."""
        if "orders" not in self.written and "orders" not in self.before:
            return
        if "orders" not in self.kept_ids or self.former is None or self.former.folder is None:
            raise Whole
        lost = self.former.folder / "quarantine.parquet"
        orders = exp.select("order_id").from_("_built_orders").subquery("o", copy=False)
        orphaned = (
            exp.select("value")
            .from_(_file(lost))
            .where(column("table").eq(text("order_lines")))
            .where(column("reason").eq(text(ORPHANED)))
            .subquery("q", copy=False)
        )
        on = _of("q", "value").eq(_of("o", "order_id"))
        found = exp.select(exp.Literal.number(1)).from_(orphaned).join(orders, on=on, join_type="semi")
        if self.engine.rows(found.limit(1)):
            raise Whole

    def _same(self, canonical: Table, old: TableMark, marks: list[FileMark]) -> None:
        """Take a table over whose files are what they were."""
        files = [self._linked(canonical.name, path) for path in self.before[canonical.name]]
        self._finish(canonical, files, replace(old, files=tuple(marks)), None)

    def _read_new(self, canonical: Table, source: Source, old: TableMark, new: list[Found]) -> Grown:
        """The settled rows of the new files, read as the old ones were. Raises Whole."""
        opened = self.openings.open(source, new)
        if opened is None:
            raise Whole
        digests = [raw.sha256 for raw in opened.files]
        if len(digests) != len(new) or set(digests) & {mark.sha256 for mark in old.files}:
            raise Whole
        part = Part(source, opened, of(source, opened, rules_of(canonical.name).generated))
        if part.mapping.updated is not None:
            raise Whole
        extras = tuple(name for name in part.mapping.names if name not in canonical.columns)
        names = columns_of(canonical, extras)
        self.evidence.before = unpacked(old.sources[0]["evidence"])
        rows, notes = self._rows(canonical, [part], extras)
        self.evidence.before = ({}, {})
        if self.styles[canonical.name][0]["style"] != old.sources[0]["style"]:
            raise Whole
        for raw in opened.files:
            self.quarantine.add_broken(canonical.name, raw)
        self.quarantine.add_problems(canonical.name, rows)
        rows = self._with_orders(canonical, rows, names)
        mapped = set(part.mapping.names)
        settled = keys.settle(rows, canonical, names, mapped, len(opened.files), self.place)
        if settled.conflicts:
            self.quarantine.add_conflicts(canonical.name, settled.relation, names, canonical.key)
        return Grown(part, settled, names, notes, sum(raw.rows for raw in opened.files))

    def _add(self, canonical: Table, old: TableMark, grown: Grown, marks: list[FileMark]) -> None:
        before = self.before[canonical.name]
        if set(self.engine.describe(_rows_of(before))) != {*grown.names, FILE, ROW}:
            raise Whole
        number = max((int(path.stem) for path in before if path.stem.isdigit()), default=0) + 1
        fresh = self.out / canonical.name / f"{number:04}.parquet"
        fresh.parent.mkdir(exist_ok=True)
        count = self._write(grown.settled, canonical, grown.names, fresh, self.config.runs.sort_rows_max + 1)
        mapped = set(grown.part.mapping.names)
        made = rules_of(canonical.name).generated_key
        if not canonical.key or (made is not None and made not in mapped):
            self._refuse_shared(canonical, grown, mapped, before, fresh)
            replaced = 0
            files = [self._linked(canonical.name, path) for path in before]
            gone: dict[str, int] = {}
        else:
            if made is not None and self._has_null(grown.settled.relation, made):
                raise Whole
            replaced, gone, files = self._replaced(canonical, old, grown.names, before, fresh, number)
        health = {name: self._filled(fresh, name) for name in grown.names}
        mark = TableMark(
            files=(*marks, *self._marks_of(grown.part)),
            sources=self.styles[canonical.name],
            read=old.read + grown.read,
            kept=old.kept - replaced + count,
            duplicates=old.duplicates + grown.settled.duplicates + replaced,
            conflicts=old.conflicts + grown.settled.conflicts,
            filled={name: old.filled.get(name, 0) - gone.get(name, 0) + n for name, n in health.items()},
            notes=tuple(dict.fromkeys((*old.notes, *grown.notes))),
            ordered=False,
            orphans=old.orphans if not replaced else {},
        )
        self._finish(canonical, [*files, fresh], mark, fresh)

    def _marks_of(self, part: Part) -> list[FileMark]:
        where = f"source of {part.source.table}"
        paths = {hit.name: hit.path for hit in find(part.source.files or [], self.config.folder, where=where)}
        return [FileMark.of(raw.name, paths[raw.name], raw.sha256) for raw in part.opened.files]

    def _filled(self, path: Path, name: str) -> int:
        return int(self.engine.value(exp.select(exp.Count(this=column(name))).from_(_file(path))))

    def _has_null(self, rows: str, name: str) -> bool:
        missing = exp.Is(this=column(name), expression=exp.null())
        return bool(self.engine.rows(exp.select(exp.Literal.number(1)).from_(table(rows)).where(missing).limit(1)))

    def _refuse_shared(self, canonical: Table, grown: Grown, mapped: set[str], before: list[Path], fresh: Path) -> None:
        """Keys made from content stand only for what no other file holds. Raises Whole."""
        if grown.settled.has_verdict:
            raise Whole
        content = [name for name in grown.names if name in mapped or name.startswith("extra_")]
        belongs = rules_of(canonical.name).same_in
        by = content
        if belongs is not None and belongs in content and not self._has_null(grown.settled.relation, belongs):
            by = [belongs]
        on = exp.and_(*(exp.NullSafeEQ(this=_of("n", name), expression=_of("o", name)) for name in by))
        shared = (
            exp.select(exp.Literal.number(1))
            .from_(_rows_of([fresh]).subquery("n", copy=False))
            .join(_rows_of(before).subquery("o", copy=False), on=on, join_type="semi")
        )
        if self.engine.rows(shared.limit(1)):
            raise Whole

    def _replaced(
        self, canonical: Table, old: TableMark, names: list[str], before: list[Path], fresh: Path, number: int
    ) -> tuple[int, dict[str, int], list[Path]]:
        """Rows that newer extracts replace: how many, their filled cells, and the parts without them. Raises Whole."""
        on = exp.and_(*(_of("o", key).eq(_of("n", key)) for key in canonical.key))
        wanted = _rows_of([fresh]).subquery("n", copy=False)
        base = exp.select(exp.Column(this=exp.Star(), table=exp.to_identifier("o")))
        counts = [exp.Count(this=exp.Star()), *(exp.Count(this=column(name)) for name in names)]
        opened: list[Path] = []
        replaced, gone = 0, dict.fromkeys(names, 0)
        for path in before:
            hit = base.from_(_rows_of([path]).subquery("o", copy=False)).join(wanted.copy(), on=on, join_type="semi")
            rows, *filled = self.engine.rows(exp.select(*counts).from_(hit.subquery("h")))[0]
            if rows:
                opened.append(path)
                replaced += int(rows)
                gone = {name: gone[name] + int(n) for name, n in zip(names, filled, strict=True)}
        if opened and old.conflicts:
            raise Whole
        files = [self._linked(canonical.name, path) for path in before if path not in opened]
        for at, path in enumerate(opened, 1):
            target = self.out / canonical.name / f"{number + at:04}.parquet"
            rest = base.from_(_rows_of([path]).subquery("o", copy=False)).join(wanted.copy(), on=on, join_type="anti")
            if self.engine.write_parquet(rest, target, any_order=True):
                files.append(target)
            else:
                target.unlink()
        return replaced, gone, files

    def _linked(self, name: str, path: Path) -> Path:
        """A file of the earlier table, linked under its name; one that was all of it becomes a part among others."""
        target = self.out / path.relative_to(self._tables())
        if (self.out / name).is_dir() and target.parent == self.out:
            target = self.out / name / "0000.parquet"
        target.parent.mkdir(exist_ok=True)
        link(path, target)
        return target

    def _tables(self) -> Path:
        if self.former is None or self.former.folder is None:
            raise Whole
        return self.former.folder

    def _finish(self, canonical: Table, files: list[Path], mark: TableMark, fresh: Path | None) -> None:
        name = canonical.name
        self.written[name] = files[0]
        self.engine.attach_parquet(f"_built_{name}", files)
        if name == "cost_rates":
            self._add_currencies()
        self.quarantine.take_over(name, self._tables() / "quarantine.parquet", [item.name for item in mark.files])
        event = canonical.event_at
        span = [exp.Min(this=column(event)), exp.Max(this=column(event))] if event else [exp.null(), exp.null()]
        first, last = self.engine.rows(exp.select(*span).from_(f"_built_{name}"))[0]
        self.tables[name] = survey.health_of(
            name,
            len(mark.files),
            mark.read,
            mark.kept,
            mark.duplicates,
            mark.notes,
            (first, last),
            mark.filled,
        )
        self.kept_ids.add(name)
        rows = None
        if fresh is not None:
            rows = self.place.name("fresh")
            self.engine.view(rows, _rows_of([fresh]))
        self.fresh[name] = rows
        self.marks[name] = mark

    def _result(self) -> BuildResult:
        for name, rows in self.fresh.items():
            # A reference that led somewhere still does where no row of its table went.
            sound = {
                item: counts
                for item, counts in self.marks[name].orphans.items()
                if counts[0] == 0 and (TABLES[name].columns[item].references or "").partition(".")[0] in self.kept_ids
            }
            self.known[name] = survey.Known(sound, rows)
        return super()._result()

    def _inputs(self) -> list[InputFile]:
        """Files that were read, and those of tables that were taken over."""
        current = {item.path: item for item in super()._inputs()}
        marked = {mark.name: mark.sha256 for item in self.marks.values() for mark in item.files}
        for item in self.read_before:
            if item.path in marked and item.path not in current:
                current[item.path] = item
        return sorted(current.values(), key=lambda item: item.path)


def _rows_of(files: list[Path]) -> exp.Select:
    given = exp.Array(expressions=[text(str(path)) for path in files])
    return exp.select("*").from_(call("read_parquet", given))


def _of(alias: str, name: str) -> exp.Column:
    return exp.column(exp.to_identifier(name, quoted=True), table=alias)


def _file(path: Path) -> exp.Expr:
    return call("read_parquet", text(str(path)))
