"""The rows of a query in the terminal, as they are."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from profithunt import fmt
from profithunt.cli.views.tables import table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from profithunt.engine import Relation

NARROW: Final = 8
"""Columns up to which rows are shown as a table; wider rows are shown one after the other."""


def rows(found: Relation, top: int) -> list[RenderableType]:
    """The first rows, and how many there are."""
    names = found.columns
    first = list(islice(found.rows(), top))
    parts: list[RenderableType] = []
    if len(names) <= NARROW:
        shown = table(*names)
        for row in first:
            shown.add_row(*[_text(value) for value in row])
        parts.append(shown)
    else:
        for row in first:
            known = [f"{name}: {_text(value)}" for name, value in zip(names, row, strict=True) if value is not None]
            parts.append("\n".join([*known, ""]))
    total = len(found)
    which = f", the first {top} shown" if total > top else ""
    return [*parts, f"{fmt.counted(total, 'row')}{which}"]


def _text(value: object) -> str:
    return fmt.MISSING if value is None else str(value)
