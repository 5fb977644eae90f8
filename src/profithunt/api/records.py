"""What outcomes taught: read from the operational store, given to the next hunt, shown to people.

A shop that never acted has no store, and none is made for it here.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from profithunt.errors import ProfithuntError
from profithunt.opportunities.records import Record

if TYPE_CHECKING:
    from profithunt.actions.record import By, Line, Outcome
    from profithunt.actions.store import Store
    from profithunt.config import ShopConfig

Json = Any


def learned(config: ShopConfig) -> dict[str, Record]:
    """The record of each detector by its name, from outcomes measured so far; empty without any, or without `act`.

    A hunt never fails for want of its records: a store that can't be reached teaches nothing.
    """
    store = existing_store(config)
    if store is None:
        return {}
    from profithunt.actions.record import records

    try:
        return records(outcomes_of(store))
    finally:
        store.close()


def existing_store(config: ShopConfig) -> Store | None:
    """The operational store of a shop that has one and can be reached; the caller closes it. None is made here."""
    try:
        from profithunt.actions.store import Store, url_of
    except ModuleNotFoundError:
        return None
    try:
        url = url_of(config.folder.absolute(), config.store.url)
        if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
            return None
        return Store.open(url)
    except ProfithuntError:
        return None


def lines(store: Store, by: By) -> tuple[Line, ...]:
    """Realised beside predicted by opportunity, detector, owner, person, kind (people, agents) or action type."""
    from profithunt.actions.record import slices

    return slices(outcomes_of(store), by)


def outcomes_of(store: Store) -> list[Outcome]:
    """Every outcome of a shop, with the correction that was in its prediction already."""
    import sqlalchemy as sa

    from profithunt.actions.record import Outcome
    from profithunt.actions.store.tables import actions, opportunities, outcomes

    query = (
        sa.select(
            *(outcomes.c[name] for name in ("action", "opportunity", "team", "by", "kind", "predicted", "realised")),
            *(outcomes.c[name] for name in ("low", "high", "observational", "details", "measured_at")),
            opportunities.c.name,
            opportunities.c.evidence,
            opportunities.c.origin,
            actions.c.kind.label("action_kind"),
        )
        .join(opportunities, opportunities.c.id == outcomes.c.opportunity)
        .join(actions, actions.c.id == outcomes.c.action)
        .order_by(outcomes.c.measured_at, outcomes.c.id)
    )
    with store.reading() as connection:
        rows = connection.execute(query).all()
    return [
        Outcome(
            action=row.action,
            opportunity=row.opportunity,
            detector=row.name,
            owner=row.team,
            by=row.by,
            kind=row.kind,
            predicted=Decimal(row.predicted),
            realised=row.realised,
            low=row.low,
            high=row.high,
            observational=row.observational,
            action_kind=row.action_kind,
            factor=_factor(row.details) or _factor(row.evidence) or 1.0,
            measured_at=row.measured_at,
        )
        for row in rows
    ]


def _factor(said: Mapping[str, Json] | None) -> float | None:
    """The correction that was in a prediction, as its evidence says."""
    record = (said or {}).get("record")
    return float(record["factor"]) if isinstance(record, Mapping) and record.get("factor") else None
