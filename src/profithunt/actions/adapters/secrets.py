"""Secrets come from the environment, are named there and nowhere else, and are never written or logged."""

from __future__ import annotations

import os
from collections.abc import Iterable

from profithunt.errors import ConfigError

HIDDEN = "•••"


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


def without(text: str, values: Iterable[str]) -> str:
    """A text in which no secret can be read."""
    for value in values:
        if value:
            text = text.replace(value, HIDDEN)
    return text
