"""Customers in the terminal: flows, the whale curve, how money is lost, one customer, who brings good ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from profithunt import fmt
from profithunt.cli.views.tables import cents, heading, money, table
from profithunt.reports.customers import acquired, flowed, lost_how
from profithunt.reports.wording import words

if TYPE_CHECKING:
    from rich.console import RenderableType

    from profithunt.customers.reading import CustomerProfit
    from profithunt.ledger.reading import Whale

PARTS = ("basket", "discount", "returns", "delivery", "service", "acquisition")


def flows(rows: Sequence[Mapping[str, Any]], currency: str) -> list[RenderableType]:
    """One line a month."""
    figures = ("Opening", "New", "Reactivated", "Lapsed", "Closing", "Ordered", "Orders", "Contribution")
    shown = table("Month", *figures, "", right=figures)
    for row in rows:
        if row["month"] is None:
            continue
        counts = [row[name] for name in ("opening", "new", "reactivated", "lapsed", "closing", "ordering", "orders")]
        shown.add_row(
            fmt.month(row["month"]),
            *(fmt.count(value) for value in counts),
            money(row["cm3"], currency),
            "" if row["complete"] else "incomplete",
        )
    return [heading("Customers from month to month", flowed(rows)), shown]


def whale(found: Whale | None, currency: str) -> list[RenderableType]:
    """The headline, and the shares of the best customers."""
    if found is None:
        return [heading("Whale curve", "No order names a customer, or no customer's profit is known.")]
    losing = fmt.failed(found.n_losing, found.n_customers)
    finding = (
        f"{losing} lose money: {fmt.money(found.lost, currency)} of {fmt.money(found.peak, currency)} is given back."
    )
    shown = table("Best customers", "of the profit", right=("of the profit",))
    for share, part in found.top_shares.items():
        shown.add_row(f"{share}%", fmt.share(part))
    gini = fmt.number(found.gini) if found.gini is not None else fmt.MISSING
    return [heading("Whale curve", finding), shown, f"Gini of those at or above zero: {gini}"]


def segments(rows: Sequence[Mapping[str, Any]], currency: str) -> list[RenderableType]:
    """One line a segment: how many, how much, and what their parts are."""
    figures = ("Customers", "Lost", "of losses", *(name.capitalize() for name in PARTS))
    shown = table("Lost by", *figures, "For example", right=figures)
    for row in rows:
        shown.add_row(
            row["segment"].capitalize(),
            fmt.count(row["n_customers"]),
            money(row["lost"], currency),
            fmt.share(row["of_losses"]),
            *(money(row[name], currency) for name in PARTS),
            row["worst_customer_id"],
        )
    return [heading("How customers lose money", lost_how(rows, currency)), *([shown] if rows else [])]


def losers(rows: Sequence[Mapping[str, Any]], segment: str, currency: str, top: int) -> list[RenderableType]:
    """The customers of one segment, the worst first."""
    figures = ("Orders", "Contribution", *(name.capitalize() for name in PARTS))
    shown = table("Customer", *figures, right=figures)
    for row in rows[:top]:
        parts = (money(row[name], currency) for name in PARTS)
        shown.add_row(row["customer_id"], fmt.count(row["n_orders"]), cents(row["cm3"], currency), *parts)
    which = "" if len(rows) <= top else f", the first {top} shown"
    return [heading(f"Customers that lose money by {segment}", f"{fmt.counted(len(rows), 'customer')}{which}."), shown]


def customer(found: CustomerProfit, currency: str) -> list[RenderableType]:
    """Facts, then the profit in parts beside the gap to the peers in parts."""
    place = "" if found.place is None else f", place {fmt.count(found.place)} of {fmt.count(found.n_customers)}"
    how = f"; loses it by {found.segment}" if found.segment else ""
    finding = f"{fmt.money_exact(found.cm3, currency)} contribution profit{place}{how}."
    facts = table("", "")
    for name, value in found.facts.items():
        if value is not None:
            facts.add_row(words(name), fmt.money_exact(value, currency) if name == "net_sales" else str(value))
    shown = table("Part", "Amount", "Against peers", right=("Amount", "Against peers"))
    for name in PARTS:
        shown.add_row(name.capitalize(), cents(found.parts[name], currency), cents(found.gaps[name], currency))
    shown.add_row("Contribution profit", cents(found.cm3, currency), cents(found.gap, currency))
    peers = (
        f"Peers: {fmt.counted(found.n_peers, 'customer')} of the same {found.peers} that make money, "
        f"{fmt.money_exact(found.peer_cm3, currency)} each."
        if found.n_peers
        else "There are no peers that make money."
    )
    return [
        heading(f"Customer {found.customer_id}", finding),
        facts,
        "",
        shown,
        peers.replace("of the same all", "in all"),
    ]


def acquisition(rows: Sequence[Mapping[str, Any]], by: str, currency: str, top: int) -> list[RenderableType]:
    """The members whose customers are worth most, and below them those worth least."""
    known = [row for row in rows if row["cm3_adjusted"] is not None]
    valued = any(row["value_adjusted"] is not None for row in known)
    figures = [
        "Customers",
        "Plain mean",
        "Adjusted",
        "Range",
        "Came back",
        *(["Lifetime", "Its range"] if valued else []),
    ]
    shown = table(words(by), *figures, right=figures)
    kept = known if len(known) <= 2 * top else [*known[:top], None, *known[-top:]]
    for row in kept:
        if row is None:
            shown.add_row("⋮")
            continue
        shown.add_row(
            row["member"],
            fmt.count(row["n_customers"]),
            money(row["cm3_naive"], currency),
            money(row["cm3_adjusted"], currency),
            fmt.money_range(row["cm3_low"], row["cm3_high"], currency),
            fmt.share(row["retained_adjusted"]),
            *(_lifetime(row, currency) if valued else ()),
        )
    return [heading(f"What customers are worth, by first {words(by).lower()}", acquired(rows)), shown]


def _lifetime(row: Mapping[str, Any], currency: str) -> tuple[RenderableType, RenderableType]:
    if row["value_low"] is None:
        return fmt.MISSING, fmt.MISSING
    return money(row["value_adjusted"], currency), fmt.money_range(row["value_low"], row["value_high"], currency)
