"""Offers of overstock in the terminal: the verdict in a sentence, the SKUs, the incentives, then what it rests on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from profithunt import fmt
from profithunt.cli.views.tables import heading, listing, money, table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from profithunt.api.overstock import Overstock
    from profithunt.models.offers_value import Money


def overstock(found: Overstock, currency: str, top: int) -> list[RenderableType]:
    """The whole assignment, verdict first; at most `top` SKUs."""
    return [
        heading(verdict(found, currency), "\n".join(_facts(found, currency))),
        _against(found, currency),
        _skus(found, currency, top),
        _incentives(found, currency),
        _sides(found, currency),
        listing("Also assumed", _assumed(found)),
        _test(found),
    ]


def verdict(found: Overstock, currency: str) -> str:
    """What to do, in a sentence."""
    worth = _estimate(found.offers, currency)
    if found.verdict == "offer":
        n = fmt.counted(found.n_listed, "customer")
        return (
            f"Offer {fmt.counted(len(_offered(found)), 'overstocked SKU')} to {n} and cut no price: {worth} in 28 days."
        )
    if found.verdict == "cut":
        cut = _estimate(found.single_cut, currency)
        return (
            f"A price cut of {fmt.share(found.cut)} for all earns more than offers: {cut} against {worth} in 28 days."
        )
    return "Leave it: neither offers nor a price cut are likely enough to earn more than today's prices."


def _offered(found: Overstock) -> list[str]:
    return [one.sku for one in found.moved if one.n_offers]


def _facts(found: Overstock, currency: str) -> list[str]:
    skus, people = fmt.counted(found.n_skus, "SKU"), fmt.counted(found.n_customers, "customer")
    cost, apart = fmt.money(found.cost, currency), fmt.counted(found.spacing_days, "day")
    lines = [
        f"{skus} with more in stock than will be sold in time; {people} to offer them to.",
        f"{fmt.count(found.n_offers)} offers cost {cost} with their discounts: at most {found.most_offers} a customer,",
        f"{apart} apart and after the last send; {fmt.count(found.n_refused)} want no letters.",
    ]
    if found.n_offers and found.reached is not None:
        lines.append(f"That is {fmt.share(found.reached)} of what any assignment within these limits could earn.")
    return lines


def _against(found: Overstock, currency: str) -> RenderableType:
    figures = ("28 days", "Low", "High")
    shown = table("Contribution profit beyond what comes anyway", *figures, right=figures)
    for words, one in (
        ("these offers", found.offers),
        (
            f"one price cut for all, the best: {fmt.share(found.cut)}" if found.cut else "one price cut for all",
            found.single_cut,
        ),
        ("the best price cut of each SKU", found.each_cut),
    ):
        shown.add_row(words, *(money(amount, currency) for amount in (one.gain, one.low, one.high)))
    return shown


def _skus(found: Overstock, currency: str, top: int) -> RenderableType:
    figures = ("Too many", "Price", "Cost", "Offers", "Units moved", "Profit")
    shown = table("SKU", *figures, right=figures)
    for one in found.moved[:top]:
        shown.add_row(
            one.sku if one.name is None else f"{one.sku} {one.name}",
            fmt.number(one.excess),
            fmt.money_exact(one.price, currency),
            fmt.money_exact(one.unit_cost, currency),
            fmt.count(one.n_offers),
            fmt.number(one.units),
            money(one.gain, currency),
        )
    if len(found.moved) > top:
        shown.caption = f"and {fmt.counted(len(found.moved) - top, 'SKU')} more; --top shows more, --json all"
    return shown


def _incentives(found: Overstock, currency: str) -> RenderableType:
    figures = ("Off the price", "Offers", "Profit")
    shown = table("Incentive", *figures, right=figures)
    for one in found.given:
        shown.add_row(one.name, fmt.share(one.share), fmt.count(one.n_offers), money(one.gain, currency))
    return shown


def _sides(found: Overstock, currency: str) -> RenderableType:
    figures = ("Customers", "Offers", "Profit")
    shown = table("Who is offered something", *figures, right=figures)
    for one in found.sides:
        shown.add_row(one.segment, fmt.count(one.n_customers), fmt.count(one.n_offers), money(one.gain, currency))
    return shown


def _assumed(found: Overstock) -> list[str]:
    lines = [f"{one.in_words} {one.source}" for one in found.beliefs.values()]
    floor = fmt.share(found.margin_floor)
    return [*lines, f"No incentive leaves less than {floor} of the price over the unit cost."]


def _test(found: Overstock) -> RenderableType:
    if found.n_per_arm is None:
        return heading("Test", "Nothing to test: no offer is expected to earn anything.")
    n = fmt.count(math.ceil(found.n_per_arm))
    return heading(
        "Test", f"{n} customers with their offers and as many without would show the mean gain of a customer."
    )


def _estimate(one: Money, currency: str) -> str:
    return fmt.estimate(one.gain, one.low, one.high, currency)
