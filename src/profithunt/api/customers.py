"""The customers' stage of a run: flows, cohorts, the whale curve explained, and what rests on them."""

from __future__ import annotations

from pathlib import Path

from profithunt.config import ShopConfig
from profithunt.customers.build import build_models
from profithunt.engine import AnyEngine
from profithunt.engine.runner import Built, Earlier, Report


def build_customers(
    engine: AnyEngine,
    config: ShopConfig,
    out: Path,
    *,
    fingerprints: dict[str, str],
    earlier: Earlier | None = None,
    report: Report | None = None,
) -> list[Built]:
    """Write every customer table into the run; none where no order names a customer."""
    return build_models(engine, config, out, fingerprints=fingerprints, earlier=earlier, report=report)
