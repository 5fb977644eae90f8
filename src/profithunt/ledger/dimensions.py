"""The dimensions that profit can be cut by, and the ledger column behind each."""

from __future__ import annotations

from typing import Final

from sqlglot import exp

from profithunt.errors import NotFound

DIMENSIONS: Final[dict[str, str]] = {
    "order": "order_id",
    "customer": "customer_id",
    "sku": "sku",
    "style": "product_id",
    "brand": "brand",
    "category": "category",
    "channel": "channel",
    "store": "store_id",
    "country": "country",
    "region": "region",
    "carrier": "carrier",
    "promotion": "promo_id",
    "marketing_channel": "marketing_channel",
    "campaign": "campaign",
    "keyword": "keyword",
    "landing_page": "landing_page",
    "month": "ordered_month",
}
"""Dimension → column of the wide ledger."""

BY_TOUCH: Final = frozenset({"marketing_channel", "campaign", "keyword", "landing_page"})
"""Dimensions of marketing touches: an order may be shared by several members."""

UNALLOCATED: Final = "unallocated"
"""The explicit member for what belongs to no member."""


def member_of(dimension: str) -> exp.Expr:
    """The member column of a dimension as text, null where nothing belongs. Raises NotFound with what there is."""
    if dimension not in DIMENSIONS:
        raise NotFound(f"there is no dimension {dimension!r}", do=f"there are: {', '.join(DIMENSIONS)}")
    column: exp.Expr = exp.column(DIMENSIONS[dimension])
    if dimension == "month":
        text = exp.cast(column, "TEXT", dialect="duckdb")
        column = exp.func("SUBSTRING", text, exp.Literal.number("1"), exp.Literal.number("7"))
    return column
