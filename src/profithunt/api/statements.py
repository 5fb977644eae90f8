"""The SQL of a model or detector as an engine runs it, for whoever wants to read it or take it elsewhere."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any, Final

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from profithunt.config import ShopConfig
from profithunt.detectors import CATALOGUE, FOLDER, clock, compile_detector, read_detector
from profithunt.engine import compile_model
from profithunt.engine.compiler import EXPERIMENTAL_DIALECTS, SUPPORTED_DIALECTS, rewritten
from profithunt.errors import ModelError, NotFound, UsageError
from profithunt.ledger.build import models, settings

_ID: Final = re.compile(r"(?=.*\d)[0-9a-f]{8,12}")

DIALECTS: Final = (*SUPPORTED_DIALECTS, *EXPERIMENTAL_DIALECTS)


@dataclass(frozen=True)
class ModelSql:
    """A statement in one dialect; `experimental` where no run of profithunt was made on that engine."""

    name: str
    dialect: str
    sql: str
    experimental: bool

    def to_json(self) -> dict[str, Any]:
        """`{name, dialect, sql, experimental}`."""
        return dict(vars(self))


def is_id(name: str) -> bool:
    """Whether a name looks like the id of an opportunity."""
    return _ID.fullmatch(name) is not None


def select_only(text: str, dialect: str) -> str:
    """A statement that only reads. Raises UsageError for any other."""
    try:
        trees = [tree for tree in sqlglot.parse(text, dialect=dialect) if tree is not None]
    except SqlglotError as error:
        raise UsageError(f"this is not SQL: {str(error).splitlines()[0]}") from error
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise UsageError("only one SELECT can be run", do="name the tables with: profithunt export --help")
    return text.strip().rstrip(";")


def statement(config: ShopConfig, name: str, dialect: str = "duckdb", as_of: dt.date | None = None) -> ModelSql:
    """The SQL of a model of the ledger or of a detector with this shop's settings.

    `as_of` is the day that the data is complete to. Raises NotFound, UsageError for a dialect that there is not,
    ModelError for a statement that can't be written in it.
    """
    _must_be_known(dialect)
    day = as_of or config.shop.as_of or dt.datetime.now(tz=dt.UTC).date()
    try:
        sql = _compiled(config, name, dialect, day)
    except (AttributeError, ValueError) as error:
        raise ModelError(f"can't be written for {dialect} ({error})", where=name) from error
    return ModelSql(name, dialect, sql, dialect in EXPERIMENTAL_DIALECTS)


def behind(name: str, text: str, dialect: str) -> ModelSql:
    """The statement of an opportunity's rows, which a run keeps as DuckDB says it, in one dialect.

    Raises UsageError for a dialect that there is not.
    """
    _must_be_known(dialect)
    return ModelSql(name, dialect, rewritten(text, dialect), dialect in EXPERIMENTAL_DIALECTS)


def _must_be_known(dialect: str) -> None:
    if dialect not in DIALECTS:
        raise UsageError(f"there is no dialect {dialect!r}", do=f"there are: {', '.join(DIALECTS)}")


def _compiled(config: ShopConfig, name: str, dialect: str, day: dt.date) -> str:
    found = models(config.attribution.model)
    if name in found:
        made = settings(config, day)
        return compile_model(found[name], dialect=dialect, parts=made.parts, lists=made.lists, values=made.values)
    if name in CATALOGUE:
        detector = read_detector(FOLDER / f"{name}.sql")
        at = clock(detector, day - dt.timedelta(days=730), day, 28)
        return compile_detector(detector, at, timezone=config.shop.timezone, dialect=dialect)
    known = ", ".join(sorted([*found, *CATALOGUE]))
    raise NotFound(f"there is no model or detector {name!r}", do=f"there are: {known}")
