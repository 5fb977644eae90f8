"""Cohorts in the terminal: a heat table, the darker the more; what has not happened yet is blank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from profithunt import fmt
from profithunt.cli.views.tables import heading, money, table
from profithunt.customers.reading import MEASURES
from profithunt.reports.customers import cohort_finding, heat_step, most_of
from profithunt.reports.wording import words

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from profithunt.customers.matrix import Cell, CohortMatrix

SHADES: Final = ("", "#16324a", "#174060", "#184e77", "#1a5d8f", "#1c6ca6")
LOSSES: Final = ("", "#4a2413", "#632d14", "#7c3716", "#954018", "#ae4a1a")
WIDEST: Final = 8
LABELS: Final = 34


def cohorts(found: CohortMatrix, currency: str, width: int) -> list[RenderableType]:
    """One row a cohort or member: customers, CAC, payback, then the months since, as many as there is room for."""
    columns = max(min(found.n_months, (width - LABELS) // WIDEST), 1)
    figures = ["Customers", "CAC", "Payback", *(f"+{number}" for number in range(columns))]
    shown = table("Cohort" if found.by == "all" else words(found.by), *figures, right=figures)
    most = most_of(found)
    for row in found.rows:
        shown.add_row(
            row.member if row.cohort_month is None else fmt.month(row.cohort_month),
            fmt.count(row.n_acquired),
            fmt.money(row.cac, currency),
            fmt.MISSING if row.payback_month is None else f"+{row.payback_month}",
            *(_cell(cell, found.measure, currency, most) for cell in row.cells[:columns]),
        )
    title = f"Cohorts: {MEASURES[found.measure]}"
    notes = "CAC: marketing of first orders and spend that brought no order, per customer. * the month is not over yet."
    if columns < found.n_months:
        notes += f" Months beyond +{columns - 1} are left out here; --json has them all."
    return [heading(title, cohort_finding(found)), shown, notes]


def stack(rows: Sequence[Mapping[str, Any]], currency: str) -> list[RenderableType]:
    """Each month's profit by the year in which its customers were acquired."""
    years = sorted({row["cohort_month"].year for row in rows if row["cohort_month"] is not None})
    names = [*(f"of {year}" for year in years), "no cohort"]
    shown = table("Month", *names, right=names)
    by_month: dict[Any, dict[Any, Any]] = {}
    for row in rows:
        if row["month"] is not None and row["cm3"] is not None:
            year = row["cohort_month"].year if row["cohort_month"] is not None else None
            amounts = by_month.setdefault(row["month"], {})
            amounts[year] = amounts.get(year, 0) + row["cm3"]
    for month, amounts in by_month.items():
        shown.add_row(fmt.month(month), *(money(amounts.get(year), currency) for year in (*years, None)))
    return [heading("Contribution profit by the year in which customers were acquired"), shown]


def _cell(cell: Cell, measure: str, currency: str, most: float) -> Text:
    from rich.text import Text

    if cell.value is None:
        return Text("")
    per_money = any(name in measure for name in ("sales", "cm2", "cm3"))
    text = fmt.share(cell.value) if measure.endswith("share") else fmt.number(cell.value)
    shown = fmt.money(cell.value, currency) if per_money else text
    step = heat_step(cell.value, most, len(SHADES))
    shade = (SHADES if cell.value >= 0 else LOSSES)[step]
    return Text(f"{shown}{'' if cell.complete else '*'}", style=f"white on {shade}" if shade else "")
