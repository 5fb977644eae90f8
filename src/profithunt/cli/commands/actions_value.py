"""`profithunt actions-value`."""

from __future__ import annotations

from typing import Annotated

import typer

from profithunt.cli import options


def actions_value(
    shop: options.Shop = None,
    horizon: Annotated[
        int | None, typer.Option("--horizon", help="Days of later profit; default: the longest.", show_default=False)
    ] = None,
    estimand: Annotated[
        str,
        typer.Option("--estimand", help="Averaged over: ATE all eligible, ATT those who did it, ATO those who might."),
    ] = "ATE",
    top: options.Top = 30,
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Show what customers' actions (first purchases, joinings, mishaps) do to later profit, and how sure that is."""
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import actions_value as view

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(shop, shop_option)
    found = opened.actions_value(horizon, estimand.upper())
    if json:
        output.data(found)
    else:
        output.show(*view.actions_value(found, opened.config.shop.currency, top))
