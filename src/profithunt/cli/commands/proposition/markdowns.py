"""`profithunt proposition markdowns`."""

from __future__ import annotations

from typing import Annotated

import typer

from profithunt.cli import options


def markdowns(
    shop: options.Shop = None,
    category: Annotated[
        str | None, typer.Option("--category", help="Only SKUs of this category.", show_default=False)
    ] = None,
    salvage: Annotated[
        float | None,
        typer.Option(
            "--salvage",
            help="Share of its cost that a unit left over brings.",
            show_default="salvage_share of excess_stock, 0.3",
        ),
    ] = None,
    top: options.Top = 20,
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Which prices clear stock before its season ends, SKU by SKU and week by week, against one cut for all."""
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import markdowns as view

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(shop, shop_option)
    found = opened.proposition.markdowns(category, salvage)
    if json:
        output.data(found)
    else:
        output.show(*view.markdowns(found, opened.config.shop.currency, top))
