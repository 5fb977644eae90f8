"""The hunt: run the detectors over a run, judge, value, rank.

One detector after the other: its statement gives candidates, the statistics judge them all at once, what passes
becomes opportunities with their evidence. A detector that fails is reported, the others go on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from profithunt.detectors import Clock, Detector
from profithunt.engine import AnyEngine
from profithunt.errors import ProfithuntError
from profithunt.models.activity import Season
from profithunt.models.gaps import Assessment, Rule, assess, still_open
from profithunt.opportunities.candidates import Candidates, gather
from profithunt.opportunities.conflicts import conflicts
from profithunt.opportunities.evidence import (
    Queries,
    assumptions,
    comparison,
    examples,
    numbers,
    peers,
    plain,
    valuation,
    weeks,
)
from profithunt.opportunities.ground import YEAR_DAYS, Ground, Settings
from profithunt.opportunities.needs import Supply, wakes
from profithunt.opportunities.opportunity import Failed, Hunt, Opportunity, Sleeping, Vetoed, identify
from profithunt.opportunities.overlap import Claim, claims
from profithunt.opportunities.records import corrected

_WITH_EXAMPLES: Final = 100
_WITH_WEEKS: Final = 20
_ASSUMED_WEIGHT: Final = 0.5
_STILL_OPEN: Final = 0.5
_SUREST: Final = 0.99


class Progress(Protocol):
    """Told which detector is at work."""

    def step(self, name: str, done: int, total: int) -> None:
        """`done` of `total` detectors are finished; `name` is next."""


def hunt(
    engine: AnyEngine, detectors: Sequence[Detector], settings: Settings | None = None, progress: Progress | None = None
) -> Hunt:
    """Run detectors over the tables that are attached to the engine.

    Needs `ledger`, `order_profit` and the canonical tables under their own names. Raises ConfigError for a threshold
    that a detector has not; what goes wrong inside a detector is in `failed`.
    """
    settings = settings or Settings()
    shop = Ground(engine, settings)
    tuned = shop.tuned(detectors)
    supply = Supply(engine, tuned)
    found: list[Opportunity] = []
    passed: dict[str, list[Mapping[str, str]]] = {}
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
        passed[detector.name] = finds.claims
        tested[detector.name] = finds.tested
        found += finds.opportunities
    if progress is not None:
        progress.step("ranking", len(tuned), len(tuned))
    kept, vetoed = _veto(found, {detector.name: detector for detector in tuned}, passed)
    kept = [seen for item in kept if (seen := settings.closer.get(item.name, _as_it_is)(item)) is not None]
    return Hunt(
        opportunities=_ranked(corrected(kept, settings.records), shop),
        sleeping=tuple(sleeping),
        failed=tuple(failed),
        vetoed=tuple(vetoed),
        tested=tested,
    )


def _as_it_is(item: Opportunity) -> Opportunity | None:
    return item


@dataclass(frozen=True)
class _Finds:
    """`claims` are the entities by which other finds are vetoed.

    Those asked about are few and chosen by others, so each is a test of its own: what is too weak to be found among
    hundreds can still be reason enough not to do what can't be undone.
    """

    opportunities: list[Opportunity]
    claims: list[Mapping[str, str]]
    tested: int


def _run(detector: Detector, shop: Ground) -> _Finds:
    settings = shop.settings
    at = shop.clock(detector)
    seen = gather(shop.engine, detector, at, settings.timezone)
    try:
        return (
            _judged(
                detector, shop, seen, _rule(detector, at, shop.season(at) if detector.seasonal else Season(), settings)
            )
            if len(seen)
            else _Finds([], [], 0)
        )
    finally:
        seen.close()


def _judged(detector: Detector, shop: Ground, seen: Candidates, rule: Rule) -> _Finds:
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
    behind = _Behind(detector, shop, seen, judged, rule, worth, entities)
    opportunities = []
    for place, entity in zip(worth, entities, strict=True):
        evidence = behind.evidence(place, entity)
        evidence["still_open"] = plain(still[place])
        opportunities.append(_opportunity(detector, entity, judged, place, evidence, shop.settings))
    doubtful = judged.found | (judged.p_value <= 1 - rule.probability)
    (claimed,) = doubtful.nonzero()
    return _Finds(opportunities, list(seen.entities(claimed.tolist()).values()), judged.tested)


class _Behind:
    """What stands behind the finds of a detector: fetched for all at once, told find by find."""

    def __init__(
        self,
        detector: Detector,
        shop: Ground,
        seen: Candidates,
        judged: Assessment,
        rule: Rule,
        places: Sequence[int],
        entities: Sequence[Mapping[str, str]],
    ) -> None:
        self._detector, self._seen, self._judged, self._rule = detector, seen, judged, rule
        at = seen.windows[-1].clock
        best = entities[:_WITH_EXAMPLES]
        self._orders = examples(detector, at, shop, best)
        self._weeks = weeks(detector, at, shop, entities[:_WITH_WEEKS])
        self._products = shop.products(entities)
        self._rows = seen.rows(places)
        self._measure = seen.columns["loss"] if detector.statistic == "sum" else judged.rate
        self._peers = peers(seen, self._measure, list(places))
        self._queries = Queries(detector, at, shop) if places else None

    def evidence(self, place: int, entity: Mapping[str, str]) -> dict[str, Any]:
        """Everything about one find."""
        detector, judged, key = self._detector, self._judged, tuple(entity.values())
        clock = self._seen.windows[self._seen.chosen[place]].clock
        evidence = numbers(detector, clock, self._rows[place], judged, place)
        named = self._products.get(entity.get("sku", ""))
        if named:
            evidence["facts"] = {"product": named, **evidence["facts"]}
        if key in self._orders:
            evidence["orders"] = self._orders[key]
        if detector.statistic == "sum":
            evidence["total"] = plain(self._measure[place])
        if place in self._peers:
            evidence["peer_group"] = self._peers[place]
        evidence["chart"] = self._weeks.get(key) or comparison(detector, evidence)
        evidence["assumptions"] = assumptions(detector, self._rule, evidence)
        money = (round(float(part[place]), 2) for part in (judged.p10, judged.p50, judged.p90))
        evidence["valuation"] = valuation(detector, evidence, *money)
        if self._queries is not None:
            evidence["query"] = self._queries.of(entity)
        return evidence


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
        credibility=detector.credibility,
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
    confidence *= float(evidence["still_open"]) * float(judged.mendable[index])
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


def _ranked(found: Sequence[Opportunity], shop: Ground) -> tuple[Opportunity, ...]:
    """By P50 × confidence ÷ effort, what is not counted last; with what others claim too, and who acts on the same."""
    order = sorted(found, key=lambda item: (not item.counted, -item.score, item.id))
    ranked = [item.ranked(place) for place, item in enumerate(order, start=1)]
    since = shop.as_of - dt.timedelta(days=YEAR_DAYS) if ranked else dt.date.min
    claimed = claims(shop.engine, ranked, since, shop.as_of) if ranked else {}
    acting = conflicts(ranked)
    nothing = Claim(0.0)
    return tuple(
        replace(
            item,
            net_value=claimed.get(item.id, nothing).net,
            shared_with=claimed.get(item.id, nothing).shared,
            conflicts=acting.get(item.id, ()),
        )
        for item in ranked
    )
