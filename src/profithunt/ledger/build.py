"""Build the ledger and its roll-ups from the canonical tables attached to an engine."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Final

from sqlglot import exp

from profithunt.config import RateKind, ShopConfig
from profithunt.engine import AnyEngine, Model, build_order, read_model, read_models, values_query
from profithunt.engine.compiler import Value
from profithunt.engine.runner import Built, Earlier, Report, Settings, Spans, build
from profithunt.ledger.components import COMPONENTS, LISTS, MAY_BE_MISSING
from profithunt.ledger.markov import MARKOV_READS, removal_effects
from profithunt.schema import TABLES

RATE_KINDS: Final[tuple[str, ...]] = RateKind.__args__  # type: ignore[attr-defined]


def _folder(name: str) -> Path:
    return Path(str(files(__package__) / name))


def models(attribution: str) -> dict[str, Model]:
    """All models of the ledger, those of the chosen attribution among them.

    A model of `attribution/single` names the touch that wins (`touch_winners`), one of `attribution/shared` gives
    weights (`touch_weights`); `single.sql` or `shared.sql` makes them credits (`touch_credits`).
    """
    found = read_models(_folder("models"), {**LISTS, "rate_kinds": RATE_KINDS})
    folder = _folder("attribution")
    single = (folder / "single" / f"{attribution}.sql").is_file()
    kind, name = ("single", "touch_winners") if single else ("shared", "touch_weights")
    found[name] = replace(read_model(folder / kind / f"{attribution}.sql"), name=name)
    found["touch_credits"] = replace(read_model(folder / f"{kind}.sql"), name="touch_credits")
    return found


def part_sums() -> frozenset[str]:
    """Tables that hold sums over each part of another: their rows depend on how that table is stored."""
    return frozenset(name for name, model in models("last_touch").items() if model.by_part is not None)


def settings(config: ShopConfig, as_of: dt.date, *, ordered: bool = True) -> Settings:
    """What the models are compiled with for this shop."""
    assumed = config.assumptions
    values: dict[str, Value] = {
        "as_of": as_of,
        "timezone": config.shop.timezone,
        "currency": config.shop.currency,
        "prices_include_tax": config.tax.prices_include_tax,
        "tax_rate": config.tax.rate,
        "return_days": config.returns.window_days,
        "mature_share": config.returns.mature_share,
        "attribution_days": config.attribution.window_days,
        "half_life_days": config.attribution.half_life_days,
        "redemption_share": assumed.redemption_share,
        "assumed_ratio": assumed.cost_ratio if assumed.use else None,
    }
    direct = exp.In(
        this=exp.func("LOWER", exp.func("COALESCE", exp.column("marketing_channel"), exp.Literal.string("direct"))),
        expressions=[exp.Literal.string(name.lower()) for name in config.attribution.direct_channels],
    )
    gaps = () if values["assumed_ratio"] is not None else MAY_BE_MISSING
    lists = {**LISTS, "rate_kinds": RATE_KINDS, "may_be_missing": gaps}
    return Settings(values=values, lists=lists, parts={"is_direct": direct}, ordered=ordered)


def prepare(engine: AnyEngine, config: ShopConfig) -> dict[str, str]:
    """Put what the settings declare beside the canonical tables: rates, tax by country, assumed cost ratios.

    Canonical tables that no source feeds are made as empty ones. Returns a fingerprint for each table made here.
    """
    made: dict[str, exp.Query] = {name: empty_table(name) for name in TABLES if not engine.has(name)}
    made["rates"] = _rates(config)
    made["country_tax"] = values_query(
        {"country": "text", "rate": "rate"}, [(name, rate) for name, rate in sorted(config.tax.by_country.items())]
    )
    ratios = config.assumptions.cost_ratio_by_category if config.assumptions.use else {}
    made["assumed_ratios"] = values_query({"category": "text", "ratio": "rate"}, sorted(ratios.items()))
    made["component_names"] = values_query({"name": "text"}, [(name,) for name in COMPONENTS])
    for name, query in made.items():
        engine.view(name, query)
    return {name: hashlib.sha256(query.sql(dialect="duckdb").encode()).hexdigest() for name, query in made.items()}


def as_of(engine: AnyEngine, config: ShopConfig) -> dt.date:
    """The day the data is complete to: as set, else the last day with an order."""
    if config.shop.as_of is not None:
        return config.shop.as_of
    last = engine.value(exp.select(exp.Max(this=exp.column("ordered_at"))).from_("orders"))
    return last.date() if last is not None else dt.datetime.now(tz=dt.UTC).date()


def build_ledger(
    engine: AnyEngine,
    config: ShopConfig,
    out: Path,
    *,
    fingerprints: dict[str, str],
    earlier: Earlier | None = None,
    report: Report | None = None,
) -> list[Built]:
    """Build every model of the ledger into `out`; canonical tables must be attached under their names."""
    fingerprints |= prepare(engine, config)
    # The rates are those of the settings and of the source.
    fingerprints["rates"] += fingerprints["cost_rates"]
    n_lines = int(engine.value(exp.select(exp.Count(this=exp.Star())).from_("order_lines")))
    chosen = settings(config, as_of(engine, config), ordered=n_lines <= config.runs.sort_rows_max)
    given = {*TABLES, "rates", "country_tax", "assumed_ratios", "component_names", "removal_effects"}
    todo = build_order(models(config.attribution.model), given)
    make = partial(build, engine, out=out, settings=chosen, fingerprints=fingerprints, earlier=earlier)
    if config.attribution.model == "markov":
        chain = [model for model in todo if model.name in MARKOV_READS]
        make(models=chain, also=MARKOV_READS)
        todo = [model for model in todo if model.name not in MARKOV_READS]
    effects = removal_effects(engine) if config.attribution.model == "markov" else {}
    query = values_query({"channel": "text", "effect": "rate"}, sorted(effects.items()))
    engine.view("removal_effects", query)
    fingerprints["removal_effects"] = query.sql(dialect="duckdb")
    # A table in one file is handier: a shop is cut only where at least three parts come of it.
    number = -(-n_lines // config.limits.part_lines)
    spans = Spans("order_id", "orders", number if number > 2 else 1)
    return make(models=todo, report=report, spans=spans)


def empty_table(name: str) -> exp.Select:
    """A canonical table without rows, all columns typed."""
    columns = {column.name: column.type for column in TABLES[name].columns.values()}
    return values_query({**columns, "_file": "text", "_row": "int"}, [])


def _rates(config: ShopConfig) -> exp.Query:
    """Cost rates of the source and of shop.toml as one table; assumed ones only where assumptions are used."""
    columns = {
        "kind": "text",
        "rate": "rate",
        "starts_on": "date",
        "ends_on": "date",
        "dimension": "text",
        "member": "text",
    }
    declared = values_query(
        columns,
        [
            (rate.kind, float(rate.rate), rate.starts_on, rate.ends_on, rate.dimension, rate.member)
            for rate in config.cost_rates
            if config.assumptions.use or not rate.assumed
        ],
    )
    source = exp.select(*[exp.column(name) for name in columns]).from_("cost_rates")
    return exp.union(source, declared, distinct=False, copy=False)
