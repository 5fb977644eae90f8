"""What is kept of an opportunity is the same on both engines: the query of its rows, and the customers behind it."""

from __future__ import annotations

from typing import Any

import pytest

from profithunt.detectors import CATALOGUE, FOLDER, read_detector
from profithunt.detectors.cases import AS_OF, attach, read_case
from profithunt.engine import AnyEngine, Engine
from profithunt.engine.compiler import rewritten
from profithunt.engine.spark import SparkEngine
from profithunt.opportunities import Ground, Settings, hunt, listed_customers

pytestmark = [pytest.mark.spark, pytest.mark.slow]

LISTING = [name for name in CATALOGUE if read_detector(FOLDER / f"{name}.sql").customers]


@pytest.mark.parametrize("name", LISTING)
def test_queries_and_customers_are_the_same(duck: Engine, spark: SparkEngine, name: str):
    first, second = (_listed(engine, name) for engine in (duck, spark))
    assert first == second
    assert all(first)


def _listed(engine: AnyEngine, name: str) -> tuple[list[Any], list[dict[str, Any]]]:
    detector = read_detector(FOLDER / f"{name}.sql")
    case = read_case(FOLDER / f"{name}.md")
    attach(engine, case)
    settings = Settings(as_of=AS_OF, thresholds={name: case.thresholds})
    found = hunt(engine, [detector], settings)
    assert not found.failed
    ground = Ground(engine, settings)
    with listed_customers(ground, ground.tuned([detector]), found.opportunities) as statement:
        assert statement is not None
        rows = engine.dicts(statement)
        queries = [item.evidence["query"] for item in found]
        for query in queries:
            assert engine.rows(rewritten(query, engine.dialect))
    return queries, sorted(
        [{key: round(value, 6) if isinstance(value, float) else value for key, value in row.items()} for row in rows],
        key=lambda row: (row["id"], row["place"], row["customer_id"]),
    )
