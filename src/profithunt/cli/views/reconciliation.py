"""Reconciliation in the terminal: every cut of the ledger beside its total."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profithunt import fmt
from profithunt.cli.views.tables import cents, heading, table
from profithunt.reports.sentences import ties_out
from profithunt.reports.wording import words

if TYPE_CHECKING:
    from rich.console import RenderableType

    from profithunt.ledger.reading import Reconciliation


def reconciliation(result: Reconciliation, currency: str) -> list[RenderableType]:
    """One line a dimension: members, total, difference; above it whether all tie out."""
    shown = table("Cut by", "Members", "CM3", "Difference", "", right=("Members", "CM3", "Difference"))
    for cut in result.slices:
        shown.add_row(
            words(cut.dimension),
            fmt.count(cut.members),
            cents(cut.total, currency),
            cents(cut.difference, currency),
            "differs" if cut.difference else "ties out",
        )
    off = ", ".join(cut.dimension for cut in result.slices if cut.difference)
    empty = all(amount is None for amount in result.components.values())
    finding = f"Ties out: {ties_out(result.total, len(result.slices), currency, empty=empty)}"
    if not result.ok:
        finding = f"It is off by {off}."
    return [heading("Reconciliation", finding), shown]
