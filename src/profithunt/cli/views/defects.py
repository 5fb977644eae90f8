"""Defects in the terminal: how many were failed, by member, by kind with cost, signals, example orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profithunt import fmt
from profithunt.cli.views.tables import heading, listing, table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from profithunt.metrics.defects import DefectBoard, Rates


def board(found: DefectBoard, currency: str, top: int) -> list[RenderableType]:
    """The whole board."""
    total, perfect = found.total, found.perfect
    about = f" ({found.by} {found.member})" if found.member else ""
    failed = fmt.failed(total.n_failed, total.n_parcels, "delivery", "deliveries")
    share, product = fmt.share(perfect.share), fmt.share(perfect.product)
    counts = f"{fmt.count(total.n_defects)} defects in {fmt.count(total.n_opportunities)} opportunities"
    lines = [
        f"{failed} failed: {fmt.number(total.failed_per_million)} per million.",
        f"{counts}: DPMO {_per_million(total)}, {_sigma(total)}.",
        f"Customers failed: {fmt.failed(perfect.n_customers_failed, perfect.n_customers)}.",
        f"Perfect orders: {share} of {fmt.count(perfect.n_known)}; the product of the rates would say {product}.",
    ]
    if found.late_by_day is not None:
        by_clock = fmt.share(found.late_by_timestamp)
        lines.append(f"Late: {fmt.share(found.late_by_day)} by the calendar day, {by_clock} by the clock.")
    if total.n_open or total.n_late_already:
        lines.append(
            f"Not there yet on {fmt.day(found.as_of)}: {fmt.count(total.n_late_already)} late already (counted as "
            f"failed), {fmt.count(total.n_open)} of which nothing can be said (not counted)."
        )
    parts: list[RenderableType] = [heading(f"Deliveries that failed{about}", "\n".join(lines))]
    if found.members:
        parts += _members(found, top)
    parts += _kinds(found, currency)
    parts += _signals(found)
    parts += _examples(found)
    return parts


def _per_million(one: Rates) -> str:
    if one.upper_bound is not None:
        return f"0 (at most {fmt.number(one.upper_bound)})"
    return fmt.number(one.dpmo)


def _sigma(one: Rates) -> str:
    if one.sigma is not None:
        return f"{one.sigma:.2f} σ"
    return fmt.MISSING if one.sigma_at_least is None else f"at least {one.sigma_at_least:.2f} σ"


def _members(found: DefectBoard, top: int) -> list[RenderableType]:
    names = ("Failed", "per million", "fairly", "DPMO", "Sigma")
    shown = table((found.by or "").capitalize(), *names, right=names)
    members = found.members if found.by in ("week", "month") else found.members[: 2 * top]
    for one in members:
        fair = fmt.MISSING
        if one.shrunken is not None and one.low is not None and one.high is not None:
            fair = " to ".join(fmt.number(value * 1_000_000) for value in (one.low, one.high))
        shown.add_row(
            one.member or "",
            fmt.failed(one.n_failed, one.n_parcels, "parcel"),
            fmt.number(one.failed_per_million),
            fair,
            _per_million(one),
            _sigma(one),
        )
    return [heading(f"By {found.by}", "fairly: 90 % range, few parcels held against the other members"), shown]


def _kinds(found: DefectBoard, currency: str) -> list[RenderableType]:
    names = ("Defects", "DPMO", "Contacts", "Goodwill", "Reships", "Claims", "Cost each", "Future profit")
    shown = table("Defect", *names, right=names)
    for one in found.kinds:
        dpmo = f"≤ {fmt.number(one.upper_bound)}" if one.upper_bound is not None else fmt.number(one.dpmo)
        amounts = (one.contacts, one.concessions, one.reships, one.claims, one.cost, one.lost_profit)
        shown.add_row(
            one.kind.replace("_", " "),
            fmt.failed(one.n_defects, one.n_opportunities, one.unit, "deliveries" if one.unit == "delivery" else None),
            dpmo,
            *[fmt.money(value, currency) for value in amounts],
        )
    limits = []
    for limit in found.limits:
        if limit.value is not None:
            kept = "kept" if limit.value <= limit.limit else "broken"
            limits.append(f"{limit.what}: {fmt.share(limit.value)}, limit {fmt.share(limit.limit)}: {kept}")
    return [heading("By kind"), shown, "", listing("Limits of the trade", limits)]


def _signals(found: DefectBoard) -> list[RenderableType]:
    lines = []
    for one in found.charts:
        points = [point for point in one.signals if point.signal and point.signal.startswith("limit")]
        said = ", ".join(f"{point.label} ({fmt.share(point.value)})" for point in points[-6:])
        wider = f", chance {one.sigma_z:.1f} × counting" if one.sigma_z is not None else ""
        lines.append(f"{one.kind.replace('_', ' ')}{wider}: {fmt.counted(len(points), 'signal')} {said}".rstrip())
    return [listing(f"Control charts by {found.grain}: beyond the limits", lines)]


def _examples(found: DefectBoard) -> list[RenderableType]:
    if not found.examples:
        return []
    names = ("Order", "Lane", "Promised", "Delivered", "Late by", "Rating", "What they said")
    shown = table(*names, right=("Late by", "Rating"))
    for row in found.examples:
        late = fmt.MISSING if row["days_late"] is None else fmt.counted(row["days_late"], "day")
        said = str(row["verbatim"] or row["contact_reason"] or fmt.MISSING)
        dates = [fmt.day(row[name]) for name in ("promised_on", "delivered_on")]
        shown.add_row(str(row["order_id"]), row["lane"], *dates, late, fmt.number(row["rating"]), said[:80])
    return [heading("The worst of them", "profithunt explain order ID tells each one's story"), shown]
