"""Opportunities of a run as pages need them: read once, found again by what they are about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlglot import exp

from profithunt.api.pages.reader import once
from profithunt.api.shop import Shop
from profithunt.opportunities.opportunity import Opportunity

MOST: Final = 6
LINKS: Final = {
    "sku": "/products/{}",
    "customer_id": "/customers/{}",
    "customer": "/customers/{}",
    "order_id": "/orders/{}",
    "order": "/orders/{}",
}
"""Where what an opportunity is about has a page of its own."""
SLICES: Final = (
    "keyword", "campaign", "landing_page", "marketing_channel", "channel", "store", "country", "region", "carrier",
    "category", "brand", "promotion",
)  # fmt: skip


def slices_of(shop: Shop) -> frozenset[tuple[str, str]]:
    """Dimension and member of every slice of the ledger that has a page of its own."""
    asked = (
        exp.select("dimension", "member")
        .from_("profit_slices")
        .where(exp.column("dimension").isin(*(exp.Literal.string(name) for name in SLICES)))
    )
    return once(shop, "slices", lambda: frozenset((row[0], row[1]) for row in shop.engine.rows(asked)))


def every(shop: Shop) -> tuple[Opportunity, ...]:
    """All opportunities of the run, by rank."""
    return shop.hunt().opportunities


def about(shop: Shop, entity: Mapping[str, str], most: int = MOST) -> tuple[Opportunity, ...]:
    """The opportunities about one thing, the best first."""
    found = [item for item in every(shop) if all(item.entity.get(name) == value for name, value in entity.items())]
    return tuple(found[:most])
