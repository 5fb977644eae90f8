"""Fields of a form from a Pydantic model, what was typed back into values, and mistakes as one sentence a field."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticUndefined

Json = Any
Shape = Literal["text", "number", "choice", "list", "pairs"]


@dataclass(frozen=True)
class Field:
    """One setting in a form: what it is, its value as text, what it may be, what it is when left empty."""

    name: str
    label: str
    help: str
    shape: Shape
    value: str
    choices: tuple[str, ...] = ()
    usual: str = ""
    needed: bool = False
    mistake: str = ""


@dataclass(frozen=True)
class Form:
    """The fields of one thing that can be set; `note` says from when on a change counts."""

    about: str
    subject: str
    title: str
    note: str
    fields: tuple[Field, ...]
    mistake: str = ""

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {
            "about": self.about,
            "subject": self.subject,
            "title": self.title,
            "note": self.note,
            "settings": [asdict(one) for one in self.fields],
        }

    def told(self, given: Mapping[str, str], mistakes: Mapping[str, str]) -> Form:
        """The same with what was typed, and what is wrong with it beside each field."""
        shown = tuple(
            replace(one, value=given.get(one.name, one.value), mistake=mistakes.get(one.name, ""))
            for one in self.fields
        )
        return replace(self, fields=shown, mistake=mistakes.get("", ""))


def fields_of(model: type[BaseModel], current: Mapping[str, Json], but: frozenset[str] = frozenset()) -> list[Field]:
    """A field for each setting of a model, with its value now; settings named in `but` are left out."""
    made = []
    for name, info in model.model_fields.items():
        if name in but:
            continue
        usual = None if info.default is PydanticUndefined else info.default
        if info.default_factory is not None:
            usual = info.get_default(call_default_factory=True)
        shape, choices = _shape(info.annotation)
        made.append(
            Field(
                name=name,
                label=name.replace("_", " ").capitalize(),
                help=info.description or "",
                shape=shape,
                value=as_text(current.get(name)),
                choices=choices,
                usual=as_text(usual),
                needed=info.is_required(),
            )
        )
    return made


def _shape(annotation: Any) -> tuple[Shape, tuple[str, ...]]:
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        inner = [part for part in get_args(annotation) if part is not type(None)]
        if all(part in (int, float, Decimal) for part in inner):
            return "number", ()
        return _shape(inner[0])
    if origin is Literal:
        return "choice", tuple(str(one) for one in get_args(annotation))
    if annotation is bool:
        return "choice", ("yes", "no")
    if annotation in (int, float, Decimal):
        return "number", ()
    if origin is dict:
        return "pairs", ()
    return ("list", ()) if origin in (list, tuple) else ("text", ())


def as_text(value: Json) -> str:
    """A value as it stands in a field."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "\n".join(f"{key} = {as_text(one)}" for key, one in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(as_text(one) for one in value)
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


@dataclass(frozen=True)
class Read:
    """What was typed, as a model takes it (without what was left empty), and the model's values; or the mistakes."""

    given: Mapping[str, Json]
    values: Mapping[str, Json]
    mistakes: Mapping[str, str]


def read_form(model: type[BaseModel], fields: list[Field], typed: Mapping[str, str], extra: Mapping[str, Json]) -> Read:
    """Hold what was typed against the model. `extra` are values that the form does not show."""
    given: dict[str, Json] = dict(extra)
    mistakes: dict[str, str] = {}
    for one in fields:
        text = typed.get(one.name, "").strip()
        if not text:
            continue
        if one.shape == "pairs":
            pairs = [line.partition("=") for line in text.splitlines() if line.strip()]
            wrong = next((key.strip() for key, sign, _ in pairs if not sign), None)
            if wrong is not None:
                mistakes[one.name] = f"must be one `name = value` a line, got {wrong!r}"
            given[one.name] = {key.strip(): value.strip() for key, _, value in pairs}
        elif one.shape == "list":
            given[one.name] = [part.strip() for part in text.split(",") if part.strip()]
        else:
            given[one.name] = text
    if mistakes:
        return Read(given, {}, mistakes)
    try:
        made = model.model_validate(given)
    except ValidationError as error:
        return Read(given, {}, sentences(error))
    values = {name: getattr(made, name) for name in model.model_fields if name in given}
    return Read(given, values, {})


def sentences(error: ValidationError) -> dict[str, str]:
    """What is wrong with each field, in one sentence."""
    said: dict[str, str] = {}
    for one in error.errors():
        name = str(one["loc"][0]) if one["loc"] else ""
        said[name] = _sentence(dict(one))
    return said


_SAID: Final = {
    "missing": "is needed",
    "greater_than_equal": "must be {ge} or more",
    "greater_than": "must be more than {gt}",
    "less_than_equal": "must be {le} or less",
    "less_than": "must be less than {lt}",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_type": "must be a whole number",
    "float_parsing": "must be a number",
    "decimal_parsing": "must be a number",
    "finite_number": "must be a number",
    "bool_parsing": "must be yes or no",
    "literal_error": "must be {expected}",
    "extra_forbidden": "is no setting",
    "string_pattern_mismatch": "must be small letters, digits, - and _",
}


def _sentence(one: Mapping[str, Json]) -> str:
    told = _SAID.get(one["type"])
    message = str(one["msg"]).removeprefix("Value error, ")
    said = told.format(**one.get("ctx", {})) if told else message[:1].lower() + message[1:]
    shown = one.get("input")
    plain = isinstance(shown, (str, int, float)) and not isinstance(shown, bool) and one["type"] != "missing"
    return f"{said}, got {shown!r}" if plain else said
