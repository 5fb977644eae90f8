"""The assignment of parcels in the terminal: the verdict, what moves, worth of capacity, own delivery, peaks."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from profithunt import fmt
from profithunt.cli.views.tables import cents, heading, listing, money, table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from profithunt.api.carriage import Carriage, OwnRegion

YEAR: Final = 365
_A_PARCEL: Final = 0.5


def carriage(found: Carriage, currency: str, top: int) -> list[RenderableType]:
    """The whole study, verdict first."""
    study = found.study
    today, best = fmt.money(study.today, currency), fmt.money(study.best.cost, currency)
    parcels = fmt.number(study.parcels)
    facts = [f"{parcels} parcels a day cost {today} today, with what fails, and {best} assigned best."]
    facts.append(f"Failed parcels a year: {fmt.number(study.failed_today * YEAR)} → {fmt.number(study.failed * YEAR)}.")
    parts: list[RenderableType] = [heading(verdict(found, currency), "\n".join(facts))]
    if study.moves:
        parts.append(_moves(found, currency, top))
    parts.append(_limits(found, currency, top))
    for one in found.own:
        parts += _own(one, currency)
    if found.peaks:
        parts.append(_peaks(found, currency, top))
    return [*parts, listing("Assumed", found.assumed)] if found.assumed else parts


def verdict(found: Carriage, currency: str) -> str:
    """What to do, in a sentence."""
    study = found.study
    worth = fmt.estimate(study.gain * YEAR, study.gain_low * YEAR, study.gain_high * YEAR, currency)
    moved = sum(one.parcels for one in study.moves)
    if not study.change:
        if not study.moves:
            return "Leave the carriers as they are: no other assignment costs less."
        return (
            f"Leave the carriers as they are: the best other assignment would save {worth} a year, not surely enough."
        )
    return (
        f"Move {fmt.number(moved)} parcels a day: {worth} contribution profit more a year, "
        f"with a probability of {fmt.share(study.better)}."
    )


def _moves(found: Carriage, currency: str, top: int) -> RenderableType:
    names = ("Parcels a day", "Worth a year", "Failed a year")
    shown = table("Into", "From", "To", *names, right=names)
    for one in found.study.moves[: 2 * top]:
        kind = one.region if one.service == "all" else f"{one.region}, {one.service}"
        shown.add_row(kind, one.source, one.target, fmt.number(one.parcels), money(one.gain * YEAR, currency),
                      fmt.number(one.failed * YEAR, plus=True))  # fmt: skip
    return shown


def _limits(found: Carriage, currency: str, top: int) -> RenderableType:
    names = ("Room a day", "Used today", "Used best", "One more a day is worth")
    shown = table("Capacity", *names, "", right=names)
    study = found.study
    rows = []
    for limit, worth in zip(study.limits, study.best.worth, strict=True):
        lanes = [
            row
            for row in study.lanes
            if row.carrier == limit.carrier
            and limit.region in ("", row.region)
            and limit.service in ("", row.by_service)
        ]
        rows.append((limit, worth, sum(row.today for row in lanes), sum(row.best for row in lanes)))
    for limit, worth, today, best in sorted(rows, key=lambda row: (-row[1], -row[2]))[: 2 * top]:
        where = " ".join(
            part for part in (limit.service.removeprefix("all"), f"to {limit.region}" if limit.region else "") if part
        )
        shown.add_row(
            f"{limit.carrier} {where}".strip(),
            fmt.number(limit.parcels),
            fmt.number(today),
            fmt.number(best),
            cents(worth, currency) if worth else fmt.MISSING,
            "" if limit.stated else "most that was seen",
        )
    return shown


def _own(one: OwnRegion, currency: str) -> list[RenderableType]:
    own, carriers = fmt.money_exact(one.cost_per_parcel, currency), fmt.money_exact(one.carrier_cost, currency)
    lines = [f"{fmt.number(one.parcels)} parcels a day: {own} each beside the van, {carriers} with carriers."]
    if one.break_even is None:
        lines.append("Own delivery never pays at these costs.")
    else:
        n, vans = fmt.number(one.break_even.parcels), fmt.counted(one.break_even.vans, "van")
        lines.append(f"Own delivery pays from {n} parcels a day on, with {vans}.")
    if one.vans_used:
        lines.append(f"The best assignment uses {fmt.counted(one.vans_used, 'van')}.")
    names = ("Parcels a day", "Vans", "Stops a van", "Own a day", "Carriers a day", "Saved a year")
    shown = table("Times today", *names, right=names)
    for each in one.scenarios:
        shown.add_row(
            fmt.number(each.growth),
            fmt.number(each.parcels),
            fmt.count(each.vans),
            fmt.number(each.stops),
            fmt.money(each.own, currency),
            fmt.money(each.carriers, currency),
            money(each.saved * YEAR, currency),
        )
    return [heading(f"Own vans into {one.region}", "\n".join(lines)), shown]


def _peaks(found: Carriage, currency: str, top: int) -> RenderableType:
    names = ("Parcels", "Range", "Busiest day", "Room a day", "Short", "if high", "Room is worth", "One more a day")
    shown = table("Week from", *names, "Tightest", right=names)
    busiest = sorted(found.peaks, key=lambda one: (-one.short if one.short >= _A_PARCEL else 0.0, -one.busiest))[:top]
    for one in sorted(busiest, key=lambda peak: peak.week):
        first = found.until + dt.timedelta(days=7 * one.week - 6)
        shown.add_row(
            fmt.day(first),
            fmt.number(one.parcels),
            f"{fmt.number(one.low)} to {fmt.number(one.high)}",
            fmt.number(one.busiest),
            fmt.number(one.capacity),
            fmt.number(one.short) if one.short >= _A_PARCEL else fmt.MISSING,
            fmt.number(one.short_if_high) if one.short_if_high >= _A_PARCEL else fmt.MISSING,
            money(one.worth, currency) if one.short >= _A_PARCEL else fmt.MISSING,
            cents(one.one_more, currency) if one.one_more else fmt.MISSING,
            "" if one.tightest is None else " to ".join(part for part in one.tightest if part),
        )
    known = fmt.counted(found.years_of_season, "year")
    season = (
        f"{known} of season behind it" if found.years_of_season else "no season known: the last eight weeks carried on"
    )
    shown.caption = (
        f"Peaks of the {fmt.counted(len(found.peaks), 'week')} ahead; {season}. Short: parcels of the busiest day."
    )
    shown.caption_justify = "left"
    return shown
