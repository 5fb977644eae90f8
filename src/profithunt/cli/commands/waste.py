"""`profithunt waste`."""

from __future__ import annotations

from profithunt.cli import options


def waste(
    shop: options.Shop = None,
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Money lost by cause, and its trend. Each unit of currency is claimed by one cause at most."""
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import carriers as view

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(shop, shop_option)
    found = opened.waste()
    if json:
        output.data(found)
    else:
        output.show(*view.waste(found, opened.config.shop.currency))
