"""`profithunt listen …`: what customers say, and leaders who listen."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from profithunt.cli import options
from profithunt.cli.calls import Call, in_a_name

if TYPE_CHECKING:
    from profithunt.api.listening import Listening

app = typer.Typer(help="What customers say: reasons, cost, trend, new themes; listening sessions of leaders.")

Session = Annotated[str, typer.Argument(help="Id of the session, or its beginning.")]
Day = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="Day, 2024-12-31.", show_default=False)
]


def _listening(call: Call) -> Listening:
    return call.shop.listening if call.name is None else call.shop.listening.as_(call.name)


def _show(call: Call, found: Any) -> None:
    from profithunt.cli.views import listen as view

    call.show(found, lambda: view.shown(found, call.currency))


@app.callback(invoke_without_command=True)
def listen(
    context: typer.Context,
    by: Annotated[
        str,
        typer.Option(
            "--by", help="reason, sku, category, lane, defect, country, channel, medium, kind.", metavar="DIMENSION"
        ),
    ] = "reason",
    start: Annotated[
        datetime | None,
        typer.Option(
            "--start", formats=["%Y-%m-%d"], metavar="DAY", help="First day; default: 91 days.", show_default=False
        ),
    ] = None,
    end: Annotated[
        datetime | None,
        typer.Option(
            "--end", formats=["%Y-%m-%d"], metavar="DAY", help="Last day; default: the last.", show_default=False
        ),
    ] = None,
    examples: Annotated[int, typer.Option("--examples", min=0, max=50, help="Voices of each member.")] = 2,
    shop_option: options.ShopOption = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """What customers say, by reason or anything else: how much, what it costs, whether it rises, in their own words."""
    if context.invoked_subcommand is not None:
        return
    from profithunt.cli.output import Output
    from profithunt.cli.shops import open_shop

    call = Call(Output(json=json, quiet=quiet, debug=debug), shop_option, None)
    opened = open_shop(None, shop_option)
    first, last = (None if day is None else day.date() for day in (start, end))
    _show(call, opened.listening.report(by, first, last, examples))


@app.command()
@in_a_name
def reasons(call: Call) -> None:
    """The reasons that are told apart, with the team that can change each."""
    _show(call, list(_listening(call).reasons))


@app.command(no_args_is_help=True)
@in_a_name
def label(
    call: Call,
    contact: Annotated[str, typer.Argument(help="Id of the contact, review or return.", metavar="CONTACT_ID")],
    reason: Annotated[str, typer.Argument(help="What it was really about.", metavar="REASON")],
    kind: Annotated[
        str | None, typer.Option("--kind", help="contact, review or return, where ids are shared.", show_default=False)
    ] = None,
) -> None:
    """Correct the reason of a contact; what is read from now on has learnt from it."""
    _show(call, _listening(call).label(contact, reason, kind=kind))


@app.command()
@in_a_name
def session(
    call: Call,
    size: Annotated[int, typer.Option("--size", "-n", min=1, max=50, help="Journeys to listen to.")] = 8,
    worst: Annotated[
        int | None,
        typer.Option(
            "--worst", min=0, max=50, help="How many of them the week's worst; default: half.", show_default=False
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, help="The same seed draws the same.", show_default=False)
    ] = None,
    week: Annotated[
        datetime | None,
        typer.Option(
            "--week",
            formats=["%Y-%m-%d"],
            metavar="DAY",
            help="Last day of the week; default: the last.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Draw a listening session: the week's worst journeys and a fair sample, each as the customer lived it."""
    end = None if week is None else week.date()
    _show(call, _listening(call).session(size, worst=worst, seed=seed, end=end))


@app.command(name="sessions")
@in_a_name
def sessions_(call: Call) -> None:
    """The sessions so far: who listened when, what was noted, what will change."""
    _show(call, _listening(call).sessions())


@app.command(no_args_is_help=True)
@in_a_name
def show(call: Call, session: Session) -> None:
    """A session again, with its journeys, notes and changes."""
    _show(call, _listening(call).show(session))


@app.command(no_args_is_help=True)
@in_a_name
def note(
    call: Call,
    session: Session,
    text: Annotated[str, typer.Argument(help="What you noticed; personal data in it is masked.")],
    journey: Annotated[
        int | None, typer.Option("--journey", min=1, help="Number of the journey; default: all.", show_default=False)
    ] = None,
) -> None:
    """Note what you heard."""
    _show(call, [_listening(call).note(session, text, journey=journey)])


@app.command(no_args_is_help=True)
@in_a_name
def done(
    call: Call,
    session: Session,
    minutes: Annotated[float, typer.Option("--minutes", min=1, max=1440, help="How long you listened.")],
    who: Annotated[
        str | None, typer.Option("--who", help="Who listened; default: who acts.", show_default=False)
    ] = None,
    on: Day = None,
) -> None:
    """Say who listened, for how long."""
    day = None if on is None else on.date()
    _show(call, [_listening(call).listened(session, minutes, who=who, on=day)])


@app.command(no_args_is_help=True)
@in_a_name
def change(
    call: Call,
    session: Session,
    what: Annotated[str, typer.Argument(help="What we will change.")],
    assign: Annotated[
        str | None, typer.Option("--assign", help="Who sees to it (see act user).", show_default=False)
    ] = None,
    team: Annotated[str, typer.Option("--team", help="Team whose queue it goes to.")] = "service",
    value: Annotated[float, typer.Option("--value", help="Money it should bring in 28 days.")] = 0.0,
) -> None:
    """Turn "what we will change" into an opportunity of the queue, assigned to somebody."""
    _show(call, [_listening(call).change(session, what, assignee=assign, owner=team, value=value)])


@app.command()
@in_a_name
def hours(
    call: Call,
    year: Annotated[int | None, typer.Option("--year", help="Year; default: this one.", show_default=False)] = None,
) -> None:
    """How long each leader listened in a year, against the aim."""
    _show(call, list(_listening(call).hours(year)))
