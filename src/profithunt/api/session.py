"""An engine with the tables of one finished run attached, ready to be read."""

from __future__ import annotations

from profithunt.api import served
from profithunt.api.engines import engine_over
from profithunt.config import ShopConfig
from profithunt.engine import AnyEngine
from profithunt.engine.runs import StoredRun
from profithunt.ledger.build import prepare


def open_run(run: StoredRun, config: ShopConfig) -> AnyEngine:
    """An engine over a run; the caller closes it."""
    engine = engine_over(run, config)
    served.attach(engine, run)
    prepare(engine, config)
    return engine
