"""Build the customer tables of a run from the ledger and its roll-ups, attached to an engine."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from sqlglot import exp

from profithunt.config import ShopConfig
from profithunt.engine import (
    AnyEngine,
    Model,
    build_order,
    compile_sql,
    read_model,
    read_models,
    split_header,
    values_query,
)
from profithunt.engine.compiler import Value
from profithunt.engine.runner import Built, Earlier, Report, Settings, build
from profithunt.ledger.build import as_of, settings as ledger_settings
from profithunt.ledger.components import COMPONENTS, LISTS
from profithunt.schema import TABLES

PARTS: Final[dict[str, tuple[str, ...]]] = {
    "basket": ("list_sales", "cancellations", "cogs", "fees", "storage", "idle_capacity"),
    "discount": ("markdown", "promotion", "funding"),
    "returns": (
        "refunds",
        "expected_returns",
        "currency_difference",
        "expected_recovery",
        "return_costs",
        "expected_return_costs",
    ),
    "delivery": ("shipping_income", "fulfilment", "carriage"),
    "service": ("service", "concessions"),
    "acquisition": ("marketing", "loyalty"),
}
"""How a customer's profit is explained: each component of the ledger belongs to one part."""

READS: Final = (
    *("ledger", "order_profit", "customer_profit", "order_credits", "return_lines", "sku_costs", "spend_pools"),
)
"""Tables of the ledger that the models read."""

LONGEST: Final = 2400
"""Months of a calendar that is still one: an order dated centuries away must not make a table of its months."""


@dataclass(frozen=True)
class Span:
    """The days that a shop's customers ordered on: first, last (both in its time zone), and how far the data goes."""

    first: dt.date
    through: dt.date
    as_of: dt.date

    @property
    def last_complete_month(self) -> dt.date:
        """First day of the last month that is over."""
        return add_months((self.as_of + dt.timedelta(days=1)).replace(day=1), -1)

    @property
    def months(self) -> list[dt.date]:
        """First day of each month from the first order to the last day known."""
        first, last = self.first.replace(day=1), self.through.replace(day=1)
        count = (last.year - first.year) * 12 + last.month - first.month + 1
        return [add_months(last, -back) for back in range(min(count, LONGEST) - 1, -1, -1)]


def add_months(month: dt.date, n: int) -> dt.date:
    """The first day of the month n months later."""
    years, place = divmod(month.year * 12 + month.month - 1 + n, 12)
    return dt.date(years, place + 1, 1)


def query(name: str) -> str:
    """The statement of `queries/<name>.sql`."""
    path = files(__package__) / "queries" / f"{name}.sql"
    return split_header(path.read_text("utf-8"), name)[1]


def models() -> dict[str, Model]:
    """All models of this package, by name."""
    return read_models(Path(str(files(__package__) / "models")), column_lists())


def lens_model() -> Model:
    """The table `acquisition`, whose figures `models/acquisition.py` works out."""
    return read_model(Path(str(files(__package__) / "queries" / "acquisition.sql")))


def column_lists() -> dict[str, tuple[str, ...]]:
    """The ledger's column lists, and the components of each part of a customer's profit."""
    return {**LISTS, **{f"{name}_parts": components for name, components in PARTS.items()}}


def span(engine: AnyEngine, config: ShopConfig) -> Span | None:
    """When customers ordered; None where no order names a customer: then there is nothing to build."""
    row = engine.rows(compile_sql(query("span"), values={"timezone": config.shop.timezone}, where="span"))[0]
    if row[0] is None:
        return None
    day = as_of(engine, config)
    return Span(row[0], max(row[1], day), day)


def values_of(config: ShopConfig, found: Span) -> dict[str, Value]:
    """What the models are compiled with beside what the ledger's are."""
    chosen = config.customers
    return {
        "through": found.through,
        "last_complete_month": found.last_complete_month,
        "active_months": chosen.active_months,
        "active_days": chosen.active_days or 0,
        "cohort_members": chosen.cohort_members,
        "peers": chosen.peers,
    }


def prepare(engine: AnyEngine, found: Span) -> dict[str, str]:
    """Put the calendar of months beside the tables; its fingerprint by name."""
    months = values_query({"month": "date"}, [(month,) for month in found.months])
    engine.view("calendar_months", months)
    return {"calendar_months": months.sql(dialect="duckdb")}


def build_models(
    engine: AnyEngine,
    config: ShopConfig,
    out: Path,
    *,
    fingerprints: dict[str, str],
    earlier: Earlier | None = None,
    report: Report | None = None,
) -> list[Built]:
    """Build every model of this package into `out`; none where no order names a customer."""
    found = span(engine, config)
    if found is None:
        return []
    fingerprints |= prepare(engine, found)
    n_lines = int(engine.value(exp.select(exp.Count(this=exp.Star())).from_("order_lines")))
    base = ledger_settings(config, found.as_of, ordered=n_lines <= config.runs.sort_rows_max)
    chosen = Settings(
        values={**base.values, **values_of(config, found)},
        lists={**base.lists, **column_lists()},
        parts=base.parts,
        ordered=base.ordered,
    )
    ordered = build_order(models(), {*TABLES, *READS, "calendar_months"})
    return build(engine, ordered, out, settings=chosen, fingerprints=fingerprints, earlier=earlier, report=report)


def unassigned() -> set[str]:
    """Components of the ledger that no part holds, or more than one: none, if the parts are right."""
    held = [name for components in PARTS.values() for name in components]
    return {name for name in COMPONENTS if held.count(name) != 1}
