"""Reconciliation in the terminal: every cut of the ledger beside its total."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profithunt import fmt
from profithunt.cli.views.tables import cents, heading, table
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
    total = fmt.money_exact(result.total, currency)
    finding = f"Every cut adds up to {total}, to the cent." if result.ok else f"Not every cut adds up to {total}."
    return [heading("Reconciliation", finding), shown]
