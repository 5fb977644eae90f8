"""`profithunt plan …`: a plan from the history, and actual against plan."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from profithunt.cli import options

app = typer.Typer(help="Propose a plan from the history; hold actual figures against the plan.", no_args_is_help=True)


@app.command()
def propose(
    shop: options.Shop = None,
    months: Annotated[int, typer.Option("--months", min=1, max=60, help="Months to plan.")] = 12,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="CSV file to write, to be edited.", show_default=False)
    ] = None,
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Propose next year's plan by month from the history: customers, orders, sales, margin, contribution profit."""
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import plan as view

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(shop, shop_option)
    if out is not None:
        opened.write_plan(out, months)
    if json:
        output.rows(opened.plan_proposal(months))
    else:
        output.show(*view.proposal(opened.plan_months(months), opened.config.shop.currency, out))


@app.command()
def variance(
    shop: options.Shop = None,
    against: Annotated[
        Literal["plan", "last_year"], typer.Option("--against", help="The 'plan', or the same month of 'last_year'.")
    ] = "plan",
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Actual contribution profit against plan, split exactly by driver; months still running are left out of totals."""
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import plan as view

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(shop, shop_option)
    found = opened.plan_variance(against)
    if json:
        output.data(found)
    else:
        output.show(*view.variance(found, opened.config.shop.currency))
