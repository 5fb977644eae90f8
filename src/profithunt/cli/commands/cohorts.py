"""`profithunt cohorts`."""

from __future__ import annotations

from typing import Annotated

import typer

from profithunt.cli import options


def cohorts(
    shop: options.Shop = None,
    by: Annotated[
        str | None,
        typer.Option("--by", help="Dimension of the first order: channel, category, keyword …", show_default=False),
    ] = None,
    measure: Annotated[
        str, typer.Option("--measure", "-m", help="What to show: retained_share, cumulative_cm3_per_acquired …")
    ] = "retained_share",
    stack: Annotated[
        bool, typer.Option("--c3", help="Each month's profit by the cohort that brought it (C3) instead.")
    ] = False,
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Cohorts by month of the first order: what customers do in each month since, with CAC and payback.

    By a dimension, its cohorts together. With --json, every cohort with all measures, beside plan.
    """
    from profithunt.cli.mistakes import choice
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import cohorts as view
    from profithunt.customers.matrix import matrix_of
    from profithunt.customers.reading import ALL, DIMENSIONS, MEASURES

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(shop, shop_option)
    dimension = ALL if by is None else choice(by, (*DIMENSIONS, ALL), "dimension")
    choice(measure, tuple(MEASURES), "measure")
    found = opened.cohort_stack() if stack else opened.cohorts(dimension)
    currency = opened.config.shop.currency
    if json:
        output.rows(found)
    elif stack:
        output.show(*view.stack(found.dicts(), currency))
    else:
        output.show(*view.cohorts(matrix_of(found, measure, dimension), currency, output.out.width))
