"""`profithunt export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from profithunt.cli import options


def export(
    shop: options.Shop = None,
    to: Annotated[Path, typer.Option("--to", "-o", help="Folder to write to.", file_okay=False)] = Path("export"),
    format: Annotated[str, typer.Option("--format", "-f", help="csv or parquet.")] = "csv",
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Write the tables of the current run to a folder, one file a table."""
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import runs as view

    output = Output(json=json, quiet=quiet, debug=debug)
    written = open_shop(shop, shop_option).export(to, format)
    if json:
        output.data([str(path) for path in written])
    else:
        output.show(*view.written(written))
