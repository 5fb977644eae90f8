"""What the store says: the queue, one opportunity with all that happened to it, totals, outcomes. Frozen values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from statistics import median
from typing import Any, Final

import sqlalchemy as sa

from profithunt.actions import desk, policies
from profithunt.actions.exposure import Exposure
from profithunt.actions.sides import Side, sides
from profithunt.actions.states import OPEN, State, events
from profithunt.actions.store import audit, queue
from profithunt.actions.store.tables import (
    actions,
    assignments,
    comments,
    decisions,
    opportunities,
    outcomes,
    sightings,
)
from profithunt.errors import UsageError

Json = Any
_ITEM: Final = (
    *("id", "origin", "detector", "code", "name", "level", "entity", "value", "p10", "p90", "confidence"),
    *("window_days", "rank", "score", "action", "reversible", "team", "effort", "counted", "evidence", "params"),
    *("found", "first_found_at", "last_found_at", "times_found", "state", "state_at", "opened_at", "decided_at"),
    *("assignee", "reason", "snoozed_until", "document", "version", "net_value"),
)
_WORTH: Final = sa.type_coerce(
    sa.func.coalesce(opportunities.c.net_value, opportunities.c.value), opportunities.c.value.type
)
"""What an opportunity adds to a sum: money that several claim counts once."""


def plain(value: Json) -> Json:
    """A value as JSON: amounts as decimal strings, times in ISO form."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    own = getattr(value, "to_json", None)
    return own() if callable(own) else value


@dataclass(frozen=True)
class Item:
    """An opportunity in the queue. Money in shop currency over `window_days`; `team` owns, `assignee` works on it."""

    id: str
    origin: str
    detector: int
    code: str
    name: str
    level: str
    entity: Mapping[str, str]
    value: Decimal
    p10: Decimal
    p90: Decimal
    confidence: float
    window_days: int
    rank: int
    score: float
    action: str
    reversible: bool
    team: str
    effort: float
    counted: bool
    evidence: Mapping[str, Json]
    params: Mapping[str, Json]
    found: bool
    first_found_at: dt.datetime
    last_found_at: dt.datetime
    times_found: int
    state: str
    state_at: dt.datetime
    opened_at: dt.datetime
    decided_at: dt.datetime | None
    assignee: str | None
    reason: str | None
    snoozed_until: dt.datetime | None
    document: str | None
    version: int
    net_value: Decimal | None = None

    @property
    def title(self) -> str:
        """The leak for people: `Cannot make a profit`."""
        words = self.name.replace("_", " ")
        return words[:1].upper() + words[1:]

    @property
    def owner(self) -> str:
        """The team that owns it."""
        return self.team

    def to_json(self) -> dict[str, Json]:
        """As data, with `title` and `owner`."""
        said = {name: plain(getattr(self, name)) for name in _ITEM}
        said["owner"] = said.pop("team")
        return {**said, "title": self.title}


@dataclass(frozen=True)
class Queue(Sequence[Item]):
    """A part of the queue, most money first; `total` is how many there are in all, `value` what they are worth."""

    items: tuple[Item, ...]
    total: int
    value: Decimal

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items)

    def __getitem__(self, index: Any) -> Any:
        return self.items[index]

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {"total": self.total, "value": plain(self.value), "items": [item.to_json() for item in self.items]}


@dataclass(frozen=True)
class Execution:
    """One execution of a decision. `state`: claimed, sending, sent, confirmed, failed, undoing, undone."""

    id: str
    opportunity: str
    kind: str
    adapter: str
    state: str
    by: str
    created_at: dt.datetime
    executed_at: dt.datetime | None
    confirmed_at: dt.datetime | None
    measured_until: dt.datetime | None
    undone_at: dt.datetime | None
    undone_by: str | None
    digest: str | None
    plan: Mapping[str, Json] | None
    receipt: Mapping[str, Json] | None
    confirmation: Mapping[str, Json] | None
    undo_receipt: Mapping[str, Json] | None
    error: str | None
    exposure: Mapping[str, Json]
    holdout: int

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {name: plain(getattr(self, name)) for name in self.__dataclass_fields__}


@dataclass(frozen=True)
class Detail:
    """One opportunity with all that happened to it, what it lacks and what can be done now."""

    item: Item
    exposure: Exposure
    missing: tuple[str, ...]
    possible: tuple[str, ...]
    conflicts: tuple[str, ...]
    sightings: tuple[Mapping[str, Json], ...]
    decisions: tuple[Mapping[str, Json], ...]
    assignments: tuple[Mapping[str, Json], ...]
    comments: tuple[Mapping[str, Json], ...]
    executions: tuple[Execution, ...]
    outcomes: tuple[Outcome, ...]
    activity: tuple[audit.Entry, ...]

    def to_json(self) -> dict[str, Json]:
        """The item's own fields, and the rest beside them."""
        rest = {name: plain(getattr(self, name)) for name in self.__dataclass_fields__ if name != "item"}
        return {**self.item.to_json(), **rest}


@dataclass(frozen=True)
class Outcome:
    """What an action brought beside what was predicted, in shop currency over its window; None: not known (yet)."""

    action: str
    opportunity: str
    detector: str
    team: str
    by: str
    kind: str
    predicted: Decimal
    predicted_p10: Decimal
    predicted_p90: Decimal
    realised: Decimal | None
    low: Decimal | None
    high: Decimal | None
    method: str
    observational: bool
    details: Mapping[str, Json]
    measured_at: dt.datetime

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {name: plain(getattr(self, name)) for name in self.__dataclass_fields__}


@dataclass(frozen=True)
class Record:
    """Predicted beside realised for one detector, team, person or agent: `ratio` is realised ÷ predicted, in sums."""

    by: str
    member: str
    n_actions: int
    predicted: Decimal
    realised: Decimal
    ratio: float | None

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {name: plain(getattr(self, name)) for name in self.__dataclass_fields__}


@dataclass(frozen=True)
class Outcomes:
    """All outcomes, the records that follow from them, and people beside agents."""

    outcomes: tuple[Outcome, ...]
    records: tuple[Record, ...]
    sides: tuple[Side, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {
            "outcomes": [item.to_json() for item in self.outcomes],
            "records": [item.to_json() for item in self.records],
            "sides": [item.to_json() for item in self.sides],
        }


@dataclass(frozen=True)
class Totals:
    """The queue in figures: how many and how much by state and team, how fast decisions are, people beside agents.

    `hours_to_decision` is the median from opened to decided; `override_rate` the share of agents' approvals that
    a person turned over.
    """

    by_state: Mapping[str, tuple[int, Decimal]]
    by_owner: Mapping[str, tuple[int, Decimal]]
    open_value: Decimal
    realised: Decimal
    predicted: Decimal
    hours_to_decision: float | None
    decisions_by_kind: Mapping[str, int]
    realised_by_kind: Mapping[str, Decimal] = field(default_factory=dict)
    override_rate: float | None = None

    def to_json(self) -> dict[str, Json]:
        """As data."""
        said = {name: plain(getattr(self, name)) for name in self.__dataclass_fields__}
        for name in ("by_state", "by_owner"):
            said[name] = {
                key: {"n": count, "value": plain(value)} for key, (count, value) in getattr(self, name).items()
            }
        return said


def item(row: Any) -> Item:
    """A row of the queue as a value."""
    return Item(**{name: getattr(row, name) for name in _ITEM})


def listed(
    connection: sa.Connection,
    *,
    state: str | Sequence[str] | None = None,
    owner: str | None = None,
    assignee: str | None = None,
    level: str | None = None,
    q: str | None = None,
    detector: str | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> Queue:
    """The queue by score, most money first. `state` "open" stands for all that nothing is decided on yet."""
    table = opportunities.c
    wanted: list[sa.ColumnElement[bool]] = []
    if state is not None:
        wanted.append(table.state.in_(_states(state)))
    for column, value in ((table.team, owner), (table.assignee, assignee), (table.level, level)):
        if value is not None:
            wanted.append(column == value)
    if detector is not None:
        wanted.append(sa.or_(table.code == detector, table.name == detector))
    for word in (q or "").casefold().split():
        escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        wanted.append(table.words.like(f"%{escaped}%", escape="\\"))
    where = sa.and_(sa.true(), *wanted)
    counted = sa.select(sa.func.count(), sa.func.sum(_WORTH).filter(table.counted)).where(where)
    total, value = connection.execute(counted.select_from(opportunities)).one()
    query = sa.select(opportunities).where(where).order_by(table.score.desc(), table.rank, table.id)
    rows = connection.execute(query.limit(limit).offset(offset)).all()
    return Queue(tuple(item(row) for row in rows), total, value or Decimal(0))


def _states(state: str | Sequence[str]) -> list[str]:
    names = [state] if isinstance(state, str) else list(state)
    found: list[str] = []
    for name in names:
        if name == "open":
            found += [each.value for each in OPEN]
        elif name in set(State):
            found.append(State(name).value)
        else:
            raise UsageError(f"there is no state {name!r}", expected=f"open or one of {', '.join(State)}")
    return found


def detail(connection: sa.Connection, rules: desk.Rules, opportunity: str) -> Detail:
    """All about one opportunity. Raises NotFound."""
    row = queue.row_of(connection, opportunity)
    exposure = desk.exposure_of(row)
    held = desk.held(connection, rules.at, exposure.things, row.id)
    of = {"opportunity": row.id}
    return Detail(
        item=item(row),
        exposure=exposure,
        missing=tuple(desk.missing(connection, row)) if row.state in {*OPEN, State.APPROVED} else (),
        possible=tuple(events(row.state)),
        conflicts=tuple(policies.conflicts(exposure.things, row.params, held)),
        sightings=_mappings(connection, sightings, sightings.c.found_at, **of),
        decisions=_mappings(connection, decisions, decisions.c.id, **of),
        assignments=_mappings(connection, assignments, assignments.c.id, **of),
        comments=_mappings(connection, comments, comments.c.id, about="opportunity", subject=row.id),
        executions=tuple(
            execution(each)
            for each in connection.execute(
                sa.select(actions).where(actions.c.opportunity == row.id).order_by(actions.c.created_at, actions.c.id)
            )
        ),
        outcomes=_outcomes(connection, outcomes.c.opportunity == row.id),
        activity=tuple(audit.read(connection, subject=row.id)),
    )


def _mappings(connection: sa.Connection, table: sa.Table, order: Any, **equal: Json) -> tuple[Mapping[str, Json], ...]:
    query = sa.select(table).where(*(table.c[name] == value for name, value in equal.items())).order_by(order)
    return tuple(dict(row) for row in connection.execute(query).mappings())


def execution(row: Any) -> Execution:
    """A row of actions as a value."""
    given = {name: getattr(row, name) for name in Execution.__dataclass_fields__ if name != "holdout"}
    return Execution(**given, holdout=len(row.action.get("holdout", ())))


def _outcomes(connection: sa.Connection, where: Any = None) -> tuple[Outcome, ...]:
    query = sa.select(outcomes).order_by(outcomes.c.measured_at, outcomes.c.id)
    if where is not None:
        query = query.where(where)
    names = list(Outcome.__dataclass_fields__)
    return tuple(Outcome(**{name: getattr(row, name) for name in names}) for row in connection.execute(query))


def all_outcomes(connection: sa.Connection) -> Outcomes:
    """Every outcome, with the record of each detector, team, person and agent."""
    found = _outcomes(connection)
    records = [
        _record(by, member, [each for each in found if _member(each, by) == member])
        for by in ("detector", "owner", "actor", "kind")
        for member in sorted({_member(each, by) for each in found})
    ]
    return Outcomes(found, tuple(records), sides(connection, found))


def _member(outcome: Outcome, by: str) -> str:
    return {"detector": outcome.detector, "owner": outcome.team, "actor": outcome.by, "kind": outcome.kind}[by]


def _record(by: str, member: str, found: Sequence[Outcome]) -> Record:
    known = [each for each in found if each.realised is not None]
    predicted = sum((each.predicted for each in known), Decimal(0))
    realised = sum((each.realised for each in known if each.realised is not None), Decimal(0))
    return Record(by, member, len(known), predicted, realised, float(realised / predicted) if predicted else None)


def totals(connection: sa.Connection) -> Totals:
    """The queue in figures."""
    table = opportunities.c

    def grouped(column: Any, where: Any) -> dict[str, tuple[int, Decimal]]:
        sums = sa.select(column, sa.func.count(), sa.func.sum(_WORTH).filter(table.counted)).where(where)
        return {name: (count, value or Decimal(0)) for name, count, value in connection.execute(sums.group_by(column))}

    waits = [
        (decided - opened).total_seconds() / 3600
        for opened, decided in connection.execute(
            sa.select(table.opened_at, table.decided_at).where(table.decided_at.is_not(None))
        )
    ]
    kinds = connection.execute(sa.select(decisions.c.kind, sa.func.count()).group_by(decisions.c.kind)).all()
    by_state = grouped(table.state, sa.true())
    found = all_outcomes(connection)
    of_kind = {record.member: record for record in found.records if record.by == "kind"}
    return Totals(
        by_state={state.value: by_state[state] for state in State if state in by_state},
        by_owner=grouped(table.team, table.state.in_([state.value for state in OPEN])),
        open_value=sum((by_state[state][1] for state in OPEN if state in by_state), Decimal(0)),
        realised=sum((record.realised for record in of_kind.values()), Decimal(0)),
        predicted=sum((record.predicted for record in of_kind.values()), Decimal(0)),
        hours_to_decision=median(waits) if waits else None,
        decisions_by_kind={str(kind): int(count) for kind, count in kinds},
        realised_by_kind={kind: record.realised for kind, record in of_kind.items()},
        override_rate=next((side.override_rate for side in found.sides if side.kind == "agent"), None),
    )
