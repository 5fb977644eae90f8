"""One contestant in a process of its own: `python -m benchmarks.contestant NAME --shop DIR --out DIR`.

Each reads the shop's Parquet files and, but for the scan, writes its result as Parquet into the folder given.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import duckdb

HERE: Final = Path(__file__).parent


@dataclass(frozen=True)
class Task:
    """What a contestant is given: the shop's folder, where to write, memory and threads it may use."""

    shop: Path
    out: Path
    memory: str
    threads: int


def scan(task: Task) -> None:
    """A look at every column that the ledger needs."""
    with _connect(task) as connection:
        _run(connection, HERE / "scan.sql")


def plain(task: Task) -> None:
    """The ledger and its roll-ups by hand-written SQL."""
    with _connect(task) as connection:
        os.chdir(task.out)
        for script in sorted((HERE / "plain").glob("*.sql")):
            _run(connection, script)


def profithunt(task: Task) -> None:
    """The ledger and its roll-ups by profithunt, with the settings that a shop of this size runs with."""
    from profithunt.config import Identity, Limits, ShopConfig
    from profithunt.engine import Engine
    from profithunt.ledger.build import build_ledger
    from profithunt.schema import TABLES

    config = ShopConfig(
        shop=Identity(currency="EUR"),
        limits=Limits(memory=task.memory, threads=task.threads),
    )
    with Engine(memory_limit=task.memory, threads=task.threads, temp_dir=task.out) as engine:
        for name in TABLES:
            file = task.shop / f"{name}.parquet"
            if file.exists():
                engine.attach_parquet(name, file)
        build_ledger(engine, config, task.out, fingerprints={name: name for name in TABLES})


def polars(task: Task) -> None:
    """The core of the ledger by Polars, lazy and streaming."""
    # Polars reads it when it is imported.
    os.environ["POLARS_MAX_THREADS"] = str(task.threads)
    from benchmarks import polars_ledger

    polars_ledger.build(task.shop, task.out)


def pandas(task: Task) -> None:
    """The core of the ledger by pandas."""
    from benchmarks import pandas_ledger

    pandas_ledger.build(task.shop, task.out)


CONTESTANTS: Final = {"scan": scan, "plain": plain, "profithunt": profithunt, "polars": polars, "pandas": pandas}


def _connect(task: Task) -> duckdb.DuckDBPyConnection:
    import duckdb

    spill = task.out / "spill"
    connection = duckdb.connect(
        config={"memory_limit": task.memory, "threads": task.threads, "temp_directory": str(spill)}
    )
    for file in sorted(task.shop.glob("*.parquet")):
        connection.read_parquet(str(file.resolve())).create_view(file.stem)
    return connection


def _run(connection: duckdb.DuckDBPyConnection, script: Path) -> None:
    for statement in connection.extract_statements(script.read_text("utf-8")):
        connection.execute(statement).fetchall()


def main() -> None:
    """Run the contestant named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=sorted(CONTESTANTS))
    parser.add_argument("--shop", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--memory", required=True)
    parser.add_argument("--threads", type=int, required=True)
    given = parser.parse_args()
    CONTESTANTS[given.name](Task(given.shop.resolve(), given.out.resolve(), given.memory, given.threads))


if __name__ == "__main__":
    main()
