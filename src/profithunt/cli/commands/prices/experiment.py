"""`profithunt prices experiment`."""

from __future__ import annotations

from typing import Annotated

import typer

from profithunt.cli import options


def experiment(
    uplift: Annotated[
        float | None,
        typer.Option("--uplift", help="Rise of conversion to be shown, 0.05 for 5 %; default: the declared belief."),
    ] = None,
    share: Annotated[float, typer.Option("--share", help="Share of visitors who see no comparison.")] = 0.5,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """The test of whether showing rivals' prices raises conversion: who sees what, how many visits, how many days."""
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import prices as views

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(None, shop)
    found = opened.prices.experiment(uplift, share)
    if json:
        output.data(found)
    else:
        output.show(*views.experiment(found, opened.config.shop.currency))
