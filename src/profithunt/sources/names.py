"""Names that people mistype: the one that is meant, what was there, and what comes nearest."""

from __future__ import annotations

from collections.abc import Iterable

from profithunt.errors import SourceError

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


def exact(asked: str, columns: dict[str, str], where: str) -> str:
    """The column as it is spelled there, whatever the case. Raises SourceError that lists the columns there are."""
    if asked in columns:
        return asked
    for name in columns:
        if name.lower() == asked.strip().lower():
            return name
    raise SourceError(
        f"has no column '{asked}'{nearest(asked, columns)}",
        where=where,
        expected=f"one of {listed(columns)}",
        do="change the mapping in shop.toml" + _single(columns),
    )


def _single(columns: dict[str, str]) -> str:
    """A hint for files that were split by the wrong delimiter."""
    only = next(iter(columns)) if len(columns) == 1 else ""
    marks = [mark for mark in ",;\t|" if mark in only]
    return f" or [sources.csv] delimiter, which looks like {marks[0]!r}" if marks else ""
