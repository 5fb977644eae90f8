"""Keys between files: the values of one file's column in another's decide which columns name the same thing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from profithunt.sources.propose import fit, names
from profithunt.sources.propose.concepts import candidates
from profithunt.sources.propose.draft import FileReading
from profithunt.sources.propose.profile import ColumnProfile, relation, text_of
from profithunt.sources.propose.roles import Meaning

if TYPE_CHECKING:
    from profithunt.engine import Engine

HOMES = {"sku": "products", "order_id": "orders", "customer_id": "customers", "store_id": "stores"}
_LOOKED_AT = 2000
_DULL = 0.2
_JOINS, _FAILS = 0.7, 0.4


def inclusion(here: FileReading, column: str, there: FileReading, other: str, engine: Engine) -> float:
    """Share of a column's values (up to 2,000 different ones) that another file's column has."""
    mine = (
        exp.select(exp.alias_(text_of(column), "v"))
        .distinct()
        .from_(relation(here.table))
        .where(exp.not_(exp.Is(this=text_of(column), expression=exp.null())))
        .order_by("v")
        .limit(_LOOKED_AT)
        .subquery("mine")
    )
    theirs = exp.select(text_of(other)).from_(relation(there.table))
    hit = exp.cast(exp.In(this=exp.column("v"), query=theirs.subquery()), "INT")
    total, hits = engine.rows(exp.select(exp.Count(this=exp.Star()), exp.Sum(this=hit)).from_(mine))[0]
    return int(hits or 0) / int(total) if total else 0.0


def connect(files: list[FileReading], engine: Engine) -> list[FileReading]:
    """The files with their key columns chosen so that they meet."""
    for concept, table in HOMES.items():
        for position, home in enumerate(files):
            if home.role == table and not home.reading.lacking:
                files[position] = _home_key(concept, home, files, engine)
        homes = [file for file in files if file.role == table and file.reading.column(concept)]
        for home in homes:
            for position, file in enumerate(files):
                if file.role != table:
                    files[position] = _foreign_key(concept, file, home, engine)
    return files


def _ids(file: FileReading) -> list[ColumnProfile]:
    return [column for column in file.profile.columns.values() if fit.judge_id(column) > -_DULL]


def _home_key(concept: str, home: FileReading, files: list[FileReading], engine: Engine) -> FileReading:
    """Choose the unique column of a home file that the other files refer to."""
    referring = [file for file in files if file is not home and file.reading.column(concept) and file.role != home.role]
    referring = [file for file in referring if file.role in ("order_lines", "orders", "payments")] or referring
    if not referring:
        return home
    column = str(referring[0].reading.column(concept))
    current = home.reading.column(concept)
    if current and inclusion(referring[0], column, home, current, engine) >= _JOINS:
        return home
    best, share = None, _JOINS
    for candidate in _ids(home):
        nearly = candidate.distinct >= 0.9 * candidate.filled
        if (
            nearly
            and candidate.name != current
            and (found := inclusion(referring[0], column, home, candidate.name, engine)) > share
        ):
            best, share = candidate, found
    if best is None:
        return home
    return _with(home, concept, best.name, f"holds {share:.0%} of the values of {column} in {referring[0].table.name}")


def _foreign_key(concept: str, file: FileReading, home: FileReading, engine: Engine) -> FileReading:
    """Choose the column of a file that refers to a home file's key, where the one taken by name doesn't."""
    key = str(home.reading.column(concept))
    current = file.reading.column(concept)
    if concept not in candidates(file.role) or (current and inclusion(file, current, home, key, engine) > _FAILS):
        return file
    taken = {meaning.column for meaning in file.reading.meanings.values() if meaning.score > 0.9}
    best, share = None, _JOINS
    for candidate in _ids(file):
        if candidate.name in taken or candidate.name == current or candidate.distinct < 5:
            continue
        if candidate.is_number and (candidate.most or 0) < 1000 and not _named_so(candidate.name, concept):
            continue  # small numbers meet any numbered list
        if (found := inclusion(file, candidate.name, home, key, engine)) > share:
            best, share = candidate, found
    if best is None:
        return file
    return _with(file, concept, best.name, f"{share:.0%} of its values are in {key} of {home.table.name}")


def _named_so(column: str, concept: str) -> bool:
    return names.fit((names.normal(column),), concept, {}).score > 0.5


def _with(file: FileReading, concept: str, column: str, why: str) -> FileReading:
    meanings = {name: meaning for name, meaning in file.reading.meanings.items() if meaning.column != column}
    meanings[concept] = Meaning(concept, column, 1.0, why)
    return replace(file, reading=replace(file.reading, meanings=meanings))


def person_behind(orders: FileReading, customers: FileReading, engine: Engine) -> str | None:
    """Where customers are numbered anew with each order, the customers file's column that names the person."""
    reference, key = orders.column("customer_id"), customers.reading.column("customer_id")
    if reference is None or key is None or reference.rows < 20 or reference.distinct < 0.999 * reference.filled:
        return None
    if inclusion(orders, reference.name, customers, key, engine) < _JOINS:
        return None
    for column in _ids(customers):
        repeated = 0.3 * column.filled < column.distinct < column.filled
        if column.name != key and repeated and _named_so(column.name, "customer_id"):
            return column.name
    return None
