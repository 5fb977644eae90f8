"""Listening to customers: `Shop.listening`.

heard = shop.listening.report(by="reason")
shop.listening.label("K-1042", "delivery_late")
session = shop.listening.session(size=8)
shop.listening.listened(session.id, who="ann", minutes=60)
shop.listening.change(session.id, "Tell customers of a delay before they ask", assignee="ben")
"""

from __future__ import annotations

import datetime as dt
import getpass
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from profithunt.api import hearing, listening_sessions as sessions
from profithunt.api.hearing import Heard, Label
from profithunt.api.listening_sessions import Hours, Listened, Note, Promised, Session
from profithunt.errors import UsageError
from profithunt.ledger.build import as_of
from profithunt.proposition.listening import DIMENSIONS, Reason, taxonomy_of

if TYPE_CHECKING:
    from profithunt.api.shop import Shop

Json = Any
ACTION: Final = "change_what_customers_told"


class Listening:
    """What customers say, and leaders who listen; worked on by one person (`as_`), by default who is logged in."""

    def __init__(self, shop: Shop, user: str | None = None) -> None:
        self._shop = shop
        self._user = user

    def as_(self, user: str) -> Listening:
        """The same, by somebody else."""
        return Listening(self._shop, user)

    @property
    def dimensions(self) -> tuple[str, ...]:
        """What `report` can be cut by."""
        return tuple(DIMENSIONS)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The taxonomy: the shop's own where shop.toml names one. Raises ConfigError."""
        return taxonomy_of(self._shop.config)

    def report(
        self, by: str = "reason", start: dt.date | None = None, end: dt.date | None = None, examples: int = 3
    ) -> Heard:
        """What was heard, by reason, SKU, lane …: how much, its cost, its trend, new themes, `examples` of voices.

        Between two days, both included; default: the last 91. Needs the extra `listening`. Raises ConfigError where it
        is missing, NotFound for a dimension that isn't there.
        """
        shop = self._shop
        return hearing.hear(shop.engine, shop.config, shop.current.run_id, by, start, end, examples)

    def label(self, id: str, reason: str, *, kind: str | None = None) -> Label:  # noqa: A002 - the word of the trade
        """Say what a contact (or review, return) was really about; the next report has learnt from it."""
        shop = self._shop
        return hearing.label(shop.engine, shop.config, shop.current.run_id, id, reason, self._who(), kind)

    def labels(self) -> list[Label]:
        """The corrections that were made so far."""
        return hearing.read_labels(self._shop.config.folder)

    # Sessions

    def session(
        self, size: int = 8, *, worst: int | None = None, seed: int | None = None, end: dt.date | None = None
    ) -> Session:
        """Draw a listening session from the week that ends on a day (default: the last): half of it the worst journeys.

        The rest is a fair random sample; the same `seed` draws the same. Raises DataError where nothing was heard.
        """
        shop = self._shop
        last = end or as_of(shop.engine, shop.config)
        days = (last - dt.timedelta(days=sessions.WEEK - 1), last)
        hearing.prepare(shop.engine, shop.config, shop.current.run_id)
        chosen = size // 2 if worst is None else worst
        made = sessions.draw(shop.engine, shop.current.run_id, size, chosen, days, seed)
        sessions.save(shop.config.folder, made)
        return sessions.told(shop.engine, shop.config, made)

    def sessions(self) -> list[Session]:
        """All sessions, oldest first, without their journeys."""
        return sessions.kept(self._shop.config.folder)

    def show(self, id: str) -> Session:  # noqa: A002
        """A session with its journeys, as the current run tells them. Raises NotFound."""
        shop = self._shop
        found = sessions.read(shop.config.folder, id)
        hearing.prepare(shop.engine, shop.config, shop.current.run_id)
        return sessions.told(shop.engine, shop.config, found)

    def note(self, id: str, text: str, *, journey: int | None = None) -> Session:  # noqa: A002
        """Note something, about one of the journeys (by number) or about all; personal data in it is masked."""
        found = sessions.read(self._shop.config.folder, id)
        if journey is not None and not 1 <= journey <= len(found.picks):
            raise UsageError(f"there is no journey {journey}", expected=f"1 to {len(found.picks)}")
        words = sessions.without_personal_data(self._shop.engine, text)
        made = Note(words, self._who(), _now(), journey)
        return sessions.save(self._shop.config.folder, replace(found, notes=(*found.notes, made)))

    def listened(self, id: str, minutes: float, *, who: str | None = None, on: dt.date | None = None) -> Session:  # noqa: A002
        """Say who listened, and for how many minutes; of the same person and day the last word counts."""
        if not 0 < minutes <= 24 * 60:
            raise UsageError(f"{minutes} minutes can't be", expected="more than 0, a day at most")
        found = sessions.read(self._shop.config.folder, id)
        day = (on or dt.datetime.now(tz=dt.UTC).date()).isoformat()
        made = Listened(who or self._who(), day, float(minutes))
        others = tuple(one for one in found.listened if (one.who, one.on) != (made.who, made.on))
        return sessions.save(self._shop.config.folder, replace(found, listened=(*others, made)))

    def change(
        self,
        id: str,  # noqa: A002
        what: str,
        *,
        assignee: str | None = None,
        owner: str = "service",
        value: Decimal | float = 0,
    ) -> Session:
        """Turn "what we will change" into an opportunity of the queue, assigned to somebody (needs the extra `act`)."""
        shop = self._shop
        found = sessions.read(shop.config.folder, id)
        words = sessions.without_personal_data(shop.engine, what)
        act = shop.act.as_(self._who()) if self._user is not None else shop.act
        if assignee is not None and assignee not in {user.name for user in act.users()}:
            do = f"add them with: profithunt act user {assignee} --role ROLE"
            raise UsageError(f"nobody is called {assignee!r}", do=do)
        entity = {"listening_session": found.id, "change": str(len(found.changes) + 1)}
        decision = act.propose(
            action=ACTION, level="policy", entity=entity, value=value, reason=words, owner=owner, reversible=True
        )
        if assignee is not None:
            act.assign(decision.item.id, assignee)
        made = Promised(words, decision.item.id, assignee, self._who(), _now())
        return sessions.save(shop.config.folder, replace(found, changes=(*found.changes, made)))

    def hours(self, year: int | None = None) -> tuple[Hours, ...]:
        """How long each leader listened in a year (default: this one), against the aim of shop.toml; least first."""
        chosen = year or dt.datetime.now(tz=dt.UTC).year
        return sessions.hours(self._shop.config, self.sessions(), chosen)

    def _who(self) -> str:
        return self._user or getpass.getuser()


def _now() -> str:
    return dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds")
