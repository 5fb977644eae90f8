"""Prices against rivals' in the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from profithunt import fmt
from profithunt.cli.views.tables import heading, listing, money, table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from profithunt.api.price_experiment import PriceExperiment
    from profithunt.api.price_view import CustomersView
    from profithunt.api.prices import PriceBoard
    from profithunt.proposition.match_decisions import Decision

REASONS: Final = {
    "dearer_delivered": "a rival is cheaper delivered, and a lower price pays",
    "room": "nobody is cheaper, and the next one is far off",
    "convenience": "a rival asks less, but delivered we are not dearer",
    "price_war": "we and a rival are cutting in turn",
    "guard": "a guard leaves no room",
    "would_not_pay": "a rival is cheaper delivered, but a lower price would not pay",
    "not_sold": "nothing was sold lately, so nothing can be told",
    "margin_unknown": "what a unit earns is not known",
    "no_rival_in_stock": "no rival has it in stock",
    "cheapest": "nobody is cheaper, and a higher price would not pay",
    "level": "as dear as the cheapest",
}
"""Why a price is to be lowered, raised or held, in words."""

_SHORT: Final = {
    "dearer_delivered": "cheaper elsewhere",
    "room": "room up to the next",
    "convenience": "convenience",
    "price_war": "price war",
    "guard": "a guard",
    "would_not_pay": "lower won't pay",
    "not_sold": "not sold lately",
    "margin_unknown": "margin not known",
    "no_rival_in_stock": "no rival has it",
    "cheapest": "cheapest",
    "level": "level",
}

_STATES: Final = {
    "review": "Offers to review: not used until accepted",
    "taken": "Offers matched and used",
    "rejected": "Offers that a person rejected",
    "none": "Offers that are like no SKU",
}


def board(
    whole: PriceBoard | None, positions: Sequence[Mapping[str, Any]], currency: str, top: int
) -> list[RenderableType]:
    """The figures in all, then the SKUs with most money."""
    parts: list[RenderableType] = []
    if whole is not None:
        parts.append(heading(_headline(whole, currency), "\n".join(_facts(whole))))
    names = ("Price", "Lowest", "Gap", "Delivered", "Undercut", "Try", "In 28 days")
    shown = table("SKU", *names, "Advice", right=names)
    for row in positions[:top]:
        shown.add_row(
            row["sku"],
            fmt.money_exact(row["price"], currency),
            _amount(row["lowest_price"], currency),
            _gap(row["gap"]),
            _gap(row["delivered_gap"]),
            f"{row['days_undercut']}/{row['days_compared']}",
            _amount(row["price_to_try"], currency),
            fmt.MISSING
            if row["value"] is None
            else fmt.estimate(row["value"], row["value_low"], row["value_high"], currency),
            f"{row['advice']}: {row['guard'] or _SHORT.get(row['reason'], row['reason'])}",
        )
    parts.append(shown)
    parts.append("Gap: own price against the lowest in stock; Delivered: the same with delivery, waiting and lateness.")
    if len(positions) > top:
        parts.append(f"{len(positions) - top} more: --top, or --json for all.")
    return parts


def advice(row: Mapping[str, Any]) -> str:
    """What to do about a price, and why."""
    said = f"{row['advice']}: {REASONS.get(row['reason'], row['reason'])}"
    return f"{said} ({row['guard']})" if row["guard"] else said


def _headline(whole: PriceBoard, currency: str) -> str:
    counts = whole.by_advice
    return (
        f"{fmt.counted(whole.n_skus, 'SKU')} compared: lower {counts.get('lower', 0)}, raise {counts.get('raise', 0)}, "
        f"hold {counts.get('hold', 0)}; worth {fmt.money(whole.value, currency)} in 28 days."
    )


def _facts(whole: PriceBoard) -> list[str]:
    facts = [
        (
            f"Nobody is cheaper for {whole.n_lowest}, delivered for {whole.n_delivered_lowest}; the median price is "
            f"{_gap(whole.median_gap)} against the lowest, delivered {_gap(whole.median_delivered_gap)}."
        ),
        f"Undercut on {fmt.share(whole.days_undercut_share)} of days; {fmt.counted(whole.n_wars, 'price war')} now.",
    ]
    if whole.offers:
        told = ", ".join(f"{number} {state}" for state, number in sorted(whole.offers.items()))
        facts.append(
            f"Offers of price feeds: {told}. Doubtful ones are used only once accepted: profithunt prices review"
        )
    return facts


def _gap(gap: float | None) -> str:
    return fmt.MISSING if gap is None else fmt.growth(gap)


def _amount(amount: fmt.Amount, currency: str) -> str:
    return fmt.MISSING if amount is None else fmt.money_exact(amount, currency)


def one(row: Mapping[str, Any], rivals: Sequence[Mapping[str, Any]], currency: str) -> list[RenderableType]:
    """One SKU: where it stands, what to do, every rival."""
    facts = [
        (
            f"Price {fmt.money_exact(row['price'], currency)}, place {row['rank']} of {row['n_in_stock'] + 1}; "
            f"delivered {fmt.money_exact(row['delivered'], currency)}, place {row['delivered_rank']}. "
            f"Undercut on {row['days_undercut']} of {row['days_compared']} days."
        ),
        f"Advice: {advice(row)}.",
    ]
    if row["price_to_try"] is not None:
        worth = fmt.estimate(row["value"], row["value_low"], row["value_high"], currency)
        facts.append(
            f"At {fmt.money_exact(row['price_to_try'], currency)} it earns {worth} more in 28 days, with a probability "
            f"of {fmt.share(row['probability'])}."
        )
    facts.append(
        f"Elasticity {fmt.number(row['elasticity'])} give or take {fmt.number(row['elasticity_sd'])}, "
        f"{fmt.share(row['learnt'])} of it learnt from own prices, the rest declared."
    )
    names = ("Price", "Shipping", "Days", "Late", "Delivered", "Gap", "Undercut")
    shown = table("Rival", *names, "In stock", "Seen", "Matched by", right=names)
    for rival in rivals:
        shown.add_row(
            rival["competitor"],
            fmt.money_exact(rival["price"], currency),
            _amount(rival["shipping"], currency),
            fmt.MISSING if rival["delivery_days"] is None else fmt.number(rival["delivery_days"]),
            fmt.share(rival["late"]),
            fmt.money_exact(rival["delivered"], currency),
            _gap(rival["gap"]),
            f"{rival['days_undercut']}/{rival['days_compared']}",
            "yes" if rival["in_stock"] else "no",
            fmt.day(rival["checked_on"]),
            rival["matched_by"] if rival["packs"] == 1 else f"{rival['matched_by']}, {rival['packs']:.4g} packs",
        )
    return [heading(f"{row['sku']} {row['name'] or ''}".strip(), "\n".join(facts)), shown]


def summary(rows: Sequence[Mapping[str, Any]], by: str, currency: str) -> list[RenderableType]:
    """Positions by a dimension."""
    if by == "competitor":
        of_rivals = ("SKUs", "In stock", "Cheaper", "Cheaper delivered", "Median gap", "Days undercut")
        shown = table("Rival", *of_rivals, "Last seen", right=of_rivals)
        for row in rows:
            shown.add_row(
                row["member"],
                fmt.count(row["n_skus"]),
                fmt.count(row["n_in_stock"]),
                fmt.count(row["n_cheaper"]),
                fmt.count(row["n_cheaper_delivered"]),
                _gap(row["median_gap"]),
                fmt.share(row["days_undercut_share"]),
                fmt.day(row["last_checked_on"]),
            )
        return [shown]
    names = (
        "SKUs",
        "Lowest",
        "Delivered lowest",
        "Median gap",
        "Delivered gap",
        "Days undercut",
        "Lower",
        "Raise",
        "In 28 days",
    )
    shown = table(by.capitalize(), *names, right=names)
    for row in rows:
        shown.add_row(
            REASONS.get(row["member"], row["member"]) or fmt.MISSING,
            fmt.count(row["n_skus"]),
            fmt.count(row["n_lowest"]),
            fmt.count(row["n_delivered_lowest"]),
            _gap(row["median_gap"]),
            _gap(row["median_delivered_gap"]),
            fmt.share(row["days_undercut_share"]),
            fmt.count(row["n_lower"]),
            fmt.count(row["n_raise"]),
            money(row["value"], currency),
        )
    return [shown]


def trend(rows: Sequence[Mapping[str, Any]], currency: str) -> list[RenderableType]:
    """Positions week by week."""
    names = ("SKUs", "Own price", "Lowest", "Median gap", "Rank", "Nobody cheaper")
    shown = table("Week to", *names, right=names)
    for row in rows:
        shown.add_row(
            fmt.day(row["week_ends_on"]),
            fmt.count(row["n_skus"]),
            fmt.money_exact(row["own_price"], currency),
            fmt.money_exact(row["lowest_price"], currency),
            _gap(row["median_gap"]),
            fmt.number(row["mean_rank"]),
            fmt.share(row["share_lowest"]),
        )
    return [heading("Own prices against rivals', week by week", "Means over the SKUs compared that week."), shown]


def matches(rows: Sequence[Mapping[str, Any]], state: str, top: int) -> list[RenderableType]:
    """Offers and the SKUs that they may be."""
    if not rows:
        return [heading(_STATES[state], "There are none.")]
    shown = table("Key", "Rival", "Offer", "SKU", "Alike", "Why", right=("Alike",))
    for row in rows[:top]:
        shown.add_row(
            row["match_id"],
            row["competitor"],
            row["title"] or row["offer_id"],
            row["sku"] or fmt.MISSING,
            fmt.share(row["confidence"]),
            row["reason"] or fmt.MISSING,
        )
    parts: list[RenderableType] = [heading(_STATES[state], fmt.counted(len(rows), "offer")), shown]
    if state == "review":
        parts.append("Decide: profithunt prices review --accept ID --reject ID; it counts from the next run on.")
    return parts


def decided(found: Sequence[Decision]) -> list[RenderableType]:
    """What was decided just now."""
    words = {"accept": "accepted", "reject": "rejected"}
    lines = [f"{one.match_id}: {words[one.answer]} as {one.sku} ({one.competitor}, {one.offer_id})" for one in found]
    return [*lines, "It counts from the next run on: profithunt run"]


def customers(found: CustomersView) -> list[RenderableType]:
    """The customer's view."""
    names = ("Price", "Delivery", "In all", "Days")
    shown = table("Shop", *names, "Seen", right=names)
    for offer in found.offers:
        shown.add_row(
            f"{offer.seller} (we)" if offer.own else offer.seller,
            fmt.money_exact(offer.like_for_like, found.currency),
            _amount(offer.shipping, found.currency),
            _amount(offer.total, found.currency),
            fmt.MISSING if offer.delivery_days is None else str(offer.delivery_days),
            fmt.day(offer.checked_on),
        )
    said = f"Place {found.rank} of {len(found.offers)} by what is paid in all."
    return [heading(f"{found.sku} {found.name}", said), shown]


def experiment(found: PriceExperiment, currency: str) -> list[RenderableType]:
    """The plan of the experiment."""
    where = "pages of compared SKUs" if found.scope == "pages" else "the shop (views of pages are not known)"
    facts = [
        (
            f"{fmt.count(found.n_visits)} visits to {where} in 28 days, {fmt.share(found.conversion)} with an order, "
            f"{fmt.money_exact(found.profit_per_visit, currency)} contribution profit a visit."
        ),
        (
            f"A rise of {fmt.share(found.uplift)} takes {fmt.count(found.per_arm)} visits an arm; 28 days will show "
            f"{fmt.share(found.smallest_uplift)} or more."
        ),
        f"Belief: {found.belief.in_words} {found.belief.source}",
    ]
    if found.profit_per_arm is not None:
        facts.insert(2, f"The same rise of profit a visit takes {fmt.count(found.profit_per_arm)} visits an arm.")
    return [heading("Does showing rivals' prices raise conversion?", "\n".join(facts)), listing("Plan", found.steps)]
