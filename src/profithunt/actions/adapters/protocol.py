"""What an adapter is: the only way by which a decision leaves the house, and how it comes back.

An action becomes a plan (a dry run: the exact difference, nothing sent), the plan becomes a receipt (sent, once for a
key), the receipt a confirmation (the other side has it), and, where it can be undone, a second receipt that puts the
former values back. All of them are values that go to JSON and back unchanged: the workflow stores each before it takes
the next step, so that a process that was killed goes on from what is known and sends nothing twice.

    plan(action, context) -> Plan              dry run; reads, never writes
    execute(plan, key=…) -> Receipt            sends exactly the plan; the same key twice is one effect
    confirm(receipt) -> Confirmation           asks whether it arrived
    undo(receipt, plan, key=…) -> Receipt      sends the plan's `before` values; the same key twice is one effect
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, Self, runtime_checkable

Json = Any
Entity = Mapping[str, str]
Lookup = Callable[[str, Entity], Mapping[str, Json] | None]
"""The row of a canonical table of the current run for an entity (amounts as decimal strings), or None."""


def canonical(value: Json) -> str:
    """JSON with sorted keys and no spaces: the form that is hashed and compared."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


@dataclass(frozen=True)
class Action:
    """A decision to be carried out: what is to be done, to whom, on whose word.

    `kind` is the action type (a detector's `action`), `entity` what it is about, `params` what the type needs (a price,
    a keyword's bid, a list of customers under `customers`), `value` the money expected over the opportunity's window.
    `holdout` are the customers drawn out of it: an adapter leaves them out of what it sends.
    """

    id: str
    kind: str
    level: str
    entity: Entity
    adapter: str
    opportunity: str | None = None
    detector: str | None = None
    owner: str | None = None
    value: str | None = None
    currency: str | None = None
    params: Mapping[str, Json] = field(default_factory=dict)
    holdout: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {
            "id": self.id,
            "kind": self.kind,
            "level": self.level,
            "entity": dict(self.entity),
            "adapter": self.adapter,
            "opportunity": self.opportunity,
            "detector": self.detector,
            "owner": self.owner,
            "value": self.value,
            "currency": self.currency,
            "params": dict(self.params),
            "holdout": list(self.holdout),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> Self:
        """Back from data."""
        return cls(**{**data, "holdout": tuple(data.get("holdout", ()))})


@dataclass(frozen=True)
class Context:
    """What an adapter may know of the shop: where files go, its own settings, the rows that hold former values.

    `outbox` is the folder for files to import; `settings` are the adapter's own of `[adapters.<name>]`; `lookup` reads
    one row of a canonical table of the current run. `now` is the time of the plan in UTC.
    """

    folder: Path
    outbox: Path
    currency: str
    now: dt.datetime
    settings: Mapping[str, Json] = field(default_factory=dict)
    lookup: Lookup = lambda _table, _entity: None


@dataclass(frozen=True)
class Change:
    """One difference: of one thing, the values before and after. `kind` such as price, bid, status, tag, list, task.

    What did not exist before has an empty `before`; what is removed an empty `after`. Amounts are decimal strings.
    """

    kind: str
    entity: Entity
    before: Mapping[str, Json] = field(default_factory=dict)
    after: Mapping[str, Json] = field(default_factory=dict)

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {
            "kind": self.kind,
            "entity": dict(self.entity),
            "before": dict(self.before),
            "after": dict(self.after),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> Self:
        """Back from data."""
        return cls(data["kind"], data["entity"], data["before"], data["after"])

    def undone(self) -> Change:
        """The change that puts the former values back."""
        return Change(self.kind, self.entity, self.after, self.before)


@dataclass(frozen=True)
class Preview:
    """Exactly what goes out: a file with its content, a request with its body, a message with its text.

    `kind` is file, request or message; `target` the file name, the method and URL, or the recipient. `content` is the
    very text that is sent, byte for byte in UTF-8 (secrets in headers are left out).
    """

    kind: str
    target: str
    content: str
    content_type: str = "text/plain"

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {"kind": self.kind, "target": self.target, "content": self.content, "content_type": self.content_type}

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> Self:
        """Back from data."""
        return cls(**data)


@dataclass(frozen=True)
class Plan:
    """A dry run: every difference, and what will be sent for it. Executing sends this and nothing else."""

    adapter: str
    action: str
    changes: tuple[Change, ...]
    previews: tuple[Preview, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Hash of all that it says: what was approved is what is sent."""
        return hashlib.sha256(canonical(self.to_json()).encode()).hexdigest()

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {
            "adapter": self.adapter,
            "action": self.action,
            "changes": [item.to_json() for item in self.changes],
            "previews": [item.to_json() for item in self.previews],
            "notes": list(self.notes),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> Self:
        """Back from data."""
        return cls(
            data["adapter"],
            data["action"],
            tuple(Change.from_json(item) for item in data["changes"]),
            tuple(Preview.from_json(item) for item in data["previews"]),
            tuple(data.get("notes", ())),
        )


@dataclass(frozen=True)
class Receipt:
    """What sending gave: the key it was sent under, what the other side said.

    `state` is sent (it was taken), queued (it will be tried again by the adapter) or dead (given up, on the dead-letter
    list). `references` are the other side's own ids or the files written.
    """

    adapter: str
    key: str
    state: str
    at: str
    references: tuple[str, ...] = ()
    details: Mapping[str, Json] = field(default_factory=dict)

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {
            "adapter": self.adapter,
            "key": self.key,
            "state": self.state,
            "at": self.at,
            "references": list(self.references),
            "details": dict(self.details),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> Self:
        """Back from data."""
        return cls(**{**data, "references": tuple(data.get("references", ()))})


@dataclass(frozen=True)
class Confirmation:
    """Whether the other side has it. `confirmed` is None while it can't be known yet (a file not imported so far)."""

    confirmed: bool | None
    at: str
    details: Mapping[str, Json] = field(default_factory=dict)

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {"confirmed": self.confirmed, "at": self.at, "details": dict(self.details)}

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> Self:
        """Back from data."""
        return cls(**data)


@runtime_checkable
class Adapter(Protocol):
    """One system that takes decisions. Built with the context of the shop; holds no state between calls.

    `execute` and `undo` raise DeliveryError when nothing can have been taken; with `retry` true the workflow tries
    again under the same key.
    """

    @property
    def name(self) -> str:
        """Name in shop.toml and on the command line."""

    @property
    def reversible(self) -> bool:
        """Whether `undo` restores the former values."""

    def plan(self, action: Action, context: Context) -> Plan:
        """The exact difference that the action makes; nothing is sent. Raises UsageError for what it can't do."""

    def execute(self, plan: Plan, *, key: str) -> Receipt:
        """Send the plan, once for a key."""

    def confirm(self, receipt: Receipt) -> Confirmation:
        """Whether it arrived."""

    def undo(self, receipt: Receipt, plan: Plan, *, key: str) -> Receipt:
        """Put the former values back, once for a key."""
