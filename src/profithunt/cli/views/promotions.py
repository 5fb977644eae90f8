"""Promotions in the terminal: what to do about them in a sentence, each in a line, one in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from profithunt import fmt
from profithunt.cli.views.tables import heading, listing, money, table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from profithunt.api.promoting import Evidence, Promotion, Promotions
    from profithunt.models.promotions import Option

KINDS: Final = {
    "heavy": "who buy it oftenest anyway",
    "regular": "who buy it again and again",
    "occasional": "who bought it once",
    "other": "who buy, but not this",
    "lapsed": "who had not bought for months",
    "new": "new or not known",
}
_EVIDENCE: Final = {"holdout": "held back", "targeted": "not sent", "panel": "before/after"}
_ABOUT: Final = {
    "category": "all of a category",
    "subcategory": "all of a subcategory",
    "sku": "its SKUs",
    "wide": "what other customers used it on",
}


def promotions(found: Promotions, currency: str) -> list[RenderableType]:
    """All of them, verdict first."""
    parts: list[RenderableType] = [heading(_verdict(found, currency), _given(found, currency))]
    parts.append(_list(found, currency))
    left_out = _left_out(found, currency)
    if left_out is not None:
        parts.append(left_out)
    parts += [_shop(found), listing("Assumed", _assumed(found))]
    return parts


def promotion(found: Promotions, one: Promotion, currency: str) -> list[RenderableType]:
    """One promotion in full."""
    about = f"{_ABOUT[one.about]}, {fmt.counted(one.n_skus, 'SKU')}"
    days = f"{fmt.day(one.first_on)} to {fmt.day(one.last_on)}{', still running' if one.is_ongoing else ''}"
    paid = f"the shop gave {fmt.money(one.subsidy, currency)}, others {fmt.money(one.funded, currency)}"
    who = f"{fmt.counted(one.n_orders, 'order')} of {fmt.counted(one.n_customers, 'customer')}"
    facts = [
        f"{days}{f', {one.mechanic}' if one.mechanic else ''}; looked at {about}.",
        f"{fmt.number(one.units)} units under it in {who}; {paid}.",
    ]
    return [
        heading(f"{one.title}: {_advice(one, currency)}", "\n".join(facts)),
        _account(one, currency),
        _sides(one, currency),
        _compared(one, currency),
        _sensitivity(one, currency),
        listing("Also", _also(one, currency)),
        listing("Assumed", _assumed(found)),
    ]


def _verdict(found: Promotions, currency: str) -> str:
    changed = [one for one in found.promotions if one.judged.verdict != "leave"]
    if not changed:
        return "Leave the promotions as they are: no change is likely enough to earn more."
    worth = fmt.estimate(found.change[1], found.change[0], found.change[2], currency)
    n = sum(one.judged.verdict == "stop" for one in changed)
    what = [words for words, m in ((f"stop {n}", n), (f"narrow {len(changed) - n}", len(changed) - n)) if m]
    return (
        f"{' and '.join(what).capitalize()} of {len(found.promotions)} promotions: {worth} more the next time they run."
    )


def _given(found: Promotions, currency: str) -> str:
    units = sum(one.units for one in found.promotions)
    extra = sum(one.judged.extra[1] for one in found.promotions)
    subsidy = fmt.money(sum(one.subsidy for one in found.promotions), currency)
    funded = fmt.money(sum(one.funded for one in found.promotions), currency)
    anyway = fmt.share(1 - extra / units) if units else fmt.MISSING
    unseen = sum(one.judged.learnt < 0.1 for one in found.promotions)
    hold = (
        f"\nOf {unseen} of them little can be known: hold a tenth of the customers back the next time."
        if unseen
        else ""
    )
    sold = f"{fmt.number(units)} units were sold under them, {fmt.number(extra)} of these on top"
    return f"{sold}; {anyway} would have been bought anyway. The shop gave {subsidy}, others {funded}.{hold}"


def _advice(one: Promotion, currency: str) -> str:
    take = one.judged.recommended
    if take is not None:
        worth = fmt.estimate(take.gain, take.gain_low, take.gain_high, currency)
        return f"{_setting(take)}: {worth} more the next time, with a probability of {fmt.share(take.better)}"
    low, middle, high = one.judged.gain
    worth = fmt.estimate(middle, low, high, currency)
    return f"leave it; it earns {worth} beyond not having it, with a probability of {fmt.share(one.judged.pays)}"


def _setting(take: Option) -> str:
    if not take.left_out:
        return "stop it"
    return f"leave out customers {' and '.join(KINDS[name] for name in take.left_out)}"


def _list(found: Promotions, currency: str) -> RenderableType:
    right = ("Units", "On top", "Later", "Shop gave", "Earned", "Low", "High", "Pays")
    shown = table("Promotion", "Days", *right, "Held against", "", right=right)
    for one in found.promotions:
        judged = one.judged
        shown.add_row(
            one.title,
            str((one.last_on - one.first_on).days + 1),
            fmt.number(one.units),
            fmt.number(judged.extra[1]),
            fmt.number(judged.pulled[1]),
            fmt.money(one.subsidy, currency),
            money(judged.gain[1], currency),
            money(judged.gain[0], currency),
            money(judged.gain[2], currency),
            fmt.share(judged.pays),
            ", ".join(_EVIDENCE[kind] for kind in dict.fromkeys(item.kind for item in one.evidence)) or "beliefs",
            {"stop": "stop", "narrow": "narrow", "leave": "leave"}[judged.verdict],
        )
    return shown


def _left_out(found: Promotions, currency: str) -> RenderableType | None:
    """Whom to leave out, with the money."""
    narrowed = [one for one in found.promotions if one.judged.recommended and one.judged.recommended.left_out]
    if not narrowed:
        return None
    right = ("More", "Low", "High", "Likely")
    shown = table("Leave out", "Of", *right, right=right)
    for one in narrowed:
        take = one.judged.recommended
        if take is not None:
            shown.add_row(
                " and ".join(KINDS[name] for name in take.left_out),
                one.title,
                money(take.gain, currency),
                money(take.gain_low, currency),
                money(take.gain_high, currency),
                fmt.share(take.better),
            )
    return shown


def _shop(found: Promotions) -> RenderableType:
    names = ("P10", "P50", "P90")
    shown = table("On top of what is bought anyway (whole categories)", *names, right=names)
    for name, range_ in found.shop.items():
        shown.add_row(KINDS[name], *[fmt.share(value) for value in range_])
    return shown


def _account(one: Promotion, currency: str) -> RenderableType:
    judged = one.judged
    names = ("P10", "P50", "P90")
    shown = table("What it did", *names, right=names)
    counts = (("units on top", judged.extra), ("units missing in the four weeks after", judged.pulled))
    for words, range_ in counts:
        shown.add_row(words, *[fmt.number(value) for value in range_])
    rows = [("rest of its categories", judged.siblings), ("all else bought with it", judged.rest)]
    if one.newcomers.clv_12m is not None:
        rows.append(("new customers, the next 12 months", judged.later))
    rows.append(("contribution beyond not having it", judged.gain))
    for words, range_ in rows:
        shown.add_row(words, *[money(value, currency) for value in range_])
    return shown


def _sides(one: Promotion, currency: str) -> RenderableType:
    right = ("Units", "On top", "Shop gave", "Earned", "Low", "High", "Loses")
    shown = table("Customers", *right, right=right)
    for side in one.judged.sides:
        shown.add_row(
            KINDS[side.segment],
            fmt.number(side.units),
            fmt.number(side.extra_units),
            fmt.money(side.subsidy, currency),
            money(side.gain, currency),
            money(side.gain_low, currency),
            money(side.gain_high, currency),
            fmt.share(side.loses),
        )
    return shown


def _compared(one: Promotion, currency: str) -> RenderableType:
    lines = [_comparison(item, currency) for item in one.evidence]
    learnt = fmt.share(one.judged.learnt)
    if not lines:
        lines.append("Nothing to hold it against: beliefs speak, and what the shop's other promotions did.")
    lines.append(f"{learnt} of what was open about its share on top was learnt from the shop's own sales.")
    return listing("Held against", lines)


def _comparison(item: Evidence, currency: str) -> str:
    if item.kind == "panel":
        return "The same goods in the six weeks before, moved as all other categories moved meanwhile."
    chosen = "held back by chance" if item.kind == "holdout" else "that it was not sent to, of the same habits"
    words = f"{fmt.counted(item.n_acted, 'customer')} against {fmt.count(item.n_held)} {chosen}"
    if item.profit is not None and item.error is not None:
        wide = 1.2816 * item.error
        worth = fmt.estimate(item.profit, item.profit - wide, item.profit + wide, currency)
        words += f": all they bought earned {worth} more"
    if item.kind == "targeted" and item.naive is not None:
        words += f" (as it stands, without regard to habits: {fmt.money(item.naive, currency)})"
    if item.placebo is not None:
        words += f"; in the six weeks before, with nothing offered, {fmt.share(item.placebo)} apart"
    return f"{words}."


def _sensitivity(one: Promotion, currency: str) -> RenderableType:
    right = ("Earns", "Likely")
    take = one.judged.recommended
    shown = table(f"What if ({'it as it is' if take is None else _setting(take)})", *right, right=right)
    for words, gain, likely in one.judged.sensitivity:
        shown.add_row(words, money(gain, currency), fmt.share(likely))
    return shown


def _also(one: Promotion, currency: str) -> list[str]:
    lines = []
    if one.returned_share is not None and one.returned_otherwise is not None:
        back, usual = fmt.share(one.returned_share), fmt.share(one.returned_otherwise)
        lines.append(f"{back} of it came back; {usual} of the same goods without it.")
    new = one.newcomers
    line = f"{fmt.counted(new.n, 'new customer')} came with it"
    if new.clv_12m is not None:
        line += f", forecast to bring {fmt.money_exact(new.clv_12m, currency)} each in 12 months"
        if new.others_clv_12m is not None:
            line += f"; others of the same days {fmt.money_exact(new.others_clv_12m, currency)}"
    lines.append(f"{line}.")
    if one.may_cost is not None:
        known = "not known" if one.sending_cost is None else fmt.money(one.sending_cost, currency)
        each = fmt.money_exact(max(one.may_cost, 0.0), currency)
        lines.append(
            f"Sent to {fmt.counted(one.sent, 'customer')}, at a cost that is {known}; it pays up to {each} each more."
        )
    n = one.judged.n_per_arm
    if n is not None:
        many = f"{fmt.number(n)} customers with it and as many held back by chance"
        lines.append(f"The test that would show it: {many}{_small(one)}.")
    return lines


def _small(one: Promotion) -> str:
    """Whether the shop has so many."""
    needed = one.judged.n_per_arm
    return f"; the shop knew {fmt.count(one.n_known)} when it began" if needed and one.n_known < 2 * needed else ""


def _assumed(found: Promotions) -> list[str]:
    names = ("lift", "cannibalised", "pulled", "halo", "newcomers")
    return [f"{found.beliefs[name].in_words} {found.beliefs[name].source}" for name in names]
