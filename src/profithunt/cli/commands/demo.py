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
    """Run the main job on a real grocer's year and show what comes out.

    Shows the waterfall, who and what makes and loses money, whether it ties out, what to do; writes the report.
    """
    from profithunt import reports
    from profithunt.cli.data_sets import DATA_SETS, files_of
    from profithunt.cli.mistakes import choice
    from profithunt.cli.output import Output
    from profithunt.cli.progress import progress
    from profithunt.cli.shops import open_shop, prepare
    from profithunt.cli.views import demo as view

    output = Output(json=json, quiet=quiet, debug=debug)
    data = DATA_SETS[choice(shop, tuple(DATA_SETS), "data set")]
    target = folder_option or folder or Path("demo")
    output.note(f"The data: {data.about}.")
    with progress(output) as steps:
        prepare(target, files_of(data), data.preset, steps)
        opened = open_shop(target)
        opened.run(progress=steps)
    found = reports.gather(opened)
    path = reports.write(found, target / reports.FILE_NAME)
    if json:
        output.data(view.summary(found, target, path))
    else:
        output.show(*view.demo(found, target, path, output.out.width))
