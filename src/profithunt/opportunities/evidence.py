"""What an opportunity rests on, as plain values: numbers, peers, example orders, chart, query, assumptions."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from profithunt.detectors import Clock, Detector, compile_rows, evidence_columns
from profithunt.models.gaps import Assessment
from profithunt.opportunities.ground import Ground

EXAMPLES: Final = 3


def numbers(detector: Detector, at: Clock, row: Mapping[str, Any], judged: Assessment, index: int) -> dict[str, Any]:
    """The numbers that the money rests on, as plain values."""
    rate = {
        "rate": judged.rate[index],
        "rate_as_seen": judged.raw_rate[index],
        "benchmark": judged.benchmark[index],
        "p_value": judged.p_value[index],
    }
    shown = {name: row[name] for name in evidence_columns(detector, list(row)) if not name.startswith("example_order")}
    examples = sorted({str(row[name]) for name in row if name.startswith("example_order") and row[name] is not None})
    sample = {name: row[name] for name in ("hits", "trials", "exposure", "n") if name in row}
    evidence = {
        "window": {"from": str(at.start + dt.timedelta(days=1)), "to": str(at.end), "days": at.days},
        "sample": {name: plain(value) for name, value in sample.items()},
        **{name: plain(value) for name, value in rate.items() if not math.isnan(value)},
        "direction": detector.direction,
        "probability": plain(judged.probability[index]),
        "expected_exposure": plain(judged.exposure[index]),
        "unit_value": plain(judged.unit[index]),
        "still_active": plain(judged.alive[index]),
        "peers": row.get("peers") or "all",
        "n_tested": judged.tested,
        "assumed_share": plain(row.get("assumed_share") or 0.0),
        "facts": {name: plain(value) for name, value in shown.items()},
        "valued_as": detector.docs.value,
        "known_problems": detector.docs.known_problems,
    }
    if examples:
        evidence["orders"] = [{"order_id": order} for order in examples]
    return evidence


def examples(
    detector: Detector, at: Clock, shop: Ground, entities: Sequence[Mapping[str, str]]
) -> dict[tuple[str, ...], list[dict[str, Any]]]:
    """The worst orders behind each entity, worst first."""
    if not detector.rows.table or not entities:
        return {}
    statement = compile_rows(detector, at, entities, limit=EXAMPLES, timezone=shop.settings.timezone)
    found: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in shop.engine.dicts(statement):
        key = tuple(str(row[name]) for name in detector.entity)
        found.setdefault(key, []).append({"order_id": row["order_id"], "amount": plain(row["amount"])})
    return found


def plain(value: Any) -> Any:
    """A value for JSON: money and ratios as numbers, days as text, missing as null."""
    if isinstance(value, Decimal):
        return float(round(value, 4))
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    if value is None or isinstance(value, (str, int, bool)):
        return value
    number = float(value)
    return float(f"{number:.6g}") if math.isfinite(number) else None
