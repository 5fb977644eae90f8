"""`profithunt metrics`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import typer

from profithunt.cli import options


def metrics(
    name: Annotated[str | None, typer.Argument(help="Metric; without it, all there are.", show_default=False)] = None,
    by: Annotated[
        str | None, typer.Option("--by", help="Dimension of the metric's source.", show_default=False)
    ] = None,
    start: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First day counted.", show_default=False, metavar="DAY"),
    ] = None,
    end: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="Last day counted.", show_default=False, metavar="DAY"),
    ] = None,
    grain: Annotated[
        Literal["day", "week", "month", "quarter", "year"], typer.Option("--grain", help="Periods to show.")
    ] = "week",
    top: options.Top = 20,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """The dictionary of metrics; with a NAME, its definition and its figures by period.

    A rate is summed first, then divided. Periods of which days are missing are marked.
    """
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import metrics as view

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(None, shop)
    if name is None:
        found = opened.metrics()
        if json:
            output.data(found)
        else:
            output.show(*view.dictionary(found))
        return
    figures = opened.metric(name, by, start and start.date(), end and end.date(), grain)
    if json:
        output.data(figures)
    else:
        output.show(*view.figures(figures, opened.config.shop.currency, top))
