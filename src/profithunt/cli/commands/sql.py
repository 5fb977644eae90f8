"""`profithunt sql`."""

from __future__ import annotations

from typing import Annotated

import typer

from profithunt.cli import options


def sql(
    name: Annotated[str, typer.Argument(help="A model of the ledger (ledger_lines, order_profit …) or a detector.")],
    dialect: Annotated[
        str,
        typer.Option(help="duckdb, spark; experimental: snowflake, bigquery, trino, clickhouse, postgres."),
    ] = "duckdb",
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Print the SQL of a model or detector with the shop's settings, for DuckDB, Spark or, untested, a warehouse."""
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop

    output = Output(json=json, quiet=quiet, debug=debug)
    found = open_shop(None, shop_option).sql(name, dialect)
    if json:
        output.data(found)
        return
    if found.experimental:
        output.note(f"Experimental: no run is made on {dialect}; check the figures before you trust them.")
    typer.echo(f"{found.sql};")
