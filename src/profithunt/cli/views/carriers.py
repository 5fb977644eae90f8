"""Carriers and waste in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profithunt import fmt
from profithunt.cli.views.tables import heading, listing, money, table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from profithunt.metrics.carriers import Scenario, Scorecard
    from profithunt.metrics.waste import WasteLedger

MILLION = 1_000_000


def scorecard(found: Scorecard, currency: str, top: int, region: str | None) -> list[RenderableType]:
    """The lanes that fail most parcels, and the scenario if one was asked for."""
    names = ("Failed", "per million", "Cost", "with defects", "Days", "Demand", "Room", "Use")
    shown = table("Lane", *names, right=names)
    lanes = [lane for lane in found.lanes if region is None or lane.region == region]
    for lane in lanes[: 2 * top]:
        fair = fmt.MISSING
        if lane.failed_low is not None and lane.failed_high is not None:
            fair = " to ".join(fmt.number(value * MILLION) for value in (lane.failed_low, lane.failed_high))
        shown.add_row(
            f"{lane.carrier} {lane.service} to {lane.region}",
            f"{fmt.count(lane.n_failed)} of {fmt.count(lane.n_known)}",
            fair,
            fmt.money(lane.cost_per_parcel, currency),
            fmt.money(lane.cost_with_defects, currency),
            f"{fmt.number(lane.days_p50)} to {fmt.number(lane.days_p90)}",
            fmt.number(lane.demand_p90),
            fmt.number(lane.capacity_mean),
            fmt.share(lane.use),
        )
    costs = f"A failed parcel costs {fmt.money(found.cost_of_failure, currency)} in contacts and repairs."
    parts: list[RenderableType] = [heading("Carriers by lane, those that fail most parcels first", costs), shown]
    return [*_scenario(found.scenario, currency), *parts] if found.scenario else parts


def _scenario(one: Scenario, currency: str) -> list[RenderableType]:
    profit = fmt.estimate(one.profit, one.profit_low, one.profit_high, currency)
    lines = [
        f"Contribution profit a year: {profit}.",
        f"Carriage a year: {fmt.money(one.carriage, currency, plus=True)}.",
        f"Failed parcels a year: {fmt.number(one.failures, plus=True)}.",
        f"Failed per million: {fmt.number(one.dpmo_before)} → {fmt.number(one.dpmo_after)}.",
        f"Parcels a year: {fmt.number(one.moved)} moved, {fmt.number(one.unmoved)} don't fit.",
    ]
    if one.break_even_parcels is not None:
        lines.append(f"Pays from {fmt.number(one.break_even_parcels)} parcels a year on.")
    parts: list[RenderableType] = [heading(one.what.capitalize(), "\n".join(lines))]
    return [*parts, listing("Assumed", one.assumed)] if one.assumed else parts


def waste(found: WasteLedger, currency: str) -> list[RenderableType]:
    """Causes by money, with their trend."""
    names = ("Lost", "Last 3 months", "3 before", "Trend")
    shown = table("Cause", *names, "Found by", "Fixed by", right=names)
    for one in found.causes:
        trend = fmt.MISSING if one.trend is None else fmt.change(one.before, one.lately)
        shown.add_row(
            one.cause.replace("_", " "),
            *[money(value, currency) for value in (one.lost, one.lately, one.before)],
            trend,
            one.found_by or fmt.MISSING,
            one.fixed_by or fmt.MISSING,
        )
    return [heading(f"Waste: {fmt.money(found.total, currency)}", "Each amount is claimed by one cause."), shown]
