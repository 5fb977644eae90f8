"""Weekly review: the deck a section at a time, or a chart at a time for whoever presents it; it prints."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from profithunt import fmt
from profithunt.api.pages.parts import Choice, Missing, State
from profithunt.api.shop import Shop
from profithunt.errors import NotFound, UsageError
from profithunt.reports import weekly

NOTE: Final = 2_000
"""Characters of a note at most."""
FEW: Final = 8
"""Charts on a page of the deck."""


@dataclass(frozen=True)
class Moved:
    """A metric that moved by more than noise: its number, title, finding and where its chart is."""

    number: int
    title: str
    finding: str
    href: str


@dataclass(frozen=True)
class Note:
    """What the owner of a metric says about its week: by whom, when."""

    text: str
    by: str
    on: str


@dataclass(frozen=True)
class ReviewPage:
    """The deck."""

    missing: Missing | None
    title: str = ""
    subtitle: str = ""
    span: str = ""
    finding: str = ""
    sections: tuple[Choice, ...] = ()
    moved: tuple[Moved, ...] = ()
    blocks: tuple[dict[str, Any], ...] = ()
    problems: tuple[str, ...] = ()
    before: str = ""
    after: str = ""
    place: str = ""
    presenting: bool = False
    present: str = ""
    leave: str = ""
    until: str = ""
    notes: Mapping[str, Note] = field(default_factory=dict)
    back: str = ""

    def to_json(self) -> dict[str, Any]:
        """The page as data: what moved, and the charts and tables shown, without their pictures."""
        shown = [
            block["card"].chart.to_json()
            if block["what"] == "chart"
            else {"title": block.get("title", ""), "text": block.get("text", "")}
            for block in self.blocks
        ]
        return {
            "title": self.title,
            "week": self.span,
            "finding": self.finding,
            "moved": [vars(one) for one in self.moved],
            "blocks": shown,
            "problems": list(self.problems),
            "notes": {name: vars(note) for name, note in self.notes.items()},
        }


def read(shop: Shop, state: State) -> ReviewPage:
    """The deck of the current run with its owners' notes, or why there is none."""
    page = _read(shop, state)
    names = [block["card"].chart.primary.item.name for block in page.blocks if block["what"] == "chart"]
    return replace(page, notes=_notes(shop, names, page.until), back=state.url())


def _notes(shop: Shop, names: Sequence[str], week: str) -> dict[str, Note]:
    from profithunt.actions.store import queue

    with shop.act.store.reading() as connection:
        found = {name: queue.fact(connection, _key(name, week)) for name in names}
    return {name: Note(said["text"], said["by"], said["on"]) for name, said in found.items() if said}


def _key(name: str, week: str) -> str:
    return f"note:{week}:{hashlib.sha256(name.encode()).hexdigest()[:40]}"


def write_note(shop: Shop, metric: str, week: str, text: str) -> None:
    """Keep what an owner says about a metric's week; an empty text takes it away. Raises Forbidden, UsageError."""
    from profithunt.actions.store import queue

    me = shop.act.whoami()
    me.must("comment")
    try:
        day = dt.date.fromisoformat(week).isoformat()
    except ValueError as error:
        raise UsageError(f"{week!r} is no day", expected="the last day of the week, such as 2025-06-29") from error
    today = dt.datetime.now(tz=dt.UTC).date().isoformat()
    kept = {"text": text.strip()[:NOTE], "by": me.name, "on": today} if text.strip() else {}
    with shop.act.store.writing() as connection:
        queue.put_fact(connection, _key(metric, day), kept)


def _read(shop: Shop, state: State) -> ReviewPage:
    try:
        review = shop.review(week=_week(state))
    except NotFound as error:
        return ReviewPage(Missing("No weekly review yet", str(error)))
    blocks = weekly.blocks(review)
    pages = _pages(blocks)
    number = min(state.number("page", 1), len(pages))
    cards = [block["card"] for block in blocks if block["what"] == "chart"]
    last = len(review.weeks) - 1
    moved = [card for card in cards if any(signal.at == last for signal in card.chart.signals)]
    where = {
        block["card"].chart.number: place
        for place, (_, part) in enumerate(pages, 1)
        for block in part
        if block["what"] == "chart"
    }
    at = state.number("at", 0, least=0)
    if at:
        return _presented(review, cards, state, at, moved)
    return ReviewPage(
        missing=None,
        title=review.title,
        subtitle=review.subtitle,
        span=weekly.span(review.weeks[-1]),
        finding=_finding(moved, cards),
        sections=tuple(
            Choice(str(place), title, state.url(page=place if place > 1 else None), place == number)
            for place, (title, _) in enumerate(pages, 1)
        ),
        moved=tuple(
            Moved(
                card.chart.number,
                card.chart.title,
                card.finding,
                f"{state.url(page=where[card.chart.number])}#{card.anchor}",
            )
            for card in moved
        )
        if number == 1
        else (),
        blocks=tuple(pages[number - 1][1]),
        problems=review.problems,
        before=state.url(page=number - 1 if number > 2 else None) if number > 1 else "",
        after=state.url(page=number + 1) if number < len(pages) else "",
        place=f"{number} of {len(pages)}",
        present=state.url(at=1, page=None),
        until=review.until.isoformat(),
    )


def _week(state: State) -> Any:
    text = state.get("week")
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _finding(moved: list[Any], cards: list[Any]) -> str:
    return f"{len(moved) or 'None'} of {fmt.counted(len(cards), 'metric')} moved by more than noise last week."


def _presented(review: Any, cards: list[Any], state: State, at: int, moved: list[Any]) -> ReviewPage:
    at = min(at, len(cards))
    return ReviewPage(
        missing=None,
        title=review.title,
        span=weekly.span(review.weeks[-1]),
        finding=_finding(moved, cards),
        blocks=({"what": "chart", "card": cards[at - 1]},) if cards else (),
        before=state.url(at=at - 1) if at > 1 else "",
        after=state.url(at=at + 1) if at < len(cards) else "",
        place=f"{at} of {len(cards)}",
        presenting=True,
        until=review.until.isoformat(),
        leave=state.url(at=None),
    )


def _pages(blocks: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The deck in pages: by section, and a section of many charts in several."""
    pages: list[tuple[str, list[dict[str, Any]]]] = []
    title = "The week"
    for block in blocks:
        if block["what"] == "section" and block["title"]:
            title = block["title"]
            pages.append((title, []))
            continue
        if not pages:
            pages.append((title, []))
        if len(pages[-1][1]) >= FEW:
            n = sum(name == title or name.startswith(f"{title} ") for name, _ in pages)
            pages.append((f"{title} {n + 1}", []))
        pages[-1][1].append(block)
    return [page for page in pages if page[1]] or [(title, [])]
