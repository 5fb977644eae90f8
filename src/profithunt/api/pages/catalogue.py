"""Every page, table and chart by its name: an explicit list, so that addresses are known without importing by magic."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlglot import exp

from profithunt.api.pages import (
    customer,
    customers,
    data,
    delivery,
    documents,
    hva,
    listening,
    marketing,
    outcomes,
    prices,
    products,
    profit,
    proposition,
    review,
    search,
    settings,
    today,
)
from profithunt.api.pages.parts import Chart, State
from profithunt.api.pages.tables import Source, rows_query
from profithunt.api.shop import Shop


@dataclass(frozen=True)
class PageSource:
    """A page: its name, address, title, section of the menu, template, and what reads its data.

    `live` pages show what people change, and are read each time; those with `ahead` are read before anybody asks.
    """

    name: str
    path: str
    title: str
    read: Callable[[Shop, State], Any]
    section: str
    template: str = ""
    live: bool = False
    ahead: bool = True


@dataclass(frozen=True)
class More:
    """The pages that have no tab of their own on a phone: the menu says them."""


def _page(
    name: str,
    path: str,
    title: str,
    read: Callable[[Shop, State], Any],
    section: str = "",
    *,
    live: bool = False,
    ahead: bool = True,
) -> PageSource:
    return PageSource(name, path, title, read, section or name, name.replace("-", "_"), live, ahead)


def _more(shop: Shop, state: State) -> More:
    del shop, state
    return More()


PAGES: Final[tuple[PageSource, ...]] = (
    _page("today", "/", "Today", today.read, live=True),
    _page("opportunity", "/opportunities/{opportunity_id}", "Opportunity", today.read_opportunity, "today", live=True),
    _page("profit", "/profit", "Profit", profit.read),
    _page("order", "/orders/{order_id:path}", "Order", profit.read_order, "profit"),
    _page("customers", "/customers", "Customers", customers.read),
    _page("customer", "/customers/{customer_id:path}", "Customer", customer.read_customer, "customers"),
    _page("products", "/products", "Products", products.read),
    _page("sku", "/products/{sku:path}", "SKU", products.read_sku, "products"),
    _page("marketing", "/marketing", "Marketing", marketing.read),
    _page("delivery", "/delivery", "Delivery", delivery.read),
    _page("actions-value", "/high-value-actions", "High-value actions", hva.read),
    _page("proposition", "/proposition", "Proposition", proposition.read, ahead=False),
    _page("prices", "/prices", "Prices", prices.read),
    _page("listening", "/listening", "Listening", listening.read, live=True, ahead=False),
    _page("listened", "/listening/{session_id}", "Listening session", listening.read_session, "listening", live=True),
    _page("review", "/review", "Weekly review", review.read, live=True),
    _page("outcomes", "/outcomes", "Outcomes", outcomes.read, live=True),
    _page("documents", "/documents", "Documents", documents.read, live=True),
    _page("document", "/documents/{document_id}", "Document", documents.read_document, "documents", live=True),
    _page("data", "/data", "Data", data.read),
    _page("lineage", "/data/lineage/{component}", "Lineage", data.read_lineage, "data"),
    _page("metric", "/metrics/{metric}", "Metric", data.read_metric, "data"),
    _page("settings", "/settings", "Settings", settings.read, live=True),
    _page("setting", "/settings/edit/{about}/{subject:path}", "Setting", settings.read_setting, "settings", live=True),
    _page("search", "/search", "Search", search.read),
    _page("more", "/more", "More", _more),
)
"""Pages in the order of the menu; those of one thing come after the page that lists it."""

TABLES: Final[Mapping[str, Source]] = {
    **profit.TABLES,
    **customers.TABLES,
    **products.TABLES,
    **marketing.TABLES,
    **delivery.TABLES,
    **hva.TABLES,
    **proposition.TABLES,
    **prices.TABLES,
    **listening.TABLES,
    **outcomes.TABLES,
    **data.TABLES,
    **settings.TABLES,
}
"""Tables that can be had in full."""

LIVE_TABLES: Final = (*outcomes.TABLES, *settings.TABLES, *listening.LIVE)
"""Those of them that hold what people decided, and are read each time."""

CHARTS: Final[Mapping[str, Callable[[Shop, State], Chart]]] = {
    **profit.CHARTS,
    **customers.CHARTS,
    **customer.CHARTS,
    **products.CHARTS,
    **marketing.CHARTS,
    **delivery.CHARTS,
    **hva.CHARTS,
    **proposition.CHARTS,
    **prices.CHARTS,
    **listening.CHARTS,
    **outcomes.CHARTS,
    **data.CHARTS,
}
"""Charts that can be had as pictures and data."""


SINGLE: Final = {"order": "order_profit", "customer": "customer_profit", "sku": "sku_profit"}
"""Pages of single things, and the table that has them."""


def examples(shop: Shop) -> Iterator[tuple[PageSource, State]]:
    """One page of each kind of single thing, so that what they share can be read before anybody asks."""
    for source in PAGES:
        table = SINGLE.get(source.name, "")
        if not table or not shop.engine.has(table):
            continue
        key = source.path.partition("{")[2].partition(":")[0]
        found = shop.engine.value(exp.select(key).from_(table).limit(1))
        if found is not None:
            yield source, State(f"{source.path.partition('{')[0]}{found}", {key: str(found)}, frozenset({key}))


def charts_of(page: Any) -> Iterator[Chart]:
    """The charts among the fields of a page."""
    for item in dataclasses.fields(page):
        value = getattr(page, item.name)
        if isinstance(value, Chart):
            yield value


def write_rows(shop: Shop, chart: Chart, format_: str, path: Path) -> Path:
    """Write the data of a chart as CSV or Parquet."""
    sql = rows_query(chart.columns, chart.rows)
    if format_ == "csv":
        shop.engine.write_csv(sql, path)
    else:
        shop.engine.write_parquet(sql, path)
    return path
