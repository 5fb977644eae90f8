"""What `init` proposes, in the terminal: each column with how sure it is, then what is asked, warned of and found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from profithunt import fmt
from profithunt.cli.views.tables import LOSS, heading, listing, table
from profithunt.reports.wording import words
from profithunt.schema import TABLES

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

    from profithunt.sources.propose import Proposal, ProposedSource

DOUBTFUL: Final = 0.6
"""Confidence below which a column is asked about, and shown in the colour of loss."""


def proposal(found: Proposal, currency: str) -> list[RenderableType]:
    """The whole proposal."""
    known = f"recognised as {found.preset}; " if found.preset else ""
    finding = f"{fmt.counted(len(found.files), 'file')} looked at, {known}mapping {found.confidence:.0%} sure."
    parts: list[RenderableType] = [heading("Proposed mapping", finding)]
    for source in found.sources:
        parts += [heading(_title(source)), _columns(source)]
    money = [
        f"{name}: {part.goes_to} {fmt.counted(part.rows, 'row')}, {fmt.money_exact(part.amount, currency)}"
        for name, pieces in found.money.items()
        for part in pieces
    ]
    unused = [f"{item.name}: {', '.join(item.unused)}" for item in found.files if item.unused]
    parts.append("")
    for title, lines in (
        ("Where the money goes", money),
        ("Columns that nothing took", unused),
        ("Found", list(found.notes)),
        ("Warnings", list(found.warnings)),
        ("Questions", list(found.questions)),
    ):
        if lines:
            parts.append(listing(title, lines))
    return parts


def written(path: Path, folder: Path, *, complete: bool) -> list[RenderableType]:
    """Where the settings are, and what to do next."""
    following = (
        f"Next: profithunt check {folder}, then profithunt run {folder}"
        if complete
        else "Orders or their lines were not found: name them in that file before a run."
    )
    return ["", f"Written: {path}", following]


def _title(source: ProposedSource) -> str:
    files = source.keys.get("files", "")
    names = [files] if isinstance(files, str) else list(files)
    shown = names[0].rsplit("/", 1)[-1] if names else str(source.keys.get("relation", ""))
    more = f" and {fmt.counted(len(names) - 1, 'more file')}" if len(names) > 1 else ""
    where = f", only rows with {source.keys['where']}" if source.keys.get("where") else ""
    return f"{words(source.table)} from {shown}{more}{where}"


def _columns(source: ProposedSource) -> Table:
    shown = table("Column", "Made of", "Sure", "Because", right=("Sure",))
    order = list(TABLES[source.table].columns) if source.table in TABLES else []
    for name in sorted(source.mapped, key=lambda name: order.index(name) if name in order else len(order)):
        mapped = source.mapped[name]
        shown.add_row(name, mapped.source, _sure(mapped.confidence), mapped.why)
    return shown


def _sure(confidence: float) -> Text:
    from rich.text import Text

    return Text(f"{confidence:.0%}", style=LOSS if confidence < DOUBTFUL else "")
