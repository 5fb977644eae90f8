"""Whether two runs hold the same: every table's columns, rows, sums and contents, whichever engine made them.

Exact columns (text, integers, money, days) must be the same to the last digit. A DOUBLE may differ by what the order of
adding it up changes: nine digits must agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from sqlglot import exp

from profithunt.engine import Engine
from profithunt.engine.runs import StoredRun, table_files
from profithunt.errors import NotFound, UsageError
from profithunt.ledger.build import part_sums

_TOLERANCE: Final = 1e-9
_TINY: Final = 1e-6
"""Of money or a ratio, a difference that no figure shows."""

_EXACT_NUMBERS: Final = ("BIGINT", "INTEGER", "DECIMAL", "HUGEINT", "SMALLINT", "TINYINT")
_REAL_NUMBERS: Final = ("DOUBLE", "FLOAT")

Amount = Decimal | int | float | None


@dataclass(frozen=True)
class TableDifference:
    """One table of two runs side by side.

    `rows` of each; `sums` of each numeric column that differs (first, second); `hashes` of the sorted rows, doubles to
    nine digits; `columns` that only one has, or that have two types; `differing` rows, looked for where hashes differ.
    """

    name: str
    rows: tuple[int | None, int | None]
    n_sums: int
    sums: Mapping[str, tuple[Amount, Amount]]
    hashes: tuple[str | None, str | None]
    columns: Sequence[str]
    differing: int

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return self.rows[0] == self.rows[1] and not self.sums and not self.columns and not self.differing

    def to_json(self) -> dict[str, Any]:
        """The same as plain data, amounts as decimal strings."""
        sums = {name: [None if item is None else str(item) for item in pair] for name, pair in self.sums.items()}
        return {
            "table": self.name,
            "rows": list(self.rows),
            "numeric_columns": self.n_sums,
            "sums_that_differ": sums,
            "hashes": list(self.hashes),
            "columns_that_differ": list(self.columns),
            "rows_that_differ": self.differing,
            "same": self.same,
        }


@dataclass(frozen=True)
class Comparison:
    """Two runs, table by table."""

    first: str
    second: str
    tables: Sequence[TableDifference]

    @property
    def same(self) -> bool:
        """Whether no table differs."""
        return all(table.same for table in self.tables)

    def to_json(self) -> dict[str, Any]:
        """`{first, second, same, tables: [...]}`."""
        tables = [table.to_json() for table in self.tables]
        return {"first": self.first, "second": self.second, "same": self.same, "tables": tables}


def compare_runs(engine: Engine, first: StoredRun, second: StoredRun) -> Comparison:
    """Compare two finished runs whose tables are on this machine. Raises UsageError where they aren't."""
    for run in (first, second):
        if run.info.get("tables_at"):
            raise UsageError(
                f"the tables of run {run.run_id} are at {run.info['tables_at']}",
                do="copy them to this machine, or make a run without --out",
            )
    return compare_folders(engine, first.tables, second.tables, (first.run_id, second.run_id))


def compare_folders(
    engine: Engine, first: Path, second: Path, names: tuple[str, str] = ("first", "second")
) -> Comparison:
    """Compare the Parquet files of two folders, table by table. Raises NotFound where a folder holds none."""
    files = [table_files(folder) for folder in (first, second)]
    for folder, found in zip((first, second), files, strict=True):
        if not found:
            raise NotFound("there are no tables", where=str(folder), expected="a folder of Parquet files")
    names_of_tables = sorted({*files[0], *files[1]} - part_sums())
    tables = [_table(engine, name, [found.get(name) for found in files]) for name in names_of_tables]
    return Comparison(*names, tables)


def _table(engine: Engine, name: str, files: list[list[Path] | None]) -> TableDifference:
    sides = [f"_compared_{side}" for side in ("first", "second")]
    rows: list[int | None] = [None, None]
    for place, (side, given) in enumerate(zip(sides, files, strict=True)):
        if given is not None:
            engine.attach_parquet(side, given)
            rows[place] = int(engine.value(exp.select("COUNT(*)").from_(side)))
    if None in rows:
        return TableDifference(name, (rows[0], rows[1]), 0, {}, (None, None), [], 0)
    kinds = [engine.columns(side) for side in sides]
    shared = {column: kind for column, kind in kinds[0].items() if kinds[1].get(column) == kind}
    unlike = sorted({*kinds[0], *kinds[1]} - set(shared))
    numbers = [column for column, kind in shared.items() if kind.startswith((*_EXACT_NUMBERS, *_REAL_NUMBERS))]
    totals = [_sums(engine, side, numbers) for side in sides]
    sums = {
        column: (totals[0][column], totals[1][column])
        for column in numbers
        if not _alike(totals[0][column], totals[1][column], exact=shared[column].startswith(_EXACT_NUMBERS))
    }
    hashes = [_hash(engine, side, shared) for side in sides]
    differing = 0 if hashes[0] == hashes[1] else _differing(engine, sides, shared)
    return TableDifference(
        name, (rows[0], rows[1]), len(numbers), sums, (hashes[0], hashes[1]), [f"{c}" for c in unlike], differing
    )


def _sums(engine: Engine, side: str, columns: Sequence[str]) -> dict[str, Amount]:
    if not columns:
        return {}
    totals = [exp.alias_(exp.Sum(this=_column(name)), name, quoted=True) for name in columns]
    return engine.dicts(exp.select(*totals).from_(side))[0]


def _alike(first: Amount, second: Amount, *, exact: bool) -> bool:
    if first is None or second is None or exact:
        return first == second
    a, b = float(first), float(second)
    return a == b or (a != a and b != b) or abs(a - b) <= max(_TOLERANCE * max(abs(a), abs(b)), _TINY)  # noqa: PLR0124


def _hash(engine: Engine, side: str, kinds: Mapping[str, str]) -> str | None:
    """MD5 of the rows' own hashes in their order: the same rows in any order give the same."""
    texts = [_text(name, kind) for name, kind in kinds.items()]
    row = exp.func("MD5", exp.func("CONCAT_WS", exp.Literal.string("\x1f"), *texts))
    hashed = exp.select(exp.alias_(row, "h")).from_(side).subquery("hashed")
    gathered = exp.GroupConcat(
        this=exp.Order(this=exp.column("h"), expressions=[exp.Ordered(this=exp.column("h"))]),
        separator=exp.Literal.string(""),
    )
    found: str | None = engine.value(exp.select(exp.func("MD5", gathered)).from_(hashed))
    return found


def _text(name: str, kind: str) -> exp.Expr:
    value: exp.Expr = _column(name)
    if kind.startswith(_REAL_NUMBERS):
        # Minus zero is zero.
        value = exp.Anonymous(
            this="PRINTF",
            expressions=[
                exp.Literal.string("%.8e"),
                exp.Add(this=value, expression=exp.cast(exp.Literal.number(0), "DOUBLE")),
            ],
        )
    return exp.func("COALESCE", exp.cast(value, "TEXT", dialect="duckdb"), exp.Literal.string("\x1e"))


def _differing(engine: Engine, sides: Sequence[str], kinds: Mapping[str, str]) -> int:
    """Rows that differ when both are put in order: exact columns at all, doubles by more than the tolerance."""
    exact = [name for name, kind in kinds.items() if not kind.startswith(_REAL_NUMBERS)]
    real = [name for name in kinds if name not in exact]
    order = exp.Order(expressions=[exp.Ordered(this=_column(name), nulls_first=True) for name in (*exact, *real)])
    number = exp.alias_(exp.Window(this=exp.RowNumber(), order=order), "_place", quoted=True)
    numbered = [
        exp.select(*[_column(name) for name in kinds], number).from_(side).subquery(alias)
        for side, alias in zip(sides, "ab", strict=True)
    ]
    unlike: list[exp.Expr] = [exp.NullSafeNEQ(this=_column(name, "a"), expression=_column(name, "b")) for name in exact]
    unlike += [_unlike(name) for name in real]
    joined = (
        exp.select("COUNT(*)")
        .from_(numbered[0])
        .join(numbered[1], on=exp.EQ(this=_column("_place", "a"), expression=_column("_place", "b")), join_type="full")
    )
    missing = [exp.Is(this=_column("_place", side), expression=exp.null()) for side in "ab"]
    return int(engine.value(joined.where(exp.or_(*missing, *unlike))))


def _unlike(name: str) -> exp.Expr:
    a, b = _column(name, "a"), _column(name, "b")
    gap = exp.Abs(this=exp.Sub(this=a, expression=b))
    size = exp.func("GREATEST", exp.Abs(this=a.copy()), exp.Abs(this=b.copy()))
    limit = exp.func(
        "GREATEST",
        exp.Mul(this=size, expression=exp.Literal.number(_TOLERANCE)),
        exp.Literal.number(_TOLERANCE * _TINY),
    )
    one_missing = exp.NEQ(
        this=exp.paren(exp.Is(this=a.copy(), expression=exp.null())),
        expression=exp.paren(exp.Is(this=b.copy(), expression=exp.null())),
    )
    far = exp.and_(exp.GT(this=gap, expression=limit), exp.NEQ(this=a.copy(), expression=b.copy()))
    return exp.or_(one_missing, exp.func("COALESCE", exp.paren(far), exp.false()))


def _column(name: str, table: str | None = None) -> exp.Column:
    return exp.column(exp.to_identifier(name, quoted=True), table=table)
