"""The raw rows that a source means: every file opened by its kind, the same file once, joins done, one relation.

The relation is a view with the columns that all files together have, `_file` (name as people see it), `_row` (record in
it) and `_extract` (when the file was written: newer extracts win).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot import exp

from profithunt.errors import EngineError, SourceError
from profithunt.sources import found as finding, joins, rowfiles, textfile, typedfiles
from profithunt.sources.names import exact
from profithunt.sources.raw import ROW, RawFile
from profithunt.sources.templates import cast, column, named, table, text, union_all

if TYPE_CHECKING:
    from profithunt.config import Join, Source
    from profithunt.sources.found import Found
    from profithunt.sources.workplace import Workplace

FILE, EXTRACT = "_file", "_extract"


@dataclass(frozen=True)
class Opened:
    """A source's raw rows: the view `name`, its columns (name → engine type), the files behind it."""

    name: str
    columns: dict[str, str]
    files: tuple[RawFile, ...]
    repeated: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()

    @property
    def is_text(self) -> bool:
        """Whether every column arrived as text."""
        return all(kind == "VARCHAR" for kind in self.columns.values())


@dataclass
class Openings:
    """Opens sources; a file that several sources read is opened once."""

    place: Workplace
    _raw: dict[tuple[str, ...], RawFile] = field(default_factory=dict)
    _views: dict[str, Opened] = field(default_factory=dict)

    @property
    def inputs(self) -> list[RawFile]:
        """Every file opened so far, by name."""
        return sorted(self._raw.values(), key=lambda raw: raw.name)

    def open(self, source: Source, hits: list[Found] | None = None) -> Opened | None:
        """The raw rows of a source, or of some of its files; None when it is optional and not there.

        Raises SourceError.
        """
        where = f"source of {source.table}"
        files = self._files(source, where) if hits is None else self._distinct(self._of(hit, source) for hit in hits)
        if not files:
            return None
        key = repr([raw.name for raw in files]) + repr(source.join) + repr(source.csv) + repr(source.relation)
        if key not in self._views:
            opened = self._union(files)
            for join in source.join:
                opened = self._join(opened, join, source)
            self._views[key] = opened
        return self._views[key]

    def _files(self, source: Source, where: str) -> list[RawFile]:
        if source.database is not None:
            key = ("database", source.database, source.relation or "", source.query or "")
            if key not in self._raw:
                self._raw[key] = typedfiles.read_database(source, self.place)
            return [self._raw[key]]
        if source.files is None:
            raise SourceError("names neither files nor a database", where=where, do="set files = … in shop.toml")
        hits = finding.find(source.files, self.place.folder, where=where, optional=source.optional)
        return (
            self._distinct(self._of(hit, source) for hit in hits)
            if len(hits) > 1
            else [self._of(hit, source) for hit in hits]
        )

    def _distinct(self, files: Iterable[RawFile]) -> list[RawFile]:
        """Each content once, under its first name: a copy of a file adds nothing."""
        kept: dict[str, RawFile] = {}
        for raw in files:
            kept.setdefault(raw.sha256, raw)
        return list(kept.values())

    def _of(self, hit: Found, source: Source) -> RawFile:
        key = (str(hit.path), repr(source.csv), source.sheet or "", source.relation or "", source.query or "")
        if key not in self._raw:
            try:
                self._raw[key] = _opened(hit, source, self.place)
            except EngineError as error:
                raise SourceError(f"can't be read ({error.what[:160]})", where=hit.name) from error
        return self._raw[key]

    def _union(self, files: list[RawFile]) -> Opened:
        columns: dict[str, str] = {}
        spelled: dict[str, str] = {}
        for raw in files:
            for name, kind in raw.columns.items():
                known = spelled.setdefault(name.lower(), name)
                columns[known] = kind if columns.get(known, kind) == kind else "VARCHAR"
        selects = [self._select(raw, columns) for raw in files]
        name = self.place.name("raw")
        self.place.engine.view(name, union_all(selects))
        repeated = frozenset(item for raw in files for item in raw.repeated)
        notes = tuple(note for raw in files for note in raw.notes)
        return Opened(name, columns, tuple(files), repeated, notes)

    def _select(self, raw: RawFile, columns: dict[str, str]) -> exp.Select:
        own = {name.lower(): name for name in raw.columns}
        chosen: list[exp.Expr] = []
        for name, kind in columns.items():
            if name.lower() not in own:
                chosen.append(named(cast(exp.null(), kind), name))
                continue
            value: exp.Expr = column(own[name.lower()])
            if raw.columns[own[name.lower()]] != kind:
                value = cast(value, kind)
            chosen.append(named(value, name))
        chosen += [named(text(raw.name), FILE), column(ROW), named(exp.Literal.number(repr(raw.modified)), EXTRACT)]
        return exp.select(*chosen).from_(raw.relation.copy())

    def _join(self, left: Opened, join: Join, source: Source) -> Opened:
        where = f"join of {source.table} with {join.files}"
        right = self._union([self._of(hit, source) for hit in finding.find(join.files, self.place.folder, where=where)])
        sides = [side.strip().strip('"').split(".")[-1].strip('"') for side in join.on.split("=")]
        if len(sides) != 2:
            raise SourceError(f"can't read on = '{join.on}'", where=where, expected="left_column = right_column")
        left_key, right_key = exact(sides[0], left.columns, where), exact(sides[1], right.columns, where)
        taken = {name.lower() for name in left.columns}
        brought = joins.trees(join, right, where) if join.columns else joins.plain(join, right, right_key, taken)
        one_each = joins.one_each(right_key, brought, right, source.parse, self.place)
        name = self.place.name("raw")
        condition = cast(exp.column(exp.to_identifier(left_key, quoted=True), table="l"), "VARCHAR").eq(
            exp.column("_key", table="r")
        )
        joined = (
            exp.select("l.*", *(exp.column(exp.to_identifier(item, quoted=True), table="r") for item in brought))
            .from_(exp.alias_(table(left.name), "l", table=True))
            .join(one_each.subquery("r", copy=False), on=condition, join_type=join.how)
        )
        self.place.engine.view(name, joined)
        kinds = self.place.engine.describe(one_each)
        columns = {**left.columns, **{item: kinds[item] for item in brought}}
        return Opened(name, columns, left.files, left.repeated, left.notes)


def _opened(hit: Found, source: Source, place: Workplace) -> RawFile:
    ending = hit.ending
    if ending in finding.PARQUET:
        return typedfiles.read_parquet(hit, place)
    if ending in finding.WORKBOOK:
        return rowfiles.read_workbook(hit, source, place)
    if ending in finding.JSON:
        return rowfiles.read_json(hit, place)
    if ending in finding.DUCKDB:
        return typedfiles.read_duckdb(hit, source, place)
    if ending in finding.SQLITE:
        return rowfiles.read_sqlite(hit, source, place)
    return textfile.read(hit, source.csv, place)
