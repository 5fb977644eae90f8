"""`profithunt anomalies`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profithunt.cli import options

if TYPE_CHECKING:
    from profithunt.api import Shop
    from profithunt.cli.output import Output


def anomalies(
    shop: options.Shop = None,
    top: options.Top = 20,
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Days on which a metric left its usual course: a spike, another level, another trend; of all metrics and members.

    Weekdays, seasons and what all members share are taken out first. About one in ten of those told may be chance.
    """
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop

    output = Output(json=json, quiet=quiet, debug=debug)
    show(output, open_shop(shop, shop_option), top)


def show(output: Output, opened: Shop, top: int) -> None:
    """Print them."""
    from profithunt.cli.views import spread as view

    found = opened.anomalies
    if output.json:
        output.rows(found)
    else:
        metrics = opened.config.metrics
        output.show(*view.anomalies(found.dicts(), top, metrics.false_alarms))
