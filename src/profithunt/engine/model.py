"""A SQL model: a header that says what it is, then one statement.

The header is TOML in a comment, the statement a SELECT in the restricted DuckDB dialect:

    /* ---
    what = "One row per order …"
    grain = ["order_id"]
    [columns]
    order_id = "text | key of the order"
    paid = "money | what the customer paid"
    [checks]
    unique = true
    --- */
    SELECT …

`kind` is "table" (default) or "view"; `include` appends named lists of money columns. A table is stored with the run,
in order of its grain (or `order_by`), so that two runs of the same input are the same to the byte; `working = true`
marks a step in between that no run keeps. `dirty_key` names the column by which rows change: rows of one key only ever
meet rows of the same key, so that such models can be built a part of the keys at a time. `partition` says by what time
they are rebuilt.

A model with a `dirty_key` is refreshed for the keys that something happened to. An input that has the key names its
keys by itself; for any other, `[dirty]` says which keys a change of it concerns: a SELECT over the input's rows that
came or went, `changed`. An input without an entry makes the whole model be built anew whenever it changes. What is read
for dirty keys is the input's rows of these keys, or all rows where it has no such column; `[reads]` says otherwise: a
column, or an expression, that holds the key, or the rows' own key with a SELECT of the wanted ones over `dirty`:

    [dirty]
    day_rates = "SELECT order_id FROM orders JOIN changed ON changed.day = X_DAY(orders.ordered_at)"
    [reads]
    order_credits = "X_MONTH(touched_on)"
    orders = { order_id = "SELECT shipments.order_id FROM shipments JOIN dirty ON …" }

`by_part = "table"` marks sums over each part of a table: they are made for the parts that changed.

`scattered = true` says that what happens on a day concerns keys all over the table: it is stored in one file, since a
change would open every part.

`empty_with = ["returns"]` names the inputs without which there is nothing to compute: where none of them has a row, the
model has none either, and its statement is not run.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from profithunt.errors import ModelError
from profithunt.schema import SQL_TYPES

_HEADER = re.compile(r"\A\s*/\* ---\n(?P<toml>.*?)\n--- \*/\s*(?P<sql>.*)\Z", re.DOTALL)
_KEYS = {
    *("what", "grain", "kind", "include", "columns", "checks", "dirty_key", "partition", "order_by", "working"),
    *("dirty", "reads", "by_part", "empty_with", "scattered"),
}


@dataclass(frozen=True)
class ModelColumn:
    """A typed column of a model, with its meaning; `unit` as in the canonical tables."""

    name: str
    type: str
    meaning: str = ""


@dataclass(frozen=True)
class Total:
    """A control total: the sum of `column` must equal what `equals`, a scalar query, gives."""

    column: str
    equals: str


@dataclass(frozen=True)
class Model:
    """One SQL model as read from its file."""

    name: str
    what: str
    grain: tuple[str, ...]
    columns: tuple[ModelColumn, ...]
    sql: str
    kind: Literal["table", "view"] = "table"
    unique: bool = False
    totals: tuple[Total, ...] = ()
    dirty_key: str | None = None
    partition: str | None = None
    order_by: tuple[str, ...] = ()
    working: bool = False
    dirty: tuple[tuple[str, str], ...] = ()
    reads: tuple[tuple[str, str, str | None], ...] = ()
    by_part: str | None = None
    empty_with: tuple[str, ...] = ()
    scattered: bool = False
    path: Path | None = field(default=None, compare=False)


def split_header(text: str, where: str) -> tuple[dict[str, Any], str]:
    """The header as data and the statement below it. Raises ModelError."""
    match = _HEADER.match(text)
    if match is None:
        raise ModelError("has no header", where=where, expected="a comment that starts with '/* ---'")
    try:
        return tomllib.loads(match["toml"]), match["sql"].strip().rstrip(";")
    except tomllib.TOMLDecodeError as error:
        raise ModelError(f"its header is not TOML: {error}", where=where) from error


def read_model(path: Path, lists: Mapping[str, tuple[str, ...]] | None = None) -> Model:
    """Read one model; its name is the file's. `lists` are the named column lists for `include`. Raises ModelError."""
    header, sql = split_header(path.read_text("utf-8"), path.name)
    unknown = set(header) - _KEYS
    if unknown:
        raise ModelError(f"unknown header key {min(unknown)!r}", where=path.name, expected=", ".join(sorted(_KEYS)))
    columns = [_column(name, text, path.name) for name, text in header.get("columns", {}).items()]
    for name in header.get("include", []):
        columns += [ModelColumn(item, "money") for item in (lists or {})[name]]
    checks = header.get("checks", {})
    grain = tuple(header["grain"])
    return Model(
        name=path.stem,
        what=header["what"],
        grain=grain,
        columns=tuple(columns),
        sql=sql,
        kind=header.get("kind", "table"),
        unique=checks.get("unique", False),
        totals=tuple(Total(**total) for total in checks.get("totals", [])),
        dirty_key=header.get("dirty_key"),
        partition=header.get("partition"),
        order_by=tuple(header.get("order_by", grain)),
        working=header.get("working", False),
        dirty=tuple(header.get("dirty", {}).items()),
        reads=tuple(_read(name, given) for name, given in header.get("reads", {}).items()),
        by_part=header.get("by_part"),
        empty_with=tuple(header.get("empty_with", ())),
        scattered=header.get("scattered", False),
        path=path,
    )


def read_models(folder: Path, lists: Mapping[str, tuple[str, ...]] | None = None) -> dict[str, Model]:
    """All models of a folder, by name, in order of their names."""
    return {path.stem: read_model(path, lists) for path in sorted(folder.glob("*.sql"))}


def _read(name: str, given: str | dict[str, str]) -> tuple[str, str, str | None]:
    """Input, expression over its rows, and the query that the expression is looked up in (None: the dirty keys)."""
    if isinstance(given, str):
        return name, given, None
    ((expression, query),) = given.items()
    return name, expression, query


def _column(name: str, text: str, where: str) -> ModelColumn:
    kind, _, meaning = (part.strip() for part in text.partition("|"))
    if kind not in SQL_TYPES:
        raise ModelError(f"column {name} has the unknown type {kind!r}", where=where, expected=", ".join(SQL_TYPES))
    return ModelColumn(name, kind, meaning)
