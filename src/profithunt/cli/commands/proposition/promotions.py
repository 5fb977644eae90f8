"""`profithunt proposition promotions`."""

from __future__ import annotations

from typing import Annotated

import typer

from profithunt.cli import options


def promotions(
    shop: options.Shop = None,
    promo: Annotated[
        str | None, typer.Option("--promo", help="Only this promotion, by its key or name, in full.")
    ] = None,
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """What each promotion and coupon campaign earned beyond what would have come anyway; stop, narrow or leave it."""
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import promotions as view

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(shop, shop_option)
    found = opened.proposition.promotions(promo)
    if json:
        output.data(found)
    elif promo is None:
        output.show(*view.promotions(found, opened.config.shop.currency))
    else:
        output.show(*view.promotion(found, found.promotions[0], opened.config.shop.currency))
