"""What is found about customers, in words: flows, cohorts, how money is lost, who brings good customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from profithunt import fmt
from profithunt.customers.matrix import Cell, CohortMatrix, CohortRow, matrix_of
from profithunt.reports.content import People

if TYPE_CHECKING:
    from profithunt.reports.source import Source

WAYS: Final = {
    "basket": "by their baskets: too small or of too little margin, even at their peers' rates",
    "discount": "by discounts",
    "returns": "by returns",
    "delivery": "by delivery",
    "service": "by service",
    "acquisition": "by what it cost to win them",
}
"""How customers lose money."""

YEAR: Final = 12
"""Months and cohorts that a report shows, the latest ones."""

STEPS: Final = 6
"""Shades of a heat table, none among them."""

OF_PLAN: Final = (0.02, 0.05, 0.1, 0.2)
"""How far from plan a cell must be for each of the four shades on either side."""


def people_of(shop: Source) -> People | None:
    """What the report says of customers; None where no order names one."""
    if not shop.engine.has("customer_flows"):
        return None
    flows = tuple(row for row in shop.flows().dicts() if row["month"] is not None)
    found = matrix_of(shop.cohorts(), "retained_share")
    latest = CohortMatrix(found.measure, found.by, tuple(_cut(row) for row in found.rows[-YEAR:]))
    return People(flows[-YEAR - 1 :], latest, tuple(shop.loss_segments().dicts()))


def _cut(row: CohortRow) -> CohortRow:
    return replace(row, cells=row.cells[:YEAR])


def heat(cell: Cell, most: float) -> str:
    """The shade of a cell: nine steps around its plan (`under4` … `over4`), or `heat1` … `heat5` by how much it is."""
    if cell.value is None:
        return ""
    if cell.planned:
        off = cell.value / cell.planned - 1
        step = sum(abs(off) >= limit for limit in OF_PLAN)
        return f"{'over' if off > 0 else 'under'}{step}" if step else ""
    step = heat_step(cell.value, most, STEPS)
    return f"heat{step}" if step else ""


def most_of(found: CohortMatrix) -> float:
    """The largest value of a heat table, the month of the first order left out."""
    return max((abs(c.value) for row in found.rows for c in row.cells[1:] if c.value is not None), default=0.0)


def flowed(rows: Sequence[Mapping[str, Any]]) -> str:
    """What the last complete months did to the number of active customers."""
    past = [row for row in rows if row["month"] is not None and row["complete"]][-YEAR:]
    if not past:
        return "No month is complete yet."
    moves = {name: sum(row[name] for row in past) for name in ("new", "reactivated", "lapsed")}
    return (
        f"{fmt.counted(past[-1]['closing'], 'active customer')} at the end of {fmt.month(past[-1]['month'])}: "
        f"{fmt.count(past[0]['opening'])} + {fmt.count(moves['new'])} new + {fmt.count(moves['reactivated'])} "
        f"reactivated {fmt.MINUS} {fmt.count(moves['lapsed'])} lapsed in {fmt.counted(len(past), 'month')}."
    )


def lost_how(rows: Sequence[Mapping[str, Any]], currency: str) -> str:
    """How most of the money is lost."""
    if not rows:
        return "No customer is known to lose money."
    lost = sum((row["lost"] for row in rows), Decimal(0))
    n = sum(row["n_customers"] for row in rows)
    worst = rows[0]
    return (
        f"{fmt.counted(n, 'customer')} {'loses' if n == 1 else 'lose'} {fmt.money(-lost, currency)}; "
        f"{fmt.share(worst['of_losses'])} of it {WAYS[worst['segment']]}."
    )


def acquired(rows: Sequence[Mapping[str, Any]]) -> str:
    """Over how long, and for how many members, customers are compared."""
    known = sum(row["cm3_adjusted"] is not None for row in rows)
    if not known:
        return "There is nothing to compare: too few customers, or all of one kind."
    days = rows[0]["horizon_days"]
    good = sum(row["better"] is not None and row["better"] >= 0.9 for row in rows)
    return (
        f"Contribution profit in the first {days} days after the first order, the mix taken out; "
        f"{fmt.count(good)} of {fmt.counted(known, 'member')} bring customers worth more than others (90% sure)."
    )


def cohort_finding(found: CohortMatrix) -> str:
    """How many customers were acquired, and how long they take to pay back."""
    n = sum(row.n_acquired for row in found.rows)
    if not n:
        return "Nobody has been acquired yet."
    groups = fmt.counted(len(found.rows), "cohort" if found.by == "all" else "group")
    text = f"{fmt.counted(n, 'customer')} acquired in {groups}"
    with_cac = [row for row in found.rows if row.cac is not None]
    if not with_cac:
        return f"{text}; what they cost is not known, since no marketing spend is."
    back = sum(row.n_acquired for row in with_cac if row.payback_month is not None)
    return f"{text}; {fmt.share(back / n)} of them in cohorts that have earned back in CM2 what they cost."


def heat_step(value: float, most: float, steps: int) -> int:
    """How dark a cell is: 0 for nothing, `steps` − 1 for the most there is."""
    if not most or not value:
        return 0
    return min(1 + int(abs(value) / most * (steps - 1)), steps - 1)
