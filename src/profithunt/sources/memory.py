"""What a build of the sources remembers for the next one: which files were read, how, and what came of each table."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from profithunt.config import ShopConfig, Source
from profithunt.sources import erased
from profithunt.sources.numbers import NumberEvidence
from profithunt.sources.times import Shape, TimeEvidence

FILE = "sources.json"
READ_BY: dict[str, Any] = {
    "sources": True,
    "shop": True,
    "cost_rates": True,
    "limits": {"max_file_bytes", "max_line_bytes"},
    "runs": {"sort_rows_max"},
}
"""Settings that decide how sources are read."""
_RECENT = 2.0


@dataclass(frozen=True)
class FileMark:
    """A source file: its content, and what the file system says of it as long as nobody writes to it."""

    name: str
    sha256: str
    stamp: tuple[int, ...]
    modified: float

    @classmethod
    def of(cls, name: str, path: Path, sha256: str) -> FileMark:
        """The mark of a file whose content was just read."""
        found = path.stat()
        # A file written a moment ago could be written again without its times telling.
        settled = time.time() - max(found.st_mtime, found.st_ctime) > _RECENT
        return cls(name, sha256, stamp(found) if settled else (), found.st_mtime)


def stamp(found: os.stat_result) -> tuple[int, ...]:
    """What changes whenever a file is written: size, both times, and which file it is."""
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev


@dataclass(frozen=True)
class TableMark:
    """A canonical table: the files behind it, how they were read, and what was counted over all of them.

    `sources` has for each source its columns, its styles and the evidence for them; None where a table can only be
    built whole.
    """

    files: tuple[FileMark, ...]
    sources: tuple[dict[str, Any], ...]
    read: int
    kept: int
    duplicates: int
    conflicts: int
    filled: dict[str, int]
    notes: tuple[str, ...]
    ordered: bool
    orphans: dict[str, tuple[int, int]] = field(default_factory=dict)


@dataclass
class Memory:
    """A finished build: its settings' hash, its currencies, its tables, where their Parquet files are."""

    key: str
    currencies: list[str]
    tables: dict[str, TableMark]
    folder: Path | None = None

    def write(self, path: Path) -> None:
        """Keep it beside the run's tables."""
        data = {"key": self.key, "currencies": self.currencies}
        path.write_text(json.dumps({**data, "tables": {k: asdict(v) for k, v in self.tables.items()}}), "utf-8")

    @classmethod
    def read(cls, path: Path, tables: Path) -> Memory | None:
        """What a run's folder holds; None where there is nothing."""
        try:
            data = json.loads(path.read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        return cls(data["key"], data["currencies"], {k: _table(v) for k, v in data["tables"].items()}, tables)

    def digests(self) -> dict[tuple[int, ...], str]:
        """Content hash by stamp, of files that were read."""
        return {mark.stamp: mark.sha256 for table in self.tables.values() for mark in table.files if mark.stamp}


def _table(data: dict[str, Any]) -> TableMark:
    files = tuple(
        FileMark(item["name"], item["sha256"], tuple(item["stamp"]), item["modified"]) for item in data["files"]
    )
    orphans = {name: (rows, filled) for name, (rows, filled) in data["orphans"].items()}
    given = {"files": files, "sources": tuple(data["sources"]), "notes": tuple(data["notes"]), "orphans": orphans}
    return TableMark(**{**data, **given})


def key_of_settings(config: ShopConfig, made_with: Iterable[str]) -> str:
    """Hash of all settings that decide how sources are read, and of the program that reads them."""
    settings = config.model_dump(mode="json", include=READ_BY)
    made = [settings, *made_with, *filter(None, [erased.state(config.folder)])]
    return hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()


def program() -> str:
    """The version of the program that reads."""
    return metadata.version("profithunt")


def digest(path: Path, known: dict[tuple[int, ...], str]) -> str:
    """SHA-256 of a file; one that nobody wrote to since it was read is not read again."""
    mark = stamp(path.stat())
    if mark in known:
        return known[mark]
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def is_plain(source: Source) -> bool:
    """Whether a source is files alone, row by row: then a new file adds rows and changes none of the others."""
    return source.database is None and source.files is not None and not source.join and not source.group


def packed(numbers: dict[str, NumberEvidence], times: dict[str, TimeEvidence]) -> dict[str, Any]:
    """Evidence as plain data."""
    return {
        "numbers": {key: asdict(item) for key, item in numbers.items()},
        "times": {key: asdict(item) for key, item in times.items()},
    }


def unpacked(data: dict[str, Any]) -> tuple[dict[str, NumberEvidence], dict[str, TimeEvidence]]:
    """Evidence from plain data."""
    times = {
        key: TimeEvidence(item["n"], item["iso"], item["zoned"], tuple(Shape(**shape) for shape in item["shapes"]))
        for key, item in data["times"].items()
    }
    return {key: NumberEvidence(**item) for key, item in data["numbers"].items()}, times


def more_numbers(one: NumberEvidence, other: NumberEvidence) -> NumberEvidence:
    """Counts over both."""
    return NumberEvidence(*(a + b for a, b in zip(vars(one).values(), vars(other).values(), strict=True)))


def more_times(one: TimeEvidence, other: TimeEvidence) -> TimeEvidence:
    """Counts over both, shapes in the order in which they are counted: most first."""
    shapes: dict[str, Shape] = {item.shape: item for item in one.shapes}
    for item in other.shapes:
        had = shapes.get(item.shape, Shape(item.shape, 0))
        shapes[item.shape] = Shape(
            item.shape, had.n + item.n, had.day_first + item.day_first, had.month_first + item.month_first
        )
    ordered = sorted(shapes.values(), key=lambda item: (-item.n, item.shape.encode()))
    return TimeEvidence(one.n + other.n, one.iso + other.iso, one.zoned + other.zoned, tuple(ordered))
