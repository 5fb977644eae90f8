"""What the tables of a run hold, against what a detector or a metric needs, and what would wake those that sleep.

A need is a table (`returns`: has rows), a column (`shipments.promised_at`: has values), an amount of the ledger
(`ledger.cogs`: is not zero everywhere), or several of them parted by `|` of which one is enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlglot import exp

from profithunt.engine import AnyEngine
from profithunt.ledger.components import COMPONENTS
from profithunt.schema import TABLES

_SUBTOTALS = ("net_sales", "cm1", "cm2", "cm3")


class Supply:
    """What the tables of a run hold, of all that is `asked` for; each table is looked at once."""

    def __init__(self, engine: AnyEngine, asked: Iterable[str]) -> None:
        self._engine = engine
        self._asked = {part.strip() for need in asked for part in need.split("|")}
        self._filled: dict[str, bool] | None = None

    def missing(self, needs: Sequence[str]) -> tuple[str, ...]:
        """Which of these needs are not met, as they are written."""
        if self._filled is None:
            self._filled = self._look()
        filled = self._filled
        return tuple(need for need in needs if not any(filled.get(part.strip(), False) for part in need.split("|")))

    def _look(self) -> dict[str, bool]:
        filled = {}
        for table in sorted({name.partition(".")[0] for name in self._asked}):
            if not self._engine.has(table):
                continue
            there = set(self._engine.columns(table))
            columns = sorted({name.partition(".")[2] for name in self._asked if name.startswith(f"{table}.")} & there)
            counts = [exp.Count(this=exp.Star()), *[_count(column) for column in columns]]
            query = exp.select(*[exp.alias_(item, f"n{at}") for at, item in enumerate(counts)]).from_(table)
            row = self._engine.rows(query)[0]
            filled[table] = row[0] > 0
            filled |= {f"{table}.{column}": count > 0 for column, count in zip(columns, row[1:], strict=True)}
        return filled


def _count(column: str) -> exp.Expression:
    """How many rows say something in a column; an amount of zero says nothing."""
    if column in COMPONENTS or column in _SUBTOTALS or column == "cancelled_quantity":
        zero = exp.NEQ(this=exp.column(column), expression=exp.Literal.number("0"))
        return exp.Count(this=exp.Case().when(zero, exp.Literal.number("1")))
    return exp.Count(this=exp.column(column))


def wakes(missing: Sequence[str]) -> str:
    """One sentence: what to supply so that what sleeps wakes."""
    return "; ".join(" or ".join(_named(part.strip()) for part in need.split("|")) for need in missing)


def _named(need: str) -> str:
    table, _, column = need.partition(".")
    if table == "ledger" and column in COMPONENTS:
        part = COMPONENTS[column]
        return f"{part.label.lower()} ({part.source})"
    if table in TABLES and not column:
        return f"table {table} ({TABLES[table].what.rstrip('.')})"
    if table in TABLES and column in TABLES[table].columns:
        return f"{table}.{column} ({TABLES[table].columns[column].meaning.rstrip('.')})"
    return need
