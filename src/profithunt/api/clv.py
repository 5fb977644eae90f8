"""The forecast of customers in a run: histories by SQL, fits and scores by the models, the result as tables."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlglot import exp

import profithunt
from profithunt.config import ShopConfig
from profithunt.customers import clv as histories, clv_reading as reading
from profithunt.customers.build import span
from profithunt.engine import AnyEngine, Relation
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


@dataclass(frozen=True)
class Clv:
    """The forecast of a shop's customers over a horizon of months.

    `fits` what it rests on, a segment each; `calibration` the forecast of an earlier day beside what came; `spread` how
    it spreads over customers; `season` the calendar factor by month of the year; `best` and `worst` customers as rows
    of the table `customer_clv`; `customers` all of them, the most valuable first.
    """

    horizon: int
    fits: list[reading.ClvFit]
    calibration: list[reading.ClvDecile]
    spread: reading.ClvSpread
    season: dict[int, float]
    best: list[dict[str, Any]]
    worst: list[dict[str, Any]]
    customers: Relation

    def to_json(self) -> dict[str, Any]:
        """The same as data, amounts as decimal strings; of the customers the best and the worst."""
        return {
            "horizon_months": self.horizon,
            "spread": self.spread.to_json(),
            "fits": [item.to_json() for item in self.fits],
            "calibration": [item.to_json() for item in self.calibration],
            "season": {str(month): factor for month, factor in self.season.items()},
            "best": [_plain(row) for row in self.best],
            "worst": [_plain(row) for row in self.worst],
        }


@dataclass(frozen=True)
class CustomerClv:
    """The forecast of one customer (a row of `customer_clv`), with what it rests on and how that held."""

    customer: dict[str, Any]
    fit: reading.ClvFit | None
    calibration: list[reading.ClvDecile]

    def to_json(self) -> dict[str, Any]:
        """The same as data, amounts as decimal strings."""
        return {
            "customer": _plain(self.customer),
            "fit": self.fit.to_json() if self.fit else None,
            "calibration": [item.to_json() for item in self.calibration],
        }


def read_clv(engine: AnyEngine, horizon: int = 12, top: int = 10) -> Clv:
    """The forecast of the run attached to an engine. Raises NotFound, UsageError."""
    reading.insist(engine)
    reading.horizon(horizon)
    best, worst = reading.ends(engine, horizon, top)
    return Clv(
        horizon=horizon,
        fits=reading.fits(engine),
        calibration=reading.calibration(engine),
        spread=reading.spread(engine, horizon),
        season=reading.season(engine),
        best=best,
        worst=worst,
        customers=reading.customers(engine, horizon),
    )


def read_customer_clv(engine: AnyEngine, customer_id: str) -> CustomerClv:
    """The forecast of one customer. Raises NotFound."""
    reading.insist(engine)
    row = reading.customer(engine, customer_id)
    fit = next((item for item in reading.fits(engine) if item.segment == row["segment"]), None)
    held = [item for item in reading.calibration(engine) if item.segment == row["segment"]]
    return CustomerClv(row, fit, held)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in row.items()}
