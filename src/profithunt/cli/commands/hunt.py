"""`profithunt hunt`."""

from __future__ import annotations

from typing import Annotated

import typer

from profithunt.cli import options


def hunt(
    shop: options.Shop = None,
    level: Annotated[
        str | None, typer.Option("--level", help="Only this level: customer, sku, lane …", show_default=False)
    ] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="Only what this team owns.", show_default=False)] = None,
    minimum: Annotated[
        float | None, typer.Option("--minimum", "--min", help="Only from this value on.", show_default=False)
    ] = None,
    top: options.Top = 20,
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """List the opportunities in order of money: value with its range, what, why, and the action to take."""
    from profithunt.cli.mistakes import choice
    from profithunt.cli.output import Output
    from profithunt.cli.progress import progress
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import opportunities as view

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(shop, shop_option)
    if level is not None:
        from profithunt.detectors.definition import LEVELS

        choice(level, LEVELS, "level")
    with progress(output) as steps:
        found = opened.hunt(level=level, owner=owner, minimum=minimum, progress=steps)
    if json:
        output.data(found)
    else:
        asked = {"level": level, "owner": owner, "minimum": minimum}
        wanted = ", ".join(f"{name} {value}" for name, value in asked.items() if value is not None)
        output.show(*view.hunt(found, opened.config.shop.currency, top, wanted))
