"""Two actions on the same SKU, customer or keyword in the same window: shown together, one of them to be executed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from profithunt.opportunities.opportunity import Conflict, Opportunity

KEYS: Final = ("sku", "customer_id", "keyword", "search_term")
"""What one action at a time may be done to."""

Thing = tuple[str, str]


def conflicts(ranked: Sequence[Opportunity]) -> dict[str, tuple[Conflict, ...]]:
    """The others that act on the same thing, by id, best rank first; of each group one executes, the best ranked.

    Opportunities that are shown but not counted act on the data, not on the thing: they conflict with nothing.
    """
    on: dict[Thing, list[Opportunity]] = {}
    taken: dict[Thing, str] = {}
    executes: set[str] = set()
    for item in ranked:
        if not item.counted:
            continue
        things = _things(item.entity)
        for thing in things:
            on.setdefault(thing, []).append(item)
        if not any(thing in taken for thing in things):
            executes.add(item.id)
            taken |= dict.fromkeys(things, item.id)
    found: dict[str, dict[str, Conflict]] = {}
    for (key, value), items in on.items():
        for item in items if len(items) > 1 else ():
            mine = found.setdefault(item.id, {})
            for other in items:
                if other.id != item.id and other.id not in mine:
                    mine[other.id] = Conflict(other.id, other.code, other.action, {key: value}, other.id in executes)
    return {id_: tuple(others.values()) for id_, others in found.items()}


def _things(entity: Mapping[str, str]) -> list[Thing]:
    return [(key, entity[key]) for key in KEYS if key in entity]
