"""`profithunt reconcile`."""

from __future__ import annotations

import typer

from profithunt.cli import options


def reconcile(
    shop: options.Shop = None,
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Show that every way to cut the ledger adds up to the same total, to the cent.

    Exit code 1 when one does not.
    """
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import reconciliation as view

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(shop, shop_option)
    result = opened.reconcile()
    if json:
        output.data(result)
    else:
        output.show(*view.reconciliation(result, opened.config.shop.currency))
    if not result.ok:
        raise typer.Exit(1)
