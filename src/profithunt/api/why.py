"""Why did it change: the exact split of a metric's change by dimension, and the few slices behind it, in money."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from sqlglot import exp

from profithunt.config import ShopConfig
from profithunt.engine import AnyEngine, compile_sql, literal, values_query
from profithunt.errors import NotFound, UsageError
from profithunt.ledger.build import as_of, settings
from profithunt.metrics import change_slices as counting
from profithunt.metrics.build import catalogue_of
from profithunt.metrics.change import Split, Sums, split
from profithunt.metrics.change_rows import rows_query
from profithunt.metrics.definition import Metric

if TYPE_CHECKING:
    from profithunt.models.slices import Slice

LEAST: Final = 30
MOST_DIMENSIONS: Final = 10
ADVERSE: Final = {"up": -1, "down": 1, "none": 0}


@dataclass(frozen=True)
class FoundSlice:
    """A slice that moved beyond chance: what it is, how far its rate moved beyond everything else's, and its money.

    `effect` in the unit of the metric with its 90 % interval; `amount` is what that adds to the numerator of the later
    period; `recoverable` is what undoing it is worth, in shop currency, None where it was no loss or has no price.
    """

    attributes: dict[str, str]
    effect: float
    low: float
    high: float
    amount: float
    amount_low: float
    amount_high: float
    recoverable: float | None
    recoverable_low: float | None
    recoverable_high: float | None
    share: float
    n_rows: int
    p_value: float

    def to_json(self) -> dict[str, Any]:
        """All fields."""
        return dict(self.__dict__)


@dataclass(frozen=True)
class Why:
    """A metric's change between two periods, exactly split by each dimension, and the slices behind it.

    `money_per_unit` prices one unit of the numerator; None, with `unpriced` saying why, where nothing does.
    """

    metric: Metric
    before: tuple[dt.date, dt.date]
    after: tuple[dt.date, dt.date]
    value_before: float | None
    value_after: float | None
    splits: tuple[Split, ...]
    slices: tuple[FoundSlice, ...]
    money_per_unit: float | None
    unpriced: str | None

    def to_json(self) -> dict[str, Any]:
        """`{metric, before, after, value_before, value_after, splits, slices, money_per_unit, unpriced}`."""
        return {
            "metric": self.metric.to_json(),
            "before": [day.isoformat() for day in self.before],
            "after": [day.isoformat() for day in self.after],
            "value_before": self.value_before,
            "value_after": self.value_after,
            "change": None
            if self.value_before is None or self.value_after is None
            else self.value_after - self.value_before,
            "splits": [one.to_json() for one in self.splits],
            "slices": [one.to_json() for one in self.slices],
            "money_per_unit": self.money_per_unit,
            "unpriced": self.unpriced,
        }


def why(
    engine: AnyEngine,
    config: ShopConfig,
    name: str,
    start: dt.date,
    end: dt.date,
    *,
    against: str | tuple[dt.date, dt.date] = "before",
    dimensions: Sequence[str] | None = None,
) -> Why:
    """Why a metric was another in the days from `start` to `end` than before.

    `against` is `before` (as many days right before), `year` (364 days back) or two days of its own. Raises NotFound
    for a metric or dimension that isn't there, UsageError for periods that overlap or end before they start.
    """
    known = catalogue_of(config)
    metric = known[name]
    asleep = {item.metric.name: item for item in known.awake(engine)[1]}
    if name in asleep:
        raise NotFound(f"the metric '{name}' sleeps", do=f"it would wake with: {asleep[name].wakes}")
    if metric.aggregation not in ("sum", "ratio"):
        raise UsageError(f"{name} is a level, whose change has no parts", expected="a metric that is a sum or a rate")
    there = known.dimensions(metric)
    chosen = tuple(dimensions) if dimensions else there
    for one in chosen:
        if one not in there:
            raise NotFound(f"{name} can't be cut by '{one}'", do=f"it can by: {', '.join(there) or 'nothing'}")
    before = _earlier(start, end, against)
    day = as_of(engine, config)
    base = settings(config, day)
    text = rows_query(known, metric, chosen)
    facts = compile_sql(text, values=base.values, lists=base.lists, parts=base.parts, where=name)
    engine.table(counting.FACTS, _in_periods(facts, before, (start, end)))
    try:
        splits = [part for one in chosen if (part := _split(engine, metric, one)) is not None]
        sums = _totals(engine)
        values = tuple(_value(metric, sums.get(period)) for period in (0, 1))
        price, unpriced = _price(engine, metric)
        used = _usable(engine, chosen)
        slices = search(engine, used, _rates(metric, sums)) if used else []
    finally:
        for table in (counting.FACTS, counting.ROWS):
            engine.drop(table)
    found = [_told(one, members, metric, price) for one, members in slices]
    found.sort(key=lambda one: (-(one.recoverable or 0.0), -abs(one.amount)))
    return Why(metric, before, (start, end), values[0], values[1], tuple(splits), tuple(found), price, unpriced)


def _earlier(start: dt.date, end: dt.date, against: str | tuple[dt.date, dt.date]) -> tuple[dt.date, dt.date]:
    if end < start:
        raise UsageError(f"the period ends on {end}, before it starts on {start}", do="swap the two days")
    if not isinstance(against, str):
        first, last = against
        if last < first or (first <= end and last >= start):
            raise UsageError(
                f"{first} to {last} can't be held against {start} to {end}",
                expected="a period of its own, not overlapping",
            )
        return against
    if against not in ("before", "year"):
        raise UsageError(f"there is no '{against}' to hold against", expected="before, year, or two days")
    back = dt.timedelta(days=(end - start).days + 1 if against == "before" else 364)
    return start - back, end - back


def _in_periods(facts: str, before: tuple[dt.date, dt.date], after: tuple[dt.date, dt.date]) -> exp.Select:
    day = exp.column("on", quoted=True)
    later = exp.Between(this=day.copy(), low=literal(after[0]), high=literal(after[1]))
    earlier = exp.Between(this=day.copy(), low=literal(before[0]), high=literal(before[1]))
    flag = exp.Case().when(later.copy(), exp.Literal.number("1")).else_(exp.Literal.number("0"))
    return (
        exp.select("*", exp.alias_(flag, "later"))
        .with_("parts_of_rows", as_=facts, dialect="duckdb")
        .from_("parts_of_rows")
        .where(exp.or_(later, earlier))
    )


_SUMS: Final = (
    "SUM(CAST(y AS DECIMAL(18, 4))) AS top",
    "SUM(CAST(x AS DECIMAL(18, 4))) AS bottom",
    "CAST(COUNT(*) AS BIGINT) AS n_rows",
)


def _totals(engine: AnyEngine) -> dict[int, Sums]:
    query = exp.select("later", *_SUMS, dialect="duckdb").from_(counting.FACTS).group_by("later")
    return {int(row[0]): Sums(row[1], row[2], row[3]) for row in engine.rows(compile_sql(query.sql("duckdb")))}


def _split(engine: AnyEngine, metric: Metric, dimension: str) -> Split | None:
    column = exp.column(dimension, quoted=True)
    query = (
        exp.select("later", exp.alias_(column, "member"), *_SUMS, dialect="duckdb")
        .from_(counting.FACTS)
        .group_by("later", column)
    )
    sides: tuple[dict[str, Sums], dict[str, Sums]] = ({}, {})
    for later, member, top, bottom, rows in engine.rows(compile_sql(query.sql("duckdb"))):
        sides[int(later)][member] = Sums(top, bottom if metric.is_rate else None, rows)
    return split(dimension, *sides, is_rate=metric.is_rate, scale=metric.scale)


def _value(metric: Metric, sums: Sums | None) -> float | None:
    if sums is None:
        return None
    if not metric.is_rate:
        return float(sums.top)
    return float(sums.top) / float(sums.bottom) * metric.scale if sums.bottom else None


def _rates(metric: Metric, sums: Mapping[int, Sums]) -> tuple[float, float] | float:
    """The whole's rate in each period; of an amount, the later period's share of both."""
    tops = [float(sums[period].top) if period in sums else 0.0 for period in (0, 1)]
    if not metric.is_rate:
        return tops[1] / (tops[0] + tops[1]) if tops[0] > 0 and tops[1] > 0 else 0.5
    bottoms = [float(sums[period].bottom or 0) if period in sums else 0.0 for period in (0, 1)]
    before, after = (top / bottom if bottom else 0.0 for top, bottom in zip(tops, bottoms, strict=True))
    return before, after


def _usable(engine: AnyEngine, dimensions: Sequence[str]) -> list[str]:
    """Attributes with at least two members, at most ten, those with the fewest members first."""
    if not dimensions:
        return []
    counts = [
        exp.alias_(exp.Count(this=exp.Distinct(expressions=[exp.column(one, quoted=True)])), f"n{at}")
        for at, one in enumerate(dimensions)
    ]
    row = engine.rows(compile_sql(exp.select(*counts).from_(counting.FACTS).sql("duckdb")))[0]
    known = sorted((n, name) for n, name in zip(row, dimensions, strict=True) if n > 1)
    return [name for _, name in known][:MOST_DIMENSIONS]


def search(
    engine: AnyEngine, dimensions: Sequence[str], rates: tuple[float, float] | float, *, least: float = LEAST
) -> list[tuple[Slice, dict[str, str]]]:
    """The slices of the table `why_facts` (later, y, x, a text column each dimension) that moved beyond chance.

    Counting is done in the engine; `rates` are y ÷ x of the earlier and the later period, or of an amount the later
    period's share: then effects are shares of what was expected.
    """
    from profithunt.models import slices as model

    names: list[list[str]] = []
    for at, dimension in enumerate(dimensions):
        members = [str(row[0]) for row in engine.rows(counting.members_query(dimension, least))]
        names.append(members)
        rows = [(member, place) for place, member in enumerate(members, 1)]
        engine.table(f"why_code_{at}", values_query({"member": "text", "code": "int"}, list(rows)))
    engine.table(counting.ROWS, counting.rows_of_codes(dimensions, rates))
    for at in range(len(dimensions)):
        engine.drop(f"why_code_{at}")
    total = engine.rows(counting.total_query())[0]
    n_rows = float(total[0] or 0) + float(total[4] or 0)
    if not n_rows:
        return []
    least = _least(total, n_rows, least)
    sums = model.as_array(total[:8])

    def cells(rule: Mapping[int, int] | None, earlier: Sequence[Mapping[int, int]]) -> model.Cells:
        found = [engine.arrays(query) for query in counting.count_queries(len(dimensions), least, rule, earlier)]
        return model.Cells.of_columns(
            [counting.code_of(at) for at in range(len(dimensions))], found, other=counting.OTHER
        )

    seen: list[dict[int, int]] = []

    def within(rule: dict[int, int]) -> model.Cells:
        part = cells(rule, list(seen))
        seen.append(rule)
        return part

    found = model.find(cells(None, ()), sums, within, least=least)
    if isinstance(rates, float):
        found = [_of_amount(one, rates) for one in found]
    return [(one, {dimensions[at]: names[at][code - 1] for at, code in one.attributes.items()}) for one in found]


def _of_amount(one: Slice, later: float) -> Slice:
    """From shares of the later period to what the slice has now against what the rest lets expect of it."""
    usual = min(max(later + one.rest, 1e-6), 1 - 1e-6)
    own = min(max(usual + one.effect, 1e-6), 1 - 1e-6)
    effect = {name: getattr(one, name) / ((1 - own) * usual) for name in ("effect", "low", "high")}
    amount = {name: getattr(one, name) / (1 - usual) for name in ("amount", "amount_low", "amount_high")}
    return replace(one, **effect, **amount)


def _least(total: Sequence[Any], n_rows: float, least: float) -> float:
    """Rows that a slice needs: more where single rows can be far out, or the normal limit would not hold for it."""
    square = float(total[3] or 0) + float(total[7] or 0)
    if square <= 0:
        return least
    tails = float(total[8] or 0) * n_rows / square**2
    return max(least, min(10 * tails, 0.02 * n_rows))


def _told(one: Slice, members: dict[str, str], metric: Metric, price: float | None) -> FoundSlice:
    adverse = ADVERSE[metric.direction] * one.amount > 0
    ends = sorted((abs(one.amount_low), abs(one.amount_high)))
    worth = price if adverse else None
    return FoundSlice(
        attributes=members,
        effect=one.effect * metric.scale,
        low=one.low * metric.scale,
        high=one.high * metric.scale,
        amount=one.amount,
        amount_low=one.amount_low,
        amount_high=one.amount_high,
        recoverable=None if worth is None else abs(one.amount) * worth,
        recoverable_low=None if worth is None else ends[0] * worth,
        recoverable_high=None if worth is None else ends[1] * worth,
        share=one.share,
        n_rows=one.n_rows,
        p_value=one.p_value,
    )


def _price(engine: AnyEngine, metric: Metric) -> tuple[float | None, str | None]:
    """What one unit of the numerator is worth, or why nothing says so."""
    if metric.unit == "money":
        return 1.0, None
    if metric.source == "orders" and engine.has("order_profit"):
        mean = engine.value(compile_sql("SELECT X_DIV(SUM(cm3), COUNT(*)) AS mean FROM order_profit WHERE n_lines > 0"))
        if mean is not None and mean > 0:
            return float(mean), None
    if metric.source in ("parcels_due", "defects") and engine.has("defect_costs"):
        cost = engine.value(compile_sql("SELECT MAX(cost) AS cost FROM defect_costs WHERE kind = 'any'"))
        if cost is not None and cost > 0:
            return float(cost), None
    return None, f"no table says what one unit of {metric.name} is worth"
