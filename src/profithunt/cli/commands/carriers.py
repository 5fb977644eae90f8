"""`profithunt carriers`."""

from __future__ import annotations

from typing import Annotated

import typer

from profithunt.cli import options


def carriers(
    shop: options.Shop = None,
    switch: Annotated[
        tuple[str, str] | None,
        typer.Option("--switch", help="What moving parcels FROM one carrier TO another does.", metavar="FROM TO"),
    ] = None,
    region: Annotated[str | None, typer.Option("--region", help="Only this region.", show_default=False)] = None,
    fixed: Annotated[
        float | None, typer.Option("--fixed", help="Own delivery of --region: fixed cost a year.", show_default=False)
    ] = None,
    variable: Annotated[
        float | None, typer.Option("--variable", help="Own delivery: cost a parcel.", show_default=False)
    ] = None,
    failed_per_million: Annotated[
        float | None,
        typer.Option("--failed-per-million", help="Own delivery: failures to expect.", show_default=False),
    ] = None,
    top: options.Top = 10,
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Carriers by lane: quality, cost, speed, capacity against demand; what a switch or own delivery would do."""
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import carriers as view

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(shop, shop_option)
    found = opened.carriers(switch, region, fixed=fixed, variable=variable, failed_per_million=failed_per_million)
    if json:
        output.data(found)
    else:
        output.show(*view.scorecard(found, opened.config.shop.currency, top, region))
