"""Reconciliation in the terminal: every cut of the ledger beside its total."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from profithunt import fmt
from profithunt.cli.views.tables import cents, heading, table
from profithunt.reports.wording import words

if TYPE_CHECKING:
    from rich.console import RenderableType


def reconciliation(result: Mapping[str, Any], ok: bool, currency: str) -> list[RenderableType]:
    """One line a dimension: members, total, difference; above it whether all tie out."""
    shown = table("Cut by", "Members", "CM3", "Difference", "", right=("Members", "CM3", "Difference"))
    for cut in result["slices"]:
        difference = fmt.to_decimal(cut["difference"])
        shown.add_row(
            words(cut["dimension"]),
            fmt.count(cut["members"]),
            cents(cut["total"], currency),
            cents(difference, currency),
            "ties out" if not difference else "differs",
        )
    total = fmt.money_exact(result["total"], currency)
    finding = f"Every cut adds up to {total}, to the cent." if ok else f"Not every cut adds up to {total}."
    return [heading("Reconciliation", finding), shown]
