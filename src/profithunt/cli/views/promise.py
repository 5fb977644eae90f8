"""The promised day in the terminal: the verdict, the lanes, what a late parcel costs, and what it rests on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from profithunt import fmt
from profithunt.cli.views.tables import heading, money, table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from profithunt.api.promise import Promises
    from profithunt.models.lateness import Learnt
    from profithunt.models.promise_study import Lane

_PARTS: Final = {
    "repairs": "contacts, goodwill and return costs",
    "refunds": "margin of what is sent back",
    "less_later": "what the customer brings less",
}


def promise(found: Promises, currency: str, top: int) -> list[RenderableType]:
    """The whole study, verdict first; lanes that gain most, then the largest."""
    study = found.study
    each = fmt.money_exact(found.cost.mean, currency)
    profit = fmt.money(study.earned, currency)
    late = f"Today {fmt.share(study.late_today)} of the parcels come late"
    facts = [f"{late}, {profit} contribution profit in 28 days; a late parcel costs {each}."]
    if found.verdict == "change":
        facts.append(f"With the promises below {fmt.share(study.late)} would come late.")
    parts: list[RenderableType] = [heading(verdict(found, currency), "\n".join(facts)), _lanes(found, currency, top)]
    if found.verdict == "change" and study.sides:
        parts.append(_sides(found, currency))
    parts += [_everywhere(found, currency), _cost(found, currency), _worth(found)]
    if found.verdict == "change":
        parts.append(_sensitivity(found, currency))
    return [*parts, _test(found)]


def verdict(found: Promises, currency: str) -> str:
    """What to do, in a sentence."""
    study = found.study
    if found.verdict == "leave":
        return "Leave the promised days as they are: no other promise is likely enough to earn more on any lane."
    moved = [lane.take.shift for lane in study.lanes if lane.take]
    earlier, later = sum(shift < 0 for shift in moved), sum(shift > 0 for shift in moved)
    parts = [f"{fmt.counted(n, 'lane')} {word}" for n, word in ((earlier, "earlier"), (later, "later")) if n]
    worth = fmt.estimate(study.gain, study.gain_low, study.gain_high, currency)
    return (
        f"Promise {' and '.join(parts)}: {worth} contribution profit more in 28 days, "
        f"with a probability of {fmt.share(study.better)}."
    )


def _lanes(found: Promises, currency: str, top: int) -> RenderableType:
    names = ("Parcels", "Carriage", "Charged", "Late", "Taken", "Promise", "Gain")
    shown = table("Lane", *names, right=names)
    moved = sorted((one for one in found.study.lanes if one.take), key=lambda one: -(one.take.gain if one.take else 0))
    left = [one for one in found.study.lanes if not one.take]
    listed = (*moved[:top], *left[:top])
    for one in listed:
        take = one.take
        late, promised = fmt.share(one.late), fmt.number(one.promised)
        shown.add_row(
            lane(one),
            fmt.count(one.n_parcels),
            fmt.money_exact(one.carriage, currency),
            fmt.money_exact(one.charged, currency),
            late if take is None else f"{late} → {fmt.share(take.late)}",
            " to ".join(
                fmt.number(days) if math.isfinite(days) else "never" for days in (one.taken_p50, one.taken_p90)
            ),
            promised if take is None else f"{promised} → {fmt.number(one.promised + take.shift)}",
            "leave it" if take is None else fmt.estimate(take.gain, take.gain_low, take.gain_high, currency),
        )
    shown.caption = (
        f"{fmt.count(len(listed))} of {fmt.counted(len(found.study.lanes), 'lane')}. Days from the order, those taken: "
        f"median to 90th percentile; no promise is moved earlier to more than {fmt.share(found.most_late)} late."
    )
    shown.caption_justify = "left"
    return shown


def _shift(days: int) -> str:
    return f"+{fmt.count(days)}" if days > 0 else fmt.count(days)


def lane(one: Lane) -> str:
    """A lane in words: `SP to RJ, unnamed`."""
    carrier = "" if one.carrier == "unnamed" else f", {one.carrier}"
    return f"{one.origin} to {one.region}{carrier}"


def _sides(found: Promises, currency: str) -> RenderableType:
    names = ("Parcels", "Promised earlier", "later", "Late today", "Late then", "Profit")
    shown = table("Who wins and who loses", *names, right=names)
    for side in found.study.sides:
        figures = (side.parcels, side.earlier, side.later, side.late_today, side.late)
        shown.add_row(side.segment, *[fmt.number(value) for value in figures], money(side.gain, currency))
    return shown


def _everywhere(found: Promises, currency: str) -> RenderableType:
    names = ("Late", "Against today", "Low", "High", "Better")
    shown = table("If all lanes moved by so many days", *names, right=names)
    for one in found.study.everywhere:
        if one.shift:
            amounts = [money(value, currency) for value in (one.gain, one.gain_low, one.gain_high)]
            shown.add_row(_shift(one.shift), fmt.share(one.late), *amounts, fmt.share(one.better))
        else:
            shown.add_row("today", fmt.share(one.late), *[fmt.MISSING] * 4)
    return shown


def _cost(found: Promises, currency: str) -> RenderableType:
    cost = found.cost
    names = ("Gone by", "Own orders", "Error", "Believed before", "Own weight")
    shown = table(
        f"A late parcel costs {fmt.money_exact(cost.mean, currency)}", *names, "Belief, and source", right=names
    )
    for name, part in zip(_PARTS, cost.parts, strict=True):
        amounts = (part.mean, part.own, part.error, part.prior_mean)
        belief = found.beliefs[name]
        shown.add_row(
            _PARTS[name],
            *[fmt.money_exact(value, currency) for value in amounts],
            fmt.share(part.weight),
            f"{belief.in_words} {belief.source}",
        )
    again = ""
    if cost.again_late is not None and cost.again_in_time is not None:
        again = (
            f" {fmt.share(cost.again_late)} ordered again within {found.horizon_days} days after a late parcel, "
            f"{fmt.share(cost.again_in_time)} after one in time, before the mix is taken out."
        )
    shown.caption = f"{fmt.count(cost.n_late)} late orders against {fmt.count(cost.n_in_time)} in time.{again}"
    shown.caption_justify = "left"
    return shown


def _worth(found: Promises) -> RenderableType:
    study = found.study
    names = ("Gone by", "Own regions", "Error", "Believed before", "Own weight")
    shown = table("A day's share of profit", *names, "Belief, and source", right=names)
    for name, words, part in (
        ("earlier", "a day earlier brings", study.earlier),
        ("later", "a day later costs", study.later),
    ):
        belief = found.beliefs[name]
        shown.add_row(words, *_shares(part), fmt.share(part.weight), f"{belief.in_words} {belief.source}")
    if study.n_own_cells:
        shown.caption = f"Own: {fmt.count(study.n_own_cells)} months of regions, regions and months taken out."
        shown.caption_justify = "left"
    return shown


def _shares(part: Learnt) -> list[str]:
    return [fmt.share(value) for value in (part.mean, part.own, part.error, part.prior_mean)]


def _sensitivity(found: Promises, currency: str) -> RenderableType:
    names = ("Against today", "Low", "High")
    shown = table("What if (the promises above)", *names, right=names)
    for words, *amounts in found.study.sensitivity:
        shown.add_row(words, *[money(value, currency) for value in amounts])
    return shown


def _test(found: Promises) -> RenderableType:
    n = found.study.n_per_arm
    if n is None:
        return heading("Test", "Nothing to test: no promise looked at is likely to earn more.")
    return heading(
        "Test", f"{fmt.number(n)} {found.study.unit}s under each of both promises would show the difference."
    )
