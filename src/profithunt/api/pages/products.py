"""Products: every SKU in a table and a scatter; one SKU with profit, returns, stock, prices, buyers, opportunities."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlglot import exp

from profithunt import fmt
from profithunt.api.pages.opportunities import about
from profithunt.api.pages.parts import Chart, Choice, Column, Figure, State, Table, choices
from profithunt.api.pages.profit import waterfall_chart
from profithunt.api.pages.reader import once
from profithunt.api.pages.tables import Listed, query, read_table
from profithunt.api.shop import Shop
from profithunt.engine import AnyEngine
from profithunt.errors import NotFound
from profithunt.ledger.components import LISTS
from profithunt.opportunities.opportunity import Opportunity

MANY: Final = 3_000
"""Points above which a scatter is binned."""
MOST_CHOICES: Final = 14


@dataclass(frozen=True)
class ProductsPage:
    """All SKUs."""

    figures: tuple[Figure, ...]
    scatter: Chart
    losing: Table
    skus: Table
    categories: tuple[Choice, ...]
    against: tuple[Choice, ...]


@dataclass(frozen=True)
class SkuPage:
    """One SKU."""

    sku: str
    name: str
    facts: Mapping[str, Any]
    figures: tuple[Figure, ...]
    waterfall: Chart
    months: Chart
    sizes: Table | None
    prices: Table | None
    buyers: Table
    opportunities: tuple[Opportunity, ...]


def _filter(state: State) -> dict[str, Any]:
    return {"category": state.get("category"), "brand": state.get("brand")}


def read(shop: Shop, state: State) -> ProductsPage:
    """The page of all SKUs."""
    return ProductsPage(
        figures=_figures(shop, state),
        scatter=scatter(shop, state),
        losing=read_table(shop, state, "products.losing", losing),
        skus=read_table(shop, state, "products.all", skus),
        categories=_categories(shop, state),
        against=choices(state, "against", _axes(shop), _axis(shop, state)) if len(_axes(shop)) > 1 else (),
    )


def _axes(shop: Shop) -> dict[str, str]:
    return {**({"views": "Views"} if shop.engine.has("events") else {}), "units": "Units"}


def _axis(shop: Shop, state: State) -> str:
    axes = tuple(_axes(shop))
    return state.choice("against", axes, axes[0])


def _categories(shop: Shop, state: State) -> tuple[Choice, ...]:
    rows = once(shop, "categories", lambda: _biggest_categories(shop))
    if len(rows) < 2:
        return ()
    words = {"": "All", **{row[0]: str(row[0]).capitalize() for row in rows}}
    return choices(state, "category", words, state.get("category"), page__products__all=None)


def _biggest_categories(shop: Shop) -> list[tuple[Any, ...]]:
    sales = exp.func("SUM", exp.column("net_sales"))
    return shop.engine.rows(
        exp.select("category")
        .from_("sku_profit")
        .where(exp.column("category").is_(exp.null()).not_())
        .group_by("category")
        .order_by(exp.Ordered(this=sales, desc=True))
        .limit(MOST_CHOICES)
    )


def _figures(shop: Shop, state: State) -> tuple[Figure, ...]:
    totals = query("product_totals", values=_filter(state))
    row = once(shop, totals, lambda: shop.engine.dicts(totals))[0]
    return (
        Figure("SKUs sold", row["n"], "count", fmt.failed(row["n_losing"], row["n"], "SKU") + " lose money"),
        Figure("Lost on them", row["lost"], "money", "taken back from what the others make"),
        Figure("Net sales", row["net_sales"], "money"),
        Figure("Contribution profit", row["cm3"], "money", _margin(row)),
        Figure("Units returned", row["returned_share"], "share", "of units sold"),
    )


def _margin(row: Mapping[str, Any]) -> str:
    return (
        f"{fmt.share(row['cm3'] / row['net_sales'])} of net sales"
        if row["net_sales"] and row["cm3"] is not None
        else ""
    )


def scatter(shop: Shop, state: State) -> Chart:
    """SKUs by views or units against profit; binned where there are many."""
    views = _axis(shop, state) == "views"
    sql = query("product_views" if views else "product_points", values=_filter(state))
    n, rows = once(shop, ("points", sql), lambda: _points(shop.engine, sql))
    binned = n > MANY
    what = "page views" if views else "units sold"
    loud = [row for row in rows if row["y"] is not None and row["y"] < 0 and row["name"]]
    finding = f"{fmt.counted(n, 'SKU')}, {what} against contribution profit"
    if loud:
        worst = min(loud, key=lambda row: float(row["y"]))
        finding += f"; most is lost on {worst['name']} ({fmt.money(worst['y'], shop.config.shop.currency)})"
    return Chart(
        "products.scatter",
        "What is seen, and what it earns" if views else "What sells, and what it earns",
        f"{finding}.",
        (
            Column("name", "SKU"),
            Column("x", what.capitalize(), "count"),
            Column("y", "Contribution", "money"),
            *([Column("n", "SKUs", "count")] if binned else []),
        ),
        tuple(rows),
        "scatter",
        {"binned": binned, "x_title": what},
        f"Scatter. {finding}.",
        360,
        href=replace(state, path="/charts/products.scatter").url(),
    )


def _points(engine: AnyEngine, sql: str) -> tuple[int, list[dict[str, Any]]]:
    """How many points there are, and the points; in bins where there are many."""
    counted = exp.select(exp.Count(this=exp.Star())).from_(
        exp.Subquery(this=exp.maybe_parse(sql, dialect="duckdb"), alias="points")
    )
    n = int(engine.value(counted))
    if n <= MANY:
        return n, engine.dicts(sql)
    engine.view("product_points", sql)
    return n, engine.dicts(query("binned"))


def _columns() -> tuple[Column, ...]:
    return (
        Column("sku", "SKU", "id", link="/products/{sku}", detail="name"),
        Column("category", "Category"),
        Column("units", "Units", "count"),
        Column("returned_share", "Returned", "share"),
        Column("net_sales", "Net sales", "money"),
        Column("cm3", "Contribution", "bar"),
        Column("margin", "Margin", "share"),
    )


def skus(shop: Shop, state: State) -> Listed:
    """Every SKU."""
    del shop
    return Listed(
        query("product_rows", values=_filter(state)),
        _columns(),
        "All SKUs",
        sort="-cm3",
        search=("sku", "name", "brand"),
        size=20,
    )


def losing(shop: Shop, state: State) -> Listed:
    """SKUs that lose money, the worst first."""
    del shop
    found: exp.Expr = exp.maybe_parse(query("product_rows", values=_filter(state)), dialect="duckdb")
    picked = (
        exp.select("*")
        .from_(exp.Subquery(this=found, alias="listed"))
        .where(exp.LT(this=exp.column("cm3"), expression=exp.Literal.number(0)))
    )
    columns = tuple(column for column in _columns() if column.key not in ("category", "net_sales"))
    return Listed(
        picked.sql(dialect="duckdb"), columns, "SKUs that lose money", sort="cm3", empty="No SKU loses money.", size=8
    )


def read_sku(shop: Shop, state: State) -> SkuPage:
    """One SKU. Raises NotFound."""
    sku = state.get("sku")
    engine = shop.engine
    key = exp.column("sku").eq(exp.Literal.string(sku))
    rows = engine.dicts(exp.select("*").from_("sku_profit").where(key))
    if not rows:
        raise NotFound(f"there is no SKU {sku!r} that was sold", do="look for it on the page of all products")
    row = rows[0]
    product = engine.dicts(exp.select("*").from_("products").where(key)) if engine.has("products") else []
    facts = {
        name: value
        for name, value in (product[0] if product else {}).items()
        if value is not None and not name.startswith("_") and name not in ("sku", "name")
    }
    units, returned = row["units"], row["units_returned"]
    return SkuPage(
        sku=sku,
        name=row["name"] or "",
        facts=facts,
        figures=(
            Figure("Net sales", row["net_sales"], "money"),
            Figure("Contribution profit", row["cm3"], "money", _margin(row)),
            Figure(
                "Units sold",
                units,
                "count",
                f"{fmt.money(row['cm3'] / units, shop.config.shop.currency)} each"
                if units and row["cm3"] is not None
                else "",
            ),
            Figure("Returned", returned / units if units else None, "share", f"{fmt.counted(returned, 'unit')}"),
            Figure("Sold at a discount", row["discounted_units"] / units if units else None, "share", "of units"),
        ),
        waterfall=waterfall_chart(
            {name: row[name] for name in LISTS["amounts"]},
            "sku.waterfall",
            State("/charts/sku.waterfall").url(sku=sku),
            row["name"] or sku,
            shop.config.shop.currency,
        ),
        months=months(shop, state),
        sizes=_sizes(shop, sku),
        prices=_prices(shop, sku),
        buyers=read_table(shop, state, "sku.buyers", buyers),
        opportunities=about(shop, {"sku": sku}),
    )


def sku_waterfall(shop: Shop, state: State) -> Chart:
    """The waterfall of one SKU."""
    return read_sku(shop, state).waterfall


def months(shop: Shop, state: State) -> Chart:
    """Contribution profit of one SKU by month."""
    rows = shop.engine.dicts(query("sku_months", values={"sku": state.get("sku")}))
    as_of = dt.date.fromisoformat(shop.current.info["as_of"])
    shown = []
    for row in rows:
        year, number = (int(part) for part in row["month"].split("-"))
        end = dt.date(year, number, calendar.monthrange(year, number)[1])
        shown.append(
            {
                "label": f"{fmt.month(row['month'])[:3]} {row['month'][2:4]}",
                "month": f"{row['month']}-01",
                "value": row["cm3"],
                "units": row["units"],
                "returned": row["units_returned"],
                "complete": end <= as_of,
            }
        )
    total = sum(float(row["units"] or 0) for row in shown)
    return Chart(
        "sku.months",
        "Contribution profit by month",
        f"{fmt.count(total)} units in {fmt.counted(len(shown), 'month')}.",
        (
            Column("month", "Month", "month"),
            Column("units", "Units", "count"),
            Column("returned", "Returned", "count"),
            Column("value", "Contribution", "money"),
        ),
        tuple(shown),
        "columns",
        {},
        "Columns by month.",
        200,
        href=State("/charts/sku.months").url(sku=state.get("sku")),
    )


def _sizes(shop: Shop, sku: str) -> Table | None:
    if not (shop.engine.has("stock") and shop.engine.has("products")):
        return None
    rows = shop.engine.dicts(query("sku_stock", values={"sku": sku}))
    columns = (
        Column("sku", "SKU", "id", link="/products/{sku}"),
        Column("size", "Size"),
        Column("on_hand", "On hand", "count"),
        Column("on_order", "On order", "count"),
        Column("units", "Sold", "count"),
        Column("cm3", "Contribution", "money"),
        Column("counted_on", "Counted", "date"),
    )
    return Table("sku.sizes", "Stock and sizes", columns, tuple(rows), len(rows), sortable=False)


def _prices(shop: Shop, sku: str) -> Table | None:
    if not shop.engine.has("competitor_prices"):
        return None
    rows = shop.engine.dicts(query("sku_prices", values={"sku": sku}))
    columns = (
        Column("competitor", "Competitor"),
        Column("price", "Price", "cents"),
        Column("delivered", "Delivered", "cents"),
        Column("delivery_days", "Days", "number"),
        Column("in_stock", "In stock"),
        Column("checked_on", "Checked", "date"),
    )
    return Table(
        "sku.prices",
        "What it costs elsewhere",
        columns,
        tuple(rows),
        len(rows),
        sortable=False,
        empty="No competitor's price is known.",
    )


def buyers(shop: Shop, state: State) -> Listed:
    """Who buys one SKU."""
    del shop
    return Listed(
        query("sku_buyers", values={"sku": state.get("sku")}),
        (
            Column("customer_id", "Customer", "id", link="/customers/{customer_id}"),
            Column("first_on", "First bought", "date"),
            Column("in_first_order", "In first order"),
            Column("cm3", "On this SKU", "money"),
            Column("customer_cm3", "Customer in all", "money"),
        ),
        "Who buys it",
        sort="first_on",
        search=("customer_id",),
        size=12,
        empty="No order with it names a customer.",
    )


TABLES: Final = {"products.all": skus, "products.losing": losing, "sku.buyers": buyers}
CHARTS: Final = {"products.scatter": scatter, "sku.waterfall": sku_waterfall, "sku.months": months}
