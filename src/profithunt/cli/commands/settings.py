"""`profithunt settings …`: limits, autonomy, thresholds, adapters and rules, changed, told and undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from profithunt.cli.calls import Call, in_a_name
from profithunt.errors import UsageError

if TYPE_CHECKING:
    from profithunt.api.changing import Changing

app = typer.Typer(
    help="Limits, autonomy, thresholds, adapters, rules: changed, told who did it, undone.", no_args_is_help=True
)

About = Annotated[str, typer.Argument(help="role, limits, autonomy, thresholds, adapters or automation.")]
Subject = Annotated[str, typer.Argument(help="Which one: a role, a person or agent, a detector, an adapter, a rule.")]


def _settings(call: Call) -> Changing:
    return call.shop.settings if call.name is None else call.shop.settings.as_(call.name)


def _show(call: Call, found: Any) -> None:
    from profithunt.cli.views import settings as view

    call.show(found, lambda: view.shown(found))


@app.command()
@in_a_name
def show(call: Call, about: About, subject: Subject) -> None:
    """What can be set of one thing: each setting, its value, and what it is when left empty."""
    _show(call, _settings(call).form(about, subject))


@app.command(name="set")
@in_a_name
def set_(
    call: Call,
    about: About,
    subject: Subject,
    values: Annotated[list[str], typer.Argument(help="name=value; the others stay. An empty value: as it comes.")],
) -> None:
    """Change settings of one thing; nothing is changed where one of the values can't be."""
    settings = _settings(call)
    typed = {one.name: one.value for one in settings.form(about, subject).fields}
    for text in values:
        name, sign, value = text.partition("=")
        if not sign or name not in typed:
            raise UsageError(f"there is no setting {name!r}", expected=f"name=value, one of {', '.join(typed)}")
        typed[name] = value
    kept = settings.change(about, subject, typed)
    if kept.mistakes:
        name, why = next(iter(kept.mistakes.items()))
        raise UsageError(f"{name} {why}")
    _show(call, kept.form)


@app.command()
@in_a_name
def history(call: Call) -> None:
    """The changes, latest first: who, when, what; those that stand can be undone."""
    _show(call, list(_settings(call).history()))


@app.command()
@in_a_name
def undo(call: Call, number: Annotated[int, typer.Argument(help="Number of the change, as history has it.")]) -> None:
    """Put back what was before a change, unless it was changed since."""
    _show(call, [_settings(call).undo(number)])
