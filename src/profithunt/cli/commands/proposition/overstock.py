"""`profithunt proposition overstock`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from profithunt.cli import options


def overstock(
    shop: options.Shop = None,
    most_offers: Annotated[int, typer.Option("--most-offers", help="Offers that a customer gets at most.")] = 4,
    spacing: Annotated[
        int, typer.Option("--spacing", help="Days that a customer is left alone after the last send (touches).")
    ] = 7,
    cost: Annotated[float, typer.Option("--cost", help="What sending one offer costs.")] = 0.05,
    salvage: Annotated[
        float | None,
        typer.Option(
            "--salvage",
            help="Share of its cost that a unit left over brings.",
            show_default="salvage_share of overstock_meets_buyer, 0.3",
        ),
    ] = None,
    margin_floor: Annotated[
        float | None,
        typer.Option(
            "--margin-floor",
            help="Share of the price that must be left over the unit cost.",
            show_default="[autonomy] margin_floor, 0",
        ),
    ] = None,
    customers: Annotated[
        Path | None,
        typer.Option(
            "--customers", metavar="FILE.csv", help="Write the list: who, SKU, incentive.", show_default=False
        ),
    ] = None,
    top: options.Top = 15,
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Who is offered which overstocked SKU, with the least incentive, against a price cut that everybody sees."""
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import overstock as view

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(shop, shop_option)
    found = opened.proposition.overstock(
        most_offers=most_offers, spacing_days=spacing, cost=cost, salvage=salvage, margin_floor=margin_floor
    )
    if customers is not None:
        output.note(f"{found.write(customers)} offers: {customers}")
    if json:
        output.data(found)
    else:
        output.show(*view.overstock(found, opened.config.shop.currency, top))
