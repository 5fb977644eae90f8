"""Sources that Spark reads itself, beside those that the readers of files read on this machine."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlglot import exp

from profithunt.config import ShopConfig
from profithunt.engine import AnyEngine, Engine
from profithunt.engine.spark import SparkEngine
from profithunt.errors import UsageError
from profithunt.sources.health import BuildResult, capabilities
from profithunt.sources.lake import ASIDE_FILES, build_lake, is_lake


def files_only(config: ShopConfig) -> ShopConfig:
    """The settings without the sources that Spark reads. Raises UsageError where there are such and no Spark."""
    lake = [source for source in config.sources if is_lake(source)]
    if lake and config.engine.name != "spark":
        raise UsageError(
            f"{lake[0].catalogue or lake[0].files} is read by Spark",
            where=f"source of {lake[0].table}",
            do='add --engine spark, or [engine] name = "spark" to shop.toml',
        )
    return config.model_copy(update={"sources": [item for item in config.sources if not is_lake(item)]})


def hand_over_quarantine(config: ShopConfig, engine: AnyEngine, reader: Engine, tables: Path) -> None:
    """Take what the readers of files set aside into the engine, which writes the quarantine of all."""
    file = tables / "quarantine.parquet"
    if not any(is_lake(source) for source in config.sources) or not file.is_file():
        return
    reader.attach_parquet(ASIDE_FILES, file)
    engine.attach_arrow(ASIDE_FILES, reader.relation(exp.select("*").from_(ASIDE_FILES)))
    reader.drop(ASIDE_FILES)
    file.unlink()


def read_lake(
    config: ShopConfig, engine: AnyEngine, tables: Path, health: dict[str, Any], inputs: list[dict[str, Any]]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Health and inputs with those of the sources that Spark reads; their canonical tables are written and attached."""
    if not isinstance(engine, SparkEngine) or not any(is_lake(source) for source in config.sources):
        return health, inputs
    found: BuildResult = build_lake(config, engine, tables)
    said = found.to_json()
    both = {**health["tables"], **said["tables"]}
    present = {
        name: [item for item, share in table["null_share"].items() if share < 1]
        for name, table in both.items()
        if table["rows_kept"]
    }
    woken = BuildResult({}, [], capabilities(present)).to_json()["capabilities"]
    merged = {
        **health,
        "as_of": said["as_of"] or health["as_of"],
        "rows_quarantined": health["rows_quarantined"] + found.rows_quarantined,
        "money_quarantined": str(Decimal(health["money_quarantined"]) + found.money_quarantined),
        "tables": both,
        "capabilities": woken,
    }
    return merged, [*inputs, *said.pop("inputs")]
