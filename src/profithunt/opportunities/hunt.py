"""The hunt: run the detectors over a run, judge, value, rank.

One detector after the other: its statement gives candidates, the statistics judge them all at once, what passes
becomes opportunities with their evidence. A detector that fails is reported, the others go on.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Protocol

from sqlglot import exp

from profithunt.detectors import Clock, Detector, clock, compile_rows, evidence_columns
from profithunt.detectors.definition import Threshold
from profithunt.engine import AnyEngine, compile_model, read_model
from profithunt.errors import ProfithuntError
from profithunt.models.activity import Season
from profithunt.models.gaps import Assessment, Rule, assess, still_open
from profithunt.opportunities.candidates import Candidates, gather
from profithunt.opportunities.needs import Supply, wakes
from profithunt.opportunities.opportunity import Failed, Hunt, Opportunity, Sleeping, Vetoed, identify

_QUERIES: Final = Path(__file__).parent / "queries"
_YEAR_DAYS: Final = 364
_EXAMPLES: Final = 3
_WITH_EXAMPLES: Final = 100
_ASSUMED_WEIGHT: Final = 0.5
_STILL_OPEN: Final = 0.5
_SUREST: Final = 0.99


class Progress(Protocol):
    """Told which detector is at work."""

    def step(self, name: str, done: int, total: int) -> None:
        """`done` of `total` detectors are finished; `name` is next."""


@dataclass(frozen=True)
class Settings:
    """How to hunt.

    `as_of` the day the data is complete to (default: last order); `thresholds` by detector name; `horizon_days` ahead;
    `false_discovery` share of false finds accepted per detector; `minimum_value` money floor over the horizon (default:
    `floor_share` of the shop's net sales over as many days).
    """

    as_of: dt.date | None = None
    timezone: str = "UTC"
    thresholds: Mapping[str, Mapping[str, Threshold]] = field(default_factory=dict)
    horizon_days: int = 28
    false_discovery: float = 0.1
    minimum_value: float | None = None
    floor_share: float = 0.00002


def hunt(
    engine: AnyEngine, detectors: Sequence[Detector], settings: Settings | None = None, progress: Progress | None = None
) -> Hunt:
    """Run detectors over the tables that are attached to the engine.

    Needs `ledger`, `order_profit` and the canonical tables under their own names. Raises ConfigError for a threshold
    that a detector has not; what goes wrong inside a detector is in `failed`.
    """
    settings = settings or Settings()
    tuned = [detector.tuned(settings.thresholds.get(detector.name, {})) for detector in detectors]
    shop = _Shop(engine, settings)
    supply = Supply(engine, tuned)
    found: list[Opportunity] = []
    claims: dict[str, list[Mapping[str, str]]] = {}
    sleeping: list[Sleeping] = []
    failed: list[Failed] = []
    tested: dict[str, int] = {}
    for done, detector in enumerate(tuned):
        if progress is not None:
            progress.step(detector.name, done, len(tuned))
        try:
            missing = supply.missing(detector)
            if missing or not shop.days:
                names = missing or ("orders",)
                sleeping.append(Sleeping(detector.number, detector.code, detector.name, names, wakes(names)))
                continue
            finds = _run(detector, shop)
        except ProfithuntError as error:
            failed.append(Failed(detector.number, detector.code, detector.name, str(error)))
            continue
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            reason = f"{type(error).__name__}: {error}"
            failed.append(Failed(detector.number, detector.code, detector.name, reason))
            continue
        claims[detector.name] = finds.claims
        tested[detector.name] = finds.tested
        found += finds.opportunities
    if progress is not None:
        progress.step("ranking", len(tuned), len(tuned))
    kept, vetoed = _veto(found, {detector.name: detector for detector in tuned}, claims)
    return Hunt(
        opportunities=_ranked(kept),
        sleeping=tuple(sleeping),
        failed=tuple(failed),
        vetoed=tuple(vetoed),
        tested=tested,
    )


@dataclass(frozen=True)
class _Finds:
    opportunities: list[Opportunity]
    claims: list[Mapping[str, str]]
    tested: int


class _Shop:
    """What detectors need to know of the shop: its days, its pace, its seasons."""

    def __init__(self, engine: AnyEngine, settings: Settings) -> None:
        self.engine = engine
        self.settings = settings

    @cached_property
    def days(self) -> dict[dt.date, tuple[int, float]]:
        """Orders and net sales by day, up to the day the data is complete to."""
        model = read_model(_QUERIES / "days.sql")
        rows = self.engine.rows(compile_model(model))
        last = self.settings.as_of
        return {day: (int(orders), float(sales or 0)) for day, orders, sales in rows if last is None or day <= last}

    @cached_property
    def first_on(self) -> dt.date:
        """First day with an order."""
        return min(self.days)

    @cached_property
    def as_of(self) -> dt.date:
        """The day the data is complete to."""
        return self.settings.as_of or max(self.days)

    @cached_property
    def floor(self) -> float:
        """Money over the horizon below which nobody should be bothered."""
        if self.settings.minimum_value is not None:
            return self.settings.minimum_value
        start = max(self.first_on, self.as_of - dt.timedelta(days=_YEAR_DAYS - 1))
        sales = sum(amount for day, (_, amount) in self.days.items() if day >= start)
        horizons = ((self.as_of - start).days + 1) / self.settings.horizon_days
        return max(sales, 0.0) / horizons * self.settings.floor_share

    def season(self, at: Clock) -> Season:
        """How much busier the horizon was a year ago than the window and than the recent days were; 1 if not known."""
        year = dt.timedelta(days=_YEAR_DAYS)
        horizon = dt.timedelta(days=self.settings.horizon_days)
        if at.start - year < self.first_on - dt.timedelta(days=1):
            return Season()
        ahead = self._pace(self.as_of - year, self.as_of - year + horizon)
        window = self._pace(at.start - year, at.end - year)
        recent = self._pace(at.recent_start - year, at.end - year)
        return Season(than_window=_damped(ahead, window), than_recent=_damped(ahead, recent))

    def products(self, entities: Sequence[Mapping[str, str]]) -> dict[str, str]:
        """Names of the SKUs among some entities, as far as products have them."""
        skus = sorted({entity["sku"] for entity in entities if "sku" in entity})
        if not skus or not self.engine.has("products"):
            return {}
        sku = exp.cast(exp.column("sku"), "TEXT", dialect="duckdb")
        query = exp.select("sku", "name").from_("products").where(sku.isin(*skus), "name IS NOT NULL")
        return {str(row[0]): str(row[1]) for row in self.engine.rows(query)}

    def _pace(self, start: dt.date, end: dt.date) -> tuple[float, int]:
        """Orders a day and orders in all, after `start` up to `end`."""
        orders = sum(count for day, (count, _) in self.days.items() if start < day <= end)
        return orders / max((end - start).days, 1), orders


def _damped(ahead: tuple[float, int], before: tuple[float, int]) -> float:
    """Ratio of two paces, pulled towards 1 where few orders stand behind it, within 0.5 and 2."""
    fewest = min(ahead[1], before[1])
    if not fewest:
        return 1.0
    ratio = math.log(ahead[0] / before[0]) * fewest / (fewest + 100)
    return min(max(math.exp(ratio), 0.5), 2.0)


def _run(detector: Detector, shop: _Shop) -> _Finds:
    settings = shop.settings
    at = clock(detector, shop.first_on, shop.as_of, settings.horizon_days)
    seen = gather(shop.engine, detector, at, settings.timezone)
    try:
        return (
            _judged(detector, shop, seen, _rule(detector, at, shop.season(at), settings))
            if len(seen)
            else _Finds([], [], 0)
        )
    finally:
        seen.close()


def _judged(detector: Detector, shop: _Shop, seen: Candidates, rule: Rule) -> _Finds:
    judged = assess(seen.columns, seen.peers, rule)
    if seen.lately:
        still = still_open(seen.lately, judged.rate, judged.benchmark, detector.statistic)
    else:
        still = judged.alive * 0 + 1
    (found,) = (judged.found & (still >= _STILL_OPEN)).nonzero()
    passed = seen.entities(found.tolist())
    worth = [place for place in found.tolist() if judged.p50[place] >= shop.floor]
    worth.sort(key=lambda place: (-float(judged.p50[place]), place))
    entities = [passed[place] for place in worth]
    examples = _examples(detector, seen.windows[-1].clock, shop, entities[:_WITH_EXAMPLES])
    products = shop.products(entities)
    rows = seen.rows(worth)
    opportunities = []
    for place, entity in zip(worth, entities, strict=True):
        evidence = _evidence(detector, seen.windows[seen.chosen[place]].clock, rows[place], judged, place)
        evidence["still_open"] = _plain(still[place])
        named = products.get(entity.get("sku", ""))
        if named:
            evidence["facts"] = {"product": named, **evidence["facts"]}
        orders = examples.get(tuple(entity.values()))
        if orders:
            evidence["orders"] = orders
        opportunities.append(_opportunity(detector, entity, judged, place, evidence, shop.settings))
    return _Finds(opportunities, [passed[place] for place in found.tolist()], judged.tested)


def _rule(detector: Detector, at: Clock, season: Season, settings: Settings) -> Rule:
    return Rule(
        statistic=detector.statistic,
        direction=detector.direction,
        outlier=detector.outlier,
        probability=detector.probability,
        false_discovery=settings.false_discovery,
        window_days=at.days,
        horizon_days=settings.horizon_days,
        season=season,
    )


def _opportunity(
    detector: Detector,
    entity: Mapping[str, str],
    judged: Assessment,
    index: int,
    evidence: dict[str, Any],
    settings: Settings,
) -> Opportunity:
    assumed = min(max(float(evidence["assumed_share"]), 0.0), 1.0)
    confidence = float(judged.probability[index]) * detector.credibility * (1 - _ASSUMED_WEIGHT * assumed)
    confidence *= float(evidence["still_open"])
    return Opportunity(
        id=identify(detector.name, entity),
        detector=detector.number,
        code=detector.code,
        name=detector.name,
        level=detector.level,
        entity=entity,
        value=round(float(judged.p50[index]), 2),
        p10=round(float(judged.p10[index]), 2),
        p90=round(float(judged.p90[index]), 2),
        confidence=round(min(confidence, _SUREST), 4),
        window_days=settings.horizon_days,
        rank=0,
        action=detector.action,
        reversible=detector.reversible,
        owner=detector.owner,
        effort=float(detector.effort),
        counted=detector.counted,
        evidence=evidence,
    )


def _evidence(detector: Detector, at: Clock, row: Mapping[str, Any], judged: Assessment, index: int) -> dict[str, Any]:
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
        "sample": {name: _plain(value) for name, value in sample.items()},
        **{name: _plain(value) for name, value in rate.items() if not math.isnan(value)},
        "direction": detector.direction,
        "probability": _plain(judged.probability[index]),
        "expected_exposure": _plain(judged.exposure[index]),
        "unit_value": _plain(judged.unit[index]),
        "still_active": _plain(judged.alive[index]),
        "peers": row.get("peers") or "all",
        "n_tested": judged.tested,
        "assumed_share": _plain(row.get("assumed_share") or 0.0),
        "facts": {name: _plain(value) for name, value in shown.items()},
        "valued_as": detector.docs.value,
        "known_problems": detector.docs.known_problems,
    }
    if examples:
        evidence["orders"] = [{"order_id": order} for order in examples]
    return evidence


def _examples(
    detector: Detector, at: Clock, shop: _Shop, entities: Sequence[Mapping[str, str]]
) -> dict[tuple[str, ...], list[dict[str, Any]]]:
    """The worst orders behind each entity, worst first."""
    if not detector.rows.table or not entities:
        return {}
    statement = compile_rows(detector, at, entities, limit=_EXAMPLES, timezone=shop.settings.timezone)
    found: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in shop.engine.dicts(statement):
        key = tuple(str(row[name]) for name in detector.entity)
        found.setdefault(key, []).append({"order_id": row["order_id"], "amount": _plain(row["amount"])})
    return found


def _plain(value: Any) -> Any:
    """A value for JSON: money and ratios as numbers, days as text, missing as null."""
    if isinstance(value, Decimal):
        return float(round(value, 4))
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    if value is None or isinstance(value, (str, int, bool)):
        return value
    number = float(value)
    return float(f"{number:.6g}") if math.isfinite(number) else None


def _veto(
    found: Sequence[Opportunity], detectors: Mapping[str, Detector], claims: Mapping[str, Sequence[Mapping[str, str]]]
) -> tuple[list[Opportunity], list[Vetoed]]:
    """Part what is kept from what another detector's find on the same entity cancels."""
    kept, vetoed = [], []
    for item in found:
        by = next((name for name in detectors[item.name].vetoed_by if _names(claims.get(name, ()), item.entity)), None)
        if by is None:
            kept.append(item)
        else:
            vetoed.append(Vetoed(item, by))
    return kept, vetoed


def _names(claims: Sequence[Mapping[str, str]], entity: Mapping[str, str]) -> bool:
    """Whether one of the claims is about this entity."""
    return any(all(entity.get(key) == value for key, value in claim.items()) for claim in claims)


def _ranked(found: Sequence[Opportunity]) -> tuple[Opportunity, ...]:
    """By P50 × confidence ÷ effort, what is not counted last; those on one entity name each other."""
    order = sorted(found, key=lambda item: (not item.counted, -item.score, item.id))
    same: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for item in order:
        same.setdefault(tuple(sorted(item.entity.items())), []).append(item.id)
    ranked = []
    for place, item in enumerate(order, start=1):
        others = [other for other in same[tuple(sorted(item.entity.items()))] if other != item.id]
        evidence = {**item.evidence, "shared_with": others} if others else item.evidence
        ranked.append(Opportunity(**{**item.__dict__, "rank": place, "evidence": evidence}))
    return tuple(ranked)
