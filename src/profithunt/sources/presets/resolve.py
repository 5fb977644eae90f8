"""Find a preset's files among those of a folder, and turn the preset into settings for them."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from profithunt.errors import NotFound
from profithunt.schema import TABLES
from profithunt.sources.presets.catalogue import CATALOGUE, FAMILIES, Preset, Role, read

_PLACE = re.compile(r"^\{(\w+)\}$")
_SURE = 0.98
_MISSING_OPTIONAL = 0.01


@dataclass(frozen=True)
class Table:
    """What is known of a raw table here: its file name, its headings, and `place`: its keys in `[[sources]]`."""

    name: str
    headings: tuple[str, ...]
    place: Mapping[str, Any]


@dataclass(frozen=True)
class Match:
    """A preset whose required files are all there: role → the tables that play it; `confidence` 0–1."""

    preset: Preset
    roles: Mapping[str, tuple[Table, ...]]
    confidence: float
    missing: tuple[str, ...] = field(default=())

    @property
    def weight(self) -> int:
        """Signature columns that were met: of two matching presets the more particular one is meant."""
        return sum(len(role.columns) for role in self.preset.roles if role.name in self.roles)


def match(name: str, tables: Sequence[Table]) -> Match | None:
    """How the preset fits the tables of a folder; None when a required file isn't there."""
    preset = read(name)
    if name == "canonical":
        return _canonical(preset, tables)
    roles: dict[str, tuple[Table, ...]] = {}
    for role in preset.roles:
        found = _players(role, tables)
        if found:
            roles[role.name] = found
        elif role.required:
            return None
    missing = tuple(role.name for role in preset.roles if role.name not in roles)
    return Match(preset, roles, round(_SURE - _MISSING_OPTIONAL * len(missing), 2), missing)


def match_family(family: str | None, tables: Sequence[Table]) -> Match | None:
    """The best match among a family's presets, or among all when `family` is None.

    Raises NotFound when the family is unknown, or when it was asked for and its files aren't there.
    """
    if family is not None and family not in FAMILIES and family not in CATALOGUE:
        raise NotFound(f"there is no preset '{family}'", expected=f"one of {', '.join(FAMILIES)}")
    names = [name for name in CATALOGUE if family is None or family in (name, read(name).family)]
    matches = [found for name in names if (found := match(name, tables)) is not None]
    if matches:
        return max(matches, key=lambda found: found.weight)
    if family is None:
        return None
    wanted = [f"{role.names[0]} ({', '.join(role.columns[:4])} …)" for role in read(names[0]).roles if role.required]
    raise NotFound(
        f"the files of preset '{family}' are not all there",
        expected="; ".join(wanted) or "files named after the canonical tables, orders and order_lines among them",
        do="leave --preset out to have the files looked at without it",
    )


def settings(found: Match) -> dict[str, Any]:
    """Settings as in shop.toml."""
    if found.preset.name == "canonical":
        sources = [_identity(name, found.roles[name]) for name in found.roles]
    else:
        sources = [source for raw in found.preset.sources if (source := _source(raw, found.roles)) is not None]
    return {**found.preset.defaults, "sources": sources}


def _players(role: Role, tables: Sequence[Table]) -> tuple[Table, ...]:
    """The tables with all of a role's columns; those named as expected go before others; alike ones go together."""
    wanted = {column.casefold() for column in role.columns}
    able = [table for table in tables if wanted <= {heading.strip().casefold() for heading in table.headings}]
    named = [table for table in able if any(fnmatch.fnmatch(table.name.casefold(), glob) for glob in role.names)]
    chosen = named or able
    if not chosen:
        return ()
    first = min(chosen, key=lambda table: (len(table.headings), table.name))
    return tuple(table for table in chosen if set(table.headings) == set(first.headings))


def _canonical(preset: Preset, tables: Sequence[Table]) -> Match | None:
    roles: dict[str, tuple[Table, ...]] = {}
    for name, table in TABLES.items():
        stem = re.compile(rf"^{name}([-_.\s]?\d[\d_-]*)?(\.|$)", re.IGNORECASE)
        named = tuple(
            raw
            for raw in tables
            if stem.match(raw.name) and any(column in raw.headings for column in (*table.required_columns, *table.key))
        )
        if named:
            roles[name] = named
    wanted = {"orders": ("order_id", "ordered_at"), "order_lines": ("order_id", "sku", "quantity")}
    for name, columns in wanted.items():
        if name not in roles or not all(set(columns) <= set(raw.headings) for raw in roles[name]):
            return None
    return Match(preset, roles, _SURE)


def _identity(name: str, players: Sequence[Table]) -> dict[str, Any]:
    first = players[0]
    columns = {heading: heading for heading in first.headings if re.fullmatch(r"[A-Za-z]\w*", heading)}
    return {"table": name, **_places(players), "columns": columns}


def _places(players: Sequence[Table]) -> dict[str, Any]:
    """Where the tables of one role lie: one place, or a list of files."""
    keys = dict(players[0].place)
    if len(players) > 1:
        keys = {**keys, "files": [str(player.place["files"]) for player in players]}
    return keys


def _source(raw: Mapping[str, Any], roles: Mapping[str, tuple[Table, ...]]) -> dict[str, Any] | None:
    """One `[[sources]]` for the files that are there; None when its own file isn't."""
    role = _role(raw["files"])
    if role not in roles:
        return None
    joins: list[dict[str, Any]] = []
    known = _names(roles[role])
    gone: set[str] = set()
    for join in raw.get("join", ()):
        joined = _role(join["files"])
        brought = _brought(join, roles, joined)
        if joined not in roles or not _keys_of(join) <= known:
            gone |= brought
            continue
        known |= brought
        joins.append(_join(join, roles[joined]))
    columns = {
        name: chosen for name, spec in raw["columns"].items() if (chosen := _choose(spec, known, gone)) is not None
    }
    source = {key: value for key, value in raw.items() if key not in ("files", "join", "columns")}
    source |= _places(roles[role])
    if joins:
        source["join"] = joins
    return {**source, "columns": columns}


def _join(join: Mapping[str, Any], players: Sequence[Table]) -> dict[str, Any]:
    columns = {
        name: chosen
        for name, spec in join.get("columns", {}).items()
        if (chosen := _choose(spec, _names(players), set())) is not None
    }
    rest = {key: value for key, value in join.items() if key not in ("files", "columns")}
    return {**_places(players), **rest, **({"columns": columns} if columns else {})}


def _brought(join: Mapping[str, Any], roles: Mapping[str, tuple[Table, ...]], joined: str) -> set[str]:
    """Names that a join adds to the raw columns, or would add if its file were there."""
    prefix = str(join.get("prefix", ""))
    if "columns" in join:
        names = set(join["columns"])
        if joined in roles:
            there = _names(roles[joined])
            names = {name for name, spec in join["columns"].items() if _choose(spec, there, set()) is not None}
        return {prefix + name for name in names}
    return {prefix + name for name in _names(roles[joined])} if joined in roles else set()


def _keys_of(join: Mapping[str, Any]) -> set[str]:
    return {pair.split("=")[0].strip() for pair in str(join["on"]).split(" and ")}


def _choose(spec: Any, known: set[str], gone: set[str]) -> Any:
    """The first alternative whose raw columns are there, without its `needs`; None when there is none."""
    for option in spec if isinstance(spec, list) else [spec]:
        if isinstance(option, str):
            if option in known:
                return option
        elif "value" in option:
            return option
        elif _possible(option, known, gone):
            return {"expr": option["expr"]}
    return None


def _possible(option: Mapping[str, Any], known: set[str], gone: set[str]) -> bool:
    if not set(option.get("needs", ())) <= known:
        return False
    return not any(re.search(rf"\b{re.escape(name)}\b", option["expr"]) for name in gone)


def _names(players: Sequence[Table]) -> set[str]:
    return set(players[0].headings)


def _role(files: str) -> str:
    placed = _PLACE.match(files)
    return placed.group(1) if placed else files
