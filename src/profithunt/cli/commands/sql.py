"""`profithunt sql`."""

from __future__ import annotations

from typing import Annotated

import typer

from profithunt.cli import options


def sql(
    name: Annotated[
        str,
        typer.Argument(help="A model of the ledger (ledger_lines …), a detector, an opportunity's id, or a SELECT."),
    ],
    dialect: Annotated[
        str,
        typer.Option(help="duckdb, spark; experimental: snowflake, bigquery, trino, clickhouse, postgres."),
    ] = "duckdb",
    run: Annotated[bool, typer.Option("--run", help="Run it over the current run and show its rows.")] = False,
    top: options.Top = 20,
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Print the SQL of a model, detector or opportunity, for DuckDB, Spark or a warehouse; or run a SELECT."""
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(None, shop_option)
    if run or len(name.split()) > 1:
        rows = opened.query(name)
        if json:
            output.rows(rows)
        else:
            from profithunt.cli.views.rows import rows as shown

            output.show(*shown(rows, top))
        return
    found = opened.sql(name, dialect)
    if json:
        output.data(found)
        return
    if found.experimental:
        output.note(f"Experimental: no run is made on {dialect}; check the figures before you trust them.")
    typer.echo(f"{found.sql};")
