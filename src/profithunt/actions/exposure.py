"""What an action puts at stake: the things it touches and how much of the shop that is. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final

Json = Any

THINGS: Final[Mapping[str, str]] = {
    "sku": "sku",
    "with_sku": "sku",
    "skus": "sku",
    "customer_id": "customer",
    "customers": "customer",
    "keyword": "keyword",
    "search_term": "keyword",
    "keywords": "keyword",
}
"""What the key of an entity, or a list among the parameters, is a member of; other keys stand for themselves."""

_LISTS: Final = ("skus", "customers", "keywords")


@dataclass(frozen=True)
class Thing:
    """One member that an action works on: a SKU, a customer or a keyword, for instance."""

    kind: str
    member: str

    def __str__(self) -> str:
        return f"{self.kind} {self.member}"


@dataclass(frozen=True)
class Size:
    """How large the shop is, a day: what shares are shares of. None where the data does not say."""

    skus: int | None = None
    customers: int | None = None
    spend_a_day: Decimal | None = None

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {
            "skus": self.skus,
            "customers": self.customers,
            "spend_a_day": None if self.spend_a_day is None else str(self.spend_a_day),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> Size:
        """Back from data."""
        spend = data.get("spend_a_day")
        return cls(data.get("skus"), data.get("customers"), None if spend is None else Decimal(spend))


@dataclass(frozen=True)
class Exposure:
    """What one action puts at stake: money a day, SKUs, customers, advertising spend a day, largest change of a price.

    Money in shop currency; `price_change` as a share of the former price, None where no price changes.
    """

    money: Decimal = Decimal(0)
    skus: int = 0
    customers: int = 0
    spend: Decimal = Decimal(0)
    price_change: float | None = None
    things: tuple[Thing, ...] = field(default=())

    def to_json(self) -> dict[str, Json]:
        """As data, without the names of the things."""
        return {
            "money": str(self.money),
            "skus": self.skus,
            "customers": self.customers,
            "spend": str(self.spend),
            "price_change": self.price_change
            if self.price_change is not None and math.isfinite(self.price_change)
            else None,
        }


def amount(value: Json) -> Decimal | None:
    """A finite amount, or None for what is none."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def expose(
    entity: Mapping[str, str],
    params: Mapping[str, Json],
    *,
    value: Decimal,
    window_days: int,
    evidence: Mapping[str, Json] | None = None,
) -> Exposure:
    """What an action on an entity puts at stake.

    Money a day is `params.money_a_day`, else the expected value spread over its window. Spend a day is
    `params.spend_a_day`, else the evidence's spend over its own window, where the action is on advertising.
    """
    facts, window = (evidence or {}).get("facts", {}), (evidence or {}).get("window", {})
    evidence = {"window_days": window.get("days", window_days), **facts}
    things = touched(entity, params)
    days = max(window_days, 1)
    money = amount(params.get("money_a_day"))
    return Exposure(
        money=(abs(value) / days if money is None else abs(money)).quantize(Decimal("0.0001")),
        skus=sum(thing.kind == "sku" for thing in things),
        customers=sum(thing.kind == "customer" for thing in things),
        spend=_spend(params, evidence, days),
        price_change=_price_change(params, evidence),
        things=things,
    )


def touched(entity: Mapping[str, str], params: Mapping[str, Json]) -> tuple[Thing, ...]:
    """The things that an action works on: its entity's, and those listed among its parameters."""
    found = [Thing(THINGS.get(key, key), str(member)) for key, member in entity.items()]
    for name in _LISTS:
        found += [Thing(THINGS[name], str(member)) for member in params.get(name) or ()]
    plain = {"sku", "customer", "keyword"}
    several = [thing for thing in found if thing.kind not in plain]
    if len(several) > 1:
        joint = Thing("+".join(thing.kind for thing in several), " · ".join(thing.member for thing in several))
        found = [thing for thing in found if thing.kind in plain] + [joint]
    return tuple(dict.fromkeys(found))


def _spend(params: Mapping[str, Json], evidence: Mapping[str, Json], days: int) -> Decimal:
    given = amount(params.get("spend_a_day"))
    if given is not None:
        return abs(given)
    spent = amount(evidence.get("spend", 0)) or Decimal(0)
    over = amount(evidence.get("window_days", 0)) or Decimal(days)
    return (abs(spent) / max(over, Decimal(1))).quantize(Decimal("0.0001"))


def _price_change(params: Mapping[str, Json], evidence: Mapping[str, Json]) -> float | None:
    """Largest share by which a price moves; infinite where a price is given and the former one is not known."""
    new = amount(params.get("price")) if "price" in params else None
    if new is None:
        return None
    old = amount(params.get("price_before", evidence.get("price", "")))
    return math.inf if not old else abs(float(new / old) - 1.0)


def total(parts: Sequence[Exposure]) -> Exposure:
    """Several together."""
    changes = [part.price_change for part in parts if part.price_change is not None]
    return Exposure(
        money=sum((part.money for part in parts), Decimal(0)),
        skus=sum(part.skus for part in parts),
        customers=sum(part.customers for part in parts),
        spend=sum((part.spend for part in parts), Decimal(0)),
        price_change=max(changes) if changes else None,
        things=tuple(dict.fromkeys(thing for part in parts for thing in part.things)),
    )
