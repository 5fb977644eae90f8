"""Carrying an action out, step by step. Each step can be taken again: what was done is seen and not done twice.

    claim    the approved opportunity gets one action: limits are charged, its SKUs, customers, keywords are held
    prepare  the holdout is drawn and the plan made and stored: what is sent is what is stored
    send     the adapter sends the plan under the action's id as key
    settle   the adapter says whether it arrived; then it is measured

A process may die after any of them. Who goes on sends the same plan under the same key, which the receiving side takes
once (files are written in place of themselves; requests carry the key).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from profithunt.actions import desk, policies
from profithunt.actions.adapters.protocol import Action, Adapter, Confirmation, Plan, Receipt
from profithunt.actions.desk import Known, Rules
from profithunt.actions.exposure import Exposure, amount
from profithunt.actions.measurement import draw
from profithunt.actions.policies import Actor, Autonomy
from profithunt.actions.states import Event, State
from profithunt.actions.store import Store, audit, queue
from profithunt.actions.store.people import actor as someone
from profithunt.actions.store.tables import actions, decisions, spent, touched
from profithunt.errors import ActionError, DeliveryError, NotFound, ProfithuntError, Stopped

Json = Any
UNDO: Final = "-undo"
"""What the key of an undo ends with."""


@dataclass(frozen=True)
class Hands:
    """What carries actions out: the store, which adapter an action type goes to, how one is made and what it needs.

    `adapter` gives the named adapter, ready to plan and send; `plan` is its dry run with the shop's context.
    """

    store: Store
    rules: Callable[[], Rules]
    route: Callable[[Any], str]
    adapter: Callable[[str], Adapter]
    plan: Callable[[Adapter, Action], Plan]
    known: Callable[[Any], Known]


def action_of(row: Any, known: Known, *, action_id: str, adapter: str, currency: str | None = None) -> Action:
    """The action that an opportunity asks for; of several customers a share is held out."""
    params = desk.params_of(row, known)
    holdout: tuple[str, ...] = ()
    if params.get("customers"):
        share = amount(params.get("holdout", "0.1"))
        drawn = draw(action_id, [str(name) for name in params["customers"]], float(share or 0))
        holdout = tuple(drawn.held)
    return Action(
        action_id, row.action, row.level, row.entity, adapter, row.id, row.code, row.assignee or row.team,
        str(row.value), currency, params, holdout,
    )  # fmt: skip


def next_id(connection: sa.Connection, row: Any) -> tuple[str, int]:
    """The id and the number of the next execution of an opportunity."""
    tried = sa.select(sa.func.count()).where(actions.c.opportunity == row.id, actions.c.cycle == row.cycle)
    attempt = int(connection.execute(tried).scalar_one()) + 1
    return f"{row.id}-{row.cycle}-{attempt}", attempt


def dry_run(hands: Hands, actor: Actor, opportunity: str) -> Plan:
    """The exact difference that executing it would make, as it stands. Nothing is sent or stored."""
    actor.must("see")
    with hands.store.reading() as connection:
        row = queue.row_of(connection, opportunity)
        action_id, _ = next_id(connection, row)
    name = hands.route(row)
    return hands.plan(hands.adapter(name), action_of(row, hands.known(row), action_id=action_id, adapter=name))


def claim(hands: Hands, actor: Actor, opportunity: str, digest: str | None = None) -> str:
    """Make the one action of an approved opportunity and give its id; of several who ask at once, all get the same.

    What can be undone and is not decided upon yet is approved on the way, inside the actor's limits. With `digest`,
    the plan must still be the one that was looked at. Raises Forbidden, Stopped.
    """
    actor.must("execute")
    with hands.store.reading() as connection:
        seen = queue.row_of(connection, opportunity)
    policies.by_itself(actor, seen.action, "execute")
    name, known = hands.route(seen), hands.known(seen)
    rules = hands.rules()
    with hands.store.writing() as connection:
        row = queue.row_of(connection, seen.id)
        if row.state in {State.DETECTED, State.TRIAGED} and row.reversible:
            desk.approve(connection, rules, actor, row.id, known)
            row = queue.row_of(connection, row.id)
        if not row.reversible and desk.finish_approval(connection, rules, actor, row.id):
            row = queue.row_of(connection, row.id)
        if (running := _running(connection, row)) is not None:
            return running
        return _claim(connection, hands, rules, actor, row, name, known, digest)


def _running(connection: sa.Connection, row: Any) -> str | None:
    """The action of this opportunity that somebody is carrying out, or that was carried out in this course of it."""
    states = ("claimed", "sending", "sent", "confirmed")
    query = sa.select(actions.c.id).where(
        actions.c.opportunity == row.id, actions.c.cycle == row.cycle, actions.c.state.in_(states)
    )
    return connection.execute(query).scalar()


def _claim(
    connection: sa.Connection,
    hands: Hands,
    rules: Rules,
    actor: Actor,
    row: Any,
    adapter: str,
    known: Known,
    digest: str | None,
) -> str:
    if row.state != State.APPROVED:
        lacking = desk.missing(connection, row)
        raise Stopped(
            f"it is {row.state.replace('_', ' ')}, not approved",
            where=f"opportunity {row.id}",
            do=f"it needs {' and '.join(lacking)}" if lacking else "approve it first",
        )
    lacking = desk.missing(connection, row)
    if lacking:
        raise Stopped(f"it still needs {' and '.join(lacking)}", where=f"opportunity {row.id}")
    exposure = desk.exposure_of(row, known)
    desk.stop_for(connection, rules, row, exposure, known)
    holder = _holder(connection, rules, actor, row, exposure)
    action_id, attempt = next_id(connection, row)
    action = action_of(row, known, action_id=action_id, adapter=adapter)
    if digest is not None and (now := hands.plan(hands.adapter(adapter), action).digest) != digest:
        raise Stopped(
            f"the plan is no longer the one that was looked at ({now[:12]} instead of {digest[:12]})",
            where=f"opportunity {row.id}",
            do="look at the dry run again",
        )
    connection.execute(
        sa.insert(actions).values(
            id=action_id, opportunity=row.id, cycle=row.cycle, attempt=attempt, kind=row.action, adapter=adapter,
            action=action.to_json(), exposure=exposure.to_json(), state="claimed", by=actor.name, created_at=rules.at,
            turn=1, version=1,
        )
    )  # fmt: skip
    until = rules.at + dt.timedelta(days=rules.settings.window_days)
    price, scope = amount(row.params.get("price", "")), row.params.get("scope")
    things = [
        {"action": action_id, "thing": thing.kind, "member": thing.member[:300], "until": until}
        | {"price": price if thing.kind == "sku" else None, "scope": None if scope is None else str(scope)}
        for thing in exposure.things
    ]
    if things:
        connection.execute(sa.insert(touched), things)
    charge = {name: getattr(exposure, name) for name in ("money", "skus", "customers", "spend")}
    connection.execute(sa.insert(spent).values(action=action_id, holder=holder.name, day=rules.today, **charge))
    data = {"opportunity": row.id, "adapter": adapter, "charged_to": holder.name, **exposure.to_json()}
    audit.append(connection, actor, [audit.Act("claim", "action", action_id, data)], rules.at)
    return action_id


def _holder(connection: sa.Connection, rules: Rules, actor: Actor, row: Any, exposure: Exposure) -> Actor:
    """On whose limits it goes today: those of who approved it, else the actor's own, if they might approve it too."""
    query = sa.select(decisions).where(
        decisions.c.opportunity == row.id, decisions.c.cycle == row.cycle, decisions.c.verdict == "approve"
    )
    names = [
        item.by
        for item in connection.execute(query.order_by(decisions.c.id.desc()))
        if (item.exposure or {}).get("within", True)
    ]
    if "approve" in actor.may and (not actor.is_agent or actor.autonomy(row.action) == Autonomy.INSIDE_LIMITS):
        names.append(actor.name)
    said: list[str] = []
    for name in dict.fromkeys(names):
        holder = actor if name == actor.name else someone(connection, rules.settings, name)
        too_much = desk.over_limits(connection, rules, holder, exposure)
        if not too_much:
            return holder
        said.append(f"above what {name} may set in motion today: {', '.join(too_much)}")
    raise Stopped(
        "; ".join(said) or "nobody whose limits it is inside of approved it",
        where=f"opportunity {row.id}",
        do="do it tomorrow, or have someone with higher limits carry it out",
    )


def row_of(connection: sa.Connection, action_id: str) -> Any:
    """The row of an action. Raises NotFound."""
    row = connection.execute(sa.select(actions).where(actions.c.id == action_id)).one_or_none()
    if row is None:
        raise NotFound(f"there is no action {action_id!r}")
    return row


def prepare(hands: Hands, action_id: str) -> str:
    """Make the plan and store it, before anything is sent; gives its digest."""
    with hands.store.reading() as connection:
        row = row_of(connection, action_id)
    if row.plan is not None:
        return str(row.digest)
    plan = hands.plan(hands.adapter(row.adapter), Action.from_json(row.action))
    at = hands.rules().at
    with hands.store.writing() as connection:
        now = row_of(connection, action_id)
        if now.plan is not None:
            return str(now.digest)
        _set(connection, action_id, plan=plan.to_json(), digest=plan.digest, state="sending")
        data = {"digest": plan.digest, "changes": len(plan.changes), "held_out": len(row.action["holdout"])}
        by = Actor(row.by, _kind(connection, row.by))
        audit.append(connection, by, [audit.Act("plan", "action", action_id, data)], at)
    return plan.digest


def send(hands: Hands, action_id: str) -> str:
    """Send the stored plan under the action's key and store the receipt; gives the state of the receipt.

    Raises DeliveryError where trying again may help; what was refused for good fails the action.
    """
    with hands.store.reading() as connection:
        row = row_of(connection, action_id)
    if row.receipt is not None:
        return str(row.receipt["state"])
    if row.state == "failed":
        return "failed"
    receipt = hands.adapter(row.adapter).execute(Plan.from_json(row.plan), key=action_id)
    _insist(receipt)
    at = hands.rules().at
    with hands.store.writing() as connection:
        now = row_of(connection, action_id)
        if now.receipt is not None:
            return str(now.receipt["state"])
        by = Actor(row.by, _kind(connection, row.by))
        _set(connection, action_id, receipt=receipt.to_json(), state="sent", executed_at=at, error=None)
        opportunity = queue.row_of(connection, row.opportunity)
        queue.move(connection, by, opportunity, Event.EXECUTE, at, {"action": action_id, "digest": row.digest})
    return receipt.state


def _insist(receipt: Receipt) -> None:
    """Raise ActionError for what was given up although it may have arrived: it is not free to be done anew."""
    if receipt.state == "dead":
        reason = receipt.details.get("reason", "no answer")
        raise ActionError(
            f"{receipt.adapter}: {reason}; it may have arrived",
            where=receipt.key,
            do="look at the dead-letter list; then execute again under the same key, or confirm that it arrived",
        )


def fail(hands: Hands, action_id: str, reason: str) -> None:
    """Give an action up that the other side refused: what it held is free, its limits are given back."""
    at = hands.rules().at
    with hands.store.writing() as connection:
        row = row_of(connection, action_id)
        if row.state not in {"claimed", "sending"}:
            return
        _set(connection, action_id, state="failed", error=reason[:2000])
        _free(connection, action_id, at)
        connection.execute(sa.delete(spent).where(spent.c.action == action_id))
        by = Actor(row.by, _kind(connection, row.by))
        audit.append(connection, by, [audit.Act("fail", "action", action_id, {"reason": reason[:2000]})], at)


def stall(hands: Hands, action_id: str, turn: int, reason: str) -> None:
    """Stop trying for the time being: it may have arrived, so it stays as it is, and goes on under the same key."""
    at = hands.rules().at
    with hands.store.writing() as connection:
        row = row_of(connection, action_id)
        if row.turn != turn or row.state not in {"claimed", "sending", "undoing"}:
            return
        _set(connection, action_id, turn=turn + 1, error=reason[:2000])
        by = Actor(row.undone_by or row.by, _kind(connection, row.undone_by or row.by))
        audit.append(connection, by, [audit.Act("stall", "action", action_id, {"reason": reason[:2000]})], at)


def settle(hands: Hands, action_id: str) -> bool | None:
    """Ask whether it arrived; when it did, it is measured from then on. None: it can't be known yet."""
    with hands.store.reading() as connection:
        row = row_of(connection, action_id)
    if row.state != "sent":
        return row.state == "confirmed" or None
    said = hands.adapter(row.adapter).confirm(Receipt.from_json(row.receipt))
    _confirmed(hands, row, said, Actor(row.by, "person"))
    return said.confirmed


def confirm_by_hand(hands: Hands, actor: Actor, action_id: str) -> None:
    """Say that it arrived: the file was imported, the task is done."""
    actor.must("execute")
    with hands.store.reading() as connection:
        row = row_of(connection, action_id)
    if row.state != "sent":
        raise Stopped(f"it is {row.state}, there is nothing to confirm", where=f"action {action_id}")
    _confirmed(hands, row, Confirmation(True, hands.rules().at.isoformat(), {"by": actor.name}), actor)


def _confirmed(hands: Hands, row: Any, said: Confirmation, actor: Actor) -> None:
    rules = hands.rules()
    with hands.store.writing() as connection:
        now = row_of(connection, row.id)
        if now.state != "sent":
            return
        by = Actor(actor.name, _kind(connection, actor.name))
        if not said.confirmed:
            _set(connection, row.id, confirmation=said.to_json())
            return
        until = rules.at + dt.timedelta(days=rules.settings.window_days)
        kept = {"confirmation": said.to_json(), "confirmed_at": rules.at, "measured_until": until}
        _set(connection, row.id, state="confirmed", **kept)
        opportunity = queue.row_of(connection, row.opportunity)
        queue.move(connection, by, opportunity, Event.CONFIRM, rules.at, {"action": row.id})
        opportunity = queue.row_of(connection, row.opportunity)
        measured = {"action": row.id, "until": until.isoformat()}
        queue.move(connection, by, opportunity, Event.MEASURE, rules.at, measured)


def begin_undo(hands: Hands, actor: Actor, opportunity: str, reason: str) -> str:
    """Mark the action of an opportunity as being undone and give its id; of several who ask, all get the same."""
    actor.must("undo")
    with hands.store.reading() as connection:
        seen = queue.row_of(connection, opportunity)
    policies.by_itself(actor, seen.action, "execute")
    at = hands.rules().at
    with hands.store.writing() as connection:
        row = queue.row_of(connection, seen.id)
        states = ("sent", "confirmed", "undoing")
        query = sa.select(actions).where(
            actions.c.opportunity == row.id, actions.c.cycle == row.cycle, actions.c.state.in_(states)
        )
        action = connection.execute(query).one_or_none()
        if action is None:
            raise Stopped(f"it is {row.state.replace('_', ' ')}; nothing was done that could be undone",
                          where=f"opportunity {row.id}")  # fmt: skip
        if action.state == "undoing":
            return str(action.id)
        if not hands.adapter(action.adapter).reversible:
            raise Stopped(
                f"what {action.adapter} did can't be undone", where=f"opportunity {row.id}", do="act against it by hand"
            )
        _set(connection, action.id, state="undoing", undone_by=actor.name, turn=action.turn + 1)
        audit.append(connection, actor, [audit.Act("undo", "action", action.id, {"reason": reason})], at)
        return str(action.id)


def undo(hands: Hands, action_id: str) -> str:
    """Put the former values back, once, and roll the opportunity back; gives the state of the receipt."""
    with hands.store.reading() as connection:
        row = row_of(connection, action_id)
    if row.undo_receipt is not None:
        return str(row.undo_receipt["state"])
    adapter = hands.adapter(row.adapter)
    receipt = adapter.undo(Receipt.from_json(row.receipt), Plan.from_json(row.plan), key=action_id + UNDO)
    _insist(receipt)
    at = hands.rules().at
    with hands.store.writing() as connection:
        now = row_of(connection, action_id)
        if now.undo_receipt is not None:
            return str(now.undo_receipt["state"])
        _set(connection, action_id, undo_receipt=receipt.to_json(), state="undone", undone_at=at, error=None)
        _free(connection, action_id, at)
        by = Actor(row.undone_by, _kind(connection, row.undone_by))
        opportunity = queue.row_of(connection, row.opportunity)
        queue.move(connection, by, opportunity, Event.ROLL_BACK, at, {"action": action_id})
    return receipt.state


def undo_failed(hands: Hands, action_id: str, reason: str) -> None:
    """The other side refused to take it back: it stands as it was, and the reason is kept."""
    at = hands.rules().at
    with hands.store.writing() as connection:
        row = row_of(connection, action_id)
        if row.state != "undoing":
            return
        state = "sent" if row.confirmed_at is None else "confirmed"
        _set(connection, action_id, state=state, error=reason[:2000], turn=row.turn + 1)
        by = Actor(row.undone_by, _kind(connection, row.undone_by))
        audit.append(connection, by, [audit.Act("undo_failed", "action", action_id, {"reason": reason[:2000]})], at)


def attempt(step: Callable[[], str], give_up: Callable[[str], None]) -> str:
    """Take a step that may be refused: what is refused for good is given up, what may come right is raised."""
    try:
        return step()
    except DeliveryError as error:
        if error.retry:
            raise
        give_up(str(error))
    except ActionError:
        raise
    except ProfithuntError as error:
        give_up(str(error))
    return "failed"


def _free(connection: sa.Connection, action_id: str, at: dt.datetime) -> None:
    connection.execute(sa.update(touched).where(touched.c.action == action_id).values(until=at))


def _set(connection: sa.Connection, action_id: str, **values: Json) -> None:
    changed: Mapping[Any, Any] = {**values, "version": actions.c.version + 1}
    connection.execute(sa.update(actions).where(actions.c.id == action_id).values(changed))


def _kind(connection: sa.Connection, name: str) -> str:
    from profithunt.actions.store.tables import users

    return str(connection.execute(sa.select(users.c.kind).where(users.c.name == name)).scalar() or "person")
