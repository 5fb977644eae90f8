"""Signing in through an identity provider: OpenID Connect, authorization code with PKCE, state and nonce.

door = SignOn(config.sign_on)
sent = door.begin("/today", "https://profit.example.com/login/provider/back")   # the browser goes to sent.url
person, back = door.finish(params, sent.binding)                               # it came back with these parameters
session = let_in(shop, person)

A sign-in is bound to the browser that began it, comes back once, and within ten minutes. An ID token counts only with a
signature of the provider's own keys, for this client, not over, with the nonce of this sign-in. Source: OpenID Connect
Core 1.0, section 3.1; RFC 7636 (PKCE), RFC 9207 (issuer of an answer).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import os
import secrets
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from profithunt.api.login import Session, open_session
from profithunt.config import SignOn as Settings
from profithunt.errors import ConfigError, DeliveryError, Forbidden, NotFound

if TYPE_CHECKING:
    import httpx

    from profithunt.api.shop import Shop

MINUTES: Final = 10
"""Within so many minutes a sign-in must come back."""
MOST: Final = 1_000
"""Sign-ins under way at once; the oldest is forgotten first."""
LEEWAY: Final = 60
"""Seconds by which two clocks may differ."""
AGAIN: Final = 60.0
"""Seconds after which a key that is not known is looked for once more."""
ALGORITHMS: Final = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512"),
)
"""Signatures with a pair of keys: what a client could make itself, or leave out, is no signature of the provider."""
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
BY: Final = "single sign-on"
"""Under this name the audit has people who were added, and roles that changed, by what the provider said."""


@dataclass(frozen=True)
class Sent:
    """Where the browser goes, and the secret that it keeps meanwhile."""

    url: str
    binding: str


@dataclass(frozen=True)
class Person:
    """Who the provider says it is: its own id of the person, the name here, and the groups where they are asked for."""

    issuer: str
    subject: str
    name: str
    groups: tuple[str, ...] | None


@dataclass(frozen=True)
class _Begun:
    nonce: str
    verifier: str
    binding: str
    redirect: str
    back: str
    until: float


class SignOn:
    """The door of one provider: sign-ins that are under way, its endpoints and its keys."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._begun: dict[str, _Begun] = {}
        self._lock = threading.Lock()
        self._about: Mapping[str, Any] | None = None
        self._keys: Any = None
        self._keys_at = 0.0

    def begin(self, back: str, redirect: str) -> Sent:
        """Begin a sign-in that comes back to `redirect`, and then goes to `back`. Raises ConfigError, DeliveryError."""
        state, nonce, verifier, binding = (secrets.token_urlsafe(32) for _ in range(4))
        with self._client(redirect) as client:
            url, _ = client.create_authorization_url(
                self._endpoint("authorization_endpoint"), state=state, nonce=nonce, code_verifier=verifier
            )
        now = time.monotonic()
        with self._lock:
            self._begun = {key: one for key, one in self._begun.items() if one.until > now}
            while len(self._begun) >= MOST:
                self._begun.pop(next(iter(self._begun)))
            self._begun[state] = _Begun(nonce, verifier, _digest(binding), redirect, back, now + MINUTES * 60)
        return Sent(str(url), binding)

    def finish(self, params: Mapping[str, str], binding: str) -> tuple[Person, str]:
        """Who came back, and where they were going. Raises Forbidden, ConfigError, DeliveryError."""
        with self._lock:
            begun = self._begun.pop(params.get("state", ""), None)
        if begun is None or begun.until < time.monotonic() or not hmac.compare_digest(begun.binding, _digest(binding)):
            raise Forbidden(
                f"this sign-in was not begun in this browser, was used already, or took more than {MINUTES} minutes",
                do="begin it again",
            )
        if params.get("error"):
            said = params.get("error_description") or params["error"]
            raise Forbidden(f"the provider did not sign you in: {said[:200]}", do="try again, or ask who runs it")
        self._check_issuer(params)
        with self._client(begun.redirect) as client:
            token = self._token(client, params.get("code", ""), begun)
            claims = self._claims(str(token["id_token"]), begun.nonce)
            claims = self._more(client, claims)
        return self._person(claims), begun.back

    # The provider

    def _client(self, redirect: str) -> Any:
        from authlib.integrations.httpx_client import OAuth2Client  # type: ignore[import-untyped]

        settings = self.settings
        secret = _secret(settings)
        method = "none"
        if secret:
            known = self._discovered().get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
            method = "client_secret_basic" if "client_secret_basic" in known else "client_secret_post"
        return OAuth2Client(
            settings.client_id,
            secret,
            token_endpoint_auth_method=method,
            scope=" ".join(dict.fromkeys(["openid", *settings.scopes])),
            redirect_uri=redirect,
            code_challenge_method="S256",
            timeout=10,
        )

    def _discovered(self) -> Mapping[str, Any]:
        if self._about is None:
            issuer = (self.settings.issuer or "").rstrip("/")
            _private(issuer, "issuer")
            found = _asked(f"{issuer}/.well-known/openid-configuration")
            if not isinstance(found, dict) or str(found.get("issuer", "")).rstrip("/") != issuer:
                raise ConfigError(
                    "the provider there has another name",
                    where="shop.toml, sign_on.issuer",
                    expected="the `issuer` of its discovery document",
                )
            self._about = found
        return self._about

    def _endpoint(self, name: str) -> str:
        found = self._discovered().get(name)
        if not found:
            raise ConfigError(f"the provider names no {name}", where="shop.toml, sign_on.issuer")
        _private(str(found), name)
        return str(found)

    def _check_issuer(self, params: Mapping[str, str]) -> None:
        about = self._discovered()
        said = params.get("iss")
        if said is None and not about.get("authorization_response_iss_parameter_supported"):
            return
        if said != about["issuer"]:
            raise Forbidden("the answer is not of the provider that was asked", do="begin it again")

    def _token(self, client: Any, code: str, begun: _Begun) -> Mapping[str, Any]:
        import httpx
        from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]

        try:
            token: Mapping[str, Any] = client.fetch_token(
                self._endpoint("token_endpoint"),
                grant_type="authorization_code",
                code=code,
                code_verifier=begun.verifier,
            )
        except AuthlibBaseError as error:
            raise Forbidden(
                f"the provider did not take the code of this sign-in ({error.error or type(error).__name__})",
                do="begin it again; if it stays, check client_id and secret of [sign_on]",
            ) from error
        except (httpx.HTTPError, ValueError) as error:
            raise DeliveryError(
                f"the provider does not answer ({type(error).__name__})", do="try again in a moment"
            ) from error
        if not token.get("id_token"):
            raise Forbidden("the provider did not say who you are", do="let it give ID tokens for the scope openid")
        return token

    def _claims(self, text: str, nonce: str) -> Mapping[str, Any]:
        """The claims of an ID token that holds in every respect. Raises Forbidden with the one in which it does not."""
        claims = self._signed_by_provider(text)
        settings, now = self.settings, time.time()
        audience = claims.get("aud")
        meant = [audience] if isinstance(audience, str) else list(audience or ())
        over, since = claims.get("exp"), claims.get("iat")
        told = claims.get("nonce")
        checks = (
            (claims.get("iss") == self._discovered()["issuer"], "is of another provider"),
            (settings.client_id in meant, "is meant for another application"),
            (len(meant) == 1 or claims.get("azp") == settings.client_id, "is meant for several applications"),
            (claims.get("azp") in (None, settings.client_id), "was given to another application"),
            (isinstance(over, (int, float)) and over + LEEWAY > now, "is over"),
            (isinstance(since, (int, float)) and since - LEEWAY < now, "is of the future"),
            (isinstance(told, str) and hmac.compare_digest(told.encode(), nonce.encode()), "is not of this sign-in"),
            (isinstance(claims.get("sub"), str) and claims["sub"], "does not say whose it is"),
        )
        for holds, why in checks:
            if not holds:
                raise Forbidden(f"what the provider signed {why}", do="begin the sign-in again")
        return claims

    def _signed_by_provider(self, text: str) -> Mapping[str, Any]:
        from joserfc import jwt
        from joserfc.errors import JoseError

        allowed = [
            name
            for name in self._discovered().get("id_token_signing_alg_values_supported") or ALGORITHMS
            if name in ALGORITHMS
        ]
        wrong = Forbidden("the signature is not the provider's", do="begin the sign-in again")
        for fresh in (False, True):
            try:
                return dict(jwt.decode(text, self._key_set(fresh=fresh), algorithms=allowed).claims)
            except (JoseError, ValueError, KeyError, TypeError) as error:
                # Keys change; once in a while what does not fit is held against the newest ones.
                if fresh or time.monotonic() - self._keys_at < AGAIN:
                    raise wrong from error
        raise wrong

    def _key_set(self, *, fresh: bool) -> Any:
        from joserfc.jwk import KeySet

        if self._keys is None or fresh:
            found = _asked(self._endpoint("jwks_uri"))
            try:
                self._keys = KeySet.import_key_set(found)
            except (ValueError, KeyError, TypeError) as error:
                raise DeliveryError("the provider's keys can't be read", do="try again in a moment") from error
            self._keys_at = time.monotonic()
        return self._keys

    def _more(self, client: Any, claims: Mapping[str, Any]) -> Mapping[str, Any]:
        """The claims with those of the provider's user page, where the ID token lacks what is looked for."""
        wanted = [self.settings.name_claim, *([self.settings.role_claim] if self.settings.role_claim else [])]
        if all(_found(claims, name) is not None for name in wanted) or not self._discovered().get("userinfo_endpoint"):
            return claims
        import httpx

        try:
            answer: httpx.Response = client.get(self._endpoint("userinfo_endpoint"))
            told = answer.json() if answer.status_code == httpx.codes.OK else {}
        except (httpx.HTTPError, ValueError):
            told = {}
        same = isinstance(told, dict) and told.get("sub") == claims["sub"]
        return {**told, **claims} if same else claims

    # The person

    def _person(self, claims: Mapping[str, Any]) -> Person:
        settings = self.settings
        name = _found(claims, settings.name_claim)
        if not isinstance(name, str) or not name.strip():
            raise Forbidden(
                f"the provider did not say your {settings.name_claim}", do="let it give that claim, or set name_claim"
            )
        if settings.name_claim == "email" and claims.get("email_verified") is not True:
            raise Forbidden(
                "the provider has not verified your e-mail address", do="verify it there, or set another name_claim"
            )
        groups = None
        if settings.role_claim:
            told = _found(claims, settings.role_claim)
            listed = [told] if isinstance(told, str) else told if isinstance(told, list) else []
            groups = tuple(str(one) for one in listed)
        return Person(str(claims["iss"]), str(claims["sub"]), name.strip()[:120], groups)


def let_in(shop: Shop, person: Person) -> Session:
    """A session for a person, with the role that the groups give. Raises Forbidden, ConfigError.

    Who signs in first under a name has it for good: the name stays with the provider's own id of the person.
    """
    from profithunt.actions.policies import PERMISSIONS, Actor
    from profithunt.actions.store import people, queue

    settings, at = shop.config.sign_on, dt.datetime.now(tz=dt.UTC)
    store = shop.act.store
    whose = _digest(f"{person.issuer}\n{person.subject}")
    with store.writing() as connection:
        name = str(queue.fact(connection, f"sign_on:{whose[:40]}") or person.name)
        held = queue.fact(connection, f"signs_on:{_digest(name)[:40]}")
        if held not in (None, "", whose):
            raise Forbidden(f"{name} is somebody else at the provider", do="ask who may manage")
        known = {user.name: user for user in people.listed(connection, shop.config.autonomy)}.get(name)
        if known is not None and known.kind != "person":
            raise Forbidden(f"{name} is an agent; agents have tokens", do="ask who may manage for another name")
        if known is not None and not known.active:
            raise Forbidden(f"{name} is no longer active", do="ask who may manage")
        role = _role(settings, person, known.role if known is not None else None)
        roles = people.known_roles(connection, shop.config.autonomy)
        if role not in roles:
            raise ConfigError(
                f"there is no role {role!r}", where="shop.toml, sign_on.roles", expected=f"one of {', '.join(roles)}"
            )
        if known is None or known.role != role:
            by = Actor(BY, "agent", people.OWNER, frozenset(PERMISSIONS))
            email = known.email if known is not None else name if "@" in name else None
            people.put(connection, shop.config.autonomy, by, name, role=role, email=email, at=at)
        queue.put_fact(connection, f"sign_on:{whose[:40]}", name)
        queue.put_fact(connection, f"signs_on:{_digest(name)[:40]}", whose)
        owner = people.actor(connection, shop.config.autonomy, name)
    owner.must("see")
    return open_session(shop, owner)


def let_go(shop: Shop, name: str) -> None:
    """Free a name from who signs in under it, so that somebody else may. Raises Forbidden, NotFound."""
    from profithunt.actions.store import audit, queue

    actor = shop.act.whoami()
    actor.must("manage")
    with shop.act.store.writing() as connection:
        whose = queue.fact(connection, f"signs_on:{_digest(name)[:40]}")
        if not whose:
            raise NotFound(f"nobody has signed in as {name!r} through the provider", do="look at the name in Settings")
        queue.put_fact(connection, f"signs_on:{_digest(name)[:40]}", "")
        queue.put_fact(connection, f"sign_on:{str(whose)[:40]}", "")
        audit.append(connection, actor, [audit.Act("let_go", "user", name)], dt.datetime.now(tz=dt.UTC))


def _role(settings: Settings, person: Person, now: str | None) -> str:
    """The role that the groups give; where groups are not asked, the one that somebody has."""
    given = None
    if person.groups is None:
        given = now
    else:
        given = next((role for group, role in settings.roles.items() if group in person.groups), None)
    role = given or settings.otherwise
    if role is None:
        raise Forbidden("none of your groups has a role here", do="ask who may manage")
    return role


def _secret(settings: Settings) -> str | None:
    if settings.secret_env is None:
        return None
    value = os.environ.get(settings.secret_env, "")
    if not value:
        raise ConfigError(
            "signing in through the provider needs a secret",
            where=f"environment variable {settings.secret_env}",
            expected="a value",
            do="set it where profithunt runs; secrets are never read from shop.toml",
        )
    return value


def _private(address: str, what: str) -> None:
    """Raise ConfigError for an address over which others could listen."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ConfigError(
            f"the {what} is not private: {address or 'nothing'}",
            where="shop.toml, sign_on.issuer",
            expected="an address that begins with https://",
        )


def _asked(address: str) -> Any:
    """A document of the provider. Raises DeliveryError."""
    import httpx

    try:
        answer = httpx.get(address, timeout=10)
        answer.raise_for_status()
        return answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise DeliveryError(
            f"the provider does not answer ({type(error).__name__})",
            where=address,
            do="check sign_on.issuer in shop.toml, or try again in a moment",
        ) from error


def _found(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by its name, or by a path with dots through several levels."""
    if name in claims:
        return claims[name]
    at: Any = claims
    for part in _path(name):
        if not isinstance(at, Mapping) or part not in at:
            return None
        at = at[part]
    return at


def _path(name: str) -> Sequence[str]:
    return name.split(".")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
