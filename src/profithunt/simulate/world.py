"""A world under construction: an engine, the laws and a size, and the models that turn them into tables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from profithunt.engine import Engine, Model, build_order, compile_model, read_models
from profithunt.engine.compiler import Value
from profithunt.simulate.laws import laws
from profithunt.simulate.size import Size

MODELS: Final = Path(__file__).parent / "models"

STATIC: Final = (
    "numbers", "season_months", "days", "clock", "styles", "skus", "sku_wheel", "pages", "keywords", "searches",
    "lanes", "places", "wheels", "offers",
)  # fmt: skip
"""Tables of the world that are made once: calendar, range, places, lists to pick from."""

PLACED: Final = ("displacing", "dead_ends")
"""Tables that follow from the problems planted."""

FLOWS: Final = ("people", "drafts", "baskets", "items", "bought", "parcels", "failures", "sent_back", "asked", "visits")
"""What happens to customers, made for a part of them at a time."""

_VALUE: Final = re.compile(r"\$(\w+)")

LEVERS: Final = {
    "problem": "text", "family": "text", "lever": "text", "member_no": "int", "starts_no": "int", "ends_no": "int",
    "strength": "rate", "absent": "bool",
}  # fmt: skip
"""What planted problems do: which member of which family, from when to when, how strongly; `absent` says that the
world without the problem is one without the member (a keyword paused, a product delisted)."""


@cache
def models(folder: str) -> dict[str, Model]:
    """The models of one folder: `world`, `tables` or `truth`."""
    return read_models(MODELS / folder)


@cache
def _read_by(sql: str) -> tuple[str, ...]:
    return ("seed", *sorted(set(_VALUE.findall(sql))))


class World:
    """The tables of a world in an engine."""

    def __init__(self, engine: Engine, size: Size, without: str = "") -> None:
        self.engine = engine
        self.size = size
        self.values: dict[str, Value] = {**laws().values, **size.values(), "without": without}

    def begin(self) -> None:
        """Put the laws into the engine and make what is made once."""
        for name, query in laws().queries().items():
            self.engine.table(name, query)
        self.make("world", STATIC)

    def make(self, folder: str, names: Sequence[str], values: Mapping[str, Value] | None = None) -> None:
        """Make models as tables in memory, one after the other."""
        for name in names:
            self.engine.table(name, self.sql(folder, name, values))

    def sql(self, folder: str, name: str, values: Mapping[str, Value] | None = None) -> str:
        """A model as the engine's text."""
        model = models(folder)[name]
        given = {**self.values, **(values or {})}
        # Only what the model reads: the compiler keeps what it has compiled, by the values it was given.
        return compile_model(model, values={key: given[key] for key in _read_by(model.sql) if key in given})

    def write(self, name: str, path: Path, values: Mapping[str, Value] | None = None) -> int:
        """Write a canonical table (or a part of it) in the order of its key; the rows written."""
        return self.engine.write_parquet(
            self.sql("tables", name, values), path, order_by=models("tables")[name].order_by
        )


def check_order() -> list[str]:
    """Names of the flows in the order that they need; for the test that `FLOWS` is such an order."""
    flows = {name: models("world")[name] for name in FLOWS}
    given = [*laws().tables, *STATIC, *PLACED, "casting", "levers"]
    return [model.name for model in build_order(flows, given)]
