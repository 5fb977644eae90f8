"""The rows behind a metric, each with what it adds to numerator and denominator.

A metric's numerator and denominator are sums and counts over the rows of its source, so each row has a part in them:
SUM(a) is a, COUNT(*) is 1, COUNT_IF(b) is 1 where b holds. Spread, splits and slices are worked out over these parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

import sqlglot
from sqlglot import exp

from profithunt.engine import split_header
from profithunt.metrics.catalogue import Catalogue
from profithunt.metrics.definition import Metric, Source
from profithunt.metrics.query import UNALLOCATED

EXAMPLES = ("order_id", "session_id", "sku", "customer_id")
"""Columns that name an example, the best first."""


def spread_query(name: str) -> str:
    """The statement of `spread_queries/<name>.sql`, over the table `spread_rows`: member, example, y, x, value."""
    path = files("profithunt.metrics") / "spread_queries" / f"{name}.sql"
    return split_header(path.read_text("utf-8"), name)[1]


def part_of(text: str) -> exp.Expr:
    """What one row adds to a sum of sums and counts."""
    return sqlglot.parse_one(text, dialect="duckdb").transform(_of_row)


def _of_row(node: exp.Expr) -> exp.Expr:
    zero, one = exp.Literal.number("0"), exp.Literal.number("1")
    if isinstance(node, exp.Anonymous) and node.name.upper() == "X_SUM":
        return exp.func("COALESCE", node.expressions[0].copy(), zero)
    if isinstance(node, exp.Sum):
        return exp.func("COALESCE", node.this.copy(), zero)
    if isinstance(node, exp.CountIf):
        return exp.paren(exp.Case().when(node.this.copy(), one).else_(zero))
    if isinstance(node, exp.Count):
        if node.this is None or node.this.is_star:
            return one
        return exp.paren(exp.Case().when(node.this.copy().is_(exp.null()).not_(), one).else_(zero))
    return node


def examples_of(source: Source) -> tuple[str, ...]:
    """Columns of a source that name an example: an order, a visit, a SKU."""
    tree = sqlglot.parse_one(source.sql, dialect="duckdb")
    names = set(tree.named_selects) if isinstance(tree, exp.Query) else set()
    return tuple(name for name in EXAMPLES if name in names)


def rows_query(known: Catalogue, metric: Metric, dimensions: Sequence[str]) -> str:
    """One row per row of the source(s): day, y, x, key (an example), n (1 where it counts as a row), each dimension.

    x is 1 on every row of a metric that does not divide. Of a metric that divides one by another, rows of both sources
    are there: those of the first with their y, those of the second with their x.
    """
    bases = known.base(metric)
    if len(bases) == 1:
        one = bases[0]
        return _part(known.sources[one.source or ""], one.numerator, one.denominator, dimensions).sql("duckdb")
    top, bottom = bases
    first = _part(known.sources[top.source or ""], top.numerator, "0", dimensions)
    second = _part(known.sources[bottom.source or ""], "0", bottom.numerator, dimensions)
    return exp.union(first, second, distinct=False).sql("duckdb")


def _part(source: Source, top: str | None, bottom: str | None, dimensions: Sequence[str]) -> exp.Select:
    """The rows of one source; a bare 0 in place of a sum leaves that side out."""
    facts = f"facts_{source.name}_{'x' if top == '0' else 'y'}"
    y = part_of(top or "0")
    x = exp.Literal.number("1") if bottom is None else part_of(bottom)
    named = next(iter(examples_of(source)), None)
    key = exp.cast(exp.column(named), "TEXT") if named else exp.cast(exp.null(), "TEXT")
    columns = [
        exp.alias_(
            exp.func("COALESCE", exp.cast(exp.column(name), "TEXT"), exp.Literal.string(UNALLOCATED)), name, quoted=True
        )
        for name in dimensions
    ]
    return (
        exp.select(
            exp.alias_(exp.column("day"), "on", quoted=True),
            exp.alias_(exp.cast(y, "DOUBLE"), "y"),
            exp.alias_(exp.cast(x, "DOUBLE"), "x"),
            exp.alias_(key, "example"),
            *columns,
        )
        .with_(facts, as_=source.sql, dialect="duckdb")
        .from_(facts)
        .where("day IS NOT NULL AND day <= $as_of", dialect="duckdb")
    )
