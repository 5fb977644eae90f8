"""Carrying decisions of a shop out: the context that adapters get, and the steps of `Shop.act.execute` and `.undo`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from profithunt.actions import desk, execution, reading
from profithunt.actions.adapters import prescribed
from profithunt.actions.adapters.catalogue import build
from profithunt.actions.adapters.protocol import Action, Adapter, Context, Plan
from profithunt.actions.exposure import amount
from profithunt.actions.policies import Actor
from profithunt.actions.states import Event
from profithunt.actions.store import queue
from profithunt.actions.store.tables import actions, outcomes, users
from profithunt.api.queueing import known_of, lookup, rules_of
from profithunt.errors import DeliveryError, Stopped, UsageError

if TYPE_CHECKING:
    from profithunt.actions.desk import Rules
    from profithunt.actions.measurement import Design, Reading
    from profithunt.api.act import Act

Json = Any
OUTBOX: Final = "outbox"


def hands_of(act: Act) -> execution.Hands:
    """What carries out the actions of a shop."""
    shop = act.shop
    config = shop.config
    configured = config.adapters

    def rules() -> Rules:
        with act.store.reading() as connection:
            return rules_of(connection, config, dt.datetime.now(tz=dt.UTC))

    def context(name: str) -> Context:
        folder = shop.path.parent.absolute()
        return Context(
            folder=folder,
            outbox=folder / OUTBOX,
            currency=config.shop.currency,
            now=dt.datetime.now(tz=dt.UTC),
            settings=configured.get(name, {}),
            lookup=lambda table, entity: lookup(shop, table, entity),
        )

    def adapter(name: str) -> Adapter:
        return build(name, context(name))

    def plan(made: Adapter, action: Action) -> Plan:
        return made.plan(action, context(made.name))

    return execution.Hands(
        store=act.store,
        rules=rules,
        route=lambda row: str(row.params.get("adapter") or prescribed.serving(row.action, configured)),
        adapter=adapter,
        plan=plan,
        known=lambda row: known_of(shop, row),
    )


def plan(act: Act, actor: Actor, opportunity: str) -> Plan:
    """The exact difference that executing would make; nothing is sent."""
    return execution.dry_run(hands_of(act), actor, opportunity)


def size(act: Act, actor: Actor, opportunity: str) -> Design | None:
    """What an experiment on its customers can show, before it is launched."""
    from profithunt.api import measuring

    actor.must("see")
    hands = hands_of(act)
    with act.store.reading() as connection:
        row = queue.row_of(connection, opportunity)
    params = desk.params_of(row, hands.known(row))
    return measuring.size(act, row, params.get("customers") or (), measuring.share_of(params))


def carry_out(act: Act, actor: Actor, opportunity: str, digest: str | None) -> reading.Execution:
    """Carry it out, once. Raises DeliveryError where the other side refused or did not answer."""
    hands = hands_of(act)
    action_id = execution.claim(hands, actor, opportunity, digest)
    with _running(hands) as workflow:
        if _is(hands, action_id, "claimed", "sending"):
            workflow.carry_out(action_id)
    return _result(act, action_id, failing=("failed", "sending", "claimed"))


def take_back(act: Act, actor: Actor, opportunity: str, reason: str) -> reading.Execution:
    """Put the former values back, once. Raises DeliveryError where the other side refused or did not answer."""
    hands = hands_of(act)
    action_id = execution.begin_undo(hands, actor, opportunity, reason)
    with _running(hands) as workflow:
        workflow.take_back(action_id)
    return _result(act, action_id, failing=("undoing", "sent", "confirmed"))


def recover(act: Act) -> int:
    """Go on with everything that was begun and not brought to an end."""
    hands = hands_of(act)
    with _running(hands) as workflow:
        left = workflow.unfinished(hands.store)
        for action_id, undoing in left:
            (workflow.take_back if undoing else workflow.carry_out)(action_id)
    return len(left)


@contextmanager
def ready(act: Act) -> Iterator[None]:
    """Hold the workflow open: executions then start at once, and what dead processes left is taken over."""
    with _running(hands_of(act)):
        yield


@contextmanager
def _running(hands: execution.Hands) -> Iterator[Any]:
    """The durable workflow, loaded where it is needed: DBOS takes a second."""
    from profithunt.actions import workflow

    with workflow.running(hands):
        yield workflow


def _is(hands: execution.Hands, action_id: str, *states: str) -> bool:
    with hands.store.reading() as connection:
        return execution.row_of(connection, action_id).state in states


def _result(act: Act, action_id: str, failing: tuple[str, ...]) -> reading.Execution:
    with act.store.reading() as connection:
        done = reading.execution(execution.row_of(connection, action_id))
    if done.state not in failing:
        return done
    refused = done.state in {"failed", "sent", "confirmed"}
    raise DeliveryError(
        done.error or "it did not go through",
        where=f"action {action_id}",
        do="mend what it says and do it again" if refused else "do it again later: it goes on under the same key",
        retry=not refused,
    )


def confirm(act: Act, actor: Actor, opportunity: str) -> None:
    """Ask the other side whether it arrived; where it can't say, the actor's word counts."""
    actor.must("execute")
    hands = hands_of(act)
    action_id = _latest(act, opportunity, "sent")
    if execution.settle(hands, action_id) is None:
        execution.confirm_by_hand(hands, actor, action_id)


def _latest(act: Act, opportunity: str, *states: str) -> str:
    with act.store.reading() as connection:
        row = queue.row_of(connection, opportunity)
        query = sa.select(actions.c.id).where(
            actions.c.opportunity == row.id, actions.c.cycle == row.cycle, actions.c.state.in_(states)
        )
        found = connection.execute(query).scalar()
    if found is None:
        raise Stopped(
            f"it is {row.state.replace('_', ' ')}; nothing was sent that waits for this", where=f"opportunity {row.id}"
        )
    return str(found)


def measure(act: Act, actor: Actor, opportunity: str, said: Mapping[str, Json]) -> None:
    """Measure what an action brought from the current run, or take what is `said`; then it is realised."""
    from profithunt.api.measuring import measured

    actor.must("execute")
    unknown = set(said) - {"realised", "low", "high", "method"}
    if unknown:
        raise UsageError(f"an outcome has no {min(unknown)!r}", expected="realised, low, high, method")
    hands = hands_of(act)
    action_id = _latest(act, opportunity, "confirmed")
    with act.store.reading() as connection:
        action = execution.row_of(connection, action_id)
        row = queue.row_of(connection, action.opportunity)
    found = dict(said) if said else measured(act, row, action)
    amounts = {name: _amount(found.get(name)) for name in ("realised", "low", "high")}
    rules = hands.rules()
    with hands.store.writing() as connection:
        row = queue.row_of(connection, action.opportunity)
        queue.move(connection, actor, row, Event.REALISE, rules.at, {"action": action_id, **reading.plain(amounts)})
        kind = connection.execute(sa.select(users.c.kind).where(users.c.name == action.by)).scalar() or "person"
        connection.execute(
            sa.insert(outcomes).values(
                action=action_id, opportunity=row.id, detector=row.code, team=row.team, by=action.by, kind=kind,
                predicted=row.value, predicted_p10=row.p10, predicted_p90=row.p90, **amounts,
                method=str(found.get("method") or "said")[:60], observational=bool(found.get("observational", True)),
                details=reading.plain(found.get("details", {})), measured_at=rules.at,
            )
        )  # fmt: skip


def look(act: Act, opportunity: str) -> Reading:
    """What the data says so far of an action that was executed."""
    from profithunt.api import measuring

    action_id = _latest(act, opportunity, "sent", "confirmed", "undone")
    with act.store.reading() as connection:
        action = execution.row_of(connection, action_id)
        row = queue.row_of(connection, action.opportunity)
    return measuring.look(act, row, action)


def _amount(value: Json) -> Decimal | None:
    if value is None:
        return None
    number = amount(value)
    if number is None:
        raise UsageError(f"{value!r} is no amount")
    return number
