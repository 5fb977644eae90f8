"""The plan in the terminal: what is proposed by month, and how actual figures differ from it by driver."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from profithunt import fmt
from profithunt.cli.views.tables import cents, heading, money, table
from profithunt.customers.plan import DRIVERS

if TYPE_CHECKING:
    from rich.console import RenderableType

    from profithunt.customers.plan import Month, PlanVariance


def proposal(months: Sequence[Month], currency: str, written: Path | None) -> list[RenderableType]:
    """One line a month, from customers to contribution profit."""
    figures = (
        *("Opening", "New", "Back", "Lapsed", "Closing", "Orders each", "Net sales each", "Margin", "Contribution"),
    )
    shown = table("Month", *figures, right=figures)
    for month in months:
        counts = (month.opening, month.new, month.reactivated, month.lapsed, month.closing)
        shown.add_row(
            fmt.month(month.month),
            *(fmt.count(round(value)) for value in counts),
            fmt.number(month.orders_per_customer),
            fmt.money(month.net_sales_per_order, currency),
            fmt.share(month.margin),
            money(month.profit, currency),
        )
    total = sum((month.profit for month in months), Decimal(0))
    ahead = fmt.counted(len(months), "month")
    finding = f"{fmt.money(total, currency)} contribution profit in {ahead}, if customers go on as they have."
    if not months:
        finding = "The profit of no month is known: costs are missing and none may be assumed."
    parts: list[RenderableType] = [heading("Plan proposed from the history", finding), shown]
    if written is not None:
        parts.append(f"Written to {written}: edit it, and make it a source of the table plan in shop.toml.")
    return parts


def variance(found: PlanVariance, currency: str) -> list[RenderableType]:
    """The parts over all complete months, then each month."""
    against = "plan" if found.against == "plan" else "the year before"
    gap = found.actual - found.planned
    over = "over" if gap >= 0 else "under"
    months = fmt.counted(len(found.complete), "complete month")
    finding = (
        f"{fmt.money(abs(gap), currency)} {over} {against} in {months}: "
        f"{fmt.money_exact(found.actual, currency)} instead of {fmt.money_exact(found.planned, currency)}."
    )
    if not found.complete:
        finding = "No planned month is over yet."
    by_driver = table("Driver", "Part", "", right=("Part",))
    for name, part in found.parts.items():
        by_driver.add_row(name.replace("_", " ").capitalize(), cents(part, currency), DRIVERS.get(name, ""))
    figures = (against.capitalize(), "Actual", "Difference")
    by_month = table("Month", *figures, "", right=figures)
    for month in found.months:
        by_month.add_row(
            fmt.month(month.month),
            money(month.planned, currency),
            money(month.actual, currency),
            money(month.variance, currency),
            "" if month.complete else "incomplete, not in the total",
        )
    return [heading(f"Actual against {against}", finding), by_driver, "", by_month]
