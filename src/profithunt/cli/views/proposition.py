"""Delivery terms in the terminal: the verdict in a sentence, then what it rests on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from profithunt import fmt
from profithunt.cli.views.tables import heading, listing, money, table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from profithunt.api.delivery_terms import DeliveryTerms
    from profithunt.models.delivery_study import Candidate

_MEANS: Final = {
    "sensitivity": "orders lost to a charge, per share of the basket",
    "padding": "would fill up right below the threshold",
    "reach": "half of them still do at so many charges' distance",
    "overshoot": "filled baskets end above the threshold by",
    "aversion": "turned away by a threshold a quarter higher",
}
_SHARES: Final = ("padding", "overshoot", "aversion")


def delivery(found: DeliveryTerms, currency: str) -> list[RenderableType]:
    """The whole study, verdict first."""
    study = found.study
    facts = [f"Today {terms(study.today, currency)}; {_today(study.today, currency)}."]
    if study.recommended is None:
        facts.append(f"The best other terms would be {terms(study.best, currency)}: {_gain(study.best, currency)}.")
    parts: list[RenderableType] = [heading(verdict(found, currency), "\n".join(facts)), _candidates(found, currency)]
    if study.sides:
        parts.append(_sides(found, currency))
    return [*parts, *_evidence(found, currency), _sensitivity(found, currency), _test(found)]


def terms(one: Candidate, currency: str) -> str:
    """Terms in words: `free from €60.00, else €4.90`."""
    if one.threshold <= 0:
        return "always free"
    charge = fmt.money_exact(one.charge, currency)
    if math.isinf(one.threshold):
        return f"{charge}, never free"
    return f"free from {fmt.money_exact(one.threshold, currency)}, else {charge}"


def verdict(found: DeliveryTerms, currency: str) -> str:
    """What to do, in a sentence."""
    study = found.study
    if study.recommended is None:
        why = "no other terms are likely enough to earn more"
        return f"Leave the delivery terms as they are: {why}."
    return f"Deliver {terms(study.recommended, currency)}: {_gain(study.recommended, currency)}."


def _gain(one: Candidate, currency: str) -> str:
    worth = fmt.estimate(one.gain, one.gain_low, one.gain_high, currency)
    return f"{worth} contribution profit more in 28 days, with a probability of {fmt.share(one.better)}"


def _today(one: Candidate, currency: str) -> str:
    return f"{fmt.money(one.profit, currency)} contribution profit from {fmt.number(one.orders)} orders in 28 days"


def _free_from(threshold: float, currency: str) -> str:
    if threshold <= 0:
        return "always"
    return "never" if math.isinf(threshold) else fmt.money_exact(threshold, currency)


def _candidates(found: DeliveryTerms, currency: str) -> RenderableType:
    study = found.study
    names = ("Charge", "Against today", "Low", "High", "Better", "Orders", "Basket", "Padded", "Lost")
    shown = table("Free from", *names, "", right=names)
    listed = {(one.threshold, one.charge): one for one in (*study.candidates, study.today)}
    for one in sorted(listed.values(), key=lambda item: (item.charge, item.threshold)):
        is_today = (one.threshold, one.charge) == (study.today.threshold, study.today.charge)
        shown.add_row(
            _free_from(one.threshold, currency),
            fmt.MISSING if one.threshold <= 0 else fmt.money_exact(one.charge, currency),
            fmt.MISSING if is_today else money(one.gain, currency),
            *([fmt.MISSING] * 3 if is_today else _range(one, currency)),
            fmt.number(one.orders),
            fmt.money_exact(one.basket, currency),
            fmt.share(one.padded_share),
            fmt.share(one.lost_share),
            "today" if is_today else "take this" if one == study.recommended else "",
        )
    return shown


def _range(one: Candidate, currency: str) -> list[RenderableType | str]:
    return [money(one.gain_low, currency), money(one.gain_high, currency), fmt.share(one.better)]


def _sides(found: DeliveryTerms, currency: str) -> RenderableType:
    study = found.study
    take = study.recommended or study.best
    names = ("Orders today", "Orders then", "Profit")
    shown = table(f"Who brings more or less ({terms(take, currency)})", *names, right=names)
    for side in study.sides:
        shown.add_row(side.segment, fmt.number(side.orders_today), fmt.number(side.orders), money(side.gain, currency))
    return shown


def _evidence(found: DeliveryTerms, currency: str) -> list[RenderableType]:
    study = found.study
    past = ", ".join(
        f"{_free_from(one.threshold, currency)} at {fmt.money_exact(one.charge, currency)}" for one in study.past
    )
    known = "set against visits" if study.per_visit else "visits not known throughout, so what is lost rests on beliefs"
    basis = [f"{fmt.count(found.n_orders)} orders, {known}.", f"Terms seen: free from {past}."]
    names = ("P10", "P50", "P90", "Learnt")
    shown = table("What customers do", *names, "Believed before, and source", right=names)
    for name, range_ in study.behaviour.items():
        belief = found.beliefs[name]
        shown.add_row(
            _MEANS[name],
            *[fmt.share(value) if name in _SHARES else fmt.number(value) for value in range_],
            fmt.share(study.learnt[name]),
            f"{belief.in_words} {belief.source}",
        )
    title = "What it rests on"
    return [heading(title, "\n".join(basis)), shown, listing("Also assumed", _assumed(found, currency))]


def _assumed(found: DeliveryTerms, currency: str) -> list[str]:
    priced = found.study.economics
    returned = found.beliefs["padding_returned"]
    lost = found.beliefs["lost_customer"]
    back, share = fmt.share(priced.returned), fmt.share(priced.share)
    each, fixed = (fmt.money_exact(amount, currency) for amount in (priced.return_cost, priced.fixed))
    of_value = f"{fixed} and {share} of its value, before what is paid for delivery"
    lines = [
        f"{back} of what is padded comes back, at {each} a return. {returned.source}",
        f"An order earns {of_value}; measured on today's orders.",
    ]
    if priced.lost_customer:
        worth = fmt.money_exact(priced.lost_customer, currency)
        lines.append(f"A lost order costs {worth} later: {lost.in_words} {lost.source}")
    else:
        lines.append("Nothing is lost later with an order: what customers will bring is not forecast.")
    return lines


def _sensitivity(found: DeliveryTerms, currency: str) -> RenderableType:
    names = ("Against today", "Low", "High", "Better")
    take = found.study.recommended or found.study.best
    shown = table(f"What if ({terms(take, currency)})", *names, right=names)
    for words, one in found.study.sensitivity:
        shown.add_row(words, money(one.gain, currency), *_range(one, currency))
    return shown


def _test(found: DeliveryTerms) -> RenderableType:
    n = found.study.n_per_arm
    unit = "visits" if found.study.per_visit else "orders"
    if n is None:
        return heading("Test", "Nothing to test: no terms looked at are expected to earn more.")
    return heading("Test", f"{fmt.number(n)} {unit} under each of both terms would show the difference.")
