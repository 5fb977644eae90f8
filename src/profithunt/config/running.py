"""How a run is made: engine, memory, runs that are kept."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from profithunt.config.section import Section


class EngineChoice(Section):
    """What computes a run. DuckDB on this machine by default; Spark where one machine is too small."""

    name: Literal["duckdb", "spark"] = Field(
        "duckdb", description="duckdb, or spark (needs the extra `spark`, Java 17)."
    )
    master: str | None = Field(None, description="Spark's master, e.g. `yarn`, `k8s://…`; default: local[*].")
    out: str | None = Field(
        None, description="Path or URL (s3a://…, abfss://…, hdfs://…) below which Spark writes runs; default: the shop."
    )
    options: dict[str, str] = Field(
        default_factory=dict, description="Spark's own settings, e.g. spark.executor.memory."
    )


class Limits(Section):
    """What the engine may use of the machine."""

    memory: str | None = Field(None, description="Memory, e.g. 4GB; default: 60 % of the machine.")
    threads: int | None = Field(None, ge=1, description="Threads; default: all cores.")
    part_lines: int = Field(
        1_000_000, ge=1, description="Order lines built at a time: fewer take less memory, many fewer more time."
    )
    max_file_bytes: int = Field(50_000_000_000, ge=1, description="Largest file, unpacked.")
    max_line_bytes: int = Field(16_000_000, ge=1_000, description="Longest line of a text file.")


class Runs(Section):
    """How finished runs are kept."""

    keep: int = Field(5, ge=1, description="Finished runs kept beside the current one.")
    sort_rows_max: int = Field(
        2_000_000, ge=0, description="Tables up to this size are stored in order of their key (byte-identical runs)."
    )
