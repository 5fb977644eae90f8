"""People and agents: roles, limits, autonomy, tokens. What is set here goes before what shop.toml says."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from profithunt.actions.policies import PERMISSIONS, Actor, Autonomy, Limits
from profithunt.actions.store import audit
from profithunt.actions.store.tables import agents, limits, roles, tokens, users
from profithunt.config import AutonomySettings, RoleLimits
from profithunt.errors import Forbidden, NotFound, UsageError

Json = Any

OWNER: Final = "owner"
PREFIX: Final = "pht_"
_READS: Final = ("see",)
_WORKS: Final = ("see", "comment", "assign", "triage", "propose", "document")
_DECIDES: Final = (*_WORKS, "approve", "reject", "execute", "undo")


@dataclass(frozen=True)
class User:
    """A person or an agent as listed: name, kind (person, agent), role, e-mail, whether active."""

    name: str
    kind: str
    role: str
    email: str | None
    active: bool
    limits: Limits
    level: str | None = None
    levels: Mapping[str, str] | None = None

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {
            "name": self.name,
            "kind": self.kind,
            "role": self.role,
            "email": self.email,
            "active": self.active,
            "limits": self.limits.to_json(),
            "level": self.level,
            "levels": None if self.levels is None else dict(self.levels),
        }


@dataclass(frozen=True)
class Token:
    """A token of the HTTP interface. `secret` is there once, when it is made."""

    id: str
    owner: str
    label: str
    scopes: tuple[str, ...]
    created_at: dt.datetime
    expires_at: dt.datetime | None
    revoked_at: dt.datetime | None
    used_at: dt.datetime | None
    secret: str | None = None

    def to_json(self) -> dict[str, Json]:
        """As data."""
        said: dict[str, Json] = {
            "id": self.id,
            "owner": self.owner,
            "label": self.label,
            "scopes": list(self.scopes),
            "created_at": self.created_at.isoformat(),
            "expires_at": None if self.expires_at is None else self.expires_at.isoformat(),
            "revoked_at": None if self.revoked_at is None else self.revoked_at.isoformat(),
            "used_at": None if self.used_at is None else self.used_at.isoformat(),
        }
        return said if self.secret is None else {**said, "token": self.secret}


def usual_roles(settings: AutonomySettings) -> dict[str, tuple[tuple[str, ...], Limits]]:
    """The roles there are without any being set: what they may do and their limits."""
    share = Limits(
        sku_share=settings.share,
        customer_share=settings.share,
        spend_share=settings.share,
        price_change=settings.price_change,
    )
    return {
        "viewer": (_READS, share),
        "analyst": (_WORKS, share),
        "manager": (_DECIDES, share),
        OWNER: (PERMISSIONS, Limits()),
        "agent": (_DECIDES, share),
    }


def known_roles(connection: sa.Connection, settings: AutonomySettings) -> dict[str, tuple[tuple[str, ...], Limits]]:
    """All roles: the usual ones, those of shop.toml, those made here, with limits that were set here."""
    found = usual_roles(settings)
    for name, role in settings.roles.items():
        found[name] = (tuple(role.may), _limits(role))
    for row in connection.execute(sa.select(roles)):
        found[row.name] = (tuple(row.may), found.get(row.name, found["viewer"])[1])
    for name in list(found):
        own = connection.execute(sa.select(limits.c.limits).where(limits.c.holder == f"role:{name}")).scalar()
        if own is not None:
            found[name] = (found[name][0], Limits.from_json(own))
    return found


def _limits(role: RoleLimits) -> Limits:
    return Limits(**role.model_dump(exclude={"may"}))


def actor(connection: sa.Connection, settings: AutonomySettings, name: str) -> Actor:
    """Who acts under a name. Raises NotFound for nobody known, Forbidden for someone no longer active."""
    row = connection.execute(sa.select(users).where(users.c.name == name)).one_or_none()
    if row is None:
        raise NotFound(
            f"nobody is known by the name of {name!r}",
            do="someone who may manage adds them with: profithunt act user NAME --role ROLE",
        )
    if not row.active:
        raise Forbidden(f"{name} is no longer active")
    may, usual = known_roles(connection, settings).get(row.role, ((), Limits()))
    own = connection.execute(sa.select(limits.c.limits).where(limits.c.holder == name)).scalar()
    held = usual if own is None else Limits.from_json(own)
    if row.kind != "agent":
        return Actor(name, row.kind, row.role, frozenset(may), held)
    level, levels = _autonomy(connection, settings, name)
    return Actor(name, row.kind, row.role, frozenset(may), held, Autonomy(level), levels)


def _autonomy(connection: sa.Connection, settings: AutonomySettings, name: str) -> tuple[str, dict[str, str]]:
    row = connection.execute(sa.select(agents.c.level, agents.c.levels).where(agents.c.name == name)).one_or_none()
    if row is not None:
        return row.level, dict(row.levels)
    said = settings.agents.get(name)
    return (said.level, dict(said.levels)) if said is not None else (Autonomy.SUGGEST.value, {})


def first(connection: sa.Connection, name: str, at: dt.datetime) -> bool:
    """Make the first one who ever acts the owner of the shop; False where somebody is known already."""
    if connection.execute(sa.select(users.c.name).limit(1)).scalar() is not None:
        return False
    _put(connection, name, "person", OWNER, None, at)
    audit.append(connection, Actor(name), [audit.Act("user", "user", name, {"role": OWNER, "kind": "person"})], at)
    return True


def put(
    connection: sa.Connection,
    settings: AutonomySettings,
    by: Actor,
    name: str,
    *,
    role: str,
    kind: str = "person",
    email: str | None = None,
    active: bool = True,
    own_limits: Limits | None = None,
    level: str | None = None,
    levels: Mapping[str, str] | None = None,
    at: dt.datetime,
) -> None:
    """Add or change a person or an agent. Raises UsageError for a role or level that isn't there."""
    by.must("manage")
    there = known_roles(connection, settings)
    if role not in there:
        raise UsageError(f"there is no role {role!r}", expected=f"one of {', '.join(there)}")
    if kind not in ("person", "agent"):
        raise UsageError(f"there is no kind {kind!r}", expected="person or agent")
    wrong = [word for word in (level, *(levels or {}).values()) if word is not None and word not in set(Autonomy)]
    if wrong:
        raise UsageError(f"there is no level {wrong[0]!r}", expected=f"one of {', '.join(Autonomy)}")
    if not name.strip() or len(name) > 120 or name.startswith("role:"):
        raise UsageError("this is no name", expected="1 to 120 characters")
    if kind == "person" and (level or levels):
        raise UsageError("a level of autonomy is for agents", do="say --agent, or leave the level out")
    if name == by.name and (not active or "manage" not in there[role][0]):
        raise UsageError("nobody takes the keys from themselves", do="someone else who may manage does it")
    _put(connection, name, kind, role, email, at, active=active)
    if own_limits is not None:
        put_limits(connection, by, name, own_limits, at)
    if kind == "agent" and (level or levels):
        put_autonomy(connection, by, name, level or Autonomy.SUGGEST.value, levels or {}, at)
    data = {"role": role, "kind": kind, "active": active, "level": level, "levels": dict(levels or {})}
    if own_limits is not None:
        data["limits"] = own_limits.to_json()
    audit.append(connection, by, [audit.Act("user", "user", name, data)], at)


def limits_set(connection: sa.Connection, holder: str) -> Limits | None:
    """The limits that were set for a person, an agent or a role (`role:manager`); None where none were."""
    found = connection.execute(sa.select(limits.c.limits).where(limits.c.holder == holder)).scalar()
    return None if found is None else Limits.from_json(found)


def put_limits(connection: sa.Connection, by: Actor, holder: str, own: Limits | None, at: dt.datetime) -> None:
    """Set the limits of a person, an agent or a role; None: those of the role, of shop.toml. The caller audits it."""
    by.must("manage")
    connection.execute(sa.delete(limits).where(limits.c.holder == holder))
    if own is not None:
        connection.execute(sa.insert(limits).values(holder=holder, limits=own.to_json(), set_by=by.name, set_at=at))


def put_autonomy(
    connection: sa.Connection, by: Actor, agent: str, level: str, levels: Mapping[str, str], at: dt.datetime
) -> None:
    """Set how far an agent goes by itself, by action type. The caller audits it."""
    by.must("manage")
    connection.execute(sa.delete(agents).where(agents.c.name == agent))
    said = {"level": Autonomy(level).value, "levels": dict(levels)}
    connection.execute(sa.insert(agents).values(name=agent, **said, answers_to=by.name, set_at=at))


def _put(
    connection: sa.Connection,
    name: str,
    kind: str,
    role: str,
    email: str | None,
    at: dt.datetime,
    *,
    active: bool = True,
) -> None:
    values = {"kind": kind, "role": role, "email": email, "active": active}
    changed = connection.execute(sa.update(users).where(users.c.name == name).values(**values))
    if changed.rowcount == 0:
        connection.execute(sa.insert(users).values(name=name, created_at=at, **values))


def listed(connection: sa.Connection, settings: AutonomySettings) -> list[User]:
    """Everyone there is, by name."""
    there = known_roles(connection, settings)
    own = {row.holder: Limits.from_json(row.limits) for row in connection.execute(sa.select(limits))}
    found = []
    for row in connection.execute(sa.select(users).order_by(users.c.name)):
        level, levels = _autonomy(connection, settings, row.name) if row.kind == "agent" else (None, None)
        held = own.get(row.name, there.get(row.role, ((), Limits()))[1])
        found.append(User(row.name, row.kind, row.role, row.email, row.active, held, level, levels))
    return found


def issue(
    connection: sa.Connection,
    by: Actor,
    *,
    owner: Actor,
    label: str,
    scopes: Sequence[str],
    expires_at: dt.datetime | None,
    at: dt.datetime,
) -> Token:
    """A new token for someone; nobody hands out more than they may do themselves, unless they may manage."""
    if owner.name != by.name:
        by.must("manage")
    unknown = [scope for scope in scopes if scope not in PERMISSIONS]
    if unknown:
        raise UsageError(f"there is no scope {unknown[0]!r}", expected=f"some of {', '.join(PERMISSIONS)}")
    wider = [scope for scope in scopes if scope not in owner.may]
    if wider:
        raise Forbidden(f"{owner.name} ({owner.role}) may not {wider[0]}", do="leave that scope out")
    secret = PREFIX + secrets.token_urlsafe(32)
    token = Token(secrets.token_hex(6), owner.name, label, tuple(scopes), at, expires_at, None, None, secret)
    connection.execute(
        sa.insert(tokens).values(
            id=token.id,
            digest=_digest(secret),
            owner=owner.name,
            label=label,
            scopes=list(scopes),
            created_at=at,
            expires_at=expires_at,
        )
    )
    data = {"owner": owner.name, "label": label, "scopes": list(scopes)}
    audit.append(connection, by, [audit.Act("token", "token", token.id, data)], at)
    return token


def revoke(connection: sa.Connection, by: Actor, token: str, at: dt.datetime) -> None:
    """End a token. Raises NotFound, Forbidden."""
    row = connection.execute(sa.select(tokens.c.owner).where(tokens.c.id == token)).one_or_none()
    if row is None:
        raise NotFound(f"there is no token {token!r}")
    if row.owner != by.name:
        by.must("manage")
    connection.execute(sa.update(tokens).where(tokens.c.id == token).values(revoked_at=at))
    audit.append(connection, by, [audit.Act("revoke", "token", token)], at)


def tokens_of(connection: sa.Connection, owner: str | None = None) -> list[Token]:
    """Tokens, newest first, without their secrets."""
    query = sa.select(tokens).order_by(tokens.c.created_at.desc())
    if owner is not None:
        query = query.where(tokens.c.owner == owner)
    return [_token(row) for row in connection.execute(query)]


def bearer(connection: sa.Connection, secret: str, at: dt.datetime) -> Token | None:
    """The token with this secret, unless it is revoked or over."""
    row = connection.execute(sa.select(tokens).where(tokens.c.digest == _digest(secret))).one_or_none()
    if row is None or row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= at):
        return None
    return _token(row)


def _token(row: Any) -> Token:
    return Token(
        row.id,
        row.owner,
        row.label,
        tuple(row.scopes),
        row.created_at,
        row.expires_at,
        row.revoked_at,
        row.used_at,
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
