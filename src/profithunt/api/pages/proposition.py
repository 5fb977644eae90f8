"""The proposition: what customers are offered, and what another offer would earn; a study a tab, told alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from profithunt import fmt
from profithunt.api.pages import told
from profithunt.api.pages.parts import Chart, Choice, Column, Figure, State, Table, choices, plain
from profithunt.api.pages.reader import Study, study
from profithunt.api.pages.tables import Listed, held, read_table
from profithunt.api.pages.told import FactsTold, TableTold, Told
from profithunt.api.shop import Shop

PATIENCE: Final = 120.0
"""Seconds that a file waits for a study that is still being worked out."""


@dataclass(frozen=True)
class Offer:
    """One study of the proposition: its words, what it is about, and what works it out."""

    label: str
    about: str
    work: Callable[[Shop], Any]


OFFERS: Final[Mapping[str, Offer]] = {
    "delivery": Offer(
        "Delivery terms",
        "From which basket on delivery is free, and what it costs below.",
        lambda shop: shop.proposition.delivery_terms(),
    ),
    "options": Offer(
        "Delivery options",
        "What each way of delivery costs, is charged, and brings back.",
        lambda shop: shop.proposition.delivery_options(),
    ),
    "promise": Offer(
        "Promised day",
        "Which day to promise by lane: what lateness costs against what an earlier day sells.",
        lambda shop: shop.proposition.promises(),
    ),
    "carriers": Offer(
        "Carriers",
        "Which carrier or own van should take which parcels, and what capacity is worth.",
        lambda shop: shop.proposition.carriers(),
    ),
    "promotions": Offer(
        "Promotions",
        "What each promotion earned beyond what would have come without it.",
        lambda shop: shop.proposition.promotions(),
    ),
    "markdowns": Offer(
        "Markdowns",
        "The sequence of prices that earns most from stock before its season ends.",
        lambda shop: shop.proposition.markdowns(),
    ),
    "overstock": Offer(
        "Overstock",
        "Which customer is offered which overstocked SKU with the least incentive, against a price cut for all.",
        lambda shop: shop.proposition.overstock(),
    ),
    "returns": Offer(
        "Returns",
        "How long customers may send back, and what it costs them.",
        lambda shop: shop.proposition.returns_policy(),
    ),
    "payments": Offer(
        "Payments",
        "Which ways to pay to offer, and what each of them costs and brings.",
        lambda shop: shop.proposition.payment_mix(),
    ),
}
"""The tabs, in their order."""
VERDICT: Final = (
    *("verdict", "why_no_study", "recommended", "best", "window_days", "as_of", "subject"),
    *("gain", "gain_low", "gain_high", "better"),
)
"""What the verdict says already."""


@dataclass(frozen=True)
class PropositionPage:
    """One tab: working while the study is worked out; then its verdict, chart, tables, and what it rests on."""

    tab: str
    tabs: tuple[Choice, ...]
    about: str
    working: bool
    seconds: float
    why_not: str
    verdict: str
    again: str
    recommended: tuple[tuple[str, str], ...] = ()
    recommended_title: str = ""
    figures: tuple[Figure, ...] = ()
    candidates: Chart | None = None
    facts: tuple[FactsTold, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()


def read(shop: Shop, state: State) -> PropositionPage:
    """One tab as far as its study is. Raises UsageError for one that there isn't."""
    tab = _tab(state)
    found = _study(shop, tab)
    page = PropositionPage(
        tab=tab,
        tabs=choices(State(state.path), "tab", {name: one.label for name, one in OFFERS.items()}, tab),
        about=OFFERS[tab].about,
        working=found.state == "working",
        seconds=round(found.seconds, 1),
        why_not=found.error,
        verdict="",
        again=state.url(),
    )
    if found.state != "done":
        return page
    data, tell = found.value
    currency = shop.config.shop.currency
    chosen: Mapping[str, Any] = next(
        (data[name] for name in ("recommended", "best") if isinstance(data.get(name), Mapping)), {}
    )
    return replace(
        page,
        verdict=verdict(data, currency),
        recommended=told.facts_of(chosen, currency),
        recommended_title="" if isinstance(data.get("recommended"), Mapping) else "The best other would be:",
        figures=tell.figures,
        candidates=candidates(shop, state) if tell.bars else None,
        facts=tell.facts,
        tables=tuple(_table(shop, state, tab, one) for one in tell.tables),
        notes=tell.notes,
    )


def _tab(state: State) -> str:
    return state.choice("tab", tuple(OFFERS), next(iter(OFFERS)))


def _study(shop: Shop, tab: str, wait: float | None = None) -> Study:
    """A study's data and how it is told."""

    def work(on: Shop) -> tuple[dict[str, Any], Told]:
        data = plain(OFFERS[tab].work(on).to_json())
        return data, told.tell(data, on.config.shop.currency, VERDICT)

    return study(shop, ("proposition", tab), work) if wait is None else study(shop, ("proposition", tab), work, wait)


def verdict(data: Mapping[str, Any], currency: str) -> str:
    """What to do, in a sentence."""
    says = data.get("verdict")
    if says == "leave":
        return "Leave it as it is: nothing else is likely enough to earn more."
    if says != "change":
        why = str(data.get("why_no_study") or "not enough is known yet")
        return f"It can't be said what would earn more: {why}."
    chosen = data.get("recommended")
    source = chosen if isinstance(chosen, Mapping) and told.gain_of(chosen) else data
    gain = told.gain_of(source) or (told.gain_of(data["total"]) if isinstance(data.get("total"), Mapping) else None)
    if gain is None:
        return "Change it."
    days = f" in {data['window_days']} days" if "window_days" in data else ""
    span = " a year" if any(key.endswith("a_year") for key in source) else days
    worth = fmt.estimate(gain[1], gain[0], gain[2], currency)
    better = source.get("better")
    sure = f", with a probability of {fmt.share(better)}" if better is not None else ""
    return f"Change it: {worth} contribution profit more{span}{sure}."


def _table(shop: Shop, state: State, tab: str, one: TableTold) -> Table:
    name = f"proposition.{one.name}"
    made = read_table(shop, state, name, lambda *_: _listed(one))
    return replace(made, export=State("/tables/proposition.part").url(tab=tab, part=one.name))


def _listed(one: TableTold) -> Listed:
    return held(one.rows, one.columns, one.title, search=tuple(c.key for c in one.columns if c.kind == "text"), size=12)


def candidates(shop: Shop, state: State) -> Chart:
    """What each candidate would earn more, with its range."""
    tab = _tab(state)
    found = _study(shop, tab, PATIENCE)
    tell: Told | None = found.value[1] if found.state == "done" else None
    best = tell.bars[0] if tell is not None and tell.bars else None
    currency = shop.config.shop.currency
    finding = "Nothing can be compared yet."
    if best is not None:
        worth = fmt.estimate(best["value"], best["low"], best["high"], currency)
        finding = f"Most: {best['label']}, {worth}. Lines are ranges from p10 to p90; pale: may be nothing."
    rows = tell.bars if tell is not None else ()
    return Chart(
        "proposition.candidates",
        tell.bars_title if tell is not None and tell.bars_title else "Candidates",
        finding,
        (
            Column("label", "What"),
            Column("value", "Gain", "money"),
            Column("low", "From", "money"),
            Column("high", "To", "money"),
        ),
        rows,
        "forest",
        {},
        f"Forest plot. {finding}",
        max(80, 24 * len(rows)) // 20 * 20,
        href=State("/charts/proposition.candidates").url(tab=tab),
    )


def part(shop: Shop, state: State) -> Listed:
    """A table of a tab, in full."""
    found = _study(shop, _tab(state), PATIENCE)
    if found.state != "done":
        return held([], (Column("what", "What"),), "Proposition", empty=found.error or "It is being worked out.")
    tables = found.value[1].tables
    wanted = state.get("part")
    one = next((table for table in tables if table.name == wanted), tables[0] if tables else None)
    return _listed(one) if one is not None else held([], (Column("what", "What"),), "Proposition")


TABLES: Final = {"proposition.part": part}
CHARTS: Final = {"proposition.candidates": candidates}
