"""An opportunity and the list of them that a hunt gives: values, and their forms as JSON and as a table."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlglot import exp

from profithunt.engine import literal
from profithunt.engine.compiler import Value
from profithunt.schema import SQL_TYPES

Json = Any

COLUMNS: Final[Mapping[str, str]] = {
    "id": "text", "detector": "int", "code": "text", "name": "text", "level": "text", "entity": "text",
    "value": "money", "p10": "money", "p90": "money", "confidence": "rate", "window_days": "int", "rank": "int",
    "action": "text", "reversible": "bool", "owner": "text", "effort": "rate", "counted": "bool", "evidence": "text",
    "net_value": "money", "shared_with": "text", "conflicts": "text",
}  # fmt: skip
"""Columns of the stored table `opportunities`; `entity`, `evidence`, `shared_with`, `conflicts` as JSON."""


@dataclass(frozen=True)
class Shared:
    """Money that another opportunity claims too: its id, and how much."""

    id: str
    value: float

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {"id": self.id, "value": self.value}


@dataclass(frozen=True)
class Conflict:
    """Another opportunity that acts on the same thing; `executes` says whether it is the one to carry out."""

    id: str
    code: str
    action: str
    on: Mapping[str, str]
    executes: bool

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {
            "id": self.id,
            "code": self.code,
            "action": self.action,
            "on": dict(self.on),
            "executes": self.executes,
        }


@dataclass(frozen=True)
class Opportunity:
    """One leak of one entity: what it costs over the days ahead and what to do about it.

    `value` is the median (P50) of the money over the next `window_days`, in shop currency, ex tax; `p10` and `p90` its
    range; `confidence` 0–1: that the gap is real, less what is assumed; `effort` 1 (little) to 5; `counted` false for
    what is shown but never added up; `net_value` its money without what larger claims on the same rows cover,
    `shared_with` those that claim the same money, `conflicts` those that act on the same thing.
    """

    id: str
    detector: int
    code: str
    name: str
    level: str
    entity: Mapping[str, str]
    value: float
    p10: float
    p90: float
    confidence: float
    window_days: int
    rank: int
    action: str
    reversible: bool
    owner: str
    effort: float = 1.0
    counted: bool = True
    evidence: Mapping[str, Json] = field(default_factory=dict)
    net_value: float = 0.0
    shared_with: tuple[Shared, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    @property
    def executes(self) -> bool:
        """Whether it is the one to carry out: no better ranked one acts on the same thing."""
        return not any(other.executes for other in self.conflicts)

    @property
    def title(self) -> str:
        """The leak for people: `Cannot make a profit`."""
        words = self.name.replace("_", " ")
        return words[:1].upper() + words[1:]

    @property
    def score(self) -> float:
        """What it is ranked by: P50 × confidence ÷ effort."""
        return max(self.value, 0.0) * self.confidence / self.effort

    def ranked(self, rank: int) -> Opportunity:
        """The same at a place in the list, 1 first."""
        return replace(self, rank=rank)

    def to_json(self) -> dict[str, Json]:
        """The contract of `hunt --json`; documented in docs/reference."""
        return {
            "id": self.id,
            "detector": self.detector,
            "code": self.code,
            "level": self.level,
            "entity": dict(self.entity),
            "value": self.value,
            "p10": self.p10,
            "p90": self.p90,
            "confidence": self.confidence,
            "window_days": self.window_days,
            "rank": self.rank,
            "action": self.action,
            "reversible": self.reversible,
            "owner": self.owner,
            "shared_with": [part.to_json() for part in self.shared_with],
            "evidence": {
                **self.evidence,
                "name": self.name,
                "counted": self.counted,
                "effort": self.effort,
                "net_value": self.net_value,
                "conflicts": [other.to_json() for other in self.conflicts],
                "executes": self.executes,
            },
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> Opportunity:
        """An opportunity back from what `to_json` gave."""
        evidence = dict(data["evidence"])
        own = {name: evidence.pop(name) for name in ("name", "counted", "effort", "net_value")}
        evidence.pop("executes")
        return cls(
            **{name: data[name] for name in COLUMNS if name in data and name not in ("evidence", "shared_with")},
            **own,
            conflicts=tuple(Conflict(**other) for other in evidence.pop("conflicts")),
            shared_with=tuple(Shared(**part) for part in data["shared_with"]),
            evidence=evidence,
        )


def identify(detector: str, entity: Mapping[str, str]) -> str:
    """The id of an opportunity: the same detector on the same entity has the same id in every run."""
    text = json.dumps([detector, sorted(entity.items())], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Sleeping:
    """A detector that can't hunt here: what it lacks and what would wake it."""

    number: int
    code: str
    name: str
    missing: tuple[str, ...]
    wakes: str

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {
            "detector": self.number,
            "code": self.code,
            "name": self.name,
            "missing": list(self.missing),
            "wakes": self.wakes,
        }


@dataclass(frozen=True)
class Failed:
    """A detector that broke, with the reason; the others went on."""

    number: int
    code: str
    name: str
    reason: str

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {"detector": self.number, "code": self.code, "name": self.name, "reason": self.reason}


@dataclass(frozen=True)
class Vetoed:
    """A find that another detector's find on the same entity cancels: a losing product that brings good customers."""

    opportunity: Opportunity
    by: str

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {**self.opportunity.to_json(), "vetoed_by": self.by}


@dataclass(frozen=True)
class Hunt(Sequence[Opportunity]):
    """What a hunt gave: a list of opportunities by rank, and what did not hunt."""

    opportunities: tuple[Opportunity, ...] = ()
    sleeping: tuple[Sleeping, ...] = ()
    failed: tuple[Failed, ...] = ()
    vetoed: tuple[Vetoed, ...] = ()
    tested: Mapping[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.opportunities)

    def __iter__(self) -> Iterator[Opportunity]:
        return iter(self.opportunities)

    def __getitem__(self, index: Any) -> Any:
        return self.opportunities[index]

    @property
    def total(self) -> float:
        """Money over the horizon, each unit of currency counted once: the sum of the net values."""
        return round(sum(item.net_value for item in self.opportunities if item.counted), 2)

    @property
    def claimed(self) -> float:
        """The sum of all values, shared money counted as often as it is claimed."""
        return round(sum(item.value for item in self.opportunities if item.counted), 2)

    def find(self, id_: str) -> Opportunity | None:
        """The opportunity of an id, or of the beginning of one that no other shares."""
        found = [item for item in self.opportunities if item.id.startswith(id_)] if id_ else []
        exact = [item for item in found if item.id == id_]
        return exact[0] if exact else found[0] if len(found) == 1 else None

    def only(self, *, level: str | None = None, owner: str | None = None, minimum: float | None = None) -> Hunt:
        """The opportunities of a level, of an owner, or worth at least so much; ranks stay those of the whole list."""
        kept = tuple(
            item
            for item in self.opportunities
            if (level is None or item.level == level)
            and (owner is None or item.owner == owner)
            and (minimum is None or item.value >= minimum)
        )
        return replace(self, opportunities=kept)

    def to_json(self) -> list[dict[str, Json]]:
        """The opportunities, as the contract of `hunt --json` has them."""
        return [item.to_json() for item in self.opportunities]


def as_query(opportunities: Sequence[Opportunity]) -> exp.Select:
    """The opportunities as a typed query for the engine to store (columns: `COLUMNS`)."""
    rows: list[list[Value]] = [
        [
            item.id, item.detector, item.code, item.name, item.level, json.dumps(dict(item.entity), ensure_ascii=False),
            item.value, item.p10, item.p90, item.confidence, item.window_days, item.rank, item.action, item.reversible,
            item.owner, item.effort, item.counted, json.dumps(item.evidence, ensure_ascii=False, default=str),
            item.net_value, _listed(item.shared_with), _listed(item.conflicts),
        ]
        for item in opportunities
    ]  # fmt: skip
    nothing: list[Value] = [None] * len(COLUMNS)
    tuples = [exp.Tuple(expressions=[literal(value) for value in row]) for row in rows or [nothing]]
    table = exp.Values(
        expressions=tuples,
        alias=exp.TableAlias(
            this=exp.to_identifier("found"), columns=[exp.to_identifier(name, quoted=True) for name in COLUMNS]
        ),
    )
    chosen = [
        exp.alias_(exp.cast(exp.column(name, quoted=True), SQL_TYPES[kind], dialect="duckdb"), name, quoted=True)
        for name, kind in COLUMNS.items()
    ]
    query = exp.select(*chosen).from_(table)
    return query if rows else query.where("FALSE")


def _listed(parts: Sequence[Shared] | Sequence[Conflict]) -> str:
    return json.dumps([part.to_json() for part in parts], ensure_ascii=False)


def read_rows(rows: Sequence[Mapping[str, Any]]) -> tuple[Opportunity, ...]:
    """Opportunities back from the rows of the stored table, by rank."""
    found = [
        Opportunity(
            **{
                **row,
                "entity": json.loads(row["entity"]),
                "evidence": json.loads(row["evidence"]),
                "shared_with": tuple(Shared(**part) for part in json.loads(row["shared_with"])),
                "conflicts": tuple(Conflict(**other) for other in json.loads(row["conflicts"])),
                **{name: float(row[name]) for name in ("value", "p10", "p90", "net_value")},
            }
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda item: item.rank))
