"""`profithunt proposition payments`."""

from __future__ import annotations

from typing import Annotated

import typer

from profithunt.cli import options


def payments(
    shop: options.Shop = None,
    surcharge: Annotated[
        bool,
        typer.Option(
            "--surcharge",
            help="Also charge for dear ways of payment. In the EU not for consumer cards, transfers and direct debits.",
        ),
    ] = False,
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Which ways of payment to steer from, make dearer or drop: fees and returns against orders lost; over 28 days."""
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import policies as view

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(shop, shop_option)
    found = opened.proposition.payment_mix(surcharge=surcharge)
    if json:
        output.data(found)
    else:
        output.show(*view.policy(found, opened.config.shop.currency))
