"""The stage of a run that looks for what goes wrong: defects, carriers, waste, anomalies."""

from __future__ import annotations

from pathlib import Path

from profithunt.api.anomalies import build_anomalies
from profithunt.config import ShopConfig
from profithunt.engine import AnyEngine
from profithunt.engine.runner import Built, Earlier, Report
from profithunt.metrics.defects_build import build_defects


def build_quality(
    engine: AnyEngine,
    config: ShopConfig,
    out: Path,
    *,
    fingerprints: dict[str, str],
    earlier: Earlier | None = None,
    report: Report | None = None,
) -> list[Built]:
    """Write the tables of defects, carriers, waste and anomalies; what rests on parcels needs parcels."""
    built = build_defects(engine, config, out, fingerprints=fingerprints, earlier=earlier, report=report)
    return built + build_anomalies(engine, config, out, fingerprints=fingerprints, earlier=earlier, report=report)
