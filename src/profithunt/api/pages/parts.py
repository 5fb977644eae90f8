"""What pages are made of, as data: figures, tables, charts, the state that a link holds, and their JSON form."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, Literal
from urllib.parse import urlencode

from profithunt.errors import UsageError

Kind = Literal[
    "text", "id", "money", "cents", "count", "number", "share", "points", "date", "month", "bar", "interval", "chip"
]
"""How a value is shown: `bar` is money with its bar, `interval` an estimate whose row has `low` and `high`."""

Row = Mapping[str, Any]
NUMERIC: Final = ("money", "cents", "count", "number", "share", "points", "bar", "interval")


@dataclass(frozen=True)
class State:
    """What a link holds: path and parameters. The same state gives the same page, on the same run."""

    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    inside: frozenset[str] = frozenset()
    """Parameters that are a part of the path already."""

    def get(self, name: str, default: str = "") -> str:
        """A parameter as text."""
        return self.params.get(name, default).strip()

    def number(self, name: str, default: int, *, least: int = 1, most: int = 100_000) -> int:
        """A parameter as a whole number within bounds; what is no number is the default."""
        text = self.get(name)
        return min(max(int(text), least), most) if text.isdecimal() and len(text) < 10 else default

    def choice(self, name: str, known: Sequence[str], default: str) -> str:
        """A parameter that must be one of some words. Raises UsageError with the words."""
        text = self.get(name) or default
        if text not in known:
            raise UsageError(f"there is no {name} {text!r}", do=f"there are: {', '.join(known)}")
        return text

    def month(self, name: str) -> dt.date | None:
        """A parameter as the first day of a month, from `2024-05`. Raises UsageError."""
        text = self.get(name)
        if not text:
            return None
        try:
            return dt.date.fromisoformat(f"{text[:7]}-01")
        except ValueError as error:
            raise UsageError(f"{text!r} is no month", expected="a month such as 2024-05") from error

    def url(self, path: str | None = None, **changes: object) -> str:
        """A link to the same state with some parameters changed; None and empty drop a parameter.

        Dots in names are written as two underscores: `sort__skus` is the parameter `sort.skus`.
        """
        given = {name: value for name, value in self.params.items() if name not in self.inside}
        params = {**given, **{name.replace("__", "."): value for name, value in changes.items()}}
        kept = {name: value for name, value in params.items() if value not in (None, "")}
        target = self.path if path is None else path
        return f"{target}?{urlencode(kept)}" if kept else target

    @property
    def key(self) -> tuple[tuple[str, str], ...]:
        """What a cache tells states apart by."""
        return tuple(sorted(self.params.items()))


@dataclass(frozen=True)
class Column:
    """A column of a table: key in the rows, heading, how it is shown, where a cell leads (`/products/{sku}`)."""

    key: str
    label: str
    kind: Kind = "text"
    link: str = ""
    detail: str = ""
    """Key of a second line in the cell, smaller."""
    hint: str = ""

    @property
    def numeric(self) -> bool:
        """Whether it stands at the right."""
        return self.kind in NUMERIC


@dataclass(frozen=True)
class Table:
    """One page of a table: `n_rows` are all there are; `export` is where all of them are had."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    n_rows: int
    sort: str = ""
    descending: bool = False
    page: int = 1
    size: int = 50
    note: str = ""
    empty: str = "Nothing here."
    export: str = ""
    sortable: bool = True

    @property
    def n_pages(self) -> int:
        """How many pages there are, one at least."""
        return max(1, math.ceil(self.n_rows / self.size))


@dataclass(frozen=True)
class Chart:
    """A chart as data: what it shows, what is to be seen in it, its rows, and which function draws it.

    `drawing` names a function of `profithunt.charts.catalogue`; `options` are its other arguments.
    """

    name: str
    title: str
    finding: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    drawing: str
    options: Mapping[str, Any] = field(default_factory=dict)
    description: str = ""
    height: int = 260
    empty: str = "There is nothing to draw."
    href: str = ""
    """Where the chart is had as PNG, SVG and data; empty for one that has no address of its own."""


@dataclass(frozen=True)
class Figure:
    """A headline figure: what it is, its value and kind, and a remark below it."""

    label: str
    value: Any
    kind: Kind = "money"
    note: str = ""
    href: str = ""
    low: Any = None
    high: Any = None


@dataclass(frozen=True)
class Missing:
    """What would be here, what brings it, and what it waits for."""

    what: str
    brings: str


@dataclass(frozen=True)
class Choice:
    """One of several views of the same thing: its name, its words, its link, whether it is the one shown."""

    name: str
    label: str
    href: str
    active: bool


def choices(state: State, name: str, words: Mapping[str, str], chosen: str, **reset: object) -> tuple[Choice, ...]:
    """The choices of a parameter as links; other parameters stay, those in `reset` change with it."""
    return tuple(
        Choice(key, label, state.url(**{name: key, **reset}), key == chosen)  # type: ignore[arg-type]
        for key, label in words.items()
    )


def plain(value: object) -> Any:
    """A value for JSON: amounts as decimal strings, days in ISO form, dataclasses as objects, NaN as null."""
    own = getattr(value, "to_json", None)
    if callable(own):
        return plain(own())
    if hasattr(value, "dtype") and hasattr(value, "tolist"):
        value = value.tolist()  # a number or numbers of a model
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in dataclasses.fields(value)}
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(part) for part in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, (str, int, bool)) else str(value)
