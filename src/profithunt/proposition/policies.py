"""What the studies of returns and payment read: orders whose returns are in, by kind of customer and way of payment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from profithunt.engine import AnyEngine, compile_model, read_model

QUERIES: Final = Path(__file__).parent / "queries"
DAYS: Final = 364
_SHORT: Final = 182
_SERIAL: Final[Mapping[str, Any]] = {"min_units": 5, "least_share": 0.4}


@dataclass(frozen=True)
class Window:
    """Orders whose returns are in: after `since`, up to `until`. Customers are known by the year before.

    `days` of them, at most a year and half of what there is: who is a serial returner is said by other orders than
    those valued.
    """

    since: dt.date
    until: dt.date
    days: int


def window(engine: AnyEngine, through: dt.date, return_days: int) -> Window:
    """The orders to look at; all of them where there is less than half a year, 0 days where there is none."""
    until = through - dt.timedelta(days=return_days)
    first = engine.value(_compiled("first_order", {"until": until}))
    span = (until - first).days + 1 if first is not None else 0
    days = span if span < _SHORT else min(DAYS, span // 2)
    return Window(until - dt.timedelta(days=days), until, days)


@contextmanager
def returners(engine: AnyEngine, values: Mapping[str, Any], window: Window) -> Iterator[None]:
    """Customers by how they returned in the year before the window, for as long as the study reads."""
    before = {"since": window.since - dt.timedelta(days=DAYS), "until": window.since}
    try:
        engine.table("return_customers", _compiled("return_customers", {**values, **before, **_SERIAL}))
        yield
    finally:
        engine.drop("return_customers")


def rows(engine: AnyEngine, name: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows of one of the statements: return_facts, return_lags, payment_facts."""
    return engine.dicts(_compiled(name, values))


def _compiled(name: str, values: Mapping[str, Any]) -> str:
    return compile_model(read_model(QUERIES / f"{name}.sql"), values=dict(values))
