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
_KEYS = {"what", "grain", "kind", "include", "columns", "checks", "dirty_key", "partition", "order_by", "working"}


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
        path=path,
    )


def read_models(folder: Path, lists: Mapping[str, tuple[str, ...]] | None = None) -> dict[str, Model]:
    """All models of a folder, by name, in order of their names."""
    return {path.stem: read_model(path, lists) for path in sorted(folder.glob("*.sql"))}


def _column(name: str, text: str, where: str) -> ModelColumn:
    kind, _, meaning = (part.strip() for part in text.partition("|"))
    if kind not in SQL_TYPES:
        raise ModelError(f"column {name} has the unknown type {kind!r}", where=where, expected=", ".join(SQL_TYPES))
    return ModelColumn(name, kind, meaning)
