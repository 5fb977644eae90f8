"""Documents in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from profithunt import fmt
from profithunt.cli.views.tables import heading, table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from profithunt.actions.documents import Document
    from profithunt.api.documents import Shown


def begun(document: Document) -> list[RenderableType]:
    """A draft, and what comes next."""
    left = document.unfinished
    lines: list[RenderableType] = [f"{document.id}  {document.title} ({_words(document.kind)}, {document.state})"]
    if left:
        lines.append(f"Still to be written: {'; '.join(left)}.")
        lines.append(f"Write it: profithunt document export {document.id} --format source -o FILE; then: "
                     f"profithunt document edit {document.id} FILE")  # fmt: skip
    else:
        lines.append(f"Give it to its readers: profithunt document advance {document.id}")
    return lines


def listed(documents: Sequence[Document]) -> list[RenderableType]:
    """All of them."""
    if not documents:
        return ["There are no documents. Begin one: profithunt document new six_pager TITLE"]
    shown = table("Id", "Kind", "Title", "State", "Author", "Changed", "About")
    for one in documents:
        shown.add_row(
            one.id, _words(one.kind), one.title, one.state, one.author, fmt.day(one.changed_at.date()),
            one.subject or fmt.MISSING,
        )  # fmt: skip
    return [shown]


def shown(found: Shown) -> list[RenderableType]:
    """One as its readers see it."""
    document = found.document
    about = f"{_words(document.kind)}, {document.state}, by {document.author}"
    parts: list[RenderableType] = [heading(document.title, about)]
    if found.seconds_left is not None:
        left = fmt.duration(found.seconds_left) if found.seconds_left else "over"
        parts.append(f"Silent reading: {left}.")
    if document.decision:
        parts.append(f"Decision of {document.decided_by}: {document.decision}")
    parts.append(found.text)
    if found.remarks:
        parts.append(heading("Remarks"))
        parts += [f"{one.by}{f' on {one.place}' if one.place else ''}: {one.text}" for one in found.remarks]
    if document.state == "draft" and document.unfinished:
        parts.append(f"Still to be written: {'; '.join(document.unfinished)}.")
    parts += [f"Not read: {problem}" for problem in found.problems]
    return parts


def advanced(document: Document) -> list[RenderableType]:
    """Where it is now."""
    if document.state == "reading" and document.reading_until is not None:
        until = f"{document.reading_until:%H:%M} UTC"
        return [
            f"{document.title}: silent reading until {until}.",
            f"Then: profithunt document advance {document.id} --decision TEXT",
        ]
    return [f"{document.title}: {document.state}. {document.decision or ''}".rstrip()]


def _words(kind: str) -> str:
    return kind.replace("_", " ")
