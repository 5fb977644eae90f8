"""What customers say, listening sessions and erasing, in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from profithunt import fmt
from profithunt.api.erasing import Erasure
from profithunt.api.hearing import Heard, HeardRow, Label, Trend
from profithunt.api.listening_sessions import Hours, Journey, Session
from profithunt.cli.views.tables import heading, listing, money, table
from profithunt.proposition.listening import Reason

if TYPE_CHECKING:
    from rich.console import RenderableType

_ARROWS: Final = {"rising": "rising ▲", "falling": "falling ▼", "level": "level"}
_MANY: Final = 25


def shown(found: Any, currency: str) -> list[RenderableType]:
    """Whatever `Shop.listening` gave."""
    if isinstance(found, Heard):
        return heard(found, currency)
    if isinstance(found, Session):
        return session(found, currency)
    if isinstance(found, Label):
        former = f" (was read as {found.former})" if found.former else ""
        return [
            heading(f"{found.kind} {found.id}: {found.reason}{former}", "Kept; the next report has learnt from it.")
        ]
    items = list(found)
    if items and isinstance(items[0], Reason):
        return [_reasons(items)]
    if items and isinstance(items[0], Hours):
        return [_hours(items)]
    if not items:
        return [heading("Nothing yet", "Draw a session with: profithunt listen session")]
    return [_sessions(items), *(part for item in items[-1:] for part in _written(item))]


def heard(found: Heard, currency: str) -> list[RenderableType]:
    """The finding first, then each member, then new themes and voices."""
    days = f"{fmt.day(found.start)} to {fmt.day(found.end)}"
    if not found.n:
        return [heading("Nothing was heard", f"No contacts, reviews or returns with a reason from {days}.")]
    each = "" if found.contacts_per_order is None else f", {fmt.number(found.contacts_per_order)} contacts an order"
    voiced = f"{fmt.counted(found.n, 'voice')} from {days}: {fmt.counted(found.n_contacts, 'contact')}{each}"
    facts = [
        f"{voiced}; {fmt.money(found.cost, currency)} of service, goodwill and handling.",
        f"{fmt.share(found.unclear_share)} unclear: too little said, or not in the taxonomy; listen label teaches it.",
    ]
    parts: list[RenderableType] = [heading("What customers say", "\n".join(facts)), _members(found, currency)]
    if found.themes:
        lines = [
            f"{one.words}: {fmt.count(one.lately)} in four weeks, {fmt.count(one.before)} in the twelve before. "
            f"“{_short(one.voices[0])}”"
            for one in found.themes
            if one.voices
        ]
        parts.append(listing("New, and in no reason yet", lines))
    voices = [
        f"{row.title}: “{_short(voice.words)}” ({voice.kind} {voice.id})" for row in found.rows for voice in row.voices
    ]
    if voices:
        parts.append(listing("In their own words, personal data masked", voices[:_MANY]))
    q = found.quality
    learnt = f"{fmt.count(q.n_phrases)} phrases and {fmt.counted(q.n_labels, 'correction')} learnt from"
    held = f"read without having seen them, {fmt.share(q.right_of_clear)} of the clear ones were right"
    parts.append(listing("How it was read", [f"{learnt}; {held}. Clear from {fmt.share(found.clear)} on."]))
    return parts


def _members(found: Heard, currency: str) -> RenderableType:
    names = ("Heard", "Share", "Cost", "About a failed parcel", "Against before", "90 % range")
    made = table(found.by.capitalize(), *names, "Trend", right=names)
    for row in found.rows[:_MANY]:
        made.add_row(
            row.title,
            fmt.count(row.n),
            fmt.share(row.share),
            money(row.cost, currency),
            fmt.share(row.failed_share),
            fmt.MISSING if row.trend.ratio is None else f"× {fmt.number(row.trend.ratio)}",
            _range(row.trend),
            _trend(row),
        )
    rest = len(found.rows) - _MANY
    if rest > 0:
        made.add_row(f"… {fmt.counted(rest, 'member')} more (--json has all)", *([""] * 7))
    return made


def _range(trend: Trend) -> str:
    if trend.low is None or trend.high is None:
        return fmt.MISSING
    return f"{fmt.number(trend.low)} to {fmt.number(trend.high)}"


def _trend(row: HeardRow) -> str:
    return _ARROWS[row.trend.verdict]


def session(found: Session, currency: str) -> list[RenderableType]:
    """A session: each journey as it was lived, then notes and changes."""
    what = f"{fmt.counted(len(found.picks), 'journey')} of {found.first} to {found.last}, seed {found.seed}."
    ends = (
        f"When you have listened: profithunt listen done {found.id} --minutes 60; "
        f'profithunt listen change {found.id} "what we will change" --assign NAME'
    )
    parts: list[RenderableType] = [heading(f"Listening session {found.id}", f"{what}\n{ends}")]
    for journey in found.journeys:
        parts += _journey(journey, currency)
    return [*parts, *_written(found)]


def _journey(found: Journey, currency: str) -> list[RenderableType]:
    pick = found.pick
    name = f"order {pick.order_id}" if pick.order_id is not None else f"{pick.kind} {pick.id}"
    profit = "" if found.cm3 is None else f"; {fmt.money_exact(found.cm3, currency)} contribution profit"
    promise = {True: "; the promise was kept", False: "; the promise was broken", None: ""}[found.kept]
    made = table("When", "What happened", "About", "Money", right=("Money",))
    for one in found.moments:
        said = f"{one.what}\n“{one.words}”" if one.words else one.what
        when = fmt.MISSING if one.at is None else f"{one.at:%Y-%m-%d %H:%M}"
        amount = "" if one.amount is None else money(one.amount, currency)
        made.add_row(when, said, one.about or "", amount)
    return [heading(f"{found.number}. {name}", f"{pick.why[:1].upper()}{pick.why[1:]}{profit}{promise}."), made]


def _written(found: Session) -> list[RenderableType]:
    parts: list[RenderableType] = []
    if found.notes:
        notes = [
            f"{one.by}{'' if one.journey is None else f', journey {one.journey}'}: {one.text}" for one in found.notes
        ]
        parts.append(listing("Notes", notes))
    if found.changes:
        changes = [f"{one.what} ({one.opportunity}, {one.assignee or 'nobody yet'})" for one in found.changes]
        parts.append(listing("What we will change", changes))
    return parts


def _sessions(items: Sequence[Session]) -> RenderableType:
    made = table("Session", "Week to", "Who listened", "Hours", "Notes", "Changes", right=("Hours", "Notes", "Changes"))
    for one in items:
        who = ", ".join(dict.fromkeys(entry.who for entry in one.listened)) or "nobody yet"
        counts = [fmt.count(len(one.notes)), fmt.count(len(one.changes))]
        made.add_row(one.id, one.last, who, fmt.number(one.minutes / 60), *counts)
    return made


def _hours(items: Sequence[Hours]) -> RenderableType:
    made = table("Who", "Sessions", "Hours", "Aim", "Reached", "Last", right=("Sessions", "Hours", "Aim", "Reached"))
    for one in items:
        reached = fmt.share(one.hours / one.aim)
        made.add_row(
            one.who,
            fmt.count(one.sessions),
            fmt.number(one.hours),
            fmt.number(one.aim),
            reached,
            one.last_on or "never",
        )
    return made


def _reasons(items: Sequence[Reason]) -> RenderableType:
    made = table("Reason", "Title", "Team", "Phrases", "Languages", right=("Phrases",))
    for one in items:
        phrases = sum(len(seeds) for seeds in one.seeds.values())
        made.add_row(one.name, one.title, one.team, fmt.count(phrases), ", ".join(one.seeds))
    return made


def _short(words: str) -> str:
    flat = " ".join(words.split())
    return flat if len(flat) <= 120 else f"{flat[:117]}…"


# Erasing


def before_erasing(folder: Path) -> str:
    """What is about to happen."""
    return (
        f"This takes the customer out of everything profithunt keeps below {folder}: all runs, decisions and their "
        "audit, caches, sent files, the report. It can't be undone. Your own source files are not touched."
    )


def erased(done: Erasure) -> list[RenderableType]:
    """What was done, and what was not."""
    changed = fmt.counted(sum(sum(run.tables.values()) for run in done.runs), "row")
    runs, files = fmt.counted(len(done.runs), "run"), fmt.counted(len(done.files), "other file")
    facts = [
        f"{runs} written anew without the customer ({changed}); profit as before, tied out to the cent.",
        f"{fmt.counted(done.store_rows, 'row')} of the store of decisions, {files}.",
        f"From now on the customer is {done.pseudonym}.",
        f"Keep {done.remembered_in}: it keeps the next run from taking the customer in again.",
    ]
    if not done.runs and done.again:
        facts[0] = "Nothing of the customer was left in the runs."
    parts: list[RenderableType] = [heading("Erased", "\n".join(facts))]
    if done.not_reached:
        parts.append(listing("Not reached from here", done.not_reached))
    sources = [*done.sources[:_MANY], *(["…"] if len(done.sources) > _MANY else [])]
    parts.append(listing("Not touched: your own source files, which still name the customer where they did", sources))
    return parts
