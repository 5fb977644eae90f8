"""What adapters share: a plan is changes and what is sent for them; sending is for a key; undoing sends the reverse."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from profithunt.actions.adapters.journal import Journal, name_of, write_whole
from profithunt.actions.adapters.protocol import Action, Change, Confirmation, Context, Plan, Preview, Receipt
from profithunt.actions.adapters.settings import Files, settings
from profithunt.errors import UsageError

Json = Any
IMPORTED, REFUSED = "imported", "refused"


class Base(ABC):
    """An adapter as far as all are alike: the changes of an action, and what is sent for changes, are its own."""

    name: ClassVar[str]
    reversible: ClassVar[bool] = True

    def __init__(self, context: Context) -> None:
        self.context = context
        self.journal = Journal(context.outbox)

    @abstractmethod
    def changes(self, action: Action, context: Context) -> Sequence[Change]:
        """Every difference that an action makes. Raises UsageError for what can't be done."""

    @abstractmethod
    def previews(self, action: str, changes: Sequence[Change], *, undo: bool) -> Sequence[Preview]:
        """What is sent for changes, to the byte. The same changes give the same."""

    def plan(self, action: Action, context: Context) -> Plan:
        """The exact difference that the action makes, and what will be sent; nothing is sent."""
        changes = tuple(change for change in self.changes(action, context) if dict(change.before) != dict(change.after))
        if not changes:
            raise UsageError(
                "this action changes nothing: everything is as it should be already", where=f"action {action.id}"
            )
        previews = tuple(self.previews(action.id, changes, undo=False))
        return Plan(self.name, action.id, changes, previews, tuple(self.notes(action, changes)))

    def notes(self, action: Action, changes: Sequence[Change]) -> Sequence[str]:  # noqa: ARG002 - for those below
        """What a reader of the plan should know besides."""
        held = len(action.holdout)
        return [f"{held} customers are held out, so that the effect can be seen."] if held else []

    def reversed(self, plan: Plan) -> Plan:
        """The plan that puts the former values back, in reverse order."""
        changes = tuple(change.undone() for change in reversed(plan.changes))
        return Plan(self.name, plan.action, changes, tuple(self.previews(plan.action, changes, undo=True)))

    def execute(self, plan: Plan, *, key: str) -> Receipt:
        """Send the plan, once for a key."""
        done = self.journal.receipt(key)
        return done if done is not None else self.send(plan, key)

    def undo(self, receipt: Receipt, plan: Plan, *, key: str) -> Receipt:
        """Put the former values back, once for a key."""
        if receipt.adapter != self.name:
            raise UsageError(f"{self.name} can't undo what {receipt.adapter} did")
        done = self.journal.receipt(key)
        return done if done is not None else self.send(self.reversed(plan), key)

    @abstractmethod
    def send(self, plan: Plan, key: str) -> Receipt:
        """Send what the plan shows; the receipt is kept under the key."""

    @abstractmethod
    def confirm(self, receipt: Receipt) -> Confirmation:
        """Whether it arrived."""


class FileAdapter(Base):
    """An adapter whose receiving system imports files: they are written into the outbox.

    A file counts as taken once it was moved to `imported/` beside it, as refused in `refused/`; with
    `confirm = "written"` it counts as soon as it is written.
    """

    suffix: ClassVar[str] = "csv"
    content_type: ClassVar[str] = "text/csv"
    own: ClassVar[type[Files]] = Files

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.settings = settings(self.own, context.settings, self.name)

    @abstractmethod
    def contents(self, changes: Sequence[Change]) -> Sequence[str]:
        """The text of each file."""

    def previews(self, action: str, changes: Sequence[Change], *, undo: bool) -> Sequence[Preview]:
        """A file for each text, named after the action."""
        stem = f"{name_of(action)}{'-undo' if undo else ''}"
        texts = self.contents(changes)
        names = [f"{stem}-{number}" if len(texts) > 1 else stem for number in range(1, len(texts) + 1)]
        return [
            Preview("file", f"{self.name}/{name}.{self.suffix}", text, self.content_type)
            for name, text in zip(names, texts, strict=True)
        ]

    def send(self, plan: Plan, key: str) -> Receipt:
        """Write the files, each whole or not at all."""
        for preview in plan.previews:
            write_whole(self.context.outbox / preview.target, preview.content.encode())
        at = _now()
        sizes = {preview.target: len(preview.content.encode()) for preview in plan.previews}
        for target, size in sizes.items():
            self.journal.log({"at": at, "adapter": self.name, "key": key, "target": target, "result": f"{size} bytes"})
        return self.journal.keep(Receipt(self.name, key, "sent", at, tuple(sizes), {"bytes": sizes}))

    def confirm(self, receipt: Receipt) -> Confirmation:
        """Whether the files were imported, as far as their folder says."""
        found = {target: self._state(target) for target in receipt.references}
        states = set(found.values())
        if REFUSED in states:
            return Confirmation(False, _now(), {"files": found})
        if states == {IMPORTED}:
            return Confirmation(True, _now(), {"files": found})
        written = self.settings.confirm == "written" and "missing" not in states
        return Confirmation(True if written else None, _now(), {"files": found})

    def _state(self, target: str) -> str:
        path = self.context.outbox / target
        for state in (REFUSED, IMPORTED):
            if (path.parent / state / path.name).exists():
                return state
        return "waiting" if path.exists() else "missing"


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
