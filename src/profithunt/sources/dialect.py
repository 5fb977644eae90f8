"""How a text file is written: delimiter, quote, lines above the header, names of the columns.

What the settings leave open is found from the first few hundred lines: the delimiter under which most lines split into
the same number of fields, two or more.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from profithunt.errors import SourceError

if TYPE_CHECKING:
    from profithunt.config import Csv

DELIMITERS = (",", ";", "\t", "|", "^", "~", "\x1f")
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
_OWN = ("_file", "_row", "_extract")
_SAMPLE_LINES = 300
_SAMPLE_CHARACTERS = 2_000_000
_NUMBER = re.compile(r"^[\s$€£+-]*[\d.,]+\s*%?$|^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?$")


@dataclass(frozen=True)
class Dialect:
    """How a text file is written; `skip` counts the lines above the header, `names` are its columns."""

    delimiter: str
    quote: str
    header: bool
    skip: int
    names: tuple[str, ...]
    repeated: frozenset[str] = frozenset()

    @property
    def width(self) -> int:
        """Fields in a record."""
        return len(self.names)


def sample(path: Path) -> list[str]:
    """The first lines of a UTF-8 text file, at most two million characters."""
    with path.open(encoding="utf-8-sig", errors="replace", newline=None) as stream:
        head = stream.read(_SAMPLE_CHARACTERS)
    lines = list(islice(head.split("\n"), _SAMPLE_LINES))
    return lines[:-1] if len(lines) > 1 and len(head) == _SAMPLE_CHARACTERS else lines


def sniff(path: Path, settings: Csv, *, where: str) -> Dialect:
    """Find how the file is written. Raises SourceError when it holds no header."""
    lines = sample(path)
    declared = 0
    if lines and (match := re.fullmatch(r"sep=(.)", lines[0].strip())):
        declared, settings = 1, settings.model_copy(update={"delimiter": settings.delimiter or match[1]})
    delimiter = _unescaped(settings.delimiter) if settings.delimiter else ""
    quote = settings.quote if settings.quote is not None else ""
    best = (-1.0, 0, ",", '"')
    for rank, candidate in enumerate([delimiter] if delimiter else DELIMITERS):
        for mark in [quote] if quote else _marks(lines, candidate):
            score, width = _score(lines[declared:], candidate, mark)
            best = max(best, (score - rank * 1e-6, width, candidate, mark))
    _, width, delimiter, quote = best
    if settings.quote == "":
        quote = ""
    skip = settings.skip if settings.skip is not None else declared + _above(lines[declared:], delimiter, quote, width)
    first = next((line for line in _records(lines[skip:], delimiter, quote) if any(line)), None)
    if first is None:
        raise SourceError("is empty", where=where, expected="a header with the names of the columns")
    if settings.header is False:
        numbered = tuple(f"column{number}" for number in range(len(first)))
        return Dialect(delimiter, quote, header=False, skip=skip, names=numbered)
    names, repeated = column_names(first)
    return Dialect(delimiter, quote, header=True, skip=skip, names=names, repeated=repeated)


def column_names(cells: list[str]) -> tuple[tuple[str, ...], frozenset[str]]:
    """Names as the header gives them, trimmed, unique without regard to case; and those that were there twice."""
    names: list[str] = []
    used: Counter[str] = Counter()
    repeated: set[str] = set()
    for number, cell in enumerate(cells):
        name = " ".join(str(cell).replace("\u00a0", " ").replace("\ufeff", "").split()) or f"column{number}"
        name = f"{name}_given" if name.lower() in _OWN else name
        used[name.lower()] += 1
        if used[name.lower()] > 1:
            repeated.add(name.lower())
            name = f"{name}_{used[name.lower()]}"
            while name.lower() in used:
                name += "_"
            used[name.lower()] += 1
        names.append(name)
    return tuple(names), frozenset(repeated)


def _marks(lines: list[str], delimiter: str) -> list[str]:
    """Quote marks that the lines may use: the single one only where it encloses fields and the double one is unused."""
    single = sum(f"'{delimiter}'" in line or (line.startswith("'") and line.rstrip().endswith("'")) for line in lines)
    return ["'"] if single * 2 > len(lines) and not any('"' in line for line in lines) else ['"']


def _unescaped(delimiter: str) -> str:
    return {"\\t": "\t", "tab": "\t"}.get(delimiter, delimiter)


def _records(lines: list[str], delimiter: str, quote: str) -> list[list[str]]:
    kept = [line.replace("\0", "") for line in lines]
    if not quote:
        return list(csv.reader(kept, delimiter=delimiter, quoting=csv.QUOTE_NONE))
    rows: list[list[str]] = []
    with suppress(csv.Error):
        rows.extend(csv.reader(kept, delimiter=delimiter, quotechar=quote))
    return rows


def _score(lines: list[str], delimiter: str, quote: str) -> tuple[float, int]:
    """Share of records with the usual number of fields, and that number; one column only scores low."""
    widths = Counter(len(row) for row in _records(lines, delimiter, quote) if any(cell.strip() for cell in row))
    if not widths:
        return 0.0, 0
    width, count = max(widths.items(), key=lambda item: (item[1] * (1 if item[0] > 1 else 0.2), item[0]))
    share = count / sum(widths.values())
    return (share + min(width, 20) * 0.005 if width > 1 else share * 0.1), width


def _above(lines: list[str], delimiter: str, quote: str, width: int) -> int:
    """Lines above the first record of the usual width that reads like a header."""
    if width < 2:
        return 0
    for number, line in enumerate(lines[:50]):
        cells = next(iter(_records([line], delimiter, quote)), [])
        filled = [cell for cell in cells if cell.strip()]
        wide = abs(len(cells) - width) <= 1 and len(filled) * 2 > width
        if wide and not any(map(_NUMBER.match, filled)):
            return number
        if len(cells) == width and len(filled) * 2 > width and not all(map(_NUMBER.match, filled)):
            return number
    return 0
