"""`profithunt compare`."""

from __future__ import annotations

from typing import Annotated

import typer

from profithunt.cli import options


def compare(
    first: Annotated[str, typer.Argument(help="Id of a run.")],
    second: Annotated[str, typer.Argument(help="Id of another run.")],
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Show whether two runs hold the same: rows, sums and contents of every table, whichever engine made them.

    Exit code 1 when anything differs.
    """
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import comparison as view

    output = Output(json=json, quiet=quiet, debug=debug)
    result = open_shop(None, shop_option).compare(first, second)
    if json:
        output.data(result)
    else:
        output.show(*view.comparison(result))
    if not result.same:
        raise typer.Exit(1)
