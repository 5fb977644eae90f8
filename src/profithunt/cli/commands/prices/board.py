"""`profithunt prices`."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from profithunt.cli import options


def prices(
    context: typer.Context,
    sku: Annotated[
        str | None, typer.Option("--sku", help="Only this SKU, with its rivals.", show_default=False)
    ] = None,
    category: Annotated[
        str | None, typer.Option("--category", help="Only SKUs of this category.", show_default=False)
    ] = None,
    competitor: Annotated[
        str | None, typer.Option("--competitor", help="Only SKUs that this rival has.", show_default=False)
    ] = None,
    by: Annotated[
        Literal["category", "subcategory", "brand", "competitor", "advice", "reason"] | None,
        typer.Option("--by", help="Positions by a dimension instead of by SKU.", show_default=False),
    ] = None,
    top: options.Top = 20,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Own prices against rivals': where each SKU stands delivered, what to lower, hold or raise, and what it earns."""
    if context.invoked_subcommand is not None:
        return
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import prices as views

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(None, shop)
    currency = opened.config.shop.currency
    if by is not None:
        cut = opened.prices.summary(by)
        if json:
            output.rows(cut)
        else:
            output.show(*views.summary(cut.dicts(), by, currency))
    elif sku is not None:
        position = opened.prices.positions(sku=sku).dicts()[0]
        rivals = opened.prices.rivals(sku=sku, competitor=competitor).dicts()
        if json:
            output.data({**position, "rivals": rivals})
        else:
            output.show(*views.one(position, rivals, currency))
    else:
        found = opened.prices.positions(category=category, competitor=competitor)
        if json:
            output.rows(found)
        else:
            whole = opened.prices.board() if category is None and competitor is None else None
            output.show(*views.board(whole, found.dicts(), currency, top))
