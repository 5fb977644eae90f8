"""How names, entities and evidence of the system read, alike in the report and the terminal."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from decimal import Decimal
from typing import Final

from profithunt import fmt
from profithunt.reports.content import Rate

ALMOST: Final = 0.99
NAMED: Final = ("product", "name")
"""Facts that say no more than the name of the entity."""
RATES: Final = ("rate", "share", "margin")
COUNTS: Final = {
    "n", "units", "orders", "lines", "days", "customers", "parcels", "contacts", "clicks", "reasons", "buyers", "items",
}  # fmt: skip
MONEY: Final = {
    "value", "cost", "costs", "price", "amount", "sales", "cm1", "cm2", "cm3", "cogs", "profit", "loss", "spend",
    "refund", "refunded", "refunds", "discount", "discounts", "subsidy", "carriage", "delivery", "marketing",
    "fees", "service",    "money", "billed", "card", "paid", "promotion",
}  # fmt: skip
"""Words in the name of a piece of evidence that say what it is; one per unit, order … of something is money, too."""


def words(name: str) -> str:
    """A name of the system as a reader says it: `marketing_channel` → `Marketing channel`, `sku` → `SKU`."""
    text = name.replace("_", " ").strip()
    return text.upper() if text in {"sku", "crm", "cx"} else text[:1].upper() + text[1:]


def capitalize_first(text: str) -> str:
    """The text with a capital at its head, the rest as it is (SKU stays SKU)."""
    return text[:1].upper() + text[1:]


def rate_text(rate: Rate, currency: str) -> str:
    """A cost rate with what it is per: `1.20% of what was paid`, `$0.50 per line`."""
    figure = fmt.share(rate.rate) if rate.unit.startswith("of ") else fmt.money(rate.rate, currency)
    return f"{figure} {rate.unit}"


def sure(confidence: float) -> str:
    """How sure something is, never entirely: `97% sure`, `over 99% sure`."""
    return f"over {ALMOST:.0%} sure" if confidence > ALMOST else f"{confidence:.0%} sure"


def evidence_value(name: str, value: object, currency: str) -> str:
    """A piece of evidence as its name says it is meant: a rate, an amount of money, a number, a text."""
    if value is None or isinstance(value, bool):
        return fmt.MISSING if value is None else "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(evidence_value(name, part, currency) for part in value)
    if fmt.to_decimal(value if isinstance(value, (int, float, Decimal, str)) else None) is None:
        return str(value)
    figure, parts = fmt.to_decimal(str(value)), name.split("_")
    if parts[-1] in RATES:
        return fmt.share(figure)
    if parts[0] != "n" and (("per" in parts[:-1] and parts[-1] != "million") or MONEY.intersection(parts)):
        return fmt.money(figure, currency)
    return fmt.count(figure) if COUNTS.intersection(parts) and parts[0] != "mean" else fmt.number(figure)


def evidence_name(name: str) -> str:
    """The name of a piece of evidence in words: `n_orders` → `orders`, `cm2_per_unit` → `CM2 per unit`."""
    parts = name.removeprefix("n_").split("_")
    return " ".join(part.upper() if part in {"cm1", "cm2", "cm3", "sku"} else part for part in parts)


def evidence_text(evidence: Mapping[str, object], currency: str, without: Container[str] = ()) -> str:
    """The evidence of an opportunity in a line: a share against its benchmark, then what is known of the entity.

    `without` names facts that are said elsewhere.
    """
    sample, facts = evidence.get("sample"), evidence.get("facts")
    parts = []
    if isinstance(sample, Mapping) and "trials" in sample and "benchmark" in evidence:
        rate, benchmark = (fmt.share(fmt.to_decimal(str(evidence[name]))) for name in ("rate", "benchmark"))
        parts.append(f"{rate} against a benchmark of {benchmark}")
    told = facts if isinstance(facts, Mapping) else {} if isinstance(sample, Mapping) else evidence
    parts += [
        f"{evidence_name(name)} {evidence_value(name, value, currency)}"
        for name, value in told.items()
        if value not in (None, 0, "", "0") and name not in without
    ]
    return " · ".join(parts)


def examples(evidence: Mapping[str, object]) -> tuple[str, ...]:
    """Ids of the example orders of an opportunity."""
    orders = evidence.get("orders")
    if not isinstance(orders, Sequence) or isinstance(orders, str):
        return ()
    return tuple(str(order["order_id"]) for order in orders if isinstance(order, Mapping) and "order_id" in order)


def entity_text(entity: Mapping[str, str]) -> str:
    """What an opportunity is about: `SKU 1029743`, `customer 42 × SKU 17`."""
    return " × ".join(f"{'SKU' if name == 'sku' else name.removesuffix('_id').replace('_', ' ')} {value}"
                      for name, value in entity.items())  # fmt: skip
