"""Listening: what customers say, by reason, with its trend and cost; sessions of leaders, read in place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from profithunt import fmt
from profithunt.api.pages.parts import Choice, Column, Figure, State, Table, choices
from profithunt.api.pages.reader import Study, study
from profithunt.api.pages.tables import Listed, held, read_table
from profithunt.api.pages.told import title_of
from profithunt.api.shop import Shop
from profithunt.errors import UsageError

if TYPE_CHECKING:
    from profithunt.api.hearing import Heard
    from profithunt.api.listening_sessions import Session

PATIENCE: Final = 120.0
"""Seconds that a file waits for what is still being read."""


@dataclass(frozen=True)
class ListeningPage:
    """What was heard; working while it is read for the first time in a run."""

    working: bool
    seconds: float
    why_not: str
    again: str
    by: tuple[Choice, ...]
    sessions: Table
    hours: Table
    listens: bool
    figures: tuple[Figure, ...] = ()
    heard: Table | None = None
    themes: Table | None = None
    voices: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    about: str = ""


@dataclass(frozen=True)
class SessionPage:
    """One listening session: journeys of customers, what was noted, who listened, what will change."""

    session: Session
    listens: bool
    people: tuple[str, ...]


def read(shop: Shop, state: State) -> ListeningPage:
    """What was heard by a dimension, and the sessions. Raises UsageError for a dimension that isn't there."""
    listening = shop.listening
    by = state.choice("by", listening.dimensions, "reason")
    found = _heard(shop, by)
    page = ListeningPage(
        working=found.state == "working",
        seconds=round(found.seconds, 1),
        why_not=found.error,
        again=state.url(),
        by=choices(state, "by", {name: title_of(name) for name in listening.dimensions}, by),
        sessions=read_table(shop, state, "listening.sessions", sessions),
        hours=read_table(shop, state, "listening.hours", hours),
        listens="comment" in shop.act.whoami().may,
    )
    if found.state != "done":
        return page
    heard: Heard = found.value
    return replace(
        page,
        about=f"{fmt.day(heard.start)} to {fmt.day(heard.end)}",
        figures=(
            Figure("Heard", heard.n, "count", "contacts, reviews and returns"),
            Figure("Contacts", heard.n_contacts, "count", f"{fmt.counted(heard.n_orders, 'order')} in these days"),
            Figure("Contacts an order", heard.contacts_per_order, "number"),
            Figure("What it cost", heard.cost, "money"),
            Figure("Not clear", heard.unclear_share, "share", "of what was heard"),
        ),
        heard=read_table(shop, state, "listening.heard", heard_rows),
        themes=read_table(shop, state, "listening.themes", themes),
        voices=tuple((row.title, tuple(row.voices)) for row in heard.rows if row.voices)[:6],
    )


def _heard(shop: Shop, by: str, wait: float | None = None) -> Study:
    def work(on: Shop) -> Heard:
        return on.listening.report(by)

    return study(shop, ("heard", by), work) if wait is None else study(shop, ("heard", by), work, wait)


def _by(shop: Shop, state: State) -> str:
    return state.choice("by", shop.listening.dimensions, "reason")


def heard_rows(shop: Shop, state: State) -> Listed:
    """What was heard, the costliest first."""
    found = _heard(shop, _by(shop, state), PATIENCE)
    columns = (
        Column("title", "About"),
        Column("team", "Team"),
        Column("n", "Heard", "count"),
        Column("share", "Share", "share"),
        Column("n_contacts", "Contacts", "count"),
        Column("n_returns", "Returns", "count"),
        Column("cost", "Cost", "money"),
        Column("failed_share", "Were failed", "share"),
        Column("trend", "Trend", "chip", detail="change"),
    )
    rows = []
    for row in found.value.rows if found.state == "done" else ():
        trend = row.trend
        change = "" if trend is None or trend.ratio is None else f"× {fmt.number(trend.ratio)}"
        rows.append({**vars(row), "trend": "" if trend is None else trend.verdict, "change": change})
    return held(rows, columns, "What customers say", sort="-cost", search=("title", "team"), size=15, empty=found.error)


def themes(shop: Shop, state: State) -> Listed:
    """What is new in what customers say."""
    found = _heard(shop, _by(shop, state), PATIENCE)
    rows = (
        [{**vars(one), "said": " … ".join(one.voices[:2])} for one in found.value.themes]
        if found.state == "done"
        else []
    )
    columns = (
        Column("words", "Words", detail="said"),
        Column("lately", "Lately", "count"),
        Column("before", "Before", "count"),
        Column("growth", "Growth", "number"),
    )
    return held(rows, columns, "New themes", size=8, empty="Nothing new is said more often than by chance.")


def sessions(shop: Shop, state: State) -> Listed:
    """Listening sessions, the latest first."""
    del state
    columns = (
        Column("id", "Session", "id", link="/listening/{id}"),
        Column("week", "Week"),
        Column("journeys", "Journeys", "count"),
        Column("minutes", "Minutes", "number"),
        Column("notes", "Notes", "count"),
        Column("changes", "Will change", "count"),
    )
    rows = [
        {
            "id": one.id,
            "week": f"{one.first} to {one.last}",
            "journeys": len(one.picks),
            "minutes": one.minutes,
            "notes": len(one.notes),
            "changes": len(one.changes),
        }
        for one in shop.listening.sessions()
    ]
    return held(rows, columns, "Sessions", sort="-id", size=8, empty="Nobody has listened yet: draw a session.")


def hours(shop: Shop, state: State) -> Listed:
    """How long each leader listened this year, against the aim."""
    del state
    columns = (
        Column("who", "Who"),
        Column("sessions", "Sessions", "count"),
        Column("hours", "Hours", "number"),
        Column("aim", "Aim", "number"),
        Column("last_on", "Last", "date"),
    )
    return held(
        [vars(one) for one in shop.listening.hours()], columns, "Hours this year", empty="Nobody has listened yet."
    )


def read_session(shop: Shop, state: State) -> SessionPage:
    """One session with its journeys. Raises NotFound."""
    found = shop.listening.show(state.get("session_id"))
    people = tuple(user.name for user in shop.act.users() if user.active and user.kind == "person")
    return SessionPage(found, "comment" in shop.act.whoami().may, people)


def draw(shop: Shop, size: int) -> str:
    """Draw a session from the last week; its id. Raises Forbidden, DataError."""
    return str(_as_signed(shop).session(size).id)


def work(shop: Shop, session: str, verb: str, given: dict[str, str]) -> None:
    """Note something, say who listened, or what will change. Raises Forbidden, UsageError, NotFound."""
    listening = _as_signed(shop)
    if verb == "note":
        listening.note(session, given["text"], journey=int(given["journey"]) if given["journey"] else None)
    elif verb == "listened":
        listening.listened(session, float(given["minutes"]))
    elif verb == "change":
        listening.change(session, given["text"], assignee=given["assignee"] or None)
    else:
        raise UsageError(f"a session can't be {verb!r}", do="note, listened or change")


def _as_signed(shop: Shop) -> Any:
    """Listening as who is signed in, who must be allowed to say something."""
    actor = shop.act.whoami()
    actor.must("comment")
    return shop.listening.as_(actor.name)


TABLES: Final = {
    "listening.heard": heard_rows,
    "listening.themes": themes,
    "listening.sessions": sessions,
    "listening.hours": hours,
}
LIVE: Final = ("listening.sessions", "listening.hours")
"""Those of them that people change."""
CHARTS: Final[dict[str, Any]] = {}
