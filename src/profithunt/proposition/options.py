"""What the study of delivery options reads: orders by option, month and basket, defects, returns, later orders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from profithunt.engine import AnyEngine, compile_model, read_model

QUERIES: Final = Path(__file__).parent / "queries"
_YEAR: Final = 365


def cells(engine: AnyEngine, values: Mapping[str, Any], width: float, most: float) -> dict[str, Any]:
    """Columns of `option_cells.sql` as arrays: baskets below `most`, in bins of `width`."""
    return engine.arrays(_compiled("option_cells", {**values, "width": width, "most": most}))


def totals(engine: AnyEngine, values: Mapping[str, Any], until: dt.date) -> list[dict[str, Any]]:
    """Rows of `option_totals.sql` over the year to `until`; empty where the run knows no parcels."""
    if not engine.has("defect_parcels"):
        return []
    lately = {**values, "since": until - dt.timedelta(days=_YEAR), "until": until}
    return engine.dicts(_compiled("option_totals", lately))


def after(engine: AnyEngine, values: Mapping[str, Any], until: dt.date, horizon: int) -> dict[str, Any]:
    """Columns of `option_after.sql` as arrays."""
    return engine.arrays(_compiled("option_after", {**values, "until": until, "horizon": horizon}))


def memberships(engine: AnyEngine, values: Mapping[str, Any], until: dt.date) -> list[dict[str, Any]]:
    """Rows of `memberships.sql`; empty where no customer joined one."""
    if not engine.has("customer_events"):
        return []
    return engine.dicts(_compiled("memberships", {**values, "until": until}))


def _compiled(name: str, values: Mapping[str, Any]) -> str:
    return compile_model(read_model(QUERIES / f"{name}.sql"), values=dict(values))
