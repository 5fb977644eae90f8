"""The adapters: settings from their models, and which action each takes from the catalogue."""

from __future__ import annotations

from types import NoneType
from typing import Any, Final, Literal, get_args, get_origin

from profithunt.actions.adapters.prescribed import services
from profithunt.actions.adapters.settings import SETTINGS
from scripts.reference.markdown import code, document, table

INTRO: Final = """
An adapter carries an action into the system that does it. `[adapters.NAME]` in `shop.toml` sets one up; `task` and
`csv` need nothing. Secrets stand in the environment, under the names given here, never in the file. [Carry actions
out](../how-to/carry-out.md) shows how.
"""


def page() -> str:
    """The page `adapters.md`."""
    sections = [_section(name) for name in SETTINGS]
    served = table(
        ["action", "adapters, the first that is set up", "does there", "team", "may be told"],
        (
            [
                code(kind),
                ", ".join(code(name) for name in one.adapters),
                one.change.replace("_", " "),
                one.team,
                ", ".join(code(name) for name in one.params),
            ]
            for kind, one in services().items()
        ),
    )
    where = "`src/profithunt/actions/adapters/`"
    return document("Adapters", where, INTRO, *sections, "## Which action goes where", served)


def _section(name: str) -> str:
    model = SETTINGS[name]
    rows = (
        [code(key), _kind(field.annotation), _default(field), field.description or ""]
        for key, field in model.model_fields.items()
    )
    what = (model.__doc__ or "").strip().splitlines()[0]
    return f"## {name}\n\n{what}\n\n" + table(["setting", "type", "default", "meaning"], rows)


def _kind(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return " or ".join(code(f'"{choice}"') for choice in get_args(annotation))
    if get_origin(annotation) is dict:
        return "table of text"
    parts = [part for part in get_args(annotation) if part is not NoneType] or [annotation]
    names = {"str": "text", "int": "whole number", "float": "number"}
    return " or ".join(names.get(part.__name__, part.__name__) for part in parts)


def _default(field: Any) -> str:
    if field.is_required():
        return "needed"
    if field.default_factory is not None:
        return "none"
    return "none" if field.default is None else code(str(field.default))
