"""`profithunt new-detector`."""

from __future__ import annotations

from typing import Annotated

import typer

from profithunt.cli import options


def new_detector(
    name: Annotated[str, typer.Argument(help="The leak that it finds, in snake_case: refunded_too_often.")],
    check: Annotated[bool, typer.Option("--check", help="Hunt in the case of one that is there, and compare.")] = False,
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Write a detector of your own that hunts as it is, with its case: detectors/NAME.sql and NAME.md."""
    from profithunt.api import own_detectors
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import detectors as view

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(None, shop_option)
    if check:
        result = own_detectors.check_detector(opened.config, name)
        if json:
            output.data(result)
        else:
            output.show(*view.checked(result))
        if result.differs:
            raise typer.Exit(1)
        return
    made = own_detectors.new_detector(opened.config, name)
    if json:
        output.data(made)
    else:
        output.show(*view.made(made))
