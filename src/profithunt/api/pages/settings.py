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
    from profithunt.api.changing import Change, Form

CHANGES: Final = 8
"""Changes that a page shows, the latest."""


@dataclass(frozen=True)
class SettingsPage:
    """What is set, and what of it can be changed here."""

    me: str
    role: str
    may: tuple[str, ...]
    manages: bool
    signs_on: bool
    roles: tuple[str, ...]
    users: Table
    tokens: Table
    autonomy: tuple[tuple[str, Any], ...]
    limits: Table
    rules: Table
    adapters: Table
    changes: tuple[Change, ...]
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
        signs_on=config.sign_on.issuer is not None,
        roles=_roles(shop),
        users=read_table(shop, state, "settings.users", users),
        tokens=read_table(shop, state, "settings.tokens", tokens),
        autonomy=tuple((name, value) for name, value in autonomy.items() if value not in (None, {}, [])),
        limits=read_table(shop, state, "settings.limits", limits),
        rules=read_table(shop, state, "settings.rules", rules),
        adapters=read_table(shop, state, "settings.adapters", adapters),
        changes=shop.settings.history(CHANGES),
        detectors=read_table(shop, state, "settings.detectors", detectors),
        shop=tuple(config.shop.model_dump(mode="json", exclude_none=True).items()),
        path=str(shop.path),
    )


@dataclass(frozen=True)
class SettingPage:
    """One thing that can be set, as a form."""

    form: Form
    manages: bool
    changes: tuple[Change, ...]


def read_setting(shop: Shop, state: State) -> SettingPage:
    """The form of one thing. Raises NotFound."""
    return setting_page(shop, shop.settings.form(state.get("about"), state.get("subject")))


def setting_page(shop: Shop, form: Form) -> SettingPage:
    """The page of a form, also of one that has mistakes."""
    mine = tuple(one for one in shop.settings.history() if (one.about, one.subject) == (form.about, form.subject))
    return SettingPage(form, "manage" in shop.act.whoami().may, mine[:CHANGES])


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
        Column("name", "Name", link="/settings/edit/limits/{name}"),
        Column("kind", "Kind", "chip"),
        Column("role", "Role"),
        Column("active", "Active"),
        Column("limits", "Limits a day"),
        Column("alone", "Alone", link="/settings/edit/autonomy/{agent}"),
    )
    rows = [
        {
            "name": one.name,
            "kind": one.kind,
            "role": one.role,
            "active": "yes" if one.active else "no",
            "limits": _limits(one.limits.to_json()),
            "alone": (one.level or "").replace("_", " ") if one.kind == "agent" else "",
            "agent": one.name if one.kind == "agent" else "",
        }
        for one in shop.act.users()
    ]
    return held(rows, columns, "People and agents", sort="name", more=("agent",))


def limits(shop: Shop, state: State) -> Listed:
    """Every role with what it may do and set in motion in a day."""
    from profithunt.actions.store import people

    del state
    columns = (
        Column("role", "Role", link="/settings/edit/role/{role}"),
        Column("may", "May"),
        Column("limits", "Limits a day"),
    )
    with shop.act.store.reading() as connection:
        there = people.known_roles(connection, shop.config.autonomy)
    rows = [
        {"role": name, "may": ", ".join(may), "limits": _limits(held_by.to_json()) or "none"}
        for name, (may, held_by) in there.items()
    ]
    return held(rows, columns, "Roles and their limits", sort="role")


def rules(shop: Shop, state: State) -> Listed:
    """Every rule of automation: when, what it looks for, what it does."""
    del state
    columns = (
        Column("name", "Rule", link="/settings/edit/automation/{name}"),
        Column("when", "When"),
        Column("wants", "Looks for"),
        Column("does", "Does"),
        Column("state", "State", "chip"),
        Column("last", "Last looked"),
    )
    rows = []
    for kept in shop.automation.list():
        rule = kept.rule
        wanted = ("detector", "owner", "level", "min_value", "max_value", "min_confidence")
        told = {name: getattr(rule, name) for name in wanted}
        rows.append(
            {
                "name": rule.name,
                "when": f"every {rule.every}" if rule.every else f"at {rule.at}",
                "wants": _limits(told) or "all that is open",
                "does": ", ".join(
                    [
                        *(["makes a run"] if rule.hunt else []),
                        *([f"gives to {rule.assign_to}"] if rule.assign_to else []),
                        *(
                            [{"approve": "approves", "execute": "carries out"}[rule.does]]
                            if rule.does != "route"
                            else []
                        ),
                        *([f"tells by {', '.join(rule.alert)}"] if rule.alert else []),
                    ]
                ),
                "state": "paused" if kept.paused else "on",
                "last": "" if kept.last_at is None else f"{kept.last_at:%Y-%m-%d %H:%M} UTC",
            }
        )
    return held(rows, columns, "Rules of automation", sort="name", empty="No rule works the queue by itself yet.")


def adapters(shop: Shop, state: State) -> Listed:
    """Every system that takes actions, and whether it is set up."""
    from profithunt.actions.adapters.catalogue import NEEDS_NOTHING
    from profithunt.actions.adapters.settings import SETTINGS

    del state
    columns = (
        Column("name", "Adapter", link="/settings/edit/adapters/{name}"),
        Column("what", "What it does"),
        Column("state", "State", "chip"),
    )
    rows = [
        {
            "name": name,
            "what": (model.__doc__ or "").strip().splitlines()[0],
            "state": "set up" if name in shop.config.adapters else "as it comes" if name in NEEDS_NOTHING else "off",
        }
        for name, model in SETTINGS.items()
    ]
    return held(rows, columns, "Systems that take actions", sort="name")


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
        Column("name", "Leak", link="/settings/edit/thresholds/{detector}", detail="why"),
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
            "detector": one.name,
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
        more=("detector",),
    )


TABLES: Final = {
    "settings.users": users,
    "settings.tokens": tokens,
    "settings.limits": limits,
    "settings.rules": rules,
    "settings.adapters": adapters,
    "settings.detectors": detectors,
}
CHARTS: Final[dict[str, Any]] = {}
