"""Settings: who may do what, within which limits; tokens; thresholds of the detectors; what shop.toml says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from profithunt.api.pages.parts import Column, State, Table
from profithunt.api.pages.tables import Listed, held, read_table
from profithunt.api.shop import Shop
from profithunt.detectors import catalogue

if TYPE_CHECKING:
    from profithunt.actions.store.people import Token


@dataclass(frozen=True)
class SettingsPage:
    """What is set, and what of it can be changed here."""

    me: str
    role: str
    may: tuple[str, ...]
    manages: bool
    roles: tuple[str, ...]
    users: Table
    tokens: Table
    autonomy: tuple[tuple[str, Any], ...]
    detectors: Table
    shop: tuple[tuple[str, Any], ...]
    path: str


def read(shop: Shop, state: State) -> SettingsPage:
    """The page."""
    actor = shop.act.whoami()
    config = shop.config
    autonomy = config.autonomy.model_dump(mode="json")
    return SettingsPage(
        me=actor.name,
        role=str(actor.role),
        may=tuple(sorted(str(one) for one in actor.may)),
        manages="manage" in actor.may,
        roles=_roles(shop),
        users=read_table(shop, state, "settings.users", users),
        tokens=read_table(shop, state, "settings.tokens", tokens),
        autonomy=tuple((name, value) for name, value in autonomy.items() if value not in (None, {}, [])),
        detectors=read_table(shop, state, "settings.detectors", detectors),
        shop=tuple(config.shop.model_dump(mode="json", exclude_none=True).items()),
        path=str(shop.path),
    )


def _roles(shop: Shop) -> tuple[str, ...]:
    from profithunt.actions.store import people

    with shop.act.store.reading() as connection:
        return tuple(people.known_roles(connection, shop.config.autonomy))


def issue(shop: Shop, owner: str, label: str, scopes: tuple[str, ...], days: int) -> Token:
    """A new token, with its secret this once. Raises Forbidden, UsageError."""
    return shop.act.issue_token(user=owner.strip() or None, label=label, scopes=scopes, days=days)


def users(shop: Shop, state: State) -> Listed:
    """Everyone with role and limits."""
    del state
    columns = (
        Column("name", "Name"),
        Column("kind", "Kind", "chip"),
        Column("role", "Role"),
        Column("active", "Active"),
        Column("limits", "Limits"),
    )
    rows = [
        {
            "name": one.name,
            "kind": one.kind,
            "role": one.role,
            "active": "yes" if one.active else "no",
            "limits": _limits(one.limits.to_json()),
        }
        for one in shop.act.users()
    ]
    return held(rows, columns, "People and agents", sort="name")


def _limits(found: dict[str, Any]) -> str:
    return " · ".join(
        f"{name.replace('_', ' ')} {value}" for name, value in found.items() if value not in (None, {}, [])
    )


def tokens(shop: Shop, state: State) -> Listed:
    """Tokens of the HTTP interface, without their secrets."""
    del state
    columns = (
        Column("id", "Token", "id"),
        Column("owner", "Whose"),
        Column("label", "For"),
        Column("scopes", "May"),
        Column("expires", "Until", "date"),
    )
    rows = []
    for one in shop.act.tokens():
        told = one.to_json()
        rows.append({**told, "scopes": ", ".join(told.get("scopes") or ()), "expires": told.get("expires_at")})
    return held(rows, columns, "Tokens", sort="id", empty="No token yet.")


def detectors(shop: Shop, state: State) -> Listed:
    """Every detector with its thresholds as this shop has them."""
    del state
    columns = (
        Column("code", "Code", "id"),
        Column("name", "Leak", detail="why"),
        Column("level", "Level"),
        Column("owner", "Owner"),
        Column("action", "Action"),
        Column("thresholds", "Thresholds"),
    )
    own = shop.config.thresholds
    rows = [
        {
            "code": one.code,
            "name": one.name.replace("_", " ").capitalize(),
            "why": one.docs.why,
            "level": one.level,
            "owner": one.owner,
            "action": one.action.replace("_", " "),
            "thresholds": ", ".join(
                f"{name} {value}" for name, value in {**one.thresholds, **own.get(one.name, {})}.items()
            ),
        }
        for one in catalogue()
    ]
    return held(
        rows,
        columns,
        "Detectors",
        sort="code",
        search=("code", "name", "owner"),
        size=15,
        note="Change a threshold in shop.toml; docs/reference/settings.md says how.",
    )


TABLES: Final = {"settings.users": users, "settings.tokens": tokens, "settings.detectors": detectors}
CHARTS: Final[dict[str, Any]] = {}
