"""One customer: profit explained, what is expected, the next best action, all that happened, who is like them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlglot import exp

from profithunt import fmt
from profithunt.api.pages.parts import Chart, Column, Figure, State, Table
from profithunt.api.pages.profit import waterfall_chart
from profithunt.api.pages.tables import query
from profithunt.api.shop import Shop
from profithunt.customers.reading import CustomerProfit
from profithunt.ledger.components import LISTS


@dataclass(frozen=True)
class Moment:
    """Something that happened to a customer: `kind` is order, return, contact, touch or event."""

    on: str
    kind: str
    what: str
    detail: str = ""
    amount: Any = None
    href: str = ""


@dataclass(frozen=True)
class CustomerPage:
    """One customer: profit explained, what is expected, what to do next, everything that happened, who is like them."""

    customer_id: str
    profit: CustomerProfit
    parts: tuple[tuple[str, Any, Any], ...]
    figures: tuple[Figure, ...]
    waterfall: Chart
    next_best: Mapping[str, Any] | None
    timeline: tuple[Moment, ...]
    n_moments: int
    similar: Table
    opportunities: tuple[Mapping[str, Any], ...] = ()


def read_customer(shop: Shop, state: State) -> CustomerPage:
    """One customer. Raises NotFound."""
    customer_id = state.get("customer_id")
    found = shop.customer(customer_id)
    engine = shop.engine
    one = {"customer_id": customer_id}
    row = _rows(shop, "customer_profit", one)[0]
    moments = sorted(_moments(shop, customer_id), key=lambda moment: moment.on, reverse=True)
    chosen = _rows(shop, "customer_actions", one) if engine.has("customer_actions") else []
    figures = [
        Figure(
            "Contribution profit",
            found.cm3,
            "money",
            f"place {found.place:,} of {found.n_customers:,}" if found.place else "",
        ),
        Figure("Peers make", found.peer_cm3, "money", f"mean of {found.n_peers:,}: {found.peers}"),
        Figure("Orders", found.facts["n_orders"], "count", f"last on {fmt.day(found.facts['last_ordered_on'])}"),
    ]
    if engine.has("customer_clv"):
        for clv in _rows(shop, "customer_clv", one):
            figures.append(
                Figure(
                    "Expected in 12 months", clv["clv_12m"], "money", low=clv["clv_12m_p10"], high=clv["clv_12m_p90"]
                )
            )
            figures.append(Figure("Still a customer", clv["p_alive"], "share", "probability"))
    return CustomerPage(
        customer_id=customer_id,
        profit=found,
        parts=tuple((name, found.parts[name], found.gaps[name]) for name in found.parts),
        figures=tuple(figures),
        waterfall=waterfall_chart(
            {name: row[name] for name in LISTS["amounts"]},
            "customer.waterfall",
            State("/charts/customer.waterfall").url(customer_id=customer_id),
            f"Customer {customer_id}",
            shop.config.shop.currency,
        ),
        next_best=chosen[0] if chosen else None,
        timeline=tuple(moments[:MOMENTS]),
        n_moments=len(moments),
        similar=_similar(shop, customer_id),
    )


MOMENTS: Final = 80


def customer_waterfall(shop: Shop, state: State) -> Chart:
    """The waterfall of one customer."""
    return read_customer(shop, state).waterfall


def _rows(shop: Shop, name: str, where: Mapping[str, str], most: int = 200, by: str = "") -> list[dict[str, Any]]:
    if not shop.engine.has(name):
        return []
    picked = exp.select("*").from_(exp.to_identifier(name, quoted=True))
    for key, value_ in where.items():
        picked = picked.where(exp.column(key, quoted=True).eq(exp.Literal.string(value_)))
    if by:
        picked = picked.order_by(exp.Ordered(this=exp.column(by), desc=True))
    return shop.engine.dicts(picked.limit(most))


def _moments(shop: Shop, customer_id: str) -> Iterable[Moment]:
    """Everything known to have happened to a customer."""
    one = {"customer_id": customer_id}
    currency = shop.config.shop.currency
    for row in _rows(shop, "served_customer_orders", one, by="ordered_at"):
        yield Moment(
            str(row["ordered_on"]),
            "order",
            f"Order {row['order_id']}",
            f"{fmt.counted(row['n_lines'], 'line')}, net sales {fmt.money(row['net_sales'], currency)}",
            row["cm3"],
            f"/orders/{row['order_id']}",
        )
    for row in _rows(shop, "returns", one, by="returned_at"):
        refund = row.get("refund")
        yield Moment(
            str(row["returned_at"])[:10],
            "bad",
            f"Return of {row.get('sku') or 'an item'}",
            str(row.get("reason") or ""),
            -refund if refund is not None else None,
            f"/orders/{row['order_id']}" if row.get("order_id") else "",
        )
    for row in _rows(shop, "contacts", one, by="contacted_at"):
        yield Moment(
            str(row["contacted_at"])[:10],
            "bad",
            f"Contact: {row.get('reason') or row.get('medium') or ''}",
            str(row.get("verbatim") or ""),
            None,
            f"/orders/{row['order_id']}" if row.get("order_id") else "",
        )
    for row in _rows(shop, "touches", one, by="touched_at"):
        where = " · ".join(str(row[key]) for key in ("channel", "campaign", "keyword") if row.get(key))
        yield Moment(str(row["touched_at"])[:10], "touch", f"{str(row.get('kind') or 'touch').capitalize()}", where)
    for row in _rows(shop, "customer_events", one, by="occurred_at"):
        yield Moment(
            str(row["occurred_at"])[:10], "event", str(row.get("kind") or "event").replace("_", " ").capitalize()
        )


def _similar(shop: Shop, customer_id: str) -> Table:
    rows = shop.engine.dicts(query("similar", values={"customer_id": customer_id}))
    columns = (
        Column("customer_id", "Customer", "id", link="/customers/{customer_id}"),
        Column("n_orders", "Orders", "count"),
        Column("cm3", "Contribution", "money"),
        Column("segment", "Lost by"),
    )
    return Table(
        "customer.similar",
        "Similar customers",
        columns,
        tuple(rows),
        len(rows),
        sortable=False,
        note="Same way of coming and as many orders, nearest in profit.",
    )


CHARTS: Final = {"customer.waterfall": customer_waterfall}
