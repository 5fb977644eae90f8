"""Read the customer tables of a run: flows, cohorts as a grid, the customers behind the whale curve, plan and actual.

Every function takes an engine to which the tables of a run are attached. Nothing here changes a run.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Final, Literal

from profithunt.config import ShopConfig
from profithunt.customers.build import PARTS, column_lists, query
from profithunt.customers.plan import (
    Figure,
    Month,
    PlanVariance,
    actual_month,
    figures_of,
    planned_months,
    variance_of,
)
from profithunt.customers.planner import Recency, propose
from profithunt.engine import AnyEngine, Relation, compile_sql, values_query
from profithunt.engine.compiler import Value
from profithunt.errors import NotFound, UsageError
from profithunt.ledger.components import MAY_BE_MISSING

ALL: Final = "all"
DIMENSIONS: Final = (
    *("channel", "store", "country", "region", "marketing_channel", "campaign", "keyword", "landing_page"),
    *("sku", "style", "brand", "category", "promotion", "first_discount"),
)
"""What cohorts can be cut by: facts of the first order."""

MEASURES: Final = {
    "retained_share": "share of the cohort who ordered in the month",
    "orders_per_acquired": "orders per customer acquired",
    "net_sales_per_acquired": "net sales per customer acquired",
    "cm2_per_acquired": "CM2 per customer acquired",
    "cm3_per_acquired": "contribution profit per customer acquired",
    "cumulative_cm2_per_acquired": "CM2 per customer acquired, up to the month",
    "cumulative_cm3_per_acquired": "contribution profit per customer acquired, up to the month",
}
"""What a cohort is measured by, each per customer acquired."""

Against = Literal["plan", "last_year"]
DAYS_OF_A_MONTH: Final = 30.4375


@dataclass(frozen=True)
class CustomerProfit:
    """One customer's profit, why it is what it is, and how it compares with peers that make money.

    `parts` add up to `cm3`, `gaps` to `gap` (= cm3 − peer_cm3); amounts in shop currency.
    """

    customer_id: str
    place: int | None
    n_customers: int
    facts: dict[str, Any]
    cm3: Decimal | None
    parts: dict[str, Decimal | None]
    peers: str
    n_peers: int
    peer_cm3: Decimal
    gap: Decimal | None
    gaps: dict[str, Decimal | None]
    segment: str | None

    def to_json(self) -> dict[str, Any]:
        """Plain data; amounts as they are, for the writer of JSON to make strings of."""
        return asdict(self)


def needed(engine: AnyEngine, table: str) -> None:
    """Raise NotFound where a run has no customer tables, saying what would bring them."""
    if not engine.has(table):
        raise NotFound(
            f"there is no table {table} in this run: no order names a customer",
            do="add a customer key to the orders, or run the shop again if the run is older than this version",
        )


def compiled(name: str, values: Mapping[str, Value] | None = None) -> str:
    """`queries/<name>.sql` compiled for the engine."""
    return compile_sql(
        query(name), lists={**column_lists(), "may_be_missing": MAY_BE_MISSING}, values=values, where=name
    )


def flows(engine: AnyEngine) -> Relation:
    """Customers from month to month. Grain: month."""
    needed(engine, "customer_flows")
    return engine.relation(compiled("flows"))


def cohorts(engine: AnyEngine, config: ShopConfig, by: str = ALL) -> Relation:
    """Cohorts of one dimension by month of the first order and months since; not happened yet is null.

    Grain: member, cohort_month, months_since. Raises NotFound for a dimension that isn't there.
    """
    needed(engine, "cohorts")
    if by != ALL and by not in DIMENSIONS:
        raise NotFound(f"there is no dimension {by!r} of cohorts", do=f"there are: {', '.join(DIMENSIONS)}")
    columns = {"month": "date", "metric": "text", "value": "rate", "dimension": "text", "member": "text"}
    figures = planned(engine, config)
    rows: list[tuple[Value, ...]] = [(i.month, i.metric, i.value, i.dimension, i.member) for i in figures]
    engine.view("planned_figures", values_query(columns, rows))
    return engine.relation(compiled("cohort_grid", {"dimension": by}))


def cohort_stack(engine: AnyEngine) -> Relation:
    """The C3 view: each month's sales and profit by the cohort that brought it. Grain: month, cohort_month."""
    needed(engine, "cohorts")
    return engine.relation(compiled("c3"))


def segments(engine: AnyEngine) -> Relation:
    """How customers lose money, the costliest way first; adds up to all losses. Grain: segment."""
    needed(engine, "loss_segments")
    return engine.relation(compiled("segments"))


def losers(engine: AnyEngine, segment: str | None = None) -> Relation:
    """The customers that lose money, of one segment or of all, the worst first. Grain: customer_id."""
    needed(engine, "customer_explained")
    if segment is not None and segment not in PARTS:
        raise NotFound(f"there is no segment {segment!r}", do=f"there are: {', '.join(PARTS)}")
    return engine.relation(compiled("losers", {"segment": segment or ""}))


def acquired_by(engine: AnyEngine, by: str) -> Relation:
    """What the customers are worth whom each member of a dimension brought, the most valuable first. Grain: member."""
    if engine.has("customer_flows") and not engine.has("acquisition"):
        raise NotFound(
            "there is nothing to compare: too few customers have been seen for long enough, or no profit is known",
            do="come back when the first customers are older, or choose a shorter horizon ([customers] horizon_days)",
        )
    needed(engine, "acquisition")
    if by not in DIMENSIONS:
        raise NotFound(f"there is no dimension {by!r} of first orders", do=f"there are: {', '.join(DIMENSIONS)}")
    return engine.relation(compiled("acquired_by", {"dimension": by}))


def customer(engine: AnyEngine, customer_id: str) -> CustomerProfit:
    """One customer explained. Raises NotFound."""
    needed(engine, "customer_explained")
    rows = engine.dicts(compiled("customer", {"customer_id": customer_id}))
    if not rows:
        raise NotFound(f"there is no customer {customer_id!r}", do="`profithunt profit --by customer` lists them")
    row = rows[0]
    facts = ("acquired_on", "first_order_id", "channel", "marketing_channel", "campaign", "keyword", "first_sku")
    more = (
        "first_category",
        "first_discount",
        "last_ordered_on",
        "n_orders",
        "net_sales",
        "order_band",
        "acquired_year",
    )
    return CustomerProfit(
        customer_id=row["customer_id"],
        place=row["place"],
        n_customers=row["n_customers"],
        facts={name: row[name] for name in (*facts, *more)},
        cm3=row["cm3"],
        parts={name: row[name] for name in PARTS},
        peers=row["peers"],
        n_peers=row["n_peers"],
        peer_cm3=row["peer_cm3"],
        gap=row["gap"],
        gaps={name: row[f"gap_{name}"] for name in PARTS},
        segment=row["segment"],
    )


def planned(engine: AnyEngine, config: ShopConfig) -> list[Figure]:
    """Every planned figure: of the table `plan`, and of shop.toml, which go before."""
    declared = [Figure(item.month, item.metric, item.value, item.dimension, item.member) for item in config.plan]
    rows = engine.dicts(compiled("planned")) if engine.has("plan") else []
    return figures_of(rows, declared)


def proposal(engine: AnyEngine, config: ShopConfig, months: int = 12) -> list[Figure]:
    """A plan proposed from the history, for the months after the last complete one. Raises UsageError without one."""
    needed(engine, "customer_flows")
    figures = propose(
        engine.dicts(compiled("flows")),
        [Recency(**row) for row in engine.dicts(compiled("recency"))],
        engine.dicts(compiled("proposal")),
        window_months=window_months(config),
        months=months,
    )
    if not figures:
        raise UsageError("there is no complete month to make a plan from", do="come back when the first month is over")
    return figures


def proposed_months(engine: AnyEngine, config: ShopConfig, months: int = 12) -> list[Month]:
    """The proposal as drivers and contribution profit, month by month; empty where no profit is known."""
    closing = {row["month"]: row["closing"] for row in engine.dicts(compiled("flows")) if row["month"] is not None}
    found = planned_months(proposal(engine, config, months), closing)
    return [month for month in found.values() if isinstance(month, Month)]


def window_months(config: ShopConfig) -> int:
    """The activity window in whole months, at least one."""
    days = config.customers.active_days
    return max(1, round(days / DAYS_OF_A_MONTH)) if days else config.customers.active_months


def plan_variance(engine: AnyEngine, config: ShopConfig, against: Against = "plan") -> PlanVariance:
    """Actual contribution profit against plan, or against the same month a year before, split by driver.

    Raises UsageError when no month has both.
    """
    needed(engine, "customer_flows")
    rows = [row for row in engine.dicts(compiled("flows")) if row["month"] is not None]
    actual = {month.month: month for month in map(actual_month, rows) if month is not None}
    complete = {row["month"]: bool(row["complete"]) for row in rows}
    if against == "plan":
        closing = {row["month"]: row["closing"] for row in rows}
        wanted = planned_months(planned(engine, config), closing)
    else:
        wanted = {later(month): figures for month, figures in actual.items()}
    found = variance_of(actual, wanted, complete)
    if not found:
        raise UsageError(*_nothing(against, wanted, list(actual)))
    return PlanVariance(found, against)


def later(month: dt.date) -> dt.date:
    """The same month a year later."""
    return month.replace(year=month.year + 1)


def _nothing(against: str, wanted: Mapping[dt.date, Month | Decimal], actual: Sequence[dt.date]) -> tuple[str]:
    if not actual:
        return ("the profit of no month is known: costs are missing and none may be assumed",)
    if against == "last_year":
        return ("no month has the same month of the year before to be held against",)
    if not wanted:
        return ("there is no plan: propose one with `profithunt plan propose`, or see docs/how-to/plan.md",)
    return (f"the plan begins in {min(wanted):%Y-%m}; the last month with orders is {max(actual):%Y-%m}",)
