"""What a customer would see: the shop's own offer of a SKU beside those of rivals, honest and with delivery."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final
from urllib.parse import urlsplit

from profithunt import fmt
from profithunt.config import ShopConfig

_BASES: Final = {"g": (1000.0, "kg"), "ml": (1000.0, "l")}
_LEAST_PROMISED: Final = 30


@dataclass(frozen=True)
class SeenOffer:
    """One offer as a customer sees it.

    `price` is what is asked there for one unit of sale, `like_for_like` that for as much as one own unit holds;
    `total` like for like with delivery, None where the delivery charge is not known. `unit_price` is by kilogram, litre
    or piece, where it is known what the unit holds. `late_share` is known of the own parcels only.
    """

    seller: str
    own: bool
    price: Decimal
    like_for_like: Decimal
    shipping: Decimal | None
    total: Decimal | None
    delivery_days: int | None
    late_share: float | None
    packs: float
    unit_price: Decimal | None
    unit: str | None
    checked_on: dt.date
    url: str | None

    def to_json(self) -> dict[str, Any]:
        """The offer as data, amounts as decimal strings."""
        money = {
            name: None if (amount := getattr(self, name)) is None else f"{amount:f}"
            for name in ("price", "like_for_like", "shipping", "total", "unit_price")
        }
        return {**vars(self), **money, "checked_on": self.checked_on.isoformat()}


@dataclass(frozen=True)
class CustomersView:
    """A SKU's offers, the cheapest delivered first, wherever the own one stands; those not in stock are counted."""

    sku: str
    name: str
    brand: str
    currency: str
    as_of: dt.date
    offers: tuple[SeenOffer, ...]
    n_out_of_stock: int

    @property
    def own(self) -> SeenOffer:
        """The shop's own offer."""
        return next(offer for offer in self.offers if offer.own)

    @property
    def rank(self) -> int:
        """Place of the own offer by what is paid in all, 1 for the lowest."""
        mine = _paid(self.own)
        return 1 + sum(_paid(offer) < mine for offer in self.offers if not offer.own)

    def to_json(self) -> dict[str, Any]:
        """The view as data."""
        return {
            "sku": self.sku,
            "name": self.name,
            "brand": self.brand or None,
            "currency": self.currency,
            "as_of": self.as_of.isoformat(),
            "rank": self.rank,
            "n_out_of_stock": self.n_out_of_stock,
            "offers": [offer.to_json() for offer in self.offers],
        }

    def html(self, language: str = "en", *, style: bool = True) -> str:
        """An HTML fragment for the product page: no script, escaped, light and dark; `style` False leaves the CSS out.

        Raises UsageError for a language that there is not.
        """
        from profithunt.reports.price_fragment import render

        return render(self.to_json(), language, style=style)


def customers_view(
    own: Mapping[str, Any], rivals: Sequence[Mapping[str, Any]], config: ShopConfig, day: dt.date
) -> CustomersView:
    """The view from the own offer and the rivals' last checks."""
    here = _own(own, config, day)
    theirs = [_rival(row, here, config) for row in rivals if row["in_stock"]]
    offers = sorted([here, *theirs], key=lambda offer: (_paid(offer), not offer.own, offer.seller))
    out = sum(not row["in_stock"] for row in rivals)
    return CustomersView(
        own["sku"], own["name"] or own["sku"], own["brand"] or "", config.shop.currency, day, tuple(offers), out
    )


def _paid(offer: SeenOffer) -> Decimal:
    """What is paid in all; the price alone where delivery is not known."""
    return offer.like_for_like if offer.total is None else offer.total


def _own(row: Mapping[str, Any], config: ShopConfig, day: dt.date) -> SeenOffer:
    from profithunt.models.matching.packs import content

    price = _coin(row["price"], config)
    shipping = None if row["shipping"] is None else _coin(row["shipping"], config)
    held = next(
        (one for text in (row["pack_size"], row["name"], row["size"]) if not (one := content(text or "")).nothing), None
    )
    unit_price = unit = None
    if held is not None and held.amount and held.kind:
        base, unit = _BASES[held.kind]
        unit_price = _coin(price * Decimal(base) / Decimal(held.amount), config)
    elif held is not None and held.counted and held.counted > 1:
        unit_price, unit = _coin(price / Decimal(held.counted), config), "piece"
    told = row["n_promised"] is not None and row["n_promised"] >= _LEAST_PROMISED
    return SeenOffer(
        seller=config.shop.name,
        own=True,
        price=price,
        like_for_like=price,
        shipping=shipping,
        total=None if shipping is None else price + shipping,
        delivery_days=_days(row["n_days"]),
        late_share=row["late"] if told else None,
        packs=1.0,
        unit_price=unit_price,
        unit=unit,
        checked_on=day,
        url=None,
    )


def _rival(row: Mapping[str, Any], own: SeenOffer, config: ShopConfig) -> SeenOffer:
    price = _coin(row["price"], config)
    shipping = None if row["shipping"] is None else _coin(row["shipping"], config)
    scale = None if own.unit_price is None or not own.price else own.unit_price / own.price
    return replace(
        own,
        seller=row["competitor"],
        own=False,
        price=_coin(row["offer_price"], config),
        like_for_like=price,
        shipping=shipping,
        total=None if shipping is None else price + shipping,
        delivery_days=_days(row["delivery_days"]),
        late_share=None,
        packs=float(row["packs"]),
        unit_price=None if scale is None else _coin(price * scale, config),
        checked_on=row["checked_on"],
        url=_safe(row["url"]),
    )


def _days(days: float | None) -> int | None:
    return None if days is None or not math.isfinite(days) or days < 0 else math.ceil(days)


def _coin(amount: Any, config: ShopConfig) -> Decimal:
    places = Decimal(1).scaleb(-fmt.DECIMALS.get(config.shop.currency, 2))
    return Decimal(amount).quantize(places, rounding=ROUND_HALF_UP)


def _safe(url: str | None) -> str | None:
    """A link that a page may show: http or https with a host; None for anything else."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None
