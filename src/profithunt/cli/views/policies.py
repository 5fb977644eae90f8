"""Terms of return and ways of payment in the terminal: the verdict in a sentence, then what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from profithunt import fmt
from profithunt.cli.views.tables import heading, listing, money, table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from profithunt.api.policies import Policy
    from profithunt.models.policy import Setting

_SEGMENTS: Final = {"serial": "serial returners", "seldom": "fewer than two orders before"}
_WHAT: Final = {"returns": "the terms of return", "payments": "the ways of payment"}


def policy(found: Policy, currency: str) -> list[RenderableType]:
    """The whole study, verdict first."""
    parts: list[RenderableType] = [heading(_verdict(found, currency), _today(found, currency))]
    if found.ways:
        parts.append(_ways(found))
    if found.study.settings:
        parts += [_settings(found, currency), _sides(found, currency), _what_if(found, currency), _test(found)]
    assumed = [f"{one.in_words} {one.source}" for one in found.beliefs.values()]
    return [*parts, listing("Assumed, since the shop has not tried it", assumed)]


def setting(one: Setting, currency: str) -> str:
    """A setting in words: `a fee of €2.95 a return`."""
    amount = fmt.money_exact(one.value or 0.0, currency)
    return {
        "window": f"{one.value or 0:.0f} days to return",
        "fee": f"a fee of {amount} a return",
        "serial fee": f"a fee of {amount} a return for serial returners",
        "exchange": "free exchange",
        "steer": f"show {one.subject} last",
        "discount": f"a discount for not paying by {one.subject}",
        "surcharge": f"charge what {one.subject} costs more",
        "drop": f"drop {one.subject}",
    }[one.lever]


def _verdict(found: Policy, currency: str) -> str:
    take = found.study.recommended
    if take is None:
        return f"Leave {_WHAT[found.subject]} as they are: no other is likely enough to earn more."
    worth = fmt.estimate(take.gain, take.gain_low, take.gain_high, currency)
    words = setting(take, currency)
    likely = fmt.share(take.better)
    return (
        f"{words[0].upper()}{words[1:]}: {worth} contribution profit more in 28 days, with a probability of {likely}."
    )


def _today(found: Policy, currency: str) -> str:
    today = found.today
    profit = fmt.money(found.study.profit, currency)
    earns = f"{profit} contribution profit from {fmt.number(today['orders'])} orders in 28 days"
    if found.subject == "payments":
        return f"Today {earns}; {fmt.money(today['fees'], currency)} or {fmt.share(today['fee_share'])} of it in fees."
    each = fmt.money_exact(today["cost_of_a_return"], currency)
    saved = fmt.money_exact(today["saved_by_a_return_less"], currency)
    late = ", ".join(f"{fmt.share(today[f'later_than_{days}'])} after {days}" for days in (14, 30, 60))
    back = f"{fmt.number(today['returns'])} returns, {fmt.share(today['returned_share'])} of the value"
    return (
        f"Today {today['window_days']:.0f} days and no fee; {earns}.\n"
        f"{back}; one costs {each}, one less saves {saved}. Days after the order: {late}."
    )


def _ways(found: Policy) -> RenderableType:
    right = ("Orders", "Share", "Fees", "Come back", "Cancelled", "Earns", "Dearer")
    shown = table("Way of payment", *right, "", right=right)
    for one in found.ways:
        shown.add_row(
            one["way"],
            fmt.number(one["orders"]),
            *(fmt.share(one[name]) for name in ("order_share", "fee_share", "returned_share", "cancelled_share")),
            fmt.share(one["profit_share"]),
            fmt.MISSING if one["is_cheapest"] else fmt.share(one["dearer"]),
            "cheapest" if one["is_cheapest"] else "",
        )
    return shown


def _settings(found: Policy, currency: str) -> RenderableType:
    moved = "Returns less" if found.subject == "returns" else "Orders moved"
    right = ("Against today", "Low", "High", "Better", moved, "Orders lost", "Of it later")
    shown = table("Setting", *right, "", right=right)
    for one in found.study.settings:
        shown.add_row(
            setting(one, currency),
            money(one.gain, currency),
            money(one.gain_low, currency),
            money(one.gain_high, currency),
            fmt.share(one.better),
            fmt.number(one.moved),
            fmt.share(one.lost_share),
            money(one.later, currency) if one.later else fmt.MISSING,
            "take this" if one == found.study.recommended else "",
        )
    return shown


def _sides(found: Policy, currency: str) -> RenderableType:
    best = found.study.best
    right = ("Orders", "Lost", "Profit")
    words = "" if best is None else f" ({setting(best, currency)})"
    shown = table(f"Who brings more or less{words}", *right, right=right)
    for one in found.study.sides:
        name = _SEGMENTS.get(one.segment, "all others" if one.segment == "others" else one.segment)
        shown.add_row(name, fmt.number(one.orders), fmt.number(one.lost), money(one.gain, currency))
    return shown


def _what_if(found: Policy, currency: str) -> RenderableType:
    best = found.study.best
    right = ("Against today", "Better")
    words = "" if best is None else f" ({setting(best, currency)})"
    shown = table(f"What if{words}", *right, right=right)
    for case, gain, better in found.study.sensitivity:
        shown.add_row(case, money(gain, currency), fmt.share(better))
    return shown


def _test(found: Policy) -> RenderableType:
    n = found.study.n_per_arm
    if n is None:
        return heading("Test", "Nothing to test: no setting looked at changes anything.")
    needed = f"{fmt.number(n)} orders under each of both settings would show the difference"
    return heading("Test", f"{needed}; the shop has {fmt.number(found.today['orders'])} in 28 days.")
