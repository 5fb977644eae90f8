"""The customers' stage of a run: flows, cohorts, profit explained, plan."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import Final

from sqlglot import exp

from profithunt.config import ShopConfig
from profithunt.customers import reading
from profithunt.customers.build import build_models
from profithunt.customers.plan import COHORT_METRICS, DRIVERS, METRICS, Figure, PlanVariance
from profithunt.engine import AnyEngine, Model, ModelColumn, Relation, values_query
from profithunt.engine.compiler import Value
from profithunt.engine.runner import Built, Earlier, Report
from profithunt.errors import UsageError

PLAN_PROPOSAL: Final = Model(
    name="plan_proposal",
    what="A plan proposed from the history for the months ahead, in the form of the table `plan`: of the shop, and of "
    "cohorts by months since the first order.",
    grain=("month", "metric", "dimension", "member"),
    columns=(
        ModelColumn("month", "date", "month; of a cohort, that of the first order"),
        ModelColumn("metric", "text", f"{', '.join(METRICS)}; of cohorts {', '.join(COHORT_METRICS)}"),
        ModelColumn("dimension", "text", "null for the shop, months_since for cohorts"),
        ModelColumn("member", "text", "how many months since"),
        ModelColumn("value", "rate", "planned value"),
    ),
    sql="",
)
PLAN_VARIANCE: Final = Model(
    name="plan_variance",
    what="Actual contribution profit less the plan's, split by driver; not there without a plan.",
    grain=("month", "driver"),
    columns=(
        ModelColumn("month", "date", "month"),
        ModelColumn("complete", "bool", "the month is over, as far as the data goes"),
        ModelColumn("driver", "text", f"{', '.join(DRIVERS)}; unsplit where only the profit was planned"),
        ModelColumn("planned", "rate", "the driver as planned"),
        ModelColumn("actual", "rate", "the driver as it was; null where it has no denominator"),
        ModelColumn("part", "money", "its part of the difference; the parts of a month add up to it"),
        ModelColumn("planned_profit", "money", "planned contribution profit of the month, the same in each row"),
        ModelColumn("actual_profit", "money", "actual contribution profit of the month, the same in each row"),
        ModelColumn("method", "text", "lmdi; shapley where a factor is zero or changes its sign; unsplit"),
    ),
    sql="",
)
PLAN_COLUMNS: Final = {column.name: column.type for column in PLAN_PROPOSAL.columns}
VARIANCE_COLUMNS: Final = {column.name: column.type for column in PLAN_VARIANCE.columns}


def build_customers(
    engine: AnyEngine,
    config: ShopConfig,
    out: Path,
    *,
    fingerprints: dict[str, str],
    earlier: Earlier | None = None,
    report: Report | None = None,
) -> list[Built]:
    """Write every customer table into the run; none where no order names a customer."""
    built = build_models(engine, config, out, fingerprints=fingerprints, earlier=earlier, report=report)
    if not built:
        return []
    built += build_plan(engine, config, out)
    return built


def build_plan(engine: AnyEngine, config: ShopConfig, out: Path) -> list[Built]:
    """Write the plan that the history proposes, and how months differ from the plan; what can't be is left out."""
    built = []
    for name, query_of in (("plan_proposal", _proposal), ("plan_variance", _variance)):
        start = time.perf_counter()
        try:
            query = query_of(engine, config)
        except UsageError:
            continue  # no complete month, or no plan: nothing to write
        path = out / f"{name}.parquet"
        rows = engine.write_parquet(query, path)
        engine.attach_parquet(name, path)
        print_ = hashlib.sha256(query.sql(dialect="duckdb").encode()).hexdigest()
        built.append(Built(name, rows, round(time.perf_counter() - start, 3), print_, reused=False))
    return built


def plan_rows(figures: list[Figure]) -> list[tuple[Value, ...]]:
    """Planned figures as rows of the table `plan`, by month; those of the shop before those of cohorts."""
    places = {name: place for place, name in enumerate((*METRICS, *COHORT_METRICS))}
    ordered = sorted(
        figures, key=lambda item: (item.dimension or "", item.month, int(item.member or 0), places[item.metric])
    )
    return [(item.month, item.metric, item.dimension, item.member, item.value) for item in ordered]


def proposed(engine: AnyEngine, config: ShopConfig, months: int) -> Relation:
    """The proposal as a relation: rows of the table `plan`."""
    return engine.relation(values_query(PLAN_COLUMNS, plan_rows(reading.proposal(engine, config, months))))


def _proposal(engine: AnyEngine, config: ShopConfig) -> exp.Select:
    return values_query(PLAN_COLUMNS, plan_rows(reading.proposal(engine, config)))


def _variance(engine: AnyEngine, config: ShopConfig) -> exp.Select:
    return values_query(VARIANCE_COLUMNS, variance_rows(reading.plan_variance(engine, config)))


def variance_rows(found: PlanVariance) -> list[tuple[Value, ...]]:
    """The parts of each month as rows of the table `plan_variance`."""
    rows: list[tuple[Value, ...]] = []
    for month in found.months:
        for driver, part in month.parts.items():
            planned, actual = (_float(drivers.get(driver)) for drivers in (month.planned_drivers, month.actual_drivers))
            profits = (month.planned, month.actual)
            rows.append((month.month, month.complete, driver, planned, actual, part, *profits, month.method))
    return rows


def _float(value: object) -> float | None:
    return None if value is None else float(str(value))
