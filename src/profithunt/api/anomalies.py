"""Anomalies of all metrics of a run: every stored series by day, judged together."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlglot import exp

import profithunt
from profithunt.config import ShopConfig
from profithunt.engine import AnyEngine, Relation
from profithunt.engine.runner import Built, Earlier, Report, build, unchanged
from profithunt.errors import NotFound
from profithunt.ledger.build import as_of, settings
from profithunt.metrics.build import anomalies_model, catalogue_of

if TYPE_CHECKING:
    import numpy.typing as npt

LEAST_MEMBERS: Final = 3
TABLE: Final = "anomalies"
VERSION: Final = "2"
"""Changes when the finding does, so that no older one is taken over."""
_FOUND: Final = "anomalies_found"
COLUMNS: Final = {
    **dict.fromkeys(("metric", "dimension", "member"), "object"),
    "on": "datetime64[D]",
    "kind": "object",
    **dict.fromkeys(("seen", "expected", "z", "q_value"), "float64"),
    "adverse": "bool",
    "event": "object",
}
"""Columns found, and how NumPy holds them."""


def build_anomalies(
    engine: AnyEngine,
    config: ShopConfig,
    out: Path,
    *,
    fingerprints: dict[str, str],
    earlier: Earlier | None = None,
    report: Report | None = None,
) -> list[Built]:
    """Write the table `anomalies` into the run; none where no metric is kept by day, or more rows than set are."""
    if not engine.has("metric_days") or _too_many(engine, config):
        return []
    table = anomalies_model()
    known = [f"{name}={fingerprints[name]}" for name in ("metric_days", "noteworthy") if name in fingerprints]
    day = as_of(engine, config)
    rules = f"{config.metrics.model_dump_json()} {config.returns.window_days} {day}"
    said = f"{profithunt.__version__} {VERSION} {rules} {' '.join(known)}"
    fingerprints[_FOUND] = hashlib.sha256(said.encode()).hexdigest()
    chosen = settings(config, day)
    if not unchanged(engine, [table], settings=chosen, fingerprints=fingerprints, earlier=earlier):
        engine.attach_arrays(_FOUND, find_anomalies(engine, config))
    built = build(engine, [table], out, settings=chosen, fingerprints=fingerprints, earlier=earlier, report=report)
    engine.drop(_FOUND)
    return built


def find_anomalies(engine: AnyEngine, config: ShopConfig) -> dict[str, npt.NDArray[Any]]:
    """Columns of the table: members of one metric and dimension share a common factor, totals have none."""
    from profithunt.models import anomalies as model
    from profithunt.models.panels import columns_of, panels

    known = catalogue_of(config).metrics
    usable = {name for name, metric in known.items() if metric.aggregation in ("sum", "ratio")}
    columns = [
        exp.column(name, quoted=True) for name in ("metric", "dimension", "member", "on", "numerator", "denominator")
    ]
    ready = as_of(engine, config) - dt.timedelta(days=config.returns.window_days)
    parts, about = [], []
    for panel in panels(engine.arrays(exp.select(*columns).from_("metric_days"))):
        few = panel.dimension and len(panel.members) < LEAST_MEMBERS
        if panel.metric not in usable or few or panel.falls_below_zero:
            continue
        metric = known[panel.metric]
        exposure = panel.exposure if metric.is_rate else None
        if metric.source == "ledger" and "return" in str(metric.numerator):
            # What was ordered lately can still come back: its days are not known yet.
            panel.forget_from(ready)
            if panel.is_unknown:
                continue
        found = model.find(panel.counts, exposure, first_weekday=panel.weekday, shared=bool(panel.dimension))
        parts.append(found)
        about += [(panel, int(at)) for at in found.series]
    whole = model.joined(parts)
    q_values = model.q_values(whole)
    events = _events(engine)
    rows = []
    for at in (q_values <= config.metrics.false_alarms).nonzero()[0].tolist():
        panel, series = about[at]
        metric, day, kind = known[panel.metric], int(whole.day[at]), int(whole.kind[at])
        out_of = panel.exposed(series, day, 1 if kind == model.SPIKE else model.AROUND) if metric.is_rate else 1.0
        scale = metric.scale / out_of if out_of else 0.0
        on, name = panel.day(day), panel.members[series] or None
        sign = {"up": -1, "down": 1, "none": 0}[metric.direction]
        rows.append(
            (metric.name, panel.dimension or None, name, on, model.KINDS[kind], float(whole.seen[at]) * scale,
             float(whole.expected[at]) * scale, float(whole.z[at]), float(q_values[at]),
             bool(sign * whole.z[at] > 0), _event(events, on, metric.name, name))
        )  # fmt: skip
    return columns_of(rows, COLUMNS)


def read_anomalies(engine: AnyEngine, config: ShopConfig) -> Relation:
    """The anomalies of a run, the latest first; looked for now where the run did not. Raises NotFound."""
    if not engine.has(TABLE):
        if not engine.has("metric_days"):
            raise NotFound("this run has no metrics by day", do="run the shop again: profithunt run")
        engine.attach_arrays(TABLE, find_anomalies(engine, config))
    on = exp.Ordered(this=exp.column("on", quoted=True), desc=True)
    return engine.relation(exp.select("*").from_(TABLE).order_by(on, "q_value", "metric", "member"))


def _too_many(engine: AnyEngine, config: ShopConfig) -> bool:
    count = exp.select(exp.Count(this=exp.Star())).from_("metric_days")
    return int(engine.value(count)) > config.metrics.anomaly_rows_max


def _events(engine: AnyEngine) -> Sequence[tuple[Any, ...]]:
    if not engine.has("noteworthy"):
        return []
    columns = ("starts_on", "ends_on", "title", "metric", "member")
    return engine.rows(exp.select(*columns).from_("noteworthy").where("starts_on IS NOT NULL"))


def _event(events: Sequence[tuple[Any, ...]], on: Any, metric: str, member: str | None) -> str | None:
    """What is noted for that day and explains it, a holiday say."""
    said = [
        title
        for starts, ends, title, about, whom in events
        if starts <= on <= (ends or starts) and about in (None, "", metric) and whom in (None, "", member)
    ]
    return "; ".join(said) or None
