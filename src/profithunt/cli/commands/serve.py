"""`profithunt serve`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from profithunt.cli import options


def serve(
    shop: options.Shop = None,
    port: Annotated[int, typer.Option("--port", "-p", min=0, max=65535, help="Port; 0 takes a free one.")] = 8765,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    team: Annotated[
        bool, typer.Option("--team", help="Everyone signs in; profithunt password USER gives passwords.")
    ] = False,
    name: Annotated[
        list[str] | None,
        typer.Option("--name", help="A host name that it answers to with --team, several times.", show_default=False),
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Show the shop as pages in the browser, on this machine only; with --team, to everyone who signs in.

    Reads the current run, and switches to a new one by itself. In an empty folder it asks for files first. --json
    writes the address, and serves.
    """
    from profithunt.cli.output import Output
    from profithunt.cli.serving import listen

    output = Output(json=json, quiet=quiet, debug=debug)
    listen(shop_option or shop or Path.cwd(), host, port, output, show=show, team=team, names=tuple(name or ()))
