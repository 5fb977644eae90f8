"""Two runs side by side in the terminal: a line a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profithunt import fmt
from profithunt.cli.views.tables import heading, table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from profithunt.api.compare import Comparison, TableDifference


def comparison(result: Comparison) -> list[RenderableType]:
    """Rows, sums and contents of every table; above it whether all are the same."""
    shown = table("Table", "Rows", "Sums", "Hash of rows", "", right=("Rows", "Sums"))
    for item in result.tables:
        shown.add_row(item.name, _rows(item), _sums(item), (item.hashes[0] or "")[:12], _verdict(item))
    differing = [item.name for item in result.tables if not item.same]
    finding = f"{fmt.counted(len(result.tables), 'table')}, no difference."
    if differing:
        finding = f"{fmt.counted(len(differing), 'table')} of {len(result.tables)} differ: {', '.join(differing[:5])}."
    return [heading(f"{result.first} and {result.second}", finding), shown]


def _rows(item: TableDifference) -> str:
    first, second = ("none" if rows is None else fmt.count(rows) for rows in item.rows)
    return first if first == second else f"{first} / {second}"


def _sums(item: TableDifference) -> str:
    if not item.sums:
        return f"{item.n_sums} equal"
    return ", ".join(f"{name} {first} / {second}" for name, (first, second) in list(item.sums.items())[:3])


def _verdict(item: TableDifference) -> str:
    if item.same:
        return "same"
    if item.columns:
        return f"columns differ: {', '.join(item.columns[:3])}"
    return f"{fmt.counted(item.differing, 'row')} differ" if item.differing else "differs"
