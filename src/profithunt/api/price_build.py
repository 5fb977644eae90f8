"""Prices in a run: offers matched to SKUs, prices held against rivals', advice, all as tables of the run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlglot import exp

import profithunt
from profithunt import fmt
from profithunt.config import ShopConfig
from profithunt.engine import AnyEngine, compile_model, read_model, values_query
from profithunt.engine.runner import Built, Earlier, Report, Settings, build, unchanged
from profithunt.ledger.build import as_of, settings as ledger_settings
from profithunt.proposition import prices
from profithunt.proposition.beliefs import beliefs
from profithunt.proposition.match_decisions import Decision, match_id, read_decisions

if TYPE_CHECKING:
    from profithunt.models.matching import Match
    from profithunt.models.price_advice import Rules

QUERIES: Final = Path(prices.__file__).parent / "queries"
_MATCHED: Final = "offer_matches_found"
_ADVISED: Final = "price_advice_found"
_MATCH_KINDS: Final = {
    **dict.fromkeys(("match_id", "competitor", "offer_id", "title", "sku", "state", "matched_by", "reason"), "text"),
    **dict.fromkeys(("confidence", "packs"), "rate"),
}


def build_prices(
    engine: AnyEngine,
    config: ShopConfig,
    out: Path,
    *,
    fingerprints: dict[str, str],
    earlier: Earlier | None = None,
    report: Report | None = None,
) -> list[Built]:
    """Write the tables of the price comparison into the run; none where no rival's price is known."""
    if not any(_filled(engine, name) for name in ("competitor_prices", "rival_offers")):
        return []
    n_lines = int(engine.value(exp.select(exp.Count(this=exp.Star())).from_("order_lines")))
    base = ledger_settings(config, as_of(engine, config), ordered=n_lines <= config.runs.sort_rows_max)
    chosen = prices.settings(base, config.prices)
    for name, query in prices.declared(config).items():
        engine.view(name, query)
        fingerprints[name] = hashlib.sha256(query.sql(dialect="duckdb").encode()).hexdigest()
    found = prices.models()
    make = partial(build, engine, out=out, settings=chosen, fingerprints=fingerprints, earlier=earlier)
    matches, advice = [found[prices.MATCHES]], [found[prices.ADVICE]]
    if not unchanged(engine, matches, settings=chosen, fingerprints=_matched(config, fingerprints), earlier=earlier):
        _match(engine, config, chosen, report)
    built = make(matches)
    built += make(prices.ordered(prices.COMPARED), report=report)
    terms = prices.ordered(prices.TERMS)
    make(terms)
    fingerprints[_ADVISED] = _advice_key(config, fingerprints)
    if not unchanged(engine, advice, settings=chosen, fingerprints=fingerprints, earlier=earlier):
        make(terms, also=prices.TERMS)
        _advise(engine, config)
    built += make([*terms, *advice], also=())
    engine.drop(_MATCHED)
    engine.drop(_ADVISED)
    return built


def _filled(engine: AnyEngine, name: str) -> bool:
    return engine.has(name) and bool(engine.rows(exp.select(exp.Literal.number(1)).from_(name).limit(1)))


# Matching


def _matched(config: ShopConfig, fingerprints: dict[str, str]) -> dict[str, str]:
    """The fingerprints with that of the matches: catalogue, offers and what people decided."""
    decided = config.folder / config.prices.decisions
    text = decided.read_bytes() if decided.is_file() else b""
    parts = [profithunt.__version__, *(fingerprints[name] for name in ("products", "rival_offers", "order_lines"))]
    fingerprints[_MATCHED] = hashlib.sha256("\n".join(parts).encode() + text).hexdigest()
    return fingerprints


def _match(engine: AnyEngine, config: ShopConfig, chosen: Settings, report: Report | None) -> None:
    """Attach what came of every offer."""
    if report:
        report("match offers", 0, 1)
    engine.drop(_MATCHED)
    if _filled(engine, "rival_offers"):
        engine.attach_arrays(_MATCHED, match_columns(engine, config, chosen))
    else:
        engine.view(_MATCHED, values_query(_MATCH_KINDS, []))


def match_columns(engine: AnyEngine, config: ShopConfig, chosen: Settings) -> dict[str, Any]:
    """Every offer of the run with what came of it, decisions of people counted, as columns."""
    from profithunt.models.matching import Catalogue, Offer, Product
    from profithunt.models.price_arrays import columns

    catalogue = Catalogue([Product(**row) for row in _rows(engine, "products_to_match", chosen)])
    found = catalogue.match(Offer(**row) for row in _rows(engine, "offers_to_match", chosen))
    decisions = read_decisions(config.folder / config.prices.decisions)
    accepted = {(one.competitor, one.offer_id): one for one in decisions.values() if one.answer == "accept"}
    return columns([_settled(match, accepted, decisions) for match in found], _MATCH_KINDS)


def _rows(engine: AnyEngine, name: str, chosen: Settings) -> list[dict[str, Any]]:
    statement = compile_model(read_model(QUERIES / f"{name}.sql"), values=chosen.values)
    return [
        {key: "" if value is None and key != "price" else value for key, value in row.items()}
        for row in engine.dicts(statement)
    ]


def _settled(
    match: Match, accepted: Mapping[tuple[str, str], Decision], decisions: Mapping[str, Decision]
) -> dict[str, Any]:
    """A match with what people decided about it."""
    offer = match.offer
    said = accepted.get((offer.competitor, offer.offer_id))
    state: str = match.level
    sku, by, reason, packs = match.sku, match.matched_by, match.reason, match.packs
    if said is not None:
        sku, state, by = said.sku, "taken", "accepted"
        packs = said.packs or (packs if said.sku == match.sku else 1.0)
        reason = "accepted by a person" if said.sku != match.sku else f"accepted by a person; {match.reason}"
    elif sku is not None:
        answer = decisions.get(match_id(offer.competitor, offer.offer_id, sku))
        if answer is not None and answer.answer == "reject":
            state = "rejected"
    return {
        "match_id": match_id(offer.competitor, offer.offer_id, sku),
        "competitor": offer.competitor,
        "offer_id": offer.offer_id,
        "title": offer.title,
        "sku": sku,
        "state": state,
        "matched_by": by or None,
        "reason": reason or None,
        "confidence": match.confidence,
        "packs": packs,
    }


# Advice


def _advice_key(config: ShopConfig, fingerprints: Mapping[str, str]) -> str:
    parts = [
        profithunt.__version__,
        *(fingerprints[name] for name in prices.TERMS),
        config.prices.model_dump_json(),
        str(config.autonomy.margin_floor),
        config.shop.currency,
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def rules(config: ShopConfig) -> Rules:
    """How far prices may go, and what is believed of elasticities."""
    from profithunt.models.price_advice import Elasticity, Rules

    believed = beliefs("prices")
    cut, rise = (Elasticity(believed[name].mean, believed[name].spread) for name in ("cut", "rise"))
    decimals = fmt.DECIMALS.get(config.shop.currency, 2)
    return Rules(cut, rise, config.prices.largest_change, config.prices.sure, decimals)


def _advise(engine: AnyEngine, config: ShopConfig) -> None:
    """Attach what to do about each price."""
    from profithunt.models.price_arrays import advice_columns

    terms = engine.arrays(exp.select("*").from_("price_terms").order_by("sku"))
    siblings = engine.arrays(exp.select("*").from_("price_siblings").order_by("sku"))
    engine.drop(_ADVISED)
    engine.attach_arrays(_ADVISED, advice_columns(terms, siblings, rules(config), config.autonomy.margin_floor))
