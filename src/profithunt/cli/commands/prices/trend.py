"""`profithunt prices trend`."""

from __future__ import annotations

from typing import Annotated

import typer

from profithunt.cli import options


def trend(
    sku: Annotated[str | None, typer.Option("--sku", help="Only this SKU.", show_default=False)] = None,
    category: Annotated[
        str | None, typer.Option("--category", help="Only SKUs of this category.", show_default=False)
    ] = None,
    competitor: Annotated[
        str | None, typer.Option("--competitor", help="Only against this rival.", show_default=False)
    ] = None,
    weeks: Annotated[int, typer.Option("--weeks", min=1, max=520, help="How many weeks back.")] = 26,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Own prices against rivals' week by week: gap, rank, for how many SKUs nobody was cheaper."""
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import prices as views

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(None, shop)
    found = opened.prices.trend(sku, category, competitor, weeks)
    if json:
        output.rows(found)
    else:
        output.show(*views.trend(found.dicts(), opened.config.shop.currency))
