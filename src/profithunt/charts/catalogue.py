"""Every Altair chart by its name: what the pages, the command line and notebooks draw with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from profithunt.charts import distributions, pictures

DRAWINGS: Final[Mapping[str, Callable[..., Any]]] = {
    "columns": pictures.columns,
    "control": pictures.control,
    "flows": distributions.flows,
    "forest": distributions.forest,
    "histogram": distributions.histogram,
    "ranked": distributions.ranked,
    "scatter": distributions.scatter,
    "stack": distributions.stack,
    "waterfall": pictures.waterfall,
    "whale": distributions.whale,
}
"""Name → function `(rows, *, theme, currency, narrow, **options)` that gives an Altair chart."""
