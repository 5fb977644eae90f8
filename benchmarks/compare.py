"""Whether two contestants came to the same result: every row, every amount to the cent."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
from sqlglot import exp

from profithunt.engine.runs import table_files

KEYS: Final = {
    "ledger": ("entry", "order_id", "line_no", "customer_id", "marketing_channel", "campaign", "keyword", "ordered_on"),
    "order_profit": ("order_id",),
    "customer_profit": ("customer_id",),
    "sku_profit": ("sku",),
    "profit_slices": ("dimension", "member"),
}
HALF_A_CENT: Final = "0.005"
"""Both round each part of an allocation to a hundredth of a cent; halves may fall to either side."""


@dataclass(frozen=True)
class Difference:
    """Rows of one table that only one side has, and rows of both that differ in a column."""

    table: str
    rows: int
    lonely: int
    unequal: int

    @property
    def equal(self) -> bool:
        """Both sides hold the same rows with the same amounts."""
        return not self.lonely and not self.unequal


def compare(left: Path, right: Path, tables: tuple[str, ...] = tuple(KEYS)) -> list[Difference]:
    """Compare two folders of results table by table, in the columns that the left one has."""
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        return [_table(connection, table, left, right) for table in tables]


def _table(connection: duckdb.DuckDBPyConnection, table: str, left: Path, right: Path) -> Difference:
    sides = {
        side: connection.read_parquet([str(path) for path in table_files(folder)[table]])
        for side, folder in (("a", left), ("b", right))
    }
    for side, rows in sides.items():
        rows.create_view(side, replace=True)
    columns = dict(zip(sides["a"].columns, sides["a"].types, strict=True))
    keys = KEYS[table]
    same_key = exp.and_(*[exp.NullSafeEQ(this=exp.column(key, "a"), expression=exp.column(key, "b")) for key in keys])
    unequal = exp.or_(*[_differs(name, str(kind)) for name, kind in columns.items() if name not in keys])
    # What stands for a row that is there: ordering columns may be null, so both sides carry a mark.
    marked = {side: exp.select("*", exp.alias_(exp.true(), "there")).from_(side).subquery(side) for side in ("a", "b")}
    query = (
        exp.select(
            exp.func("COUNT_IF", exp.column("there", "a")),
            exp.func(
                "COUNT_IF", exp.or_(exp.column("there", "a").is_(exp.null()), exp.column("there", "b").is_(exp.null()))
            ),
            exp.func("COUNT_IF", exp.and_(exp.column("there", "a"), exp.column("there", "b"), unequal)),
        )
        .from_(marked["a"])
        .join(marked["b"], on=same_key, join_type="full")
    )
    found = connection.execute(query.sql("duckdb")).fetchall()[0]
    return Difference(table, rows=found[0], lonely=found[1], unequal=found[2])


def _differs(name: str, kind: str) -> exp.Condition:
    left, right = exp.column(name, "a"), exp.column(name, "b")
    if not kind.startswith("DECIMAL"):
        return exp.NullSafeNEQ(this=left, expression=right)
    gap = exp.func("ABS", exp.Sub(this=left, expression=right))
    limit = exp.Literal.number(HALF_A_CENT)
    return exp.or_(
        exp.GT(this=gap, expression=limit), exp.NEQ(this=left.is_(exp.null()), expression=right.is_(exp.null()))
    )
