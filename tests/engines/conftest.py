"""One Spark for all tests of the engines, small and started once; DuckDB beside it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from profithunt.engine import Engine
from profithunt.engine.spark import SparkEngine
from profithunt.engine.sparksession import missing

SMALL = {
    # What costs least on a few thousand rows: no code generation, one partition after a shuffle, a light compiler.
    "spark.driver.memory": "2g",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
}


@pytest.fixture(scope="session")
def application() -> Iterator[SparkEngine]:
    lacking = missing()
    if lacking is not None:
        pytest.skip(f"Spark: {lacking} (Java 17 and the extra `spark`)")
    with SparkEngine(master="local[2]", options=SMALL) as engine:
        yield engine


@pytest.fixture
def spark(application: SparkEngine) -> Iterator[SparkEngine]:
    """An engine with names of its own on the one application."""
    with SparkEngine() as engine:
        yield engine


@pytest.fixture
def duck() -> Iterator[Engine]:
    with Engine(threads=1, memory_limit="1GB") as engine:
        yield engine
