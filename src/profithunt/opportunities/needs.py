"""Which detectors can hunt in a shop, and what would wake the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from profithunt.detectors import Detector
from profithunt.engine import AnyEngine
from profithunt.ledger import needs

MADE: Final = {
    "affinity": "what suits whom (pip install 'profithunt[affinity]', then run again; it stays asleep where a year of "
    "orders tells no more than what sells best)",
    "customer_clv": "the forecast of customers (orders that name them)",
    "customer_actions": "effects of actions ([actions_value], and orders that name customers)",
    "rival_prices": "rivals' prices (competitor_prices that name SKUs, or rival_offers that match them)",
    "acquisitions": "first orders of customers (orders that name them)",
}
"""Tables that a run makes by itself, and what they take."""


def wakes(missing: Sequence[str]) -> str:
    """One sentence: what to supply so that what sleeps wakes."""
    told = []
    for need in missing:
        made = MADE.get(need.partition(".")[0]) if "|" not in need else None
        if (made or needs.wakes([need])) not in told:
            told.append(made or needs.wakes([need]))
    return "; ".join(told)


class Supply:
    """What the tables of a run hold of all that some detectors need."""

    def __init__(self, engine: AnyEngine, detectors: Sequence[Detector]) -> None:
        self._supply = needs.Supply(engine, (need for detector in detectors for need in detector.needs))

    def missing(self, detector: Detector) -> tuple[str, ...]:
        """The needs of a detector that are not met, as written in its header."""
        return self._supply.missing(detector.needs)
