"""Profit: the waterfall of the shop or of a slice, over time and against plan; slices; orders; one order's story."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from sqlglot import exp

from profithunt import fmt
from profithunt.api.pages.parts import Chart, Choice, Column, Figure, State, Table, choices
from profithunt.api.pages.reader import once
from profithunt.api.pages.tables import Listed, query, read_table
from profithunt.api.shop import Shop
from profithunt.charts import waterfall as bars_of
from profithunt.engine import literal
from profithunt.errors import NotFound
from profithunt.ledger import reading
from profithunt.ledger.components import COMPONENTS, LISTS
from profithunt.ledger.dimensions import BY_TOUCH, DIMENSIONS, UNALLOCATED
from profithunt.ledger.explain import Story

SLICES: Final = tuple(name for name in DIMENSIONS if name not in ("order", "customer", "sku"))
"""Dimensions whose members are few enough to be listed at once; customers and SKUs have pages of their own."""
OF_ORDERS: Final = ("channel", "store", "country", "region", "month")
"""Dimensions of which every order has one member."""
COLUMNS: Final = (
    Column("order_id", "Order", "id", link="/orders/{order_id}"),
    Column("ordered_on", "Day", "date"),
    Column("customer_id", "Customer", "id", link="/customers/{customer_id}"),
    Column("n_lines", "Lines", "count"),
    Column("net_sales", "Net sales", "cents"),
    Column("cm3", "Contribution", "cents"),
)


@dataclass(frozen=True)
class ProfitPage:
    """Profit of the shop, of a period, of a slice."""

    by: str
    member: str
    period: str
    first_month: str
    last_month: str
    dimensions: tuple[Choice, ...]
    figures: tuple[Figure, ...]
    waterfall: Chart
    months: Chart
    slices: Table
    orders: Table | None
    back: str
    variance: tuple[Figure, ...]


@dataclass(frozen=True)
class OrderPage:
    """One order from touch to return, with its ledger rows."""

    order_id: str
    customer_id: str
    ordered_on: str
    figures: tuple[Figure, ...]
    waterfall: Chart
    story: Story


def read(shop: Shop, state: State) -> ProfitPage:
    """The page of a period and of a slice. Raises NotFound for a dimension or member, UsageError for a month."""
    by = _dimension(shop, state)
    member = state.get("member")
    amounts = _amounts(shop, state, by, member)
    months = [row["month"] for row in _months(shop)]
    return ProfitPage(
        by=by,
        member=member,
        period=_period_text(state),
        first_month=months[0] if months else "",
        last_month=months[-1] if months else "",
        dimensions=choices(state, "by", {name: _words(name) for name in _present(shop)}, by, member=None),
        figures=_figures(amounts),
        waterfall=waterfall(shop, state),
        months=over_time(shop, state),
        slices=read_table(shop, state, "profit.slices", slices),
        orders=read_table(shop, state, "profit.orders", orders) if member else None,
        back=state.url(member=None),
        variance=_variance(shop),
    )


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _present(shop: Shop) -> list[str]:
    """Dimensions with more than one member."""
    found = {item["dimension"]: item["members"] for item in shop.current.info["reconciliation"]["slices"]}
    return [name for name in SLICES if found.get(name, 0) > 1] or ["month"]


def _dimension(shop: Shop, state: State) -> str:
    present = _present(shop)
    best = next((name for name in ("category", "channel", "store") if name in present), present[0])
    by = state.get("by") or best
    if by not in SLICES:
        raise NotFound(f"there is no dimension {by!r}", do=f"there are: {', '.join(SLICES)}")
    return by


def span(state: State) -> tuple[dt.date | None, dt.date | None]:
    """First and last day of the months asked for."""
    start, last = state.month("from"), state.month("to")
    end = last.replace(day=calendar.monthrange(last.year, last.month)[1]) if last else None
    return start, end


def _period_text(state: State) -> str:
    start, end = span(state)
    if start is None and end is None:
        return "all time"
    if start is None:
        return f"until {fmt.month(end)}"
    return f"from {fmt.month(start)}" if end is None else f"{fmt.month(start)} to {fmt.month(end)}"


def _whole(state: State) -> bool:
    return span(state) == (None, None)


def _amounts(shop: Shop, state: State, by: str, member: str) -> Mapping[str, Decimal | None]:
    """All amounts of what the page is about."""
    if member:
        found = _picked(shop, state, by).get(member)
        if found is None:
            raise NotFound(
                f"there is no {by.replace('_', ' ')} {member!r} in this period", do="choose one of the table"
            )
        return found
    start, end = span(state)
    rows = [
        row
        for name, row in _members(shop, "month").items()
        if (name == UNALLOCATED and start is None and end is None)
        or (
            name != UNALLOCATED
            and (start is None or name >= f"{start:%Y-%m}")
            and (end is None or name <= f"{end:%Y-%m}")
        )
    ]
    return {name: _sum(row[name] for row in rows) for name in LISTS["amounts"]}


def _sum(values: Any) -> Decimal | None:
    known = list(values)
    return None if any(value is None for value in known) else sum(known, Decimal(0))


def _members(shop: Shop, by: str) -> dict[str, dict[str, Any]]:
    table = exp.select("*").from_("profit_slices").where(exp.column("dimension").eq(exp.Literal.string(by)))
    return once(shop, ("members", by), lambda: {row["member"]: row for row in shop.engine.dicts(table)})


def _months(shop: Shop) -> list[dict[str, Any]]:
    return once(shop, "months", lambda: shop.engine.dicts(query("months")))


def _picked(shop: Shop, state: State, by: str) -> dict[str, dict[str, Any]]:
    if _whole(state):
        return _members(shop, by)
    return {row["member"]: row for row in shop.profit(by, *span(state)).dicts()}


def _figures(amounts: Mapping[str, Decimal | None]) -> tuple[Figure, ...]:
    sales = amounts["net_sales"]

    def of_sales(name: str) -> str:
        amount = amounts[name]
        return "" if not sales or amount is None else f"{fmt.share(amount / sales)} of net sales"

    discounts = _sum(amounts[name] for name in ("markdown", "promotion"))
    listed = amounts["list_sales"]
    return (
        Figure(
            "Net sales",
            sales,
            "money",
            "" if not listed or discounts is None else f"{fmt.share(-discounts / listed)} given away",
        ),
        Figure("CM1, after goods", amounts["cm1"], "money", of_sales("cm1")),
        Figure("CM2, after delivery", amounts["cm2"], "money", of_sales("cm2")),
        Figure("Contribution profit", amounts["cm3"], "money", of_sales("cm3")),
    )


def waterfall(shop: Shop, state: State) -> Chart:
    """From list sales to contribution profit, of a period and slice."""
    by, member = _dimension(shop, state), state.get("member")
    amounts = _amounts(shop, state, by, member)
    return waterfall_chart(
        amounts,
        "profit.waterfall",
        replace(state, path="/charts/profit.waterfall").url(),
        f"{member or shop.config.shop.name}, {_period_text(state)}",
        shop.config.shop.currency,
    )


def waterfall_chart(amounts: Mapping[str, Decimal | None], name: str, href: str, of: str, currency: str) -> Chart:
    """Amounts as a waterfall; components of nothing are left out."""
    steps = [step for step in reading.waterfall(amounts) if step.subtotal or step.amount not in (None, 0)]
    sales, profit = amounts["net_sales"], amounts["cm3"]
    rows = tuple(
        {
            "label": SHORT.get(step.name, one.label),
            "amount": one.amount,
            "start": one.start,
            "end": one.end,
            "kind": one.kind,
            "share": None if not sales or one.amount is None else one.amount / sales,
        }
        for step, one in zip(steps, bars_of(steps), strict=True)
    )
    lost = [row for row in rows if row["kind"] == "loss" and row["label"] != COMPONENTS["cogs"].label]
    finding = f"{of}: {fmt.money(profit, currency)} contribution profit"
    if lost:
        worst: dict[str, Any] = min(lost, key=lambda row: float(str(row["amount"])))
        finding += f"; beside goods, most goes into {worst['label'].lower()} ({fmt.money(worst['amount'], currency)})"
    return Chart(
        name=name,
        title="From list sales to contribution profit",
        finding=finding,
        columns=(
            Column("label", "Step"),
            Column("amount", "Amount", "money"),
            Column("share", "Of net sales", "share"),
        ),
        rows=rows,
        drawing="waterfall",
        href=href,
        height=320,
        description=f"Waterfall. {finding}",
    )


SHORT: Final = {
    "cm3": "Contribution profit",
    "fees": "Fees",
    "fulfilment": "Pick and pack",
    "return_costs": "Return costs",
    "expected_returns": "Refunds to come",
    "expected_recovery": "Stock to come back",
    "expected_return_costs": "Return costs to come",
    "service": "Service",
}


def over_time(shop: Shop, state: State) -> Chart:
    """Contribution profit by month: beside it the year before, and the plan where there is one."""
    rows = _months(shop)
    as_of = dt.date.fromisoformat(shop.current.info["as_of"])
    planned = _planned(shop)
    shown = [
        {
            "label": _month_label(row["month"], place),
            "month": f"{row['month']}-01",
            "value": row["cm3"],
            "prior": row["prior"],
            "plan": planned.get(row["month"]),
            "complete": _is_over(row["month"], as_of),
        }
        for place, row in enumerate(rows)
    ]
    over = [row for row in shown if row["complete"] and row["value"] is not None]
    finding = "No month is over yet."
    if over:
        best = max(over, key=lambda row: row["value"])
        finding = f"Best month {fmt.month(best['month'])}, {fmt.money(best['value'], shop.config.shop.currency)}"
        last = over[-1]
        if last["prior"] is not None:
            finding += f"; {fmt.month(last['month'])} {fmt.change(last['prior'], last['value'])} on the year"
    return Chart(
        name="profit.months",
        title="Contribution profit by month",
        finding=f"{finding}.",
        columns=(
            Column("month", "Month", "month"),
            Column("value", "Contribution", "money"),
            *([Column("prior", "Year before", "money")] if any(row["prior"] is not None for row in shown) else []),
            *([Column("plan", "Plan", "money")] if planned else []),
        ),
        rows=tuple(shown),
        drawing="columns",
        options={"prior": any(row["prior"] is not None for row in shown), "plan": bool(planned)},
        href=replace(state, path="/charts/profit.months").url(),
        height=220,
        description=f"Columns by month; a month that is not over is pale. {finding}",
    )


def _month_label(month: str, place: int) -> str:
    text = fmt.month(month)
    return (
        f"{text[:3]} {text[-2:]}"
        if place == 0 or month.endswith("-01")
        else f"{text[:3]}{'' if place < 12 else ' ' + text[-2:]}"
    )


def _is_over(month: str, as_of: dt.date) -> bool:
    year, number = (int(part) for part in month.split("-"))
    return dt.date(year, number, calendar.monthrange(year, number)[1]) <= as_of


def _planned(shop: Shop) -> dict[str, Decimal]:
    if not shop.engine.has("plan_variance"):
        return {}
    return {
        f"{row['month']:%Y-%m}": row["planned_profit"]
        for row in shop.table("plan_variance").dicts()
        if row["planned_profit"] is not None
    }


def _variance(shop: Shop) -> tuple[Figure, ...]:
    """The last month that is over, against its plan, by driver; empty without a plan."""
    if not shop.engine.has("plan_variance"):
        return ()
    rows = [row for row in shop.table("plan_variance").dicts() if row["complete"]]
    if not rows:
        return ()
    last = max(row["month"] for row in rows)
    mine = [row for row in rows if row["month"] == last]
    return (
        Figure(
            f"{fmt.month(last)} against plan",
            mine[0]["actual_profit"] - mine[0]["planned_profit"],
            "money",
            "actual less planned",
        ),
        *(Figure(_words(row["driver"]), row["part"], "money") for row in sorted(mine, key=lambda row: row["part"])),
    )


def slices(shop: Shop, state: State) -> Listed:
    """The members of a dimension."""
    by = _dimension(shop, state)
    if _whole(state):
        sql = query("slices", values={"dimension": by})
    else:
        inner = exp.Subquery(this=exp.maybe_parse(shop.profit(by, *span(state)).sql, dialect="duckdb"), alias="picked")
        margin = exp.Div(
            this=exp.cast(exp.column("cm3"), "DOUBLE"),
            expression=exp.func("NULLIF", exp.cast(exp.column("net_sales"), "DOUBLE"), exp.Literal.number(0)),
        )
        names = ("member", "list_sales", "net_sales", "cm1", "cm2", "cm3", "marketing")
        sql = exp.select(*names, exp.alias_(margin, "margin")).from_(inner).sql(dialect="duckdb")
    link = (
        "/profit?by="
        + by
        + "&member={member}"
        + "".join(f"&{name}={state.get(name)}" for name in ("from", "to") if state.get(name))
    )
    return Listed(
        sql=sql,
        title=f"By {by.replace('_', ' ')}",
        columns=(
            Column("member", _words(by), "id", link=link),
            Column("net_sales", "Net sales", "money"),
            Column("cm2", "CM2", "money"),
            Column("cm3", "Contribution", "bar"),
            Column("margin", "Margin", "share"),
        ),
        sort="-cm3" if by != "month" else "member",
        search=("member",),
        note="Members add up to the total, to the cent; what belongs to none is unallocated.",
        size=25,
    )


def orders(shop: Shop, state: State) -> Listed:
    """The orders of a slice, the worst first."""
    by, member = _dimension(shop, state), state.get("member")
    period = reading.period(*span(state))
    column: exp.Expr = exp.column(DIMENSIONS[by])
    if by == "month":
        column = exp.func("SUBSTRING", exp.cast(column, "TEXT"), exp.Literal.number(1), exp.Literal.number(7))
    chosen: exp.Expr = exp.true() if not member else exp.EQ(this=column, expression=literal(member))
    if member == UNALLOCATED:
        chosen = exp.Is(this=column, expression=exp.null())
    name = "orders_listed" if by in OF_ORDERS else "slice_orders"
    note = "What the lines of the slice earned." if name == "slice_orders" else ""
    sql: str = query(name, {"chosen": chosen, "period": period})
    if by in ("style", "brand", "category"):
        sql = query("product_orders", {"chosen": chosen, "period": period})
    if by in BY_TOUCH:
        note = "Orders whose credit belongs to it alone; credit that is shared is in the total."
    return Listed(
        sql, COLUMNS, "Orders, worst first", sort="cm3", search=("order_id", "customer_id"), note=note, size=20
    )


def read_order(shop: Shop, state: State) -> OrderPage:
    """One order. Raises NotFound."""
    order_id = state.get("order_id")
    story = shop.explain("order", order_id)
    rows = shop.engine.dicts(
        exp.select("*").from_("order_profit").where(exp.column("order_id").eq(exp.Literal.string(order_id)))
    )
    row = rows[0]
    return OrderPage(
        order_id=order_id,
        customer_id=row["customer_id"] or "",
        ordered_on=str(row["ordered_on"]),
        figures=(
            Figure("Net sales", row["net_sales"], "cents"),
            Figure("CM1, after goods", row["cm1"], "cents"),
            Figure("CM2, after delivery", row["cm2"], "cents"),
            Figure("Contribution profit", row["cm3"], "cents"),
        ),
        waterfall=_order_waterfall(shop, row, order_id),
        story=story,
    )


def _order_waterfall(shop: Shop, row: Mapping[str, Any], order_id: str) -> Chart:
    return waterfall_chart(
        {name: row[name] for name in LISTS["amounts"]},
        "order.waterfall",
        State("/charts/order.waterfall").url(order_id=order_id),
        f"Order {order_id}",
        shop.config.shop.currency,
    )


def order_waterfall(shop: Shop, state: State) -> Chart:
    """The waterfall of one order."""
    return read_order(shop, state).waterfall


TABLES: Final = {"profit.slices": slices, "profit.orders": orders}
CHARTS: Final = {"profit.waterfall": waterfall, "profit.months": over_time, "order.waterfall": order_waterfall}
