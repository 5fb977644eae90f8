"""Documents: press releases, six-pagers, corrections of error; written, read in silence, decided upon."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from profithunt import fmt
from profithunt.api.pages.parts import Choice, Column, State, Table, choices
from profithunt.api.shop import Shop
from profithunt.errors import UsageError

if TYPE_CHECKING:
    from profithunt.actions.documents import Document

KINDS: Final = {
    "press_release": "Press release and FAQ",
    "six_pager": "Six-pager",
    "correction_of_error": "Correction of error",
}
STATES: Final = {"": "All", "draft": "Draft", "reading": "Being read", "decided": "Decided", "declined": "Declined"}
VERBS: Final = ("edit", "comment", "read", "decide", "decline")


@dataclass(frozen=True)
class DocumentsPage:
    """All documents."""

    states: tuple[Choice, ...]
    documents: Table
    kinds: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class DocumentPage:
    """One document as its readers see it."""

    id: str
    title: str
    kind: str
    state: str
    about: str
    author: str
    subject: str
    html: str
    body: str
    figures: tuple[tuple[str, str, str], ...]
    problems: tuple[str, ...]
    remarks: tuple[Mapping[str, str], ...]
    minutes_left: int | None
    decision: str
    writing: bool
    edit: str
    shown: str


def read(shop: Shop, state: State) -> DocumentsPage:
    """The list, the one changed last first."""
    chosen = state.choice("state", tuple(STATES), "") if state.get("state") else ""
    found = shop.documents.list(state=chosen or None)
    rows = tuple(_row(one) for one in found)
    columns = (
        Column("title", "Document", link="/documents/{id}", detail="kind"),
        Column("state", "State", "chip"),
        Column("author", "By"),
        Column("changed_on", "Changed", "date"),
        Column("decision", "Decision"),
    )
    return DocumentsPage(
        states=choices(state, "state", STATES, chosen),
        documents=Table(
            "documents.all",
            "Documents",
            columns,
            rows,
            len(rows),
            size=max(50, len(rows)),
            sortable=False,
            empty="No document yet. What can't be undone needs one before it is decided upon.",
        ),
        kinds=tuple(KINDS.items()),
    )


def _row(one: Document) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "kind": KINDS.get(one.kind, one.kind.replace("_", " ")),
        "state": one.state,
        "author": one.author,
        "changed_on": one.changed_at.date(),
        "decision": one.decision or "",
    }


def read_document(shop: Shop, state: State) -> DocumentPage:
    """One document; `edit=1` shows its source in a form. Raises NotFound."""
    from profithunt.actions.documents.html import render

    shown = shop.documents.show(state.get("document_id"))
    one = shown.document
    decided = ""
    if one.decided_at is not None:
        decided = f"{fmt.day(one.decided_at)}, {one.decided_by}: {one.decision}"
    return DocumentPage(
        id=one.id,
        title=one.title,
        kind=KINDS.get(one.kind, one.kind.replace("_", " ")),
        state=one.state,
        about=f"changed {fmt.day(one.changed_at)}, version {one.version}",
        author=one.author,
        subject=one.subject or "",
        html=render(shown.text),
        body=one.body,
        figures=tuple((words, figure.text, figure.period) for words, figure in shown.figures.items()),
        problems=shown.problems,
        remarks=tuple(
            {"by": item.by, "on": fmt.day(item.at), "text": item.text, "place": item.place or ""}
            for item in shown.remarks
        ),
        minutes_left=None if shown.seconds_left is None else -(-shown.seconds_left // 60),
        decision=decided,
        writing=state.get("edit") == "1",
        edit=state.url(edit=1, document_id=None),
        shown=state.url(edit=None, document_id=None),
    )


def make(shop: Shop, kind: str, title: str, opportunity: str = "") -> str:
    """A draft from the template of its kind; its id. Raises UsageError for a kind that there isn't."""
    if kind not in KINDS:
        raise UsageError(f"there is no kind of document {kind!r}", do=f"there are: {', '.join(KINDS)}")
    return shop.documents.new(kind, title, opportunity=opportunity.strip() or None).id


def work(shop: Shop, id_: str, verb: str, given: Mapping[str, str]) -> None:
    """Do one thing to a document: edit, comment, read (begin the silent reading), decide, decline."""
    documents = shop.documents
    match verb:
        case "edit":
            documents.edit(id_, given["body"].replace("\r\n", "\n"), title=given.get("title") or None)
        case "comment":
            documents.comment(id_, given["text"], place=given.get("place") or None)
        case "read":
            documents.advance(id_, minutes=int(given.get("minutes") or 20))
        case "decide" | "decline":
            documents.advance(id_, decision=given["text"], decline=verb == "decline")
        case _:
            raise UsageError(f"there is no step {verb!r}", do=f"there are: {', '.join(VERBS)}")
