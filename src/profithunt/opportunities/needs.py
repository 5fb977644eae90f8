"""Which detectors can hunt in a shop, and what would wake the others."""

from __future__ import annotations

from collections.abc import Sequence

from profithunt.detectors import Detector
from profithunt.engine import AnyEngine
from profithunt.ledger import needs
from profithunt.ledger.needs import wakes

__all__ = ["Supply", "wakes"]


class Supply:
    """What the tables of a run hold of all that some detectors need."""

    def __init__(self, engine: AnyEngine, detectors: Sequence[Detector]) -> None:
        self._supply = needs.Supply(engine, (need for detector in detectors for need in detector.needs))

    def missing(self, detector: Detector) -> tuple[str, ...]:
        """The needs of a detector that are not met, as written in its header."""
        return self._supply.missing(detector.needs)
