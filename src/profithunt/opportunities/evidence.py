"""What an opportunity rests on, as plain values: numbers, peers, example orders, chart, query, assumptions."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from sqlglot import exp

from profithunt.detectors import Clock, Detector, compile_finds, compile_rows, compile_weeks, evidence_columns
from profithunt.models.gaps import Assessment, Rule
from profithunt.models.peers import peer_groups
from profithunt.opportunities.candidates import Candidates
from profithunt.opportunities.ground import Ground

EXAMPLES: Final = 3


def numbers(detector: Detector, at: Clock, row: Mapping[str, Any], judged: Assessment, index: int) -> dict[str, Any]:
    """The numbers that the money rests on."""
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


class Queries:
    """The statements that give the rows behind the finds of one detector, one a find, for DuckDB whoever hunts.

    Compiled once with marks in place of the keys, since only these differ from find to find.
    """

    def __init__(self, detector: Detector, at: Clock, shop: Ground) -> None:
        self._keys = {name: f"@key {number}@" for number, name in enumerate(detector.entity)}
        table = detector.rows.table
        columns = list(shop.engine.columns(table)) if table and shop.engine.has(table) else []
        self._text = compile_finds(detector, at, self._keys, columns, timezone=shop.settings.timezone)

    def of(self, entity: Mapping[str, str]) -> str:
        """The statement of one find; `profithunt sql` runs it."""
        text = self._text
        for name, mark in self._keys.items():
            text = text.replace(f"'{mark}'", exp.Literal.string(entity[name]).sql(dialect="duckdb"))
        return text


def weeks(
    detector: Detector, at: Clock, shop: Ground, entities: Sequence[Mapping[str, str]]
) -> dict[tuple[str, ...], dict[str, Any]]:
    """A chart of each entity: what the rows behind it add up to, week by week."""
    statement = compile_weeks(detector, at, entities) if entities else None
    if statement is None:
        return {}
    count = -(-at.days // 7)
    starts = [at.end - dt.timedelta(days=7 * ago + 6) for ago in reversed(range(count))]
    sums: dict[tuple[str, ...], dict[int, Any]] = {}
    for row in shop.engine.dicts(statement):
        key = tuple(str(row[name]) for name in detector.entity)
        sums.setdefault(key, {})[int(row["weeks_ago"])] = row["amount"]
    return {
        key: {
            "kind": "series",
            "what": detector.rows.order_by,
            "points": [
                {"x": start.isoformat(), "y": plain(amounts.get(count - 1 - place, 0.0))}
                for place, start in enumerate(starts)
            ],
        }
        for key, amounts in sums.items()
    }


def comparison(detector: Detector, evidence: Mapping[str, Any]) -> dict[str, Any]:
    """A chart of an entity beside its peers and what it is held against."""
    bars = [("this", evidence.get("rate", evidence.get("total"))), ("benchmark", evidence.get("benchmark"))]
    group = evidence.get("peer_group") or {}
    bars += [(f"peers {name}", group.get(name)) for name in ("p10", "p50", "p90")]
    return {
        "kind": "comparison",
        "what": detector.statistic,
        "points": [{"x": label, "y": value} for label, value in bars if value is not None],
    }


def peers(seen: Candidates, measure: Any, places: list[int]) -> dict[int, dict[str, Any]]:
    """The peers of some entities: how many, how they spread, three in the middle by name."""
    groups = peer_groups(measure, seen.peers, places)
    named = seen.entities(sorted({place for group in groups.values() for place in group.middle}))
    return {
        place: {
            "n": group.n,
            **{name: plain(getattr(group, name)) for name in ("p10", "p50", "p90")},
            "everybody": group.everybody,
            "examples": [
                {"entity": named[other], "value": plain(measure[other])} for other in group.middle if other != place
            ][:EXAMPLES],
        }
        for place, group in groups.items()
    }


def assumptions(detector: Detector, rule: Rule, evidence: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the money rests on that was set or assumed, not seen."""
    held = {
        **{name: plain(value) for name, value in detector.thresholds.items()},
        "horizon_days": plain(rule.horizon_days),
        "credibility": detector.credibility,
        "season_ahead": plain(round(rule.season.than_window, 4)),
        "share_of_costs_assumed": evidence["assumed_share"],
    }
    return [{"what": name, "value": value} for name, value in held.items()]


def valuation(detector: Detector, evidence: Mapping[str, Any], p10: float, p50: float, p90: float) -> dict[str, Any]:
    """How the money was worked out: in words, and the figures that were put together."""
    found = {
        "in_words": detector.docs.value,
        "exposure": evidence["expected_exposure"],
        "p10": p10,
        "p50": p50,
        "p90": p90,
    }
    if "rate" in evidence and "benchmark" in evidence:
        found["gap"] = plain(abs(evidence["rate"] - evidence["benchmark"]))
        found["unit_value"] = evidence["unit_value"]
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
