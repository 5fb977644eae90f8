"""Delivery options in the terminal: the verdict, what each option costs and brings, and what the charges rest on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from profithunt import fmt
from profithunt.cli.views.tables import cents, heading, money, table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from profithunt.api.options import DeliveryOptions, Membership
    from profithunt.models.option_repeats import Repeats
    from profithunt.models.options_study import Charges, Study

_MEANS: Final = {
    "switching": "a difference of one mean charge weighs",
    "sensitivity": "orders lost to higher charges, per share of the basket",
    "bend": "a charge twice as high weighs 2 to the power of",
    "basket": "a charge weighs less on a larger basket, power",
    "taste": "customers differ in taste by (standard deviation)",
}


def delivery_options(found: DeliveryOptions, currency: str) -> list[RenderableType]:
    """The figures of each option and the study of charges, verdict first."""
    parts: list[RenderableType] = [
        heading(verdict(found, currency), _basis(found, currency)),
        _figures(found, currency),
    ]
    if found.membership is not None:
        parts.append(_membership(found.membership, currency))
    study = found.study
    if study is None:
        return parts
    parts.append(_candidates(study, currency))
    if study.best is not None and study.sides:
        parts.append(_sides(study, currency))
    return [*parts, _behaviour(found, study, currency), _sensitivity(study, currency), _test(study)]


def verdict(found: DeliveryOptions, currency: str) -> str:
    """What to do, in a sentence."""
    study = found.study
    if study is None:
        return f"What delivery options should cost can't be said: {found.why_no_study}."
    if study.recommended is None:
        return "Leave the delivery charges as they are: no others are likely enough to earn more."
    return f"Charge {charges(study, study.recommended, currency)}: {_gain(study.recommended, currency)}."


def charges(study: Study, one: Charges, currency: str) -> str:
    """What is asked for the options that change: `€7.90 for express (today €5.90)`."""
    parts = [
        f"{_asked(charge, currency)} for {option.name} (today {_asked(option.charge, currency)})"
        for option, charge in zip(study.options, one.charges, strict=True)
        if charge != option.charge
    ]
    return " and ".join(parts)


def _asked(charge: float, currency: str) -> str:
    return "nothing" if not charge else fmt.money_exact(charge, currency)


def _gain(one: Charges, currency: str) -> str:
    worth = fmt.estimate(one.gain, one.gain_low, one.gain_high, currency)
    return f"{worth} contribution profit more in 28 days, with a probability of {fmt.share(one.better)}"


def _basis(found: DeliveryOptions, currency: str) -> str:
    study = found.study
    if study is None:
        return "Figures of each option over the last year:"
    known = "set against visits" if study.per_visit else "visits not known, so what is lost rests on beliefs"
    lines = [f"{fmt.money(study.profit, currency)} contribution profit in 28 days under today's charges; {known}."]
    if study.recommended is None and study.best is not None and charges(study, study.best, currency):
        lines.append(f"The best others would be {charges(study, study.best, currency)}: {_gain(study.best, currency)}.")
    held = [option.name for option in study.options if not option.flat]
    if held:
        lines.append(
            f"{', '.join(held)}: free from some basket value on; profithunt proposition delivery studies that charge."
        )
    return "\n".join(lines)


def _figures(found: DeliveryOptions, currency: str) -> RenderableType:
    names = (
        "Orders",
        "Carriage",
        "Cost to serve",
        "Charged",
        "Subsidy",
        "DPMO",
        "Returned",
        "Later orders",
        "against others",
    )
    shown = table("Option, per order", *names, right=names)
    for one in found.figures:
        shown.add_row(
            one.name,
            fmt.count(one.n_orders),
            *[fmt.money_exact(value, currency) for value in (one.carriage, one.cost_to_serve, one.charge)],
            cents(one.subsidy, currency),
            fmt.number(one.dpmo),
            fmt.share(one.returned_share),
            fmt.MISSING if one.repeats is None else fmt.number(one.repeats.orders),
            _repeats(one.repeats),
        )
    return shown


def _repeats(one: Repeats | None) -> str:
    if one is None or not math.isfinite(one.more_orders):
        return fmt.MISSING
    low, high = (fmt.number(end, plus=True) for end in (one.more_orders_low, one.more_orders_high))
    return f"{fmt.number(one.more_orders, plus=True)} ({low} to {high})"


def _membership(one: Membership, currency: str) -> RenderableType:
    names = ("Orders a year", "Profit a year", "Subsidy an order")
    shown = table(f"{fmt.counted(one.n_members, 'member')}, fees {fmt.money(one.fees, currency)}", *names, right=names)
    for words, orders, profit, subsidy in (
        ("before joining", one.orders_before, one.profit_before, one.subsidy_before),
        ("since", one.orders_after, one.profit_after, one.subsidy_after),
    ):
        n = one.n_members
        shown.add_row(
            words,
            fmt.number(orders),
            fmt.money(profit, currency) if n else fmt.MISSING,
            cents(subsidy, currency),
        )
    shown.caption = "All of them together, scaled to a year each; who joins orders more anyhow, so no effect is shown."
    shown.caption_justify = "left"
    return shown


def _candidates(study: Study, currency: str) -> RenderableType:
    names = ("Charge", "Against today", "Low", "High", "Better", "Orders of it", "Lost", "")
    shown = table("Option", *names, right=names[:-1])
    for at, option in enumerate(study.options):
        own = {one.charges[at]: one for one in study.candidates if one.charges[at] != option.charge}
        if not own:
            continue
        own[option.charge] = study.today
        for charge in sorted(own):
            one = own[charge]
            today = charge == option.charge
            taken = study.recommended is not None and study.recommended.charges[at] == charge and not today
            shown.add_row(
                option.name,
                fmt.money_exact(charge, currency),
                *(
                    [fmt.MISSING] * 4
                    if today
                    else [*[money(v, currency) for v in (one.gain, one.gain_low, one.gain_high)], fmt.share(one.better)]
                ),
                fmt.number(one.orders[at]),
                fmt.share(one.lost),
                "today" if today else "take this" if taken else "",
            )
    return shown


def _sides(study: Study, currency: str) -> RenderableType:
    options = [option.name for option in study.options]
    which = "these" if study.recommended else "the best"
    shown = table(f"Who brings more or less under {which} charges", *options, "Profit", right=[*options, "Profit"])
    for side in study.sides:
        orders = [
            f"{fmt.number(before)} → {fmt.number(after)}"
            for before, after in zip(side.orders_today, side.orders, strict=True)
        ]
        shown.add_row(side.segment, *orders, money(side.gain, currency))
    return shown


def _behaviour(found: DeliveryOptions, study: Study, currency: str) -> RenderableType:
    names = ("P10", "P50", "P90", "Learnt")
    shown = table("What customers do", *names, "Believed before, and source", right=names)
    for name, range_ in study.behaviour.items():
        belief = found.beliefs[name]
        shown.add_row(
            _MEANS[name],
            *[fmt.number(value) for value in range_],
            fmt.share(study.learnt[name]),
            f"{belief.in_words} {belief.source}",
        )
    seen = "; ".join(
        f"{option.name} {', '.join(fmt.money_exact(one, currency) for one in option.seen)}" for option in study.options
    )
    shown.caption = f"Charges seen: {seen}."
    shown.caption_justify = "left"
    return shown


def _sensitivity(study: Study, currency: str) -> RenderableType:
    names = ("Against today", "Low", "High", "Better")
    which = "these" if study.recommended else "the best"
    shown = table(f"What if, under {which} charges", *names, right=names)
    for words, one in study.sensitivity:
        amounts = [money(value, currency) for value in (one.gain, one.gain_low, one.gain_high)]
        shown.add_row(words, *amounts, fmt.share(one.better))
    return shown


def _test(study: Study) -> RenderableType:
    unit = "visits" if study.per_visit else "orders"
    if study.n_per_arm is None:
        return heading("Test", "Nothing to test: no charges looked at are expected to earn more.")
    return heading(
        "Test", f"{fmt.number(study.n_per_arm)} {unit} under each of both charges would show the difference."
    )
