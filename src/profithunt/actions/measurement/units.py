"""What an experiment's units are, by the level of the opportunity: which ledger column names them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from sqlglot import exp

from profithunt.errors import UsageError

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "customer": ("customer_id",),
    "sku": ("sku",),
    "keyword": ("keyword",),
    "landing_page": ("landing_page",),
    "campaign": ("campaign",),
    "promotion": ("promo_id",),
    "store": ("store_id",),
    "region": ("region",),
    "carrier": ("carrier",),
    "lane": ("carrier", "region"),
}
"""Ledger columns by level; the profit of other levels can't be told apart in the ledger."""

KEYS: Final[Mapping[str, str]] = {"promo_id": "promotion", "customer_id": "customer"}
SEPARATOR: Final = " / "


def can_measure(level: str) -> bool:
    """Whether the ledger can tell the units of a level apart."""
    return level in COLUMNS


def unit_of(level: str, entity: Mapping[str, str]) -> str:
    """The unit that an entity is. Raises UsageError where the level has none or the entity lacks a key."""
    names = _columns(level)
    values = [entity.get(name, entity.get(KEYS.get(name, name))) for name in names]
    missing = [name for name, value in zip(names, values, strict=True) if value is None]
    if missing:
        raise UsageError(f"a {level} without {missing[0]} can't be measured", expected=", ".join(names))
    return SEPARATOR.join(str(value) for value in values)


def unit_tree(level: str) -> exp.Expr:
    """The unit as an expression over the ledger."""
    names: Sequence[str] = _columns(level)
    first, *others = (exp.column(name, table="ledger") for name in names)
    tree: exp.Expr = first
    for other in others:
        tree = exp.func("CONCAT", tree, exp.Literal.string(SEPARATOR), other, dialect="duckdb")
    if others:
        known = exp.and_(*(exp.column(name, table="ledger").is_(exp.null()).not_() for name in names))
        return exp.Case().when(known, tree)
    return tree


def _columns(level: str) -> tuple[str, ...]:
    if level not in COLUMNS:
        raise UsageError(
            f"the effect on a {level.replace('_', ' ')} can't be read from the ledger",
            expected=f"one of {', '.join(COLUMNS)}",
        )
    return COLUMNS[level]
