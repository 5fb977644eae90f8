"""`profithunt automation …`: rules that hunt, route, approve and execute by themselves, inside limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from profithunt.cli import options
from profithunt.cli.calls import Call, in_a_name

if TYPE_CHECKING:
    from profithunt.api.automating import Automation

app = typer.Typer(
    help="Rules that hunt, route, approve and execute by themselves, inside limits.", no_args_is_help=True
)

Name = Annotated[str, typer.Argument(help="Name of the rule.")]


def _rules(call: Call) -> Automation:
    return call.shop.automation if call.name is None else call.shop.automation.as_(call.name)


def _show(call: Call, found: Any) -> None:
    from profithunt.cli.views import automation as view

    call.show(found, lambda: view.shown(found, call.currency))


@app.command(name="list")
@in_a_name
def list_(call: Call) -> None:
    """The rules: when each is evaluated, what it looks for, what it does."""
    _show(call, list(_rules(call).list()))


@app.command()
@in_a_name
def add(
    call: Call,
    rule: Name,
    every: Annotated[
        str | None, typer.Option("--every", help="Evaluate it every 15m, 6h or 1d.", show_default=False)
    ] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", help="Evaluate it once a day at 06:00, in the shop's zone.", show_default=False),
    ] = None,
    hunt: Annotated[bool, typer.Option("--hunt", help="Make a run first, from the sources.")] = False,
    detector: Annotated[
        str | None, typer.Option("--detector", help="Only this detector, by code or name.", show_default=False)
    ] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="Only what this team owns.", show_default=False)] = None,
    level: Annotated[str | None, typer.Option("--level", help="Only this level.", show_default=False)] = None,
    minimum: Annotated[float | None, typer.Option("--min", help="Only from this value on.", show_default=False)] = None,
    maximum: Annotated[float | None, typer.Option("--max", help="Only up to this value.", show_default=False)] = None,
    confidence: Annotated[
        float | None,
        typer.Option("--confidence", min=0, max=1, help="Only from this confidence on, 0 to 1.", show_default=False),
    ] = None,
    assign: Annotated[
        str | None, typer.Option("--assign", help="Give it to this person, if nobody has it.", show_default=False)
    ] = None,
    approve: Annotated[bool, typer.Option("--approve", help="Approve it, inside the limits of automation.")] = False,
    execute: Annotated[bool, typer.Option("--execute", help="Carry it out, inside the limits of automation.")] = False,
    alert: Annotated[
        list[str] | None,
        typer.Option("--alert", help="Tell of it by slack, email, webhook or task (a file).", show_default=False),
    ] = None,
    most: Annotated[int, typer.Option("--most", min=1, max=1000, help="Opportunities an evaluation.")] = 20,
) -> None:
    """Add a rule, or put another in the place of the one with its name."""
    automation = _rules(call)
    found = automation.add(
        rule, every=every, at=at, hunt=hunt, detector=detector, owner=owner, level=level, min_value=_text(minimum),
        max_value=_text(maximum), min_confidence=confidence, assign_to=assign, alert=alert or (), most=most,
        does="execute" if execute else "approve" if approve else "route",
    )  # fmt: skip
    _show(call, [found])


@app.command()
@in_a_name
def pause(call: Call, rule: Name) -> None:
    """Stop a rule until it is resumed; its history stays."""
    _show(call, [_rules(call).pause(rule)])


@app.command()
@in_a_name
def resume(call: Call, rule: Name) -> None:
    """Let a paused rule go on."""
    _show(call, [_rules(call).resume(rule)])


@app.command()
@in_a_name
def history(
    call: Call,
    rule: Annotated[str | None, typer.Argument(help="Only of this rule.", show_default=False)] = None,
    top: options.Top = 20,
) -> None:
    """Each evaluation, the latest first: fired or not, and why."""
    _show(call, list(_rules(call).history(rule, top)))


@app.command()
@in_a_name
def run(
    call: Call,
    rule: Annotated[str | None, typer.Argument(help="This rule, now; default: all that are due.")] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Keep on, until stopped with Ctrl-C.")] = False,
    seconds: Annotated[int, typer.Option("--seconds", min=1, max=3600, help="How often --watch looks.")] = 30,
) -> None:
    """Evaluate the rules that are due, once. With --watch and --json, one JSON document an evaluation."""
    from profithunt.cli.progress import progress

    automation = _rules(call)
    if not watch:
        with progress(call.output) as steps:
            found = list(automation.run(rule, progress=steps))
        _show(call, found)
        return
    from profithunt.api.automating import watch as watched
    from profithunt.errors import UsageError

    if rule is not None:
        raise UsageError("--watch evaluates all rules when they are due", do="leave the name, or --watch, out")
    for done in watched(automation, seconds):
        _show(call, done)


def _text(amount: float | None) -> str | None:
    return None if amount is None else repr(amount)
