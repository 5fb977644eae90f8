"""What the study of promotions reads: what was sold under each, to whom, and what its customers did around it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from profithunt.engine import AnyEngine, compile_model, read_model
from profithunt.ledger.build import empty_table

QUERIES: Final = Path(__file__).parent / "queries"
STEPS: Final = ("promotion_lines", "promotion_runs", "promotion_customers", "promotion_scopes", "promotion_members")
"""Working tables, each built from those before it."""
READS: Final = ("promotions", "products", "customer_events", "touches")
"""Canonical tables that a shop may not have: without rows, then."""
LIMITS: Final[Mapping[str, Any]] = {
    "longest_days": 92,
    "days_back": 364,
    "days_before": 42,
    "days_long_before": 168,
    "days_after": 28,
    "min_units": 20,
    "most": 60,
    "reached_share": 0.2,
    "fewest_held": 20,
    "fewest_sent": 10,
}
"""Days and numbers that the statements are compiled with; each is said in the explanation."""


@dataclass(frozen=True)
class Run:
    """A promotion and the days it is judged on."""

    promo_id: str
    name: str | None
    kind: str | None
    mechanic: str | None
    first_on: dt.date
    last_on: dt.date
    is_ongoing: bool
    has_before: bool
    level: str
    n_skus: int
    category: str | None

    @property
    def days(self) -> int:
        """How many days it is judged on."""
        return (self.last_on - self.first_on).days + 1


@contextmanager
def prepared(engine: AnyEngine, values: Mapping[str, Any], asked: str | None) -> Iterator[dict[str, Any]]:
    """Working tables for as long as the study reads; gives what further statements are compiled with."""
    chosen = {**values, **LIMITS, "asked": asked or ""}
    lacking = [name for name in READS if not engine.has(name)]
    try:
        for name in lacking:
            engine.view(name, empty_table(name))
        for name in STEPS:
            engine.table(name, _compiled(name, chosen))
        yield chosen
    finally:
        for name in (*STEPS, *lacking):
            engine.drop(name)


def runs(engine: AnyEngine) -> list[Run]:
    """The promotions that are judged, those that gave away most first."""
    return [
        Run(**{**row, "level": row["level"] or "wide", "n_skus": int(row["n_skus"] or 0)})
        for row in engine.dicts(_compiled("promotion_list", {}))
    ]


def rows(engine: AnyEngine, name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of one of the statements as arrays: arms, panel, days."""
    return engine.arrays(_compiled(f"promotion_{name}", values))


def by_promotion(engine: AnyEngine, name: str, values: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Rows of one of the statements by promotion: facts, margins, newcomers, costs."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in engine.dicts(_compiled(f"promotion_{name}", values)):
        found.setdefault(row["promo_id"], []).append(row)
    return found


def _compiled(name: str, values: Mapping[str, Any]) -> str:
    return compile_model(read_model(QUERIES / f"{name}.sql"), values=dict(values))
