"""`profithunt proposition …`: what the customer is offered, and what another offer would earn; a module a command."""

from __future__ import annotations

import typer

from profithunt.cli.commands.proposition import delivery, delivery_options, markdowns, promise, promotions

app = typer.Typer(help="What the customer is offered, and what another offer would earn.", no_args_is_help=True)

app.command()(delivery.delivery)
app.command("options")(delivery_options.delivery_options)
app.command()(markdowns.markdowns)
app.command()(promise.promise)
app.command()(promotions.promotions)
