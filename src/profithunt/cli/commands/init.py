"""`profithunt init`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from profithunt.cli import options


def init(
    folder: Annotated[Path, typer.Argument(help="Folder of the new shop.", metavar="DIR")],
    source: Annotated[
        Path, typer.Option("--from", help="Folder (or file) with the retailer's exports.", metavar="FOLDER")
    ],
    preset: Annotated[
        str | None,
        typer.Option("--preset", help="A known export, e.g. shopify; default: recognised.", show_default=False),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Take the proposal as it is, ask nothing.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a shop.toml that is there.")] = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Look at files never seen before, propose how they map to the canonical tables, and write shop.toml.

    Asks for what it can't know when it runs at a terminal. Exit code 1 when orders or their lines were not found.
    """
    import sys

    from profithunt.api import propose
    from profithunt.cli.output import Output
    from profithunt.cli.progress import progress
    from profithunt.cli.questions import ask
    from profithunt.cli.shops import must_be_free
    from profithunt.cli.views import proposal as view

    output = Output(json=json, quiet=quiet, debug=debug)
    must_be_free(folder, force=force)
    with progress(output) as steps:
        found = propose(source, preset, steps)
    shown = view.proposal(found, found.settings.get("shop", {}).get("currency", "USD"))
    asking = sys.stdin.isatty() and not (yes or json)
    if asking:
        output.show(*shown)
        found = ask(found, {"name": folder.resolve().name, "currency": "USD", "timezone": "UTC"})
    path = found.write(folder, force=force)
    if json:
        output.data({**found.to_json(), "shop": str(path)})
    else:
        output.show(*([] if asking else shown), *view.written(path, folder, complete=found.complete))
    if not found.complete:
        raise typer.Exit(1)
