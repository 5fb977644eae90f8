"""Which engine works for a shop: DuckDB reads and writes on this machine, Spark where the settings ask for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from profithunt.config import ShopConfig
from profithunt.engine import AnyEngine, Engine
from profithunt.engine.duck import default_memory_limit
from profithunt.engine.runs import StoredRun, table_files
from profithunt.engine.spark import SparkEngine
from profithunt.errors import UsageError


def duckdb_for(config: ShopConfig) -> Engine:
    """DuckDB within the shop's limits."""
    return Engine(memory_limit=config.limits.memory, threads=config.limits.threads)


def with_engine(config: ShopConfig, name: str | None, master: str | None, out: str | None) -> ShopConfig:
    """The settings with another engine for once. Raises UsageError for what only Spark can do, asked of DuckDB."""
    given = {"name": name, "master": master, "out": out}
    chosen = config.engine.model_copy(update={key: value for key, value in given.items() if value is not None})
    if chosen.name not in ("duckdb", "spark"):
        raise UsageError(f"there is no engine {chosen.name!r}", do="there are: duckdb, spark")
    if chosen.name == "duckdb" and (master or out):
        raise UsageError(
            "DuckDB runs here and writes into the shop", do="add --engine spark, or leave --master and --out"
        )
    return config.model_copy(update={"engine": chosen})


def with_memory(config: ShopConfig, memory: str | None) -> ShopConfig:
    """The settings with another limit of memory for once."""
    if memory is None:
        return config
    return config.model_copy(update={"limits": config.limits.model_copy(update={"memory": memory})})


@contextmanager
def engine_for_run(config: ShopConfig, reader: Engine, partial: Path, run_id: str) -> Iterator[AnyEngine]:
    """The engine that builds a run in the folder `partial`: `reader` itself, or Spark."""
    if config.engine.name == "duckdb":
        yield reader
        return
    chosen = config.engine
    out = f"{chosen.out.rstrip('/')}/{run_id}" if chosen.out else None
    with SparkEngine(master=_master(config), options=_options(config), local=partial, out=out) as engine:
        yield engine


def _master(config: ShopConfig) -> str:
    threads = config.limits.threads
    return config.engine.master or f"local[{threads if threads is not None else '*'}]"


def _options(config: ShopConfig) -> dict[str, str]:
    """The shop's settings for Spark; on this machine with the memory of `[limits]`."""
    if not _master(config).startswith("local"):
        return config.engine.options
    memory = (config.limits.memory or default_memory_limit()).upper().removesuffix("B").replace(" ", "")
    return {"spark.driver.memory": memory, **config.engine.options}


def attach_read(engine: AnyEngine, tables: Path) -> None:
    """Attach the canonical tables that were read into the folder; an engine that writes elsewhere gets copies there."""
    away = engine if isinstance(engine, SparkEngine) and engine.out else None
    for name, files in table_files(tables).items():
        if away is None:
            engine.attach_parquet(name, files)
            continue
        for file in files:
            away.upload(file, tables / name)
            file.unlink()
        away.attach_parquet(name, tables / f"{name}.parquet")


def tables_at(engine: AnyEngine) -> str | None:
    """Where a run's tables are when they are not beside its run.json."""
    return f"{engine.out}/tables" if isinstance(engine, SparkEngine) and engine.out else None


def sizes(engine: AnyEngine, tables: Path) -> dict[str, int]:
    """Bytes of each table of the run that is being written."""
    if isinstance(engine, SparkEngine) and engine.out:
        return engine.folder_sizes(tables)
    return {name: sum(path.stat().st_size for path in files) for name, files in table_files(tables).items()}


def engine_over(run: StoredRun, config: ShopConfig) -> AnyEngine:
    """An engine with the tables of a finished run attached: DuckDB where they are on this machine, else Spark."""
    away = run.info.get("tables_at")
    if away is None:
        engine = duckdb_for(config)
        for name, files in run.files().items():
            engine.attach_parquet(name, files)
        return engine
    spark = SparkEngine(master=_master(config), options=_options(config))
    for name in run.info["tables"]:
        spark.attach_parquet(name, f"{away}/{name}")
    return spark
