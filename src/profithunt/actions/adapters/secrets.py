"""Secrets come from the environment, are named there and nowhere else, and are never written or logged."""

from __future__ import annotations

import os
from collections.abc import Iterable

from profithunt.errors import ConfigError

HIDDEN = "•••"
_PIECE = 8


def secret(name: str, adapter: str) -> str:
    """The value of an environment variable. Raises ConfigError, which names the variable, never a value."""
    value = os.environ.get(name, "")
    if not value:
        raise ConfigError(
            f"the adapter {adapter} needs a secret",
            where=f"environment variable {name}",
            expected="a value",
            do="set it where profithunt runs; secrets are never read from shop.toml",
        )
    return value


def parts(value: str) -> tuple[str, ...]:
    """A secret and its pieces, longest first: what an answer may repeat of an address or of a key with a prefix."""
    pieces = {value, *(piece for piece in value.replace("_", "/").split("/") if len(piece) >= _PIECE)}
    _, _, path = value.partition("://")
    return tuple(sorted({*pieces, path.partition("/")[2]} - {""}, key=len, reverse=True))


def without(text: str, values: Iterable[str]) -> str:
    """A text in which no secret can be read."""
    for value in values:
        if value:
            text = text.replace(value, HIDDEN)
    return text
