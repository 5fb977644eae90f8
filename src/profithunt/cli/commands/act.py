"""`profithunt act …`: work the queue of opportunities: decide, carry out, undo, see what came of it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from profithunt.cli import options

if TYPE_CHECKING:
    from profithunt.api.act import Act
    from profithunt.cli.output import Output

app = typer.Typer(
    help="Work the queue of opportunities: decide, carry out, undo, see what came of it.", no_args_is_help=True
)

Id = Annotated[str, typer.Argument(help="Opportunity, as `act list` shows it; its first characters will do.")]
As = Annotated[
    str | None,
    typer.Option("--as", help="Person or agent who acts; default: who is logged in.", show_default=False),
]
Reason = Annotated[str, typer.Option("--reason", "-r", help="Why.")]


def _open(shop: Path | None, name: str | None, output: Output) -> tuple[Act, str]:
    """The queue as somebody works on it, and the shop's currency."""
    from profithunt.cli.progress import progress
    from profithunt.cli.shops import open_shop

    opened = open_shop(None, shop)
    act = opened.act if name is None else opened.act.as_(name)
    with progress(output):
        act.sync()
    return act, opened.config.shop.currency


def _show(output: Output, currency: str, found: Any) -> None:
    from profithunt.cli.views import act as view

    if output.json:
        output.data(found)
    else:
        output.show(*view.shown(found, currency))


def _output(*, json: bool, quiet: bool, debug: bool) -> Output:
    from profithunt.cli.output import Output

    return Output(json=json, quiet=quiet, debug=debug)


@app.command(name="list")
def list_(
    state: Annotated[
        str,
        typer.Option("--state", "-s", help="A state, several with commas, 'open' (nothing decided yet) or 'all'."),
    ] = "open",
    owner: Annotated[str | None, typer.Option("--owner", help="Only what this team owns.", show_default=False)] = None,
    assignee: Annotated[
        str | None, typer.Option("--assignee", help="Only what is given to this person.", show_default=False)
    ] = None,
    level: Annotated[str | None, typer.Option("--level", help="Only this level.", show_default=False)] = None,
    detector: Annotated[
        str | None, typer.Option("--detector", help="Only this detector, by code or name.", show_default=False)
    ] = None,
    q: Annotated[str | None, typer.Option("--search", "-q", help="Words to look for.", show_default=False)] = None,
    top: options.Top = 20,
    name: As = None,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress and no remarks on stderr.")] = False,
    debug: options.Debug = False,
) -> None:
    """List the queue, most money first."""
    output = _output(json=json, quiet=quiet, debug=debug)
    act, currency = _open(shop, name, output)
    states = None if state == "all" else [part.strip().replace(" ", "_") for part in state.split(",")]
    found = act.list(state=states, owner=owner, assignee=assignee, level=level, detector=detector, q=q, limit=top)
    _show(output, currency, found)


@app.command()
def show(
    id: Id,
    name: As = None,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """One opportunity with all that happened to it, what it lacks and what can be done now."""
    output = _output(json=json, quiet=quiet, debug=debug)
    act, currency = _open(shop, name, output)
    _show(output, currency, act.show(id))


@app.command()
def triage(
    id: Id,
    name: As = None,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Take it up: it is worth a decision."""
    output = _output(json=json, quiet=quiet, debug=debug)
    act, currency = _open(shop, name, output)
    _show(output, currency, act.triage(id))


@app.command()
def approve(
    id: Id,
    name: As = None,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Decide for it. What can't be undone needs a document that was decided upon, and two people."""
    output = _output(json=json, quiet=quiet, debug=debug)
    act, currency = _open(shop, name, output)
    _show(output, currency, act.approve(id))


@app.command()
def reject(
    id: Id,
    reason: Reason,
    name: As = None,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Decide against it, and say why."""
    output = _output(json=json, quiet=quiet, debug=debug)
    act, currency = _open(shop, name, output)
    _show(output, currency, act.reject(id, reason))


@app.command()
def withdraw(
    id: Id,
    reason: Reason,
    name: As = None,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Take an approval back, before anything was done."""
    output = _output(json=json, quiet=quiet, debug=debug)
    act, currency = _open(shop, name, output)
    _show(output, currency, act.withdraw(id, reason))


@app.command()
def snooze(
    id: Id,
    until: Annotated[
        str, typer.Option("--until", "-u", help="A day (2026-12-01), a moment (2026-12-01T09:00) or so many days (7d).")
    ],
    name: As = None,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Put it off; then it is back in the queue."""
    from profithunt.cli.moments import moment

    output = _output(json=json, quiet=quiet, debug=debug)
    when = moment(until)
    act, currency = _open(shop, name, output)
    _show(output, currency, act.snooze(id, when))


@app.command()
def reopen(
    id: Id,
    name: As = None,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Take up again what was snoozed, rejected or is over."""
    output = _output(json=json, quiet=quiet, debug=debug)
    act, currency = _open(shop, name, output)
    snoozed = act.show(id).item.state == "snoozed"
    _show(output, currency, act.wake(id) if snoozed else act.reopen(id))


@app.command()
def assign(
    id: Id,
    to: Annotated[str | None, typer.Option("--to", help="Who; without it, nobody.", show_default=False)] = None,
    name: As = None,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Give it to somebody."""
    output = _output(json=json, quiet=quiet, debug=debug)
    act, currency = _open(shop, name, output)
    _show(output, currency, act.assign(id, to))


@app.command()
def comment(
    id: Id,
    text: Annotated[str, typer.Argument(help="What to say.")],
    name: As = None,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Say something about it."""
    output = _output(json=json, quiet=quiet, debug=debug)
    act, currency = _open(shop, name, output)
    _show(output, currency, act.comment(id, text))


@app.command()
def params(
    id: Id,
    values: Annotated[list[str], typer.Argument(help="key=value; a value may be JSON, an empty one takes it away.")],
    name: As = None,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Say how it is to be carried out: price=19.90 price_before=24.90, bid=0.4, customers='["C1","C2"]' …."""
    from profithunt.cli.moments import pairs

    output = _output(json=json, quiet=quiet, debug=debug)
    said = pairs(values)
    act, currency = _open(shop, name, output)
    _show(output, currency, act.set_params(id, said))


@app.command()
def execute(
    id: Id,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the exact difference; send nothing.")] = False,
    digest: Annotated[
        str | None,
        typer.Option("--digest", help="Send only the plan of a dry run with this digest.", show_default=False),
    ] = None,
    name: As = None,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Carry it out, once. What can be undone is approved on the way, inside your limits."""
    output = _output(json=json, quiet=quiet, debug=debug)
    act, currency = _open(shop, name, output)
    _show(output, currency, act.execute(id, dry_run=dry_run, digest=digest))
    sized = act.size(id) if dry_run and not json else None
    if sized is not None:
        output.show(sized.sentence)


@app.command()
def confirm(
    id: Id,
    name: As = None,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Say that it arrived: the file was imported, the task is done. From then on it is measured."""
    output = _output(json=json, quiet=quiet, debug=debug)
    act, currency = _open(shop, name, output)
    _show(output, currency, act.confirm(id))


@app.command()
def letters(
    again: Annotated[
        str | None,
        typer.Option(
            "--again", metavar="KEY", help="Let this one be sent again; then execute anew.", show_default=False
        ),
    ] = None,
    name: As = None,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """What could not be delivered; one that is uncertain may have arrived, so look before it is sent again."""
    from profithunt.cli.views import letters as view

    output = _output(json=json, quiet=quiet, debug=debug)
    act, _ = _open(shop, name, output)
    found = [act.send_again(again)] if again is not None else list(act.letters())
    if json:
        output.data(found)
    else:
        output.show(*(view.reopened(found[0]) if again is not None else view.listed(found)))


@app.command()
def undo(
    id: Id,
    reason: Annotated[str, typer.Option("--reason", "-r", help="Why.")] = "",
    name: As = None,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Put the former values back, once."""
    output = _output(json=json, quiet=quiet, debug=debug)
    act, currency = _open(shop, name, output)
    _show(output, currency, act.undo(id, reason))


@app.command()
def measure(
    id: Id,
    realised: Annotated[
        float | None,
        typer.Option("--realised", help="The outcome, if you know it; default: measured.", show_default=False),
    ] = None,
    name: As = None,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Measure what it brought, once its window is over."""
    output = _output(json=json, quiet=quiet, debug=debug)
    act, currency = _open(shop, name, output)
    said = {} if realised is None else {"realised": str(realised), "method": "said"}
    _show(output, currency, act.measure(id, **said))


@app.command()
def outcomes(
    name: As = None,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """What actions brought beside what was predicted, by detector, team, person, people and agents."""
    output = _output(json=json, quiet=quiet, debug=debug)
    act, currency = _open(shop, name, output)
    _show(output, currency, act.outcomes())


@app.command()
def totals(
    name: As = None,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """The queue in figures: by state and team, how fast decisions are, people beside agents."""
    output = _output(json=json, quiet=quiet, debug=debug)
    act, currency = _open(shop, name, output)
    _show(output, currency, act.totals())


@app.command()
def activity(
    since: Annotated[
        str | None, typer.Option("--since", help="A day, a moment, or so many days back (7d).", show_default=False)
    ] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Check that nothing was changed or left out.")] = False,
    top: options.Top = 50,
    name: As = None,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Who did what, when."""
    from profithunt.cli.moments import moment

    output = _output(json=json, quiet=quiet, debug=debug)
    when = None if since is None else moment(since, back=True)
    act, currency = _open(shop, name, output)
    if verify:
        output.note(f"{act.verify()} entries, each fits the one before it.")
    _show(output, currency, act.activity(since=when, limit=top))


@app.command()
def recover(
    name: As = None,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Go on with what processes that died, or systems that did not answer, left half done."""
    output = _output(json=json, quiet=quiet, debug=debug)
    act, currency = _open(shop, name, output)
    _show(output, currency, {"continued": act.recover()})


@app.command()
def user(
    who: Annotated[str | None, typer.Argument(help="Name; without it, everyone is listed.", show_default=False)] = None,
    role: Annotated[str | None, typer.Option("--role", help="Role.", show_default=False)] = None,
    agent: Annotated[bool, typer.Option("--agent", help="It is an agent.")] = False,
    level: Annotated[
        str | None,
        typer.Option("--level", help="An agent's autonomy: suggest, approval, inside_limits.", show_default=False),
    ] = None,
    on: Annotated[
        list[str] | None,
        typer.Option("--on", help="Autonomy for one action type: ACTION=LEVEL.", show_default=False),
    ] = None,
    money_a_day: Annotated[
        float | None, typer.Option("--money-a-day", help="Limit of their own.", show_default=False)
    ] = None,
    email: Annotated[str | None, typer.Option("--email", help="Where to reach them.", show_default=False)] = None,
    inactive: Annotated[bool, typer.Option("--inactive", help="They no longer act.")] = False,
    name: As = None,
    shop: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """List who may act; add or change a person or an agent. The first who ever acts owns the queue."""
    from dataclasses import replace

    from profithunt.cli.moments import pairs
    from profithunt.errors import UsageError

    output = _output(json=json, quiet=quiet, debug=debug)
    act, currency = _open(shop, name, output)
    if who is None:
        _show(output, currency, list(act.users()))
        return
    known = {each.name: each for each in act.users()}
    role = role or (known[who].role if who in known else ("agent" if agent else None))
    if role is None:
        raise UsageError(
            "the role is not said", do="say --role ROLE: viewer, analyst, manager, owner, agent or your own"
        )
    limits = None
    if money_a_day is not None:
        limits = replace(act.limits_of(role), money_a_day=Decimal(str(money_a_day)))
    levels = {key: str(value) for key, value in pairs(on or []).items()}
    agent = agent or (who in known and known[who].kind == "agent")
    changed = act.set_user(
        who, role=role, agent=agent, email=email, active=not inactive, limits=limits, level=level, levels=levels
    )
    _show(output, currency, [changed])
