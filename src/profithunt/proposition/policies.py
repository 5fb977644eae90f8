"""What the studies of returns and payment read: orders whose returns are in, by kind of customer and way of payment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from profithunt.engine import AnyEngine, compile_model, read_model

QUERIES: Final = Path(__file__).parent / "queries"
DAYS: Final = 364
_SERIAL: Final[Mapping[str, Any]] = {"min_units": 5, "least_share": 0.4}


def window(through: dt.date, return_days: int) -> tuple[dt.date, dt.date]:
    """The year of orders whose returns are in: after the first day, up to the second."""
    until = through - dt.timedelta(days=return_days)
    return until - dt.timedelta(days=DAYS), until


def days_seen(engine: AnyEngine, since: dt.date, until: dt.date) -> int:
    """Days from the first order in the window to its end; 0 without one."""
    first = engine.value(_compiled("first_order", {"since": since, "until": until}))
    return (until - first).days + 1 if first is not None else 0


@contextmanager
def returners(engine: AnyEngine, values: Mapping[str, Any]) -> Iterator[None]:
    """Customers by how they return, for as long as the study reads."""
    try:
        engine.table("return_customers", _compiled("return_customers", {**values, **_SERIAL}))
        yield
    finally:
        engine.drop("return_customers")


def rows(engine: AnyEngine, name: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows of one of the statements: return_facts, return_lags, payment_facts."""
    return engine.dicts(_compiled(name, values))


def _compiled(name: str, values: Mapping[str, Any]) -> str:
    return compile_model(read_model(QUERIES / f"{name}.sql"), values=dict(values))
