"""The commands in one catalogue, and what is the same for all: exit codes, mistakes, broken pipes.

Exit codes: 0 fine, 1 a check found something or a run failed, 2 wrong use, 3 bad data.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from profithunt.cli.commands import (
    act,
    actions_value,
    anomalies,
    api_token,
    automation,
    carriers,
    check,
    clv,
    cohorts,
    compare,
    customers,
    defects,
    demo,
    document,
    erase,
    explain,
    export,
    hunt,
    init,
    listen,
    mcp,
    metrics,
    new_detector,
    opportunity,
    password,
    plan,
    prices,
    profit,
    proposition,
    reconcile,
    report,
    run,
    serve,
    settings,
    simulate,
    sql,
    version,
    waste,
    wbr,
    why,
)

INTERRUPTED = 130

app = typer.Typer(
    name="profithunt",
    help="Find where a retailer makes and loses money, customer by customer and SKU by SKU, and what to do about it.",
    epilog="Start with `profithunt demo`, or with your own files: `profithunt init DIR --from FOLDER`.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

NAMED = (
    init.init,
    explain.explain,
    opportunity.opportunity,
    new_detector.new_detector,
    compare.compare,
    simulate.simulate,
    sql.sql,
)
"""Commands that need to be told of what; alone they show their help."""

for command in (init.init, check.check, run.run, report.report, profit.profit, explain.explain, reconcile.reconcile,
                compare.compare, hunt.hunt, opportunity.opportunity, new_detector.new_detector, export.export,
                cohorts.cohorts, clv.clv, actions_value.actions_value,
                simulate.simulate, sql.sql, demo.demo, version.version):  # fmt: skip
    app.command(no_args_is_help=command in NAMED)(command)

app.command()(metrics.metrics)
app.command()(wbr.wbr)
app.command(no_args_is_help=True)(why.why)
app.command()(defects.defects)
app.command()(anomalies.anomalies)
app.command()(carriers.carriers)
app.command()(waste.waste)
app.command()(serve.serve)
app.command(no_args_is_help=True)(password.password)
app.command()(api_token.api_token)
app.command()(mcp.mcp)
app.command(no_args_is_help=True)(erase.erase)
app.add_typer(act.app, name="act")
app.add_typer(automation.app, name="automation")
app.add_typer(settings.app, name="settings")
app.add_typer(customers.app, name="customers")
app.add_typer(document.app, name="document")
app.add_typer(listen.app, name="listen")
app.add_typer(plan.app, name="plan")
app.add_typer(prices.app, name="prices")
app.add_typer(proposition.app, name="proposition")


@app.callback()
def profithunt(
    show_version: Annotated[
        bool, typer.Option("--version", help="Print the version and leave.", is_eager=True, callback=version.callback)
    ] = False,
) -> None:
    """Options before the command."""


def execute(arguments: Sequence[str]) -> int:
    """Run one command line and give its exit code; every mistake is shown in the same form.

    `--json`, `--quiet` and `--debug` are looked up before parsing, since a mistake in parsing heeds them too.
    """
    from profithunt.cli import mistakes
    from profithunt.cli.output import Output

    output = Output(json="--json" in arguments, debug="--debug" in arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        code = typer.main.get_command(app).main(list(arguments), prog_name="profithunt", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        _give_up_stdout()
        return 0
    except (KeyboardInterrupt, typer.Abort):
        output.err.print("Stopped.")
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last line of defence: nobody sees a traceback unasked
        if type(error).__name__ == "NoArgsIsHelpError":
            output.out.print(str(error))
            return mistakes.USAGE
        if output.debug:
            mistakes.trace(error)
        if mistakes.is_interrupt(error):
            output.err.print("Stopped.")
            return INTERRUPTED
        known = mistakes.understood(error)
        try:
            mistakes.show(known, output)
        except OSError:
            _give_up_stdout()
        return known.exit_code
    if code == INTERRUPTED:
        output.err.print("Stopped.")
    return code if isinstance(code, int) else 0


def _give_up_stdout() -> None:
    """Let what is still to be written go nowhere: nobody reads it, or there is no room for it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
