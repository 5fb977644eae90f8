"""What the columns of a raw table hold: counts over all rows from the engine, patterns from a sample.

The sample is the first rows as they stand (rows of one order stand together) and rows spread over the rest.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from profithunt.sources.propose import values

if TYPE_CHECKING:
    from profithunt.engine import Engine
    from profithunt.sources.propose.look import RawTable

FIRST_ROWS = 1500
SPREAD_ROWS = 2500
_EXACT_ROWS = 3_000_000
_LOOKED_AT = 600
_NOTHING = frozenset(("NA", "N/A", "n/a", "NULL", "null", "None", "nan", "NaN", "\\N", "-", "--", "#N/A"))
_NUMERIC_TYPES = ("DECIMAL", "DOUBLE", "FLOAT", "REAL", "HUGEINT")
_WHOLE_TYPES = ("BIGINT", "INTEGER", "SMALLINT", "TINYINT", "UBIGINT", "UINTEGER", "USMALLINT", "UTINYINT")


@dataclass(frozen=True)
class ColumnProfile:
    """One raw column. Shares are of the filled values (0–1); `distinct` and `filled` count over all rows."""

    name: str
    type: str
    filled: int
    distinct: int
    rows: int
    numbers: float
    whole: float
    negative: float
    dates: float
    clocks: float
    emails: float
    countries: float
    currencies: float
    postcodes: float
    truths: float
    spaced: float
    lettered: float
    length: float
    least: float | None
    most: float | None
    middle: float | None
    decimal: str | None
    doubtful: bool
    date_order: str | None
    common: tuple[str, ...]

    @property
    def unique(self) -> bool:
        """Whether every row has a value of its own."""
        return self.rows > 0 and self.filled == self.rows and self.distinct >= self.rows * 0.999

    @property
    def is_number(self) -> bool:
        """Whether the values are numbers."""
        return self.numbers >= 0.97

    @property
    def is_date(self) -> bool:
        """Whether the values are days or times."""
        return self.dates >= 0.9

    @property
    def fill(self) -> float:
        """Share of rows that have a value."""
        return self.filled / self.rows if self.rows else 0.0


@dataclass(frozen=True)
class TableProfile:
    """All columns of a raw table, and the sample: `head` first rows, `spread` others, as text by column."""

    table: RawTable
    columns: dict[str, ColumnProfile]
    head: tuple[dict[str, str], ...]
    spread: tuple[dict[str, str], ...]

    @property
    def sample(self) -> tuple[dict[str, str], ...]:
        """Head and spread together."""
        return self.head + self.spread

    def numbers(self, column: str) -> list[float | None]:
        """The column's sample as numbers, None where there is none."""
        sign = self.columns[column].decimal
        return [values.number(row[column], sign) if row[column] else None for row in self.sample]


def profile(table: RawTable, engine: Engine) -> TableProfile:
    """Count and sample a raw table."""
    head, spread = _sample(table, engine)
    counts = _counts(table, engine)
    rows = max((filled for filled, _, _ in counts.values()), default=0)
    total = next(iter(counts.values()))[2] if counts else rows
    sample = head + spread
    columns = {
        name: _column(name, table.columns[name], [row[name] for row in sample if row[name]], *counts[name][:2], total)
        for name in table.headings
    }
    return TableProfile(table, columns, head, spread)


def raw(name: str) -> exp.Column:
    """A raw column by its exact name."""
    return exp.column(exp.to_identifier(name, quoted=True))


def text_of(name: str) -> exp.Expr:
    """A raw column as trimmed text, null when blank."""
    trimmed = exp.Trim(this=exp.cast(raw(name), "TEXT"))
    return exp.Nullif(this=trimmed, expression=exp.Literal.string(""))


def relation(table: RawTable) -> exp.Table:
    """The raw table's view."""
    return exp.to_table(table.view)


def _counts(table: RawTable, engine: Engine) -> dict[str, tuple[int, int, int]]:
    """Column → (filled, distinct, rows)."""
    if not table.headings:
        return {}
    parts: list[exp.Expr] = [exp.Count(this=exp.Star())]
    for name in table.headings:
        parts.append(exp.Count(this=text_of(name)))
        distinct: exp.Expr = exp.Count(this=exp.Distinct(expressions=[text_of(name)]))
        if table.rows > _EXACT_ROWS:
            distinct = exp.ApproxDistinct(this=text_of(name))
        parts.append(distinct)
    named = [exp.alias_(part, f"c{position}") for position, part in enumerate(parts)]
    row = engine.rows(exp.select(*named).from_(relation(table)))[0]
    return {
        name: (int(row[1 + 2 * position]), int(row[2 + 2 * position]), int(row[0]))
        for position, name in enumerate(table.headings)
    }


def _sample(table: RawTable, engine: Engine) -> tuple[tuple[dict[str, str], ...], tuple[dict[str, str], ...]]:
    picks = [exp.alias_(exp.cast(raw(name), "TEXT"), f"c{at}") for at, name in enumerate(table.headings)]
    first = exp.select(*picks).from_(relation(table)).limit(FIRST_ROWS)
    head = _rows(engine.rows(first), table)
    if table.rows <= FIRST_ROWS:
        return head, ()
    step = max(1, table.rows // SPREAD_ROWS)
    chosen = exp.EQ(
        this=exp.Mod(this=exp.column("_row"), expression=exp.Literal.number(step)), expression=exp.Literal.number(0)
    )
    late = exp.GT(this=exp.column("_row"), expression=exp.Literal.number(FIRST_ROWS))
    spread = exp.select(*picks).from_(relation(table)).where(exp.and_(chosen, late)).limit(2 * SPREAD_ROWS)
    return head, _rows(engine.rows(spread), table)


def _rows(rows: list[tuple[Any, ...]], table: RawTable) -> tuple[dict[str, str], ...]:
    return tuple({name: _text(value) for name, value in zip(table.headings, row, strict=True)} for row in rows)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    shown = f"{value:f}" if isinstance(value, Decimal) else str(value).strip()
    return "" if shown in _NOTHING else shown


def _column(name: str, kind: str, filled: list[str], count: int, distinct: int, rows: int) -> ColumnProfile:
    looked = filled if len(filled) <= _LOOKED_AT else filled[:: max(1, len(filled) // _LOOKED_AT)]
    size = len(looked) or 1
    style = values.writing(looked)
    numbers = [number for value in looked if (number := values.number(value, style.decimal)) is not None]
    typed = kind.startswith(_NUMERIC_TYPES) or kind.startswith(_WHOLE_TYPES)
    ordered = sorted(numbers)
    timed = kind.startswith(("DATE", "TIMESTAMP"))

    def share(test: Any) -> float:
        return sum(1 for value in looked if test(value)) / size

    dates = 1.0 if timed else share(values.is_date)
    return ColumnProfile(
        name=name,
        type=kind,
        filled=count,
        distinct=distinct,
        rows=rows,
        numbers=1.0 if typed else (0.0 if timed else len(numbers) / size),
        whole=sum(1 for number in numbers if number == int(number)) / (len(numbers) or 1),
        negative=sum(1 for number in numbers if number < 0) / (len(numbers) or 1),
        dates=dates,
        clocks=share(values.is_clock),
        emails=share(values.is_email),
        countries=share(values.is_country),
        currencies=share(lambda value: value.upper() in values.CURRENCIES),
        postcodes=share(values.is_postcode),
        truths=share(values.is_truth),
        spaced=share(lambda value: " " in value),
        lettered=share(lambda value: any(sign.isalpha() for sign in value)),
        length=sum(map(len, looked)) / size,
        least=ordered[0] if ordered else None,
        most=ordered[-1] if ordered else None,
        middle=ordered[len(ordered) // 2] if ordered else None,
        decimal=style.decimal,
        doubtful=style.doubtful,
        date_order=None if timed else values.date_order(looked),
        common=tuple(value for value, _ in Counter(filled).most_common(40)),
    )
