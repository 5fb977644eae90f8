"""Markdown ladders in the terminal: the verdict in a sentence, the ladders, then what they rest on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from profithunt import fmt
from profithunt.cli.views.tables import heading, listing, money, table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from profithunt.api.markdowns import Ladder, Markdowns


def markdowns(found: Markdowns, currency: str, top: int) -> list[RenderableType]:
    """The whole study, verdict first; at most `top` SKUs."""
    parts: list[RenderableType] = [heading(verdict(found, currency), "\n".join(_facts(found, currency)))]
    if found.recommended:
        parts.append(_ladders(found, currency, top))
    left = [one for one in found.ladders if not one.recommended]
    if left:
        parts.append(_left(left, currency, top))
    parts.append(_cuts(found, currency))
    if found.sides:
        parts.append(_sides(found, currency))
    return [*parts, _evidence(found, currency), listing("Also assumed", _assumed(found)), _test(found)]


def verdict(found: Markdowns, currency: str) -> str:
    """What to do, in a sentence."""
    n = len(found.recommended)
    if not n:
        return "Leave all prices as they are: no ladder is likely enough to earn more."
    total = found.total
    worth = fmt.estimate(total.gain, total.low, total.high, currency)
    return f"Mark {fmt.counted(n, 'SKU')} down by steps: {worth} contribution profit more until the seasons end."


def _facts(found: Markdowns, currency: str) -> list[str]:
    n = len(found.ladders)
    cut, total = found.best_cut
    today = fmt.money(found.profit_today, currency)
    worth = fmt.estimate(total.gain, total.low, total.high, currency)
    lines = [
        f"{fmt.counted(n, 'SKU')} in stock with a season that ends; at today's prices they bring {today} until then.",
        f"The best single cut for all would be {fmt.share(cut)}: {worth}.",
    ]
    if found.left_out:
        why = ", ".join(f"{fmt.count(count)} since {reason}" for reason, count in found.left_out.items())
        lines.append(f"Left out: {why}.")
    return lines


def _ladders(found: Markdowns, currency: str, top: int) -> RenderableType:
    figures = ("Stock", "Weeks", "Price", "Left over", "Then", "Gain", "Low", "High", "Better")
    shown = table("SKU", "Prices to come", *figures, right=figures)
    for one in found.recommended[:top]:
        shown.add_row(
            _named(one),
            steps(one, currency),
            fmt.number(one.on_hand),
            str(one.weeks_left),
            fmt.money_exact(one.price, currency),
            fmt.number(one.on_hand - one.units_today),
            fmt.number(one.on_hand - one.units),
            money(one.gain, currency),
            money(one.gain_low, currency),
            money(one.gain_high, currency),
            fmt.share(one.better),
        )
    more = len(found.recommended) - top
    if more > 0:
        shown.caption = f"and {fmt.counted(more, 'SKU')} more; --top shows more, --json all"
    return shown


def steps(one: Ladder, currency: str) -> str:
    """The ladder in words: `€15.92 (−20%) from 2 Jun, …`."""
    return ", ".join(
        f"{fmt.money_exact(step.price, currency)} ({fmt.MINUS}{fmt.share(step.cut)}) from {fmt.day(step.starts_on)}"
        for step in one.steps
    )


def _left(left: list[Ladder], currency: str, top: int) -> RenderableType:
    figures = ("Stock", "Weeks", "Price", "Left over", "Best ladder", "Low", "High", "Better")
    shown = table(f"Leave the price of {fmt.counted(len(left), 'SKU')}", *figures, right=figures)
    for one in left[: max(top // 4, 3)]:
        shown.add_row(
            _named(one),
            fmt.number(one.on_hand),
            str(one.weeks_left),
            fmt.money_exact(one.price, currency),
            fmt.number(one.on_hand - one.units_today),
            money(one.gain, currency),
            money(one.gain_low, currency),
            money(one.gain_high, currency),
            fmt.share(one.better),
        )
    return shown


def _named(one: Ladder) -> str:
    return one.sku if one.name is None else f"{one.sku} {one.name}"


def _cuts(found: Markdowns, currency: str) -> RenderableType:
    figures = ("Against today", "Low", "High", "Better")
    shown = table("One for all instead", *figures, right=figures)
    listed = [(f"{fmt.MINUS}{fmt.share(cut)} from next week on", total) for cut, total in found.cuts]
    for words, total in [*listed, ("the ladders", found.total)]:
        shown.add_row(
            words,
            money(total.gain, currency),
            money(total.low, currency),
            money(total.high, currency),
            fmt.share(total.better) if words != "the ladders" or found.recommended else fmt.MISSING,
        )
    return shown


def _sides(found: Markdowns, currency: str) -> RenderableType:
    figures = ("Units today", "Units then", "Discount on what they would buy anyway", "Profit")
    shown = table("Who brings more or less", *figures, right=figures)
    for side in found.sides:
        shown.add_row(
            side.segment,
            fmt.number(side.units_today),
            fmt.number(side.units),
            fmt.money(side.given, currency),
            money(side.gain, currency),
        )
    return shown


def _evidence(found: Markdowns, currency: str) -> RenderableType:
    total = found.total
    nothing, twice = found.if_salvage_is
    lines = [
        f"{name}: elasticity {fmt.number(mean)}, {fmt.share(learnt)} learnt from own price changes"
        for name, mean, learnt in found.answers
    ]
    weak, strong, none, more = (fmt.money(one, currency) for one in (total.weak, total.strong, nothing, twice))
    lines.append(
        f"gain if demand answers prices weakly, as one case in sixteen would have it: {weak}; strongly: {strong}"
    )
    lines.append(f"gain if what is left over brings nothing: {none}; twice as much: {more}")
    return listing("Price elasticity by category, and what if", lines)


def _assumed(found: Markdowns) -> list[str]:
    lines = [f"A unit left over brings {fmt.share(found.salvage_share)} of its cost."]
    lines.append(
        "The season runs as it did a year ago, as far as enough was sold then."
        if found.season_learnt
        else "Demand stays as it is until the season ends: no year before to learn its course from."
    )
    lines += [f"{one.in_words} {one.source}" for name, one in found.beliefs.items() if name != "resaleable"]
    return lines


def _test(found: Markdowns) -> RenderableType:
    if found.n_per_arm is None:
        return heading("Test", "Nothing to test: no ladder is expected to earn enough.")
    n = fmt.count(math.ceil(found.n_per_arm))
    text = f"{n} SKUs on their ladders and as many at today's prices, drawn by lot, would show the mean gain."
    return heading("Test", text)
