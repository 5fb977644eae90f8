"""`profithunt report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from profithunt.cli import options


def report(
    shop: options.Shop = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="File to write; default: report.html beside shop.toml.", show_default=False),
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Write the report of the current run: one HTML file that needs no network."""
    from profithunt import reports
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(shop, shop_option)
    path = reports.write(reports.gather(opened), out or opened.path.with_name(reports.FILE_NAME))
    if json:
        output.data({"report": str(path), "bytes": path.stat().st_size, "run_id": opened.current.run_id})
    else:
        output.show(str(path))
    if show:
        typer.launch(path.as_uri())
