"""What is planted into a world: which detectors' problems, on how many entities, how strong (`problems.toml`)."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

from sqlglot import exp

from profithunt.engine import values_query
from profithunt.engine.compiler import Value
from profithunt.simulate.size import Problems

Kind = Literal["problem", "decoy", "shift", "arisen"]

COLUMNS: Final = {
    "wish_no": "int", "wish": "text", "family": "text", "lever": "text", "entity": "text", "pool": "text",
    "first_place": "int", "many": "int", "low": "rate", "high": "rate", "days": "int", "until": "int", "absent": "bool",
    "measured": "text",
}  # fmt: skip


@dataclass(frozen=True)
class Wish:
    """One kind of problem, decoy or shift, and how it is planted; or of what may arise by itself.

    `name` and `number` are those of the detector's catalogue; `first_place` is where its members begin in the pool.
    """

    kind: Kind
    number: int | None
    name: str
    pool: str
    family: str
    lever: str
    entity: str
    first_place: int
    many: int
    strength: tuple[float, float]
    days: int
    until: int
    absent: bool
    measured: str
    gain: bool = False
    why: str = ""
    metric: str = ""
    form: str = ""

    @property
    def id(self) -> str:
        """Its id; that of each planted member begins with it."""
        return f"{self.kind}-{self.name}" if self.number is None else f"{self.kind}-{self.number:02d}-{self.name}"


@cache
def catalogue() -> Mapping[str, Any]:
    """What can be planted, as it stands in the file."""
    return tomllib.loads((files(__package__) / "problems.toml").read_text("utf-8"))


def wishes(level: Problems) -> list[Wish]:
    """What is planted at a level of difficulty; members of a pool fall to one wish only."""
    if level == "none":
        return []
    taken: dict[str, int] = defaultdict(int)
    found: list[Wish] = []
    places: dict[str, int] = {}
    kinds: tuple[Kind, ...] = ("problem", "decoy", "shift", "arisen")
    for kind in kinds:
        for item in catalogue()[kind]:
            how = item[level]
            pool = item["pool"]
            place = places[item["like"]] if "like" in item else taken[pool]
            places.setdefault(item["name"], place)
            if "like" not in item:
                taken[pool] += how["count"]
            found.append(_wish(kind, item, how, place))
    return found


def _wish(kind: Kind, item: Mapping[str, Any], how: Mapping[str, Any], place: int) -> Wish:
    low, high = how["strength"]
    return Wish(
        kind=kind,
        number=item.get("number"),
        name=item["name"],
        pool=item["pool"],
        family=item["family"],
        lever=item["lever"],
        entity=item["entity"],
        first_place=place,
        many=how["count"],
        strength=(low, high),
        days=how["days"],
        until=how.get("until", 0),
        absent=item.get("absent", False),
        measured=item.get("measured", "order"),
        gain=item.get("gain", False),
        why=item.get("why", ""),
        metric=item.get("metric", ""),
        form=item.get("form", ""),
    )


def query(items: list[Wish]) -> exp.Select:
    """The wishes as a query for the engine."""
    rows: list[tuple[Value, ...]] = [
        (
            number, item.id, item.family, item.lever, item.entity, item.pool, item.first_place, item.many,
            *map(float, item.strength), item.days, item.until, item.absent, item.measured,
        )
        for number, item in enumerate(items)
    ]  # fmt: skip
    return values_query(COLUMNS, rows)
