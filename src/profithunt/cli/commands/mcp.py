"""`profithunt mcp`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from profithunt.cli import options

if TYPE_CHECKING:
    from profithunt.cli.output import Output

VARIABLE = "PROFITHUNT_TOKEN"


def mcp(
    shop: options.Shop = None,
    agent: Annotated[
        str | None,
        typer.Option(
            "--agent",
            metavar="NAME",
            help=f"Agent that acts; default: the owner of the token in {VARIABLE}.",
            show_default=False,
        ),
    ] = None,
    http: Annotated[
        bool, typer.Option("--http", help="Serve over HTTP on this machine instead of stdio; each call brings a token.")
    ] = False,
    port: Annotated[
        int, typer.Option("--port", "-p", min=0, max=65535, help="Port of --http; 0 takes a free one.")
    ] = 8766,
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Let an AI agent work the queue, through the Model Context Protocol, under its own name, autonomy and limits.

    Speaks to whoever starts it, over stdin and stdout. --json writes the address of --http, and serves.
    """
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop

    output = Output(json=json, quiet=quiet, debug=debug)
    _needed()
    from importlib import import_module

    # The command line and the server lie beside each other, neither above: the server is started by name.
    server = import_module("profithunt.mcp")
    with open_shop(shop, shop_option) as opened:
        if http:
            _must_not(agent)
            server.over_http(server.Desk(opened), port, lambda address: _say(output, address))
        else:
            server.over_stdio(server.Desk(opened, agent=agent, secret=None if agent else os.environ.get(VARIABLE)))


def _needed() -> None:
    from importlib.util import find_spec

    from profithunt.errors import UsageError

    missing = [name for name in ("mcp", "dbos", "sqlalchemy") if find_spec(name) is None]
    if missing:
        raise UsageError(
            f"the server for agents needs more than the core install: {', '.join(missing)}",
            do="install it with: pip install 'profithunt[mcp]'",
        )


def _must_not(agent: str | None) -> None:
    from profithunt.errors import UsageError

    if agent is not None:
        raise UsageError(
            "over HTTP an agent is known by its token, not by its name",
            do=f"leave --agent out; make a token with: profithunt api-token --user {agent}",
        )


def _say(output: Output, address: str) -> None:
    if output.json:
        output.data({"address": address})
    else:
        output.note(f"{address}\nCtrl-C stops.")
