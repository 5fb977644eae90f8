"""What is matched: own SKUs, offers of rivals, and what came of an offer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["taken", "review", "none"]


@dataclass(frozen=True)
class Product:
    """An own SKU as the catalogue has it; empty text for what is not known. `price` as customers see it."""

    sku: str
    name: str = ""
    brand: str = ""
    gtin: str = ""
    model: str = ""
    size: str = ""
    colour: str = ""
    pack_size: str = ""
    price: float | None = None


@dataclass(frozen=True)
class Offer:
    """An offer of a rival; `offer_id` is its key there."""

    competitor: str
    offer_id: str
    title: str = ""
    brand: str = ""
    gtin: str = ""
    model: str = ""
    size: str = ""
    colour: str = ""
    pack_size: str = ""
    condition: str = ""
    price: float | None = None


@dataclass(frozen=True)
class Match:
    """What came of an offer: the SKU that it is (`taken`) or may be (`review`), or none.

    `packs` is how many of the offer's units hold what one own unit does; `reason` says what speaks for it and what
    makes it doubtful.
    """

    offer: Offer
    level: Level
    sku: str | None = None
    matched_by: str = ""
    confidence: float = 0.0
    packs: float = 1.0
    reason: str = ""
