"""Marketing: what keywords, search terms, campaigns and landing pages cost and bring; what to pause, what to raise."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from sqlglot import exp

from profithunt import fmt
from profithunt.api.pages.opportunities import every
from profithunt.api.pages.parts import Chart, Choice, Column, Figure, Missing, State, Table, choices
from profithunt.api.pages.tables import Listed, query, read_table
from profithunt.api.shop import Shop
from profithunt.opportunities.opportunity import Opportunity

BY: Final = {
    "keyword": "Keywords",
    "campaign": "Campaigns",
    "landing_page": "Landing pages",
    "marketing_channel": "Channels",
    "search_term": "Search terms",
}
OWNERS: Final = ("marketing", "crm", "web", "search")
LEVELS: Final = ("keyword", "campaign", "landing_page", "session", "search_term", "marketing_channel")
ENDS: Final = 8
MOST: Final = 6


@dataclass(frozen=True)
class MarketingPage:
    """What advertising costs and brings."""

    missing: Missing | None
    figures: tuple[Figure, ...] = ()
    by: str = ""
    dimensions: tuple[Choice, ...] = ()
    ends: Chart | None = None
    members: Table | None = None
    worth: Table | None = None
    opportunities: tuple[Opportunity, ...] = ()
    more: str = ""


def read(shop: Shop, state: State) -> MarketingPage:
    """The page by one dimension. Raises UsageError."""
    known = _known(shop)
    if not known:
        return MarketingPage(
            Missing(
                "No marketing yet",
                "What advertising costs and brings needs touches or spend: map ad_spend and touches in shop.toml and "
                "run the shop again.",
            ),
            opportunities=_found(shop),
        )
    by = state.choice("by", tuple(BY), known[0])
    return MarketingPage(
        missing=None,
        figures=_figures(shop),
        by=by,
        dimensions=choices(state, "by", {name: BY[name] for name in known}, by),
        ends=ends(shop, state) if by != "search_term" else None,
        members=read_table(
            shop,
            state,
            "marketing.terms" if by == "search_term" else "marketing.members",
            terms if by == "search_term" else members,
        ),
        worth=read_table(shop, state, "marketing.worth", worth) if _has_worth(shop, by) else None,
        opportunities=_found(shop),
    )


def _known(shop: Shop) -> list[str]:
    """Dimensions with a member that spent or earned something."""
    present = {item["dimension"]: item["members"] for item in shop.current.info["reconciliation"]["slices"]}
    known = [name for name in BY if present.get(name, 0) > 1]
    if shop.engine.has("touches"):
        has_terms = shop.engine.value(
            exp.select(exp.Count(this=exp.Distinct(expressions=[exp.column("search_term")]))).from_("touches")
        )
        if has_terms:
            known.append("search_term")
    return known


def _has_worth(shop: Shop, by: str) -> bool:
    if by == "search_term" or not shop.engine.has("acquisition"):
        return False
    return bool(
        shop.engine.value(
            exp.select(exp.Count(this=exp.Star()))
            .from_("acquisition")
            .where(exp.column("dimension").eq(exp.Literal.string(by)))
        )
    )


def _figures(shop: Shop) -> tuple[Figure, ...]:
    row = shop.engine.dicts(query("marketing_totals"))[0]
    new = (
        shop.engine.value(exp.select(exp.func("SUM", exp.column("new"))).from_("customer_flows"))
        if shop.engine.has("customer_flows")
        else None
    )
    spend = -row["marketing"] if row["marketing"] is not None else None
    made = [
        Figure(
            "Marketing spend",
            spend,
            "money",
            f"{fmt.share(spend / row['net_sales'])} of net sales" if spend and row["net_sales"] else "",
        ),
        Figure("CM2 it led to", row["led_cm2"], "money", "orders with credit to a paid touch; bookkeeping, not cause"),
        Figure("Left after spend", row["led_cm3"], "money", "contribution profit of these orders"),
    ]
    if new:
        made.append(
            Figure(
                "Spend per new customer", (spend or 0) / new, "money", f"{fmt.counted(int(new), 'new customer')} in all"
            )
        )
    return tuple(made)


def _by(shop: Shop, state: State) -> str:
    return state.choice("by", tuple(BY), next(iter(_known(shop)), "marketing_channel"))


def ends(shop: Shop, state: State) -> Chart:
    """The members that earn and those that lose most, both ends."""
    by = _by(shop, state)
    rows = [
        row for row in shop.engine.dicts(query("marketing_members", values={"dimension": by})) if row["cm3"] is not None
    ]
    ordered = sorted(rows, key=lambda row: row["cm3"], reverse=True)
    chosen = ordered if len(ordered) <= 2 * ENDS else [*ordered[:ENDS], *ordered[-ENDS:]]
    losing = [row for row in rows if row["cm3"] < 0]
    lost = sum((row["cm3"] for row in losing), start=0)
    currency = shop.config.shop.currency
    finding = (
        f"{len(losing)} of {fmt.counted(len(rows), 'member')} lose money, {fmt.money(lost, currency)} together."
        if losing
        else "None loses money."
    )
    return Chart(
        "marketing.ends",
        f"{BY[by]} that earn, and that lose",
        finding,
        (Column("member", BY[by]), Column("cm3", "Contribution", "money")),
        tuple(
            {"label": row["member"], "member": row["member"], "value": row["cm3"], "cm3": row["cm3"]} for row in chosen
        ),
        "ranked",
        {},
        f"Bars, best first. {finding}",
        max(60, 24 * len(chosen)) // 20 * 20,
        href=replace(state, path="/charts/marketing.ends").url(),
    )


def members(shop: Shop, state: State) -> Listed:
    """Every member of a dimension of touches."""
    by = _by(shop, state)
    return Listed(
        query("marketing_members", values={"dimension": by}),
        (
            Column("member", BY[by], "id", link=f"/profit?by={by}&member={{member}}"),
            Column("spend", "Spend", "money"),
            Column("net_sales", "Net sales", "money"),
            Column("cm2", "CM2", "money"),
            Column("cm3", "After spend", "bar"),
            Column(
                "back",
                "CM2 per unit of spend",
                "number",
                hint="CM2 ÷ spend: below 1 it costs more than it brings at once",
            ),
        ),
        BY[by],
        sort="cm3",
        search=("member",),
        note="Attribution is bookkeeping: what an order is credited to, not what caused it.",
        size=20,
    )


def worth(shop: Shop, state: State) -> Listed:
    """What the customers are worth whom each member brought, with the probability that they are worth more than all."""
    by = _by(shop, state)
    picked = (
        exp.select(
            "member",
            "n_customers",
            exp.alias_(exp.column("value_adjusted"), "worth"),
            exp.alias_(exp.column("value_low"), "low"),
            exp.alias_(exp.column("value_high"), "high"),
            "better",
        )
        .from_("acquisition")
        .where(exp.column("dimension").eq(exp.Literal.string(by)))
    )
    return Listed(
        picked.sql(dialect="duckdb"),
        (
            Column("member", BY[by]),
            Column("n_customers", "Customers", "count"),
            Column("worth", "Lifetime value each", "interval"),
            Column(
                "better",
                "Better than all",
                "share",
                hint="probability that its customers are worth more than everybody's",
            ),
        ),
        "Value of the customers it brought",
        sort="-worth",
        search=("member",),
        size=12,
    )


def terms(shop: Shop, state: State) -> Listed:
    """Search terms: how often they were clicked, what the clicks cost, what their orders earned."""
    del shop, state
    return Listed(
        query("search_terms"),
        (
            Column("search_term", "Search term"),
            Column("keyword", "Keyword"),
            Column("n_clicks", "Clicks", "count"),
            Column("spend", "Cost", "money"),
            Column("n_orders", "Orders", "count"),
            Column("cm3", "Contribution of them", "bar"),
        ),
        "Search terms",
        sort="-n_clicks",
        search=("search_term", "keyword"),
        size=20,
    )


def _found(shop: Shop) -> tuple[Opportunity, ...]:
    return tuple(item for item in every(shop) if item.owner in OWNERS or item.level in LEVELS)[:MOST]


TABLES: Final = {"marketing.members": members, "marketing.worth": worth, "marketing.terms": terms}
CHARTS: Final[dict[str, Any]] = {"marketing.ends": ends}
