"""`profithunt document …`: press release and FAQ, six-pager, correction of error."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from profithunt.cli import options

if TYPE_CHECKING:
    from profithunt.api import Shop
    from profithunt.api.documents import Documents

app = typer.Typer(
    help="Documents with live figures: press release and FAQ, six-pager, correction of error.", no_args_is_help=True
)

Id = Annotated[str, typer.Argument(metavar="ID", help="Document, or the beginning of its id.")]
By = Annotated[str | None, typer.Option("--as", help="Who acts; default: who is logged in.", show_default=False)]


@app.command(no_args_is_help=True)
def new(
    kind: Annotated[
        Literal["press_release", "six_pager", "correction_of_error"], typer.Argument(help="Kind of document.")
    ],
    title: Annotated[str, typer.Argument(help="Its title.")],
    about: Annotated[
        str | None, typer.Option("--about", help="Opportunity that it is about.", metavar="ID", show_default=False)
    ] = None,
    by: By = None,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Begin a document from the template of its kind."""
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import document as view

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(None, shop)
    made = _documents(opened, by).new(kind, title, opportunity=about)
    if json:
        output.data(made)
    else:
        output.show(*view.begun(made))


@app.command("list")
def list_(
    kind: Annotated[str | None, typer.Option("--kind", help="Of this kind.", show_default=False)] = None,
    state: Annotated[
        str | None, typer.Option("--state", help="draft, reading, decided or declined.", show_default=False)
    ] = None,
    by: By = None,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Documents, the one changed last first."""
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import document as view

    output = Output(json=json, quiet=quiet, debug=debug)
    found = _documents(open_shop(None, shop), by).list(kind=kind, state=state)
    if json:
        output.data(found)
    else:
        output.show(*view.listed(found))


@app.command(no_args_is_help=True)
def show(
    id: Id,
    by: By = None,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """One document with its figures, its remarks and what is still to be written."""
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import document as view

    output = Output(json=json, quiet=quiet, debug=debug)
    found = _documents(open_shop(None, shop), by).show(id)
    if json:
        output.data(found)
    else:
        output.show(*view.shown(found))


@app.command(no_args_is_help=True)
def edit(
    id: Id,
    file: Annotated[Path, typer.Argument(help="Markdown file with its new text; - reads it from stdin.")],
    title: Annotated[str | None, typer.Option("--title", help="Another title.", show_default=False)] = None,
    by: By = None,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Give a document another text; one that was being read or was declined is a draft again."""
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import document as view
    from profithunt.errors import UsageError

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(None, shop)
    try:
        body = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"can't be read ({error})", where=str(file), expected="a Markdown file in UTF-8") from error
    changed = _documents(opened, by).edit(id, body, title=title)
    if json:
        output.data(changed)
    else:
        output.show(*view.begun(changed))


@app.command(no_args_is_help=True)
def comment(
    id: Id,
    text: Annotated[str, typer.Argument(help="What to say.")],
    place: Annotated[str | None, typer.Option("--place", help="Heading that it is about.", show_default=False)] = None,
    by: By = None,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Leave a remark on a document."""
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop

    output = Output(json=json, quiet=quiet, debug=debug)
    made = _documents(open_shop(None, shop), by).comment(id, text, place=place)
    if json:
        output.data(made)
    else:
        output.show("Noted.")


@app.command(no_args_is_help=True)
def advance(
    id: Id,
    decision: Annotated[
        str | None, typer.Option("--decision", help="What was decided, and why.", show_default=False)
    ] = None,
    decline: Annotated[bool, typer.Option("--decline", help="The decision is against it.")] = False,
    minutes: Annotated[int, typer.Option("--minutes", min=1, help="Minutes of silent reading.")] = 20,
    by: By = None,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """One state on: a draft to its silent reading, a read one to its decision."""
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import document as view

    output = Output(json=json, quiet=quiet, debug=debug)
    documents = _documents(open_shop(None, shop), by)
    changed = documents.advance(id, decision=decision, decline=decline, minutes=minutes)
    if json:
        output.data(changed)
    else:
        output.show(*view.advanced(changed))


@app.command(no_args_is_help=True)
def export(
    id: Id,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File to write; default: stdout.", show_default=False)
    ] = None,
    format: Annotated[
        Literal["html", "md", "source"],
        typer.Option("--format", help="One HTML page, Markdown with figures, or the source to edit."),
    ] = "html",
    by: By = None,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Write a document with its figures as one HTML page or as Markdown."""
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop

    output = Output(json=json, quiet=quiet, debug=debug)
    text = _documents(open_shop(None, shop), by).export(id, out, format)
    if json:
        output.data({"id": id, "format": format, "path": None if out is None else str(out), "text": text})
    elif out is None:
        sys.stdout.write(text)
    else:
        output.show(f"Written to {out}.")


def _documents(shop: Shop, by: str | None) -> Documents:
    return shop.documents if by is None else shop.documents.as_(by)
