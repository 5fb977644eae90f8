"""The settings of `shop.toml`, from the Pydantic models of `profithunt.config`."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from profithunt.config import ShopConfig
from scripts.reference.markdown import code, document, first_line, table

INTRO = """
A shop is a folder with a `shop.toml`. `profithunt init` writes one; everything in it can be changed by hand. Unknown
keys are refused, with the file, the line and the key. Paths are relative to the file. Every default is listed here:
there is no other place where one hides.
"""

HIDDEN = {"folder"}
PLAIN = {"str": "text", "int": "whole number", "float": "number", "bool": "true or false"}
PLAIN |= {"Decimal": "exact number", "date": "date", "NoneType": ""}


def page() -> str:
    """The page `settings.md`."""
    sections = [
        f"{_heading(path, many=many)}\n\n{_about(kind)}\n\n{_keys(kind)}"
        for path, kind, many in sections_of(ShopConfig)
    ]
    return document("Settings", "`src/profithunt/config/`", INTRO, *sections)


def sections_of(model: type[BaseModel], path: str = "") -> Iterator[tuple[str, type[BaseModel], bool]]:
    """Each table of the file below `model`: its dotted name, its model, whether it may be repeated."""
    for name, field in model.model_fields.items():
        kind = _model_in(field.annotation)
        if name in HIDDEN or kind is None:
            continue
        below = f"{path}.{name}" if path else name
        yield below, kind, get_origin(field.annotation) is list
        yield from sections_of(kind, below)


def keys_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The plain keys of one table of the file."""
    return {
        name: field
        for name, field in model.model_fields.items()
        if name not in HIDDEN and _model_in(field.annotation) is None
    }


def _heading(path: str, *, many: bool) -> str:
    return f"## `[[{path}]]`" if many else f"## `[{path}]`"


def _about(kind: type[BaseModel]) -> str:
    return first_line(kind.__doc__)


def _keys(kind: type[BaseModel]) -> str:
    rows = (
        [code(name), _type(field.annotation), _default(field), field.description or ""]
        for name, field in keys_of(kind).items()
    )
    return table(["key", "value", "default", "meaning"], rows)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The one model that an annotation is about, as in `Tax` or `list[Source]`; a union of models is a value."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) is list:
        return _model_in(get_args(annotation)[0])
    return None


def _type(annotation: Any) -> str:
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return ", ".join(code(str(choice)) for choice in inner)
    if origin in {typing.Union, types.UnionType}:
        return " or ".join(dict.fromkeys(part for part in map(_type, inner) if part))
    if origin is list:
        return f"list of {_type(inner[0])}"
    if origin is dict:
        return f"table of {_type(inner[1])}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return code("{ " + ", ".join(f"{name} = …" for name in annotation.model_fields) + " }")
    name = str(annotation.__name__)
    return PLAIN.get(name, name)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    value = field.get_default(call_default_factory=True) if field.default is PydanticUndefined else field.default
    if value is None or value in ({}, []):
        return ""
    if isinstance(value, bool):
        return code(str(value).lower())
    if isinstance(value, list):
        return ", ".join(code(str(item)) for item in value)
    return code(str(value))
