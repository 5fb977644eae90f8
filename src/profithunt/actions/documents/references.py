"""Live references in a document: `{{ metric:cm2 last 28 days }}` becomes the figure of the current run.

A reference names what, and for metrics the days:

| reference | gives |
| --- | --- |
| `{{ metric:cm2 last 28 days }}` | a metric over the last days of the data (also weeks, months) |
| `{{ metric:cm2 2025-01-01 to 2025-01-31 }}` | over these days, both counted |
| `{{ metric:cm2 last 28 days change }}` | its change on as many days right before; `change on year`: 364 days earlier |
| `{{ metric:cm2 last 28 days where country = DE }}` | of one member of a dimension |
| `{{ opportunity:ab12cd34ef56 value }}` | value, p10, p90, confidence, owner, action or title of an opportunity |

Nothing else is understood: a document can't compute, read files or call anything.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from profithunt.errors import ProfithuntError, UsageError

Json = Any
Against = Literal["before", "year"]

_MARK: Final = re.compile(r"\{\{\s*(.*?)\s*\}\}", re.DOTALL)
_NAME: Final = r"[A-Za-z][A-Za-z0-9_]*"
_METRIC: Final = re.compile(
    rf"metric:(?P<name>{_NAME})\s+"
    r"(?:last\s+(?P<number>\d{1,4})\s+(?P<unit>days?|weeks?|months?)"
    r"|(?P<start>\d{4}-\d{2}-\d{2})\s+to\s+(?P<end>\d{4}-\d{2}-\d{2}))"
    rf"(?:\s+where\s+(?P<by>{_NAME})\s*=\s*(?P<member>[^{{}}]+?))?"
    r"(?:\s+(?P<change>change)(?:\s+on\s+(?P<year>year))?)?"
)
_OPPORTUNITY: Final = re.compile(r"opportunity:(?P<id>[0-9a-f]{6,12})\s+(?P<field>[a-z0-9_]+)")
FIELDS: Final = ("value", "p10", "p90", "confidence", "owner", "action", "title")
_DAYS: Final = {"day": 1, "week": 7}
MOST_DAYS: Final = 3660


@dataclass(frozen=True)
class MetricReference:
    """A metric over days: `last` so many days or months before the end of the data, or from `start` to `end`."""

    text: str
    name: str
    last_days: int | None = None
    last_months: int | None = None
    start: dt.date | None = None
    end: dt.date | None = None
    by: str | None = None
    member: str | None = None
    against: Against | None = None


@dataclass(frozen=True)
class OpportunityReference:
    """One field of an opportunity."""

    text: str
    id: str
    field: str


Reference = MetricReference | OpportunityReference


@dataclass(frozen=True)
class Figure:
    """What a reference stands for: the text shown, the plain value, and the days it is of."""

    text: str
    value: Json = None
    period: str = ""
    note: str = ""

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {"text": self.text, "value": self.value, "period": self.period, "note": self.note}


Reader = Callable[[Reference], Figure]
"""Reads a figure from the ledger and the metrics. Raises ProfithuntError where there is none."""


@dataclass(frozen=True)
class Filled:
    """A document with its figures: the text, the figures by reference, and what could not be read."""

    text: str
    figures: dict[str, Figure]
    problems: tuple[str, ...]


def parse(text: str) -> Reference:
    """What stands between the braces. Raises UsageError that says what would be understood."""
    words = " ".join(text.split())
    if found := _METRIC.fullmatch(words):
        return _metric(words, found)
    if found := _OPPORTUNITY.fullmatch(words):
        if found["field"] not in FIELDS:
            raise UsageError(f"an opportunity has no '{found['field']}'", where=words, expected=", ".join(FIELDS))
        return OpportunityReference(words, found["id"], found["field"])
    raise UsageError(
        "this reference is not understood",
        where=f"{{{{ {words} }}}}",
        expected="metric:NAME last 28 days, metric:NAME 2025-01-01 to 2025-01-31, or opportunity:ID value",
    )


def _metric(words: str, found: re.Match[str]) -> MetricReference:
    against: Against | None = None
    if found["change"]:
        against = "year" if found["year"] else "before"
    days = months = start = end = None
    if found["start"]:
        try:
            start, end = dt.date.fromisoformat(found["start"]), dt.date.fromisoformat(found["end"])
        except ValueError as error:
            raise UsageError(f"there is no such day ({error})", where=words) from error
        if start > end or (end - start).days > MOST_DAYS:
            raise UsageError("the days run from the first to the last, ten years at most", where=words)
    else:
        unit, number = found["unit"].rstrip("s"), int(found["number"])
        if not number or number * (_DAYS.get(unit) or 30) > MOST_DAYS:
            raise UsageError("one day at least, ten years at most", where=words)
        days = number * _DAYS[unit] if unit in _DAYS else None
        months = number if unit == "month" else None
    return MetricReference(words, found["name"], days, months, start, end, found["by"], found["member"], against)


def references(body: str) -> Iterator[str]:
    """Every reference of a document as written, once each."""
    yield from dict.fromkeys(" ".join(found[1].split()) for found in _MARK.finditer(body))


def fill(body: str, reader: Reader) -> Filled:
    """Put the figures in. One that can't be read is marked in the text, and listed with the reason."""
    figures: dict[str, Figure] = {}
    problems: list[str] = []
    for words in references(body):
        try:
            figures[words] = reader(parse(words))
        except ProfithuntError as error:
            problems.append(f"{{{{ {words} }}}}: {str(error).rstrip('.')}")
    return Filled(placed(body, figures), figures, tuple(problems))


def placed(body: str, figures: dict[str, Figure]) -> str:
    """A document with these figures put in."""

    def put(found: re.Match[str]) -> str:
        words = " ".join(found[1].split())
        return figures[words].text if words in figures else f"**[no figure: {words}]**"

    return _MARK.sub(put, body)
