"""`profithunt proposition options`."""

from __future__ import annotations

from typing import Annotated

import typer

from profithunt.cli import options
from profithunt.errors import UsageError


def delivery_options(
    shop: options.Shop = None,
    charge: Annotated[
        list[str] | None,
        typer.Option("--charge", metavar="OPTION=AMOUNT", help="A charge to look at, e.g. express=7.90. Repeatable."),
    ] = None,
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Delivery options: cost to serve, subsidy, defects, repeat orders, and what each should cost the customer."""
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import delivery_options as view

    output = Output(json=json, quiet=quiet, debug=debug)
    asked = _charges(charge or ())
    opened = open_shop(shop, shop_option)
    found = opened.proposition.delivery_options(asked or None)
    if json:
        output.data(found)
    else:
        output.show(*view.delivery_options(found, opened.config.shop.currency))


def _charges(given: list[str] | tuple[()]) -> dict[str, list[float]]:
    """Charges by option, from `express=7.90`."""
    found: dict[str, list[float]] = {}
    for one in given:
        name, _, amount = one.rpartition("=")
        try:
            found.setdefault(name, []).append(float(amount))
        except ValueError:
            name = ""
        if not name:
            raise UsageError(f"--charge {one} is not understood", expected="OPTION=AMOUNT, e.g. express=7.90")
    return found
