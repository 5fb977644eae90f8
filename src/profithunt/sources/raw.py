"""Raw rows of one file, before anything is mapped: a relation, its columns, and what broke on the way."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot import exp

from profithunt.errors import EngineError, SourceError
from profithunt.sources.records import Broken
from profithunt.sources.templates import call, cast, column, named, text

if TYPE_CHECKING:
    from pathlib import Path

    from profithunt.sources.workplace import Workplace

ROW = "_row"


@dataclass(frozen=True)
class RawFile:
    """What one file (or query) holds.

    `relation` has the columns of `columns` (name → engine type) and `_row`, the 1-based record; `modified` orders
    extracts in time; `repeated` are header names that were there more than once (in lower case).
    """

    name: str
    relation: exp.Expr
    columns: dict[str, str]
    sha256: str
    size: int
    rows: int
    modified: float = 0.0
    broken: tuple[Broken, ...] = ()
    repeated: frozenset[str] = frozenset()
    notes: tuple[str, ...] = field(default=())


def reader(path: Path, names: Sequence[str], **options: exp.Expr) -> exp.Expr:
    """The engine's CSV reader with everything said, so that nothing is guessed: all columns are text."""
    fields = [exp.PropertyEQ(this=exp.to_identifier(name, quoted=True), expression=text("VARCHAR")) for name in names]
    said: dict[str, exp.Expr] = {
        "auto_detect": exp.false(),
        "columns": exp.Struct(expressions=fields),
        "strict_mode": exp.true(),
        "null_padding": exp.false(),
        "nullstr": text(""),
        **options,
    }
    arguments = [exp.EQ(this=exp.column(key), expression=value) for key, value in said.items()]
    return call("read_csv", text(str(path)), *arguments)


def stage_rows(
    rows: Iterable[Sequence[str]], names: Sequence[str], place: Workplace, *, where: str
) -> tuple[exp.Expr, int]:
    """Rows that Python has read, as an all-text relation with `_row`; for workbooks, JSON and small databases."""
    target = place.path("rows", ".csv")
    with target.open("w", encoding="utf-8", newline="", errors="replace") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for number, row in enumerate(rows, start=1):
            writer.writerow([number, *row])
    return stage_clean(target, names, place, where=where)


def stage_clean(path: Path, names: Sequence[str], place: Workplace, *, where: str) -> tuple[exp.Expr, int]:
    """A CSV that profithunt wrote (comma, all quoted, record number first) as a relation."""
    relation = reader(
        path,
        [ROW, *names],
        delim=text(","),
        quote=text('"'),
        escape=text('"'),
        header=exp.false(),
        max_line_size=exp.Literal.number(max(place.max_line_bytes * 2, 4_000_000)) if _has_long(path) else _USUAL,
    )
    columns = [named(cast(column(ROW), "BIGINT"), ROW), *(column(name) for name in names)]
    try:
        return place.store(exp.select(*columns).from_(relation), "raw")
    except EngineError as error:
        raise SourceError(f"can't be read ({error.what[:160]})", where=where, do="check the file") from error


_USUAL = exp.Literal.number(2_000_000)


def _has_long(path: Path) -> bool:
    """Whether any line may be longer than the engine's usual limit."""
    held = 0
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            held = held + len(chunk) if b"\n" not in chunk else len(chunk)
            if held > 1_500_000:
                return True
    return False
