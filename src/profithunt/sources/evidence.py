"""What a source's text columns say about how they write numbers and times, counted over every row.

A *site* is a text value that becomes a number or a time: a mapped column, or the argument of X_NUM or X_TIME. All
sites of a source are looked at in one query; times that are not ISO get one more each.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot import exp

from profithunt.sources import numbers, times
from profithunt.sources.memory import more_numbers, more_times
from profithunt.sources.numbers import NumberEvidence, NumberStyle
from profithunt.sources.templates import column, fill, named, table, text
from profithunt.sources.times import Shape, TimeEvidence, TimeStyle
from profithunt.sources.words import cleaned, month_words

if TYPE_CHECKING:
    from profithunt.config import Parse
    from profithunt.engine import Engine
    from profithunt.sources.opened import Opened


def key_of(tree: exp.Expr) -> str:
    """A site's name: its tree as text."""
    return tree.sql(dialect="duckdb")


@dataclass
class Evidence:
    """Counts per relation and site, each taken once."""

    engine: Engine
    before: tuple[dict[str, NumberEvidence], dict[str, TimeEvidence]] = field(default_factory=lambda: ({}, {}))
    """What was counted in the files of the source that are not read again."""
    used: tuple[dict[str, NumberEvidence], dict[str, TimeEvidence]] = field(default_factory=lambda: ({}, {}))
    """What the last two decisions rested on."""
    _numbers: dict[tuple[str, str], NumberEvidence] = field(default_factory=dict)
    _times: dict[tuple[str, str], TimeEvidence] = field(default_factory=dict)

    def number_styles(self, opened: Opened, sites: Iterable[exp.Expr], settings: Parse) -> dict[str, NumberStyle]:
        """How each of these sites writes numbers."""
        trees = {key_of(tree): tree for tree in sites}
        new = {key: tree for key, tree in trees.items() if (opened.name, key) not in self._numbers}
        for key, counts in self._count(opened, new, "number_evidence").items():
            self._numbers[opened.name, key] = NumberEvidence(**counts)
        found = {key: self._numbers[opened.name, key] for key in trees}
        earlier = self.before[0]
        found = {key: more_numbers(item, earlier[key]) if key in earlier else item for key, item in found.items()}
        self.used = (found, self.used[1])
        return numbers.decide(found, settings)

    def time_styles(
        self, opened: Opened, sites: Iterable[exp.Expr], settings: Parse, *, zone: str, currency: str
    ) -> dict[str, TimeStyle]:
        """How each of these sites writes times."""
        trees = {key_of(tree): tree for tree in sites}
        new = {key: tree for key, tree in trees.items() if (opened.name, key) not in self._times}
        for key, counts in self._count(opened, new, "time_evidence").items():
            shapes = self._shapes(opened, new[key]) if counts["iso"] < counts["n"] else ()
            self._times[opened.name, key] = TimeEvidence(**counts, shapes=shapes)
        found = {key: self._times[opened.name, key] for key in trees}
        earlier = self.before[1]
        found = {key: more_times(item, earlier[key]) if key in earlier else item for key, item in found.items()}
        self.used = (self.used[0], found)
        return times.decide(found, settings, zone=zone, currency=currency)

    def _count(self, opened: Opened, trees: dict[str, exp.Expr], template: str) -> dict[str, dict[str, int]]:
        if not trees:
            return {}
        counted: list[exp.Expr] = []
        cells: list[exp.Expr] = []
        labels: list[str] = []
        for number, tree in enumerate(trees.values()):
            cells.append(named(cleaned(tree), f"v{number}"))
            filled = fill(template, value=column(f"v{number}"), zoned=text(times.ZONED))
            labels = [item.alias for item in filled.expressions]
            counted += [named(item.this, f"{item.alias}_{number}") for item in filled.expressions]
        inner = exp.select(*cells).from_(table(opened.name))
        row = self.engine.rows(exp.select(*counted).from_(inner.subquery("cells", copy=False)))[0]
        width = len(labels)
        return {
            key: {label: int(row[number * width + at] or 0) for at, label in enumerate(labels)}
            for number, key in enumerate(trees)
        }

    def _shapes(self, opened: Opened, tree: exp.Expr) -> tuple[Shape, ...]:
        cell = cleaned(tree)
        query = fill("time_shapes", normal=month_words(cell), value=cell, table=table(opened.name))
        return tuple(Shape(str(row[0]), int(row[1]), int(row[2]), int(row[3])) for row in self.engine.rows(query))
