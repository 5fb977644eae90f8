"""A proposal as the text of shop.toml, with what was found and what is asked in comments."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

_BARE = re.compile(r"^[A-Za-z0-9_-]+$")
_SURE = 0.8


def value(given: Any) -> str:
    """A value as TOML."""
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, (int, float, Decimal)):
        return str(given)
    if isinstance(given, (dt.date, dt.datetime)):
        return given.isoformat()
    if isinstance(given, Mapping):
        return "{ " + ", ".join(f"{key(name)} = {value(item)}" for name, item in given.items()) + " }"
    if isinstance(given, Sequence) and not isinstance(given, str):
        return "[" + ", ".join(value(item) for item in given) + "]"
    return text(str(given))


def text(given: str) -> str:
    """A string as TOML: as it stands between single quotes where that reads better."""
    plain = all(sign.isprintable() for sign in given)
    if plain and '"' in given and "'" not in given:
        return f"'{given}'"
    if plain and '"' in given and "'''" not in given and not given.endswith("'"):
        return f"'''{given}'''"
    escaped = given.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in escaped) + '"'


def key(name: str) -> str:
    """A key as TOML."""
    return name if _BARE.match(name) else text(name)


def comment(lines: Sequence[str], width: int = 118) -> list[str]:
    """Lines as comments, folded."""
    result: list[str] = []
    for line in lines:
        rest = " ".join(line.split())
        while len(rest) > width:
            cut = rest.rfind(" ", 0, width)
            cut = cut if cut > 0 else width
            result.append(f"# {rest[:cut]}")
            rest = "  " + rest[cut:].strip()
        result.append(f"# {rest}".rstrip())
    return result


def section(name: str, fields: Mapping[str, Any], notes: Mapping[str, str] | None = None) -> list[str]:
    """`[name]` with its keys; tables in it become sections of their own."""
    said = notes or {}
    lines = [f"[{name}]"]
    inner: list[tuple[str, Mapping[str, Any]]] = []
    for field, given in fields.items():
        if isinstance(given, Mapping):
            inner.append((field, given))
            continue
        lines.append(f"{key(field)} = {value(given)}" + (f"  # {said[field]}" if field in said else ""))
    for field, given in inner:
        lines += ["", *section(f"{name}.{key(field)}", given)]
    return lines


def source(fields: Mapping[str, Any], notes: Mapping[str, tuple[float, str]], comments: Sequence[str]) -> list[str]:
    """One `[[sources]]`; a column whose confidence is low, or that is worked out, says why."""
    lines = [*comment(comments), "[[sources]]"]
    lines += [
        f"{field} = {_joins(fields[field]) if field == 'join' else value(fields[field])}"
        for field in ("table", "files", "sheet", "relation", "where", "group", "optional", "join")
        if field in fields and fields[field] not in (None, False, [])
    ]
    lines += [f"{part} = {value(fields[part])}" for part in ("csv", "parse") if fields.get(part)]
    lines.append("[sources.columns]")
    for name, spec in fields["columns"].items():
        sure, why = notes.get(name, (1.0, ""))
        tail = ""
        if why and (sure < _SURE or isinstance(spec, Mapping)):
            tail = f"  # {sure:.0%} sure: {' '.join(why.split())}"
        lines.append(f"{key(name)} = {value(spec)}{tail}")
    return lines


def _joins(joins: Sequence[Mapping[str, Any]]) -> str:
    if len(joins) == 1:
        return value(joins)
    return "[\n" + "".join(f"    {value(join)},\n" for join in joins) + "]"
