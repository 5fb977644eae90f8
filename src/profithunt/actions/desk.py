"""Decisions on opportunities: triage, approve, reject, snooze, assign, comment. Each is one transaction, on the record.

Every function takes a connection of `Store.writing()`, in which nobody else writes; what it refuses leaves no trace.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import sqlalchemy as sa

from profithunt.actions import policies
from profithunt.actions.exposure import Exposure, Size, Thing, expose
from profithunt.actions.policies import Actor, Approval, Held
from profithunt.actions.states import Event, State, after
from profithunt.actions.store import audit, people, queue
from profithunt.actions.store.tables import (
    actions,
    assignments,
    comments,
    decisions,
    documents,
    opportunities,
    spent,
    touched,
)
from profithunt.config import AutonomySettings
from profithunt.errors import Forbidden, NotFound, Stopped, UsageError

Json = Any
LONGEST_TEXT: Final = 20_000
BUSY: Final = ("claimed", "sending", "sent", "confirmed", "undoing")
_MEMBERS: Final = 400


@dataclass(frozen=True)
class Rules:
    """What decisions are held against: settings, sizes of the shop, the moment, the shop's day."""

    settings: AutonomySettings
    at: dt.datetime
    today: dt.date
    size: Size = field(default_factory=Size)


@dataclass(frozen=True)
class Known:
    """What the current run knows of an opportunity: what its SKU costs, the customers that it lists."""

    unit_cost: Json = None
    customers: tuple[str, ...] = ()


def params_of(row: Any, known: Known) -> dict[str, Json]:
    """How an opportunity's action is to be carried out: as was said, else on the customers that the run lists."""
    if known.customers and "customers" not in row.params:
        return {**row.params, "customers": list(known.customers)}
    return dict(row.params)


def exposure_of(row: Any, known: Known | None = None) -> Exposure:
    """What an opportunity's action puts at stake."""
    return expose(
        row.entity,
        params_of(row, known or Known()),
        value=Decimal(row.value),
        window_days=row.window_days,
        evidence=row.evidence,
    )


def triage(connection: sa.Connection, rules: Rules, actor: Actor, opportunity: str) -> State:
    """Take it up: it is worth a decision."""
    actor.must("triage")
    return queue.move(connection, actor, queue.row_of(connection, opportunity), Event.TRIAGE, rules.at)


def reject(connection: sa.Connection, rules: Rules, actor: Actor, opportunity: str, reason: str) -> State:
    """Decide against it, and say why."""
    actor.must("reject")
    row = queue.row_of(connection, opportunity)
    reason = _text(reason, "reason")
    _not_under_way(connection, row)
    there = queue.move(
        connection, actor, row, Event.REJECT, rules.at, {"reason": reason}, reason=reason, decided_at=rules.at
    )
    _decide(connection, actor, row, "reject", rules.at, reason)
    return there


def snooze(connection: sa.Connection, rules: Rules, actor: Actor, opportunity: str, until: dt.datetime) -> State:
    """Put it off until a moment; then it is back."""
    actor.must("triage")
    if until <= rules.at:
        raise UsageError(f"it can't be snoozed until {until:%Y-%m-%d %H:%M}, which is over", expected="a later day")
    row = _triaged(connection, rules, actor, queue.row_of(connection, opportunity))
    return queue.move(connection, actor, row, Event.SNOOZE, rules.at, {"until": until.isoformat()}, snoozed_until=until)


def wake(connection: sa.Connection, rules: Rules, actor: Actor, opportunity: str) -> State:
    """Take up again at once what was snoozed."""
    actor.must("triage")
    row = queue.row_of(connection, opportunity)
    return queue.move(connection, actor, row, Event.WAKE, rules.at, snoozed_until=None)


def reopen(connection: sa.Connection, rules: Rules, actor: Actor, opportunity: str) -> State:
    """Decide anew on what was rejected, or is over."""
    actor.must("triage")
    row = queue.row_of(connection, opportunity)
    fresh = {"cycle": row.cycle + 1, "opened_at": rules.at, "decided_at": None, "reason": None}
    return queue.move(connection, actor, row, Event.REOPEN, rules.at, **fresh)


def withdraw(connection: sa.Connection, rules: Rules, actor: Actor, opportunity: str, reason: str) -> State:
    """Take an approval back, before anything was done."""
    actor.must("approve")
    row = queue.row_of(connection, opportunity)
    _not_under_way(connection, row)
    fresh = {"cycle": row.cycle + 1, "decided_at": None}
    return queue.move(connection, actor, row, Event.WITHDRAW, rules.at, {"reason": _text(reason, "reason")}, **fresh)


def assign(connection: sa.Connection, rules: Rules, actor: Actor, opportunity: str, assignee: str | None) -> None:
    """Give it to somebody, or to nobody (None)."""
    actor.must("assign")
    row = queue.row_of(connection, opportunity)
    if assignee is not None:
        people.actor(connection, rules.settings, assignee)
    changed = {"assignee": assignee, "version": row.version + 1}
    connection.execute(sa.update(opportunities).where(opportunities.c.id == row.id).values(**changed))
    entry = {"opportunity": row.id, "assignee": assignee, "by": actor.name, "at": rules.at}
    connection.execute(sa.insert(assignments).values(**entry))
    data = {"from": row.assignee, "to": assignee}
    audit.append(connection, actor, [audit.Act("assign", "opportunity", row.id, data)], rules.at)


def comment(connection: sa.Connection, rules: Rules, actor: Actor, opportunity: str, text: str) -> None:
    """Say something about it."""
    actor.must("comment")
    row = queue.row_of(connection, opportunity)
    entry = {"about": "opportunity", "subject": row.id, "by": actor.name, "at": rules.at, "text": _text(text, "text")}
    connection.execute(sa.insert(comments).values(**entry))
    audit.append(connection, actor, [audit.Act("comment", "opportunity", row.id, {"text": text})], rules.at)


def set_params(
    connection: sa.Connection, rules: Rules, actor: Actor, opportunity: str, params: Mapping[str, Json]
) -> None:
    """Say how it is to be carried out: a price, a bid, a list; only before it is decided upon."""
    actor.must("propose")
    row = queue.row_of(connection, opportunity)
    if row.state not in {State.DETECTED, State.TRIAGED}:
        raise Stopped(f"it is {row.state}: what was decided is not changed", where=f"opportunity {row.id}")
    if connection.execute(_approvals_of(row)).first() is not None:
        raise Stopped("somebody has approved it as it is", where=f"opportunity {row.id}", do="withdraw first")
    merged = {key: value for key, value in {**row.params, **params}.items() if value is not None}
    changed = {"params": merged, "version": row.version + 1}
    connection.execute(sa.update(opportunities).where(opportunities.c.id == row.id).values(**changed))
    audit.append(connection, actor, [audit.Act("params", "opportunity", row.id, {"params": merged})], rules.at)


def attach(connection: sa.Connection, rules: Rules, actor: Actor, opportunity: str, document: str) -> None:
    """Say which document an initiative rests on."""
    actor.must("document")
    row = queue.row_of(connection, opportunity)
    if connection.execute(sa.select(documents.c.id).where(documents.c.id == document)).scalar() is None:
        raise NotFound(f"there is no document {document!r}")
    changed = {"document": document, "version": row.version + 1}
    connection.execute(sa.update(opportunities).where(opportunities.c.id == row.id).values(**changed))
    audit.append(connection, actor, [audit.Act("attach", "opportunity", row.id, {"document": document})], rules.at)


def approve(
    connection: sa.Connection, rules: Rules, actor: Actor, opportunity: str, known: Known | None = None
) -> list[str]:
    """Decide for it; gives what is still missing before it may be executed, in words (nothing: it is approved).

    Raises Forbidden for who may not, Stopped for a limit, a conflict or a price below its floor.
    """
    actor.must("approve")
    row = queue.row_of(connection, opportunity)
    policies.by_itself(actor, row.action, "approve")
    if actor.is_agent and not row.reversible:
        raise Forbidden(f"agent {actor.name} may not approve what can't be undone", do="two people approve it")
    row = _triaged(connection, rules, actor, row)
    if row.state != State.TRIAGED:
        after(row.state, Event.APPROVE, subject=row.id)
    known = known or Known()
    exposure = exposure_of(row, known)
    too_much = over_limits(connection, rules, actor, exposure)
    if row.reversible and too_much:
        raise Stopped(
            f"above the limits of {actor.name}: {'; '.join(too_much)}",
            where=f"opportunity {row.id}",
            do=_who_could(connection, rules, exposure),
        )
    stop_for(connection, rules, row, exposure, known)
    if connection.execute(_approvals_of(row).where(decisions.c.by == actor.name)).first() is not None:
        if finish_approval(connection, rules, actor, row.id):
            return []
        raise Stopped(
            f"{actor.name} has approved it already",
            where=f"opportunity {row.id}",
            do=f"it needs {' and '.join(missing(connection, row))}",
        )
    said = {**exposure.to_json(), "within": not too_much}
    _decide(connection, actor, row, "approve", rules.at, None, said)
    lacking = missing(connection, row)
    if lacking:
        audit.append(connection, actor, [audit.Act("second", "opportunity", row.id, {"missing": lacking})], rules.at)
        return lacking
    queue.move(connection, actor, row, Event.APPROVE, rules.at, exposure.to_json(), decided_at=rules.at)
    return []


def finish_approval(connection: sa.Connection, rules: Rules, actor: Actor, opportunity: str) -> bool:
    """Approve what two people approved before its document was decided upon; False while something is missing."""
    row = queue.row_of(connection, opportunity)
    if row.state != State.TRIAGED or missing(connection, row):
        return False
    queue.move(connection, actor, row, Event.APPROVE, rules.at, exposure_of(row).to_json(), decided_at=rules.at)
    return True


def missing(connection: sa.Connection, row: Any) -> list[str]:
    """What an opportunity lacks before it may be executed, in words."""
    approvals = [
        Approval(item.by, item.kind, bool((item.exposure or {}).get("within", True)))
        for item in connection.execute(_approvals_of(row))
    ]
    return policies.lacking(reversible=row.reversible, approvals=approvals, document=document_state(connection, row))


def document_state(connection: sa.Connection, row: Any) -> str | None:
    """State of the document that an opportunity rests on, or None without one."""
    query = sa.select(documents.c.state)
    if row.document is not None:
        return connection.execute(query.where(documents.c.id == row.document)).scalar()
    latest = query.where(documents.c.subject == row.id).order_by(documents.c.created_at.desc())
    return connection.execute(latest.limit(1)).scalar()


def stop_for(connection: sa.Connection, rules: Rules, row: Any, exposure: Exposure, known: Known) -> None:
    """Raise Stopped where another action, the margin floor or the last run stands in its way."""
    reasons = policies.conflicts(exposure.things, row.params, held(connection, rules.at, exposure.things, row.id))
    reasons += policies.below_floor(row.params, known.unit_cost, rules.settings.margin_floor)
    if row.origin == "hunt" and not row.found:
        reasons.append("the last run does not find it any more")
    if reasons:
        raise Stopped("; ".join(reasons), where=f"opportunity {row.id}", do="wait, undo the other one, or change this")


def over_limits(connection: sa.Connection, rules: Rules, actor: Actor, exposure: Exposure) -> list[str]:
    """The limits that an action would break for somebody today."""
    return policies.over(actor.limits, exposure, used(connection, actor.name, rules.today), rules.size)


def used(connection: sa.Connection, holder: str, day: dt.date) -> Exposure:
    """What somebody set in motion on a day."""
    table = spent.c
    sums = sa.select(
        sa.func.sum(table.money), sa.func.sum(table.skus), sa.func.sum(table.customers), sa.func.sum(table.spend)
    ).where(table.holder == holder, table.day == day)
    money, skus, customers, spend = connection.execute(sums).one()
    return Exposure(money or Decimal(0), int(skus or 0), int(customers or 0), spend or Decimal(0))


def held(connection: sa.Connection, at: dt.datetime, things: Sequence[Thing], but: str) -> list[Held]:
    """Which of some things other opportunities' actions hold at a moment."""
    by_kind: dict[str, list[str]] = {}
    for thing in things:
        by_kind.setdefault(thing.kind, []).append(thing.member)
    found = []
    for kind, members in by_kind.items():
        for start in range(0, len(members), _MEMBERS):
            query = (
                sa.select(touched, actions.c.kind)
                .join(actions, actions.c.id == touched.c.action)
                .where(
                    touched.c.thing == kind,
                    touched.c.member.in_(members[start : start + _MEMBERS]),
                    touched.c.until > at,
                    actions.c.state.in_(BUSY),
                    actions.c.opportunity != but,
                )
            )
            found += [
                Held(Thing(row.thing, row.member), row.action, row.kind, row.until, row.price, row.scope)
                for row in connection.execute(query)
            ]
    return found


def _who_could(connection: sa.Connection, rules: Rules, exposure: Exposure) -> str:
    able = [
        name
        for name, (may, limits) in people.known_roles(connection, rules.settings).items()
        if "approve" in may and not policies.over(limits, exposure, Exposure(), rules.size)
    ]
    return f"someone with the role {' or '.join(able)} may approve it" if able else "no role may; raise a limit"


def _approvals_of(row: Any) -> sa.Select[Any]:
    return sa.select(decisions).where(
        decisions.c.opportunity == row.id, decisions.c.cycle == row.cycle, decisions.c.verdict == "approve"
    )


def _triaged(connection: sa.Connection, rules: Rules, actor: Actor, row: Any) -> Any:
    """The row after triage, if nobody has taken it up so far."""
    if row.state != State.DETECTED:
        return row
    queue.move(connection, actor, row, Event.TRIAGE, rules.at)
    return queue.row_of(connection, row.id)


def _not_under_way(connection: sa.Connection, row: Any) -> None:
    busy = sa.select(actions.c.id).where(
        actions.c.opportunity == row.id, actions.c.state.in_(("claimed", "sending", "undoing"))
    )
    found = connection.execute(busy).scalar()
    if found is not None:
        raise Stopped(f"action {found} is being carried out", where=f"opportunity {row.id}", do="undo it afterwards")


def _decide(
    connection: sa.Connection,
    actor: Actor,
    row: Any,
    verdict: str,
    at: dt.datetime,
    reason: str | None,
    exposure: Mapping[str, Json] | None = None,
) -> None:
    connection.execute(
        sa.insert(decisions).values(
            opportunity=row.id,
            cycle=row.cycle,
            verdict=verdict,
            by=actor.name,
            kind=actor.kind,
            at=at,
            reason=reason,
            exposure=None if exposure is None else dict(exposure),
        )
    )


def _text(text: str, what: str) -> str:
    said = text.strip()
    if not said or "\x00" in said:
        raise UsageError(f"the {what} is empty", do=f"say the {what} in a few words")
    if len(said) > LONGEST_TEXT:
        raise UsageError(f"the {what} is too long", expected=f"at most {LONGEST_TEXT} characters")
    return said
