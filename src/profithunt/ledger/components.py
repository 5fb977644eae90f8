"""The components of contribution profit as data, and the column lists that the SQL models expand.

METRICS section 1: every component is signed so that their sum is contribution profit (`cm3`).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

STEPS: Final = {
    "net_sales": "Net sales",
    "cm1": "CM1",
    "cm2": "CM2",
    "cm3": "Contribution profit (CM3)",
}
"""The subtotals, in order, with what people read."""


@dataclass(frozen=True)
class Component:
    """One signed component: the subtotal it leads to, its label, what it is, the tables it comes from."""

    name: str
    step: str
    label: str
    meaning: str
    source: str
    dated: str


def _read() -> dict[str, Component]:
    data = tomllib.loads((files(__package__) / "components.toml").read_text("utf-8"))
    return {name: Component(name=name, **fields) for name, fields in data.items()}


COMPONENTS: Final[dict[str, Component]] = _read()


def parts_of(step: str) -> tuple[str, ...]:
    """Names of the components that lead to a subtotal from the one before it."""
    return tuple(name for name, component in COMPONENTS.items() if component.step == step)


def _amounts() -> tuple[str, ...]:
    return tuple(name for step in STEPS for name in (*parts_of(step), step))


LISTS: Final[dict[str, tuple[str, ...]]] = {
    "components": tuple(COMPONENTS),
    "amounts": _amounts(),
    **{f"{step}_parts": parts_of(step) for step in STEPS},
}
"""Column lists for `X_EACH` and `X_PLUS`: `components` without, `amounts` with the subtotals in their places."""

MAY_BE_MISSING: Final = ("cogs", "cm1", "cm2", "cm3")
"""Amounts that are missing where a cost is not known and none may be assumed."""
