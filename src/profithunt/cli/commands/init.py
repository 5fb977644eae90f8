"""`profithunt init`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from profithunt.cli import options


def init(
    folder: Annotated[Path, typer.Argument(help="Folder of the new shop.", metavar="DIR", file_okay=False)],
    source: Annotated[
        Path, typer.Option("--from", help="Folder (or file) with the retailer's exports.", metavar="FOLDER")
    ],
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Look at files never seen before, propose how they map to the canonical tables, and write shop.toml."""
