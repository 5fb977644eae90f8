"""`profithunt profit`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import typer

from profithunt.cli import options


def profit(
    shop: options.Shop = None,
    by: Annotated[
        str | None,
        typer.Option("--by", help="Dimension: customer, sku, category, channel, month …", show_default=False),
    ] = None,
    start: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First day counted.", show_default=False, metavar="DAY"),
    ] = None,
    end: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="Last day counted.", show_default=False, metavar="DAY"),
    ] = None,
    date: Annotated[
        Literal["order", "event"], typer.Option("--date", help="Count by the day of the 'order' or of the 'event'.")
    ] = "order",
    top: options.Top = 10,
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Show profit: the waterfall, or by a dimension the members that make and those that lose money.

    With --json, every member with all its components.
    """
    from profithunt.cli.mistakes import choice
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import profit as view

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(shop, shop_option)
    if by is not None:
        choice(by, opened.dimensions, "dimension")
    first, last = start and start.date(), end and end.date()
    profits = opened.profit(by=by, start=first, end=last, date=date)
    if json:
        output.rows(profits)
        return
    currency = opened.config.shop.currency
    if by is None:
        output.show(*view.total(opened.waterfall(first, last, date), currency, output.out.width))
    else:
        output.show(*view.members(profits.dicts(), by, currency, top))
