"""Settings and their changes in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from profithunt import fmt
from profithunt.cli.views.tables import heading, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from profithunt.api.changing import Change, Form


def shown(found: Any) -> list[RenderableType]:
    """A form, or changes."""
    return _changes(found) if isinstance(found, list) else _form(found)


def _form(form: Form) -> list[RenderableType]:
    lines = table("Setting", "Value", "When left empty", "Meaning")
    for one in form.fields:
        value = one.value.replace("\n", ", ") or fmt.MISSING
        lines.add_row(one.name, value, one.usual or ("needed" if one.needed else fmt.MISSING), one.help)
    return [heading(form.title, form.note), lines]


def _changes(changes: Sequence[Change]) -> list[RenderableType]:
    if not changes:
        return [heading("Nothing was changed", "profithunt settings set changes something.")]
    lines = table("No.", "When", "By", "What", "Change", "")
    for one in changes:
        state = "stands" if one.stands else "undone" if one.undoes else ""
        what = f"{one.about} {one.subject}"
        lines.add_row(str(one.seq), f"{one.at:%Y-%m-%d %H:%M}", one.by, what, "; ".join(one.words), state)
    return [heading("Changes of settings", "profithunt settings undo NUMBER puts back what was before."), lines]
