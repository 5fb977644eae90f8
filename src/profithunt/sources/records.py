"""A text file that breaks the rules, taken apart record by record.

Good records go into a clean copy that the engine reads; each broken one is kept with its number, what is wrong with it
and how it reads. A quote that is never closed costs one line, not the rest of the file.
"""

from __future__ import annotations

import codecs
import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from profithunt.sources.content import chunks
from profithunt.sources.dialect import Dialect

_SHOWN = 2_000
_LINES_IN_RECORD = 200
_OPEN = "quote that is never closed"


@dataclass(frozen=True)
class Line:
    """A physical line; `length` is what it had before it was cut at the limit (0: not cut)."""

    text: str
    length: int = 0


@dataclass(frozen=True)
class Broken:
    """A record that can't be taken apart: its number in the file, what is wrong, and how it reads."""

    row: int
    reason: str
    text: str


def lines(path: Path, limit: int, *, where: str) -> Iterator[Line]:
    """The lines of a UTF-8 file by any line end; those over `limit` bytes are cut and say so; memory stays bounded."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
    held: list[str] = []
    size = 0
    last_cr = False
    for chunk in chunks(path, where=where):
        piece = decoder.decode(chunk)
        if last_cr and piece.startswith("\n"):
            piece = piece[1:]
        last_cr = piece.endswith("\r") if piece else last_cr
        parts = piece.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for number, part in enumerate(parts):
            if number:
                yield _line(held, size, limit)
                held, size = [], 0
            if size <= limit:
                held.append(part)
            size += len(part)
    piece = decoder.decode(b"", final=True)
    if piece or held:
        held.append(piece)
        size += len(piece)
        if size:
            yield _line(held, size, limit)


def _line(held: list[str], size: int, limit: int) -> Line:
    if size > limit:
        return Line("".join(held)[:_SHOWN], size)
    return Line("".join(held))


def rewrite(path: Path, dialect: Dialect, target: Path, *, limit: int, where: str) -> tuple[int, list[Broken]]:
    """Write the good records of `path` to `target` (CSV, comma, with their number first); their count, and the rest."""
    broken: list[Broken] = []
    good = row = 0
    queue: deque[Line] = deque()
    source = lines(path, limit, where=where)
    _skip(source, dialect)
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        while (record := _next(queue, source, dialect)) is not None:
            cells, reason, shown = record
            if cells == [] and not reason:
                continue
            row += 1
            if reason:
                broken.append(Broken(row, reason, shown[:_SHOWN]))
            else:
                good += 1
                writer.writerow([row, *cells])
    return good, broken


def _skip(source: Iterator[Line], dialect: Dialect) -> None:
    for _ in range(dialect.skip):
        next(source, None)
    if not dialect.header:
        return
    for line in source:
        if line.text.strip():
            pending = line.text
            while dialect.quote and pending.count(dialect.quote) % 2:
                following = next(source, None)
                if following is None:
                    return
                pending += "\n" + following.text
            return


def _next(queue: deque[Line], source: Iterator[Line], dialect: Dialect) -> tuple[list[str], str, str] | None:
    """The next record: its fields, or what is wrong with it; no fields and no reason for a blank line."""
    line = queue.popleft() if queue else next(source, None)
    if line is None:
        return None
    if line.length:
        return [], f"line of {line.length:,} characters is longer than the limit", line.text
    if not line.text.strip(" \t\0") and dialect.delimiter not in line.text:
        return ([], "", "") if "\0" not in line.text else ([], "NUL bytes", line.text)
    record = _fields(line.text, dialect)
    if record[1] != _OPEN:
        return record
    taken, text = _joined(line, queue, source, dialect)
    if text is not None:
        record = _fields(text, dialect)
        if not record[1]:
            return record
    queue.extendleft(reversed(taken))
    return [], _OPEN, line.text


def _joined(line: Line, queue: deque[Line], source: Iterator[Line], dialect: Dialect) -> tuple[list[Line], str | None]:
    """Following lines up to the one that closes the quote, and the record that they make, if they make one."""
    taken: list[Line] = []
    text = line.text
    while len(taken) < _LINES_IN_RECORD:
        following = queue.popleft() if queue else next(source, None)
        if following is None:
            return taken, None
        taken.append(following)
        if following.length:
            return taken, None
        text += "\n" + following.text
        if following.text.count(dialect.quote) % 2:
            return taken, text
    return taken, None


def _fields(text: str, dialect: Dialect) -> tuple[list[str], str, str]:
    if "\0" in text:
        return [], "NUL bytes", text.replace("\0", "\\0")
    if "\ufffd" in text:
        return [], "bytes that do not fit the file's encoding", text
    try:
        cells = _cells(text, dialect)
    except csv.Error as error:
        return [], _OPEN if "end of data" in str(error) else f"quotes that do not pair ({error})", text
    while len(cells) > dialect.width and not cells[-1].strip():
        cells.pop()
    if len(cells) != dialect.width:
        fault = "too many" if len(cells) > dialect.width else "too few"
        return [], f"{fault} fields: {len(cells)} instead of {dialect.width}", text
    return cells, "", text


def _cells(text: str, dialect: Dialect) -> list[str]:
    if not dialect.quote:
        return text.split(dialect.delimiter)
    if dialect.quote not in text:
        return text.split(dialect.delimiter)
    rows = list(csv.reader([text], delimiter=dialect.delimiter, quotechar=dialect.quote, strict=True))
    return rows[0] if rows else []
