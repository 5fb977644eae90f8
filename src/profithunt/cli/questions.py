"""What `init` asks at a terminal: who the shop is, doubtful columns, and columns that are needed and were not found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING

import typer

from profithunt.cli.mistakes import nearest
from profithunt.cli.views.proposal import DOUBTFUL
from profithunt.schema import TABLES
from profithunt.sources.propose import MappedColumn
from profithunt.sources.rules import rules_of

if TYPE_CHECKING:
    from profithunt.sources.propose import Proposal, ProposedSource

IDENTITY = (("name", "Name of the shop"), ("currency", "Currency (ISO code)"), ("timezone", "Time zone"))
PRICES = ("unit_price", "line_amount")
"""A line needs one of them, which no single column of its definition says."""


def ask(found: Proposal, fallback: dict[str, str]) -> Proposal:
    """The proposal as the user wants it; ends the command when it isn't to be written."""
    shop = dict(found.settings.get("shop", {}))
    for key, question in IDENTITY:
        shop[key] = typer.prompt(question, default=shop.get(key) or fallback[key], err=True)
    unused = {item.name: item.unused for item in found.files}
    sources = tuple(_missing(_doubts(source), unused) for source in found.sources)
    if not typer.confirm("Write shop.toml?", default=True, err=True):
        raise typer.Abort
    return replace(found, settings={**found.settings, "shop": shop}, sources=sources)


def _doubts(source: ProposedSource) -> ProposedSource:
    """The source without the doubtful columns that the user turns down."""
    dropped = {
        name
        for name, mapped in source.mapped.items()
        if mapped.confidence < DOUBTFUL
        and not typer.confirm(
            f"{source.table}.{name} = {mapped.source} ({mapped.confidence:.0%} sure). Keep it?", default=True, err=True
        )
    }
    return replace(
        source,
        columns={name: spec for name, spec in source.columns.items() if name not in dropped},
        mapped={name: mapped for name, mapped in source.mapped.items() if name not in dropped},
    )


def _missing(source: ProposedSource, unused: Mapping[str, Sequence[str]]) -> ProposedSource:
    """The source with the columns that it needs and the user names; unnamed ones stay out."""
    files = source.keys.get("files", "")
    name = PurePath(files if isinstance(files, str) else files[0]).name
    left = list(unused.get(name, ()))
    columns, mapped = dict(source.columns), dict(source.mapped)
    for needed in _needed(source):
        if not left:
            break
        chosen = _column(f"{source.table}.{needed} ({TABLES[source.table].columns[needed].meaning})", name, left)
        if chosen:
            left.remove(chosen)
            columns[needed] = chosen
            mapped[needed] = MappedColumn(chosen, 1.0, "as answered")
    return replace(source, columns=columns, mapped=mapped)


def _needed(source: ProposedSource) -> list[str]:
    """Columns without which the table can't be made and that were not found; keys that can be made are left out."""
    made = rules_of(source.table).generated
    needed = [name for name in TABLES[source.table].required_columns if name not in source.columns and name not in made]
    if source.table == "order_lines" and not any(name in source.columns for name in PRICES):
        needed.append(PRICES[0])
    return needed


def _column(what: str, file: str, left: Sequence[str]) -> str:
    """One of the columns that are left, or nothing."""
    question = f"{what} was not found. Which column of {file} is it? One of {', '.join(left)}, or nothing"
    while True:
        answer = typer.prompt(question, default="", show_default=False, err=True).strip()
        if not answer or answer in left:
            return str(answer)
        close = nearest(answer, left)
        question = (
            f"There is no column {answer!r}" + (f"; did you mean {close}?" if close else "") + " Which one is it?"
        )
