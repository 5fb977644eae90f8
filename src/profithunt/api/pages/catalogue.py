"""Every page, table and chart by its name: an explicit list, so that addresses are known without importing by magic."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from profithunt.api.pages import profit
from profithunt.api.pages.parts import Chart, State
from profithunt.api.pages.tables import Source, rows_query
from profithunt.api.shop import Shop


@dataclass(frozen=True)
class PageSource:
    """A page: its name, address, title, section of the menu, template, and what reads its data.

    `live` pages show what people change, and are read each time.
    """

    name: str
    path: str
    title: str
    read: Callable[[Shop, State], Any]
    section: str
    template: str = ""
    live: bool = False


def _page(
    name: str, path: str, title: str, read: Callable[[Shop, State], Any], section: str = "", *, live: bool = False
) -> PageSource:
    return PageSource(name, path, title, read, section or name, name.replace("-", "_"), live)


PAGES: Final[tuple[PageSource, ...]] = (
    _page("profit", "/profit", "Profit", profit.read),
    _page("order", "/orders/{order_id:path}", "Order", profit.read_order, "profit"),
)
"""Pages in the order of the menu; those of one thing come after the page that lists it."""

TABLES: Final[Mapping[str, Source]] = {**profit.TABLES}
"""Tables that can be had in full."""

CHARTS: Final[Mapping[str, Callable[[Shop, State], Chart]]] = {**profit.CHARTS}
"""Charts that can be had as pictures and data."""


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
