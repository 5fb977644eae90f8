"""`profithunt customers …`: who comes and goes, who makes and loses money and why, and who brings good customers."""

from __future__ import annotations

from typing import Annotated

import typer

from profithunt.cli import options

app = typer.Typer(help="Who comes and goes, who makes and loses money and why.", no_args_is_help=True)


@app.command()
def flows(
    shop: options.Shop = None,
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Customers from month to month: opening + new + reactivated − lapsed = closing."""
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import customers as view

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(shop, shop_option)
    found = opened.flows()
    if json:
        output.rows(found)
    else:
        output.show(*view.flows(found.dicts(), opened.config.shop.currency))


@app.command()
def whale(
    shop: options.Shop = None,
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """The whale curve: how much of the profit the best customers make, and how much the losing ones take back."""
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import customers as view

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(shop, shop_option)
    found = opened.whale()
    if json:
        output.data(found.to_json() if found else {})
    else:
        output.show(*view.whale(found, opened.config.shop.currency))


@app.command()
def segments(
    shop: options.Shop = None,
    segment: Annotated[
        str | None,
        typer.Option("--segment", help="Show the customers of this segment instead.", show_default=False),
    ] = None,
    top: options.Top = 20,
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """How customers lose money: basket, discount, returns, delivery, service or acquisition; adds up to all losses."""
    from profithunt.cli.mistakes import choice
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import customers as view
    from profithunt.customers.build import PARTS

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(shop, shop_option)
    if segment is not None:
        choice(segment, tuple(PARTS), "segment")
    found = opened.loss_segments() if segment is None else opened.losing_customers(segment)
    currency = opened.config.shop.currency
    if json:
        output.rows(found)
    elif segment is None:
        output.show(*view.segments(found.dicts(), currency))
    else:
        output.show(*view.losers(found.dicts(), segment, currency, top))


@app.command(no_args_is_help=True)
def show(
    id: Annotated[str, typer.Argument(help="Which customer.", metavar="ID")],
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """One customer: profit in six parts that add up, and against peers that make money."""
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import customers as view

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(None, shop_option)
    found = opened.customer(id)
    if json:
        output.data(found)
    else:
        output.show(*view.customer(found, opened.config.shop.currency))


@app.command()
def acquisition(
    shop: options.Shop = None,
    by: Annotated[
        str, typer.Option("--by", help="Dimension of the first order: category, brand, sku, keyword, store …")
    ] = "category",
    top: options.Top = 10,
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Who brings good customers: what customers are worth by what their first order held and what led to it.

    Adjusted for the mix (month, channel, marketing channel, country), with the range, small ones held back.
    """
    from profithunt.cli.mistakes import choice
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import customers as view
    from profithunt.customers.reading import DIMENSIONS

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(shop, shop_option)
    found = opened.acquisition(choice(by, DIMENSIONS, "dimension"))
    if json:
        output.rows(found)
    else:
        output.show(*view.acquisition(found.dicts(), by, opened.config.shop.currency, top))
