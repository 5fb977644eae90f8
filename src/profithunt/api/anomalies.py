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
    import numpy as np

    from profithunt.models import anomalies as model

    known = catalogue_of(config).metrics
    usable = {name for name, metric in known.items() if metric.aggregation in ("sum", "ratio")}
    columns = [
        exp.column(name, quoted=True) for name in ("metric", "dimension", "member", "on", "numerator", "denominator")
    ]
    data = engine.arrays(exp.select(*columns).from_("metric_days"))
    if not len(data["on"]):
        return []
    first, last = data["on"].min(), data["on"].max()
    n_days = int((last - first).astype(int)) + 1
    weekday = (int(first.astype("datetime64[D]").astype(int)) + 3) % 7
    keys = [np.ma.filled(np.ma.asarray(data[name]), "").astype(str) for name in ("metric", "dimension", "member")]
    day = (data["on"] - first).astype(int)
    top = np.ma.filled(np.ma.asarray(data["numerator"]).astype(float), np.nan)
    bottom = np.ma.filled(np.ma.asarray(data["denominator"]).astype(float), np.nan)
    panels: dict[tuple[str, str], Any] = {}
    names = np.char.add(np.char.add(keys[0], "\x1f"), keys[1])
    for name in np.unique(names):
        metric, dimension = str(name).split("\x1f")
        if metric in usable:
            panels[metric, dimension] = np.flatnonzero(names == name)
    parts, about = [], []
    for (metric, dimension), places in panels.items():
        members, series = np.unique(keys[2][places], return_inverse=True)
        is_rate = known[metric].is_rate
        counts = np.zeros((len(members), n_days))
        exposure = np.full(counts.shape, np.nan) if is_rate else None
        counts[series, day[places]] = top[places]
        if exposure is not None:
            exposure[series, day[places]] = bottom[places]
        # Before a series' first day and after its last nothing is known; amounts below zero have no such model.
        seen = np.zeros(counts.shape, dtype=bool)
        seen[series, day[places]] = True
        begun = np.maximum.accumulate(seen, axis=1) & np.maximum.accumulate(seen[:, ::-1], axis=1)[:, ::-1]
        counts[~begun] = np.nan
        if np.nanmin(counts) < 0 or (dimension and len(members) < LEAST_MEMBERS):
            continue
        found = model.find(counts, exposure, first_weekday=weekday, shared=bool(dimension))
        parts.append(found)
        about += [(metric, dimension or None, str(members[at]) or None) for at in found.series]
    if not parts:
        return []
    whole = model.joined(parts)
    q_values = model.q_values(whole)
    events = _events(engine)
    rows = []
    for at in np.flatnonzero(q_values <= share):
        metric, cut, member = about[at]
        on = (first + whole.day[at]).astype("datetime64[D]").item()
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
