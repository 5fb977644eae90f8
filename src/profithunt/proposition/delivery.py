"""What the study of delivery terms reads: orders by basket value and month, and visits."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from profithunt.engine import AnyEngine, compile_model, read_model

QUERIES: Final = Path(__file__).parent / "queries"
_CELLS: Final = 400


@dataclass(frozen=True)
class Range:
    """How many delivered orders there are, how wide a bin of their value is, and what a return costs to take back."""

    n_orders: int
    width: float
    most: float
    return_cost: float


def basket_range(engine: AnyEngine, values: Mapping[str, Any], tax: float) -> Range | None:
    """Over which values delivered orders spread, as customers see them; None without an order that states a charge."""
    row = engine.dicts(_compiled("basket_range", values))[0]
    if not row["n_orders"] or not row["most"]:
        return None
    most = float(row["most"]) * (1 + tax)
    n_returned = int(row["n_returned"] or 0)
    cost = float(row["return_costs"] or 0) / n_returned if n_returned else 0.0
    return Range(int(row["n_orders"]), _nice(most / _CELLS), most, cost)


def baskets(engine: AnyEngine, values: Mapping[str, Any], seen: Range) -> dict[str, Any]:
    """Columns of `baskets.sql` as arrays."""
    return engine.arrays(_compiled("baskets", {**values, "width": seen.width, "most": seen.most}))


def visits(engine: AnyEngine, values: Mapping[str, Any]) -> dict[dt.date, float]:
    """Visits by month, without a first month that was not counted from its first day; empty without sessions."""
    if not engine.has("sessions"):
        return {}
    rows = [row for row in engine.dicts(_compiled("visits", values)) if row["month"] is not None]
    first = min((row["first_on"] for row in rows), default=None)
    return {row["month"]: float(row["n_visits"]) for row in rows if row["first_on"] != first or first.day == 1}


def _compiled(name: str, values: Mapping[str, Any]) -> str:
    return compile_model(read_model(QUERIES / f"{name}.sql"), values=dict(values))


def _nice(width: float) -> float:
    """The next width down that prices are made of: 1, 2 or 5 times a power of ten, at least a cent."""
    power = 10.0 ** math.floor(math.log10(max(width, 0.01)))
    return max(step * power for step in (1, 2, 5) if step * power <= max(width, 0.01) * (1 + 1e-9))
