"""What lies in a folder: every table that can be read, with its raw columns and rows; what can't, with the reason.

Files of one export in parts (`lines-2024-01.csv`, `lines-2024-02.csv` with the same headings) are one table.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from profithunt.config import Source
from profithunt.errors import ProfithuntError, SourceError
from profithunt.sources import found as finding
from profithunt.sources.opened import Opened, Openings

if TYPE_CHECKING:
    from profithunt.engine import Engine
    from profithunt.sources.found import Found
    from profithunt.sources.workplace import Workplace


@dataclass(frozen=True)
class RawTable:
    """One table of raw rows: `view` in the engine, its columns (name → engine type), and where it lies.

    `name` is what people call it: the file's name, or that of the sheet or relation in it.
    """

    name: str
    files: tuple[Path, ...]
    view: str
    columns: dict[str, str]
    rows: int
    repeated: frozenset[str] = frozenset()
    sheet: str | None = None
    relation: str | None = None

    @property
    def headings(self) -> tuple[str, ...]:
        """Names of the raw columns that can be mapped: those that are there once."""
        return tuple(name for name in self.columns if name.lower() not in self.repeated)

    @property
    def stem(self) -> str:
        """The name without ending, date or part number."""
        return _stem(self.relation or self.sheet_or_file)

    @property
    def sheet_or_file(self) -> str:
        """The sheet's name where a workbook has several, else the file's."""
        return (
            self.sheet
            if self.sheet and not re.match(r"(?i)^(sheet|tabelle|feuil|hoja|foglio)\s*\d*$", self.sheet)
            else self.name
        )


@dataclass(frozen=True)
class Folder:
    """Everything that was found in a folder."""

    path: Path
    tables: tuple[RawTable, ...]
    unreadable: tuple[tuple[str, str], ...] = field(default=())


def look(folder: Path, place: Workplace) -> Folder:
    """Open every file below `folder` (one file is a folder of one). Raises SourceError when nothing can be read."""
    hits = finding.find(str(folder), folder.parent, where="init", optional=True)
    tables: list[RawTable] = []
    unreadable: list[tuple[str, str]] = []
    openings = Openings(place)
    for hit in hits:
        if hit.path.name in ("shop.toml", "requirements.txt") or "readme" in hit.path.name.lower():
            continue
        try:
            tables += _tables(hit, openings)
        except ProfithuntError as error:
            unreadable.append((hit.path.name, error.what))
    if not tables:
        reasons = "; ".join(f"{name} {why}" for name, why in unreadable[:3])
        raise SourceError(
            f"holds no table that can be read{': ' + reasons if reasons else ''}",
            where=str(folder),
            expected="files ending in csv, tsv, txt, parquet, xlsx, ods, json, jsonl, duckdb, sqlite",
            do="put the exports there, one file a table",
        )
    return Folder(folder, tuple(_parts_together(tables, openings)), tuple(unreadable))


def _tables(hit: Found, openings: Openings) -> Iterator[RawTable]:
    for keys in _inside(hit, openings.place):
        opened = openings.open(_source([hit.path], keys))
        if opened is not None and opened.columns:
            yield _table(hit.path.name, (hit.path,), opened, keys)


def _table(name: str, paths: tuple[Path, ...], opened: Opened, keys: dict[str, str]) -> RawTable:
    return RawTable(
        name=name,
        files=paths,
        view=opened.name,
        columns=opened.columns,
        rows=sum(raw.rows for raw in opened.files),
        repeated=opened.repeated,
        sheet=keys.get("sheet"),
        relation=keys.get("relation"),
    )


def _source(paths: list[Path], keys: dict[str, Any]) -> Source:
    return Source(table="orders", files=[str(path) for path in paths], **keys)


def _inside(hit: Found, place: Workplace) -> list[dict[str, str]]:
    """Keys of a source for each table that one file holds."""
    if hit.ending in finding.SQLITE:
        return [{"relation": name} for name in _sqlite_tables(hit.path)]
    if hit.ending in finding.DUCKDB:
        return [{"relation": name} for name in _duckdb_tables(hit, place)]
    if hit.ending in finding.WORKBOOK:
        sheets = _sheets(hit.path)
        return [{"sheet": name} for name in sheets] if len(sheets) > 1 else [{}]
    return [{}]


def _sqlite_tables(path: Path) -> list[str]:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            rows = connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name")
            return [str(row[0]) for row in rows if not str(row[0]).startswith("sqlite_")]
    except sqlite3.Error as error:
        raise SourceError(f"is not a SQLite file that can be read ({error})", where=path.name) from error


def _duckdb_tables(hit: Found, place: Workplace) -> list[str]:
    alias = place.name("look")
    attached = exp.alias_(exp.Literal.string(str(hit.path)), alias)
    place.engine.run(exp.Attach(this=attached, expressions=[exp.AttachOption(this=exp.var("READ_ONLY"))]))
    try:
        query = (
            exp.select("table_name")
            .from_("information_schema.tables")
            .where(exp.column("table_catalog").eq(exp.Literal.string(alias)))
            .order_by("table_name")
        )
        return [str(row[0]) for row in place.engine.rows(query)]
    finally:
        place.engine.run(exp.Detach(this=exp.to_identifier(alias)))


def _sheets(path: Path) -> list[str]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        return list(CalamineWorkbook.from_path(str(path)).sheet_names)
    except (CalamineError, OSError, ValueError) as error:
        raise SourceError(f"is not a workbook that can be read ({error})", where=path.name) from error


def _stem(name: str) -> str:
    """`lines-2024-01.csv.gz` and `lines_part2.csv` → `lines`."""
    base = name
    while (suffix := Path(base).suffix.lower()) in (*finding.KNOWN, *finding.PACKED):
        base = base[: -len(suffix)]
    return re.sub(r"(?i)[-_. ]*(part|teil|q|w|kw)?[-_. ]*\(?\d[\d\-_. ]*\)?$", "", base) or base


def _parts_together(tables: list[RawTable], openings: Openings) -> Iterator[RawTable]:
    groups: dict[tuple[object, ...], list[RawTable]] = {}
    for table in tables:
        key = (
            table.files[0].parent,
            table.files[0].suffix,
            table.stem,
            table.sheet,
            table.relation,
            tuple(table.columns),
        )
        groups.setdefault(key, []).append(table)
    for group in groups.values():
        if len(group) == 1:
            yield group[0]
            continue
        keys = {name: value for name in ("sheet", "relation") if (value := getattr(group[0], name))}
        paths = tuple(path for table in group for path in table.files)
        opened = openings.open(_source(list(paths), keys))
        if opened is not None:
            yield _table(group[0].name, paths, opened, keys)


def workplace(engine: Engine, folder: Path, work: Path) -> Workplace:
    """A work folder for looking; thrown away afterwards by the caller."""
    from profithunt.sources.workplace import Workplace

    return Workplace(engine, folder, work)
