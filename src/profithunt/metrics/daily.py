"""Daily figures from CSV files: one row a day (or several), a column a metric; or one row a day and metric.

A cell that is empty is missing, `0` is a zero. Dates and numbers may be written in any of the usual ways; what can't be
read is named with its file, row and column.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from pathlib import Path
from typing import Final, Literal

from profithunt.errors import SourceError
from profithunt.metrics.series import Comparison, Coverage, Daily

Aggf = Literal["sum", "mean", "min", "max", "last"]
AGGFS: Final = ("sum", "mean", "min", "max", "last")
DATES: Final = ("date", "day", "on", "datum", "fecha", "data", "week_ending", "month")
OF: Final = "__of"

_ABSENT: Final = frozenset({"", "-", "–", "—", "na", "n/a", "nan", "null", "none", "#n/a"})
_FORMATS: Final = (
    "%Y-%m-%d", "%d-%b-%Y", "%a, %d-%b-%Y", "%d-%b-%y", "%Y/%m/%d", "%Y%m%d", "%d.%m.%Y", "%d.%m.%y", "%d %b %Y",
    "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%B %d %Y", "%a, %d %b %Y", "%d-%B-%Y",
)  # fmt: skip
_SLASHED: Final = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})")
_GROUPS: Final = re.compile(r"[+-]?\d{1,3}(,\d{3})+")
_CONDITION: Final = re.compile(
    r"\s*(?:`(?P<ticked>[^`]+)`|(?P<name>[\w./% ]+?))\s*(?P<op>==|!=|>=|<=|>|<)\s*"
    r"(?:'(?P<single>[^']*)'|\"(?P<double>[^\"]*)\"|(?P<plain>[^\s'\"]+))\s*"
)
_LONGEST: Final = 12
"""Names that a message lists."""

Rows = Callable[[int], bool]


@dataclass
class Frame:
    """One file: the day of each row, and its columns as text."""

    name: str
    where: str
    days: list[dt.date]
    columns: dict[str, list[str]]
    comma: bool
    """Whether a lone comma is a decimal sign."""
    rates: dict[str, str] = field(default_factory=dict)
    """Columns that are numerators, with the column of their denominator (files of one row a day and metric)."""
    numbers: dict[str, list[Decimal | None]] = field(default_factory=dict)

    def values(self, column: str) -> list[Decimal | None]:
        """A column as numbers. Raises SourceError for a cell that is none."""
        if column not in self.numbers:
            comma = self.comma
            found: list[Decimal | None] = []
            for at, text in enumerate(self.columns[column]):
                try:
                    found.append(number(text, comma=comma))
                except ValueError:
                    raise SourceError(
                        f"'{text}' is no number",
                        where=f"{self.where}, row {at + 2}, column '{column}'",
                        expected="a number",
                    ) from None
            self.numbers[column] = found
        return self.numbers[column]


class Frames:
    """All files of a deck. A column is named by itself or as `file.column`."""

    def __init__(self, frames: Sequence[Frame]) -> None:
        self.frames = tuple(frames)

    @property
    def names(self) -> list[str]:
        """All columns, as they may be named."""
        many = len(self.frames) > 1
        return [f"{frame.name}.{name}" if many else name for frame in self.frames for name in frame.columns]

    @property
    def last(self) -> dt.date | None:
        """The last day of any file."""
        return max((max(frame.days) for frame in self.frames if frame.days), default=None)

    def find(self, column: str) -> tuple[Frame, str] | None:
        """The file and the column of a name."""
        for frame in self.frames:
            if column in frame.columns:
                return frame, column
            if column.startswith(f"{frame.name}.") and column[len(frame.name) + 1 :] in frame.columns:
                return frame, column[len(frame.name) + 1 :]
        return None

    def near(self, column: str) -> str:
        """A hint for a column that isn't there: the nearest, or what there is."""
        near = get_close_matches(column, self.names, n=1, cutoff=0.6)
        if near:
            return f"did you mean '{near[0]}'?"
        shown = ", ".join(self.names[:_LONGEST])
        return f"the data has {shown}{' …' if len(self.names) > _LONGEST else ''}"


def read_csv(source: Path | str, name: str = "", text: str | None = None, date_format: str | None = None) -> Frame:
    """Read one file. Raises SourceError that says what is wrong with it, and where."""
    where = str(source)
    if text is None:
        text = _text(Path(source))
    sample = text[:65536]
    delimiter = max(",;\t|", key=sample.split("\n", 1)[0].count)
    rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(cell.strip() for cell in row)]
    if len(rows) < 2:
        raise SourceError("has no rows", where=where, expected="a header and one row a day")
    header = [cell.strip() for cell in rows[0]]
    double = next((cell for at, cell in enumerate(header) if cell and cell in header[:at]), None)
    if double is not None:
        raise SourceError(f"has the column '{double}' twice", where=where, expected="names that differ")
    body = rows[1:]
    short = next((at for at, row in enumerate(body) if len(row) != len(header)), None)
    if short is not None and any(cell.strip() for cell in body[short][len(header) :]):
        raise SourceError(
            f"has {len(body[short])} cells where the header has {len(header)}",
            where=f"{where}, row {short + 2}",
            do="put quotes around numbers with commas in them",
        )
    if short is not None:
        width = len(header)
        body = [(row + [""] * width)[:width] for row in body]
    dated = _date_column(header, where)
    at = header.index(dated)
    days = _days([row[at] for row in body], f"{where}, column '{dated}'", date_format)
    columns = {title: [row[place] for row in body] for place, title in enumerate(header) if title and title != dated}
    frame = Frame(name or Path(where).stem, where, days, columns, comma=delimiter == ";")
    return _widened(frame)


def number(text: str, *, comma: bool = False) -> Decimal | None:
    """A number however it is written; None for what stands for nothing. Raises ValueError."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        pass
    else:
        if value.is_finite():
            return value
        if value.is_nan():
            return None
        raise ValueError(text)
    bare = text.strip().replace("\u00a0", "").replace(" ", "").replace("−", "-")
    if bare.lower() in _ABSENT:
        return None
    negative = bare.startswith("(") and bare.endswith(")")
    bare = bare.strip("()")
    percent = bare.endswith("%")
    bare = re.sub(r"^([+-]?)[^\d.,+-]{0,3}", r"\1", bare.rstrip("%")).rstrip("€$£¥")
    if "," in bare and "." in bare:
        thousands = "," if bare.rfind(".") > bare.rfind(",") else "."
        bare = bare.replace(thousands, "").replace(",", ".")
    elif "," in bare:
        bare = bare.replace(",", "") if _GROUPS.fullmatch(bare) and not comma else bare.replace(",", ".")
    try:
        value = Decimal(bare)
    except InvalidOperation:
        raise ValueError(text) from None
    value = value / 100 if percent else value
    return -value if negative else value


def day_of(text: object, date_format: str | None = None) -> dt.date:
    """A day however it is written, save 03/04/2021, which says nothing. Raises ValueError."""
    if isinstance(text, dt.datetime):
        return text.date()
    if isinstance(text, dt.date):
        return text
    bare = str(text).strip()
    if date_format:
        return dt.datetime.strptime(bare, date_format).date()  # noqa: DTZ007 - days have no zone
    try:
        return dt.date.fromisoformat(bare[:10]) if len(bare) != 8 else dt.date.fromisoformat(bare)
    except ValueError:
        pass
    for form in _FORMATS:
        try:
            return dt.datetime.strptime(bare.title(), form).date()  # noqa: DTZ007 - days have no zone
        except ValueError:
            continue
    raise ValueError(bare)


def series(
    frames: Frames,
    column: str,
    aggf: Aggf,
    last: dt.date,
    *,
    per: str | None = None,
    keep: str | None = None,
    how: Comparison = "percent",
    scale: float = 1.0,
    where: str = "",
) -> Daily:
    """A column as a metric by day; `per` divides it by another column, `keep` is a condition on the rows.

    Raises SourceError.
    """
    frame, name = _found(frames, column, where)
    bottom = per
    if bottom is None and name in frame.rates:
        bottom = frame.rates[name]
    wanted = condition(keep, frame, where) if keep else None
    tops: dict[dt.date, Decimal] = {}
    bottoms: dict[dt.date, Decimal] | None = {} if bottom is not None or aggf == "mean" else None
    divisors: Sequence[Decimal | None] | None = None
    if bottom is not None:
        other, other_name = _found(frames, bottom, where)
        if other is not frame:
            raise SourceError(
                f"'{column}' and '{bottom}' are in different files",
                where=where,
                do="use function: divide: of two metrics",
            )
        divisors = other.values(other_name)
    for at, value in enumerate(frame.values(name)):
        if wanted is not None and not wanted(at):
            continue
        divisor = divisors[at] if divisors is not None else None
        if value is None or (divisors is not None and divisor is None):
            continue
        day = frame.days[at]
        if aggf in ("sum", "mean") or bottom is not None:
            tops[day] = tops[day] + value if day in tops else value
        elif aggf == "last" or day not in tops:
            tops[day] = value
        else:
            tops[day] = min(tops[day], value) if aggf == "min" else max(tops[day], value)
        if bottoms is not None:
            bottoms[day] = bottoms.get(day, Decimal(0)) + (divisor if divisor is not None else 1)
    coverage = Coverage.of_cells(tops.keys(), last)
    rate = bottoms is not None
    kind = "ratio" if rate else "sum" if aggf == "mean" else aggf
    return Daily(kind, tops, bottoms, coverage, how=how, scale=scale, empty_is_zero=False)


def condition(text: str, frame: Frame, where: str = "") -> Rows:
    """Which rows a condition such as `Country == 'US' and Device != "app"` keeps. Raises SourceError."""
    choices: list[list[Rows]] = []
    for choice in re.split(r"\s+or\s+|\s*\|{1,2}\s*", text):
        parts = [_comparison(part, frame, text, where) for part in re.split(r"\s+and\s+|\s*&{1,2}\s*", choice)]
        choices.append(parts)
    return lambda at: any(all(part(at) for part in parts) for parts in choices)


def _comparison(part: str, frame: Frame, text: str, where: str) -> Rows:
    match = _CONDITION.fullmatch(part.strip().strip("()"))
    if match is None:
        raise SourceError(
            f'the condition "{text}" is not understood', where=where, expected="as in Country == 'US' and Units > 3"
        )
    name = match["ticked"] or match["name"]
    if name not in frame.columns:
        _, name = _found(Frames([frame]), name, where)
    operation = match["op"]
    quoted = match["single"] if match["single"] is not None else match["double"]
    cells = frame.columns[name]
    wanted = quoted if quoted is not None else match["plain"]
    try:
        limit = number(wanted)
    except ValueError:
        limit = None
    if limit is None or quoted is not None:
        if operation not in ("==", "!="):
            raise SourceError(f"'{wanted}' is no number to compare with", where=where, expected="a number after < or >")
        same = operation == "=="
        return lambda at: (cells[at].strip() == wanted) is same
    values = frame.values(name)
    compare = _COMPARE[operation]
    bound = limit
    return lambda at: (value := values[at]) is not None and compare(value, bound)


_COMPARE: Final[Mapping[str, Callable[[Decimal, Decimal], bool]]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
}


def _found(frames: Frames, column: str, where: str) -> tuple[Frame, str]:
    found = frames.find(column)
    if found is None:
        raise SourceError(f"there is no column '{column}'", where=where, do=frames.near(column))
    return found


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SourceError(
            f"can't be read ({(error.strerror or str(error)).lower()})", where=str(path), do="check the path"
        ) from error
    for encoding in ("utf-8-sig", "utf-16") if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SourceError("is not text", where=str(path), expected="a CSV file in UTF-8")


def _date_column(header: Sequence[str], where: str) -> str:
    for wanted in DATES:
        for title in header:
            if title.lower() == wanted:
                return title
    raise SourceError(
        "has no column of dates",
        where=where,
        expected="a column called Date",
        do=f"there are: {', '.join(header[:_LONGEST])}",
    )


def _days(texts: Iterable[str], where: str, date_format: str | None) -> list[dt.date]:
    known: dict[str, dt.date] = {}
    found = []
    listed = list(texts)
    slashed = None if date_format else _slashed(listed, where)
    for at, text in enumerate(listed):
        day = known.get(text)
        if day is None:
            try:
                match = _SLASHED.fullmatch(text.strip()) if slashed else None
                day = _in_order(match, slashed) if match and slashed else day_of(text, date_format)
            except ValueError:
                raise SourceError(
                    f"'{text}' is no date",
                    where=f"{where}, row {at + 2}",
                    expected=date_format or "a day such as 2021-09-25 or 25-SEP-2021",
                    do="set setup: date_format: as strptime writes it",
                ) from None
            known[text] = day
        found.append(day)
    return found


def _slashed(texts: Sequence[str], where: str) -> str | None:
    """Whether 03/04/2021 is the third of April ("dmy") or the fourth of March ("mdy"), from all that there are."""
    parts = [match for text in texts if (match := _SLASHED.fullmatch(text.strip()))]
    if not parts:
        return None
    if any(int(match[1]) > 12 for match in parts):
        return "dmy"
    if any(int(match[2]) > 12 for match in parts):
        return "mdy"
    raise SourceError(
        f"'{parts[0][0]}' may be a day of two months",
        where=where,
        do="set setup: date_format: '%d/%m/%Y' or '%m/%d/%Y'",
    )


def _in_order(match: re.Match[str], order: str) -> dt.date:
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    day, month = (first, second) if order == "dmy" else (second, first)
    return dt.date(year + 2000 if year < 100 else year, month, day)


def _widened(frame: Frame) -> Frame:
    """A file with one row a day and metric, turned into one with a column a metric; others as they are."""
    by_low = {name.lower(): name for name in frame.columns}
    if "metric" not in by_low or not {"value", "numerator"} & set(by_low):
        return frame
    spent = ("metric", "value", "numerator", "denominator")
    kept = [name for name in frame.columns if name.lower() not in spent]
    tops = frame.columns[by_low["numerator"] if "numerator" in by_low else by_low["value"]]
    bottoms = frame.columns[by_low["denominator"]] if "denominator" in by_low else None
    # One row for each day and whatever else tells rows apart; a metric that stands there twice takes another row.
    places: dict[tuple[object, ...], int] = {}
    days: list[dt.date] = []
    cells: dict[str, dict[int, str]] = {name: {} for name in kept}
    rates: dict[str, str] = {}
    for at, name in enumerate(frame.columns[by_low["metric"]]):
        metric = name.strip()
        key: tuple[object, ...] = (frame.days[at], *(frame.columns[one][at] for one in kept))
        while (place := places.setdefault(key, len(days))) in cells.get(metric, {}):
            key = (*key, "again")
        if place == len(days):
            days.append(frame.days[at])
            for one in kept:
                cells[one][place] = frame.columns[one][at]
        cells.setdefault(metric, {})[place] = tops[at]
        if bottoms is not None and bottoms[at].strip():
            cells.setdefault(metric + OF, {})[place] = bottoms[at]
            rates[metric] = metric + OF
    columns = {name: [held.get(place, "") for place in range(len(days))] for name, held in cells.items()}
    return Frame(frame.name, frame.where, days, columns, frame.comma, rates)
