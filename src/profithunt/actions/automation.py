"""Rules that work the queue by themselves: what each looks for, when, and what it does with what it finds.

A rule acts as the agent `automation`, never above that agent's autonomy and limits. Each evaluation is kept: whether
it fired, and why or why not.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any, Final, Literal, Self
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from profithunt.actions.policies import Actor
from profithunt.actions.reading import Item, plain
from profithunt.actions.store import audit
from profithunt.actions.store.tables import audit as audit_table, automations, evaluations
from profithunt.errors import NotFound, UsageError

Json = Any
AGENT: Final = "automation"
"""The name under which rules act."""
Does = Literal["route", "approve", "execute"]
DOES: Final = ("route", "approve", "execute")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_EVERY: Final = re.compile(r"([1-9]\d{0,3})([mhd])")
_AT: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_UNIT: Final = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True)
class Rule:
    """What a rule looks for and does. Money in shop currency over each opportunity's window.

    `every` (15m, 6h, 1d) or `at` (06:00 in the shop's zone) say when; `hunt` makes a run first. `does` is route (give
    to `assign_to`, tell `alert`), approve, or execute. At most `most` opportunities an evaluation, most money first.
    """

    name: str
    every: str | None = None
    at: str | None = None
    hunt: bool = False
    detector: str | None = None
    owner: str | None = None
    level: str | None = None
    min_value: Decimal | None = None
    max_value: Decimal | None = None
    min_confidence: float | None = None
    assign_to: str | None = None
    does: Does = "route"
    alert: tuple[str, ...] = field(default=())
    most: int = 20

    @property
    def works(self) -> bool:
        """Whether it does anything with opportunities; else it only makes runs."""
        return self.does != "route" or self.assign_to is not None or bool(self.alert)

    def to_json(self) -> dict[str, Json]:
        """As data; amounts as decimal strings."""
        return {name: plain(value) for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> Self:
        """Back from data."""
        amounts = {
            name: None if data.get(name) is None else Decimal(str(data[name])) for name in ("min_value", "max_value")
        }
        return cls(**{**data, **amounts, "alert": tuple(data.get("alert", ()))})

    def check(self) -> None:
        """Raise UsageError for a rule that says nothing, or that can't be."""
        if _NAME.fullmatch(self.name) is None:
            raise UsageError(f"{self.name!r} is no name of a rule", expected="small letters, digits, - and _")
        if (self.every is None) == (self.at is None):
            raise UsageError("when it is evaluated is not said", expected="every 15m, 6h or 1d; or at 06:00")
        if self.every is not None and _EVERY.fullmatch(self.every) is None:
            raise UsageError(f"{self.every!r} is no span", expected="15m, 6h or 1d")
        if self.at is not None and _AT.fullmatch(self.at) is None:
            raise UsageError(f"{self.at!r} is no time of day", expected="06:00")
        if self.does not in DOES:
            raise UsageError(f"a rule can't {self.does!r}", expected=f"one of {', '.join(DOES)}")
        if not self.works and not self.hunt:
            raise UsageError("the rule does nothing", expected="somebody to assign to, an alert, a hunt, or more")
        if self.min_value is not None and self.max_value is not None and self.min_value > self.max_value:
            raise UsageError("its smallest value is above its largest", do="swap the two")
        if not 1 <= self.most <= 1000:
            raise UsageError(f"{self.most} opportunities an evaluation can't be", expected="1 to 1000")

    def due(self, at: dt.datetime, last: dt.datetime | None, since: dt.datetime, zone: ZoneInfo) -> bool:
        """Whether it is to be evaluated at a moment, given when it last was, and since when it stands as it is."""
        if self.every is not None:
            number, unit = self.every[:-1], self.every[-1]
            return last is None or at - last >= dt.timedelta(**{_UNIT[unit]: int(number)})
        hour, minute = (self.at or "00:00").split(":")
        today = at.astimezone(zone).replace(hour=int(hour), minute=int(minute), second=0, microsecond=0, fold=0)
        # Compared in UTC: an hour that a day leaves out, or has twice, comes once.
        latest = today.astimezone(dt.UTC)
        if latest > at:
            latest = (today - dt.timedelta(days=1)).astimezone(dt.UTC)
        return latest > max(last or since, since)

    def wants(self, item: Item) -> bool:
        """Whether an opportunity is one that it looks for."""
        return (
            item.found
            and (self.min_value is None or item.value >= self.min_value)
            and (self.max_value is None or item.value <= self.max_value)
            and (self.min_confidence is None or item.confidence >= self.min_confidence)
        )


@dataclass(frozen=True)
class Kept:
    """A rule as it stands: paused or not, who set it, when it was last evaluated."""

    rule: Rule
    paused: bool
    set_by: str
    set_at: dt.datetime
    last_at: dt.datetime | None

    def to_json(self) -> dict[str, Json]:
        """The rule's own fields, and the rest beside them."""
        rest = {name: plain(getattr(self, name)) for name in ("paused", "set_by", "set_at", "last_at")}
        return {**self.rule.to_json(), **rest}


@dataclass(frozen=True)
class Result:
    """What a rule did with one opportunity: `did` some of assign, approve, execute, alert; `why` it did not do more."""

    opportunity: str
    did: tuple[str, ...]
    why: str | None = None

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {"opportunity": self.opportunity, "did": list(self.did), "why": self.why}


@dataclass(frozen=True)
class Evaluation:
    """One evaluation of a rule: whether it fired, why or why not, and what it did with each that it looked for."""

    automation: str
    at: dt.datetime
    fired: bool
    why: str
    run: str | None
    matched: int
    results: tuple[Result, ...]

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {name: plain(getattr(self, name)) for name in self.__dataclass_fields__}


def put(connection: sa.Connection, by: Actor, rule: Rule, at: dt.datetime) -> None:
    """Add a rule, or put another in the place of the one with its name; it is not paused."""
    by.must("manage")
    rule.check()
    values = {"rule": rule.to_json(), "paused": False, "set_by": by.name, "set_at": at}
    changed = connection.execute(sa.update(automations).where(automations.c.name == rule.name).values(**values))
    if changed.rowcount == 0:
        connection.execute(sa.insert(automations).values(name=rule.name, **values))
    audit.append(connection, by, [audit.Act("rule", "automation", rule.name, rule.to_json())], at)


def pause(connection: sa.Connection, by: Actor, name: str, at: dt.datetime, *, paused: bool) -> None:
    """Stop a rule, which who may approve may do; or let it go on, which who may manage may do. Raises NotFound."""
    by.must("approve" if paused else "manage")
    one(connection, name)
    connection.execute(sa.update(automations).where(automations.c.name == name).values(paused=paused))
    audit.append(connection, by, [audit.Act("pause" if paused else "resume", "automation", name)], at)


def listed(connection: sa.Connection) -> list[Kept]:
    """All rules, by name."""
    return [_kept(row) for row in connection.execute(sa.select(automations).order_by(automations.c.name))]


def one(connection: sa.Connection, name: str) -> Kept:
    """A rule by its name. Raises NotFound."""
    row = connection.execute(sa.select(automations).where(automations.c.name == name)).one_or_none()
    if row is None:
        there = ", ".join(kept.rule.name for kept in listed(connection)) or "none"
        raise NotFound(f"there is no rule {name!r}", do=f"there are: {there}")
    return _kept(row)


def claim(connection: sa.Connection, kept: Kept, at: dt.datetime) -> bool:
    """Take an evaluation that is due; of several who ask at once, one gets it."""
    column = automations.c.last_at
    unchanged = column.is_(None) if kept.last_at is None else column == kept.last_at
    taken = connection.execute(
        sa.update(automations).where(automations.c.name == kept.rule.name, unchanged).values(last_at=at)
    )
    return taken.rowcount == 1


def keep(connection: sa.Connection, found: Evaluation) -> None:
    """Keep what an evaluation did."""
    values = {name: getattr(found, name) for name in found.__dataclass_fields__ if name != "results"}
    results = [result.to_json() for result in found.results]
    connection.execute(sa.insert(evaluations).values(**values, results=results))


def history(connection: sa.Connection, name: str | None = None, limit: int = 50) -> list[Evaluation]:
    """What evaluations did, the latest first; of one rule, or of all."""
    query = sa.select(evaluations).order_by(evaluations.c.id.desc()).limit(limit)
    if name is not None:
        one(connection, name)
        query = query.where(evaluations.c.automation == name)
    return [_evaluation(row) for row in connection.execute(query)]


def told(connection: sa.Connection, name: str, adapter: str, items: Sequence[Item]) -> set[str]:
    """Of some opportunities, those of which a rule has told through an adapter since they were last opened."""
    subjects = {item.id: item.opened_at for item in items}
    query = sa.select(audit_table.c.subject, audit_table.c.at, audit_table.c.data).where(
        audit_table.c.verb == "alert", audit_table.c.subject.in_(list(subjects))
    )
    return {
        row.subject
        for row in connection.execute(query)
        if (row.data.get("automation"), row.data.get("adapter")) == (name, adapter) and row.at >= subjects[row.subject]
    }


def _kept(row: Any) -> Kept:
    return Kept(Rule.from_json(row.rule), row.paused, row.set_by, row.set_at, row.last_at)


def _evaluation(row: Any) -> Evaluation:
    results = tuple(Result(each["opportunity"], tuple(each["did"]), each["why"]) for each in row.results)
    return Evaluation(row.automation, row.at, row.fired, row.why, row.run, row.matched, results)
