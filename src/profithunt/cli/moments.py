"""Moments and values as people type them."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Sequence
from typing import Any

from profithunt.errors import UsageError

_DAYS = re.compile(r"(\d{1,4})d")


def moment(text: str, *, back: bool = False) -> dt.datetime | dt.date:
    """A day, a moment, or so many days from now (or back). Raises UsageError."""
    days = _DAYS.fullmatch(text)
    if days is not None:
        span = dt.timedelta(days=int(days[1]))
        now = dt.datetime.now(tz=dt.UTC)
        return now - span if back else now + span
    for read in (dt.date.fromisoformat, dt.datetime.fromisoformat):
        try:
            return read(text)
        except ValueError:
            continue
    raise UsageError(f"{text!r} is no day", expected="2026-12-01, 2026-12-01T09:00 or 7d")


def pairs(texts: Sequence[str]) -> dict[str, Any]:
    """`key=value` as they were typed; values that are JSON are read, an empty one is None. Raises UsageError."""
    found: dict[str, Any] = {}
    for text in texts:
        key, sign, value = text.partition("=")
        if not key or not sign:
            raise UsageError(f"{text!r} says nothing", expected="key=value")
        found[key] = _value(value)
    return found


def _value(text: str) -> Any:
    if not text:
        return None
    if text[0] in '[{"' or text in {"true", "false", "null"}:
        try:
            return json.loads(text)
        except ValueError as error:
            raise UsageError(f"{text!r} is no JSON") from error
    return text
