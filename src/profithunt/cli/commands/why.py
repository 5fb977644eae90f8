"""`profithunt why`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import typer

from profithunt.cli import options


def why(
    metric: Annotated[str, typer.Argument(help="Metric that changed; `profithunt metrics` lists them.")],
    start: Annotated[
        datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day of the period.", metavar="DAY")
    ],
    end: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day of it.", metavar="DAY")],
    against: Annotated[
        Literal["before", "year"],
        typer.Option("--against", help="Held against as many days right 'before', or a 'year' (364 days) back."),
    ] = "before",
    by: Annotated[
        list[str] | None,
        typer.Option("--by", help="Dimension to look at, may be said again; default: all.", show_default=False),
    ] = None,
    top: options.Top = 5,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Why a metric changed: the slices behind it in order of money, and the exact split into mix and rate.

    Slices are combinations of up to three attributes that moved beyond chance against everything else.
    """
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import why as view

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(None, shop)
    found = opened.why(metric, start.date(), end.date(), against=against, dimensions=by)
    if json:
        output.data(found)
    else:
        output.show(*view.why(found, opened.config.shop.currency, top))
