"""`profithunt check`."""

from __future__ import annotations

import typer

from profithunt.cli import options


def check(
    shop: options.Shop = None,
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Read the sources without a run: what is kept, what is set aside and why, what sleeps for want of data.

    Exit code 1 when rows were set aside, 3 when a source can't be read.
    """
    from profithunt.cli.output import Output
    from profithunt.cli.progress import progress
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import health as view

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(shop, shop_option)
    with progress(output) as steps:
        health = opened.check(progress=steps)
    if json:
        output.data(health)
    else:
        output.show(*view.health(health, opened.config.shop.currency))
    if health.rows_quarantined:
        raise typer.Exit(1)
