"""Customers: whale curve, predicted value, cohorts, flows, how money is lost, acquisition; one customer whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from sqlglot import exp

from profithunt import fmt
from profithunt.api.pages.parts import Chart, Choice, Column, Figure, Missing, State, Table, choices
from profithunt.api.pages.reader import once
from profithunt.api.pages.tables import Listed, query, read_table
from profithunt.api.shop import Shop
from profithunt.customers.build import PARTS
from profithunt.customers.reading import DIMENSIONS, MEASURES
from profithunt.errors import NotFound

COHORTS: Final = 18
"""Cohorts, and months since, that a heat map shows: the latest."""
STEPS: Final = 4


@dataclass(frozen=True)
class HeatCell:
    """A cell of a heat map: its text's value, its shade (a class of the style sheet), whether its month is over."""

    value: Any
    shade: str
    complete: bool


@dataclass(frozen=True)
class HeatRow:
    """A cohort: customers acquired, what each cost, in which month that was earned back, and the cells since."""

    cohort: str
    n_acquired: int
    cac: Any
    payback: Any
    cells: tuple[HeatCell | None, ...]


@dataclass(frozen=True)
class CustomersPage:
    """All customers."""

    missing: Missing | None
    figures: tuple[Figure, ...] = ()
    whale: Chart | None = None
    value: Chart | None = None
    flows: Chart | None = None
    stack: Chart | None = None
    losses: Table | None = None
    measures: tuple[Choice, ...] = ()
    measure: str = ""
    measure_kind: str = "share"
    planned: bool = False
    heat: tuple[HeatRow, ...] = ()
    n_months: int = 0
    acquired_by: tuple[Choice, ...] = ()
    acquisition: Table | None = None
    people: Table | None = None
    segment: str = ""


def read(shop: Shop, state: State) -> CustomersPage:
    """The page of all customers. Raises NotFound, UsageError."""
    engine = shop.engine
    if not engine.has("customer_explained"):
        return CustomersPage(
            Missing(
                "No customers yet",
                "Profit by customer needs a customer key on the orders: map one in shop.toml and run the shop again.",
            )
        )
    measure = state.choice("measure", tuple(MEASURES), "retained_share")
    rows, planned, n_months = heat(shop, measure)
    return CustomersPage(
        missing=None,
        figures=_figures(shop),
        whale=whale(shop, state),
        value=value(shop, state) if engine.has("customer_clv") else None,
        flows=flows(shop, state),
        stack=stack(shop, state),
        losses=read_table(shop, state, "customers.losses", losses),
        measures=choices(state, "measure", {name: SHORT[name] for name in MEASURES}, measure),
        measure=MEASURES[measure],
        measure_kind="share"
        if measure == "retained_share"
        else "number"
        if measure == "orders_per_acquired"
        else "money",
        planned=planned,
        heat=rows,
        n_months=n_months,
        acquired_by=_acquired_choices(shop, state),
        acquisition=read_table(shop, state, "customers.acquisition", acquisition)
        if engine.has("acquisition")
        else None,
        people=read_table(shop, state, "customers.all", people),
        segment=state.get("segment"),
    )


SHORT: Final = {
    "retained_share": "Ordered",
    "orders_per_acquired": "Orders",
    "net_sales_per_acquired": "Net sales",
    "cm2_per_acquired": "CM2",
    "cm3_per_acquired": "Contribution",
    "cumulative_cm2_per_acquired": "CM2 so far",
    "cumulative_cm3_per_acquired": "Contribution so far",
}


def _figures(shop: Shop) -> tuple[Figure, ...]:
    found = shop.whale()
    made: list[Figure] = []
    if found is not None:
        made += [
            Figure(
                "Customers", found.n_customers, "count", fmt.failed(found.n_losing, found.n_customers) + " lose money"
            ),
            Figure("Lost on them", found.lost, "money", "taken back from what the others make"),
            Figure("Best tenth makes", found.top_shares["10"], "share", "of all contribution profit"),
        ]
    if shop.engine.has("customer_clv"):
        spread = shop.clv(12, 1).spread
        made.append(
            Figure("Expected in 12 months", spread.p50, "money", "median customer", low=spread.p10, high=spread.p90)
        )
    if found is not None and found.gini is not None:
        made.append(Figure("Gini of profit", found.gini, "number", "0 all alike, 1 one has it all"))
    return tuple(made)


def _href(state: State, name: str) -> str:
    return replace(state, path=f"/charts/{name}").url()


def whale(shop: Shop, state: State) -> Chart:
    """Cumulative profit over customers, best first."""
    found = shop.whale()
    currency = shop.config.shop.currency
    if found is None:
        return Chart(
            "customers.whale",
            "Whale curve",
            "No order names a customer.",
            (),
            (),
            "whale",
            href=_href(state, "customers.whale"),
        )
    peak = {
        "share": found.customers_before_peak,
        "profit": float(found.peak),
        "label": f"{fmt.money(found.peak, currency)} after {fmt.share(found.customers_before_peak)}",
    }
    finding = (
        f"The best {fmt.share(found.customers_before_peak)} make {fmt.money(found.peak, currency)}; "
        f"{fmt.counted(found.n_losing, 'customer')} take {fmt.money(-found.lost, currency)} back."
    )
    return Chart(
        "customers.whale",
        "Who makes the profit, and who takes it back",
        finding,
        (Column("share", "Customers, best first", "share"), Column("profit", "Profit so far", "money")),
        tuple({"share": share, "profit": amount} for share, amount in [(0.0, Decimal(0)), *found.points]),
        "whale",
        {"peak": peak if found.n_losing else None},
        f"Whale curve. {finding}",
        260,
        href=_href(state, "customers.whale"),
    )


def value(shop: Shop, state: State) -> Chart:
    """How the value expected of customers spreads. Raises NotFound without a forecast."""
    spread = shop.clv(12, 1).spread
    currency = shop.config.shop.currency
    marks = [
        {"at": float(amount), "label": f"{name} {fmt.money(amount, currency)}"}
        for name, amount in (("p10", spread.p10), ("p50", spread.p50), ("p90", spread.p90))
        if amount is not None
    ]
    finding = (
        f"Half of the customers will bring less than {fmt.money(spread.p50, currency)}; one in ten over "
        f"{fmt.money(spread.p90, currency)}. The mean ({fmt.money(spread.mean, currency)}) tells little."
    )
    return Chart(
        "customers.value",
        "Contribution profit expected in 12 months",
        finding,
        (Column("low", "From", "money"), Column("high", "To", "money"), Column("n", "Customers", "count")),
        once(shop, "clv_bins", lambda: tuple(shop.engine.dicts(query("clv_bins")))),
        "histogram",
        {"marks": marks},
        f"Histogram of customers. {finding}",
        260,
        href=_href(state, "customers.value"),
    )


def flows(shop: Shop, state: State) -> Chart:
    """Customers won and lost by month."""
    rows = [row for row in once(shop, "flows", lambda: shop.flows().dicts()) if row["month"] is not None]
    shown = []
    for row in rows:
        label = f"{row['month']:%b %y}"
        for kind, name, sign in (("New", "new", 1), ("Reactivated", "reactivated", 1), ("Lapsed", "lapsed", -1)):
            shown.append(
                {
                    "label": label,
                    "month": row["month"],
                    "kind": kind,
                    "n": row[name],
                    "signed": sign * row[name],
                    "complete": row["complete"],
                }
            )
    over = [row for row in rows if row["complete"]]
    finding = "No month is over yet."
    if over:
        last = over[-1]
        finding = (
            f"{fmt.counted(last['closing'], 'active customer')} at the end of {fmt.month(last['month'])}: "
            f"{last['opening']:,} + {last['new']:,} new + {last['reactivated']:,} reactivated "
            f"− {last['lapsed']:,} lapsed."
        )
    return Chart(
        "customers.flows",
        "Customers won and lost",
        finding,
        (Column("month", "Month", "month"), Column("kind", "What"), Column("n", "Customers", "count")),
        tuple(shown),
        "flows",
        {},
        f"Bars by month, lapsed below zero. {finding}",
        240,
        href=_href(state, "customers.flows"),
    )


def stack(shop: Shop, state: State) -> Chart:
    """Contribution profit of each month by the cohort that brought it (C3)."""
    rows = [
        row
        for row in once(shop, "cohort_stack", lambda: shop.cohort_stack().dicts())
        if row["month"] is not None and row["cohort_month"] is not None and row["cm3"] is not None
    ]
    quarters = len({row["cohort_month"] for row in rows}) > 15
    summed: dict[tuple[dt.date, str], Decimal] = {}
    for row in rows:
        cohort = _quarter(row["cohort_month"]) if quarters else f"{row['cohort_month']:%Y-%m}"
        summed[row["month"], cohort] = summed.get((row["month"], cohort), Decimal(0)) + row["cm3"]
    shown = [
        {"label": f"{month:%b %y}", "month": month, "cohort": cohort, "cm3": amount}
        for (month, cohort), amount in sorted(summed.items())
    ]
    finding = "No profit is known yet."
    if shown:
        last = (
            max(row["month"] for row in rows if row["complete"])
            if any(row["complete"] for row in rows)
            else rows[-1]["month"]
        )
        total = sum((row["cm3"] for row in rows if row["month"] == last), Decimal(0))
        fresh = sum((row["cm3"] for row in rows if row["month"] == last and row["cohort_month"] == last), Decimal(0))
        old = fmt.share((total - fresh) / total) if total else fmt.MISSING
        finding = f"In {fmt.month(last)}, customers acquired before made {old} of the profit."
    return Chart(
        "customers.stack",
        "Profit by the cohort that brought it",
        finding,
        (Column("month", "Month", "month"), Column("cohort", "Acquired"), Column("cm3", "Contribution", "money")),
        tuple(shown),
        "stack",
        {},
        f"Stacked columns, oldest cohort at the bottom. {finding}",
        240,
        href=_href(state, "customers.stack"),
    )


def _quarter(month: dt.date) -> str:
    return f"{month.year} Q{(month.month + 2) // 3}"


def heat(shop: Shop, measure: str) -> tuple[tuple[HeatRow, ...], bool, int]:
    """Cohorts by months since, shaded around plan where there is one, else by how much they are."""
    grid = once(shop, "cohorts", lambda: shop.cohorts().dicts())
    by_cohort: dict[dt.date, list[dict[str, Any]]] = {}
    for row in grid:
        by_cohort.setdefault(row["cohort_month"], []).append(row)
    chosen = sorted(by_cohort)[-COHORTS:]
    planned_key = f"planned_{measure}"
    planned = any(row.get(planned_key) is not None for row in grid)
    known = [
        float(row[measure])
        for month in chosen
        for row in by_cohort[month]
        if row[measure] is not None and row["months_since"] > 0
    ]
    most = max((abs(amount) for amount in known), default=1.0) or 1.0
    n_months = min(COHORTS, max((row["months_since"] for row in grid if row["month"] is not None), default=0) + 1)
    made = []
    for month in reversed(chosen):
        cells: list[HeatCell | None] = []
        for row in by_cohort[month][:n_months]:
            if row["month"] is None:
                cells.append(None)
                continue
            cells.append(
                HeatCell(
                    row[measure], _shade(row, measure, planned_key if planned else "", most), bool(row["complete"])
                )
            )
        head = by_cohort[month][0]
        made.append(HeatRow(f"{month:%b %Y}", head["n_acquired"], head["cac"], head["payback_month"], tuple(cells)))
    return tuple(made), planned, n_months


def _shade(row: Mapping[str, Any], measure: str, planned: str, most: float) -> str:
    """Nine steps around plan; without one, five steps of size, and below zero four."""
    amount = row[measure]
    if amount is None:
        return ""
    if planned and row.get(planned):
        gap = (float(amount) - float(row[planned])) / abs(float(row[planned]))
        step = min(STEPS, round(abs(gap) / 0.1))
        return f"{'over' if gap > 0 else 'under'}{step}" if step else ""
    if amount < 0:
        return f"under{min(STEPS, 1 + int(abs(float(amount)) / most * STEPS))}"
    return (
        f"heat{min(5, round(float(amount) / most * 5))}"
        if row["months_since"] or measure != "retained_share"
        else "heat5"
    )


def losses(shop: Shop, state: State) -> Listed:
    """How customers lose money, the costliest way first."""
    link = "/customers?segment={segment}#customers-all"
    del state
    return Listed(
        shop.loss_segments().sql,
        (
            Column("segment", "Lost by", link=link),
            Column("n_customers", "Customers", "count"),
            Column("lost", "Lost", "bar"),
            Column("of_losses", "Of losses", "share"),
            Column("worst_customer_id", "For example", "id", link="/customers/{worst_customer_id}"),
        ),
        "How customers lose money",
        sort="lost",
        empty="No customer loses money.",
        note="A customer stands where they are worst against peers that make money; the ways add up to all losses.",
    )


def people(shop: Shop, state: State) -> Listed:
    """Every customer."""
    segment = state.get("segment")
    if segment and segment not in PARTS:
        raise NotFound(f"there is no segment {segment!r}", do=f"there are: {', '.join(PARTS)}")
    forecast = shop.engine.has("customer_clv")
    return Listed(
        query("people_forecast" if forecast else "people", values={"segment": segment}),
        (
            Column("customer_id", "Customer", "id", link="/customers/{customer_id}"),
            Column("n_orders", "Orders", "count"),
            Column("last_ordered_on", "Last order", "date"),
            Column("net_sales", "Net sales", "money"),
            Column("cm3", "Contribution", "bar"),
            Column("segment", "Lost by"),
            *([Column("clv_12m", "Next 12 months", "interval")] if forecast else []),
        ),
        f"Customers who lose money by {segment}" if segment else "All customers",
        sort="cm3",
        search=("customer_id",),
        size=20,
    )


def _acquired_choices(shop: Shop, state: State) -> tuple[Choice, ...]:
    if not shop.engine.has("acquisition"):
        return ()
    there = _acquired_dimensions(shop)
    words: dict[str, str] = {name: name.replace("_", " ").capitalize() for name in DIMENSIONS if name in there}
    return choices(state, "acquired", words, _acquired_dimension(shop, state))


def _acquired_dimensions(shop: Shop) -> frozenset[str]:
    asked = exp.select("dimension").distinct().from_("acquisition")
    return once(shop, "acquired by", lambda: frozenset(row[0] for row in shop.engine.rows(asked)))


def _acquired_dimension(shop: Shop, state: State) -> str:
    there = _acquired_dimensions(shop)
    best = next((name for name in ("marketing_channel", "category", *DIMENSIONS) if name in there), "channel")
    return state.choice("acquired", tuple(DIMENSIONS), best)


def acquisition(shop: Shop, state: State) -> Listed:
    """What the customers are worth whom each member brought, the mix taken out."""
    by = _acquired_dimension(shop, state)
    picked = (
        exp.select(
            "member",
            "n_customers",
            exp.alias_(exp.column("cm3_adjusted"), "worth"),
            exp.alias_(exp.column("cm3_low"), "low"),
            exp.alias_(exp.column("cm3_high"), "high"),
            "cm3_lift",
            "better",
            "retained_adjusted",
        )
        .from_("acquisition")
        .where(exp.column("dimension").eq(exp.Literal.string(by)))
    )
    longest = exp.select(exp.func("MAX", exp.column("horizon_days"))).from_("acquisition")
    horizon = once(shop, "acquired horizon", lambda: shop.engine.value(longest))
    return Listed(
        picked.sql(dialect="duckdb"),
        (
            Column("member", by.replace("_", " ").capitalize()),
            Column("n_customers", "Customers", "count"),
            Column("worth", f"Profit in {horizon} days", "interval"),
            Column("cm3_lift", "Against all", "money"),
            Column("retained_adjusted", "Came back", "share"),
        ),
        "What brings customers worth having",
        sort="-worth",
        search=("member",),
        note="The mix of month, channel and country is taken out; held towards the mean where customers are few.",
        size=12,
    )


TABLES: Final = {
    "customers.losses": losses,
    "customers.all": people,
    "customers.acquisition": acquisition,
}
CHARTS: Final = {
    "customers.whale": whale,
    "customers.value": value,
    "customers.flows": flows,
    "customers.stack": stack,
}
