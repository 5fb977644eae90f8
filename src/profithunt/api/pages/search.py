"""Search: customers, orders, SKUs, keywords and other slices, pages, metrics, by a part of their names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from profithunt import fmt
from profithunt.api.pages.parts import State
from profithunt.api.pages.tables import query
from profithunt.api.shop import Shop

PAGES: Final = {
    "Today": ("/", "opportunities to do queue decide"),
    "Profit": ("/profit", "waterfall margin slices orders month plan"),
    "Customers": ("/customers", "whale clv cohorts flows acquisition retention"),
    "Products": ("/products", "sku returns stock price scatter"),
    "Marketing": ("/marketing", "keywords campaigns landing pages spend search terms"),
    "Delivery": ("/delivery", "defects dpmo carriers lanes late damaged"),
    "High-value actions": ("/high-value-actions", "effects causal forest next best"),
    "Proposition": ("/proposition", "delivery terms options promise promotions markdowns carriers threshold charge"),
    "Prices": ("/prices", "competitors rivals undercut delivered gap wars matches"),
    "Listening": ("/listening", "contacts reasons voices sessions reviews customers say"),
    "Weekly review": ("/review", "deck wbr metrics weeks"),
    "Outcomes": ("/outcomes", "realised predicted waste records"),
    "Data": ("/data", "health quarantine lineage metrics freshness"),
    "Settings": ("/settings", "users roles limits agents tokens thresholds"),
}
KINDS: Final = {
    "customer": ("Customers", "/customers/{}"),
    "order": ("Orders", "/orders/{}"),
    "sku": ("SKUs", "/products/{}"),
}
MOST: Final = 12


@dataclass(frozen=True)
class Hit:
    """Something found: what it is called, a remark, its address."""

    label: str
    note: str
    href: str


@dataclass(frozen=True)
class SearchPage:
    """What was found, by kind."""

    q: str
    groups: tuple[tuple[str, tuple[Hit, ...]], ...]
    n: int


def read(shop: Shop, state: State) -> SearchPage:
    """Everything that matches the words of the state; nothing for no words."""
    text = state.get("q")[:80]
    if not text:
        return SearchPage("", (), 0)
    wanted = text.lower()
    groups: list[tuple[str, tuple[Hit, ...]]] = []
    pages = [
        Hit(name, "", href)
        for name, (href, words) in PAGES.items()
        if wanted in name.lower() or any(word.startswith(wanted) for word in words.split())
    ]
    groups.append(("Pages", tuple(pages)))
    found = shop.engine.dicts(query("found", values={"wanted": wanted, "most": MOST}))
    currency = shop.config.shop.currency
    for kind, (title, href) in KINDS.items():
        rows = [row for row in found if row["kind"] == kind]
        groups.append((title, tuple(Hit(row["id"], _note(row, currency), href.format(row["id"])) for row in rows)))
    slices = [row for row in found if row["kind"] not in KINDS]
    groups.append(
        (
            "Slices",
            tuple(
                Hit(
                    row["id"],
                    f"{row['kind'].replace('_', ' ')}, {_note(row, currency)}",
                    State("/profit").url(by=row["kind"], member=row["id"]),
                )
                for row in slices
            ),
        )
    )
    metrics = [
        Hit(item.title, item.what, f"/metrics/{item.name}")
        for item in shop.metrics().awake
        if wanted in item.title.lower() or wanted in item.name.lower() or wanted in item.what.lower()
    ][:MOST]
    groups.append(("Metrics", tuple(metrics)))
    kept = tuple(group for group in groups if group[1])
    return SearchPage(text, kept, sum(len(hits) for _, hits in kept))


def _note(row: dict[str, object], currency: str) -> str:
    amount = fmt.money(row["cm3"], currency)  # type: ignore[arg-type]
    return " · ".join(part for part in (str(row["name"] or ""), f"contribution {amount}") if part)
