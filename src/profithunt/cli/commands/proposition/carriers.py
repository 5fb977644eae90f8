"""`profithunt proposition carriers`."""

from __future__ import annotations

from typing import Annotated

import typer

from profithunt.cli import options


def carriers(
    shop: options.Shop = None,
    growth: Annotated[
        list[float] | None,
        typer.Option("--growth", help="Own delivery with so many times today's parcels, e.g. 1.5. Repeatable."),
    ] = None,
    weeks: Annotated[int, typer.Option("--weeks", help="Weeks ahead in which peaks are looked for.")] = 26,
    top: options.Top = 10,
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Which carrier or own van should take which parcels: moves, worth of capacity, own delivery, peaks ahead."""
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import carriage as view

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(shop, shop_option)
    found = opened.proposition.carriers(growth or (), weeks)
    if json:
        output.data(found)
    else:
        output.show(*view.carriage(found, opened.config.shop.currency, top))
