"""`profithunt demo`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from profithunt.cli import options


def demo(
    folder: Annotated[Path | None, typer.Argument(help="Folder of the demo's shop.", show_default=False)] = None,
    shop: Annotated[str, typer.Option("--shop", help="Data set to run on.")] = "completejourney",
    folder_option: Annotated[
        Path | None, typer.Option("--dir", help="The same as FOLDER; default: demo.", show_default=False)
    ] = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Run the main job on a real grocer's year, or on a simulated shop, and show what comes out.

    --shop completejourney is the grocer, --shop simulated a retailer that is made up on the spot. Shows the waterfall,
    who and what makes and loses money, whether it ties out, what to do; writes the report.
    """
    from profithunt import reports
    from profithunt.cli.data_sets import DATA_SETS, SIMULATED, files_of, make
    from profithunt.cli.mistakes import choice
    from profithunt.cli.output import Output
    from profithunt.cli.progress import progress
    from profithunt.cli.shops import open_shop, prepare
    from profithunt.cli.views import demo as view
    from profithunt.cli.views.simulated import MADE_UP

    output = Output(json=json, quiet=quiet, debug=debug)
    name = choice(shop, (*DATA_SETS, SIMULATED), "data set")
    simulated = name == SIMULATED
    target = folder_option or folder or Path("demo-simulated" if simulated else "demo")
    output.note(MADE_UP if simulated else f"The data: {DATA_SETS[name].about}.")
    with progress(output) as steps:
        if simulated:
            make(target, steps)
        else:
            prepare(target, files_of(DATA_SETS[name]), DATA_SETS[name].preset, steps)
        opened = open_shop(target)
        opened.run(progress=steps)
    found = reports.gather(opened)
    path = reports.write(found, target / reports.FILE_NAME)
    if json:
        output.data({**view.summary(found, target, path), "simulated": simulated})
    else:
        output.show(*([MADE_UP] if simulated else []), *view.demo(found, target, path, output.out.width))
