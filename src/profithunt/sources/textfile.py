"""CSV, TSV and other delimited text: read by the engine where it is regular, record by record where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from profithunt.errors import EngineError, SourceError
from profithunt.sources import content, records
from profithunt.sources.dialect import Dialect, sniff
from profithunt.sources.raw import ROW, RawFile, reader, stage_clean
from profithunt.sources.templates import column, named, text

if TYPE_CHECKING:
    from pathlib import Path

    from profithunt.config import Csv
    from profithunt.sources.found import Found
    from profithunt.sources.workplace import Workplace


def read(found: Found, settings: Csv, place: Workplace) -> RawFile:
    """The rows of a delimited text file, all as text. Raises SourceError when it is empty or can't be read."""
    body = content.read(found, place, encoding=settings.encoding)
    if body.empty:
        raise SourceError("is empty", where=found.name, expected="a header and rows", do="export it again")
    dialect = sniff(body.path, settings, where=found.name)
    relation, rows, broken = _stage(body, dialect, place, found.name)
    return RawFile(
        name=found.name,
        relation=relation,
        columns=dict.fromkeys(dialect.names, "VARCHAR"),
        sha256=body.sha256,
        size=body.size,
        rows=rows + len(broken),
        modified=found.path.stat().st_mtime,
        broken=tuple(broken),
        repeated=dialect.repeated,
    )


def _stage(
    body: content.Content, dialect: Dialect, place: Workplace, where: str
) -> tuple[exp.Expr, int, list[records.Broken]]:
    if body.clean and dialect.width > 1:
        try:
            relation, rows = place.store(_fast(body.path, dialect), "raw")
        except EngineError:
            pass  # irregular somewhere: taken apart record by record below
        else:
            return relation, rows, []
    target = place.path("records", ".csv")
    _, broken = records.rewrite(body.path, dialect, target, limit=place.max_line_bytes, where=where)
    relation, rows = stage_clean(target, dialect.names, place, where=where)
    return relation, rows, broken


def _fast(path: Path, dialect: Dialect) -> exp.Select:
    relation = reader(
        path,
        dialect.names,
        delim=text(dialect.delimiter),
        quote=text(dialect.quote),
        escape=text(dialect.quote),
        header=exp.convert(dialect.header),
        skip=exp.Literal.number(dialect.skip),
    )
    number = exp.Window(this=exp.RowNumber())
    return exp.select(named(number, ROW), *(column(name) for name in dialect.names)).from_(relation)
