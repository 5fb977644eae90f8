"""`profithunt proposition delivery`."""

from __future__ import annotations

from typing import Annotated

import typer

from profithunt.cli import options


def delivery(
    shop: options.Shop = None,
    threshold: Annotated[
        list[float] | None,
        typer.Option("--threshold", help="Basket value from which delivery is free: 0 always, inf never. Repeatable."),
    ] = None,
    charge: Annotated[
        list[float] | None, typer.Option("--charge", help="What delivery costs below it. Repeatable.")
    ] = None,
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Which free-delivery threshold and charge earn most, against today's: contribution profit over 28 days."""
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import proposition as view

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(shop, shop_option)
    found = opened.proposition.delivery_terms(threshold or (), charge or ())
    if json:
        output.data(found)
    else:
        output.show(*view.delivery(found, opened.config.shop.currency))
