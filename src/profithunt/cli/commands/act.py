"""`profithunt act …`: work the queue of opportunities: decide, carry out, undo, see what came of it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

from profithunt.cli import options
from profithunt.cli.calls import Call, in_a_name

if TYPE_CHECKING:
    from profithunt.api.act import Act

app = typer.Typer(
    help="Work the queue of opportunities: decide, carry out, undo, see what came of it.", no_args_is_help=True
)

Id = Annotated[str, typer.Argument(help="Opportunity, as `act list` shows it; its first characters will do.")]
Reason = Annotated[str, typer.Option("--reason", "-r", help="Why.")]


def _queue(call: Call) -> Act:
    """The queue as somebody works on it, with what the last run found."""
    from profithunt.cli.progress import progress

    act = call.shop.act if call.name is None else call.shop.act.as_(call.name)
    with progress(call.output):
        act.sync()
    return act


def _show(call: Call, found: Any) -> None:
    from profithunt.cli.views import act as view

    call.show(found, lambda: view.shown(found, call.currency))


@app.command(name="list")
@in_a_name
def list_(
    call: Call,
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
) -> None:
    """List the queue, most money first."""
    act = _queue(call)
    states = None if state == "all" else [part.strip().replace(" ", "_") for part in state.split(",")]
    found = act.list(state=states, owner=owner, assignee=assignee, level=level, detector=detector, q=q, limit=top)
    _show(call, found)


@app.command()
@in_a_name
def show(call: Call, id: Id) -> None:
    """One opportunity with all that happened to it, what it lacks and what can be done now."""
    _show(call, _queue(call).show(id))


@app.command()
@in_a_name
def triage(call: Call, id: Id) -> None:
    """Take it up: it is worth a decision."""
    _show(call, _queue(call).triage(id))


@app.command()
@in_a_name
def approve(call: Call, id: Id) -> None:
    """Decide for it. What can't be undone needs a document that was decided upon, and two people."""
    _show(call, _queue(call).approve(id))


@app.command()
@in_a_name
def reject(call: Call, id: Id, reason: Reason) -> None:
    """Decide against it, and say why."""
    _show(call, _queue(call).reject(id, reason))


@app.command()
@in_a_name
def withdraw(call: Call, id: Id, reason: Reason) -> None:
    """Take an approval back, before anything was done."""
    _show(call, _queue(call).withdraw(id, reason))


@app.command()
@in_a_name
def snooze(
    call: Call,
    id: Id,
    until: Annotated[
        str, typer.Option("--until", "-u", help="A day (2026-12-01), a moment (2026-12-01T09:00) or so many days (7d).")
    ],
) -> None:
    """Put it off; then it is back in the queue."""
    from profithunt.cli.moments import moment

    when = moment(until)
    _show(call, _queue(call).snooze(id, when))


@app.command()
@in_a_name
def reopen(call: Call, id: Id) -> None:
    """Take up again what was snoozed, rejected or is over."""
    act = _queue(call)
    snoozed = act.show(id).item.state == "snoozed"
    _show(call, act.wake(id) if snoozed else act.reopen(id))


@app.command()
@in_a_name
def assign(
    call: Call,
    id: Id,
    to: Annotated[str | None, typer.Option("--to", help="Who; without it, nobody.", show_default=False)] = None,
) -> None:
    """Give it to somebody."""
    _show(call, _queue(call).assign(id, to))


@app.command()
@in_a_name
def comment(
    call: Call,
    id: Id,
    text: Annotated[str, typer.Argument(help="What to say.")],
) -> None:
    """Say something about it."""
    _show(call, _queue(call).comment(id, text))


@app.command()
@in_a_name
def params(
    call: Call,
    id: Id,
    values: Annotated[list[str], typer.Argument(help="key=value; a value may be JSON, an empty one takes it away.")],
) -> None:
    """Say how it is to be carried out: price=19.90 price_before=24.90, bid=0.4, customers='["C1","C2"]' …."""
    from profithunt.cli.moments import pairs

    said = pairs(values)
    _show(call, _queue(call).set_params(id, said))


@app.command()
@in_a_name
def execute(
    call: Call,
    id: Id,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the exact difference; send nothing.")] = False,
    digest: Annotated[
        str | None,
        typer.Option("--digest", help="Send only the plan of a dry run with this digest.", show_default=False),
    ] = None,
) -> None:
    """Carry it out, once. What can be undone is approved on the way, inside your limits."""
    act = _queue(call)
    _show(call, act.execute(id, dry_run=dry_run, digest=digest))
    sized = act.size(id) if dry_run and not call.output.json else None
    if sized is not None:
        call.output.show(sized.sentence)


@app.command()
@in_a_name
def confirm(call: Call, id: Id) -> None:
    """Say that it arrived: the file was imported, the task is done. From then on it is measured."""
    _show(call, _queue(call).confirm(id))


@app.command()
@in_a_name
def letters(
    call: Call,
    again: Annotated[
        str | None,
        typer.Option(
            "--again", metavar="KEY", help="Let this one be sent again; then execute anew.", show_default=False
        ),
    ] = None,
) -> None:
    """What could not be delivered; one that is uncertain may have arrived, so look before it is sent again."""
    from profithunt.cli.views import letters as view

    act = _queue(call)
    found = [act.send_again(again)] if again is not None else list(act.letters())
    call.show(found, lambda: view.reopened(found[0]) if again is not None else view.listed(found))


@app.command()
@in_a_name
def undo(
    call: Call,
    id: Id,
    reason: Annotated[str, typer.Option("--reason", "-r", help="Why.")] = "",
) -> None:
    """Put the former values back, once."""
    _show(call, _queue(call).undo(id, reason))


@app.command()
@in_a_name
def measure(
    call: Call,
    id: Id,
    realised: Annotated[
        float | None,
        typer.Option("--realised", help="The outcome, if you know it; default: measured.", show_default=False),
    ] = None,
) -> None:
    """Measure what it brought, once its window is over."""
    act = _queue(call)
    said = {} if realised is None else {"realised": str(realised), "method": "said"}
    _show(call, act.measure(id, **said))


@app.command()
@in_a_name
def outcomes(call: Call) -> None:
    """What actions brought beside what was predicted, by detector, team, person, people and agents."""
    _show(call, _queue(call).outcomes())


@app.command()
@in_a_name
def totals(call: Call) -> None:
    """The queue in figures: by state and team, how fast decisions are, people beside agents."""
    _show(call, _queue(call).totals())


@app.command()
@in_a_name
def activity(
    call: Call,
    since: Annotated[
        str | None, typer.Option("--since", help="A day, a moment, or so many days back (7d).", show_default=False)
    ] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Check that nothing was changed or left out.")] = False,
    top: options.Top = 50,
) -> None:
    """Who did what, when."""
    from profithunt.cli.moments import moment

    when = None if since is None else moment(since, back=True)
    act = _queue(call)
    if verify:
        call.output.note(f"{act.verify()} entries, each fits the one before it.")
    _show(call, act.activity(since=when, limit=top))


@app.command()
@in_a_name
def recover(call: Call) -> None:
    """Go on with what processes that died, or systems that did not answer, left half done."""
    act = _queue(call)
    _show(call, {"continued": act.recover()})


@app.command()
@in_a_name
def user(
    call: Call,
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
) -> None:
    """List who may act; add or change a person or an agent. The first who ever acts owns the queue."""
    from dataclasses import replace

    from profithunt.cli.moments import pairs
    from profithunt.errors import UsageError

    act = _queue(call)
    if who is None:
        _show(call, list(act.users()))
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
    _show(call, [changed])
