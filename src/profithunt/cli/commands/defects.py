"""`profithunt defects`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import typer

from profithunt.cli import options


def defects(
    shop: options.Shop = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            help="carrier, service, lane, origin, country, region, store, supplier, week or month.",
            show_default=False,
        ),
    ] = None,
    member: Annotated[
        str | None, typer.Option("--member", help="Only this member of it, down to its orders.", show_default=False)
    ] = None,
    start: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First day counted.", show_default=False, metavar="DAY"),
    ] = None,
    end: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="Last day counted.", show_default=False, metavar="DAY"),
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            "--as-of", formats=["%Y-%m-%d"], help="What was known on this day.", show_default=False, metavar="DAY"
        ),
    ] = None,
    grain: Annotated[
        Literal["day", "week", "month"], typer.Option("--grain", help="Periods of the control charts.")
    ] = "week",
    top: options.Top = 10,
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """How many customers were failed: defects per million, sigma level, perfect orders, signals, cost, example orders.

    A parcel of which nothing can be said yet is never counted as good.
    """
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import defects as view

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(shop, shop_option)
    found = opened.defects(
        by,
        member,
        start and start.date(),
        end and end.date(),
        as_of=as_of and as_of.date(),
        grain=grain,
        examples=top,
    )
    if json:
        output.data(found)
    else:
        output.show(*view.board(found, opened.config.shop.currency, top))
