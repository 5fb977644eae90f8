"""The Spark application behind the engines: whether it can run here, its settings, its start and its faults."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from profithunt.errors import EngineError, UsageError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_INSTALL: Final = (
    "pip install 'profithunt[spark]', and Java 17 (Debian and Ubuntu: apt install openjdk-17-jre-headless)"
)

SETTINGS: Final[Mapping[str, str]] = {
    # What figures depend on: these are the engine's contract and can't be set by a shop.
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.int96RebaseModeInRead": "CORRECTED",
    "spark.sql.decimalOperations.allowPrecisionLoss": "true",
    "spark.sql.caseSensitive": "false",
}
DEFAULTS: Final[Mapping[str, str]] = {
    "spark.app.name": "profithunt",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    # Over models of sixty columns, what this infers takes longer than the query; joins filter their nulls anyway.
    "spark.sql.constraintPropagation.enabled": "false",
    # Wide models make long plans; nobody reads them in full.
    "spark.sql.maxPlanStringLength": "2000",
}


def missing() -> str | None:
    """What is not there that Spark needs, in words; None where all is."""
    if find_spec("pyspark") is None:
        return "the package pyspark is not installed"
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java") is None and not (home and Path(home, "bin", "java").exists()):
        return "there is no Java"
    return None


def session_on(master: str | None, options: Mapping[str, str]) -> tuple[SparkSession, bool]:
    """The session of the application that runs, else of a new one on `master`; whether it is new.

    Raises UsageError where pyspark or Java is missing, EngineError where Spark does not come up.
    """
    lacking = missing()
    if lacking is not None:
        raise UsageError(f"Spark can't run: {lacking}", do=f"install {_INSTALL}")
    from pyspark.sql import SparkSession

    running = SparkSession.getActiveSession()
    if running is not None and running.sparkContext._jsc is not None:  # noqa: SLF001 - no public way to ask
        return running, False
    # What Spark refuses becomes an EngineError; its own log would say it a second time.
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    logging.getLogger("DataFrameQueryContextLogger").setLevel(logging.CRITICAL)
    builder = SparkSession.builder.master(master or "local[*]")
    java = "-Duser.timezone=UTC " + options.get("spark.driver.extraJavaOptions", "")
    chosen = {**DEFAULTS, **options, **SETTINGS, "spark.driver.extraJavaOptions": java.strip()}
    if (master or "local").startswith("local"):
        chosen = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1", **chosen}
    for name, value in chosen.items():
        builder = builder.config(name, value)
    with _quiet() as said:
        try:
            return builder.getOrCreate(), True
        except Exception as error:  # py4j and Spark raise what they like when the JVM does not come up
            raise EngineError(
                f"Spark could not start: {short(error)} {said()}".strip(), do="check --master and [engine]"
            ) from error


@contextlib.contextmanager
def faults(where: str) -> Iterator[None]:
    """Whatever Spark or its JVM raises, as an EngineError of one sentence."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as error:
        raise EngineError(short(error), where="statement " + " ".join(where.split())[:120]) from error


def short(error: Exception) -> str:
    """What Spark says, without its state codes and the JVM's stack."""
    text = str(error).split("SQLSTATE")[0].split("JVM stacktrace")[0].split("\n\tat ")[0]
    return " ".join(text.split())[:600]


@contextlib.contextmanager
def _quiet() -> Iterator[Any]:
    """While this lasts, the JVM that starts writes its greetings to a file; gives a function with their last line."""
    with tempfile.TemporaryFile() as log:
        sys.stderr.flush()
        kept = os.dup(2)
        os.dup2(log.fileno(), 2)

        def last() -> str:
            log.seek(0)
            lines = log.read().decode("utf-8", "replace").strip().splitlines()
            return lines[-1] if lines else ""

        try:
            yield last
        finally:
            os.dup2(kept, 2)
            os.close(kept)
