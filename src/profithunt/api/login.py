"""Signing in to a team's pages: passwords kept as Argon2 hashes, sessions that end by themselves.

A session is a token of its owner, so that roles, scopes, revocation and the record are those of every other token. A
password is never stored; who mistakes it too often waits.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from profithunt.errors import Forbidden, NotFound, UsageError

if TYPE_CHECKING:
    from profithunt.actions.policies import Actor
    from profithunt.api.shop import Shop

HOURS: Final = 12
"""After so many hours a session is over, whatever was done in it."""
LEAST: Final = 12
"""Characters of a password at least."""
MISTAKES: Final = 5
WAIT: Final = 60.0
"""After so many mistakes in a row, nobody signs in under that name for so many seconds."""


@dataclass(frozen=True)
class Session:
    """Who is signed in until when, and the secret that the browser keeps."""

    user: str
    secret: str
    until: dt.datetime


@dataclass(frozen=True)
class Signed:
    """Who asks, with the scopes of the session."""

    user: str
    scopes: tuple[str, ...]


class Patience:
    """Counts mistakes by name; after some of them the name is closed for a while."""

    def __init__(self) -> None:
        self._mistakes: dict[str, tuple[int, float]] = {}
        self._lock = threading.Lock()

    def check(self, name: str) -> None:
        """Raise Forbidden while the name is closed."""
        with self._lock:
            n, last = self._mistakes.get(name, (0, 0.0))
        left = WAIT - (time.monotonic() - last)
        if n >= MISTAKES and left > 0:
            raise Forbidden("too many mistakes under this name", do=f"try again in {left:.0f} seconds")

    def mistake(self, name: str) -> None:
        """Count one."""
        with self._lock:
            n, last = self._mistakes.get(name, (0, 0.0))
            fresh = time.monotonic() - last > WAIT
            self._mistakes[name] = (1 if fresh else n + 1, time.monotonic())

    def forget(self, name: str) -> None:
        """The name was right."""
        with self._lock:
            self._mistakes.pop(name, None)


def set_password(shop: Shop, name: str, password: str, *, by: str | None = None) -> None:
    """Give somebody a password. One's own, or anybody's by who may manage. Raises Forbidden, UsageError, NotFound."""
    from argon2 import PasswordHasher

    from profithunt.actions.store import people, queue

    if len(password) < LEAST:
        raise UsageError(f"a password of {len(password)} characters is too short", expected=f"{LEAST} at least")
    act = shop.act if by is None else shop.act.as_(by)
    me = act.whoami()
    if me.name != name:
        me.must("manage")
    hashed = PasswordHasher().hash(password)
    with act.store.writing() as connection:
        people.actor(connection, shop.config.autonomy, name)
        queue.put_fact(connection, _key(name), hashed)


def sign_in(shop: Shop, name: str, password: str, patience: Patience) -> Session:
    """A session for who knows the password. Raises Forbidden, in the same words whatever was wrong."""
    from argon2 import PasswordHasher
    from argon2.exceptions import Argon2Error, InvalidHashError

    from profithunt.actions.store import people, queue

    patience.check(name)
    store = shop.act.store
    with store.reading() as connection:
        hashed = queue.fact(connection, _key(name))
    hasher = PasswordHasher()
    try:
        # Where nobody is known by the name, as much work is done as where somebody is.
        hasher.verify(str(hashed) if hashed is not None else NOBODY, password)
        with store.reading() as connection:
            owner: Actor = people.actor(connection, shop.config.autonomy, name)
        owner.must("see")
    except (Argon2Error, InvalidHashError, NotFound, Forbidden) as error:
        patience.mistake(name)
        raise Forbidden("that name with that password is not known", do="try again, or ask who may manage") from error
    patience.forget(name)
    return open_session(shop, owner)


def open_session(shop: Shop, owner: Actor) -> Session:
    """A session of somebody who has shown who they are."""
    from profithunt.actions.store import people

    at = dt.datetime.now(tz=dt.UTC)
    until = at + dt.timedelta(hours=HOURS)
    with shop.act.store.writing() as connection:
        token = people.issue(
            connection, owner, owner=owner, label="session", scopes=sorted(owner.may), expires_at=until, at=at
        )
    return Session(owner.name, str(token.secret), until)


def signed(shop: Shop, secret: str) -> Signed | None:
    """Who a session is of; None where it is over, revoked or none."""
    from profithunt.actions.store import people

    store = shop.act.store
    with store.reading() as connection:
        token = people.bearer(connection, secret, dt.datetime.now(tz=dt.UTC))
        if token is None:
            return None
        try:
            owner = people.actor(connection, shop.config.autonomy, token.owner)
        except (NotFound, Forbidden):
            return None
    return Signed(token.owner, tuple(token.scopes)) if "see" in owner.may else None


def sign_out(shop: Shop, secret: str) -> None:
    """End a session."""
    from profithunt.actions.store import people

    at = dt.datetime.now(tz=dt.UTC)
    store = shop.act.store
    with store.reading() as connection:
        token = people.bearer(connection, secret, at)
    if token is not None:
        with store.writing() as connection:
            people.revoke(connection, people.actor(connection, shop.config.autonomy, token.owner), token.id, at)


def _key(name: str) -> str:
    return f"password:{hashlib.sha256(name.encode()).hexdigest()[:40]}"


NOBODY: Final = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXRoaW5nc2FsdHk$8v4v7Lq8Jm7u7Yw4b3o1mC0e6w0dYwJ2m0r1x9kq3Yc"
"""A hash that no password has."""
