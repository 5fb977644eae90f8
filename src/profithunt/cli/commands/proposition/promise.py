"""`profithunt proposition promise`."""

from __future__ import annotations

from typing import Annotated

import typer

from profithunt.cli import options


def promise(
    shop: options.Shop = None,
    most_late: Annotated[
        float | None,
        typer.Option("--most-late", help="Late share beyond which no promise is moved earlier.", show_default="0.1"),
    ] = None,
    top: options.Top = 10,
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Which day to promise by lane: what lateness costs against what an earlier day sells, over 28 days."""
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import promise as view

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(shop, shop_option)
    found = opened.proposition.promises(most_late)
    if json:
        output.data(found)
    else:
        output.show(*view.promise(found, opened.config.shop.currency, top))
