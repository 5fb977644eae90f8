"""The presets there are, and what a preset file holds."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final

from profithunt.errors import NotFound

CATALOGUE: Final = (
    "canonical",
    "completejourney",
    "olist",
    "shopify",
    "shopify_dlt",
    "shopify_fivetran",
    "superstore",
    "tpcds",
)
"""Every preset file, sorted."""

FAMILIES: Final = ("canonical", "completejourney", "olist", "shopify", "superstore", "tpcds")
"""What a user may ask for: a family holds one preset or several shapes of the same system's data."""

DEFAULTS: Final = ("shop", "tax", "returns", "attribution", "assumptions", "cost_rates", "thresholds")
"""Sections that a preset may set besides the sources."""


@dataclass(frozen=True)
class Role:
    """One file that a preset looks for: `names` are globs of file names, `columns` headings that it must have."""

    name: str
    names: tuple[str, ...]
    columns: tuple[str, ...]
    required: bool = True


@dataclass(frozen=True)
class Preset:
    """A known export: the files it consists of, the sources made of them, and defaults for the other sections."""

    name: str
    title: str
    family: str
    roles: tuple[Role, ...]
    sources: tuple[dict[str, Any], ...]
    defaults: dict[str, Any]
    notes: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    comments: tuple[str, ...] = field(default=())


@cache
def read(name: str) -> Preset:
    """The preset of this name. Raises NotFound, naming those there are."""
    if name not in CATALOGUE:
        raise NotFound(f"there is no preset '{name}'", expected=f"one of {', '.join(FAMILIES)}")
    text = (files(__package__) / f"{name}.toml").read_text("utf-8")
    data = tomllib.loads(text)
    return Preset(
        name=name,
        title=data["title"],
        family=data["family"],
        roles=tuple(
            Role(role, tuple(fields["names"]), tuple(fields["columns"]), fields.get("required", True))
            for role, fields in data.get("detect", {}).items()
        ),
        sources=tuple(data["sources"]),
        defaults={section: data[section] for section in DEFAULTS if section in data},
        notes=tuple(data.get("notes", ())),
        questions=tuple(data.get("questions", ())),
        comments=_head(text),
    )


def _head(text: str) -> tuple[str, ...]:
    """The comment at the top of the file: it explains the mapping and goes to the top of shop.toml."""
    lines: list[str] = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.removeprefix("#").removeprefix(" "))
    return tuple(lines)
