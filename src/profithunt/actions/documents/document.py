"""A document and its states: draft, silent reading, decided (or declined). Pure: every step gives a new document.

    draft ──read──▶ reading ──decide──▶ decided
      ▲                │  └───decline─▶ declined ──revise──▶ draft
      └────revise──────┘

It goes to its readers when nothing is left to write and every figure can be read. Readers have a set time in which
nobody presents anything; remarks are left in writing. Only when that time is over is it decided upon, and the figures
stay as they were then.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from profithunt.actions.documents.kinds import actions_of, unfinished
from profithunt.actions.documents.references import Figure, Filled, placed
from profithunt.errors import Stopped, UsageError

Json = Any
State = Literal["draft", "reading", "decided", "declined"]
STATES: Final = ("draft", "reading", "decided", "declined")
READING_MINUTES: Final = 20
_MOST_MINUTES: Final = 7 * 24 * 60


@dataclass(frozen=True)
class Remark:
    """What a reader wrote; `place` is the heading it is about."""

    by: str
    at: dt.datetime
    text: str
    place: str | None = None

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {"by": self.by, "at": self.at.isoformat(), "text": self.text, "place": self.place}


@dataclass(frozen=True)
class Document:
    """A document as it is kept. `subject` is the opportunity it is about; `data` holds the figures once decided."""

    id: str
    kind: str
    title: str
    body: str
    author: str
    created_at: dt.datetime
    changed_at: dt.datetime
    state: State = "draft"
    subject: str | None = None
    data: Mapping[str, Json] = field(default_factory=dict)
    reading_until: dt.datetime | None = None
    decided_at: dt.datetime | None = None
    decided_by: str | None = None
    decision: str | None = None
    version: int = 1

    @property
    def unfinished(self) -> list[str]:
        """What is still to be written."""
        return unfinished(self.kind, self.body)

    @property
    def actions(self) -> list[dict[str, str]]:
        """Actions of a correction of error, with owner and day."""
        return actions_of(self.body) if self.kind == "correction_of_error" else []

    def seconds_left(self, at: dt.datetime) -> int | None:
        """Seconds of silent reading that are left; None outside of it."""
        if self.state != "reading" or self.reading_until is None:
            return None
        return max(int((self.reading_until - at).total_seconds()), 0)

    def frozen_text(self) -> str | None:
        """The text with the figures of the decision, or None while they are live."""
        figures = self.data.get("figures")
        if figures is None:
            return None
        return placed(self.body, {words: Figure(**figure) for words, figure in figures.items()})

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {
            "id": self.id,
            "kind": self.kind,
            "title": self.title,
            "state": self.state,
            "subject": self.subject,
            "author": self.author,
            "created_at": self.created_at.isoformat(),
            "changed_at": self.changed_at.isoformat(),
            "reading_until": _text(self.reading_until),
            "decided_at": _text(self.decided_at),
            "decided_by": self.decided_by,
            "decision": self.decision,
            "version": self.version,
            "unfinished": self.unfinished if self.state == "draft" else [],
            "actions": self.actions,
        }


def revised(document: Document, at: dt.datetime, body: str | None = None, title: str | None = None) -> Document:
    """The document with another text, as a draft again. Raises Stopped where it was decided upon."""
    if document.state == "decided":
        raise Stopped("what was decided upon is not changed any more", where=document.title, do="write a new document")
    return replace(
        document,
        body=document.body if body is None else body,
        title=document.title if title is None else title,
        state="draft",
        reading_until=None,
        decided_at=None,
        decided_by=None,
        decision=None,
        changed_at=at,
        version=document.version + 1,
    )


def read(document: Document, filled: Filled, at: dt.datetime, minutes: int = READING_MINUTES) -> Document:
    """Give it to its readers. Raises Stopped while something is left to write or a figure can't be read."""
    _must_be(document, "draft", "be read")
    if not 1 <= minutes <= _MOST_MINUTES:
        raise UsageError(f"silent reading of {minutes} minutes", expected="one minute to a week")
    left = [*document.unfinished, *filled.problems]
    if left:
        raise Stopped(f"it can't be read yet: {'; '.join(left)}", where=document.title, do="write it, then advance it")
    until = at + dt.timedelta(minutes=minutes)
    return replace(document, state="reading", reading_until=until, changed_at=at, version=document.version + 1)


def decide(
    document: Document, filled: Filled, by: str, at: dt.datetime, decision: str, *, accept: bool = True
) -> Document:
    """Decide upon it, with the reason. Raises Stopped before the reading time is over, or for a figure that is gone."""
    _must_be(document, "reading", "be decided upon")
    if not decision.strip():
        raise UsageError("a decision is said in words", expected="what was decided, and why")
    left = document.seconds_left(at)
    if left:
        raise Stopped(
            f"it is being read in silence for another {-(-left // 60)} min",
            where=document.title,
            do="decide after that",
        )
    if filled.problems:
        raise Stopped(f"a figure can't be read: {filled.problems[0]}", where=document.title, do="mend it first")
    figures = {words: figure.to_json() for words, figure in filled.figures.items()}
    return replace(
        document,
        state="decided" if accept else "declined",
        data={**document.data, "figures": figures} if accept else dict(document.data),
        decided_at=at,
        decided_by=by,
        decision=decision.strip(),
        changed_at=at,
        version=document.version + 1,
    )


def _must_be(document: Document, state: State, what: str) -> None:
    if document.state != state:
        raise Stopped(f"a document in state {document.state} can't {what}", where=document.title, expected=state)


def _text(value: dt.datetime | None) -> str | None:
    return None if value is None else value.isoformat()
