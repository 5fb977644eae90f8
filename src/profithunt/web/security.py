"""What every answer is guarded by: who may be addressed, who may post, what a page may load.

Three rules, each in the words of LOOK: a Host that is not on the list is refused (names that point at loopback from
elsewhere), a post from another site is refused (fetch metadata, else Origin against Host), and every answer carries a
content security policy without inline scripts and without `eval`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS: Final = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def host_of(text: str) -> str:
    """The name in a Host header, without its port, in lower case."""
    try:
        return (urlsplit(f"//{text}").hostname or "").lower()
    except ValueError:
        return ""


def refused(method: str, headers: dict[str, str], hosts: frozenset[str]) -> tuple[int, str] | None:
    """Status and reason for a request that is not let through; None for one that is."""
    host = headers.get("host", "")
    if host_of(host) not in hosts:
        return 421, "This address is not served here. Allowed: " + ", ".join(sorted(hosts)) + "."
    if method in SAFE:
        return None
    site = headers.get("sec-fetch-site")
    if site is not None:
        allowed = site in ("same-origin", "none")
    else:
        origin = headers.get("origin")
        # Neither header: no browser sent it (command line, agent), and a browser can be made to send neither.
        allowed = origin is None or urlsplit(origin).netloc.lower() == host.lower()
    return None if allowed else (403, "This was sent from another site, and is not taken.")


class Guard:
    """The three rules around an application."""

    def __init__(self, app: App, hosts: frozenset[str] = LOOPBACK) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it; mark every answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(item for item in HEADERS if item[0] not in present)]
            await send(message)

        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        said = refused(scope["method"], headers, self.hosts)
        if said is None:
            await self.app(scope, receive, marked)
            return
        status, reason = said
        body = reason.encode()
        await marked(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [
                    (b"content-type", b"text/plain; charset=utf-8"),
                    (b"content-length", str(len(body)).encode()),
                ],
            }
        )
        await send({"type": "http.response.body", "body": body})
