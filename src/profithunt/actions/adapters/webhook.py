"""Events to an address of one's own: CloudEvents 1.0 in JSON, signed as Standard Webhooks say.

The event's id is the action's; `webhook-id` is the key it is sent under, so that a receiver knows a repeated call
again. An undo is an event of its own (`….undone`) with the values before and after exchanged.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any, ClassVar

from profithunt.actions.adapters.audience import compact
from profithunt.actions.adapters.base import Base
from profithunt.actions.adapters.prescribed import told
from profithunt.actions.adapters.protocol import Action, Change, Confirmation, Context, Plan, Preview, Receipt
from profithunt.actions.adapters.rate import Rate
from profithunt.actions.adapters.secrets import parts, secret
from profithunt.actions.adapters.sending import Call, Policy, checked_url, now, send
from profithunt.actions.adapters.settings import Webhook, settings
from profithunt.errors import ConfigError, DeliveryError

Json = Any
_TYPE = "application/cloudevents+json"


class WebhookEvents(Base):
    """The adapter `webhook`."""

    name: ClassVar[str] = "webhook"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.settings = settings(Webhook, context.settings, self.name)
        self.url = checked_url(self.settings.url, "adapters.webhook.url")

    def changes(self, action: Action, context: Context) -> Sequence[Change]:
        """One change: what is done to the entity, with its parameters; customers held out are left out."""
        del context
        wanted = dict(told(action))
        former = wanted.pop("former", {})
        after = {name: value for name, value in wanted.items() if name != "customers"}
        if wanted.get("customers"):
            held = set(action.holdout)
            after["customers"] = [customer for customer in wanted["customers"] if customer not in held]
        done = {"action": action.kind, **after}
        return [Change(action.kind, dict(action.entity), dict(former), done)]

    def previews(self, action: str, changes: Sequence[Change], *, undo: bool) -> Sequence[Preview]:
        """One event with all changes."""
        body = self._event(action, changes, "undone" if undo else "executed")
        return [Preview("request", f"POST {self.url}", body, _TYPE)]

    def _event(self, action: str, changes: Sequence[Change], happened: str) -> str:
        from cloudevents.core.bindings.http import to_structured_event
        from cloudevents.core.v1.event import CloudEvent

        attributes = {
            "id": action if happened == "executed" else f"{action}.{happened}",
            "source": self.settings.source,
            "type": f"{self.settings.type}.{happened}",
            "specversion": "1.0",
            "subject": action,
            "datacontenttype": "application/json",
        }
        data = {"action": action, "changes": [change.to_json() for change in changes]}
        event = json.loads(bytes(to_structured_event(CloudEvent(attributes, data)).body))
        # The time of sending is in the signed header; the event itself is what was planned, to the byte.
        event.pop("time", None)
        return compact(event)

    def send(self, plan: Plan, key: str) -> Receipt:
        """Send the event, signed, until it is taken or given up."""
        (preview,) = plan.previews
        signing = secret(self.settings.secret_env, self.name)
        call = Call("POST", self.url, preview, lambda: self._headers(key, preview.content, signing), parts(signing))
        answer = send(call, key, self.name, self.journal, self._policy(), self._rate())
        if isinstance(answer, Receipt):
            # Not kept: the receiver knows the key again, so it may be tried once more at any time.
            return answer
        self.journal.revive(key)
        details = {"status": answer.status, "attempts": answer.attempts, "answer": answer.text[:500]}
        return self.journal.keep(Receipt(self.name, key, "sent", now(), (key,), details))

    def confirm(self, receipt: Receipt) -> Confirmation:
        """Taken is confirmed, unless an address is set that knows better."""
        if receipt.state != "sent":
            return Confirmation(False, now(), {"reason": receipt.details.get("reason", receipt.state)})
        if self.settings.confirm_url is None:
            return Confirmation(True, now(), {"status": receipt.details.get("status")})
        url = checked_url(f"{self.settings.confirm_url.rstrip('/')}/{receipt.key}", "adapters.webhook.confirm_url")
        signing = secret(self.settings.secret_env, self.name)
        preview = Preview("request", f"GET {url}", "", _TYPE)
        call = Call("GET", url, preview, lambda: self._headers(f"{receipt.key}.status", "", signing), parts(signing))
        try:
            answer = send(call, f"{receipt.key}.status", self.name, self.journal, self._policy(), self._rate())
        except DeliveryError as error:
            self.journal.revive(f"{receipt.key}.status")
            return Confirmation(None if error.retry else False, now(), {"reason": error.what})
        if isinstance(answer, Receipt):
            self.journal.revive(f"{receipt.key}.status")
            return Confirmation(None, now(), {"reason": "no answer"})
        return Confirmation(None if answer.status == 202 else True, now(), {"status": answer.status})

    def _headers(self, key: str, content: str, signing: str) -> dict[str, str]:
        """Headers of one attempt, signed at its time: receivers refuse a signature that is minutes old."""
        return signed(key, content, signing, self.settings.secret_env)

    def _policy(self) -> Policy:
        chosen = self.settings
        return Policy(chosen.attempts, chosen.first_wait_seconds, chosen.timeout_seconds)

    def _rate(self) -> Rate:
        folder = self.context.outbox / "rate" / self.name
        return Rate(folder, self.settings.per_second, self.settings.per_minute)


def signed(key: str, content: str, signing: str, name: str) -> dict[str, str]:
    """The headers of one attempt. Raises ConfigError for a secret that is none."""
    from standardwebhooks.webhooks import Webhook as Signer

    at = dt.datetime.now(dt.UTC)
    try:
        signature = Signer(signing).sign(key, at, content)
    except Exception as error:
        raise ConfigError(
            "the signing secret can't be used", where=f"environment variable {name}", expected="whsec_ and base64"
        ) from error
    return {
        "content-type": _TYPE,
        "webhook-id": key,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature,
        "idempotency-key": key,
    }
