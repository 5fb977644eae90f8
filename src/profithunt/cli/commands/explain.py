"""`profithunt explain`."""

from __future__ import annotations

from typing import Annotated

import typer

from profithunt.cli import options


def explain(
    kind: Annotated[str, typer.Argument(help="What it is: order, customer, sku, keyword, component …", metavar="KIND")],
    id: Annotated[str, typer.Argument(help="Which one.", metavar="ID")],
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Tell the story behind a figure: its rows, where they come from, the rates and rules applied."""
    from profithunt.cli.mistakes import choice
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import story as view

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(None, shop_option)
    choice(kind, [*opened.dimensions, "component"], "kind")
    story = opened.explain(kind, id)
    if json:
        output.data(story)
    else:
        output.show(*view.story(story, opened.config.shop.currency))
