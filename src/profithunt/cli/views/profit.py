"""Profit in the terminal: the waterfall of the whole, or both ends of a ranking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from profithunt import fmt
from profithunt.cli.views.tables import heading, money, table
from profithunt.cli.views.waterfall import draw
from profithunt.reports.wording import words

if TYPE_CHECKING:
    from rich.console import RenderableType

    from profithunt.charts import WaterfallStep

UNALLOCATED = "unallocated"


def members(rows: Sequence[Mapping[str, Any]], by: str, currency: str, top: int) -> list[RenderableType]:
    """Members of a dimension by contribution profit: the best, and below them the worst; months stay in order."""
    ranked = list(rows) if by == "month" else sorted(rows, key=_rank)
    kept = ranked if by == "month" or len(ranked) <= 2 * top else [*ranked[:top], None, *ranked[-top:]]
    shown = table(
        words(by), "Net sales", "CM1", "CM2", "CM3", "of sales", right=("Net sales", "CM1", "CM2", "CM3", "of sales")
    )
    for row in kept:
        if row is None:
            shown.add_row("⋮")
            continue
        sales, cm3 = row["net_sales"], row["cm3"]
        rate = fmt.share(cm3 / sales) if sales is not None and sales > 0 and cm3 is not None else fmt.MISSING
        amounts = [money(row[name], currency) for name in ("net_sales", "cm1", "cm2", "cm3")]
        shown.add_row(name_of(row["member"], by), *amounts, rate)
    losing = sum(1 for row in rows if row["cm3"] is not None and row["cm3"] < 0)
    finding = f"{fmt.failed(losing, len(rows), 'member')} lose money." if rows else "Nothing was sold in this period."
    return [heading(f"Profit by {by.replace('_', ' ')}", finding), shown]


def _rank(row: Mapping[str, Any]) -> tuple[bool, Any]:
    """Best contribution profit first; where it isn't known, after those, by net sales."""
    known = row["cm3"] is not None
    return not known, -(row["cm3"] if known else row["net_sales"] or 0)


def name_of(member: object, by: str) -> str:
    """A member as people read it: a month by its name, what belongs to no member as such."""
    if member is None:
        return UNALLOCATED
    return fmt.month(str(member)) if by == "month" and str(member)[:4].isdigit() else str(member)


def total(steps: Sequence[WaterfallStep], currency: str, width: int) -> list[RenderableType]:
    """The waterfall of the whole shop."""
    return [heading("From list price to contribution profit"), "", draw(steps, currency, width)]
