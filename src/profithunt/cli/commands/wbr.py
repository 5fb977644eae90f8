"""`profithunt wbr`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from profithunt.cli import options


def wbr(
    shop: options.Shop = None,
    deck: Annotated[
        Path | None,
        typer.Option("--deck", help="What to show (YAML); default: all metrics.", show_default=False),
    ] = None,
    csv: Annotated[
        list[Path] | None,
        typer.Option("--csv", help="Daily figures, a column a metric; needs no shop.", show_default=False),
    ] = None,
    week: Annotated[
        datetime | None,
        typer.Option(
            "--week", formats=["%Y-%m-%d"], help="Last day of the week; default: the last that is over.",
            show_default=False, metavar="DAY",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="File to write; default: wbr.html.", show_default=False),
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:  # fmt: skip
    """Write the weekly business review: one HTML file that needs no network and prints.

    Of a shop, or of daily figures in CSV files with a deck. --json gives all of it as JSON, and the page with --out.
    """
    from profithunt.api.weekly import weekly_review
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import metrics as view
    from profithunt.reports import weekly

    output = Output(json=json, quiet=quiet, debug=debug)
    day = week.date() if week else None
    named = shop or shop_option
    folder = Path.cwd()
    if (csv or deck) and named is None:
        review = weekly_review(deck, csv or (), day)
    else:
        opened = open_shop(shop, shop_option)
        review = opened.review(deck, csv or (), day)
        folder = opened.path.parent
    path = weekly.write(review, out or folder / weekly.FILE_NAME) if out or not json else None
    if json:
        output.data(review)
    else:
        output.show(*view.review(review, path))
    if show and path is not None:
        typer.launch(path.resolve().as_uri())
