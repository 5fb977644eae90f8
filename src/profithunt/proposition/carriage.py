"""What the assignment of parcels reads: parcels by week and lane, room of carriers, days left to keep promises."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from profithunt.engine import AnyEngine, compile_model, read_model

QUERIES: Final = Path(__file__).parent / "queries"


@dataclass(frozen=True)
class Read:
    """Arrays of `carrier_weeks`, `parcel_days` and `carrier_room`; days left by region and service."""

    weeks: Mapping[str, Any]
    days: Mapping[str, Any]
    room: Mapping[str, Any]
    left: Mapping[tuple[str, str], float]


def read(engine: AnyEngine, values: Mapping[str, Any], until: dt.date) -> Read:
    """All of it up to the last day that is known, capacity beyond it too."""
    known = {**values, "until": until}
    left = engine.dicts(_compiled("promise_left", values))
    return Read(
        engine.arrays(_compiled("carrier_weeks", known)),
        engine.arrays(_compiled("parcel_days", known)),
        engine.arrays(_compiled("carrier_room", known)),
        {(row["region"], row["service"]): float(row["days"]) for row in left if row["days"] is not None},
    )


def _compiled(name: str, values: Mapping[str, Any]) -> str:
    return compile_model(read_model(QUERIES / f"{name}.sql"), values=dict(values))
