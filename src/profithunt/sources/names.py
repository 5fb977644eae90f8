"""Names that people mistype: what was there, and what comes nearest."""

from __future__ import annotations

from collections.abc import Iterable

_CLOSE = 70
_SHOWN = 30


def nearest(name: str, there: Iterable[str]) -> str:
    """`; did you mean 'x'?` for the name that comes nearest, or nothing."""
    from rapidfuzz import fuzz, process, utils

    best = process.extract(name, list(there), scorer=fuzz.WRatio, processor=utils.default_process, limit=1)
    return f" (did you mean '{best[0][0]}'?)" if best and best[0][1] >= _CLOSE else ""


def listed(there: Iterable[str]) -> str:
    """Names in a sentence, cut when there are very many."""
    names = list(there)
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(f"'{name}'" for name in names[:_SHOWN]) + more
