"""What a column can mean and what a file can be, as data: `concepts.toml` and `roles.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from profithunt.sources.propose.names import normal


@dataclass(frozen=True)
class Concept:
    """A meaning: how its values look, and table → column that holds it."""

    name: str
    kind: str
    columns: dict[str, str]


@dataclass(frozen=True)
class Role:
    """What a file can be: the table it feeds first, what it must hold, what may come with it, words in its name."""

    name: str
    must: tuple[tuple[str, ...], ...]
    also: tuple[str, ...]
    knows: tuple[str, ...]
    one: tuple[str, ...]
    many: tuple[str, ...]
    words: tuple[str, ...]


@cache
def concepts() -> dict[str, Concept]:
    """Every concept by name."""
    data = _read("concepts.toml")
    return {name: Concept(name, fields["kind"], _places(name, fields["in"])) for name, fields in data.items()}


def _places(name: str, places: list[str]) -> dict[str, str]:
    split = [place.partition(".") for place in places]
    return {table: column or name for table, _, column in split}


@cache
def roles() -> dict[str, Role]:
    """Every role by the table it feeds first."""
    return {
        name: Role(
            name=name,
            must=tuple(tuple(group) for group in fields["must"]),
            also=tuple(fields.get("also", ())),
            knows=tuple(fields.get("knows", ())),
            one=tuple(fields.get("one", ())),
            many=tuple(fields.get("many", ())),
            words=tuple(dict.fromkeys(normal(word) for word in fields["files"])),
        )
        for name, fields in _read("roles.toml").items()
    }


@cache
def candidates(role: str) -> dict[str, float]:
    """Concepts that a file of this role may hold → weight: 1 the role's own, a little less for what comes along."""
    chosen = roles()[role]
    known = concepts()
    result: dict[str, float] = {}
    for name, concept in known.items():
        if role in concept.columns:
            result[name] = 1.0
        elif any(table in concept.columns for table in chosen.also if "." not in table):
            result[name] = 0.9
        elif name in chosen.knows:
            result[name] = 0.85
    for group in chosen.must:
        for name in group:
            result[name] = 1.0
    if role in ("order_lines", "orders"):  # their day is the order's: one concept for it
        result.pop("event_at", None)
        result.pop("record_id" if role == "order_lines" else "", None)
    return result


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((files(__package__) / name).read_text("utf-8"))
