"""`profithunt proposition returns`."""

from __future__ import annotations

from typing import Annotated

import typer

from profithunt.cli import options


def returns(
    shop: options.Shop = None,
    window: Annotated[
        list[float] | None, typer.Option("--window", help="Days in which customers may return, 14 or more. Repeatable.")
    ] = None,
    fee: Annotated[
        list[float] | None, typer.Option("--fee", help="What a return costs a customer. Repeatable.")
    ] = None,
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Which terms of return earn most: window, fee, fee for serial returners, free exchange; over 28 days."""
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import policies as view

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(shop, shop_option)
    found = opened.proposition.returns_policy(window or (), fee or ())
    if json:
        output.data(found)
    else:
        output.show(*view.policy(found, opened.config.shop.currency))
