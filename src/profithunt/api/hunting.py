"""The hunt over one run: the detectors of the shop, with its thresholds, on the tables of an engine."""

from __future__ import annotations

from profithunt.api.progress import Progress
from profithunt.config import ShopConfig
from profithunt.detectors import catalogue
from profithunt.engine import AnyEngine
from profithunt.ledger.build import as_of
from profithunt.opportunities import Hunt, Settings, hunt


def hunt_run(engine: AnyEngine, config: ShopConfig, progress: Progress) -> Hunt:
    """Run the detectors over the tables attached to an engine."""
    own = sorted({path for pattern in config.detectors.files for path in config.folder.glob(pattern)})
    detectors = catalogue(own, config.detectors.off)
    settings = Settings(as_of=as_of(engine, config), timezone=config.shop.timezone, thresholds=config.thresholds)
    return hunt(engine, detectors, settings, progress)
