"""Customers of an action as profiles: who is sent, who is held out, how a profile is named."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from profithunt.actions.adapters.exports import plain, read_export
from profithunt.actions.adapters.prescribed import change_of
from profithunt.actions.adapters.protocol import Action, Change, Context
from profithunt.actions.adapters.settings import Klaviyo
from profithunt.errors import UsageError

Json = Any
ON: Final = "on"
OFF: Final = "off"
CHANGES: Final = ("audience",)


def audience(action: Action, context: Context, chosen: Klaviyo) -> Sequence[Change]:
    """One change a customer: the action's property goes from *off* to *on*; customers held out are left out.

    The property is named after the action type, so that a flow or segment takes everybody for whom it is on. A profile
    that never had it counts as off: Klaviyo's import can't empty a property.
    """
    change_of(action, CHANGES)
    held = set(action.holdout)
    emails = _emails(context, chosen)
    name = f"{chosen.property}_{action.kind}"
    found = []
    for customer in _customers(action):
        if customer in held:
            continue
        entity = {"external_id": customer}
        if emails is not None:
            if customer not in emails:
                continue
            entity = {"email": emails[customer]}
        found.append(Change("audience", entity, {name: OFF}, {name: ON}))
    if not found:
        raise UsageError(
            "nobody is left to send to: all customers are held out or have no e-mail address",
            where=f"action {action.id}",
        )
    return found


def unnamed(action: Action, changes: Sequence[Change]) -> Sequence[str]:
    """What to say of customers who are left out since nothing is known to reach them by."""
    left = len(set(_customers(action)) - set(action.holdout)) - len(changes)
    return [f"{left} customers have no e-mail address and are left out."] if left > 0 else []


def _customers(action: Action) -> list[str]:
    listed = action.params.get("customers")
    if listed:
        return list(dict.fromkeys(str(customer) for customer in listed))
    if "customer_id" in action.entity:
        return [action.entity["customer_id"]]
    raise UsageError("no customer is named", expected="customer_id, or customers")


def _emails(context: Context, chosen: Klaviyo) -> Mapping[str, str] | None:
    if chosen.emails is None:
        return None
    export = read_export(context.folder, chosen.emails, ("customer_id", "email"))
    key, email = plain("customer_id"), plain("email")
    return {row[key]: row[email].strip() for row in export.rows if row.get(email, "").strip()}


def profile(change: Change) -> dict[str, Json]:
    """A customer as a profile of the bulk import."""
    return {"type": "profile", "attributes": {**change.entity, "properties": dict(change.after)}}


def compact(value: Json) -> str:
    """JSON without spaces, keys in a fixed order: the same changes give the same bytes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
