"""SQL expressions and queries of the sources, kept in `.sql` files and filled in as trees.

A template is SQL of the house's dialect in `sources/sql/`; names and text literals that begin with `X_` in it stand for
parts that the caller gives as trees.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import sqlglot
from sqlglot import exp

DIALECT = "duckdb"


@lru_cache(maxsize=64)
def _parsed(name: str) -> exp.Expr:
    text = (files(__package__) / "sql" / f"{name}.sql").read_text("utf-8")
    tree = sqlglot.parse_one(text, dialect=DIALECT)
    tree.pop_comments()
    return tree


def fill(name: str, **parts: exp.Expr) -> exp.Expr:
    """The template `name` with each column or table `X_PART` replaced by the tree given as `part`."""
    wanted = {f"X_{part.upper()}": tree for part, tree in parts.items()}

    def replace(node: exp.Expr) -> exp.Expr:
        placeholder = isinstance(node, (exp.Column, exp.Table)) or (isinstance(node, exp.Literal) and node.is_string)
        if placeholder and node.name in wanted:
            return wanted[node.name]
        return node

    return _parsed(name).transform(replace)


def column(name: str) -> exp.Column:
    """A column of this exact name."""
    return exp.column(exp.to_identifier(name, quoted=True))


def table(name: str) -> exp.Table:
    """A relation of this exact name."""
    return exp.to_table(name, dialect=DIALECT) if name.isidentifier() else exp.Table(this=exp.to_identifier(name, True))


def text(value: str) -> exp.Literal:
    """A text literal."""
    return exp.Literal.string(value)


def call(name: str, *arguments: exp.Expr) -> exp.Expr:
    """A function of the engine, under its own name."""
    return exp.Anonymous(this=name, expressions=[argument.copy() for argument in arguments])


def cast(tree: exp.Expr, kind: str, *, strict: bool = True) -> exp.Expr:
    """The value as another type; not strict: null where it can't be."""
    make = exp.Cast if strict else exp.TryCast
    return make(this=tree.copy(), to=exp.DataType.build(kind, dialect=DIALECT))


def named(tree: exp.Expr, name: str) -> exp.Expr:
    """A value under a name."""
    return exp.Alias(this=tree, alias=exp.to_identifier(name, quoted=True))


def either(*conditions: exp.Expr) -> exp.Expr:
    """True where any condition holds."""
    return exp.or_(*conditions) if conditions else exp.false()


def union_all(queries: list[exp.Select]) -> exp.Query:
    """The rows of all queries, one after the other; columns in the same order."""
    total: exp.Query = queries[0]
    for query in queries[1:]:
        total = exp.union(total, query, distinct=False, copy=False)
    return total


def subquery(query: exp.Query, alias: str = "q") -> exp.Subquery:
    """A query to select from."""
    return query.copy().subquery(alias)
