"""Made-up queues: a store with opportunities in it, people who act, hands that carry out without a shop."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from profithunt.actions import desk, execution, policies
from profithunt.actions.adapters.protocol import Action, Change, Confirmation, Context, Plan, Preview, Receipt
from profithunt.actions.desk import Known, Rules
from profithunt.actions.exposure import Size
from profithunt.actions.store import Store, people, queue
from profithunt.config import AutonomySettings
from profithunt.errors import DeliveryError
from profithunt.opportunities import Opportunity

NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
SETTINGS = AutonomySettings()
OWNER = policies.Actor("owner", "person", "owner", frozenset(policies.PERMISSIONS))


def opportunity(
    number: int = 1,
    entity: Mapping[str, str] | None = None,
    *,
    level: str = "keyword",
    value: float = 280.0,
    reversible: bool = True,
    action: str = "pause_or_bid_down",
    code: str = "KW29",
) -> Opportunity:
    """One that a run might have found."""
    return Opportunity(
        f"{number:012x}", 29, code, "unprofitable_keyword", level, entity or {"keyword": f"k{number}"}, value, value / 2,
        value * 2, 0.9, 28, number, action, reversible, "marketing", net_value=value,
    )  # fmt: skip


def rules(at: dt.datetime = NOW, settings: AutonomySettings = SETTINGS, size: Size | None = None) -> Rules:
    return Rules(settings, at, at.date(), size or Size())


def fill(
    store: Store, *items: Opportunity, run: str = "r1", at: dt.datetime = NOW, silent: tuple[str, ...] = ()
) -> Any:
    with store.writing() as connection:
        people.first(connection, OWNER.name, at)
        return queue.take_over(connection, run, items, silent=silent, settings=SETTINGS, at=at)


def add(store: Store, name: str, role: str, **more: Any) -> policies.Actor:
    with store.writing() as connection:
        people.put(connection, SETTINGS, OWNER, name, role=role, at=NOW, **more)
    return who(store, name)


def who(store: Store, name: str) -> policies.Actor:
    with store.reading() as connection:
        return people.actor(connection, SETTINGS, name)


def state(store: Store, item: Opportunity) -> str:
    with store.reading() as connection:
        return str(queue.row_of(connection, item.id).state)


@contextmanager
def writing(store: Store) -> Iterator[Any]:
    with store.writing() as connection:
        yield connection


def approve(
    store: Store, item: Opportunity, actor: policies.Actor = OWNER, at: dt.datetime = NOW, **more: Any
) -> list[str]:
    with store.writing() as connection:
        return desk.approve(connection, rules(at, **more), actor, item.id)


class Shelf:
    """A system that holds values and knows the keys it has seen; it can fail, and lose its answers."""

    name = "shelf"
    reversible = True

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self.values = dict(values or {"k1": "on"})
        self.seen: list[str] = []
        self.calls = 0
        self.failing: list[DeliveryError | None] = []
        self.confirms: bool | None = True

    def plan(self, action: Action, context: Context) -> Plan:
        del context
        keyword = action.entity["keyword"]
        change = Change("status", action.entity, {"status": self.values.get(keyword, "on")}, {"status": "paused"})
        return Plan(self.name, action.id, (change,), (Preview("request", "shelf", f"{keyword}=paused"),))

    def execute(self, plan: Plan, *, key: str) -> Receipt:
        return self._take(plan.changes, key)

    def undo(self, receipt: Receipt, plan: Plan, *, key: str) -> Receipt:
        assert receipt.adapter == self.name
        return self._take([change.undone() for change in plan.changes], key)

    def confirm(self, receipt: Receipt) -> Confirmation:
        assert receipt.state == "sent"
        return Confirmation(self.confirms, NOW.isoformat())

    def _take(self, changes: Any, key: str) -> Receipt:
        self.calls += 1
        error = self.failing.pop(0) if self.failing else None
        if error is not None and not error.retry:
            raise error
        if key not in self.seen:
            self.seen.append(key)
            for change in changes:
                self.values[change.entity["keyword"]] = change.after["status"]
        if error is not None:
            raise error
        return Receipt(self.name, key, "sent", NOW.isoformat(), (key,))


def hands(store: Store, shelf: Shelf, at: dt.datetime = NOW, **more: Any) -> execution.Hands:
    import tempfile
    from pathlib import Path

    folder = Path(tempfile.gettempdir())
    context = Context(folder, folder, "EUR", at)
    return execution.Hands(
        store, lambda: rules(at, **more), lambda _row: shelf.name, lambda _name: shelf,
        lambda made, action: made.plan(action, context), lambda _row: Known(),
    )  # fmt: skip
