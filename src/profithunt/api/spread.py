"""A metric without its mean: how its rows spread, its members held against each other, the worst with examples."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlglot import exp

from profithunt.config import ShopConfig
from profithunt.engine import AnyEngine, compile_sql, literal
from profithunt.errors import NotFound
from profithunt.ledger.build import as_of, settings
from profithunt.metrics.build import catalogue_of
from profithunt.metrics.change_rows import rows_query, spread_query
from profithunt.metrics.definition import Metric

BINS: Final = 20
_ROWS: Final = "spread_rows"


@dataclass(frozen=True)
class SpreadMember:
    """A member (None: all): its value, the spread of its rows (p10, p50, p90), and its fair value with 90 % interval.

    `fair` is held against the other members (empirical Bayes): few rows prove little. `examples` are its worst rows.
    """

    member: str | None
    value: float | None
    n_rows: int
    p10: float | None
    p50: float | None
    p90: float | None
    fair: float | None
    low: float | None
    high: float | None
    examples: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """All fields."""
        return {**self.__dict__, "examples": list(self.examples)}


@dataclass(frozen=True)
class Spread:
    """How a metric spreads: all rows, a histogram (lower end, upper end, rows), and its members, the worst first."""

    metric: Metric
    by: str | None
    total: SpreadMember
    histogram: tuple[tuple[float, float, int], ...]
    members: tuple[SpreadMember, ...]

    def to_json(self) -> dict[str, Any]:
        """`{metric, by, total, histogram, members}`."""
        return {
            "metric": self.metric.to_json(),
            "by": self.by,
            "total": self.total.to_json(),
            "histogram": [{"low": low, "high": high, "n": n} for low, high, n in self.histogram],
            "members": [one.to_json() for one in self.members],
        }


def spread(
    engine: AnyEngine,
    config: ShopConfig,
    name: str,
    by: str | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
    examples: int = 3,
) -> Spread:
    """How a metric spreads over its rows and the members of a dimension. Raises NotFound."""
    known = catalogue_of(config)
    metric = known[name]
    asleep = {item.metric.name: item for item in known.awake(engine)[1]}
    if name in asleep:
        raise NotFound(f"the metric '{name}' sleeps", do=f"it would wake with: {asleep[name].wakes}")
    there = known.dimensions(metric)
    if by is not None and by not in there:
        raise NotFound(f"{name} can't be cut by '{by}'", do=f"it can by: {', '.join(there) or 'nothing'}")
    base = settings(config, as_of(engine, config))
    text = rows_query(known, metric, (by,) if by else ())
    rows = compile_sql(text, values=base.values, lists=base.lists, parts=base.parts, where=name)
    engine.table(_ROWS, _rows(rows, by, metric.scale, start, end))
    try:
        total = engine.dicts(_compiled("whole"))[0]
        found = engine.dicts(_compiled("members")) if by else []
        high_is_bad = metric.direction == "down"
        shown = _examples(engine, examples, high_is_bad=high_is_bad)
        held = _held(metric, found)
        members = [_member(metric, row, held[at], shown) for at, row in enumerate(found)]
        members.sort(key=lambda one: (one.fair is None, (one.fair or 0) * (-1 if high_is_bad else 1), one.member or ""))
        return Spread(metric, by, _member(metric, total, (None, None, None), {}), _histogram(engine), tuple(members))
    finally:
        engine.drop(_ROWS)


def _rows(rows: str, by: str | None, scale: float, start: dt.date | None, end: dt.date | None) -> exp.Select:
    """The rows as member, example, y, x and their value y ÷ x."""
    member = exp.column(by, quoted=True) if by else exp.cast(exp.null(), "TEXT")
    ratio = exp.Div(this=exp.column("y"), expression=exp.func("NULLIF", exp.column("x"), exp.Literal.number("0")))
    value = exp.Mul(this=ratio, expression=literal(scale))
    query = (
        exp.select(exp.alias_(member, "member"), "example", "y", "x", exp.alias_(value, "value"))
        .with_("parts_of_rows", as_=rows, dialect="duckdb")
        .from_("parts_of_rows")
    )
    day = exp.column("on", quoted=True)
    if start is not None:
        query = query.where(exp.GTE(this=day, expression=literal(start)))
    return query if end is None else query.where(exp.LTE(this=day.copy(), expression=literal(end)))


def _compiled(name: str, values: Mapping[str, float] | None = None) -> str:
    """A statement over the table `spread_rows`, compiled."""
    return compile_sql(spread_query(name), values=dict(values or {}), where=name)


def _member(
    metric: Metric,
    row: Mapping[str, Any],
    held: tuple[float | None, float | None, float | None],
    examples: Mapping[str, list[str]],
) -> SpreadMember:
    top, bottom = row["y"], row["x"]
    value = top if not metric.is_rate else top / bottom * metric.scale if top is not None and bottom else None
    return SpreadMember(
        row["member"],
        value,
        int(row["n_rows"]),
        row["p10"],
        row["p50"],
        row["p90"],
        held[0],
        held[1],
        held[2],
        tuple(examples.get(row["member"] or "", ())),
    )


def _held(metric: Metric, rows: Sequence[Mapping[str, Any]]) -> list[tuple[float | None, float | None, float | None]]:
    """Fair value per unit of each member: shares as hits out of trials, others by their standard errors."""
    from profithunt.models import members as model

    none = (None, None, None)
    usable = [at for at, row in enumerate(rows) if row["x"] and row["n_rows"] > 1]
    result: list[tuple[float | None, float | None, float | None]] = [none] * len(rows)
    if len(usable) < 2:
        return result
    columns = {
        name: model.floats([float(rows[at][name] or 0) for at in usable])
        for name in ("n_rows", "y", "x", "yy", "xy", "xx")
    }
    if metric.unit in ("share", "per_million") and bool(
        (columns["y"] <= columns["x"]).all() and (columns["y"] >= 0).all()
    ):
        found = model.shares(columns["y"], columns["x"])
    else:
        found = model.means(*model.ratios(**columns))
    for place, at in enumerate(usable):
        result[at] = tuple(float(part[place]) * metric.scale for part in found)  # type: ignore[assignment]
    return result


def _examples(engine: AnyEngine, n: int, *, high_is_bad: bool) -> dict[str, list[str]]:
    """The worst rows of each member by the name of their order."""
    found: dict[str, list[str]] = {}
    for member, example in engine.rows(_compiled("examples", {"n": n, "sign": 1 if high_is_bad else -1})):
        found.setdefault(member, []).append(example)
    return found


def _histogram(engine: AnyEngine) -> tuple[tuple[float, float, int], ...]:
    """Rows in bins of one width between the 1st and the 99th percentile; what lies beyond is in the outer bins."""
    low, high, n = engine.rows(_compiled("ends"))[0]
    if low is None:
        return ()
    low, high = float(low), float(high)
    if high <= low:
        return ((low, high, int(n)),)
    width = (high - low) / BINS
    counts = dict(engine.rows(_compiled("bins", {"low": low, "width": width, "last": BINS - 1})))
    return tuple((low + at * width, low + (at + 1) * width, int(counts.get(at, 0))) for at in range(BINS))
