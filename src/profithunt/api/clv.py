"""The forecast of customers in a run: histories by SQL, fits and scores by the models, the result as tables."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlglot import exp

import profithunt
from profithunt.config import ShopConfig
from profithunt.customers import clv as histories
from profithunt.customers.build import span
from profithunt.engine import AnyEngine
from profithunt.engine.runner import Built, Earlier, Report, build, unchanged
from profithunt.ledger.build import as_of, settings as ledger_settings

if TYPE_CHECKING:
    from profithunt.models.forecast import Forecast

_GIVEN: Final = {"clv_scores": "customer_clv", "clv_deciles": "clv_calibration", "clv_remarks": "clv_fit"}
"""Tables that the models' columns are attached as, and the table of the run made from each."""


def build_clv(
    engine: AnyEngine,
    config: ShopConfig,
    out: Path,
    *,
    fingerprints: dict[str, str],
    earlier: Earlier | None = None,
    report: Report | None = None,
) -> list[Built]:
    """Write `customer_clv`, `clv_calibration` and `clv_fit` into the run; none where no order names a customer."""
    found = span(engine, config)
    if found is None:
        return []
    when = histories.days(config, found)
    n_lines = int(engine.value(exp.select(exp.Count(this=exp.Star())).from_("order_lines")))
    base = ledger_settings(config, as_of(engine, config), ordered=n_lines <= config.runs.sort_rows_max)
    chosen = histories.settings(base, config, when)
    models = histories.models()
    working = [models[name] for name in histories.WORKING]
    tables = [models[name] for name in histories.TABLES]

    build(engine, working, out, settings=chosen, fingerprints=fingerprints)
    key = _key(config, fingerprints)
    fingerprints |= dict.fromkeys(_GIVEN, key)
    if not unchanged(engine, tables, settings=chosen, fingerprints=fingerprints, earlier=earlier):
        build(engine, working, out, settings=chosen, fingerprints=fingerprints, also=histories.WORKING, report=report)
        _forecast(engine, config, when, report)
    built = build(engine, tables, out, settings=chosen, fingerprints=fingerprints, earlier=earlier, report=report)
    _drop_scores(engine)
    return built


def _key(config: ShopConfig, fingerprints: dict[str, str]) -> str:
    """What the scores depend on: histories, settings, the version of the models."""
    parts = [
        *(fingerprints[name] for name in histories.WORKING),
        json.dumps(config.clv.model_dump(mode="json"), sort_keys=True),
        str(config.customers.active_months),
        str(config.customers.active_days),
        profithunt.__version__,
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _forecast(engine: AnyEngine, config: ShopConfig, when: histories.Days, report: Report | None) -> None:
    """Fit, score and attach the columns of the three tables."""
    from profithunt.models.forecast import Forecast  # NumPy and SciPy load slowly

    forecast = Forecast(histories.Feed(engine, when), _settings(config, when))
    if report:
        report("fits", 0, 2)
    forecast.learn()
    if report:
        report("scores", 1, 2)
    _attach(engine, forecast)
    if report:
        report("", 2, 2)


def _attach(engine: AnyEngine, forecast: Forecast) -> None:
    parts = []
    for number, scores in enumerate(forecast.score()):
        name = f"clv_scores_{number}"
        engine.attach_arrays(name, scores)
        parts.append(exp.select("*").from_(name))
    engine.view("clv_scores", exp.union(*parts, distinct=False) if len(parts) > 1 else parts[0])
    for name, columns in (("clv_deciles", forecast.deciles()), ("clv_remarks", forecast.remarks())):
        engine.attach_arrays(name, columns)


def _drop_scores(engine: AnyEngine) -> None:
    """Give the memory of the scores back: they are in the run now."""
    engine.drop("clv_scores")
    number = 0
    while engine.has(f"clv_scores_{number}"):
        engine.drop(f"clv_scores_{number}")
        number += 1


def _settings(config: ShopConfig, when: histories.Days) -> Any:
    from profithunt.models.clv import Rules
    from profithunt.models.forecast import Settings as Forecasting

    chosen = config.clv
    active = config.customers.active_days or config.customers.active_months * 365.25 / 12
    return Forecasting(
        rules=Rules(chosen.model, chosen.value, chosen.min_customers, chosen.min_repeaters),
        unit_days=chosen.unit_days,
        rate=chosen.discount_rate,
        until=when.until,
        cut=when.cut,
        lately_days=active,
        check=chosen.check,
        season=chosen.season,
    )
