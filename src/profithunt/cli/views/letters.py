"""The dead-letter list in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from profithunt import fmt
from profithunt.cli.views.tables import table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from profithunt.actions.adapters.journal import DeadLetter


def listed(letters: Sequence[DeadLetter]) -> list[RenderableType]:
    """All of them, oldest first."""
    if not letters:
        return ["Everything was delivered."]
    shown = table("Key", "Adapter", "To", "Attempts", "Why", "May have arrived", right=("Attempts",))
    for one in letters:
        arrived = "yes: look first" if one.uncertain else "no"
        shown.add_row(one.key, one.adapter, one.target, fmt.count(one.attempts), one.reason, arrived)
    return [shown, "Send one again: profithunt act letters --again KEY, then execute its action anew."]


def reopened(letter: DeadLetter) -> list[RenderableType]:
    """One that may be sent again."""
    return [f"{letter.key} may be sent again: execute its action anew."]
