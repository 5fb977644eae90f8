"""One row per key of a file that is joined: a join never multiplies the rows that it is joined to.

Plain columns give their least value; expressions are aggregates over the joined
file's own raw columns, read by how that file writes numbers and times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from profithunt.schema import TABLES
from profithunt.sources import mapping, typed
from profithunt.sources.evidence import Evidence
from profithunt.sources.templates import cast, column, named, table

if TYPE_CHECKING:
    from profithunt.config import Join, Parse
    from profithunt.sources.opened import Opened
    from profithunt.sources.workplace import Workplace

KEY = "_key"


def trees(join: Join, right: Opened, where: str) -> dict[str, exp.Expr]:
    """Name brought by the join → aggregate over the joined file. Raises SourceError for a column that isn't there."""
    return {
        f"{join.prefix}{name}": _aggregate(mapping.tree_of(given, right, where, name))
        for name, given in join.columns.items()
    }


def _aggregate(tree: exp.Expr) -> exp.Expr:
    return tree if tree.find(exp.AggFunc) is not None else exp.Min(this=tree)


def one_each(key: str, brought: dict[str, exp.Expr], right: Opened, parse: Parse, place: Workplace) -> exp.Select:
    """The joined file collapsed to its key, as a query with `_key` and the columns brought."""
    fields = tuple(mapping.Field(name, "text", tree) for name, tree in brought.items())
    how = typed.reading(
        mapping.Mapping(TABLES["orders"], fields, None, None),
        right,
        parse,
        Evidence(place.engine),
        typed.Settings(zone=parse.timezone or "UTC", currency="", currencies=frozenset()),
    )
    keyed = cast(column(key), "VARCHAR")
    return (
        exp.select(named(keyed, KEY), *(named(how.read_macros(tree), name) for name, tree in brought.items()))
        .from_(table(right.name))
        .group_by(keyed.copy())
    )


def plain(join: Join, right: Opened, key: str, taken: set[str]) -> dict[str, exp.Expr]:
    """Every column of the joined file that the rows don't have yet, least value."""
    return {
        f"{join.prefix}{name}": exp.Min(this=column(name))
        for name in right.columns
        if f"{join.prefix}{name}".lower() not in taken and (join.prefix or name != key)
    }
