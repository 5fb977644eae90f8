"""`profithunt run`."""

from __future__ import annotations

from profithunt.cli import options


def run(
    shop: options.Shop = None,
    shop_option: options.ShopOption = None,
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
        finished = opened.run(progress=steps)
    if json:
        output.data(finished)
    else:
        waterfall, currency = opened.waterfall(), opened.config.shop.currency
        output.show(*view.finished(finished.info, waterfall, currency, output.out.width))
