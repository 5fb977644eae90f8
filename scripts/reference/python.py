"""The Python API, from the signatures and docstrings of `profithunt.api`."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterator
from typing import Any

from profithunt import api
from reference.markdown import code, document, paragraphs, table

INTRO = """
`from profithunt import Shop` is the way in. Every command of the command line is a method of it; what a method gives is
data: frozen values with their fields, or relations that any data-frame library takes
(see [take results to pandas, Polars, Excel](../how-to/export.md)). What goes wrong is raised as an
[error](errors.md) of `profithunt.errors`.
"""


def page() -> str:
    """The page `python.md`."""
    return document("Python API", "`src/profithunt/api/`", INTRO, *(_section(name) for name in api.__all__))


def members_of(kind: type) -> Iterator[tuple[str, Any]]:
    """Public methods and properties of a class, in the order in which they are written."""
    for base in reversed(kind.__mro__[:-1]):
        for name, member in vars(base).items():
            if not name.startswith("_") and (callable(_unwrapped(member)) or isinstance(member, property)):
                yield name, member


def _section(name: str) -> str:
    item = getattr(api, name)
    if not inspect.isclass(item):
        return f"## {name}\n\n{_signature(name, item)}\n\n{paragraphs(inspect.getdoc(item))}"
    parts = [f"## {name}", paragraphs(item.__doc__ if not _is_generated(item) else "")]
    if dataclasses.is_dataclass(item):
        rows = ([code(field.name), code(_annotation(field.type))] for field in dataclasses.fields(item))
        parts.append(table(["field", "type"], rows))
    parts += [_member(member_name, member) for member_name, member in members_of(item)]
    return "\n\n".join(part for part in parts if part)


def _member(name: str, member: Any) -> str:
    if isinstance(member, property):
        returns = _annotation(inspect.signature(member.fget).return_annotation) if member.fget else ""
        return f"### {name}\n\n```python\n{name}: {returns}\n```\n\n{paragraphs(inspect.getdoc(member))}"
    function = _unwrapped(member)
    return f"### {name}\n\n{_signature(name, function)}\n\n{paragraphs(inspect.getdoc(function))}"


def _signature(name: str, function: Any) -> str:
    signature = inspect.signature(function)
    shown = [item for item in signature.parameters.values() if item.name not in {"self", "cls"}]
    text = str(signature.replace(parameters=shown)).replace("'", "")
    return f"```python\n{name}{text}\n```"


def _annotation(annotation: Any) -> str:
    return annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)


def _unwrapped(member: Any) -> Any:
    return member.__func__ if isinstance(member, classmethod | staticmethod) else member


def _is_generated(item: type) -> bool:
    return bool(item.__doc__ and item.__doc__.startswith(f"{item.__name__}("))
