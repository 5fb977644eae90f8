"""`profithunt document …`: press release and FAQ, six-pager, correction of error."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from profithunt.cli.calls import Call, in_a_name

if TYPE_CHECKING:
    from profithunt.api.documents import Documents

app = typer.Typer(
    help="Documents with live figures: press release and FAQ, six-pager, correction of error.", no_args_is_help=True
)

Id = Annotated[str, typer.Argument(metavar="ID", help="Document, or the beginning of its id.")]


@app.command(no_args_is_help=True)
@in_a_name
def new(
    call: Call,
    kind: Annotated[
        Literal["press_release", "six_pager", "correction_of_error"], typer.Argument(help="Kind of document.")
    ],
    title: Annotated[str, typer.Argument(help="Its title.")],
    about: Annotated[
        str | None, typer.Option("--about", help="Opportunity that it is about.", metavar="ID", show_default=False)
    ] = None,
) -> None:
    """Begin a document from the template of its kind."""
    from profithunt.cli.views import document as view

    made = _documents(call).new(kind, title, opportunity=about)
    call.show(made, lambda: view.begun(made))


@app.command("list")
@in_a_name
def list_(
    call: Call,
    kind: Annotated[str | None, typer.Option("--kind", help="Of this kind.", show_default=False)] = None,
    state: Annotated[
        str | None, typer.Option("--state", help="draft, reading, decided or declined.", show_default=False)
    ] = None,
) -> None:
    """Documents, the one changed last first."""
    from profithunt.cli.views import document as view

    found = _documents(call).list(kind=kind, state=state)
    call.show(found, lambda: view.listed(found))


@app.command(no_args_is_help=True)
@in_a_name
def show(call: Call, id: Id) -> None:
    """One document with its figures, its remarks and what is still to be written."""
    from profithunt.cli.views import document as view

    found = _documents(call).show(id)
    call.show(found, lambda: view.shown(found))


@app.command(no_args_is_help=True)
@in_a_name
def edit(
    call: Call,
    id: Id,
    file: Annotated[Path, typer.Argument(help="Markdown file with its new text; - reads it from stdin.")],
    title: Annotated[str | None, typer.Option("--title", help="Another title.", show_default=False)] = None,
) -> None:
    """Give a document another text; one that was being read or was declined is a draft again."""
    from profithunt.cli.views import document as view
    from profithunt.errors import UsageError

    try:
        body = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"can't be read ({error})", where=str(file), expected="a Markdown file in UTF-8") from error
    changed = _documents(call).edit(id, body, title=title)
    call.show(changed, lambda: view.begun(changed))


@app.command(no_args_is_help=True)
@in_a_name
def comment(
    call: Call,
    id: Id,
    text: Annotated[str, typer.Argument(help="What to say.")],
    place: Annotated[str | None, typer.Option("--place", help="Heading that it is about.", show_default=False)] = None,
) -> None:
    """Leave a remark on a document."""
    made = _documents(call).comment(id, text, place=place)
    call.show(made, lambda: ["Noted."])


@app.command(no_args_is_help=True)
@in_a_name
def advance(
    call: Call,
    id: Id,
    decision: Annotated[
        str | None, typer.Option("--decision", help="What was decided, and why.", show_default=False)
    ] = None,
    decline: Annotated[bool, typer.Option("--decline", help="The decision is against it.")] = False,
    minutes: Annotated[int, typer.Option("--minutes", min=1, help="Minutes of silent reading.")] = 20,
) -> None:
    """One state on: a draft to its silent reading, a read one to its decision."""
    from profithunt.cli.views import document as view

    documents = _documents(call)
    changed = documents.advance(id, decision=decision, decline=decline, minutes=minutes)
    call.show(changed, lambda: view.advanced(changed))


@app.command(no_args_is_help=True)
@in_a_name
def export(
    call: Call,
    id: Id,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File to write; default: stdout.", show_default=False)
    ] = None,
    format: Annotated[
        Literal["html", "md", "source"],
        typer.Option("--format", help="One HTML page, Markdown with figures, or the source to edit."),
    ] = "html",
) -> None:
    """Write a document with its figures as one HTML page or as Markdown."""
    text = _documents(call).export(id, out, format)
    if call.output.json:
        call.output.data({"id": id, "format": format, "path": None if out is None else str(out), "text": text})
    elif out is None:
        sys.stdout.write(text)
    else:
        call.output.show(f"Written to {out}.")


def _documents(call: Call) -> Documents:
    return call.shop.documents if call.name is None else call.shop.documents.as_(call.name)
