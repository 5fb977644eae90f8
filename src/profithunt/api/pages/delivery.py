"""Delivery: how many customers were failed, by what; control chart, lanes, carriers, cost of defects, orders."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any, Final

from profithunt import fmt
from profithunt.api.pages.parts import Chart, Choice, Column, Figure, Missing, State, Table, choices
from profithunt.api.pages.reader import once
from profithunt.api.pages.tables import Listed, held, query, read_table
from profithunt.api.shop import Shop
from profithunt.errors import NotFound

BY: Final = {
    "carrier": "Carrier",
    "lane": "Lane",
    "region": "Region",
    "service": "Service",
    "origin": "Origin",
    "supplier": "Supplier",
    "store": "Store",
    "month": "Month",
}
WEEK: Final = dt.timedelta(days=6)
KINDS: Final = (
    "late",
    "failed_attempt",
    "lost",
    "damaged",
    "wrong_item",
    "missing_item",
    "cancelled",
    "short_dated",
    "early",
    "defective",
)


@dataclass(frozen=True)
class DeliveryPage:
    """Defects, carriers, orders."""

    missing: Missing | None
    figures: tuple[Figure, ...] = ()
    by: str = ""
    member: str = ""
    dimensions: tuple[Choice, ...] = ()
    control: Chart | None = None
    kinds: Table | None = None
    members: Table | None = None
    lanes: Table | None = None
    limits: Table | None = None
    orders: Table | None = None
    finding: str = ""
    back: str = ""


def read(shop: Shop, state: State) -> DeliveryPage:
    """The page by one dimension, of all or of one member. Raises NotFound, UsageError."""
    try:
        board = _board(shop, state)
    except NotFound as error:
        return DeliveryPage(Missing("No deliveries yet", str(error)))
    by, member = _by(shop, state), state.get("member")
    total, perfect = board.total, board.perfect
    if not total.n_opportunities:
        return DeliveryPage(
            Missing(
                "No deliveries yet",
                "Defects per million need parcels with a promise and a delivery, or orders that were cancelled: "
                "map a table to shipments and run the shop again.",
            )
        )
    has_lanes = shop.engine.has("carrier_lanes") and not member
    return DeliveryPage(
        missing=None,
        figures=(
            Figure(
                "Customers failed",
                perfect.n_customers_failed,
                "count",
                fmt.failed(perfect.n_customers_failed, perfect.n_customers),
            ),
            Figure("Defects per million", _whole(total.dpmo), "count", _sigma(total)),
            Figure("Parcels failed", total.n_failed, "count", fmt.failed(total.n_failed, total.n_parcels, "parcel")),
            Figure("Perfect orders", perfect.n_perfect, "count", f"{fmt.share(perfect.share)} of {perfect.n_known:,}"),
            Figure("What they cost", _cost(board), "money", "contacts, concessions, sending again, claims"),
        ),
        by=by,
        member=member,
        dimensions=choices(
            state, "by", {name: label for name, label in BY.items() if name in _known(shop)}, by, member=None
        ),
        control=control(shop, state),
        kinds=read_table(shop, state, "delivery.kinds", kinds),
        members=None if member else read_table(shop, state, "delivery.members", members),
        lanes=read_table(shop, state, "delivery.lanes", lanes) if has_lanes else None,
        limits=read_table(shop, state, "delivery.limits", limits) if not member else None,
        orders=read_table(shop, state, "delivery.orders", orders),
        finding=_finding(board),
        back=state.url(member=None),
    )


def _board(shop: Shop, state: State) -> Any:
    by, member = _by(shop, state), state.get("member")
    return shop.defects(by=by, member=member or None, examples=0)


def _by(shop: Shop, state: State) -> str:
    known = _known(shop)
    return state.choice("by", tuple(BY), known[0] if known else "month")


def _known(shop: Shop) -> list[str]:
    if not shop.engine.has("defect_orders"):
        return []
    row = once(shop, "defect_dimensions", lambda: shop.engine.dicts(query("defect_dimensions")))[0]
    return [name for name in BY if name == "month" or (row.get(name) or 0) > 1]


def _sigma(total: Any) -> str:
    if total.sigma is not None:
        return f"sigma {total.sigma:.1f}; {total.n_defects:,} in {total.n_opportunities:,} opportunities"
    return f"{total.n_defects:,} in {total.n_opportunities:,} opportunities"


def _cost(board: Any) -> float | None:
    known = [kind.cost * kind.n_defects for kind in board.kinds if kind.cost is not None]
    return sum(known) if known else None


def _finding(board: Any) -> str:
    worst = max(board.kinds, key=lambda kind: (kind.cost or 0) * kind.n_defects, default=None)
    if worst is None or not worst.n_defects:
        return ""
    return f"Costliest: {worst.kind.replace('_', ' ')}, {fmt.counted(worst.n_defects, 'defect')}."


def control(shop: Shop, state: State) -> Chart:
    """Share of parcels failed by week with the limits of chance."""
    board = _board(shop, state)
    chart = next((one for one in board.charts if one.points), None)
    rows = []
    signals: list[Any] = []
    if chart is not None:
        # A week that is not over yet looks like a wonder or a catastrophe: it is left out.
        points = [one for one in chart.points if dt.date.fromisoformat(one.label[:10]) + WEEK <= board.as_of]
        signals = [one for one in points if one.signal is not None]
        rows = [
            {
                "on": point.label,
                "value": None if point.value is None else point.value * 1_000_000,
                "mean": chart.centre * 1_000_000 if chart.centre is not None else None,
                "lower": None if point.lower is None else point.lower * 1_000_000,
                "upper": None if point.upper is None else point.upper * 1_000_000,
                "signal": point.signal is not None,
                "n": point.n,
            }
            for point in points
        ]
    finding = f"{fmt.counted(len(signals), 'week')} beyond chance" if signals else "Every week lies within chance"
    if signals:
        finding += f", the last from {fmt.day(signals[-1].label)}"
    return Chart(
        "delivery.control",
        "Parcels failed per million, by week",
        f"{finding}.",
        (
            Column("on", "Week from", "date"),
            Column("value", "Failed per million", "count"),
            Column("lower", "Lower limit", "count"),
            Column("upper", "Upper limit", "count"),
            Column("n", "Parcels", "count"),
        ),
        tuple(rows),
        "control",
        {"unit": "Failed per million"},
        f"Control chart with limits. {finding}.",
        280,
        href=replace(state, path="/charts/delivery.control").url(),
    )


def kinds(shop: Shop, state: State) -> Listed:
    """Defects by kind with what one costs."""
    columns = (
        Column("kind", "Defect", detail="unit"),
        Column("n_defects", "Defects", "count"),
        Column("dpmo", "Per million", "count"),
        Column("cost", "One costs", "cents"),
        Column("total", "In all", "bar"),
    )
    rows = [
        {
            "kind": kind.kind.replace("_", " "),
            "unit": f"per {kind.unit}",
            "n_defects": kind.n_defects,
            "n_opportunities": kind.n_opportunities,
            "dpmo": None if kind.dpmo is None else round(kind.dpmo),
            "cost": kind.cost,
            "total": None if kind.cost is None else -kind.cost * kind.n_defects,
        }
        for kind in _board(shop, state).kinds
    ]
    return held(
        rows,
        columns,
        "What went wrong",
        sort="-n_defects",
        note="One costs: contacts, concessions, sending again and claims that follow, against orders without it.",
    )


def members(shop: Shop, state: State) -> Listed:
    """Members of a dimension with their rates, held towards the mean."""
    by = _by(shop, state)
    columns = (
        Column("member", BY[by], "id", link=f"/delivery?by={by}&member={{member}}"),
        Column("n_parcels", "Parcels", "count"),
        Column("n_failed", "Failed", "count"),
        Column("failed_per_million", "Per million", "count"),
        Column("dpmo", "DPMO", "count"),
        Column("sigma", "Sigma", "number"),
        Column("shrunken", "Fair share failed", "share", hint="held towards the mean where parcels are few"),
    )
    rows = [
        {
            "member": one.member,
            "n_parcels": one.n_parcels,
            "n_failed": one.n_failed,
            "failed_per_million": _whole(one.failed_per_million),
            "dpmo": _whole(one.dpmo),
            "sigma": one.sigma,
            "shrunken": one.shrunken,
        }
        for one in _board(shop, state).members
    ]
    return held(
        rows,
        columns,
        f"By {BY[by].lower()}",
        sort="-failed_per_million",
        search=("member",),
        size=15,
    )


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def lanes(shop: Shop, state: State) -> Listed:
    """The scorecard of each carrier, service and region."""
    del state
    columns = (
        Column("carrier", "Carrier", link="/delivery?by=carrier&member={carrier}"),
        Column("service", "Service"),
        Column("region", "Region", link="/delivery?by=region&member={region}"),
        Column("n_parcels", "Parcels", "count"),
        Column("failed_per_million", "Failed per million", "count"),
        Column("cost_per_parcel", "A parcel costs", "cents"),
        Column("cost_with_defects", "With defects", "cents"),
        Column("days_p50", "Days, half", "number"),
        Column("days_p90", "nine in ten", "number"),
        Column("use", "Capacity used", "share"),
    )
    rows = [{**lane.to_json(), "failed_per_million": _whole(lane.failed_per_million)} for lane in shop.carriers().lanes]
    return held(
        rows,
        columns,
        "Carriers by lane",
        sort="-n_parcels",
        search=("carrier", "region"),
        size=12,
        note="What a switch or own delivery would bring: profithunt carriers --switch A B.",
    )


def limits(shop: Shop, state: State) -> Listed:
    """What is held against the limits that marketplaces set."""
    columns = (
        Column("what", "Limit"),
        Column("limit", "At most", "share"),
        Column("value", "Is", "share"),
        Column("n", "Of", "count"),
        Column("kept", "Kept", "chip"),
    )
    rows = [
        {**one.to_json(), "kept": "kept" if one.to_json()["kept"] else "broken"}
        for one in _board(shop, state).limits
        if one.value is not None
    ]
    return held(
        rows,
        columns,
        "Held against limits",
        sort="",
        note="Limits that large marketplaces set their sellers.",
    )


def orders(shop: Shop, state: State) -> Listed:
    """The orders that were failed, most defects first."""
    by, member = _by(shop, state), state.get("member")
    return Listed(
        query("failed_orders", values={"by": by if member else "", "member": member}),
        (
            Column("order_id", "Order", "id", link="/orders/{order_id}"),
            Column("customer_id", "Customer", "id", link="/customers/{customer_id}"),
            Column("ordered_on", "Day", "date"),
            Column("lane", "Lane"),
            Column("what", "What went wrong"),
            Column("n_defects", "Defects", "count"),
            Column("cm3", "Contribution", "cents"),
        ),
        "Orders that failed a customer",
        sort="-n_defects",
        search=("order_id", "customer_id", "lane"),
        size=15,
        empty="No order failed a customer.",
    )


TABLES: Final = {
    "delivery.kinds": kinds,
    "delivery.members": members,
    "delivery.lanes": lanes,
    "delivery.limits": limits,
    "delivery.orders": orders,
}
CHARTS: Final = {"delivery.control": control}
