"""`profithunt clv`."""

from __future__ import annotations

from typing import Annotated

import typer

from profithunt.cli import options


def clv(
    shop: options.Shop = None,
    customer: Annotated[
        str | None, typer.Option("--customer", help="Only this customer.", show_default=False, metavar="ID")
    ] = None,
    horizon: Annotated[int, typer.Option("--horizon", help="Months ahead: 12, 24 or 36.", metavar="MONTHS")] = 12,
    top: options.Top = 10,
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Show what customers will bring: lifetime value with its range, and how an earlier forecast held.

    With --json, the whole forecast with the best and the worst customers, or one customer.
    """
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import clv as view

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(shop, shop_option)
    currency = opened.config.shop.currency
    if customer is not None:
        one = opened.customer_clv(customer)
        if json:
            output.data(one)
        else:
            output.show(*view.customer(one, currency))
        return
    found = opened.clv(horizon=horizon, top=top)
    if json:
        output.data(found)
    else:
        output.show(*view.customers(found, currency))
