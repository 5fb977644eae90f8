"""Workbooks, JSON and SQLite files: small formats that Python reads, value by value, into text.

Numbers keep the digits that the file states (a JSON 0.10 stays "0.10"), dates become ISO, empty cells nothing.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

from profithunt.errors import SourceError
from profithunt.sources import content, records
from profithunt.sources.dialect import column_names
from profithunt.sources.names import nearest
from profithunt.sources.raw import RawFile, stage_rows
from profithunt.sources.records import Broken

if TYPE_CHECKING:
    from profithunt.config import Source
    from profithunt.sources.found import Found
    from profithunt.sources.workplace import Workplace

_SHOWN = 2_000


def as_text(value: object) -> str:
    """A cell as text: whole numbers without a point, times in ISO form, nothing for no value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.timedelta):
        return str(value.total_seconds())
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value).replace("\0", "")


def _raw(found: Found, names: Sequence[str], rows: Iterator[Sequence[str]], place: Workplace, **more: Any) -> RawFile:
    sha256, size = content.digest(found.path, where=found.name)
    relation, count = stage_rows(rows, names, place, where=found.name)
    return RawFile(
        name=found.name,
        relation=relation,
        columns=dict.fromkeys(names, "VARCHAR"),
        sha256=sha256,
        size=size,
        rows=count + len(more.get("broken", ())),
        modified=found.path.stat().st_mtime,
        **more,
    )


def read_workbook(found: Found, source: Source, place: Workplace) -> RawFile:
    """One sheet of a workbook; the first that holds rows unless `sheet` names one. Raises SourceError."""
    from python_calamine import CalamineError, CalamineWorkbook

    path = content.unpack(found, place)
    content.digest(path, where=found.name)
    _refuse_bombs(path, found.name, place)
    try:
        book = CalamineWorkbook.from_path(str(path))
        sheets = list(book.sheet_names)
        if source.sheet and source.sheet not in sheets:
            raise SourceError(
                f"has no sheet '{source.sheet}'{nearest(source.sheet, sheets)}",
                where=found.name,
                expected=f"one of {', '.join(sheets)}",
            )
        cells: list[list[Any]] = []
        for sheet in [source.sheet] if source.sheet else sheets:
            cells = book.get_sheet_by_name(sheet).to_python(skip_empty_area=True)
            if cells:
                break
    except (CalamineError, OSError, ValueError) as error:
        text = str(error).lower()
        if "password" in text or "encrypt" in text:
            raise SourceError("is protected by a password", where=found.name, do="save it without one") from error
        raise SourceError(
            f"is not a workbook that can be read ({str(error)[:120]})", where=found.name, do="save it again or as CSV"
        ) from error
    if not cells:
        raise SourceError("is empty", where=found.name, expected="a sheet with a header and rows")
    head = source.csv.skip if source.csv.skip is not None else _header(cells)
    names, repeated = column_names([as_text(cell) for cell in cells[head]])
    width = len(names)
    rows = (
        [as_text(cell) for cell in row[:width]] + [""] * (width - len(row))
        for row in cells[head + 1 :]
        if any(cell not in ("", None) for cell in row)
    )
    return _raw(found, names, rows, place, repeated=repeated)


def _header(cells: list[list[Any]]) -> int:
    """The first row that is filled as widely as most: titles above a table are narrower."""
    widths = [sum(cell not in ("", None) for cell in row) for row in cells[:50]]
    usual = max(widths)
    return next(
        number
        for number, width in enumerate(widths)
        if width == usual or (width * 3 >= usual * 2 and all(isinstance(cell, str) for cell in cells[number]))
    )


def _refuse_bombs(path: Any, where: str, place: Workplace) -> None:
    """A workbook is a zip: what it unpacks to must stay within the limit."""
    import zipfile

    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        total = sum(item.file_size for item in archive.infolist())
    limit = min(place.max_file_bytes, 4_000_000_000)
    if total > limit:
        raise SourceError(
            f"unpacks to {total:,} bytes", where=where, expected=f"at most {limit:,}", do="save the rows as CSV"
        )


def read_json(found: Found, place: Workplace) -> RawFile:
    """A JSON array of objects, an object that holds one, or one object a line. Raises SourceError."""
    body = content.read(found, place)
    if body.empty:
        raise SourceError("is empty", where=found.name, expected="JSON records")
    broken: list[Broken] = []
    whole = _whole(body, found.name)
    objects = list(enumerate(whole, start=1)) if whole is not None else list(_by_line(body, found.name, place, broken))
    names: dict[str, None] = {}
    flat: list[dict[str, str]] = []
    for row, item in objects:
        if not isinstance(item, dict):
            broken.append(Broken(row, "not a record: a JSON object was expected", str(item)[:_SHOWN]))
            continue
        record = _flat(item)
        names.update(dict.fromkeys(record))
        flat.append(record)
    if not flat:
        raise SourceError("holds no JSON record", where=found.name, expected="objects, one a line or in an array")
    unique, repeated = column_names(list(names))
    rows = ([record.get(name, "") for name in names] for record in flat)
    return _raw(found, unique, rows, place, repeated=repeated, broken=tuple(broken))


def _loads(text: str) -> Any:
    return json.loads(text, parse_float=str, parse_int=str, parse_constant=str)


def _whole(body: content.Content, where: str) -> list[Any] | None:
    """The records of a file that is one JSON document; None where it is one object a line."""
    with body.path.open(encoding="utf-8-sig", errors="replace") as stream:
        first = stream.readline()
        if first.lstrip().startswith("{"):
            try:
                _loads(first)
            except ValueError:
                pass
            else:
                return None
        stream.seek(0)
        text = stream.read()
    if "\n{" in text.lstrip()[1:] and text.lstrip().startswith("{"):
        try:
            document = _loads(text)
        except ValueError:
            return None
    else:
        try:
            document = _loads(text)
        except (ValueError, RecursionError) as error:
            if "\n" in text.strip() and not text.lstrip().startswith("["):
                return None
            raise SourceError(
                f"is not JSON ({error})", where=where, expected="an array of objects or one object a line"
            ) from error
    if isinstance(document, dict):
        lists = [
            value for value in document.values() if isinstance(value, list) and value and isinstance(value[0], dict)
        ]
        return max(lists, key=len) if lists else [document]
    return document if isinstance(document, list) else [document]


def _by_line(body: content.Content, where: str, place: Workplace, broken: list[Broken]) -> Iterator[tuple[int, Any]]:
    row = 0
    for line in records.lines(body.path, place.max_line_bytes, where=where):
        if not line.text.strip():
            continue
        row += 1
        if line.length:
            broken.append(Broken(row, f"line of {line.length:,} characters is longer than the limit", line.text))
            continue
        try:
            yield row, _loads(line.text)
        except (ValueError, RecursionError):
            broken.append(Broken(row, "line that is not JSON", line.text[:_SHOWN]))


def _flat(item: dict[str, Any], prefix: str = "") -> dict[str, str]:
    """An object as one level: `a.b` for a field in an object, JSON text for lists."""
    record: dict[str, str] = {}
    for key, value in item.items():
        if isinstance(value, dict) and value:
            record.update(_flat(value, f"{prefix}{key}."))
        else:
            record[f"{prefix}{key}"] = as_text(value)
    return record


def read_sqlite(found: Found, source: Source, place: Workplace) -> RawFile:
    """One table of an SQLite file, or a query on it. Raises SourceError."""
    path = content.unpack(found, place)
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
            cursor = connection.execute(source.query or _select(connection, source.relation, found.name))
            names, repeated = column_names([item[0] for item in cursor.description])
            rows = ([as_text(cell) for cell in row] for row in cursor)
            return _raw(found, names, rows, place, repeated=repeated)
    except sqlite3.Error as error:
        raise SourceError(
            f"can't be read as SQLite ({error})", where=found.name, expected="an SQLite database", do="check the file"
        ) from error


def _select(connection: sqlite3.Connection, relation: str | None, where: str) -> str:
    from sqlglot import exp

    there = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")]
    if relation is None and len(there) == 1:
        relation = there[0]
    if relation is None or relation not in there:
        asked = f"has no table '{relation}'{nearest(relation, there)}" if relation else "holds several tables"
        raise SourceError(asked, where=where, expected=f"relation = one of {', '.join(there) or 'none'}")
    return exp.select("*").from_(exp.to_identifier(relation, quoted=True)).sql("sqlite")
