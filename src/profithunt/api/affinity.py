"""Affinity in a run: who bought what by SQL, taste learnt by the models, the pairs worth acting on as tables."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from sqlglot import exp

import profithunt
from profithunt.config import ShopConfig
from profithunt.customers import affinity as feed
from profithunt.customers.build import span
from profithunt.engine import AnyEngine
from profithunt.engine.runner import Built, Earlier, build, unchanged
from profithunt.ledger.build import settings as ledger_settings

_FOUND: Final = "affinity_found"
_MEASURED: Final = "affinity_measured"


def build_affinity(
    engine: AnyEngine,
    config: ShopConfig,
    out: Path,
    *,
    fingerprints: dict[str, str],
    earlier: Earlier | None = None,
) -> list[Built]:
    """Write `affinity` and `affinity_quality` into the run.

    None without the extra `affinity`, where no order names a customer, or where the history is too short to check what
    was learnt.
    """
    from profithunt.models import affinity  # NumPy and SciPy load slowly

    found = span(engine, config)
    when = feed.days(found) if found is not None else None
    if when is None or found is None or not affinity.available():
        return []
    models = feed.models()
    working = [models[name] for name in feed.WORKING]
    tables = [models[name] for name in feed.TABLES]
    n_lines = int(engine.value(exp.select(exp.Count(this=exp.Star())).from_("order_lines")))
    base = ledger_settings(config, found.as_of, ordered=n_lines <= config.runs.sort_rows_max)
    chosen = feed.settings(base, when)

    build(engine, working, out, settings=chosen, fingerprints=fingerprints)
    key = hashlib.sha256("\n".join([profithunt.__version__, *(fingerprints[name] for name in feed.WORKING)]).encode())
    fingerprints |= dict.fromkeys((_FOUND, _MEASURED), key.hexdigest())
    if not unchanged(engine, tables, settings=chosen, fingerprints=fingerprints, earlier=earlier):
        build(engine, working, out, settings=chosen, fingerprints=fingerprints, also=feed.WORKING)
        if not _learnt(engine):
            return []
    built = build(engine, tables, out, settings=chosen, fingerprints=fingerprints, earlier=earlier)
    for name in (_FOUND, _MEASURED, *feed.WORKING):
        engine.drop(name)
    return built


def _learnt(engine: AnyEngine) -> bool:
    """Attach what the models found; false where there is too little to learn from."""
    from profithunt.models import affinity

    items = engine.arrays(exp.select("item", "overstocked").from_("affinity_items").order_by("item"))
    n_units = int(engine.value(exp.select(exp.Count(this=exp.Star())).from_("affinity_people")))
    pairs = engine.arrays(exp.select("unit", "item", "n_then", "n_after").from_("affinity_pairs"))
    found = affinity.learn_from(pairs, items["overstocked"], n_units)
    if found is None:
        return False
    engine.attach_arrays(_FOUND, affinity.columns_of(found))
    engine.attach_arrays(_MEASURED, affinity.quality_of(found))
    return True
