"""Exports of the receiving systems: where former values, handles and options come from, exactly as they are there."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path

from profithunt.errors import SourceError, UsageError

_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


@dataclass(frozen=True)
class Export:
    """Rows of an export; columns are found whatever their capitals, spaces and underscores."""

    name: str
    heading: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]

    def has(self, column: str) -> bool:
        """Whether the export has a column."""
        return plain(column) in {plain(name) for name in self.heading}

    def where(self, column: str, value: str) -> list[Mapping[str, str]]:
        """Rows with a value in a column, capitals aside."""
        key, wanted = plain(column), value.strip().casefold()
        return [row for row in self.rows if row.get(key, "").strip().casefold() == wanted]


def plain(column: str) -> str:
    """A heading without capitals, spaces, hyphens and underscores."""
    return "".join(letter for letter in column.casefold() if letter not in " _-")


def read_export(folder: Path, given: str, needs: Sequence[str]) -> Export:
    """Read an export below the shop's folder: UTF-8 or UTF-16, commas, semicolons or tabs. Raises SourceError."""
    path = (folder / given).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise UsageError("an export lies below the shop's folder", where=given)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceError("the export can't be read", where=given, do="export it again") from error
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise SourceError("the export is neither UTF-8 nor UTF-16", where=given, do="export it again") from error
    first = text.split("\n", 1)[0]
    delimiter = max("\t,;", key=first.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    heading = tuple(name for name in reader.fieldnames or () if name)
    found = Export(given, heading, tuple(_row(row) for row in reader))
    missing = [name for name in needs if not found.has(name)]
    if missing:
        raise SourceError(f"the export has no column '{missing[0]}'", where=given, expected=", ".join(needs))
    return found


def _row(row: Mapping[str | None, str | list[str] | None]) -> Mapping[str, str]:
    return {plain(name): value for name, value in row.items() if name and isinstance(value, str)}


def table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows as CSV text."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(heading)
    writer.writerows(rows)
    return out.getvalue()


def amount(value: object, what: str, decimals: int = 2) -> str:
    """An amount as a decimal string with so many places, half away from zero. Raises UsageError."""
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise UsageError(f"{what} is no amount: {value!r}", expected="a decimal number, such as 12.50") from error
    if not number.is_finite() or number < 0:
        raise UsageError(f"{what} can't be {value}", expected="an amount of zero or more")
    return f"{number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):f}"


def moved(former: str, share: object, what: str, decimals: int = 2) -> str:
    """An amount changed by a share (-0.2: a fifth less). Raises UsageError."""
    try:
        factor = 1 + Decimal(str(share))
    except InvalidOperation as error:
        raise UsageError(f"{what} is no share: {share!r}", expected="a number such as -0.2") from error
    return amount(Decimal(former) * factor, what, decimals)
