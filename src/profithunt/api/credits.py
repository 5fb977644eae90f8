"""Who found and who ended each cause of waste: from the opportunities that were carried out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from profithunt.api.records import existing_store
from profithunt.detectors import catalogue

if TYPE_CHECKING:
    from profithunt.config import ShopConfig
    from profithunt.metrics.waste import WasteLedger

FINDS: Final[Mapping[str, frozenset[int]]] = {
    "defects": frozenset({8, 41, 47, 48, 49}),
    "contacts": frozenset({10, 50}),
    "returns": frozenset({2, 23}),
    "dead_clicks": frozenset({29, 30, 32, 33, 38}),
    "stock_outs": frozenset({15, 16, 17, 24, 45}),
    "excess_stock": frozenset({11, 18, 25}),
    "needless_discounts": frozenset({3, 4, 9, 19, 44}),
}
"""Numbers of the detectors that look for each cause of waste: the actions that they prescribe are its cures."""


def credited(ledger: WasteLedger, config: ShopConfig) -> WasteLedger:
    """The waste ledger with `found_by` and `fixed_by` of each cause for which an action stands that was not undone."""
    names = _done(config)
    cures = {cause: {one.action for one in catalogue() if one.number in numbers} for cause, numbers in FINDS.items()}
    causes = []
    for cause in ledger.causes:
        done = [one for one in names if one[0] in cures.get(cause.cause, ())]
        found, fixed = {name for _, name, _ in done}, {who for _, _, who in done}
        causes.append(replace(cause, found_by=_listed(found), fixed_by=_listed(fixed)))
    return replace(ledger, causes=tuple(causes))


def _listed(names: set[str]) -> str | None:
    return ", ".join(sorted(names)) or None


def _done(config: ShopConfig) -> list[tuple[str, str, str]]:
    """Cure, what found the leak, and who carried the cure out, of each action that was executed and not undone."""
    store = existing_store(config)
    if store is None:
        return []
    import sqlalchemy as sa

    from profithunt.actions.store.tables import actions, opportunities

    query = (
        sa.select(opportunities.c.action, opportunities.c.name, actions.c.by)
        .join(actions, actions.c.opportunity == opportunities.c.id)
        .where(actions.c.executed_at.is_not(None), actions.c.undone_at.is_(None))
        .distinct()
    )
    try:
        with store.reading() as connection:
            return [(row.action, row.name.replace("_", " "), row.by) for row in connection.execute(query)]
    finally:
        store.close()
