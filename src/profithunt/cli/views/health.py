"""Data health in the terminal: what was read and kept, what was set aside and why, what sleeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profithunt import fmt
from profithunt.cli.views.tables import heading, listing, money, table
from profithunt.reports.wording import words

if TYPE_CHECKING:
    from rich.console import RenderableType

    from profithunt.sources import BuildResult, TableHealth

EMPTY = 0.999
"""Null share from which a column counts as empty."""
GAPS = 0.05
"""Null share from which a filled column is worth naming."""


def health(result: BuildResult, currency: str) -> list[RenderableType]:
    """One line a table, then the reasons for quarantine, gaps, orphans and capabilities asleep."""
    tables = list(result.tables.values())
    read = sum(item.rows_read for item in tables)
    finding = f"{fmt.counted(read, 'row')} read from {fmt.counted(len(result.inputs), 'file')}; "
    if result.rows_quarantined:
        aside = fmt.failed(result.rows_quarantined, read, "row")
        finding += f"{aside} set aside, with {fmt.money(result.money_quarantined, currency)} in them."
    else:
        finding += "none set aside."
    shown = table(
        "Table", "Read", "Kept", "Aside", "Money aside", "From", "To", right=("Read", "Kept", "Aside", "Money aside")
    )
    for item in tables:
        shown.add_row(
            words(item.name),
            fmt.count(item.rows_read),
            fmt.count(item.rows_kept),
            fmt.count(item.rows_quarantined),
            money(item.money_quarantined, currency),
            fmt.day(item.first_at),
            fmt.day(item.last_at),
        )
    parts: list[RenderableType] = [heading("Data health", finding), shown, ""]
    doubles = [
        f"{words(item.name)}: {fmt.counted(item.duplicates_removed, 'row')}"
        for item in tables
        if item.duplicates_removed
    ]
    asleep = [f"{item.title}: needs {item.wakes}" for item in result.capabilities if not item.awake]
    for title, lines in (
        ("Set aside because", [line for item in tables for line in _reasons(item)]),
        ("The same rows read twice, kept once", doubles),
        ("References that lead nowhere", [line for item in tables for line in _orphans(item)]),
        ("Columns with gaps", [line for item in tables for line in _gaps(item)]),
        ("Notes", [f"{words(item.name)}: {note}" for item in tables for note in item.notes]),
        (f"{fmt.counted(len(asleep), 'capability', 'capabilities')} asleep for want of data", asleep),
    ):
        if lines:
            parts.append(listing(title, lines))
    return parts


def _reasons(item: TableHealth) -> list[str]:
    return [f"{words(item.name)}: {reason} ({fmt.counted(rows, 'row')})" for reason, rows in item.reasons.items()]


def _orphans(item: TableHealth) -> list[str]:
    return [
        f"{words(item.name)}: {orphans.column} in {fmt.failed(orphans.rows, orphans.filled, 'row')} is not in "
        f"{orphans.references}"
        for orphans in item.orphans
        if orphans.rows
    ]


def _gaps(item: TableHealth) -> list[str]:
    gaps = [f"{column} {fmt.share(share)}" for column, share in item.null_share.items() if GAPS <= share < EMPTY]
    return [f"{words(item.name)}: without a value: {', '.join(gaps)}"] if gaps else []
