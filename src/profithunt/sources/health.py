"""Data health: what was read, kept and set aside, how complete and how fresh it is, and what it makes possible."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Any

from profithunt.sources.memory import Memory

Moment = dt.datetime | dt.date


@dataclass(frozen=True)
class Orphans:
    """Rows whose reference leads nowhere: `column` → `references`, `rows` of them, out of `filled`."""

    column: str
    references: str
    rows: int
    filled: int


@dataclass(frozen=True)
class TableHealth:
    """One canonical table: rows and money (shop currency), first and last event, null share per column in 0–1."""

    name: str
    files: int
    rows_read: int
    rows_kept: int
    rows_quarantined: int
    duplicates_removed: int
    money_quarantined: Decimal | None
    first_at: Moment | None
    last_at: Moment | None
    freshness_days: int | None
    null_share: dict[str, float]
    orphans: tuple[Orphans, ...] = ()
    reasons: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class InputFile:
    """A file (or query) that was read."""

    path: str
    sha256: str
    bytes: int
    rows: int


@dataclass(frozen=True)
class Capability:
    """Something that the shop can ask for: `needs` and what of it is `present` and `missing`; what `wakes` it."""

    name: str
    title: str
    needs: tuple[str, ...]
    present: tuple[str, ...]
    missing: tuple[str, ...]
    wakes: str

    @property
    def awake(self) -> bool:
        """Whether all that it needs is there."""
        return not self.missing


@dataclass(frozen=True)
class BuildResult:
    """What a build of the canonical tables did."""

    tables: dict[str, TableHealth]
    inputs: list[InputFile]
    capabilities: list[Capability]
    as_of: dt.date | None = None
    rows_quarantined: int = 0
    money_quarantined: Decimal = Decimal(0)
    memory: Memory | None = None

    def to_json(self) -> dict[str, Any]:
        """The same as data: amounts as decimal strings, times in ISO form."""
        return {
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "rows_quarantined": self.rows_quarantined,
            "money_quarantined": str(self.money_quarantined),
            "tables": {name: _plain(vars(item)) for name, item in self.tables.items()},
            "inputs": [_plain(vars(item)) for item in self.inputs],
            "capabilities": [{**_plain(vars(item)), "awake": item.awake} for item in self.capabilities],
        }


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, Orphans):
        return _plain(vars(value))
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (dt.datetime, dt.date)):
        return value.isoformat()
    return value


@lru_cache(maxsize=1)
def _declared() -> dict[str, dict[str, Any]]:
    return tomllib.loads((files(__package__) / "capabilities.toml").read_text("utf-8"))


def capabilities(filled: Mapping[str, Iterable[str]]) -> list[Capability]:
    """Which capabilities the data wakes; `filled` gives the columns with values of each table that has rows."""
    there = {f"{name}.{item}" for name, columns in filled.items() for item in columns} | set(filled)
    found = []
    for name, entry in _declared().items():
        needs = tuple(entry["needs"])
        present = tuple(need for need in needs if any(option.strip() in there for option in need.split("|")))
        missing = tuple(need for need in needs if need not in present)
        found.append(Capability(name, entry["title"], needs, present, missing, entry["wakes"]))
    return found
