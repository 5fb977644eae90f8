"""`profithunt opportunity`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from profithunt.cli import options


def opportunity(
    id: Annotated[str, typer.Argument(help="Its id, or the beginning of it, as `profithunt hunt --json` has it.")],
    customers: Annotated[
        Path | None,
        typer.Option("--customers", metavar="FILE.csv", help="Write the customers that it lists.", show_default=False),
    ] = None,
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Show one opportunity whole: money, evidence, peers, orders, query, assumptions; what shares or contradicts it."""
    from profithunt.cli.output import Output
    from profithunt.cli.progress import progress
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import opportunity as view

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(None, shop_option)
    with progress(output) as steps:
        found = opened.hunt(progress=steps)
    item = opened.opportunity(id)
    if customers is not None:
        n_listed = len(opened.opportunity_customers(item.id))
        output.note(f"{n_listed} customers: {opened.write_opportunity_customers(item.id, customers)}")
    if json:
        output.data(item)
    else:
        output.show(*view.whole(item, found, opened.config.shop.currency))
