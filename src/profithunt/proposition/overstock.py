"""What the assignment of overstock is worked out from, and each customer's best offers at given prices of stock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from profithunt.engine import AnyEngine, compile_model, read_model
from profithunt.engine.compiler import Value

QUERIES: Final = Path(__file__).parent / "queries"
TERMS: Final = "overstock_terms"
PEOPLE: Final = "overstock_people"
PAIRS: Final = "overstock_pairs"
COVER_DAYS: Final = 91
LEAST_UNITS: Final = 5


def skus(engine: AnyEngine, values: Mapping[str, Any], salvage: float) -> dict[str, Any]:
    """Columns of `overstock_skus.sql` as arrays."""
    given = {**values, "salvage": salvage, "cover_days": COVER_DAYS, "least_units": LEAST_UNITS}
    return engine.arrays(_compiled("overstock_skus", given))


def people(engine: AnyEngine, values: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of `overstock_people.sql` as arrays."""
    return engine.arrays(_compiled("overstock_people", values))


@contextmanager
def attached(engine: AnyEngine, terms: Mapping[str, Any], customers: Mapping[str, Any]) -> Iterator[None]:
    """While this lasts, the SKUs, customers and pairs of `affinity` are tables of the engine."""
    try:
        engine.attach_arrays(TERMS, terms)
        engine.attach_arrays(PEOPLE, customers)
        engine.table(PAIRS, _compiled(PAIRS, {}))
        yield
    finally:
        for name in (PAIRS, PEOPLE, TERMS):
            engine.drop(name)


def best_offers(
    engine: AnyEngine, values: Mapping[str, Value], ends: Sequence[int], *, one_in: int = 1, times: int = 1
) -> Iterator[dict[str, Any]]:
    """Columns of `overstock_offers.sql` as arrays: of every so many customers, `times` as many as they may get.

    A span of customers after the other, each from one of the `ends` up to the next, so that memory stays small.
    """
    for first, after in pairwise(ends):
        given = {**values, "one_in": one_in, "times": times, "first": first, "after": after}
        yield engine.arrays(_compiled("overstock_offers", given))


def _compiled(name: str, values: Mapping[str, Any]) -> str:
    return compile_model(read_model(QUERIES / f"{name}.sql"), values=dict(values))
