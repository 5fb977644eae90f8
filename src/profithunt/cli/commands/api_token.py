"""`profithunt api-token`: tokens of the HTTP interface."""

from __future__ import annotations

from typing import Annotated

import typer

from profithunt.cli import options
from profithunt.cli.calls import As


def api_token(
    user: Annotated[
        str | None, typer.Option("--user", help="Whose token; default: one's own.", show_default=False)
    ] = None,
    label: Annotated[str, typer.Option("--label", help="What it is for.")] = "",
    scope: Annotated[
        list[str] | None,
        typer.Option("--scope", help="What it may be used for, several times; default: see.", show_default=False),
    ] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=3650, help="Days after which it is over.")] = 90,
    revoke: Annotated[str | None, typer.Option("--revoke", help="End this token.", show_default=False)] = None,
    all: Annotated[bool, typer.Option("--list", help="List tokens instead of making one.")] = False,
    name: As = None,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Make a token of the HTTP interface; it is shown this once. Nobody gets more scopes than their role allows."""
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import act as view

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(None, shop)
    act = opened.act if name is None else opened.act.as_(name)
    if revoke is not None:
        act.revoke_token(revoke)
    if revoke is not None or all:
        tokens = list(act.tokens())
    else:
        tokens = [act.issue_token(user=user, label=label, scopes=tuple(scope or ("see",)), days=days)]
    if json:
        output.data(tokens)
    else:
        output.show(*view.shown(tokens, opened.config.shop.currency))
