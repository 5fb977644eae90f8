"""The audit: who did what to what, when; a chain in which nothing can be changed or left out unseen."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa

from profithunt.actions.adapters.protocol import canonical
from profithunt.actions.policies import Actor
from profithunt.actions.store.tables import audit, audit_head
from profithunt.errors import DataError

Json = Any
GENESIS: Final = "0" * 64


@dataclass(frozen=True)
class Act:
    """One thing done: `verb` on `subject` (an opportunity, an action, a document, a user …), with what changed."""

    verb: str
    about: str
    subject: str
    data: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """One line of the audit."""

    seq: int
    at: dt.datetime
    by: str
    kind: str
    verb: str
    about: str
    subject: str
    data: Mapping[str, Json]

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {
            "seq": self.seq,
            "at": self.at.isoformat(),
            "by": self.by,
            "kind": self.kind,
            "verb": self.verb,
            "about": self.about,
            "subject": self.subject,
            "data": dict(self.data),
        }


def append(connection: sa.Connection, actor: Actor, acts: Sequence[Act], at: dt.datetime) -> int:
    """Write what was done to the end of the audit, in the transaction that does it; gives the number of the last."""
    head = connection.execute(sa.select(audit_head.c.seq, audit_head.c.digest)).one()
    seq, digest = int(head.seq), head.digest
    if not acts:
        return seq
    rows = []
    for act in acts:
        seq += 1
        row = {
            "seq": seq,
            "at": at,
            "by": actor.name,
            "kind": actor.kind,
            "verb": act.verb,
            "about": act.about,
            "subject": act.subject,
            "data": dict(act.data),
        }
        row["before"], digest = digest, _digest(digest, row)
        rows.append({**row, "digest": digest})
    connection.execute(sa.insert(audit), rows)
    connection.execute(sa.update(audit_head).values(seq=seq, digest=digest))
    return seq


def read(
    connection: sa.Connection,
    *,
    since: dt.datetime | None = None,
    subject: str | None = None,
    by: str | None = None,
    verb: str | None = None,
    after: int = 0,
    limit: int | None = None,
) -> list[Entry]:
    """Entries in the order in which they happened; with `limit`, the latest of them."""
    query = sa.select(audit).where(audit.c.seq > after).order_by(audit.c.seq.desc())
    if since is not None:
        query = query.where(audit.c.at >= since)
    if subject is not None:
        query = query.where(audit.c.subject == subject)
    if by is not None:
        query = query.where(audit.c.by == by)
    if verb is not None:
        query = query.where(audit.c.verb == verb)
    rows = connection.execute(query.limit(limit)).all()
    return [Entry(*row[:8]) for row in reversed(rows)]


def verify(connection: sa.Connection) -> int:
    """Walk the chain and give how many entries it has. Raises DataError at the first that does not fit."""
    digest, seq = GENESIS, 0
    for row in connection.execute(sa.select(audit).order_by(audit.c.seq)):
        seq += 1
        entry = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
        if entry["seq"] != seq or entry["before"] != digest or entry["digest"] != _digest(digest, entry):
            raise DataError(f"the audit was tampered with: entry {seq} does not fit the one before it")
        digest = entry["digest"]
    head = connection.execute(sa.select(audit_head.c.seq, audit_head.c.digest)).one()
    if (head.seq, head.digest) != (seq, digest):
        raise DataError(f"the audit was tampered with: it ends at entry {seq}, {head.seq} were written")
    return seq


def _digest(before: str, row: Mapping[str, Json]) -> str:
    said = {name: row[name] for name in ("seq", "by", "kind", "verb", "about", "subject", "data")}
    said["at"] = row["at"].isoformat()
    return hashlib.sha256(f"{before}\n{canonical(said)}".encode()).hexdigest()
