"""Acting on what the hunt found: decide, carry out, undo, measure. `Shop.act` for people, agents, pages and commands.

act = shop.act.as_("ann")
for item in act.list(state="open"):
    print(item.id, item.title, item.value)
act.approve(item.id)
act.execute(item.id, dry_run=True).changes
act.execute(item.id)
"""

from __future__ import annotations

import datetime as dt
import getpass
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from profithunt.errors import ConfigError, NotFound, UsageError

if TYPE_CHECKING:
    import sqlalchemy as sa

    from profithunt.actions.adapters.journal import DeadLetter
    from profithunt.actions.adapters.protocol import Plan
    from profithunt.actions.desk import Known, Rules
    from profithunt.actions.measurement import Design, Reading
    from profithunt.actions.policies import Actor, Limits
    from profithunt.actions.reading import Detail, Execution, Item, Outcomes, Queue, Totals
    from profithunt.actions.store import Store
    from profithunt.actions.store.audit import Entry
    from profithunt.actions.store.people import Token, User
    from profithunt.actions.store.queue import Taken
    from profithunt.api.shop import Shop

Json = Any
PAGE: Final = 1000


@dataclass(frozen=True)
class Decision:
    """What a decision did: the item as it is now, and what it still lacks before it may be executed."""

    item: Item
    missing: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """The item, with `missing`."""
        return {**self.item.to_json(), "missing": list(self.missing)}


class Act:
    """The queue of one shop, worked on by one person or agent. Nobody acts unnamed: `as_` says who, `by` for one call.

    The default is who is logged in; the first one who ever acts owns the shop's queue and adds the others.
    """

    def __init__(
        self,
        shop: Shop,
        user: str | None = None,
        *,
        scopes: Sequence[str] | None = None,
        opened: list[Any] | None = None,
    ) -> None:
        self.shop = shop
        self.user = user
        self._scopes = scopes
        self._opened: list[Any] = [] if opened is None else opened

    def as_(self, user: str, *, scopes: Sequence[str] | None = None) -> Act:
        """The same queue, worked on by somebody else; with `scopes`, no more than a token allows."""
        return Act(self.shop, user, scopes=scopes, opened=self._opened)

    def close(self) -> None:
        """Let go of the store."""
        while self._opened:
            self._opened.pop().close()

    # Reading

    def list(
        self,
        *,
        state: str | Sequence[str] | None = None,
        owner: str | None = None,
        assignee: str | None = None,
        level: str | None = None,
        detector: str | None = None,
        q: str | None = None,
        limit: int | None = None,
        offset: int = 0,
        by: str | None = None,
    ) -> Queue:
        """The queue, most money first. `state` may be several, or "open"; `owner` is a team; `q` words to look for."""
        from profithunt.actions import reading

        with self._look(by) as connection:
            return reading.listed(
                connection, state=state, owner=owner, assignee=assignee, level=level, q=q, detector=detector,
                limit=limit, offset=offset,
            )  # fmt: skip

    def show(self, id: str, *, by: str | None = None) -> Detail:  # noqa: A002 - the word of the trade
        """One opportunity with all that happened to it. Raises NotFound."""
        from profithunt.actions import reading

        with self._look(by) as connection:
            return reading.detail(connection, self._rules(connection), id)

    def totals(self, *, by: str | None = None) -> Totals:
        """The queue in figures."""
        from profithunt.actions import reading

        with self._look(by) as connection:
            return reading.totals(connection)

    def activity(
        self,
        *,
        since: dt.datetime | dt.date | None = None,
        subject: str | None = None,
        actor: str | None = None,
        limit: int | None = PAGE,
        by: str | None = None,
    ) -> Sequence[Entry]:
        """The audit: who did what, oldest first; of more than `limit`, the latest."""
        from profithunt.actions.store import audit

        with self._look(by) as connection:
            return audit.read(connection, since=self._moment(since), subject=subject, by=actor, limit=limit)

    def verify(self, *, by: str | None = None) -> int:
        """Walk the audit's chain and give how many entries it has. Raises DataError where it was tampered with."""
        from profithunt.actions.store import audit

        with self._look(by) as connection:
            return audit.verify(connection)

    def outcomes(self, *, by: str | None = None) -> Outcomes:
        """What actions brought, beside what was predicted, and the record of each detector, team, person and agent."""
        from profithunt.actions import reading

        with self._look(by) as connection:
            return reading.all_outcomes(connection)

    def execution(self, action: str, *, by: str | None = None) -> Execution:
        """One execution by its id. Raises NotFound."""
        from profithunt.actions import execution, reading

        with self._look(by) as connection:
            return reading.execution(execution.row_of(connection, action))

    # Decisions

    def triage(self, id: str, *, by: str | None = None) -> Decision:  # noqa: A002
        """Take it up: it is worth a decision."""
        from profithunt.actions import desk

        with self._write(by) as (connection, rules, actor):
            desk.triage(connection, rules, actor, id)
            return self._decision(connection, id)

    def approve(self, id: str, *, by: str | None = None) -> Decision:  # noqa: A002
        """Decide for it. Raises Forbidden, and Stopped for a limit, a conflict or a price below its floor."""
        from profithunt.actions import desk

        known = self._known(id, by)
        with self._write(by) as (connection, rules, actor):
            desk.approve(connection, rules, actor, id, known)
            return self._decision(connection, id)

    def reject(self, id: str, reason: str, *, by: str | None = None) -> Decision:  # noqa: A002
        """Decide against it, with the reason."""
        from profithunt.actions import desk

        with self._write(by) as (connection, rules, actor):
            desk.reject(connection, rules, actor, id, reason)
            return self._decision(connection, id)

    def withdraw(self, id: str, reason: str, *, by: str | None = None) -> Decision:  # noqa: A002
        """Take an approval back before anything was done."""
        from profithunt.actions import desk

        with self._write(by) as (connection, rules, actor):
            desk.withdraw(connection, rules, actor, id, reason)
            return self._decision(connection, id)

    def snooze(self, id: str, until: dt.datetime | dt.date, *, by: str | None = None) -> Decision:  # noqa: A002
        """Put it off until a moment, or until a day begins in the shop's time zone."""
        from profithunt.actions import desk

        moment = self._moment(until)
        if moment is None:
            raise UsageError("until when it is snoozed is not said")
        with self._write(by) as (connection, rules, actor):
            desk.snooze(connection, rules, actor, id, moment)
            return self._decision(connection, id)

    def wake(self, id: str, *, by: str | None = None) -> Decision:  # noqa: A002
        """Take up again at once what was snoozed."""
        from profithunt.actions import desk

        with self._write(by) as (connection, rules, actor):
            desk.wake(connection, rules, actor, id)
            return self._decision(connection, id)

    def reopen(self, id: str, *, by: str | None = None) -> Decision:  # noqa: A002
        """Decide anew on what was rejected or is over."""
        from profithunt.actions import desk

        with self._write(by) as (connection, rules, actor):
            desk.reopen(connection, rules, actor, id)
            return self._decision(connection, id)

    def assign(self, id: str, to: str | None, *, by: str | None = None) -> Decision:  # noqa: A002
        """Give it to somebody; None: to nobody."""
        from profithunt.actions import desk

        with self._write(by) as (connection, rules, actor):
            desk.assign(connection, rules, actor, id, to)
            return self._decision(connection, id)

    def comment(self, id: str, text: str, *, by: str | None = None) -> Decision:  # noqa: A002
        """Say something about it."""
        from profithunt.actions import desk

        with self._write(by) as (connection, rules, actor):
            desk.comment(connection, rules, actor, id, text)
            return self._decision(connection, id)

    def set_params(self, id: str, params: Mapping[str, Json], *, by: str | None = None) -> Decision:  # noqa: A002
        """Say how it is to be carried out: price, bid, customers …; None takes one away."""
        from profithunt.actions import desk

        with self._write(by) as (connection, rules, actor):
            desk.set_params(connection, rules, actor, id, params)
            return self._decision(connection, id)

    def attach(self, id: str, document: str, *, by: str | None = None) -> Decision:  # noqa: A002
        """Rest it on a document."""
        from profithunt.actions import desk

        with self._write(by) as (connection, rules, actor):
            desk.attach(connection, rules, actor, id, document)
            desk.finish_approval(connection, rules, actor, id)
            return self._decision(connection, id)

    def propose(
        self,
        *,
        action: str,
        level: str,
        entity: Mapping[str, str],
        value: Decimal | float = 0,
        reason: str = "",
        params: Mapping[str, Json] | None = None,
        owner: str = "proposed",
        reversible: bool = True,
        window_days: int = 28,
        by: str | None = None,
    ) -> Decision:
        """Put something into the queue that no detector found; it goes the same way as what was found."""
        from profithunt.api.proposing import put_forward

        with self._write(by) as (connection, rules, actor):
            found = put_forward(
                connection, rules, actor, action=action, level=level, entity=entity, value=value, reason=reason,
                params=params or {}, owner=owner, reversible=reversible, window_days=window_days,
            )  # fmt: skip
            return self._decision(connection, found)

    # Carrying out

    def execute(
        self,
        id: str,  # noqa: A002
        *,
        dry_run: bool = False,
        digest: str | None = None,
        by: str | None = None,
    ) -> Plan | Execution:
        """Carry it out, once; with `dry_run` the exact difference, and nothing is sent.

        What can be undone is approved on the way, inside the actor's limits. `digest` is a dry run's: anything else is
        not sent. A second call for the same decision gives the same execution. Raises Forbidden, Stopped.
        """
        from profithunt.api import executing

        self._sync_if_due()
        actor = self._actor(by)
        if dry_run:
            return executing.plan(self, actor, id)
        return executing.carry_out(self, actor, id, digest)

    def size(self, id: str, *, by: str | None = None) -> Design | None:  # noqa: A002
        """What measuring it can show, before it is launched: units that it takes, smallest effect that it would see.

        None where nobody is held out: it acts on no list of customers.
        """
        from profithunt.api import executing

        return executing.size(self, self._actor(by), id)

    def confirm(self, id: str, *, by: str | None = None) -> Decision:  # noqa: A002
        """Say that it arrived (a file was imported, a task is done); with nothing to say, ask the other side."""
        from profithunt.api import executing

        executing.confirm(self, self._actor(by), id)
        with self._look(by) as connection:
            return self._decision(connection, id)

    def undo(self, id: str, reason: str = "", *, by: str | None = None) -> Execution:  # noqa: A002
        """Put the former values back, once."""
        from profithunt.api import executing

        return executing.take_back(self, self._actor(by), id, reason)

    def measure(self, id: str, *, by: str | None = None, **said: Json) -> Outcomes:  # noqa: A002
        """Measure what an executed action brought, or say it: `realised`, `low`, `high`, `method`."""
        from profithunt.api import executing

        executing.measure(self, self._actor(by), id, said)
        return self.outcomes(by=by)

    def look(self, id: str, *, by: str | None = None) -> Reading:  # noqa: A002
        """What the data of the current run says so far of an action that was executed."""
        from profithunt.api import executing

        with self._look(by):
            return executing.look(self, id)

    def letters(self, *, by: str | None = None) -> Sequence[DeadLetter]:
        """What could not be delivered, oldest first: the dead-letter list."""
        from profithunt.api import deliveries

        return deliveries.letters(self, self._actor(by))

    def send_again(self, key: str, *, by: str | None = None) -> DeadLetter:
        """Let something on the dead-letter list be sent again: execute its action anew after this."""
        from profithunt.api import deliveries

        return deliveries.send_again(self, self._actor(by), key)

    @contextmanager
    def working(self) -> Iterator[None]:
        """Be ready to carry out as long as the block lasts, and take over what dead processes left: for servers."""
        from profithunt.api import executing

        with executing.ready(self):
            yield

    def recover(self) -> int:
        """Go on with what processes that died left half done; gives how many."""
        from profithunt.api import executing

        return executing.recover(self)

    # People

    def users(self, *, by: str | None = None) -> Sequence[User]:
        """Everyone there is, with role and limits."""
        from profithunt.actions.store import people

        with self._look(by) as connection:
            return people.listed(connection, self.shop.config.autonomy)

    def limits_of(self, role: str, *, by: str | None = None) -> Limits:
        """The limits of a role. Raises NotFound."""
        from profithunt.actions.store import people

        with self._look(by) as connection:
            there = people.known_roles(connection, self.shop.config.autonomy)
        if role not in there:
            raise NotFound(f"there is no role {role!r}", expected=f"one of {', '.join(there)}")
        return there[role][1]

    def whoami(self, *, by: str | None = None) -> Actor:
        """Who acts, what they may do and within which limits."""
        return self._actor(by)

    def set_user(
        self,
        name: str,
        *,
        role: str,
        agent: bool = False,
        email: str | None = None,
        active: bool = True,
        limits: Limits | None = None,
        level: str | None = None,
        levels: Mapping[str, str] | None = None,
        by: str | None = None,
    ) -> User:
        """Add or change a person or an agent: role, limits of their own, an agent's autonomy by action type."""
        from profithunt.actions.store import people

        with self._write(by) as (connection, rules, actor):
            people.put(
                connection, rules.settings, actor, name, role=role, kind="agent" if agent else "person", email=email,
                active=active, own_limits=limits, level=level, levels=levels, at=rules.at,
            )  # fmt: skip
            return next(user for user in people.listed(connection, rules.settings) if user.name == name)

    def issue_token(
        self,
        *,
        user: str | None = None,
        label: str = "",
        scopes: Sequence[str] = ("see",),
        days: int | None = 90,
        by: str | None = None,
    ) -> Token:
        """A token of the HTTP interface for somebody; its secret is shown this once."""
        from profithunt.actions.store import people

        with self._write(by) as (connection, rules, actor):
            owner = actor if user is None else people.actor(connection, rules.settings, user)
            over = None if days is None else rules.at + dt.timedelta(days=days)
            return people.issue(
                connection, actor, owner=owner, label=label, scopes=scopes, expires_at=over, at=rules.at
            )

    def revoke_token(self, token: str, *, by: str | None = None) -> None:
        """End a token at once."""
        from profithunt.actions.store import people

        with self._write(by) as (connection, rules, actor):
            people.revoke(connection, actor, token, rules.at)

    def tokens(self, *, by: str | None = None) -> Sequence[Token]:
        """One's own tokens; all for who may manage."""
        from profithunt.actions.store import people

        actor = self._actor(by)
        with self._look(by) as connection:
            return people.tokens_of(connection, None if "manage" in actor.may else actor.name)

    def of_token(self, secret: str) -> Act | None:
        """The queue as the owner of a token works on it, with no more than its scopes; None where it is no token."""
        store = self.store
        from profithunt.actions.store import people

        with store.reading() as connection:
            token = people.bearer(connection, secret, _now())
        return None if token is None else self.as_(token.owner, scopes=token.scopes)

    # The store

    @property
    def store(self) -> Store:
        """The operational store, open."""
        if not self._opened:
            from profithunt.actions.store import Store, url_of

            config = self.shop.config
            self._opened.append(Store.open(url_of(self.shop.path.parent.absolute(), config.store.url)))
        store: Store = self._opened[0]
        return store

    def sync(self) -> Taken | None:
        """Bring the queue to the current run; None where it is there already, or no run has finished."""
        store = self.store
        from profithunt.api.queueing import take_over_current

        return take_over_current(self.shop, store, _now())

    def _sync_if_due(self) -> None:
        self.sync()

    @contextmanager
    def _look(self, by: str | None) -> Iterator[sa.Connection]:
        self._actor(by).must("see")
        self._sync_if_due()
        with self.store.reading() as connection:
            yield connection

    @contextmanager
    def _write(self, by: str | None) -> Iterator[tuple[sa.Connection, Rules, Actor]]:
        actor = self._actor(by)
        self._sync_if_due()
        with self.store.writing() as connection:
            yield connection, self._rules(connection), actor

    def _actor(self, by: str | None) -> Actor:
        store = self.store
        from profithunt.actions.store import people

        name = by or self.user or getpass.getuser()
        settings = self.shop.config.autonomy
        if by is None and self.user is None:
            with store.reading() as connection:
                nobody = not people.listed(connection, settings)
            if nobody:
                with store.writing() as connection:
                    people.first(connection, name, _now())
        with store.reading() as connection:
            found = people.actor(connection, settings, name)
        return found if self._scopes is None else found.scoped(self._scopes)

    def _rules(self, connection: sa.Connection) -> Rules:
        from profithunt.api.queueing import rules_of

        return rules_of(connection, self.shop.config, _now())

    def _decision(self, connection: sa.Connection, id: str) -> Decision:  # noqa: A002
        from profithunt.actions import desk, reading
        from profithunt.actions.store import queue

        row = queue.row_of(connection, id)
        missing = tuple(desk.missing(connection, row)) if row.state == "triaged" else ()
        return Decision(reading.item(row), missing)

    def _known(self, id: str, by: str | None) -> Known:  # noqa: A002
        from profithunt.actions.store import queue
        from profithunt.api.queueing import known_of

        with self._look(by) as connection:
            row = queue.row_of(connection, id)
        return known_of(self.shop, row)

    def _moment(self, given: dt.datetime | dt.date | None) -> dt.datetime | None:
        from zoneinfo import ZoneInfo

        zone = ZoneInfo(self.shop.config.shop.timezone)
        if given is None:
            return None
        if isinstance(given, dt.datetime):
            return given if given.tzinfo is not None else given.replace(tzinfo=zone)
        return dt.datetime.combine(given, dt.time(), tzinfo=zone)


def installed() -> None:
    """Raise ConfigError where what acting needs is not installed."""
    missing = [name for name in ("sqlalchemy", "alembic", "dbos") if find_spec(name) is None]
    if missing:
        raise ConfigError(
            f"acting needs {', '.join(missing)}, which is not installed", do="pip install 'profithunt[act]'"
        )


def _now() -> dt.datetime:
    return dt.datetime.now(tz=dt.UTC)
