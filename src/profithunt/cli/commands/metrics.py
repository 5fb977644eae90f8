"""`profithunt metrics`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from profithunt.cli import options
from profithunt.cli.commands import anomalies

if TYPE_CHECKING:
    from profithunt.api import Shop
    from profithunt.cli.output import Output


def metrics(
    name: Annotated[str | None, typer.Argument(help="Metric; without it, all there are.", show_default=False)] = None,
    of: Annotated[str | None, typer.Argument(help="Metric, after the word 'spread'.", show_default=False)] = None,
    by: Annotated[
        str | None, typer.Option("--by", help="Dimension of the metric's source.", show_default=False)
    ] = None,
    start: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First day counted.", show_default=False, metavar="DAY"),
    ] = None,
    end: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="Last day counted.", show_default=False, metavar="DAY"),
    ] = None,
    grain: Annotated[
        Literal["day", "week", "month", "quarter", "year"], typer.Option("--grain", help="Periods to show.")
    ] = "week",
    top: options.Top = 20,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """The dictionary of metrics; with a NAME, its definition and its figures by period.

    `metrics spread NAME --by DIMENSION` shows its spread and its members held against each other; `metrics anomalies`
    what left its usual course in any metric. A rate is summed first, then divided. Periods of which days are missing
    are marked.
    """
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop
    from profithunt.cli.views import metrics as view

    output = Output(json=json, quiet=quiet, debug=debug)
    opened = open_shop(None, shop)
    if name is None:
        found = opened.metrics()
        if json:
            output.data(found)
        else:
            output.show(*view.dictionary(found))
        return
    if of is not None or name in ("spread", "anomalies"):
        _special(output, opened, name, of, by, start, end, top)
        return
    figures = opened.metric(name, by, start and start.date(), end and end.date(), grain)
    if json:
        output.data(figures)
    else:
        output.show(*view.figures(figures, opened.config.shop.currency, top))


def _special(
    output: Output,
    opened: Shop,
    name: str,
    of: str | None,
    by: str | None,
    start: datetime | None,
    end: datetime | None,
    top: int,
) -> None:
    """`metrics spread NAME` and `metrics anomalies`."""
    from profithunt.cli.views import spread as view
    from profithunt.errors import UsageError

    if name == "anomalies" and of is None:
        anomalies.show(output, opened, top)
        return
    if name != "spread" or of is None:
        raise UsageError(f"'{name}' and '{of}' don't go together", expected="metrics spread NAME, or metrics anomalies")
    spread = opened.metric_spread(of, by, start and start.date(), end and end.date())
    if output.json:
        output.data(spread)
    else:
        output.show(*view.spread(spread, opened.config.shop.currency, top))
