"""Prices: own against rivals', delivered; where the shop stands, what to do about it, what a customer would see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from profithunt import fmt
from profithunt.api.pages.parts import Chart, Choice, Column, Figure, Missing, State, Table, choices
from profithunt.api.pages.reader import once
from profithunt.api.pages.tables import Listed, held, read_table
from profithunt.api.shop import Shop
from profithunt.errors import NotFound

ADVICE: Final = {"": "All", "raise": "Raise", "lower": "Lower", "hold": "Hold"}
BY: Final = ("category", "subcategory", "brand", "competitor", "reason")


@dataclass(frozen=True)
class PricesPage:
    """Own prices against rivals', or one SKU as a customer would see it."""

    missing: Missing | None
    figures: tuple[Figure, ...] = ()
    advice: tuple[Choice, ...] = ()
    by: tuple[Choice, ...] = ()
    worth: Chart | None = None
    positions: Table | None = None
    summary: Table | None = None
    wars: Table | None = None
    review: Table | None = None
    sku: str = ""
    name: str = ""
    offers: Table | None = None
    back: str = ""


def read(shop: Shop, state: State) -> PricesPage:
    """The whole of it, or one SKU. Raises NotFound for a SKU that is not compared."""
    try:
        board = once(shop, "price board", shop.prices.board)
    except NotFound as error:
        return PricesPage(Missing("No rival's price yet", str(error)))
    if state.get("sku"):
        return _one(shop, state)
    advice = state.choice("advice", tuple(ADVICE), "")
    return PricesPage(
        missing=None,
        figures=(
            Figure("SKUs compared", board.n_skus, "count", f"on {fmt.day(board.as_of)}"),
            Figure("Lowest price", board.n_lowest, "count", fmt.share(board.n_lowest / board.n_skus)),
            Figure(
                "Lowest delivered",
                board.n_delivered_lowest,
                "count",
                f"{fmt.share(board.n_delivered_lowest / board.n_skus)}, with delivery, waiting and lateness",
            ),
            Figure("Median gap", board.median_gap, "share", "own price over the lowest rival's"),
            Figure("Days undercut", board.days_undercut_share, "share", "of the days compared"),
            Figure("Worth of the advice", board.value, "money", "over 28 days, middle estimates"),
        ),
        advice=choices(state, "advice", ADVICE, advice, page__prices__positions=None),
        by=choices(state, "by", {name: name.capitalize() for name in BY}, _by(state)),
        worth=worth(shop, state),
        positions=read_table(shop, state, "prices.positions", positions),
        summary=read_table(shop, state, "prices.summary", summary),
        wars=read_table(shop, state, "prices.wars", wars),
        review=read_table(shop, state, "prices.review", review),
    )


def _one(shop: Shop, state: State) -> PricesPage:
    view = shop.prices.view(state.get("sku"))
    columns = (
        Column("seller", "Seller", detail="own"),
        Column("price", "Price", "cents"),
        Column("shipping", "Delivery", "cents"),
        Column("total", "Delivered", "cents"),
        Column("delivery_days", "Days", "count"),
        Column("late_share", "Come late", "share"),
        Column("checked_on", "Checked", "date"),
    )
    rows = [{**vars(offer), "own": "this shop" if offer.own else ""} for offer in view.offers]
    note = f"{fmt.counted(view.n_out_of_stock, 'offer')} out of stock left out." if view.n_out_of_stock else ""
    table = read_table(
        shop, state, "prices.offers", lambda *_: held(rows, columns, "As a customer would see it", note=note)
    )
    return PricesPage(None, sku=view.sku, name=view.name or view.sku, offers=_alone(table), back=state.url(sku=None))


def _alone(table: Table) -> Table:
    """A table without an address of its own."""
    from dataclasses import replace

    return replace(table, export="", sortable=False)


def _by(state: State) -> str:
    return state.choice("by", BY, "category")


def worth(shop: Shop, state: State) -> Chart:
    """What the best changes of a price are worth, with their ranges."""
    del state
    rows = [row for row in shop.prices.positions().dicts()[:200] if row["value"]][:15]
    shown = tuple(
        {
            "label": ", ".join(str(row[key]) for key in ("name", "sku") if row[key]),
            "value": row["value"],
            "low": row["value_low"],
            "high": row["value_high"],
            "credible": (row["probability"] or 0) >= 0.8,
            "to": row["price_to_try"],
        }
        for row in rows
    )
    currency = shop.config.shop.currency
    finding = "No change of a price is likely enough to earn more."
    if shown:
        first = shown[0]
        finding = (
            f"Most: {first['label']} at {fmt.money_exact(first['to'], currency)}, "
            f"{fmt.estimate(first['value'], first['low'], first['high'], currency)} over 28 days."
        )
    return Chart(
        "prices.worth",
        "Prices to change first",
        finding,
        (
            Column("label", "SKU"),
            Column("to", "Price to try", "cents"),
            Column("value", "Worth", "money"),
            Column("low", "From", "money"),
            Column("high", "To", "money"),
        ),
        shown,
        "forest",
        {},
        f"Forest plot. {finding}",
        max(80, 24 * len(shown)) // 20 * 20,
        empty=finding,
        href=State("/charts/prices.worth").url(),
    )


def positions(shop: Shop, state: State) -> Listed:
    """Every compared SKU: own price and rivals', delivered, and what to do."""
    advice = state.choice("advice", tuple(ADVICE), "")
    columns = (
        Column("sku", "SKU", "id", link="/prices?sku={sku}", detail="name"),
        Column("price", "Own", "cents"),
        Column("lowest_price", "Lowest rival", "cents", detail="lowest_competitor"),
        Column("gap", "Gap", "share"),
        Column("delivered_gap", "Gap delivered", "share"),
        Column("days_undercut", "Days undercut", "count"),
        Column("advice", "Advice", "chip", detail="reason"),
        Column("price_to_try", "Price to try", "cents"),
        Column("value", "Worth in 28 days", "money"),
    )
    if not _known(shop, state, advice):
        return held([], columns, "SKUs", empty="No SKU has this advice.")
    found = shop.prices.positions(advice=advice or None)  # type: ignore[arg-type]
    return Listed(found.sql, columns, "SKUs", sort="-value", search=("sku", "name", "lowest_competitor"), size=15)


def _known(shop: Shop, state: State, advice: str) -> bool:
    del state
    try:
        board = once(shop, "price board", shop.prices.board)
    except NotFound:
        return False
    return not advice or board.by_advice.get(advice, 0) > 0


def summary(shop: Shop, state: State) -> Listed:
    """Where the shop stands by category, brand or rival."""
    by = _by(state)
    shown: tuple[Column, ...] = (
        Column("member", by.capitalize()),
        Column("n_skus", "SKUs", "count"),
        Column("n_delivered_lowest", "Lowest delivered", "count"),
        Column("median_gap", "Median gap", "share"),
        Column("days_undercut_share", "Days undercut", "share"),
        Column("value", "Worth", "money"),
    )
    if by == "competitor":
        shown = (
            Column("member", "Competitor"),
            Column("n_skus", "SKUs", "count"),
            Column("n_cheaper", "Cheaper", "count"),
            Column("n_cheaper_delivered", "Cheaper delivered", "count"),
            Column("median_gap", "Median gap", "share"),
            Column("last_checked_on", "Checked", "date"),
        )
    if not _known(shop, state, ""):
        return held([], shown, f"By {by}")
    return Listed(shop.prices.summary(by).sql, shown, f"By {by}", sort="-n_skus", size=12)  # type: ignore[arg-type]


def wars(shop: Shop, state: State) -> Listed:
    """SKUs whose price the shop and a rival cut in turn."""
    columns = (
        Column("sku", "SKU", "id", link="/prices?sku={sku}"),
        Column("competitor", "Competitor"),
        Column("turns", "Turns", "count"),
        Column("last_cut_on", "Last cut", "date"),
        Column("war", "Now"),
    )
    if not _known(shop, state, ""):
        return held([], columns, "Price wars")
    rows = once(shop, "price wars", lambda: shop.prices.wars().dicts())
    told = [{**row, "war": "at war" if row["at_war"] else ""} for row in rows]
    return held(told, columns, "Price wars", sort="-turns", size=8, empty="Nobody cuts prices in turn.")


def review(shop: Shop, state: State) -> Listed:
    """Offers of price feeds that may be a SKU of the shop: to be decided."""
    columns = (
        Column("match_id", "Match", "id"),
        Column("title", "Offer", detail="competitor"),
        Column("sku", "May be", "id", link="/products/{sku}"),
        Column("confidence", "Sure", "share"),
        Column("reason", "Why"),
    )
    if not _known(shop, state, "") or not shop.engine.has("offer_matches"):
        return held([], columns, "Matches to decide")
    return held(
        shop.prices.review(),
        columns,
        "Matches to decide",
        sort="-confidence",
        search=("title", "competitor", "sku"),
        size=8,
        empty="Every match is clear or decided.",
        note="Decide with profithunt prices accept or reject, and the match; it counts from the next run on.",
    )


TABLES: Final = {
    "prices.positions": positions,
    "prices.summary": summary,
    "prices.wars": wars,
    "prices.review": review,
}
CHARTS: Final[dict[str, Any]] = {"prices.worth": worth}
