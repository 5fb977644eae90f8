"""Outcomes: realised against predicted, the record of each detector, person and agent, and money lost by cause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from profithunt import fmt
from profithunt.api.pages.parts import Chart, Column, Figure, Missing, State, Table
from profithunt.api.pages.tables import Listed, held, read_table
from profithunt.api.shop import Shop
from profithunt.errors import NotFound


@dataclass(frozen=True)
class OutcomesPage:
    """What deciding brought, and what is still lost."""

    figures: tuple[Figure, ...]
    waste: Chart
    causes: Table
    outcomes: Table
    records: Table
    missing: Missing | None = None


def read(shop: Shop, state: State) -> OutcomesPage:
    """The page."""
    totals = shop.act.totals()
    kinds = totals.decisions_by_kind
    realised = totals.realised_by_kind
    done = shop.act.outcomes().outcomes
    return OutcomesPage(
        figures=(
            Figure(
                "Realised",
                totals.realised if done else None,
                "money",
                fmt.counted(len(done), "action") + " measured" if done else "nothing measured yet",
            ),
            Figure(
                "Predicted for them",
                totals.predicted if done else None,
                "money",
                f"{fmt.share(totals.realised / totals.predicted)} came" if done and totals.predicted else "",
            ),
            Figure("Decisions by people", kinds.get("person", 0), "count", _brought(realised, "person", shop)),
            Figure("Decisions by agents", kinds.get("agent", 0), "count", _brought(realised, "agent", shop)),
            Figure("Agents overruled", totals.override_rate, "share", "of their decisions"),
        ),
        waste=waste(shop, state),
        causes=read_table(shop, state, "outcomes.causes", causes),
        outcomes=read_table(shop, state, "outcomes.all", outcomes),
        records=read_table(shop, state, "outcomes.records", records),
    )


def _brought(realised: Any, kind: str, shop: Shop) -> str:
    amount = realised.get(kind)
    return f"brought {fmt.money(amount, shop.config.shop.currency)}" if amount is not None else ""


def _ledger(shop: Shop) -> Any:
    try:
        return shop.waste()
    except NotFound:
        return None


def waste(shop: Shop, state: State) -> Chart:
    """Money lost by month, all causes together."""
    del state
    ledger = _ledger(shop)
    months: dict[str, float] = {}
    for cause in ledger.causes if ledger else ():
        for month, lost in cause.months.items():
            months[month] = months.get(month, 0.0) + float(lost)
    shown = tuple(
        {"label": f"{fmt.month(month)[:3]} {month[2:4]}", "month": f"{month}-01", "value": -lost, "complete": True}
        for month, lost in sorted(months.items())
    )
    total = ledger.total if ledger else 0
    finding = (
        f"{fmt.money(total, shop.config.shop.currency)} lost in all; each unit of currency counts for one cause only."
        if ledger
        else "No waste is known."
    )
    return Chart(
        "outcomes.waste",
        "Waste by month",
        finding,
        (Column("month", "Month", "month"), Column("value", "Lost", "money")),
        shown,
        "columns",
        {},
        f"Columns below zero by month. {finding}",
        220,
        href="/charts/outcomes.waste",
    )


def causes(shop: Shop, state: State) -> Listed:
    """The waste ledger."""
    del state
    columns = (
        Column("cause", "Cause"),
        Column("lost", "Lost", "bar"),
        Column("lately", "Last 90 days", "money"),
        Column("before", "90 before", "money"),
        Column("trend", "Change", "share"),
        Column("found_by", "Found by"),
        Column("fixed_by", "Fixed by"),
    )
    ledger = _ledger(shop)
    rows = [
        {
            "cause": one.cause.replace("_", " ").capitalize(),
            "lost": -one.lost,
            "lately": one.lately,
            "before": one.before,
            "trend": one.trend,
            "found_by": one.found_by,
            "fixed_by": one.fixed_by,
        }
        for one in (ledger.causes if ledger else ())
    ]
    return held(
        rows,
        columns,
        "Waste by cause",
        sort="lost",
        note="Waste is an opportunity: whoever finds it is credited here.",
    )


def outcomes(shop: Shop, state: State) -> Listed:
    """Every action measured."""
    del state
    columns = (
        Column("opportunity", "Opportunity", "id", link="/opportunities/{opportunity}", detail="detector"),
        Column("by", "By"),
        Column("predicted", "Predicted", "money"),
        Column("realised", "Realised", "interval"),
        Column("method", "How measured"),
        Column("measured_on", "On", "date"),
    )
    rows = [{**vars(one), "measured_on": one.measured_at.date()} for one in shop.act.outcomes().outcomes]
    return held(
        rows,
        columns,
        "Realised against predicted",
        sort="-measured_on",
        size=20,
        empty="No action has been measured yet: approve one, carry it out, and what it brought is measured here.",
    )


def records(shop: Shop, state: State) -> Listed:
    """The record of each detector, team, person and agent."""
    del state
    columns = (
        Column("by", "Who", "chip"),
        Column("member", "Name"),
        Column("n_actions", "Actions", "count"),
        Column("predicted", "Predicted", "money"),
        Column("realised", "Realised", "bar"),
        Column("ratio", "Realised ÷ predicted", "share"),
    )
    rows = [vars(one) for one in shop.act.outcomes().records]
    return held(rows, columns, "Records", sort="-realised", empty="Records follow from outcomes.")


TABLES: Final = {"outcomes.causes": causes, "outcomes.all": outcomes, "outcomes.records": records}
CHARTS: Final = {"outcomes.waste": waste}
