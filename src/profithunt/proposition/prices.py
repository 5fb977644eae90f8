"""Prices held against rivals': the models of a run that compare them, and what they are compiled with."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Final

from sqlglot import exp

from profithunt.config import Prices, ShopConfig
from profithunt.engine import AnyEngine, Model, build_order, compile_model, read_models, values_query
from profithunt.engine.compiler import Value
from profithunt.engine.runner import Settings
from profithunt.schema import TABLES

READS: Final = ("ledger", "sku_costs", "rival_lateness", "own_sellers", "offer_matches_found", "price_advice_found")
"""What the models read beside the canonical tables."""

MATCHES: Final = "offer_matches"
"""The model of offers matched to SKUs; it comes before all others."""

ADVICE: Final = "price_positions"
"""The model that rests on what was worked out in `models.prices`; it comes after all others."""

FIRST: Final = ("own_delivery", "rival_prices", "price_blocks", "sku_prices")
"""The models that detectors read, and their steps."""


COMPARED: Final = (*FIRST, "own_prices", "rival_positions", "price_wars")
"""Prices held against each other, and the steps to it."""

TERMS: Final = ("own_delivery", "undercut_days", "price_terms", "price_siblings")
"""Steps that advice rests on."""


def models() -> dict[str, Model]:
    """All models of the price comparison, by name."""
    return read_models(Path(str(files(__package__) / "price_models")))


def ordered(names: tuple[str, ...] = ()) -> list[Model]:
    """The models, or those named, each after what it reads."""
    found = models()
    chosen = {name: found[name] for name in names} if names else found
    return build_order(chosen, {*TABLES, *READS, *(set(found) - set(chosen))})


def values(config: Prices) -> dict[str, Value]:
    """What the models are told of the settings."""
    return {
        "day_worth": config.day_worth,
        "day_amount": None if config.day_amount is None else float(config.day_amount),
        "late_worth": config.late_worth,
        "late_amount": None if config.late_amount is None else float(config.late_amount),
        "recent_days": config.recent_days,
        "history_days": config.history_days,
    }


def settings(base: Settings, config: Prices) -> Settings:
    """What the models are compiled with beside what the ledger's are."""
    return Settings(values={**base.values, **values(config)}, lists=base.lists, parts=base.parts, ordered=base.ordered)


def declared(config: ShopConfig) -> dict[str, exp.Query]:
    """What the settings say of rivals, as tables: how many of their parcels come late, who is the shop itself."""
    late: list[tuple[Value, ...]] = sorted(config.prices.late_shares.items())
    own = sorted({name.strip().lower() for name in (config.shop.name, *config.prices.own_sellers)})
    return {
        "rival_lateness": values_query({"competitor": "text", "late": "rate"}, late),
        "own_sellers": values_query({"seller": "text"}, [(name,) for name in own]),
    }


def attach_models(engine: AnyEngine, base: Settings, config: ShopConfig | None = None) -> None:
    """Put what detectors read of prices beside canonical tables and a ledger; no offer is matched."""
    config = config or ShopConfig()
    chosen = settings(base, config.prices)
    for name, query in declared(config).items():
        engine.view(name, query)
    empty = {column.name: column.type for column in models()[MATCHES].columns}
    engine.view(MATCHES, values_query(empty, []))
    for model in ordered(FIRST):
        engine.table(model.name, compile_model(model, lists=chosen.lists, values=chosen.values))
