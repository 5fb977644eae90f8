"""`profithunt prices …`: own prices against rivals', matches to review, what a customer would see."""

from __future__ import annotations

import typer

from profithunt.cli.commands.prices import board, experiment, review, trend, view

app = typer.Typer(
    help="Own prices against rivals': where each SKU stands delivered, what to lower, hold or raise.",
    invoke_without_command=True,
)

app.callback()(board.prices)
app.command()(trend.trend)
app.command()(review.review)
app.command(no_args_is_help=True)(view.view)
app.command()(experiment.experiment)
