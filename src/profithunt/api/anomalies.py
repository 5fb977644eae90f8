"""Anomalies of all metrics of a run: every stored series by day, judged together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlglot import exp

from profithunt.config import ShopConfig
from profithunt.engine import AnyEngine, Relation, values_query
from profithunt.errors import NotFound
from profithunt.metrics.build import catalogue_of

SHARE: Final = 0.1
LEAST_MEMBERS: Final = 3
TABLE: Final = "anomalies"
COLUMNS: Final = {
    "metric": "text",
    "dimension": "text",
    "member": "text",
    "on": "date",
    "kind": "text",
    "seen": "rate",
    "expected": "rate",
    "z": "rate",
    "q_value": "rate",
    "adverse": "bool",
    "event": "text",
}


def find_anomalies(engine: AnyEngine, config: ShopConfig, share: float = SHARE) -> list[tuple[Any, ...]]:
    """Rows of the table: neighbours (members of one metric and dimension) share a common factor, totals have none."""
    from profithunt.models import anomalies as model
    from profithunt.models.panels import panels

    known = catalogue_of(config).metrics
    usable = {name for name, metric in known.items() if metric.aggregation in ("sum", "ratio")}
    columns = [
        exp.column(name, quoted=True) for name in ("metric", "dimension", "member", "on", "numerator", "denominator")
    ]
    parts, about = [], []
    for panel in panels(engine.arrays(exp.select(*columns).from_("metric_days"))):
        few = panel.dimension and len(panel.members) < LEAST_MEMBERS
        if panel.metric not in usable or few or panel.falls_below_zero:
            continue
        exposure = panel.exposure if known[panel.metric].is_rate else None
        found = model.find(panel.counts, exposure, first_weekday=panel.weekday, shared=bool(panel.dimension))
        parts.append(found)
        about += [(panel, panel.members[at]) for at in found.series]
    if not parts:
        return []
    whole = model.joined(parts)
    q_values = model.q_values(whole)
    events = _events(engine)
    rows = []
    for at in (q_values <= share).nonzero()[0].tolist():
        panel, name = about[at]
        metric, cut, member = panel.metric, panel.dimension or None, name or None
        on = panel.day(whole.day[at])
        sign = {"up": -1, "down": 1, "none": 0}[known[metric].direction]
        rows.append(
            (metric, cut, member, on, model.KINDS[whole.kind[at]], float(whole.seen[at]), float(whole.expected[at]),
             float(whole.z[at]), float(q_values[at]), bool(sign * whole.z[at] > 0), _event(events, on, metric, member))
        )  # fmt: skip
    return rows


def read_anomalies(engine: AnyEngine, config: ShopConfig) -> Relation:
    """The anomalies of a run, the latest first. Raises NotFound for a run without metrics by day."""
    if not engine.has("metric_days"):
        raise NotFound("this run has no metrics by day", do="run the shop again: profithunt run")
    engine.table(TABLE, values_query(COLUMNS, find_anomalies(engine, config)))
    on = exp.Ordered(this=exp.column("on", quoted=True), desc=True)
    return engine.relation(exp.select("*").from_(TABLE).order_by(on, "q_value", "metric", "member"))


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
