"""One value of shop.toml changed in its place: comments, order and everything else stay as they are."""

from __future__ import annotations

import os
import tempfile
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from profithunt import config as settings
from profithunt.config import ShopConfig
from profithunt.errors import ConfigError

Json = Any


def section(path: Path, *names: str) -> dict[str, Json]:
    """What a section says, as it stands in the file; empty where there is none. Raises ConfigError."""
    try:
        at: Json = tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"can't be read ({error})", where=str(path), do="mend it there") from error
    for name in names:
        at = at.get(name, {}) if isinstance(at, Mapping) else {}
    return dict(at) if isinstance(at, Mapping) else {}


def write_section(path: Path, names: tuple[str, ...], values: Mapping[str, Json]) -> ShopConfig:
    """Put these values into a section, and take its other ones away; gives the settings as they are then.

    Nothing is written unless the whole file holds afterwards. Raises ConfigError.
    """
    import tomlkit

    section(path)
    text = path.read_text("utf-8-sig")
    document = tomlkit.parse(text)
    at: Json = document
    for depth, name in enumerate(names):
        if name not in at:
            last = depth == len(names) - 1
            at[name] = tomlkit.table() if last else tomlkit.table(is_super_table=True)
        at = at[name]
    for name in [name for name in at if name not in values]:
        del at[name]
    for name, value in values.items():
        plain = _plain(value)
        if name not in at or at[name] != plain:
            at[name] = plain
    if not at and not values:
        _take_out(document, names)
    made = tomlkit.dumps(document)
    held = settings.parse(tomllib.loads(made), file=path, text=made)
    if made != text:
        _replace(path, made)
    return held


def _take_out(document: Json, names: tuple[str, ...]) -> None:
    """Remove a section that says nothing, and those around it that say nothing then."""
    for depth in range(len(names), 0, -1):
        at = document
        for name in names[: depth - 1]:
            at = at[name]
        if at[names[depth - 1]]:
            return
        del at[names[depth - 1]]


def _plain(value: Json) -> Json:
    """A value as TOML has it."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, (list, tuple)) else value


def _replace(path: Path, text: str) -> None:
    """Write the file in one step: who reads it sees the old one or the new one."""
    target = path.resolve()
    try:
        handle, name = tempfile.mkstemp(prefix=".shop-", suffix=".toml", dir=target.parent)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
                out.write(text)
                out.flush()
                os.fsync(out.fileno())
            temporary.chmod(target.stat().st_mode & 0o777)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigError(
            f"can't be written ({error.strerror})", where=str(path), do="let the pages' user write it, or edit it there"
        ) from error
