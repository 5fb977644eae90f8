"""One call over HTTP, tried until it is taken or given up; every call the same for all adapters.

An answer below 300 means taken. 408, 425, 429 and 5xx, a refused or lost connection and no answer in time are tried
again under the same key, each time after a longer wait (or the one that the other side asks for). Anything else is a
refusal and is not tried again; 409 to a repeated call means that the first one had been taken. What is given up goes on
the dead-letter list. No redirect is followed, no connection is used twice.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from profithunt.actions.adapters.journal import DeadLetter, Journal
from profithunt.actions.adapters.protocol import Preview, Receipt
from profithunt.actions.adapters.rate import Rate
from profithunt.actions.adapters.secrets import without
from profithunt.errors import DeliveryError, UsageError

if TYPE_CHECKING:
    import httpx

AGAIN: Final = frozenset({408, 425, 429})
LONGEST_WAIT: Final = 60.0
_ANSWER: Final = 2000


@dataclass(frozen=True)
class Policy:
    """How one adapter sends: attempts, waits, longest answer; `idempotent` whether the other side knows the key again.

    Without that, a call whose fate is not known is never repeated.
    """

    attempts: int = 5
    first_wait: float = 0.5
    timeout: float = 20.0
    idempotent: bool = True


@dataclass(frozen=True)
class Call:
    """One request: method, address, what the preview shows as its body, headers made anew for each attempt.

    `secrets` are taken out of everything that is kept or said.
    """

    method: str
    url: str
    preview: Preview
    headers: Callable[[], Mapping[str, str]] = dict
    secrets: Sequence[str] = ()


@dataclass(frozen=True)
class Answer:
    """What the other side said: status, its text (shortened), attempts that it took."""

    status: int
    text: str
    headers: Mapping[str, str]
    attempts: int


class _Retry(Exception):
    """Worth another attempt; `wait` seconds where the other side said so, `uncertain` where it may have been taken."""

    def __init__(self, reason: str, *, wait: float | None = None, uncertain: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait = wait
        self.uncertain = uncertain


@dataclass
class _Fate:
    """What is known of a call so far."""

    attempts: int = 0
    uncertain: bool = False


def send(call: Call, key: str, adapter: str, journal: Journal, policy: Policy, rate: Rate) -> Answer | Receipt:
    """Send a call until it is taken: the answer, or a *dead* receipt where it had to be given up.

    Raises DeliveryError where it surely was not taken: `retry` false for a refusal.
    """
    import stamina

    fate = _Fate()
    try:
        for attempt in stamina.retry_context(
            on=_backoff,
            attempts=policy.attempts,
            timeout=None,
            wait_initial=policy.first_wait,
            wait_max=LONGEST_WAIT,
            wait_jitter=policy.first_wait / 4,
        ):
            with attempt:
                return _once(call, key, adapter, journal, policy, rate, fate)
    except _Retry as error:
        return _given_up(call, key, adapter, journal, fate, error)
    raise UsageError("a call needs at least one attempt")


def _backoff(error: Exception) -> bool | float:
    """Whether to try again, or after how many seconds."""
    if not isinstance(error, _Retry) or isinstance(error, _Unknown):
        return False
    return min(error.wait, LONGEST_WAIT) if error.wait is not None else True


def _once(call: Call, key: str, adapter: str, journal: Journal, policy: Policy, rate: Rate, fate: _Fate) -> Answer:
    rate.wait()
    fate.attempts += 1
    entry: dict[str, Any] = {"at": _now(), "adapter": adapter, "key": key, "target": call.preview.target}
    try:
        answer = _asked(call, policy, fate)
    except _Retry as error:
        fate.uncertain |= error.uncertain
        journal.log({**entry, "attempt": fate.attempts, "result": error.reason})
        if error.uncertain and not policy.idempotent:
            raise _Unknown(error.reason) from error
        raise
    journal.log({**entry, "attempt": fate.attempts, "result": answer.status})
    if answer.status < 300 or (answer.status == 409 and fate.uncertain):
        return answer
    journal.bury(_letter(call, key, adapter, fate, f"answered {answer.status}: {answer.text}"))
    raise DeliveryError(
        f"{adapter} refused it with {answer.status}: {answer.text[:200]}",
        where=call.preview.target,
        do="see why, correct it and execute again; it is on the dead-letter list",
        retry=False,
    )


def _asked(call: Call, policy: Policy, fate: _Fate) -> Answer:
    """One attempt. Raises _Retry."""
    import httpx

    try:
        with _client(policy) as client:
            response = client.request(
                call.method, call.url, content=call.preview.content.encode(), headers=dict(call.headers())
            )
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise _Retry(f"could not be reached ({type(error).__name__})") from error
    except httpx.HTTPError as error:
        raise _Retry(f"gave no whole answer ({type(error).__name__})", uncertain=True) from error
    text = without(response.text[:_ANSWER], call.secrets)
    if response.status_code in AGAIN or response.status_code >= 500:
        wait = _asked_to_wait(response.headers.get("retry-after"))
        unsure = response.status_code >= 500 and response.status_code != 503
        raise _Retry(f"answered {response.status_code}", wait=wait, uncertain=unsure)
    return Answer(response.status_code, text, dict(response.headers), fate.attempts)


class _Unknown(_Retry):
    """Not to be repeated: the other side may have taken it and would not know it again."""


def _given_up(call: Call, key: str, adapter: str, journal: Journal, fate: _Fate, error: _Retry) -> Receipt:
    journal.bury(_letter(call, key, adapter, fate, error.reason))
    if not fate.uncertain:
        raise DeliveryError(
            f"{adapter} {error.reason}, {fate.attempts} times",
            where=call.preview.target,
            do="it is on the dead-letter list and can be sent again",
        ) from error
    details = {"reason": error.reason, "attempts": fate.attempts, "uncertain": True}
    return Receipt(adapter, key, "dead", _now(), details=details)


def _letter(call: Call, key: str, adapter: str, fate: _Fate, reason: str) -> DeadLetter:
    preview = call.preview
    return DeadLetter(
        adapter, key, preview.target, preview.content, preview.content_type, fate.attempts,
        without(reason, call.secrets), _now(), fate.uncertain,
    )  # fmt: skip


def _client(policy: Policy) -> httpx.Client:
    import httpx

    # The library writes addresses into its log, and some addresses are secrets.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    limits = httpx.Limits(max_keepalive_connections=0, max_connections=1)
    return httpx.Client(timeout=policy.timeout, follow_redirects=False, limits=limits, headers={"connection": "close"})


def _asked_to_wait(said: str | None) -> float | None:
    """Seconds of a Retry-After header, which holds a number or a date."""
    if said is None:
        return None
    if said.strip().isdigit():
        return float(said)
    from email.utils import parsedate_to_datetime

    try:
        return max((parsedate_to_datetime(said) - dt.datetime.now(dt.UTC)).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return None


def checked_url(url: str, name: str) -> str:
    """An address that may be called: https, or http on this machine. Raises UsageError."""
    import httpx

    parsed = httpx.URL(url)
    local = parsed.host in {"localhost", "127.0.0.1", "::1"}
    if parsed.scheme == "https" or (parsed.scheme == "http" and local):
        return url
    raise UsageError("what is sent must not be readable on the way", where=name, expected="an https:// address")


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")


now = _now
"""The time of receipts, in UTC."""
