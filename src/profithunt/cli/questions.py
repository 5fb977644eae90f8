"""What `init` asks at a terminal: who the shop is, and whether a doubtful column is right."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import typer

from profithunt.cli.views.proposal import DOUBTFUL

if TYPE_CHECKING:
    from profithunt.sources.propose import Proposal, ProposedSource

IDENTITY = (("name", "Name of the shop"), ("currency", "Currency (ISO code)"), ("timezone", "Time zone"))


def ask(found: Proposal, fallback: dict[str, str]) -> Proposal:
    """The proposal as the user wants it; ends the command when it isn't to be written."""
    shop = dict(found.settings.get("shop", {}))
    for key, question in IDENTITY:
        shop[key] = typer.prompt(question, default=shop.get(key) or fallback[key], err=True)
    sources = tuple(_doubts(source) for source in found.sources)
    if not typer.confirm("Write shop.toml?", default=True, err=True):
        raise typer.Abort
    return replace(found, settings={**found.settings, "shop": shop}, sources=sources)


def _doubts(source: ProposedSource) -> ProposedSource:
    """The source without the doubtful columns that the user turns down."""
    kept: dict[str, Any] = dict(source.columns)
    for name, mapped in source.mapped.items():
        if mapped.confidence < DOUBTFUL:
            question = f"{source.table}.{name} = {mapped.source} ({mapped.confidence:.0%} sure). Keep it?"
            if not typer.confirm(question, default=True, err=True):
                kept.pop(name, None)
    return replace(source, columns=kept, mapped={name: item for name, item in source.mapped.items() if name in kept})
