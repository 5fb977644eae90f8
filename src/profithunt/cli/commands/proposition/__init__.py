"""`profithunt proposition …`: what the customer is offered, and what another offer would earn; a module a command."""

from __future__ import annotations

import typer

from profithunt.cli.commands.proposition import (
    carriers,
    delivery,
    delivery_options,
    markdowns,
    overstock,
    payments,
    promise,
    promotions,
    returns,
)

app = typer.Typer(help="What the customer is offered, and what another offer would earn.", no_args_is_help=True)

app.command()(delivery.delivery)
app.command("options")(delivery_options.delivery_options)
app.command()(markdowns.markdowns)
app.command()(carriers.carriers)
app.command()(overstock.overstock)
app.command()(promise.promise)
app.command()(promotions.promotions)
app.command()(returns.returns)
app.command()(payments.payments)
