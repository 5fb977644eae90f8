"""The queue: every opportunity that a run found or somebody proposed, its state, and what it was before.

An opportunity that a later run finds again is the same row, with what each run said of it. One that no run finds any
more expires, unless it was decided upon.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import sqlalchemy as sa

from profithunt.actions.policies import Actor
from profithunt.actions.states import OPEN, Event, State, after
from profithunt.actions.store import audit
from profithunt.actions.store.tables import facts, opportunities, sightings
from profithunt.config import AutonomySettings
from profithunt.errors import NotFound, Stopped
from profithunt.opportunities import Opportunity

Json = Any
HUNT: Final = Actor("hunt", "system", "system")
_RUN: Final = "run"
_CHUNK: Final = 500


@dataclass(frozen=True)
class Taken:
    """What taking over a run's opportunities did to the queue."""

    run: str
    new: int
    again: int
    reopened: int
    expired: int

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {
            "run": self.run,
            "new": self.new,
            "again": self.again,
            "reopened": self.reopened,
            "expired": self.expired,
        }


def fact(connection: sa.Connection, name: str) -> Json:
    """A fact by name, or None."""
    return connection.execute(sa.select(facts.c.value).where(facts.c.name == name)).scalar()


def put_fact(connection: sa.Connection, name: str, value: Json) -> None:
    """Set a fact."""
    changed = connection.execute(sa.update(facts).where(facts.c.name == name).values(value=value))
    if changed.rowcount == 0:
        connection.execute(sa.insert(facts).values(name=name, value=value))


def run_taken(connection: sa.Connection) -> str | None:
    """The run that the queue was last taken from."""
    found = fact(connection, _RUN)
    return None if found is None else str(found)


def take_over(
    connection: sa.Connection,
    run: str,
    found: Sequence[Opportunity],
    *,
    silent: Iterable[str] = (),
    settings: AutonomySettings,
    at: dt.datetime,
) -> Taken:
    """Bring the queue to what a run found. `silent` are codes of detectors that did not hunt: theirs don't expire."""
    known = {
        row.id: row
        for row in connection.execute(
            sa.select(opportunities.c.id, opportunities.c.state, opportunities.c.state_at, opportunities.c.cycle).where(
                opportunities.c.origin == "hunt"
            )
        )
    }
    fresh = [item for item in found if item.id not in known]
    again = [item for item in found if item.id in known]
    acts: list[audit.Act] = []
    if fresh:
        connection.execute(sa.insert(opportunities), [_new_row(item, run, at) for item in fresh])
        acts += [audit.Act("detect", "opportunity", item.id, {"state": State.DETECTED.value}) for item in fresh]
    if again:
        connection.execute(_REFRESH, [_found_row(item, run, at) for item in again])
    if found:
        told = connection.execute(sa.select(sightings.c.opportunity).where(sightings.c.run == run)).scalars()
        seen = set(told)
        rows = [_sighting(item, run, at) for item in found if item.id not in seen]
        if rows:
            connection.execute(sa.insert(sightings), rows)
    reopened = [item.id for item in again if _opens_again(known[item.id], settings, at)]
    for item in reopened:
        acts.append(_moved(known[item].state, Event.REOPEN, item, {"run": run}))
    _move_many(connection, reopened, State.DETECTED, at, opened=True)
    gone = set(known) - {item.id for item in again}
    acts += _expire(connection, gone, frozenset(silent), settings, run, at)
    expired = sum(act.verb == Event.EXPIRE for act in acts)
    acts += _wake(connection, at)
    put_fact(connection, _RUN, run)
    taken = Taken(run, len(fresh), len(again), len(reopened), expired)
    audit.append(connection, HUNT, [*acts, audit.Act("take_over", "run", run, taken.to_json())], at)
    return taken


def wake(connection: sa.Connection, at: dt.datetime) -> int:
    """Bring back what was snoozed until now."""
    acts = _wake(connection, at)
    audit.append(connection, HUNT, acts, at)
    return len(acts)


def sleeping_until(connection: sa.Connection, at: dt.datetime) -> bool:
    """Whether anything snoozed is due."""
    due = sa.select(opportunities.c.id).where(
        opportunities.c.state == State.SNOOZED.value, opportunities.c.snoozed_until <= at
    )
    return connection.execute(due.limit(1)).scalar() is not None


def row_of(connection: sa.Connection, opportunity: str) -> Any:
    """The row of an opportunity; an unambiguous beginning of its id will do. Raises NotFound."""
    query = sa.select(opportunities)
    row = connection.execute(query.where(opportunities.c.id == opportunity)).one_or_none()
    if row is not None:
        return row
    escaped = opportunity.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    near = (
        connection.execute(query.where(opportunities.c.id.like(f"{escaped}%", escape="\\")).limit(3)).all()
        if len(opportunity) >= 4 and "\x00" not in opportunity
        else []
    )
    if len(near) == 1:
        return near[0]
    if near:
        raise NotFound(
            f"several opportunities begin with {opportunity!r}", do=f"they are {', '.join(item.id for item in near)} …"
        )
    raise NotFound(f"there is no opportunity {opportunity!r}", do="profithunt act list shows them")


def move(
    connection: sa.Connection,
    actor: Actor,
    row: Any,
    event: Event,
    at: dt.datetime,
    data: Mapping[str, Json] | None = None,
    **values: Json,
) -> State:
    """Take one step of an opportunity's course, on the record. Raises Stopped where there is no such step.

    `row` is as the caller read it: where somebody else was quicker, nothing happens but the error.
    """
    there = after(row.state, event, subject=row.id)
    moved = connection.execute(
        sa.update(opportunities)
        .where(opportunities.c.id == row.id, opportunities.c.version == row.version)
        .values(state=there.value, state_at=at, version=row.version + 1, **values)
    )
    if moved.rowcount != 1:
        raise Stopped(f"someone else was quicker with opportunity {row.id}", do="look at it again")
    audit.append(connection, actor, [_moved(row.state, event, row.id, data or {})], at)
    return there


def propose(
    connection: sa.Connection, actor: Actor, item: Opportunity, params: Mapping[str, Json], at: dt.datetime
) -> None:
    """Put something into the queue that no detector found."""
    origin = "agent" if actor.is_agent else "person"
    row = {**_new_row(item, None, at), "origin": origin, "params": dict(params)}
    connection.execute(sa.insert(opportunities).values(**row))
    data = {"state": State.DETECTED.value, "action": item.action, "value": str(row["value"])}
    audit.append(connection, actor, [audit.Act("propose", "opportunity", item.id, data)], at)


def _moved(state: str, event: Event, subject: str, data: Mapping[str, Json]) -> audit.Act:
    there = after(state, event, subject=subject)
    return audit.Act(event.value, "opportunity", subject, {"from": state, "to": there.value, **data})


def _opens_again(row: Any, settings: AutonomySettings, at: dt.datetime) -> bool:
    if row.state == State.EXPIRED:
        return True
    if row.state in {State.REALISED, State.ROLLED_BACK}:
        return bool(row.state_at <= at - dt.timedelta(days=settings.reopen_days))
    return False


def _expire(
    connection: sa.Connection,
    gone: set[str],
    silent: frozenset[str],
    settings: AutonomySettings,
    run: str,
    at: dt.datetime,
) -> list[audit.Act]:
    """Mark what this run no longer finds, and end what nobody decided upon in time."""
    table = opportunities.c
    due = at - dt.timedelta(days=settings.expire_days)
    lost = [
        row
        for row in connection.execute(
            sa.select(table.id, table.state, table.code, table.last_found_at).where(table.origin == "hunt")
        )
        if row.id in gone and row.code not in silent
    ]
    for part in _chunks([row.id for row in lost]):
        connection.execute(sa.update(opportunities).where(table.id.in_(part)).values(found=False))
    over = [row for row in lost if row.state in {*OPEN} and row.last_found_at <= due]
    _move_many(connection, [row.id for row in over], State.EXPIRED, at)
    return [_moved(row.state, Event.EXPIRE, row.id, {"run": run, "reason": "no run finds it any more"}) for row in over]


def _wake(connection: sa.Connection, at: dt.datetime) -> list[audit.Act]:
    table = opportunities.c
    due = list(
        connection.execute(
            sa.select(table.id).where(table.state == State.SNOOZED.value, table.snoozed_until <= at)
        ).scalars()
    )
    _move_many(connection, due, State.TRIAGED, at)
    return [_moved(State.SNOOZED, Event.WAKE, item, {}) for item in due]


def _move_many(
    connection: sa.Connection, ids: Sequence[str], there: State, at: dt.datetime, *, opened: bool = False
) -> None:
    table = opportunities.c
    values: dict[Any, Any] = {"state": there.value, "state_at": at, "version": table.version + 1}
    if opened:
        values |= {
            "cycle": table.cycle + 1,
            "opened_at": at,
            "decided_at": None,
            "assignee": None,
            "reason": None,
            "document": None,
        }
    if there != State.SNOOZED:
        values["snoozed_until"] = None
    for part in _chunks(ids):
        connection.execute(sa.update(opportunities).where(table.id.in_(part)).values(values))


def _chunks(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))


def _said(item: Opportunity) -> dict[str, Json]:
    return {
        "value": Decimal(str(item.value)),
        "p10": Decimal(str(item.p10)),
        "p90": Decimal(str(item.p90)),
        "confidence": float(item.confidence),
        "rank": item.rank,
    }


def _found_columns(item: Opportunity) -> dict[str, Json]:
    return {
        **_said(item),
        "net_value": Decimal(str(item.net_value)),
        "detector": item.detector,
        "code": item.code,
        "name": item.name,
        "level": item.level,
        "words": _words(item),
        "window_days": item.window_days,
        "score": float(item.score),
        "action": item.action,
        "reversible": item.reversible,
        "team": item.owner,
        "effort": float(item.effort),
        "counted": item.counted,
        "evidence": _plain(item.evidence),
    }


def _new_row(item: Opportunity, run: str | None, at: dt.datetime) -> dict[str, Json]:
    return {
        **_found_columns(item),
        "id": item.id,
        "origin": "hunt",
        "entity": dict(item.entity),
        "params": {},
        "found": True,
        "first_run": run,
        "last_run": run,
        "first_found_at": at,
        "last_found_at": at,
        "times_found": 1,
        "state": State.DETECTED.value,
        "state_at": at,
        "cycle": 1,
        "opened_at": at,
        "version": 1,
    }


_REFRESHED: Final = (
    *(
        "detector",
        "code",
        "name",
        "level",
        "words",
        "value",
        "p10",
        "p90",
        "confidence",
        "rank",
        "window_days",
        "net_value",
    ),
    *("score", "action", "reversible", "team", "effort", "counted", "evidence"),
)
_REFRESH: Final = (
    sa.update(opportunities)
    .where(opportunities.c.id == sa.bindparam("which"))
    .values(
        **{name: sa.bindparam(f"new_{name}", type_=opportunities.c[name].type) for name in _REFRESHED},
        found=True,
        last_run=sa.bindparam("this_run"),
        last_found_at=sa.bindparam("found_at", type_=opportunities.c.last_found_at.type),
        times_found=opportunities.c.times_found + 1,
    )
)


def _found_row(item: Opportunity, run: str, at: dt.datetime) -> dict[str, Json]:
    said = _found_columns(item)
    return {"which": item.id, "this_run": run, "found_at": at, **{f"new_{name}": said[name] for name in _REFRESHED}}


def _sighting(item: Opportunity, run: str, at: dt.datetime) -> dict[str, Json]:
    return {"opportunity": item.id, "run": run, "found_at": at, **_said(item)}


def _words(item: Opportunity) -> str:
    parts = (item.id, item.code, item.name, item.title, *item.entity.values(), item.action, item.owner)
    names = [str(item.evidence[key]) for key in ("product", "product_name") if key in item.evidence]
    return " ".join((*map(str, parts), *names)).casefold()


def _plain(value: Json) -> Json:
    """Evidence as JSON: days in ISO form, amounts as they are, what is no number as null."""
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if isinstance(value, float):
        return value if abs(value) < float("inf") else None
    return value if value is None or isinstance(value, (str, int, bool)) else str(value)
