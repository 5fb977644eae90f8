"""The laws of the simulated retailer (`laws.toml`): tables of the world that no seed changes, and its numbers."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from sqlglot import exp

from profithunt.engine import values_query
from profithunt.engine.compiler import Value

_TABLES: Final = (
    "categories",
    "seasons",
    "weekdays",
    "events",
    "regions",
    "carriers",
    "zones",
    "channels",
    "actions",
    "words",
    "activity_rates",
)
_NAMES: Final = {"events": "known_days"}
_DATES: Final = ("starts_on", "ends_on")


@dataclass(frozen=True)
class Laws:
    """What every world has in common: `tables` by name as (columns, rows), `values` for `$name` in models."""

    shop: Mapping[str, Any]
    values: Mapping[str, Value]
    tables: Mapping[str, tuple[Mapping[str, str], list[tuple[Value, ...]]]]

    def queries(self) -> dict[str, exp.Select]:
        """Each table as a query that gives its rows."""
        return {name: values_query(columns, rows) for name, (columns, rows) in self.tables.items()}


@cache
def laws() -> Laws:
    """The laws, read once."""
    data = tomllib.loads((files(__package__) / "laws.toml").read_text("utf-8"))
    values: dict[str, Value] = {"starts_on": data["shop"]["starts_on"]}
    for section in ("customers", "baskets", "service"):
        values |= data[section]
    tables = {_NAMES.get(name, name): _table(data[name][0]) for name in _TABLES}
    tables["action_chances"] = _in_one_row(data["actions"][0])
    tables["digits"] = ({"n": "int"}, [(number,) for number in range(100)])
    return Laws(data["shop"], values, tables)


def _table(data: Mapping[str, Any]) -> tuple[dict[str, str], list[tuple[Value, ...]]]:
    columns: list[str] = data["columns"]
    rows = [tuple(None if cell == "" and name in (*_DATES, "dimension", "member") else cell
                  for name, cell in zip(columns, row, strict=True)) for row in data["rows"]]  # fmt: skip
    return {name: _type(name, [row[at] for row in rows]) for at, name in enumerate(columns)}, rows


def _type(name: str, cells: list[Value]) -> str:
    if name in _DATES:
        return "date"
    known = [cell for cell in cells if cell is not None]
    for kind, type_name in ((bool, "bool"), (int, "int"), ((int, float), "rate")):
        if known and all(isinstance(cell, kind) for cell in known):
            return type_name
    return "text"


def _in_one_row(data: Mapping[str, Any]) -> tuple[dict[str, str], list[tuple[Value, ...]]]:
    """Chances and effects of all actions as columns of one row, e.g. `app_installed_base`."""
    first, *rest = data["columns"]
    assert first == "action"  # noqa: S101 - the shape of our own file
    cells = {f"{row[0]}_{name}": float(cell) for row in data["rows"] for name, cell in zip(rest, row[1:], strict=True)}
    return dict.fromkeys(cells, "rate"), [tuple(cells.values())]
