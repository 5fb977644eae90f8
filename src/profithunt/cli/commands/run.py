"""`profithunt run`."""

from __future__ import annotations

from typing import Annotated

import typer

from profithunt.cli import options


def run(
    shop: options.Shop = None,
    shop_option: options.ShopOption = None,
    engine: Annotated[
        str | None, typer.Option(help="duckdb (this machine) or spark; default: [engine] in shop.toml.")
    ] = None,
    master: Annotated[str | None, typer.Option(help="Spark's master: local[*], yarn, k8s://…, spark://….")] = None,
    out: Annotated[
        str | None, typer.Option(help="Path or URL (s3a://…, file://…) below which Spark writes the tables.")
    ] = None,
    memory: Annotated[
        str | None, typer.Option(help="Memory for the run, e.g. 4GB; default: [limits] memory in shop.toml.")
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Build everything anew, taking nothing from the run before.")
    ] = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Read the sources, build the ledger, reconcile it, and make the finished run the current one."""
    from profithunt.cli.output import Output
    from profithunt.cli.progress import progress
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import runs as view

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(shop, shop_option)
    with progress(output) as steps:
        finished = opened.run(progress=steps, engine=engine, master=master, out=out, memory=memory, full=full)
    if json:
        output.data(finished)
    else:
        waterfall, currency = opened.waterfall(), opened.config.shop.currency
        output.show(*view.finished(finished.info, waterfall, currency, output.out.width))
