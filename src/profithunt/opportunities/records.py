"""What earlier outcomes say of a detector, and how that corrects what it predicts next.

A detector that realised a third of what it predicted has its later money cut to a third, as far as its outcomes are
many and clear enough to say so: the factor is shrunk towards 1 by whoever made the record. The prediction before the
correction stays in the evidence, so that outcomes are always held against what the detector itself said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from profithunt.opportunities.opportunity import Opportunity

_SUREST: Final = 0.99


@dataclass(frozen=True)
class Record:
    """A detector's record: `factor` on its money (1: as it says), `precision` share of its finds that were real, 0–1.

    `n_outcomes` measured actions behind it. `precision` None leaves the confidence as it is.
    """

    factor: float = 1.0
    precision: float | None = None
    n_outcomes: int = 0

    def to_json(self) -> dict[str, Any]:
        """As data."""
        return {"factor": self.factor, "precision": self.precision, "n_outcomes": self.n_outcomes}


def corrected(opportunities: Sequence[Opportunity], records: Mapping[str, Record]) -> list[Opportunity]:
    """Opportunities with the record of their detectors (by name) applied to money and confidence; ranks are kept.

    Confidence is never raised above the precision seen.
    """
    return [_one(item, records[item.name]) if item.name in records else item for item in opportunities]


def _one(item: Opportunity, record: Record) -> Opportunity:
    confidence = item.confidence if record.precision is None else min(item.confidence, record.precision)
    low, high = sorted((item.p10 * record.factor, item.p90 * record.factor))
    said = {"factor": round(record.factor, 4), "precision": record.precision, "n_outcomes": record.n_outcomes}
    return replace(
        item,
        value=round(item.value * record.factor, 2),
        p10=round(low, 2),
        p90=round(high, 2),
        confidence=round(min(confidence, _SUREST), 4),
        evidence={
            **item.evidence,
            "record": {**said, "value_before": item.value, "confidence_before": item.confidence},
        },
    )
