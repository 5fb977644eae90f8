"""`profithunt password`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from profithunt.cli import options
from profithunt.cli.calls import As


def password(
    user: Annotated[str, typer.Argument(help="Whose password.")],
    stdin: Annotated[bool, typer.Option("--stdin", help="Read it from stdin instead of asking for it.")] = False,
    name: As = None,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Give somebody a password for the team's pages (profithunt serve --team). Only its Argon2 hash is kept."""
    from profithunt.api.login import set_password
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(None, shop)
    if stdin:
        word = sys.stdin.readline().rstrip("\r\n")
    else:
        word = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    set_password(opened, user, word, by=name)
    if json:
        output.data({"user": user, "changed": True})
    else:
        output.note(f"The password of {user} is set.")
