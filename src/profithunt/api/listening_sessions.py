"""Listening sessions of leaders: a fair sample of what was heard, and the week's worst journeys as they were lived.

A session is kept as a small file below `listening/sessions/` of the shop: keys of what was drawn, who listened for how
long, notes (personal data masked) and what was decided. What customers wrote is read from the run when it is shown.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from sqlglot import exp

from profithunt.api.hearing import KEPT
from profithunt.config import ShopConfig
from profithunt.engine import AnyEngine
from profithunt.engine.masking import masked
from profithunt.errors import DataError, NotFound, UsageError
from profithunt.proposition import listening as heard

Json = Any
SESSIONS: Final = "sessions"
WEEK: Final = 7
_LONGEST: Final = 5_000


@dataclass(frozen=True)
class Pick:
    """What was drawn for a session: a contact or review, or an order, and why."""

    why: str
    kind: str
    id: str | None
    order_id: str | None

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return dict(self.__dict__)


@dataclass(frozen=True)
class Moment:
    """One moment of a journey: when, what kind, what happened, about what, the money, the customer's words (masked)."""

    at: dt.datetime | None
    moment: str
    what: str
    about: str | None
    amount: Decimal | None
    words: str | None

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {
            **self.__dict__,
            "at": None if self.at is None else self.at.isoformat(),
            "amount": None if self.amount is None else f"{self.amount:.4f}",
        }


@dataclass(frozen=True)
class Journey:
    """One customer's order from touch to return; only what was said where no order is known.

    `kept` tells whether the promise of delivery was kept (None: not known).
    """

    number: int
    pick: Pick
    moments: tuple[Moment, ...]
    cm3: Decimal | None
    kept: bool | None

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {
            "number": self.number,
            **self.pick.to_json(),
            "cm3": None if self.cm3 is None else f"{self.cm3:.4f}",
            "promise_kept": self.kept,
            "moments": [one.to_json() for one in self.moments],
        }


@dataclass(frozen=True)
class Note:
    """What a listener noted, about a journey or about all."""

    text: str
    by: str
    at: str
    journey: int | None = None

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return dict(self.__dict__)


@dataclass(frozen=True)
class Listened:
    """Who listened on which day, for how many minutes."""

    who: str
    on: str
    minutes: float

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return dict(self.__dict__)


@dataclass(frozen=True)
class Promised:
    """What we will change: an opportunity in the queue, assigned to somebody."""

    what: str
    opportunity: str
    assignee: str | None
    by: str
    at: str

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return dict(self.__dict__)


@dataclass(frozen=True)
class Session:
    """A listening session; `journeys` are filled when it is shown."""

    id: str
    made_at: str
    run: str
    first: str
    last: str
    seed: int
    picks: tuple[Pick, ...]
    listened: tuple[Listened, ...] = ()
    notes: tuple[Note, ...] = ()
    changes: tuple[Promised, ...] = ()
    journeys: tuple[Journey, ...] = field(default=())

    @property
    def minutes(self) -> float:
        """Minutes that all listeners spent."""
        return sum(one.minutes for one in self.listened)

    def to_json(self) -> dict[str, Json]:
        """As data."""
        lists = ("picks", "listened", "notes", "changes", "journeys")
        return {**self.__dict__, **{name: [one.to_json() for one in getattr(self, name)] for name in lists}}


@dataclass(frozen=True)
class Hours:
    """How long one person listened in a year, against the aim."""

    who: str
    sessions: int
    hours: float
    aim: float
    last_on: str | None

    def to_json(self) -> dict[str, Json]:
        """As data, with the share of the aim that is reached."""
        return {**self.__dict__, "share": self.hours / self.aim}


def draw(
    engine: AnyEngine,
    run_id: str,
    size: int,
    worst: int,
    days: tuple[dt.date, dt.date],
    seed: int | None,
) -> Session:
    """Draw a session: the week's worst journeys, then a fair sample of what else was heard. Raises UsageError."""
    if not 1 <= size <= 50 or not 0 <= worst <= size:
        raise UsageError(f"a session of {size} with {worst} worst can't be", expected="1 to 50, worst among them")
    first, last = days
    chosen = secrets.randbelow(1_000_000) if seed is None else seed
    picks = [_worst_pick(row) for row in heard.worst(engine, first, last, worst)] if worst else []
    there = {pick.order_id for pick in picks}
    rows = heard.sample(engine, first, last, size + worst, chosen)
    for row in rows:
        if len(picks) == size:
            break
        if row["order_id"] is None or row["order_id"] not in there:
            picks.append(Pick("drawn fairly", row["kind"], row["id"], row["order_id"]))
    if not picks:
        raise DataError(
            f"nothing was heard from {first} to {last}, and no order failed",
            expected="contacts, reviews or defects in these days",
            do="choose another week, or map contacts and reviews in shop.toml",
        )
    made = dt.datetime.now(tz=dt.UTC)
    id_ = f"{made:%Y%m%d}-{secrets.token_hex(3)}"
    return Session(id_, made.isoformat(timespec="seconds"), run_id, str(first), str(last), chosen, tuple(picks))


def _worst_pick(row: Mapping[str, Json]) -> Pick:
    said = []
    if row["n_defects"]:
        said.append(f"{row['n_defects']} defect{'s' if row['n_defects'] > 1 else ''}")
    if row["days_late"]:
        said.append(f"{row['days_late']} day{'s' if row['days_late'] > 1 else ''} late")
    if row["n_heard"]:
        said.append(f"heard of {row['n_heard']} time{'s' if row['n_heard'] > 1 else ''}")
    if row["cm3"] is not None and row["cm3"] < 0:
        said.append("money lost")
    return Pick("among the worst: " + ", ".join(said), "order", None, row["order_id"])


def told(engine: AnyEngine, config: ShopConfig, session: Session) -> Session:
    """A session with each journey as its customer lived it."""
    return replace(
        session,
        journeys=tuple(_journey(engine, config, number, pick) for number, pick in enumerate(session.picks, 1)),
    )


def _journey(engine: AnyEngine, config: ShopConfig, number: int, pick: Pick) -> Journey:
    rows: list[dict[str, Json]] = []
    cm3: Decimal | None = None
    if pick.order_id is not None:
        try:
            rows = heard.journey(engine, pick.order_id, config.shop.timezone)
        except NotFound:
            rows = []
        where = exp.column("order_id").eq(exp.Literal.string(pick.order_id))
        cm3 = engine.value(exp.select("cm3").from_("order_profit").where(where))
    moments = [Moment(r["at"], r["moment"], r["what"], r["about"], r["amount"], r["words"]) for r in rows]
    if not moments and pick.id is not None and (said := heard.one(engine, pick.kind, pick.id)) is not None:
        at = None if said["heard_on"] is None else dt.datetime.combine(said["heard_on"], dt.time())
        moments = [Moment(at, pick.kind, f"{said['medium']} · {said['reason']}", said["sku"], None, said["verbatim"])]
    kept = [one.what.endswith("as promised") for one in moments if one.moment == "delivery" and "promise" in one.what]
    kept += [False for one in moments if one.moment == "failed" and ("late" in one.what or "lost" in one.what)]
    return Journey(number, pick, tuple(moments), cm3, all(kept) if kept else None)


# Keeping


def save(folder: Path, session: Session) -> Session:
    """Keep a session without what customers wrote."""
    path = folder / KEPT / SESSIONS / f"{session.id}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    data = session.to_json()
    del data["journeys"]
    new = path.with_suffix(".new")
    new.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", "utf-8")
    new.replace(path)
    return session


def read(folder: Path, id_: str) -> Session:
    """A session by its id or the beginning of it. Raises NotFound."""
    found = [one for one in kept(folder) if one.id.startswith(id_)] if id_ else []
    exact = [one for one in found if one.id == id_]
    if len(exact or found) == 1:
        return (exact or found)[0]
    what = "several listening sessions begin with" if found else "there is no listening session"
    some = ", ".join(one.id for one in kept(folder)[-5:])
    raise NotFound(f"{what} {id_!r}", do=f"there are: {some}" if some else "make one with: profithunt listen session")


def kept(folder: Path) -> list[Session]:
    """All sessions, oldest first. Raises DataError for one that can't be read."""
    sessions = []
    for path in sorted((folder / KEPT / SESSIONS).glob("*.json")):
        try:
            sessions.append(_session(json.loads(path.read_text("utf-8"))))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DataError("is no listening session", where=str(path), do="restore or remove it") from error
    return sessions


def _session(data: Mapping[str, Json]) -> Session:
    plain = {name: data[name] for name in ("id", "made_at", "run", "first", "last", "seed")}
    return Session(
        **plain,
        picks=tuple(Pick(**one) for one in data["picks"]),
        listened=tuple(Listened(**one) for one in data["listened"]),
        notes=tuple(Note(**one) for one in data["notes"]),
        changes=tuple(Promised(**one) for one in data["changes"]),
    )


def without_personal_data(engine: AnyEngine, text: str) -> str:
    """Words that somebody typed, personal data masked as in what customers wrote."""
    words = text.strip()
    if not words or len(words) > _LONGEST:
        raise UsageError("the text is empty or too long", expected=f"1 to {_LONGEST} characters")
    return str(engine.value(exp.select(masked(exp.Literal.string(words), engine.dialect))))


def hours(config: ShopConfig, sessions: Sequence[Session], year: int) -> tuple[Hours, ...]:
    """How long each leader listened in a year, least first; leaders who never did are there."""
    aim = config.listening.hours_a_year
    people: dict[str, list[Listened]] = {who: [] for who in config.listening.leaders}
    for one in (entry for session in sessions for entry in session.listened):
        mine = people.setdefault(one.who, [])
        if one.on.startswith(f"{year:04}-"):
            mine.append(one)
    found = [
        Hours(who, len(all_), sum(one.minutes for one in all_) / 60, aim, max((one.on for one in all_), default=None))
        for who, all_ in people.items()
    ]
    return tuple(sorted(found, key=lambda one: (one.hours, one.who)))
