"""The commands, from the Typer application."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import typer

from profithunt.cli.app import app
from scripts.reference.markdown import code, document, table

INTRO = """
`SHOP` is the folder of a shop or its `shop.toml`; left out, the current folder or the nearest one above it that has a
`shop.toml`. With `--json` a command writes JSON to standard output and nothing else; amounts are decimal strings.
[Errors and exit codes](errors.md) are the same for all.
"""

VALUES = {str: "text", int: "n", float: "number", Path: "path"}


def page() -> str:
    """The page `cli.md`."""
    commands = commands_of()
    overview = table(
        ["command", "what it does"],
        (
            [f"[{code(f'profithunt {name}')}](#profithunt-{name.replace(' ', '-')})", _summary(command)]
            for name, command in commands.items()
        ),
    )
    sections = (_section(name, command) for name, command in commands.items())
    return document("Commands", "`src/profithunt/cli/`", INTRO, overview, *sections)


def commands_of() -> dict[str, Any]:
    """Each command by its name, in the order of the help; those of a group as `group command`.

    A group that does something by itself is a command as well.
    """
    group: Any = typer.main.get_command(app)
    found: dict[str, Any] = {}
    for name, command in group.commands.items():
        below = getattr(command, "commands", None)
        if below is not None and command.invoke_without_command:
            found[name] = command
        found |= {name: command} if below is None else {f"{name} {part}": item for part, item in below.items()}
    return found


def options_of(command: Any) -> list[Any]:
    """Arguments and options of a command, without the help option."""
    return [
        parameter
        for parameter in command.params
        if parameter.name != "help" and not getattr(parameter, "hidden", False)
    ]


def _section(name: str, command: Any) -> str:
    usage = " ".join(
        ["profithunt", name, *(_usage(item) for item in options_of(command) if _is_argument(item)), "[OPTIONS]"]
    )
    rows = ([_names(item), _help(item), _default(item)] for item in options_of(command))
    parts = [
        f"## profithunt {name}",
        f"```text\n{usage}\n```",
        _text(command),
        table(["argument or option", "meaning", "default"], rows),
    ]
    return "\n\n".join(parts)


def _is_argument(parameter: Any) -> bool:
    return bool(parameter.param_type_name == "argument")


def _usage(parameter: Any) -> str:
    name = _argument(parameter)
    return name if parameter.required else f"[{name}]"


def _names(parameter: Any) -> str:
    if _is_argument(parameter):
        return code(_argument(parameter))
    names = ", ".join(code(name) for name in [*parameter.opts, *parameter.secondary_opts])
    return names if parameter.is_flag else f"{names} {code(_value(parameter))}"


def _argument(parameter: Any) -> str:
    return str(parameter.metavar or parameter.name).upper()


def _value(parameter: Any) -> str:
    kind = parameter.type_descriptor.annotation
    return str(parameter.metavar or VALUES.get(kind, kind.__name__)).upper()


def _help(parameter: Any) -> str:
    text = inspect.cleandoc(parameter.help or "").replace("\n", " ")
    return f"{text} (needed)" if parameter.required else text


def _default(parameter: Any) -> str:
    value = parameter.default
    if (
        value is None
        or value is False
        or value == ()
        or callable(value)
        or parameter.required
        or "Sentinel" in repr(value)
    ):
        return ""
    return code(str(getattr(value, "value", value)))


def _text(command: Any) -> str:
    return inspect.cleandoc(command.help or "").replace("\b\n", "")


def _summary(command: Any) -> str:
    return _text(command).split("\n\n", maxsplit=1)[0].replace("\n", " ")
