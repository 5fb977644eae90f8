"""What the study of the promised day reads: parcels by lane and days, what a late one cost, the priors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from profithunt.engine import AnyEngine, compile_model, read_model

QUERIES: Final = Path(__file__).parent / "queries"
MOST_DAYS: Final = 90
_YEAR: Final = 365


@dataclass(frozen=True)
class Read:
    """Arrays of `promise_cells`, `promise_months`, `late_costs` and `late_after`; over how many days, and horizons."""

    cells: Mapping[str, Any]
    months: Mapping[str, Any]
    costs: Mapping[str, Any]
    after: Mapping[str, Any]
    days: int
    horizon: int


def has_promises(engine: AnyEngine) -> bool:
    """Whether the run holds parcels with a promised day."""
    return bool(
        all(engine.has(name) for name in ("defect_parcels", "defect_orders", "parcels"))
        and engine.value("SELECT COUNT(*) FROM defect_parcels WHERE promised_on IS NOT NULL")
    )


def read(engine: AnyEngine, values: Mapping[str, Any], until: dt.date, horizon: int) -> Read:
    """Parcels of the last year and, of all years, what followed a late one; `until` is the last day that is known."""
    first = engine.value("SELECT MIN(promised_on) FROM defect_parcels")
    since = max(until - dt.timedelta(days=_YEAR), first - dt.timedelta(days=1)) if first else until
    every = dt.date(1970, 1, 1)
    lately = {**values, "since": since, "until": until, "most_days": MOST_DAYS}
    ever = {**values, "since": every, "until": until, "horizon": horizon}
    return Read(
        engine.arrays(_compiled("promise_cells", lately)),
        engine.arrays(_compiled("promise_months", values)),
        engine.arrays(_compiled("late_costs", ever)),
        engine.arrays(_compiled("late_after", ever)),
        max((until - since).days, 1),
        horizon,
    )


def _compiled(name: str, values: Mapping[str, Any]) -> str:
    return compile_model(read_model(QUERIES / f"{name}.sql"), values=dict(values))
