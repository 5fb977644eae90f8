"""Commands that somebody works a shop with: what each of them takes and opens, said once."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Concatenate, Final, ParamSpec

import typer

from profithunt.cli import options

if TYPE_CHECKING:
    from rich.console import RenderableType

    from profithunt.api import Shop
    from profithunt.cli.output import Output

Given = ParamSpec("Given")

As = Annotated[
    str | None,
    typer.Option("--as", help="Person or agent who acts; default: who is logged in.", show_default=False),
]
_SHARED: Final = {
    "name": (As, None),
    "shop": (options.ShopOption, None),
    "json": (options.Json, False),
    "quiet": (options.Quiet, False),
    "debug": (options.Debug, False),
}


@dataclass(frozen=True)
class Call:
    """One call of a command: where it writes, which shop it is about (opened when first asked for), and who acts."""

    output: Output
    folder: Path | None
    name: str | None

    @cached_property
    def shop(self) -> Shop:
        """The shop, open."""
        from profithunt.cli.shops import open_shop

        return open_shop(None, self.folder)

    @property
    def currency(self) -> str:
        """What the shop counts in."""
        return self.shop.config.shop.currency

    def show(self, found: object, seen: Callable[[], Iterable[RenderableType]]) -> None:
        """The result as JSON where that is asked for, else as `seen` renders it."""
        if self.output.json:
            self.output.data(found)
        else:
            self.output.show(*seen())


def in_a_name(command: Callable[Concatenate[Call, Given], None]) -> Callable[..., None]:
    """The command with `--as`, `--shop`, `--json`, `--quiet` and `--debug`; it is given the call and what is its own.

    Where the command has taken `-q` for something else, `--quiet` goes without its letter.
    """

    @wraps(command)
    def called(*given: Given.args, **named: Given.kwargs) -> None:
        from profithunt.cli.output import Output

        shared: Any = {key: named.pop(key) for key in _SHARED}
        output = Output(json=shared["json"], quiet=shared["quiet"], debug=shared["debug"])
        command(Call(output, shared["shop"], shared["name"]), *given, **named)

    _, *own = inspect.signature(command, eval_str=True).parameters.values()
    shared = {**_SHARED, "quiet": (options.QuietInFull, False)} if any(map(_takes_q, own)) else _SHARED
    parameters = [
        *(item.replace(kind=inspect.Parameter.KEYWORD_ONLY) for item in own),
        *(
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
            for name, (kind, default) in shared.items()
        ),
    ]
    called.__dict__["__signature__"] = inspect.Signature(parameters)
    called.__annotations__ = {item.name: item.annotation for item in parameters}
    return called


def _takes_q(parameter: inspect.Parameter) -> bool:
    said = getattr(parameter.annotation, "__metadata__", ())
    return any("-q" in (item.param_decls or ()) for item in said if hasattr(item, "param_decls"))
