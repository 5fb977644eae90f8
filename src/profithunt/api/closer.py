"""A closer look at what a detector found, where a study of the proposition answers the same question.

A detector asks with a rough figure; the study works it out from what customers did. Where the study is sure, its terms
and money take the figure's place, or the find is dropped; where it is not, the find stays as a reason to test, and what
the study says stands beside it. So the list and `profithunt proposition delivery` never contradict each other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from profithunt.config import ShopConfig
from profithunt.engine import AnyEngine
from profithunt.errors import ProfithuntError
from profithunt.opportunities import Opportunity

THRESHOLD: Final = "threshold_mis_set"
_COMMAND: Final = "profithunt proposition delivery"
_IN_WORDS: Final = (
    f"Profit of all orders under the terms to test − under today's, over 28 days, as `{_COMMAND}` has it."
)


def closer_looks(engine: AnyEngine, config: ShopConfig) -> Mapping[str, Callable[[Opportunity], Opportunity | None]]:
    """By name of detector: the find as the study sees it, None where it is sure that no other terms earn more."""

    def threshold(found: Opportunity) -> Opportunity | None:
        return _studied(engine, config, found)

    return {THRESHOLD: threshold}


def _studied(engine: AnyEngine, config: ShopConfig, found: Opportunity) -> Opportunity | None:
    """The free-delivery threshold as the study of delivery terms sees it; as it was where there is none."""
    from profithunt.api.delivery_terms import delivery_terms

    try:
        terms = delivery_terms(engine, config)
    except (ProfithuntError, ArithmeticError, ValueError) as error:
        return replace(found, evidence={**found.evidence, "study": {"command": _COMMAND, "says": str(error)}})
    best = terms.study.best
    if best.gain_high <= 0:
        return None
    scale = found.window_days / 28
    value, low, high = (round(amount * scale, 2) for amount in (best.gain, best.gain_low, best.gain_high))
    threshold = None if math.isinf(best.threshold) else best.threshold
    said = {
        "command": _COMMAND,
        "says": terms.verdict,
        "threshold": threshold,
        "charge": best.charge,
        "value": value,
        "p10": low,
        "p90": high,
        "better": round(best.better, 4),
        "n_per_arm": terms.study.n_per_arm,
    }
    confidence = round(min(found.confidence, best.better), 4)
    if terms.study.recommended is None:
        return replace(found, confidence=confidence, evidence={**found.evidence, "study": said})
    facts, valuation = (_as_table(found.evidence.get(name)) for name in ("facts", "valuation"))
    evidence = {
        **found.evidence,
        "facts": {**facts, "threshold_to_test": threshold, "charge": best.charge},
        "valued_as": _IN_WORDS,
        "valuation": {**valuation, "in_words": _IN_WORDS, "p10": low, "p50": value, "p90": high},
        "study": {**said, "value_before": found.value},
    }
    return replace(found, value=value, p10=low, p90=high, confidence=confidence, evidence=evidence)


def _as_table(found: object) -> dict[str, Any]:
    return dict(found) if isinstance(found, Mapping) else {}
