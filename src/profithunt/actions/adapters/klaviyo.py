"""Profiles for Klaviyo: lists as CSV files, or the bulk import of its interface.

A file has at most 5 MB, a call at most 10,000 profiles and 5 MB; what is more goes into further parts. An import never
empties anything, so undoing sets the property back to *off* by the same way. Source: Klaviyo's reference of the bulk
profile import (limits, form of the call, states of a job).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar, Final

from profithunt.actions.adapters.audience import audience, compact, profile, unnamed
from profithunt.actions.adapters.base import Base, FileAdapter
from profithunt.actions.adapters.exports import table
from profithunt.actions.adapters.protocol import Action, Change, Confirmation, Context, Plan, Preview, Receipt
from profithunt.actions.adapters.rate import Rate
from profithunt.actions.adapters.secrets import secret
from profithunt.actions.adapters.sending import Answer, Call, Policy, checked_url, now, send
from profithunt.actions.adapters.settings import Klaviyo, settings
from profithunt.errors import DeliveryError

Json = Any
MOST_BYTES: Final = 5_000_000
MOST_PROFILES: Final = 10_000
_HEADINGS: Final = {"email": "Email", "external_id": "External ID"}
_JOBS: Final = "/api/profile-bulk-import-jobs"
_TYPE: Final = "application/vnd.api+json"


class KlaviyoFile(FileAdapter):
    """The adapter `klaviyo_file`: lists of profiles to upload."""

    name: ClassVar[str] = "klaviyo_file"
    own = Klaviyo
    settings: Klaviyo
    most_bytes: ClassVar[int] = MOST_BYTES

    def changes(self, action: Action, context: Context) -> Sequence[Change]:
        """One change a customer."""
        return audience(action, context, self.settings)

    def notes(self, action: Action, changes: Sequence[Change]) -> Sequence[str]:
        """Who is held out, and who can't be reached."""
        return [*super().notes(action, changes), *unnamed(action, changes)]

    def contents(self, changes: Sequence[Change]) -> Sequence[str]:
        """Files of at most 5 MB, each with its heading."""
        key = next(iter(changes[0].entity))
        names = [*dict.fromkeys(name for change in changes for name in change.after)]
        heading = table([_HEADINGS[key], *names], [])
        lines = (table([change.entity[key], *(str(change.after[name]) for name in names)], []) for change in changes)
        return [heading + "".join(part) for part in _parts(lines, self.most_bytes - len(heading.encode()))]


class KlaviyoImport(Base):
    """The adapter `klaviyo`: jobs of the bulk profile import."""

    name: ClassVar[str] = "klaviyo"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.settings = settings(Klaviyo, context.settings, self.name)
        self.url = checked_url(self.settings.url.rstrip("/"), "adapters.klaviyo.url")

    def changes(self, action: Action, context: Context) -> Sequence[Change]:
        """One change a customer."""
        return audience(action, context, self.settings)

    def notes(self, action: Action, changes: Sequence[Change]) -> Sequence[str]:
        """Who is held out, and who can't be reached."""
        return [*super().notes(action, changes), *unnamed(action, changes)]

    def previews(self, action: str, changes: Sequence[Change], *, undo: bool) -> Sequence[Preview]:
        """One call for each 10,000 profiles or 5 MB."""
        del action, undo
        target = f"POST {self.url}{_JOBS}"
        frame = len(_job([]).encode())
        profiles = (compact(profile(change)) for change in changes)
        parts = _parts(profiles, MOST_BYTES - frame, MOST_PROFILES, between=1)
        return [Preview("request", target, _job(part), _TYPE) for part in parts]

    def send(self, plan: Plan, key: str) -> Receipt:
        """Start a job for each part; a part that was taken before is not sent again."""
        jobs: list[str] = []
        for number, preview in enumerate(plan.previews, 1):
            part = f"{key}.{number}" if len(plan.previews) > 1 else key
            begun = self.journal.receipt(f"{part}.job")
            if begun is None:
                begun = self._started(preview, part)
                if begun.state == "dead":
                    # Not kept: an import sets given values, so it may be tried once more at any time.
                    return Receipt(self.name, key, "dead", now(), tuple(jobs), begun.details)
                self.journal.keep(begun)
            jobs += begun.references
        return self.journal.keep(Receipt(self.name, key, "sent", now(), tuple(jobs), {"jobs": len(jobs)}))

    def _started(self, preview: Preview, part: str) -> Receipt:
        call = self._call("POST", _JOBS, preview, {"idempotency-key": part})
        answer = send(call, part, self.name, self.journal, self._policy(), self._rate())
        if isinstance(answer, Receipt):
            return answer
        self.journal.revive(part)
        job = _job_id(answer)
        return Receipt(self.name, f"{part}.job", "sent", now(), (job,) if job else (), {"status": answer.status})

    def confirm(self, receipt: Receipt) -> Confirmation:
        """Whether all jobs have finished and every profile was taken."""
        if receipt.state != "sent":
            return Confirmation(False, now(), {"reason": receipt.details.get("reason", receipt.state)})
        states: dict[str, Json] = {}
        for job in receipt.references:
            preview = Preview("request", f"GET {self.url}{_JOBS}/{job}", "", _TYPE)
            call = self._call("GET", f"{_JOBS}/{job}", preview, {})
            try:
                answer = send(
                    call, f"{receipt.key}.{job}.status", self.name, self.journal, self._policy(), self._rate()
                )
            except DeliveryError as error:
                return Confirmation(None, now(), {"reason": error.what})
            if isinstance(answer, Receipt):
                return Confirmation(None, now(), {"reason": "the state of the job can't be read"})
            states[job] = _state(answer)
        if not states or any(state["status"] in {"queued", "processing", None} for state in states.values()):
            return Confirmation(None, now(), {"jobs": states})
        whole = all(state["status"] == "complete" and not state["failed"] for state in states.values())
        return Confirmation(whole, now(), {"jobs": states})

    def _call(self, method: str, path: str, preview: Preview, headers: dict[str, str]) -> Call:
        key = secret(self.settings.key_env, self.name)
        sent = {
            "authorization": f"Klaviyo-API-Key {key}",
            "accept": _TYPE,
            "content-type": _TYPE,
            "revision": self.settings.revision,
            **headers,
        }
        return Call(method, f"{self.url}{path}", preview, lambda: sent, (key,))

    def _policy(self) -> Policy:
        chosen = self.settings
        # An import sets properties to given values: taken twice it is the same.
        return Policy(chosen.attempts, chosen.first_wait_seconds, chosen.timeout_seconds)

    def _rate(self) -> Rate:
        folder = self.context.outbox / "rate" / self.name
        return Rate(folder, self.settings.per_second, self.settings.per_minute)


def _job(profiles: Sequence[str]) -> str:
    """The body of a call, from profiles that are JSON already."""
    empty = compact({"data": {"type": "profile-bulk-import-job", "attributes": {"profiles": {"data": ["%"]}}}})
    return empty.replace('"%"', ",".join(profiles))


def _parts(items: Iterable[str], most_bytes: int, most: int | None = None, between: int = 0) -> Iterator[list[str]]:
    """Items in parts of so many bytes and so many items at most, in their order."""
    part: list[str] = []
    size = 0
    for item in items:
        length = len(item.encode()) + between
        if part and (size + length > most_bytes or len(part) == most):
            yield part
            part, size = [], 0
        part.append(item)
        size += length
    if part:
        yield part


def _job_id(answer: Answer) -> str | None:
    try:
        return str(json.loads(answer.text)["data"]["id"])
    except (ValueError, KeyError, TypeError):
        return None


def _state(answer: Answer) -> dict[str, Json]:
    try:
        found = json.loads(answer.text)["data"]["attributes"]
        return {"status": found.get("status"), "failed": int(found.get("failed_count") or 0)}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {"status": None, "failed": 0}
