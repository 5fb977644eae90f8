"""Tasks for people: as a file, as e-mail, in Slack. Undoing calls the task off and says what to put back.

Neither mail nor Slack knows a message again. So each is marked before it is sent, and one whose fate is not known,
since the process died or the connection broke, is not sent a second time: it goes on the dead-letter list, marked
*uncertain*, for a person to look.
"""

from __future__ import annotations

import smtplib
import ssl
from abc import abstractmethod
from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from typing import Any, ClassVar

from profithunt.actions.adapters.audience import compact
from profithunt.actions.adapters.base import Base, FileAdapter
from profithunt.actions.adapters.journal import DeadLetter
from profithunt.actions.adapters.protocol import Action, Change, Confirmation, Context, Plan, Preview, Receipt
from profithunt.actions.adapters.rate import Rate
from profithunt.actions.adapters.secrets import parts, secret, without
from profithunt.actions.adapters.sending import Call, Policy, checked_url, now, send
from profithunt.actions.adapters.settings import Email, Slack, settings
from profithunt.actions.adapters.task_text import Task, task_change, tasks
from profithunt.errors import ConfigError, DeliveryError

Json = Any
SLACK: str = "Slack"


class TaskFile(FileAdapter):
    """The adapter `task`: a task as a text file, for shops that have neither mail nor Slack set up."""

    name: ClassVar[str] = "task"
    suffix: ClassVar[str] = "md"
    content_type: ClassVar[str] = "text/markdown"

    def changes(self, action: Action, context: Context) -> Sequence[Change]:
        """One task."""
        del context
        return [task_change(action)]

    def previews(self, action: str, changes: Sequence[Change], *, undo: bool) -> Sequence[Preview]:
        """One file a task."""
        texts = [f"# {task.subject}\n\nFor: {task.team}\n\n{task.body}" for task in tasks(action, changes)]
        named = super().previews(action, changes, undo=undo)
        return [Preview(one.kind, one.target, text, one.content_type) for one, text in zip(named, texts, strict=True)]

    def contents(self, changes: Sequence[Change]) -> Sequence[str]:
        """As many files as tasks; their text is made in `previews`, which knows the action."""
        return ["" for _ in changes]


class _Messages(Base):
    """Messages that the other side does not know again: marked before, never repeated when in doubt."""

    settings: Email | Slack

    def changes(self, action: Action, context: Context) -> Sequence[Change]:
        """One task."""
        del context
        return [task_change(action)]

    def send(self, plan: Plan, key: str) -> Receipt:
        """Send each message; what was begun and has no receipt is not sent again."""
        taken: list[str] = []
        for number, preview in enumerate(plan.previews, 1):
            part = f"{key}.{number}" if len(plan.previews) > 1 else key
            done = self.journal.receipt(f"{part}.message")
            if done is None:
                if not self.journal.begin(part, {"adapter": self.name, "target": preview.target, "at": now()}):
                    return self._uncertain(preview, part, key)
                done = self._marked(preview, part)
                if done.state == "dead":
                    return self.journal.keep(Receipt(self.name, key, "dead", now(), tuple(taken), done.details))
                self.journal.keep(done)
            taken += done.references
        return self.journal.keep(Receipt(self.name, key, "sent", now(), tuple(taken), {"messages": len(taken)}))

    def _marked(self, preview: Preview, part: str) -> Receipt:
        try:
            return self.deliver(preview, part)
        except DeliveryError:
            # Surely not taken: it may be begun again.
            self.journal.abandon(part)
            raise

    @abstractmethod
    def deliver(self, preview: Preview, part: str) -> Receipt:
        """Send one message: a receipt, *dead* when in doubt. Raises DeliveryError where it surely was not taken."""

    def confirm(self, receipt: Receipt) -> Confirmation:
        """Taken by the mail server or by Slack: more can't be known."""
        if receipt.state != "sent":
            return Confirmation(False, now(), {"reason": receipt.details.get("reason", receipt.state)})
        return Confirmation(True, now(), {"taken": list(receipt.references)})

    def _uncertain(self, preview: Preview, part: str, key: str) -> Receipt:
        reason = "it was being sent when the process ended; it may have arrived"
        self.journal.bury(
            DeadLetter(self.name, part, preview.target, preview.content, preview.content_type, 1, reason, now(), True)
        )
        return self.journal.keep(Receipt(self.name, key, "dead", now(), details={"reason": reason, "uncertain": True}))

    def _rate(self) -> Rate:
        folder = self.context.outbox / "rate" / self.name
        return Rate(folder, self.settings.per_second, self.settings.per_minute)

    def _policy(self) -> Policy:
        chosen = self.settings
        return Policy(chosen.attempts, chosen.first_wait_seconds, chosen.timeout_seconds, idempotent=False)


class SlackTasks(_Messages):
    """The adapter `slack`."""

    name: ClassVar[str] = "slack"
    settings: Slack

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.settings = settings(Slack, context.settings, self.name)

    def previews(self, action: str, changes: Sequence[Change], *, undo: bool) -> Sequence[Preview]:
        """One message a task."""
        del undo
        return [
            Preview("message", f"{SLACK}, for {task.team}", compact({"text": _slack_text(task)}), "application/json")
            for task in tasks(action, changes)
        ]

    def deliver(self, preview: Preview, part: str) -> Receipt:
        """Post to the webhook; its address is a secret."""
        url = checked_url(secret(self.settings.url_env, self.name), self.settings.url_env)
        headers = {"content-type": "application/json"}
        call = Call("POST", url, preview, lambda: headers, parts(url))
        answer = send(call, part, self.name, self.journal, self._policy(), self._rate())
        if isinstance(answer, Receipt):
            return answer
        self.journal.revive(part)
        return Receipt(self.name, f"{part}.message", "sent", now(), (preview.target,), {"status": answer.status})


class EmailTasks(_Messages):
    """The adapter `email`."""

    name: ClassVar[str] = "email"
    settings: Email

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.settings = settings(Email, context.settings, self.name)

    def previews(self, action: str, changes: Sequence[Change], *, undo: bool) -> Sequence[Preview]:
        """One mail a task: the very message, without the date that it gets when it is sent."""
        made = []
        for number, task in enumerate(tasks(action, changes), 1):
            address = self._address(task)
            message = EmailMessage(policy=SMTP)
            message["From"] = self.settings.sender
            message["To"] = address
            message["Subject"] = task.subject
            message["Message-ID"] = f"<{action}{'.undo' if undo else ''}.{number}@{_domain(self.settings.sender)}>"
            message.set_content(task.body)
            made.append(Preview("message", address, message.as_string(), "message/rfc822"))
        return made

    def deliver(self, preview: Preview, part: str) -> Receipt:
        """Hand the mail to the server; tried again only while the server surely has not taken it."""
        import stamina

        chosen = self.settings
        password = secret(chosen.password_env, self.name) if chosen.user else ""
        attempts = 0
        for attempt in stamina.retry_context(
            on=lambda error: isinstance(error, DeliveryError) and error.retry,
            attempts=chosen.attempts,
            timeout=None,
            wait_initial=chosen.first_wait_seconds,
            wait_jitter=chosen.first_wait_seconds / 4,
            wait_max=60,
        ):
            with attempt:
                attempts += 1
                self._rate().wait()
                return self._once(preview, part, password, attempts)
        raise DeliveryError("a mail needs at least one attempt", retry=False)

    def _once(self, preview: Preview, part: str, password: str, attempts: int) -> Receipt:
        entry = {"at": now(), "adapter": self.name, "key": part, "target": preview.target, "attempt": attempts}
        handed = False
        try:
            with self._server() as server:
                if self.settings.user:
                    server.login(self.settings.user, password)
                handed = True
                server.sendmail(self.settings.sender, [preview.target], preview.content.encode())
        except smtplib.SMTPResponseException as error:
            self.journal.log({**entry, "result": error.smtp_code})
            self._bury(preview, part, attempts, f"answered {error.smtp_code}", uncertain=False)
            raise self._refused(error.smtp_code, error.smtp_error, password) from error
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            self.journal.log({**entry, "result": code})
            self._bury(preview, part, attempts, f"answered {code}", uncertain=False)
            raise self._refused(code, said, password) from error
        except (OSError, smtplib.SMTPException) as error:
            self.journal.log({**entry, "result": type(error).__name__})
            reason = f"the mail server could not be reached ({type(error).__name__})"
            self._bury(preview, part, attempts, reason, uncertain=handed)
            if handed:
                details = {"reason": reason, "attempts": attempts, "uncertain": True}
                return Receipt(self.name, part, "dead", now(), details=details)
            raise DeliveryError(reason, where=f"{self.settings.host}:{self.settings.port}") from error
        self.journal.log({**entry, "result": 250})
        self.journal.revive(part)
        return Receipt(self.name, f"{part}.message", "sent", now(), (preview.target,), {"attempts": attempts})

    def _refused(self, code: int, said: bytes | str, password: str) -> DeliveryError:
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        return DeliveryError(
            f"the mail server answered {code}: {without(text, (password,))[:200]}",
            where=f"{self.settings.host}:{self.settings.port}",
            retry=400 <= code < 500,
        )

    def _bury(self, preview: Preview, part: str, attempts: int, reason: str, *, uncertain: bool) -> None:
        self.journal.bury(
            DeadLetter(
                self.name,
                part,
                preview.target,
                preview.content,
                preview.content_type,
                attempts,
                reason,
                now(),
                uncertain,
            )
        )

    def _server(self) -> smtplib.SMTP:
        chosen = self.settings
        if chosen.security == "tls":
            return smtplib.SMTP_SSL(
                chosen.host, chosen.port, timeout=chosen.timeout_seconds, context=ssl.create_default_context()
            )
        server = smtplib.SMTP(chosen.host, chosen.port, timeout=chosen.timeout_seconds)
        if chosen.security == "starttls":
            try:
                server.starttls(context=ssl.create_default_context())
            except BaseException:
                server.close()
                raise
        return server

    def _address(self, task: Task) -> str:
        known = self.settings.to
        address = known.get(task.team) or known.get("default")
        if not address:
            raise ConfigError(
                f"there is no address for the team {task.team}",
                where="shop.toml, adapters.email.to",
                expected=f'{task.team} = "…", or default = "…"',
            )
        try:
            return Address(addr_spec=address).addr_spec
        except (ValueError, IndexError) as error:
            raise ConfigError(f"'{address}' is no e-mail address", where="shop.toml, adapters.email.to") from error


def _domain(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2] or "profithunt.invalid"


def _slack_text(task: Task) -> str:
    escaped = f"*{task.subject}*\nFor: {task.team}\n{task.body}"
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
