"""An engine with the tables of one finished run attached, ready to be read."""

from __future__ import annotations

from profithunt.config import ShopConfig
from profithunt.engine import Engine
from profithunt.engine.runs import StoredRun
from profithunt.ledger.build import prepare


def open_run(run: StoredRun, config: ShopConfig) -> Engine:
    """An engine over a run; the caller closes it."""
    engine = Engine(memory_limit=config.limits.memory, threads=config.limits.threads)
    for name, files in run.files().items():
        engine.attach_parquet(name, files)
    prepare(engine, config)
    return engine
