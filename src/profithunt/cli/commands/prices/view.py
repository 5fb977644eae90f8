"""`profithunt prices view`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from profithunt.cli import options


def view(
    sku: Annotated[str, typer.Argument(help="Which SKU.", metavar="SKU")],
    html: Annotated[
        Path | None,
        typer.Option("--html", help="Write it as an HTML fragment for the product page.", metavar="FILE"),
    ] = None,
    language: Annotated[str, typer.Option("--language", help="Of the fragment: en, de or fr.")] = "en",
    style: Annotated[bool, typer.Option(help="Whether the fragment brings its own CSS.")] = True,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """A SKU as a customer would see it: the own offer beside others, with delivery, the cheapest first."""
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import prices as views

    output = Output(json=json, quiet=quiet, debug=debug)
    found = open_shop(None, shop).prices.view(sku)
    if html is not None:
        html.write_text(found.html(language, style=style), "utf-8")
        output.note(f"Wrote {html}")
    if json:
        output.data(found)
    elif html is None:
        output.show(*views.customers(found))
