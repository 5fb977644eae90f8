"""Documents in the operational store: kept, found, changed, each change in the audit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

import sqlalchemy as sa

from profithunt.actions.documents.document import STATES, Document, Remark
from profithunt.actions.documents.kinds import kind_of
from profithunt.actions.policies import Actor
from profithunt.actions.store import audit
from profithunt.actions.store.tables import comments, documents, opportunities
from profithunt.errors import ConfigError, NotFound, Stopped, UsageError

Json = Any
_MOST: Final = 500_000
_TITLE: Final = 300


def add(
    connection: sa.Connection, actor: Actor, kind: str, title: str, at: dt.datetime, subject: str | None = None
) -> Document:
    """A new draft from the template of its kind. Raises UsageError, NotFound for an opportunity that isn't there."""
    actor.must("document")
    if not title.strip() or len(title) > _TITLE:
        raise UsageError("a document has a title", expected=f"1 to {_TITLE} letters")
    if subject is not None:
        known = sa.select(opportunities.c.id).where(opportunities.c.id == subject)
        if connection.execute(known).scalar() is None:
            raise NotFound(f"there is no opportunity '{subject}'", do="see: profithunt act list")
    body = kind_of(kind).template.format(title=title.strip())
    made = Document(uuid4().hex[:12], kind, title.strip(), body, actor.name, at, at, subject=subject)
    connection.execute(documents.insert().values(**_values(made)))
    _said(connection, actor, "write", made, at)
    return made


def listed(
    connection: sa.Connection, *, kind: str | None = None, state: str | None = None, subject: str | None = None
) -> list[Document]:
    """Documents, the one changed last first. Raises UsageError for a kind or state that isn't there."""
    query = sa.select(documents).order_by(documents.c.changed_at.desc(), documents.c.id)
    if kind is not None:
        query = query.where(documents.c.kind == kind_of(kind).name)
    if state is not None:
        if state not in STATES:
            raise UsageError(f"there is no state '{state}'", expected=f"one of {', '.join(STATES)}")
        query = query.where(documents.c.state == state)
    if subject is not None:
        query = query.where(documents.c.subject == subject)
    return [_document(row) for row in connection.execute(query)]


def get(connection: sa.Connection, id_: str) -> Document:
    """One document by its id or the beginning of it. Raises NotFound, ConfigError where several begin so."""
    query = sa.select(documents).where(documents.c.id.startswith(id_, autoescape=True)).limit(3)
    rows = connection.execute(query).all() if id_ else []
    if not rows:
        raise NotFound(f"there is no document '{id_}'", do="see: profithunt document list")
    if len(rows) > 1 and not any(row.id == id_ for row in rows):
        raise ConfigError(f"several documents begin with '{id_}'", expected=", ".join(row.id for row in rows))
    return _document(next((row for row in rows if row.id == id_), rows[0]))


def save(
    connection: sa.Connection, actor: Actor, verb: str, before: Document, after: Document, at: dt.datetime
) -> Document:
    """Keep a changed document. Raises Stopped where somebody else changed it meanwhile."""
    actor.must("document")
    if len(after.body) > _MOST:
        raise UsageError("the document is too long", expected=f"{_MOST:,} letters at most")
    done = connection.execute(
        documents.update()
        .where(documents.c.id == before.id, documents.c.version == before.version)
        .values(**_values(after))
    )
    if not done.rowcount:
        raise Stopped("somebody else has changed it meanwhile", where=before.title, do="look at it again")
    _said(connection, actor, verb, after, at)
    return after


def remark(
    connection: sa.Connection, actor: Actor, document: Document, text: str, at: dt.datetime, place: str | None = None
) -> Remark:
    """Leave a remark on a document, or on one of its headings."""
    actor.must("comment")
    if not text.strip():
        raise UsageError("a remark says something")
    made = Remark(actor.name, at, text.strip(), place)
    row = {"about": "document", "subject": document.id, "by": made.by, "at": at, "text": made.text, "place": place}
    connection.execute(comments.insert().values(**row))
    data = {"text": made.text, "place": place}
    audit.append(connection, actor, [audit.Act("comment", "document", document.id, data)], at)
    return made


def remarks(connection: sa.Connection, id_: str) -> list[Remark]:
    """Remarks on a document, oldest first."""
    query = (
        sa.select(comments)
        .where(comments.c.about == "document", comments.c.subject == id_)
        .order_by(comments.c.at, comments.c.id)
    )
    return [Remark(row.by, row.at, row.text, row.place) for row in connection.execute(query)]


def _said(connection: sa.Connection, actor: Actor, verb: str, document: Document, at: dt.datetime) -> None:
    data: Mapping[str, Json] = {
        "kind": document.kind,
        "title": document.title,
        "state": document.state,
        "version": document.version,
        **({"decision": document.decision} if document.decision else {}),
    }
    audit.append(connection, actor, [audit.Act(verb, "document", document.id, data)], at)


def _values(document: Document) -> dict[str, Json]:
    return {**vars(document), "data": dict(document.data)}


def _document(row: sa.Row[Any]) -> Document:
    return Document(**row._mapping)  # noqa: SLF001 - the public name of a row's columns
