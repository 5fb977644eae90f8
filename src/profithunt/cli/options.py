"""The arguments and options that commands share, each said once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Shop = Annotated[
    Path | None,
    typer.Argument(
        help="Shop folder or its shop.toml; default: this folder or the nearest one above it that holds a shop.toml.",
        show_default=False,
    ),
]
ShopOption = Annotated[
    Path | None, typer.Option("--shop", help="The same as SHOP.", show_default=False, metavar="SHOP")
]
Json = Annotated[bool, typer.Option("--json", help="Write JSON to stdout and nothing else.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no remarks on stderr.")]
QuietInFull = Annotated[bool, typer.Option("--quiet", help="No progress and no remarks on stderr.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
Top = Annotated[int, typer.Option("--top", "-n", min=1, help="Rows to show at each end.")]
