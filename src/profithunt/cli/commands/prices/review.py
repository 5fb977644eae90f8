"""`profithunt prices review`."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from profithunt.cli import options
from profithunt.errors import UsageError


def review(
    accept: Annotated[
        list[str] | None,
        typer.Option("--accept", help="Key of a match that is right. May be said again.", metavar="ID"),
    ] = None,
    reject: Annotated[
        list[str] | None,
        typer.Option("--reject", help="Key of a match that is wrong. May be said again.", metavar="ID"),
    ] = None,
    sku: Annotated[
        str | None, typer.Option("--sku", help="With one --accept: the SKU that the offer is.", show_default=False)
    ] = None,
    packs: Annotated[
        float | None,
        typer.Option(
            "--packs",
            help="With one --accept: how many of their units hold what one of ours does; default: as found.",
            show_default=False,
        ),
    ] = None,
    note: Annotated[str, typer.Option("--note", help="Why.", show_default=False)] = "",
    name: Annotated[
        str | None, typer.Option("--as", help="Who decides; default: who is logged in.", show_default=False)
    ] = None,
    state: Annotated[
        Literal["review", "taken", "rejected", "none"],
        typer.Option("--state", help="Which matches to list: those to review, taken, rejected, or offers like no SKU."),
    ] = "review",
    top: options.Top = 20,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Offers of rivals that may be own SKUs: list the doubtful, accept or reject them. None is used before that."""
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import prices as views

    output = Output(json=json, quiet=quiet, debug=debug)
    if (sku is not None or packs is not None) and (len(accept or ()) != 1 or reject):
        raise UsageError("--sku and --packs are about one accepted offer", do="say one --accept ID beside them")
    prices = open_shop(None, shop).prices
    if accept or reject:
        decided = [prices.accept(one, sku=sku, packs=packs, by=name, note=note) for one in accept or ()]
        decided += [prices.reject(one, by=name, note=note) for one in reject or ()]
        if json:
            output.data([{"match_id": one.match_id, **vars(one)} for one in decided])
        else:
            output.show(*views.decided(decided))
        return
    found = prices.review() if state == "review" else prices.matches(state).dicts()
    if json:
        output.data(found)
    else:
        output.show(*views.matches(found, state, top))
