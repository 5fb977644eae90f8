"""The plan by month: what drives contribution profit, and how actual figures differ from it, split by driver.

A month's contribution profit is

    customers × orders per customer × net sales per order × margin  (known customers)
    + that of guests + that of what belongs to no order

where customers = opening + new + reactivated − lapsed are those active at the end of the month. A plan states the
drivers; openings after its first month follow from the plan itself.

Source: METRICS section 2; MISSION M4.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from typing import Any, Final

from profithunt.customers.variance import PRECISION, UNIT, Split, product, split, to_units

NEEDED: Final = ("new_customers", "retention_rate", "orders_per_customer", "net_sales_per_order", "margin")
"""Metrics without which the plan of a month is not split by driver."""

DRIVERS: Final = {
    "opening_customers": "customers active when the month began",
    "new_customers": "first orders of customers",
    "reactivated_customers": "customers who came back",
    "lapsed_customers": "customers who lapsed: retention",
    "orders_per_customer": "orders per active customer",
    "net_sales_per_order": "net sales per order",
    "margin": "contribution profit per unit of net sales",
    "guests": "orders that name no customer",
    "other": "what belongs to no order, and profit without sales",
}
"""What a difference from plan is split into."""

METRICS: Final = {
    "opening_customers": "customers active when the month begins; where it is left out, the month before's",
    "new_customers": "customers with their first order in the month",
    "retention_rate": "share of the opening customers who do not lapse, 0 to 1",
    "reactivated_customers": "lapsed customers who order again",
    "orders_per_customer": "orders of the month per customer active at its end",
    "net_sales_per_order": "net sales per order",
    "margin": "contribution profit (CM3) per unit of net sales, 0 to 1",
    "guest_orders": "orders that name no customer",
    "guest_net_sales_per_order": "net sales per guest order",
    "guest_margin": "their contribution profit per unit of net sales",
    "other_profit": "contribution profit of what belongs to no order, such as spend without orders: below zero",
}
"""Metrics of a plan of the whole shop, each with what it means."""

RESULTS: Final = {
    "lapsed_customers": "customers who lapse: opening × (1 − retention rate)",
    "active_customers": "customers active at the end: opening + new + reactivated − lapsed",
    "orders": "orders of known customers",
    "net_sales": "their net sales",
    "contribution_profit": "contribution profit of all: known customers, guests, and the rest",
}
"""What follows from the metrics of a plan; read in a plan only where the metrics are not there."""

COHORT_METRICS: Final = {
    "retained_share": "share of the cohort's customers who order in the month",
    "orders_per_acquired": "orders per customer acquired",
    "net_sales_per_acquired": "net sales per customer acquired",
    "cm2_per_acquired": "CM2 per customer acquired",
    "cm3_per_acquired": "contribution profit per customer acquired",
}
"""Metrics of a plan of cohorts: `month` is that of the first order, `dimension` months_since, `member` how many."""

MONTHS_SINCE: Final = "months_since"


@dataclass(frozen=True)
class Figure:
    """One planned figure, a row of the table `plan`."""

    month: dt.date
    metric: str
    value: float
    dimension: str | None = None
    member: str | None = None


@dataclass(frozen=True)
class Month:
    """The drivers of one month, planned or actual; `profit` is contribution profit of the whole shop.

    Counts and amounts are exact; a ratio without a denominator is None.
    """

    month: dt.date
    opening: Decimal
    new: Decimal
    reactivated: Decimal
    lapsed: Decimal
    orders_per_customer: Decimal | None
    net_sales_per_order: Decimal | None
    margin: Decimal | None
    guests: Decimal
    other: Decimal
    profit: Decimal

    @property
    def closing(self) -> Decimal:
        """Customers active at the end."""
        return self.opening + self.new + self.reactivated - self.lapsed

    @property
    def factors(self) -> tuple[Decimal | None, ...]:
        """Customers and the three ratios, whose product is the profit of known customers."""
        return self.closing, self.orders_per_customer, self.net_sales_per_order, self.margin

    @property
    def drivers(self) -> dict[str, Decimal | None]:
        """The value of each driver."""
        return {
            "opening_customers": self.opening,
            "new_customers": self.new,
            "reactivated_customers": self.reactivated,
            "lapsed_customers": self.lapsed,
            "orders_per_customer": self.orders_per_customer,
            "net_sales_per_order": self.net_sales_per_order,
            "margin": self.margin,
            "guests": self.guests,
            "other": self.other,
        }


@dataclass(frozen=True)
class MonthVariance:
    """How a month differs from its plan; `parts` by driver add up to `variance` exactly.

    `method` is lmdi, or shapley where a factor is zero or changes its sign, or unsplit where only the profit was
    planned. `complete` is false for a month that is still running.
    """

    month: dt.date
    complete: bool
    planned: Decimal
    actual: Decimal
    parts: dict[str, Decimal]
    method: str
    planned_drivers: dict[str, Decimal | None] = field(default_factory=dict)
    actual_drivers: dict[str, Decimal | None] = field(default_factory=dict)

    @property
    def variance(self) -> Decimal:
        """Actual less planned contribution profit."""
        return self.actual - self.planned

    def to_json(self) -> dict[str, Any]:
        """Plain data, amounts as decimal strings."""
        return {
            "month": self.month.isoformat(),
            "complete": self.complete,
            "planned": f"{self.planned:f}",
            "actual": f"{self.actual:f}",
            "variance": f"{self.variance:f}",
            "method": self.method,
            "parts": {name: f"{part:f}" for name, part in self.parts.items()},
            "drivers": {
                name: {"planned": _float(self.planned_drivers[name]), "actual": _float(self.actual_drivers[name])}
                for name in self.planned_drivers
            },
        }


@dataclass(frozen=True)
class PlanVariance:
    """Actual against plan over the months that have both; totals are of complete months alone."""

    months: tuple[MonthVariance, ...]
    against: str = "plan"

    @property
    def complete(self) -> tuple[MonthVariance, ...]:
        """The months that are over."""
        return tuple(month for month in self.months if month.complete)

    @property
    def planned(self) -> Decimal:
        """Planned contribution profit of the complete months."""
        return sum((month.planned for month in self.complete), Decimal(0))

    @property
    def actual(self) -> Decimal:
        """Actual contribution profit of the complete months."""
        return sum((month.actual for month in self.complete), Decimal(0))

    @property
    def parts(self) -> dict[str, Decimal]:
        """The difference by driver over the complete months; adds up to actual less planned."""
        names = dict.fromkeys(name for month in self.complete for name in month.parts)
        return {name: sum((m.parts.get(name, Decimal(0)) for m in self.complete), Decimal(0)) for name in names}

    def to_json(self) -> dict[str, Any]:
        """`{against, planned, actual, variance, parts, months: […]}`, amounts as decimal strings."""
        return {
            "against": self.against,
            "planned": f"{self.planned:f}",
            "actual": f"{self.actual:f}",
            "variance": f"{self.actual - self.planned:f}",
            "parts": {name: f"{part:f}" for name, part in self.parts.items()},
            "months": [month.to_json() for month in self.months],
        }


def actual_month(row: Mapping[str, Any]) -> Month | None:
    """A month of `customer_flows` as drivers; None where its profit is not known for want of costs."""
    if row["cm3"] is None or row["guest_cm3"] is None or row["other_cm3"] is None:
        return None
    with localcontext(prec=PRECISION):
        return Month(
            month=row["month"],
            opening=Decimal(row["opening"]),
            new=Decimal(row["new"]),
            reactivated=Decimal(row["reactivated"]),
            lapsed=Decimal(row["lapsed"]),
            orders_per_customer=_ratio(row["orders"], row["closing"]),
            net_sales_per_order=_ratio(row["net_sales"], row["orders"]),
            margin=_ratio(row["cm3"], row["net_sales"]),
            guests=row["guest_cm3"],
            other=row["other_cm3"],
            profit=row["cm3"] + row["guest_cm3"] + row["other_cm3"],
        )


def planned_months(figures: Iterable[Figure], closing: Mapping[dt.date, int]) -> dict[dt.date, Month | Decimal]:
    """Each planned month as drivers, or as its profit alone where drivers are missing.

    `closing` are the customers active at the end of past months: the plan's first month opens with them, unless it
    says otherwise; later ones open with what the plan closes with.
    """
    by_month: dict[dt.date, dict[str, Decimal]] = {}
    for figure in figures:
        if figure.dimension is None:
            by_month.setdefault(figure.month.replace(day=1), {})[figure.metric] = Decimal(str(figure.value))
    result: dict[dt.date, Month | Decimal] = {}
    carried: tuple[dt.date, Decimal] | None = None
    for month in sorted(by_month):
        metrics = by_month[month]
        if "lapsed_customers" not in metrics and "retention_rate" not in metrics:
            complete = False
        else:
            complete = all(name in metrics for name in NEEDED if name != "retention_rate")
        if not complete:
            if "contribution_profit" in metrics:
                result[month] = metrics["contribution_profit"].quantize(UNIT)
            continue
        before = (month - dt.timedelta(days=1)).replace(day=1)
        follows = carried[1] if carried is not None and carried[0] == before else Decimal(closing.get(before, 0))
        made = _planned(month, metrics, follows)
        result[month] = made
        carried = (month, made.closing)
    return result


def variance_of(
    actual: Mapping[dt.date, Month], planned: Mapping[dt.date, Month | Decimal], complete: Mapping[dt.date, bool]
) -> tuple[MonthVariance, ...]:
    """The months that are both planned and known, each split by driver."""
    both = sorted(set(actual) & set(planned))
    return tuple(compare(actual[month], planned[month], complete=complete.get(month, False)) for month in both)


def compare(actual: Month, planned: Month | Decimal, *, complete: bool = True) -> MonthVariance:
    """One month against its plan."""
    if isinstance(planned, Decimal):
        parts = {"unsplit": actual.profit - planned}
        return MonthVariance(actual.month, complete, planned, actual.profit, parts, "unsplit")
    with localcontext(prec=PRECISION):
        found = split(planned.factors, actual.factors)
        rough = _rough(found, actual, planned)
        total = actual.profit - planned.profit
        rough["other"] = total - sum((part for name, part in rough.items() if name != "other"), Decimal(0))
        parts = dict(zip(rough, to_units(list(rough.values()), total), strict=True))
    return MonthVariance(
        month=actual.month,
        complete=complete,
        planned=planned.profit,
        actual=actual.profit,
        parts={name: parts[name] for name in DRIVERS},
        method=found.method,
        planned_drivers=planned.drivers,
        actual_drivers=actual.drivers,
    )


def figures_of(rows: Iterable[Mapping[str, Any]], declared: Sequence[Figure] = ()) -> list[Figure]:
    """The planned figures of the table `plan`, and those of shop.toml, which go before."""
    found = {
        (row["month"].replace(day=1), row["metric"], row["dimension"], row["member"]): float(row["value"])
        for row in rows
    }
    found |= {(item.month.replace(day=1), item.metric, item.dimension, item.member): item.value for item in declared}
    return [Figure(key[0], key[1], value, key[2], key[3]) for key, value in found.items()]


def _planned(month: dt.date, metrics: Mapping[str, Decimal], follows: Decimal) -> Month:
    with localcontext(prec=PRECISION):
        opening = metrics.get("opening_customers", follows)
        lapsed = metrics.get("lapsed_customers", opening * (1 - metrics.get("retention_rate", Decimal(1))))
        if "retention_rate" in metrics:
            lapsed = opening * (1 - metrics["retention_rate"])
        guests = product(
            [metrics.get(f"guest_{name}", Decimal(0)) for name in ("orders", "net_sales_per_order", "margin")]
        )
        other = metrics.get("other_profit", Decimal(0))
        reactivated = metrics.get("reactivated_customers", Decimal(0))
        per_customer, basket, margin = (metrics[name] for name in NEEDED[2:])
        customers = opening + metrics["new_customers"] + reactivated - lapsed
        profit = product([customers, per_customer, basket, margin]) + guests + other
        return Month(
            month=month,
            opening=opening,
            new=metrics["new_customers"],
            reactivated=reactivated,
            lapsed=lapsed,
            orders_per_customer=per_customer,
            net_sales_per_order=basket,
            margin=margin,
            guests=guests,
            other=other,
            profit=profit.quantize(UNIT),
        )


def _rough(found: Split, actual: Month, planned: Month) -> dict[str, Decimal]:
    """The parts before rounding; that of customers by where they come from."""
    per_customer = found.weights[0]
    parts = found.parts
    return {
        "opening_customers": per_customer * (actual.opening - planned.opening),
        "new_customers": per_customer * (actual.new - planned.new),
        "reactivated_customers": per_customer * (actual.reactivated - planned.reactivated),
        "lapsed_customers": per_customer * (planned.lapsed - actual.lapsed),
        "orders_per_customer": parts[1],
        "net_sales_per_order": parts[2],
        "margin": parts[3],
        "guests": actual.guests - planned.guests,
        "other": Decimal(0),
    }


def _ratio(top: Any, bottom: Any) -> Decimal | None:
    return Decimal(top) / Decimal(bottom) if bottom else None


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
