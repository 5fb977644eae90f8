"""One change of a setting: read, checked, made, audited, undone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from profithunt.api.changing import kinds
from profithunt.api.changing.fields import Form
from profithunt.errors import NotFound, ProfithuntError, Stopped

if TYPE_CHECKING:
    from profithunt.actions.policies import Actor
    from profithunt.actions.store.audit import Entry
    from profithunt.api.shop import Shop

Json = Any
ABOUT: Final = kinds.KINDS
"""What can be changed: limits of a role, limits of a person or agent, autonomy, thresholds, adapters, automation."""
VERB: Final = "set"


@dataclass(frozen=True)
class Kept:
    """What came of a change: its number in the audit, or what is wrong, a sentence by field; then nothing changed."""

    seq: int | None
    mistakes: Mapping[str, str]
    form: Form

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {"seq": self.seq, "mistakes": dict(self.mistakes), **self.form.to_json()}


@dataclass(frozen=True)
class Change:
    """A change that was made: who, when, of what, and the settings before and after (None: as it comes)."""

    seq: int
    at: dt.datetime
    by: str
    about: str
    subject: str
    before: Mapping[str, Json] | None
    after: Mapping[str, Json] | None
    undoes: int | None
    stands: bool
    """Whether it is still so, and can be undone."""

    @property
    def words(self) -> tuple[str, ...]:
        """What is different, a setting each: `min units: 30 → 50`."""
        from profithunt.api.changing.fields import as_text

        before, after = self.before or {}, self.after or {}
        names = [name for name in dict.fromkeys((*before, *after)) if before.get(name) != after.get(name)]
        return tuple(
            f"{name.replace('_', ' ')}: {as_text(before.get(name)) or 'usual'} → {as_text(after.get(name)) or 'usual'}"
            for name in names
        )

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {
            "seq": self.seq,
            "at": self.at.isoformat(),
            "by": self.by,
            "about": self.about,
            "subject": self.subject,
            "before": self.before,
            "after": self.after,
            "undoes": self.undoes,
            "stands": self.stands,
        }


class Changing:
    """The settings of one shop that can be changed while it runs; who changes them must be allowed to manage."""

    def __init__(self, shop: Shop, user: str | None = None) -> None:
        self._shop = shop
        self._user = user

    def as_(self, user: str) -> Changing:
        """The same, changed by somebody else."""
        return Changing(self._shop, user)

    def form(self, about: str, subject: str) -> Form:
        """The settings of one thing. Raises NotFound for what can't be set."""
        return self._kind(about).form(self._shop, subject)

    def change(self, about: str, subject: str, typed: Mapping[str, str]) -> Kept:
        """Set one thing as typed; what is left empty is as it comes. Raises Forbidden, NotFound, ConfigError."""
        self._actor()
        kind = self._kind(about)
        form = kind.form(self._shop, subject)
        read = kind.read(self._shop, subject, typed)
        if read.mistakes:
            return Kept(None, read.mistakes, form.told(typed, read.mistakes))
        after = kind.stored(read)
        subject = kind.named(subject, after)
        before = kind.now(self._shop, subject)
        if before == after:
            return Kept(None, {}, form)
        seq = self._set(kind, subject, before, after, None)
        return Kept(seq, {}, kind.form(self._shop, subject))

    def undo(self, seq: int) -> Change:
        """Put back what was before a change. Raises NotFound, Forbidden, and Stopped where it was changed since."""
        self._actor()
        found = next((one for one in self.history() if one.seq == seq), None)
        if found is None:
            raise NotFound(f"there is no change {seq} of a setting")
        kind = self._kind(found.about)
        if kind.now(self._shop, found.subject) != found.after:
            raise Stopped(
                f"{found.subject} was changed again since", do="undo the later change first, or set it as it should be"
            )
        made = self._set(kind, found.subject, found.after, found.before, seq)
        return next(one for one in self.history() if one.seq == made)

    def history(self, most: int | None = None) -> tuple[Change, ...]:
        """The changes, latest first."""
        from profithunt.actions.store import audit

        self._shop.act.whoami(by=self._user).must("see")
        with self._shop.act.store.reading() as connection:
            entries = audit.read(connection, verb=VERB, limit=most)
        seen: set[tuple[str, str]] = set()
        made = []
        for entry in reversed(entries):
            thing = (entry.about, entry.subject)
            made.append(self._change(entry, latest=thing not in seen))
            seen.add(thing)
        return tuple(made)

    def _change(self, entry: Entry, *, latest: bool) -> Change:
        data = entry.data
        stands = False
        if latest and entry.about in ABOUT and data.get("before") != data.get("after"):
            try:
                stands = self._kind(entry.about).now(self._shop, entry.subject) == data.get("after")
            except ProfithuntError:
                stands = False
        return Change(
            seq=entry.seq,
            at=entry.at,
            by=entry.by,
            about=entry.about,
            subject=entry.subject,
            before=data.get("before"),
            after=data.get("after"),
            undoes=data.get("undoes"),
            stands=stands,
        )

    def _set(self, kind: kinds.Kind, subject: str, before: Json, after: Json, undoes: int | None) -> int:
        from profithunt.actions.store import audit

        at = dt.datetime.now(tz=dt.UTC)
        actor = self._actor()
        data = {"before": before, "after": after, **({} if undoes is None else {"undoes": undoes})}
        with self._shop.act.store.writing() as connection:
            kind.put(self._shop, connection, actor, subject, after, at)
            return audit.append(connection, actor, [audit.Act(VERB, kind.about, subject, data)], at)

    def _actor(self) -> Actor:
        actor = self._shop.act.whoami(by=self._user)
        actor.must("manage")
        return actor

    def _kind(self, about: str) -> kinds.Kind:
        found = ABOUT.get(about)
        if found is None:
            raise NotFound(f"nothing called {about!r} can be set here", expected=f"one of {', '.join(ABOUT)}")
        return found
