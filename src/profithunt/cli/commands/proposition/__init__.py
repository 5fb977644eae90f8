"""`profithunt proposition …`: what the customer is offered, and what another offer would earn; a module a command."""

from __future__ import annotations

import typer

from profithunt.cli.commands.proposition import delivery, promise

app = typer.Typer(help="What the customer is offered, and what another offer would earn.", no_args_is_help=True)

app.command()(delivery.delivery)
app.command()(promise.promise)
