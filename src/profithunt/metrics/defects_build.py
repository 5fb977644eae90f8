"""Build the tables of defects, of carriers and of waste from the canonical tables and the ledger of a run."""

from __future__ import annotations

import datetime as dt
from importlib.resources import files
from pathlib import Path
from typing import Final

from sqlglot import exp

from profithunt.config import ShopConfig
from profithunt.engine import AnyEngine, Model, build_order, compile_model, compile_sql, read_models, split_header
from profithunt.engine.compiler import Value
from profithunt.engine.runner import Built, Earlier, Report, Settings, build
from profithunt.ledger.build import as_of, settings
from profithunt.ledger.components import LISTS

FOREVER: Final = dt.date(9999, 12, 30)
"""Everything that the data tells counts, also what came after the day to which it is complete."""

READS: Final = (
    *("shipments", "orders", "order_lines", "products", "defects", "contacts", "carrier_capacity", "stock"),
    *("order_profit", "ledger", "ledger_lines", "return_lines", "parcels", "service_lines", "sku_costs"),
)


def _folder(name: str) -> Path:
    return Path(str(files(__package__) / name))


def models() -> dict[str, Model]:
    """All models of defects, carriers and waste, by name."""
    return read_models(_folder("defects_models"), LISTS)


def values_of(config: ShopConfig, day: dt.date, until: dt.date = FOREVER) -> Settings:
    """What the models are compiled with; `until` is the last day of which anything may be known."""
    base = settings(config, day)
    early = config.defects.early_days
    values: dict[str, Value] = {
        **base.values,
        "until": until,
        "early_days": -1 if early is None else early,
        "cover_days": config.defects.cover_days,
    }
    reason = exp.func("LOWER", exp.column("reason", table="contacts"))
    words = [
        exp.Like(this=reason.copy(), expression=exp.Literal.string(f"%{word.lower()}%"))
        for word in config.defects.avoidable_contacts
    ]
    parts = {**base.parts, "avoidable": exp.or_(*words) if words else exp.false()}
    return Settings(values=values, lists=base.lists, parts=parts, ordered=base.ordered)


def wanted(engine: AnyEngine) -> dict[str, Model]:
    """The models that the tables of a run allow: none about parcels where there are none."""
    found = models()
    parcels = engine.has("shipments") and bool(
        engine.rows(exp.select(exp.Literal.number("1")).from_("shipments").limit(1))
    )
    return found if parcels else {name: model for name, model in found.items() if not name.startswith("carrier")}


def build_defects(
    engine: AnyEngine,
    config: ShopConfig,
    out: Path,
    *,
    fingerprints: dict[str, str],
    earlier: Earlier | None = None,
    report: Report | None = None,
) -> list[Built]:
    """Build the tables into `out`; canonical tables and the ledger's must be attached."""
    ordered = build_order(wanted(engine), [name for name in READS if engine.has(name)])
    chosen = values_of(config, as_of(engine, config))
    return build(engine, ordered, out, settings=chosen, fingerprints=fingerprints, earlier=earlier, report=report)


def as_at(engine: AnyEngine, config: ShopConfig, day: dt.date) -> None:
    """Make the tables of defects anew as they would have been on a day, for as long as the engine is open."""
    chosen = values_of(config, day, until=day)
    for model in build_order({name: model for name, model in models().items() if name.startswith("defect_")}, READS):
        engine.table(model.name, compile_model(model, parts=chosen.parts, lists=chosen.lists, values=chosen.values))


def query(name: str) -> str:
    """The statement of `defects_queries/<name>.sql`."""
    return split_header((_folder("defects_queries") / f"{name}.sql").read_text("utf-8"), name)[1]


def compiled(name: str, parts: dict[str, exp.Expr] | None = None, values: dict[str, Value] | None = None) -> str:
    """`defects_queries/<name>.sql` compiled for the engine."""
    return compile_sql(query(name), parts=parts, values=values, lists=LISTS, where=name)
