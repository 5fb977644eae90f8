"""A first plan from the history: what the year ahead looks like if customers go on as they have.

Customers are a chain over months of silence (Pfeifer and Carraway 2000, Journal of Interactive Marketing 14): how
often customers silent for so many months order in the next one is counted over the history, and the customers there
are now are carried forward month by month, with the new ones added. Orderers, lapses and returns follow from it, also
where the history is shorter than the activity window. New customers, orders per orderer, net sales per order and
margin stay at their recent level (weights halve every three months), times a seasonal index where the history holds
more than a year. It has no growth of its own: that is what a plan is for.

Source: METRICS section 2; MISSION M4.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from profithunt.customers.build import add_months
from profithunt.customers.plan import MONTHS_SINCE, Figure

YEAR: Final = 12
HALF_LIFE: Final = 3.0
"""Months in which the weight of a past month halves."""

STEADY: Final = 20.0
"""Customers that what is known of shorter silences is worth, where few were silent for longer."""

FADES: Final = 0.9
"""What a month more of silence leaves of the chance to order, where nobody has shown it."""

CEILING: Final = 0.98
"""The largest share of customers who order in a month, however strong the season."""


@dataclass(frozen=True)
class Recency:
    """Customers by months of silence: how many there are now, and how often such customers ordered next month."""

    months_silent: int
    n_customers: int
    n_at_risk: int
    n_ordered: int


@dataclass(frozen=True)
class Expected:
    """Customers of a month to come: active when it begins, moves, those active at its end, and those who order."""

    opening: float
    new: float
    reactivated: float
    lapsed: float
    closing: float
    ordering: float


def propose(
    flows: Sequence[Mapping[str, Any]],
    recency: Sequence[Recency],
    cohorts: Sequence[Mapping[str, Any]],
    *,
    window_months: int,
    months: int = YEAR,
) -> list[Figure]:
    """A plan of the months after the last complete one; empty where no month is complete.

    `flows` are rows of `customer_flows`, `recency` those of `order_recency`, `cohorts` those of `cohorts` for all
    customers together.
    """
    past = sorted((row for row in flows if row["month"] is not None and row["complete"]), key=lambda row: row["month"])
    if not past:
        return []
    index = seasons([(row["month"], row["orders"] + row["guest_orders"]) for row in past])
    ahead = [add_months(past[-1]["month"], n) for n in range(1, months + 1)]
    new = usual([(row["month"], row["new"]) for row in _begun(past)], index)
    newcomers = [new * index[month.month] for month in ahead]
    chances = [index[month.month] for month in ahead]
    expected = carry(recency, window_months, newcomers, chances)
    figures: list[Figure] = []
    for month, moves in zip(ahead, expected, strict=True):
        figures += _figures(month, moves, past, index)
    # Later openings follow from the plan itself, so that who changes it has one figure to change.
    figures = [item for item in figures if item.metric != "opening_customers" or item.month == ahead[0]]
    return figures + _cohort_plan(cohorts, ahead)


def hazards(recency: Sequence[Recency], longest: int) -> list[float]:
    """Chance to order in the next month after 0, 1 … `longest` months of silence, few observations held by the rest."""
    seen = {item.months_silent: item for item in recency}
    at_risk = sum(item.n_at_risk for item in recency)
    before = sum(item.n_ordered for item in recency) / at_risk if at_risk else 0.0
    result = []
    for silent in range(longest + 1):
        item = seen.get(silent)
        n, ordered = (item.n_at_risk, item.n_ordered) if item else (0, 0)
        before = (ordered + STEADY * before * (FADES if silent else 1.0)) / (n + STEADY)
        result.append(before)
    return result


def carry(
    recency: Sequence[Recency], window_months: int, newcomers: Sequence[float], chances: Sequence[float]
) -> list[Expected]:
    """Carry the customers forward: one entry for each month of `newcomers`, `chances` being its seasonal index."""
    longest = max([window_months, *(item.months_silent for item in recency)]) + len(newcomers) + 1
    chance = hazards(recency, longest)
    pool = [0.0] * (longest + 2)
    for item in recency:
        pool[item.months_silent] += item.n_customers
    result = []
    for new, season in zip(newcomers, chances, strict=True):
        orders = [min(chance[silent] * season, CEILING) * pool[silent] for silent in range(longest + 1)]
        opening = sum(pool[:window_months])
        back = sum(orders[window_months:])
        stayed = sum(orders[:window_months])
        lapsed = pool[window_months - 1] - orders[window_months - 1]
        closing = opening + new + back - lapsed
        result.append(Expected(opening, new, back, lapsed, closing, new + back + stayed))
        pool = [new + back + stayed, *(pool[silent] - orders[silent] for silent in range(longest + 1))]
    return result


def seasons(values: Sequence[tuple[dt.date, float]]) -> dict[int, float]:
    """Seasonal index by month of the year, mean 1: 1 throughout for a year of history or less.

    What a month is above its trend (a straight line in logarithms), averaged over the years and held towards 1 the
    more, the fewer years there are.
    """
    known = [(month, math.log(value)) for month, value in values if value > 0]
    flat = dict.fromkeys(range(1, YEAR + 1), 1.0)
    if len(known) <= YEAR:
        return flat
    place = [float((month.year - known[0][0].year) * YEAR + month.month) for month, _ in known]
    logs = [value for _, value in known]
    mean_place, mean_log = sum(place) / len(place), sum(logs) / len(logs)
    spread = sum((at - mean_place) ** 2 for at in place)
    slope = sum((at - mean_place) * (log - mean_log) for at, log in zip(place, logs, strict=True)) / spread
    above: dict[int, list[float]] = {}
    for (month, log), at in zip(known, place, strict=True):
        above.setdefault(month.month, []).append(log - mean_log - slope * (at - mean_place))
    raw = {number: math.exp(sum(rest) / (len(rest) + 1)) for number, rest in above.items()}
    index = {**flat, **raw}
    mean = sum(index.values()) / YEAR
    return {number: value / mean for number, value in index.items()}


def level(values: Sequence[tuple[dt.date, Any]], index: Mapping[int, float] | None = None) -> float:
    """Recent level of a series, its season taken out: mean with weights that halve every three months."""
    pairs = [
        (float(value) / (index[month.month] if index else 1.0), weight) for (month, value), weight in _weighed(values)
    ]
    total = sum(weight for _, weight in pairs)
    return sum(value * weight for value, weight in pairs) / total if total else 0.0


def usual(values: Sequence[tuple[dt.date, Any]], index: Mapping[int, float]) -> float:
    """The same as a geometric mean: where a history begins, customers of old look new, and are far too many."""
    logs = [(month, math.log(float(value) / index[month.month] + 0.5)) for month, value in values]
    return max(math.exp(level(logs)) - 0.5, 0.0) if logs else 0.0


def ratio(values: Sequence[tuple[dt.date, Any, Any]]) -> float | None:
    """Recent level of a ratio: weighted numerators over weighted denominators; None without a denominator."""
    weighed = list(_weighed([(month, (top, bottom)) for month, top, bottom in values]))
    bottom = sum(float(item[1]) * weight for (_, item), weight in weighed)
    return sum(float(item[0]) * weight for (_, item), weight in weighed) / bottom if bottom else None


def _weighed(values: Sequence[tuple[dt.date, Any]]) -> Iterator[tuple[tuple[dt.date, Any], float]]:
    kept = [item for item in values if item[1] is not None][-YEAR:]
    for age, item in enumerate(reversed(kept)):
        yield item, 0.5 ** (age / HALF_LIFE)


def _begun(past: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """The months without the first: where data begin, every customer looks new."""
    return past[1:] if len(past) > 1 else past


def _figures(
    month: dt.date, moves: Expected, past: Sequence[Mapping[str, Any]], index: Mapping[int, float]
) -> list[Figure]:
    of_orderer = ratio([(row["month"], row["orders"], row["ordering"]) for row in past])
    basket = ratio([(row["month"], row["net_sales"], row["orders"]) for row in past])
    margin = _margin(past, "cm3", "net_sales")
    orders = moves.ordering * (of_orderer or 0.0)
    values: dict[str, float | None] = {
        "opening_customers": round(moves.opening, 2),
        "new_customers": round(moves.new, 2),
        "retention_rate": round(1 - moves.lapsed / moves.opening, 6) if moves.opening else 1.0,
        "reactivated_customers": round(moves.reactivated, 2),
        "orders_per_customer": round(orders / moves.closing, 6) if moves.closing else 0.0,
        "net_sales_per_order": _rounded(basket or 0.0, 4),
        "margin": _rounded(margin, 6),
    }
    if any(row["guest_orders"] or row["guest_cm3"] for row in past):
        guests = level([(row["month"], row["guest_orders"]) for row in past], index)
        spent = ratio([(row["month"], row["guest_net_sales"], row["guest_orders"]) for row in past])
        values["guest_orders"] = round(guests * index[month.month], 2)
        values["guest_net_sales_per_order"] = _rounded(spent or 0.0, 4)
        values["guest_margin"] = _rounded(_margin(past, "guest_cm3", "guest_net_sales"), 6)
    if any(row["other_cm3"] for row in past):
        values["other_profit"] = round(level([(row["month"], row["other_cm3"]) for row in past]), 2)
    return [Figure(month, name, value) for name, value in values.items() if value is not None]


def _margin(past: Sequence[Mapping[str, Any]], profit: str, sales: str) -> float | None:
    """Margin of the months whose profit is known; None where none is."""
    known = [(row["month"], row[profit], row[sales]) for row in past if row[profit] is not None]
    return (ratio(known) or 0.0) if known else None


def _rounded(value: float | None, places: int) -> float | None:
    return None if value is None else round(value, places)


def _cohort_plan(cohorts: Sequence[Mapping[str, Any]], ahead: Sequence[dt.date]) -> list[Figure]:
    """What a cohort does by months since its first order, from the complete cells of those there are."""
    firsts = sorted({row["cohort_month"] for row in cohorts if row["cohort_month"] is not None})
    kept = set(firsts[1:] if len(firsts) > 3 else firsts)
    cells: dict[int, list[Mapping[str, Any]]] = {}
    for row in cohorts:
        if row["cohort_month"] in kept and row["complete"] and row["n_acquired"]:
            cells.setdefault(row["months_since"], []).append(row)
    per = {
        "retained_share": "n_retained",
        "orders_per_acquired": "n_orders",
        "net_sales_per_acquired": "net_sales",
        "cm2_per_acquired": "cm2",
        "cm3_per_acquired": "cm3",
    }
    figures = []
    for since in sorted(cells)[:YEAR]:
        found = cells[since]
        acquired = sum(row["n_acquired"] for row in found)
        for metric, column in per.items():
            if all(row[column] is not None for row in found):
                value = round(float(sum(row[column] for row in found)) / acquired, 6)
                figures += [Figure(month, metric, value, MONTHS_SINCE, str(since)) for month in ahead]
    return figures
