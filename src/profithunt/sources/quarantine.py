"""Rows that are set aside: where they come from, what is wrong with them, and the money they carry.

Grain of the file: row set aside. Columns: table, file, row, column, reason, value, money DECIMAL(18,4), record (JSON).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlglot import exp

from profithunt.sources.opened import FILE
from profithunt.sources.raw import ROW, reader
from profithunt.sources.shape import MONEY, PROBLEM, RECORD
from profithunt.sources.templates import call, cast, column, named, table, text

if TYPE_CHECKING:
    from pathlib import Path

    from profithunt.sources.privacy import Privacy
    from profithunt.sources.raw import RawFile
    from profithunt.sources.workplace import Workplace

_COLUMNS = ("table", "file", "row", "column", "reason", "value", "money", "record")
_TYPES = ("VARCHAR", "VARCHAR", "BIGINT", "VARCHAR", "VARCHAR", "VARCHAR", "DECIMAL(18, 4)", "VARCHAR")


@dataclass(frozen=True)
class Filed:
    """What was set aside of one table: rows, money (null when none is known), rows by reason."""

    rows: int
    money: Decimal | None
    reasons: dict[str, int]


@dataclass
class Quarantine:
    """Collects rows that are set aside, in the engine, until they are written."""

    place: Workplace
    privacy: Privacy
    name: str = ""
    _filed: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.name = self.place.name("quarantine")
        empty = [named(cast(exp.null(), kind), name) for name, kind in zip(_COLUMNS, _TYPES, strict=True)]
        self.place.engine.table(self.name, exp.select(*empty).where(exp.false()))

    def _insert(self, query: exp.Select) -> None:
        self.place.engine.run(exp.insert(query, table(self.name)))

    def take_over(self, canonical: str, path: Path, files: Iterable[str]) -> None:
        """What an earlier build set aside of a table, whose `files` are not read again."""
        columns = [column(name) for name in _COLUMNS]
        earlier = call("read_parquet", text(str(path)))
        self._insert(exp.select(*columns).from_(earlier).where(column("table").eq(text(canonical))))
        self._filed |= set(files)

    def filed(self) -> set[str]:
        """The files whose broken records were counted so far."""
        return set(self._filed)

    def forget(self, canonical: str, filed: set[str]) -> None:
        """Take back what was set aside of a table, which is to be built again; `filed` as it was before."""
        self._filed = filed
        of_table = column("table").eq(text(canonical))
        self.place.engine.run(exp.delete(table(self.name)).where(of_table))

    def add_broken(self, canonical: str, raw: RawFile) -> None:
        """Records that could not be taken apart; a file that feeds several tables counts them once."""
        if not raw.broken or raw.name in self._filed:
            return
        self._filed.add(raw.name)
        path = self.place.path("broken", ".csv")
        with path.open("w", encoding="utf-8", newline="", errors="replace") as out:
            writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
            for item in raw.broken:
                line = item.text.replace("\0", "")
                writer.writerow([item.row, item.reason, line[:200], json.dumps({"line": line}, ensure_ascii=False)])
        marks = {"delim": text(","), "quote": text('"'), "escape": text('"'), "header": exp.false()}
        read = reader(path, ["row", "reason", "value", "record"], **marks)
        values = [
            text(canonical),
            text(raw.name),
            cast(column("row"), "BIGINT"),
            cast(exp.null(), "VARCHAR"),
            column("reason"),
            column("value"),
            cast(exp.null(), "DECIMAL(18, 4)"),
            column("record"),
        ]
        self._insert(exp.select(*values).from_(read))

    def add_problems(self, canonical: str, rows: str) -> None:
        """Rows of a shaped relation that hold a problem."""
        bad = exp.Is(this=column(PROBLEM), expression=exp.null()).not_()
        parts = [call("struct_extract", column(PROBLEM), text(name)) for name in ("column", "reason", "value")]
        values = [text(canonical), column(FILE), column(ROW), *parts, column(MONEY), column(RECORD)]
        self._insert(exp.select(*values).from_(table(rows)).where(bad))

    def add_conflicts(self, canonical: str, rows: str, names: list[str], key: tuple[str, ...]) -> None:
        """Rows that share their key with another row of the same extract and say something else."""
        words = [exp.Coalesce(this=cast(column(name), "VARCHAR"), expressions=[text("")]) for name in key]
        shown = call("concat_ws", text(", "), *words)
        values = [
            text(canonical),
            column(FILE),
            column(ROW),
            text(", ".join(key)),
            text("same key as another row, other content"),
            shown,
            column(MONEY),
            _record(names),
        ]
        self._insert(exp.select(*values).from_(table(rows)).where(column("_verdict").eq(text("conflict"))))

    def add_orphans(self, rows: str, names: list[str]) -> None:
        """Order lines whose order is not there."""
        values = [
            text("order_lines"),
            column(FILE),
            column(ROW),
            text("order_id"),
            text("no such order"),
            column("order_id"),
            column(MONEY),
            _record(names),
        ]
        self._insert(exp.select(*values).from_(table(rows)))

    def write(self, path: Path) -> dict[str, Filed]:
        """Write everything to `path`; what was set aside by table."""
        said = ("value", "record")
        ordered = [named(self.privacy.quarantined(name), name) if name in said else column(name) for name in _COLUMNS]
        query = exp.select(*ordered).from_(table(self.name))
        self.place.engine.write_parquet(query, path, order_by=["table", "file", "row", "column", "reason", "value"])
        grouped = (
            exp.select(column("table"), column("reason"), exp.Count(this=exp.Star()), exp.Sum(this=column("money")))
            .from_(table(self.name))
            .group_by(column("table"), column("reason"))
            .order_by(exp.Ordered(this=exp.Count(this=exp.Star()), desc=True, nulls_first=False), column("reason"))
        )
        filed: dict[str, Filed] = {}
        for name, reason, rows, money in self.place.engine.rows(grouped):
            known = filed.get(name, Filed(0, None, {}))
            total = known.money if money is None else (known.money or Decimal(0)) + money
            filed[name] = Filed(known.rows + int(rows), total, {**known.reasons, str(reason): int(rows)})
        return filed

    def total(self) -> tuple[int, Decimal | None]:
        """Raw rows set aside, each once whatever tables it feeds, and the most money that each carries."""
        each = (
            exp.select(named(exp.Max(this=column("money")), "money"))
            .from_(table(self.name))
            .group_by(column("file"), column("row"))
        )
        query = exp.select(exp.Count(this=exp.Star()), exp.Sum(this=column("money"))).from_(
            each.subquery("each", copy=False)
        )
        rows, money = self.place.engine.rows(query)[0]
        return int(rows), money


def _record(names: list[str]) -> exp.Expr:
    pairs = [exp.PropertyEQ(this=exp.to_identifier(name, quoted=True), expression=column(name)) for name in names]
    return cast(call("to_json", exp.Struct(expressions=pairs)), "VARCHAR")
