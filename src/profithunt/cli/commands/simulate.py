"""`profithunt simulate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from profithunt.cli import options


def simulate(
    out: Annotated[Path, typer.Argument(help="Folder to write: empty, or not there yet.", metavar="OUT")],
    customers: Annotated[int, typer.Option("--customers", help="Customers, 500 to 4,190,000.")] = 20_000,
    months: Annotated[int, typer.Option("--months", help="Months, 6 to 60.")] = 24,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same shop, to the byte.")] = 1,
    problems: Annotated[
        Literal["easy", "hard", "none"],
        typer.Option("--problems", help="What is planted: easy to find, hard to tell from chance, or nothing."),
    ] = "easy",
    memory: Annotated[
        str | None, typer.Option("--memory", help="Memory, e.g. 4GB; default: 60 % of the machine.", show_default=False)
    ] = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Make a simulated shop with planted problems, and the truth about them in OUT/truth.

    All 25 canonical tables and a shop.toml, ready for profithunt run OUT. Nothing in it is a real retailer's.
    """
    from profithunt.api import simulate as make
    from profithunt.cli.output import Output
    from profithunt.cli.progress import progress
    from profithunt.cli.views import simulated as view

    output = Output(json=json, quiet=quiet, debug=debug)
    with progress(output) as steps:
        made = make(
            out, customers=customers, months=months, seed=seed, problems=problems, memory=memory, progress=steps
        )
    if json:
        output.data(made)
    else:
        output.show(*view.simulated(made))
