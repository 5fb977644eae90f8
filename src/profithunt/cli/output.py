"""Where a command writes: its result to stdout, everything said on the way to stderr.

With `--json`, stdout holds one JSON document and nothing else; with `--quiet`, stderr holds errors only. Colours and
widths follow the terminal, NO_COLOR and COLUMNS; without a terminal lines are plain and wide.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console, RenderableType

    from profithunt.engine import Relation

PIPE_WIDTH: Final = 120
"""Columns of a line where no terminal and no COLUMNS says otherwise."""


def to_json(value: object) -> object:
    """A value for JSON: amounts as decimal strings, days and times in ISO form, records by their own `to_json`."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dt.date):
        return value.isoformat()
    own = getattr(value, "to_json", None)
    if callable(own):
        return to_json(own())
    if isinstance(value, dict):
        return {str(key): to_json(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_json(part) for part in value]
    if isinstance(value, float) and not (float("-inf") < value < float("inf")):
        return None
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)


def _plain(value: object) -> object:
    """What the JSON encoder does not know, as something that it does."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return to_json(value)


def _dumps(value: object, indent: int | None = None) -> str:
    own = getattr(value, "to_json", None)
    try:
        plain = own() if callable(own) else value
        return json.dumps(plain, ensure_ascii=False, indent=indent, allow_nan=False, default=_plain)
    except (ValueError, TypeError):
        return json.dumps(to_json(value), ensure_ascii=False, indent=indent, allow_nan=False)


def _console(stream: TextIO) -> Console:
    from rich.console import Console

    plain = not stream.isatty()
    width = PIPE_WIDTH if plain and "COLUMNS" not in os.environ else None
    return Console(file=stream, highlight=False, markup=False, emoji=False, width=width, soft_wrap=False)


class Output:
    """The two streams of one command; `debug` says that errors show their traceback."""

    def __init__(self, *, json: bool = False, quiet: bool = False, debug: bool = False) -> None:
        self.json = json
        self.quiet = quiet
        self.debug = debug

    @cached_property
    def out(self) -> Console:
        """The console on stdout."""
        return _console(sys.stdout)

    @cached_property
    def err(self) -> Console:
        """The console on stderr."""
        return _console(sys.stderr)

    def show(self, *parts: RenderableType) -> None:
        """Write the result for people."""
        for part in parts:
            self.out.print(part)

    def data(self, value: object) -> None:
        """Write the result as one JSON document; of a list, each item stands on a line of its own."""
        if isinstance(value, list):
            self._items(value)
        else:
            sys.stdout.write(f"{_dumps(value, indent=2)}\n")
            sys.stdout.flush()

    def rows(self, relation: Relation) -> None:
        """Write the rows of a relation as a JSON list of objects, one a line, none held longer than needed."""
        names = relation.columns
        self._items(dict(zip(names, row, strict=True)) for row in relation.rows())

    def _items(self, items: Iterable[object]) -> None:
        before = "[\n"
        for item in items:
            sys.stdout.write(f"{before}{_dumps(item)}")
            before = ",\n"
        sys.stdout.write("[]\n" if before == "[\n" else "\n]\n")
        sys.stdout.flush()

    def note(self, text: RenderableType, **style: Any) -> None:
        """Say something on the way, on stderr, unless quiet."""
        if not self.quiet:
            self.err.print(text, **style)
