"""Cohorts as people read them: a row a cohort (or a member of a dimension), a column a month since the first order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from profithunt.customers.reading import ALL, MEASURES
from profithunt.errors import NotFound

PLANNED = tuple(name for name in MEASURES if not name.startswith("cumulative"))


@dataclass(frozen=True)
class Cell:
    """One month of a cohort: `value` is None where it has not happened yet; `planned` where nothing was planned."""

    value: float | None
    complete: bool = True
    planned: float | None = None


@dataclass(frozen=True)
class CohortRow:
    """One cohort, or the cohorts of one member together: customers, CAC, payback month, and a cell a month since."""

    member: str
    cohort_month: dt.date | None
    n_acquired: int
    cac: float | None
    payback_month: int | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class CohortMatrix:
    """Cohorts by one measure; `by` is `all` for one row a month, else a dimension for one row a member."""

    measure: str
    by: str
    rows: tuple[CohortRow, ...]

    @property
    def n_months(self) -> int:
        """Columns: months since the first order, 0 to the oldest cohort's age."""
        return max((len(row.cells) for row in self.rows), default=0)


def matrix_of(rows: Iterable[Mapping[str, Any]], measure: str, by: str = ALL) -> CohortMatrix:
    """The grid of `reading.cohorts` by one measure: cohort by cohort, or the cohorts of each member together.

    Together, a month since counts the cohorts for which it is over, weighted by their customers. Raises NotFound for a
    measure that isn't there.
    """
    if measure not in MEASURES:
        raise NotFound(f"there is no measure {measure!r} of cohorts", do=f"there are: {', '.join(MEASURES)}")
    groups: dict[tuple[str, dt.date | None], list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault((row["member"], row["cohort_month"] if by == ALL else None), []).append(row)
    if by == ALL:
        return CohortMatrix(measure, by, tuple(_one(key, found, measure) for key, found in groups.items()))
    made = [_together(key[0], found, measure) for key, found in groups.items()]
    return CohortMatrix(measure, by, tuple(sorted(made, key=lambda row: (-row.n_acquired, row.member))))


def _one(key: tuple[str, dt.date | None], rows: list[Mapping[str, Any]], measure: str) -> CohortRow:
    head = rows[0]
    cells = tuple(
        Cell(
            _number(row[measure]),
            complete=bool(row["complete"]),
            planned=_number(row[f"planned_{measure}"]) if measure in PLANNED else None,
        )
        for row in rows
    )
    return CohortRow(key[0], key[1], head["n_acquired"], _number(head["cac"]), head["payback_month"], cells)


def _together(member: str, rows: list[Mapping[str, Any]], measure: str) -> CohortRow:
    firsts = [row for row in rows if row["months_since"] == 0]
    acquired = sum(row["n_acquired"] for row in firsts)
    spends = [row["acquisition_spend"] for row in firsts if row["acquisition_spend"] is not None]
    cac = float(sum(spends, Decimal(0))) / acquired if spends and acquired else None
    by_age: dict[int, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_age.setdefault(row["months_since"], []).append(row)
    back = _pooled(by_age, "cumulative_cm2_per_acquired")
    reached = [age for age, value in enumerate(back) if cac is not None and value is not None and value >= cac]
    cells = tuple(Cell(value) for value in _pooled(by_age, measure))
    return CohortRow(member, None, acquired, cac, reached[0] if reached else None, cells)


def _pooled(by_age: Mapping[int, list[Mapping[str, Any]]], measure: str) -> list[float | None]:
    """The measure by months since; what counts up to a month is a sum over months, older ones having fewer cohorts."""
    each = [_mean(by_age[age], measure.removeprefix("cumulative_")) for age in sorted(by_age)]
    if measure in PLANNED:
        return each
    upto: list[float | None] = []
    for value in each:
        before = upto[-1] if upto else 0.0
        upto.append(None if value is None or before is None else before + value)
    return upto


def _mean(rows: list[Mapping[str, Any]], measure: str) -> float | None:
    over = [row for row in rows if row["complete"] and row[measure] is not None]
    n = sum(row["n_acquired"] for row in over)
    return sum(float(row[measure]) * row["n_acquired"] for row in over) / n if n else None


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
