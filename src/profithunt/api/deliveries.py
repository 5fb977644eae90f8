"""What could not be delivered: the dead-letter list of a shop's outbox, and letting something be sent again."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from profithunt.actions.adapters.journal import DeadLetter, Journal
from profithunt.actions.store import audit
from profithunt.api.executing import OUTBOX

if TYPE_CHECKING:
    from profithunt.actions.policies import Actor
    from profithunt.api.act import Act


def letters(act: Act, actor: Actor) -> list[DeadLetter]:
    """The dead-letter list, oldest first."""
    actor.must("see")
    return _journal(act).dead()


def send_again(act: Act, actor: Actor, key: str) -> DeadLetter:
    """Let a letter's key be sent again by the next execution of its action. Raises NotFound, Forbidden.

    Whoever does it has looked whether an uncertain one arrived.
    """
    actor.must("execute")
    found = _journal(act).reopen(key)
    done = audit.Act("send_again", "action", key, {"adapter": found.adapter, "uncertain": found.uncertain})
    with act.store.writing() as connection:
        audit.append(connection, actor, [done], dt.datetime.now(tz=dt.UTC))
    return found


def _journal(act: Act) -> Journal:
    return Journal(act.shop.path.parent.absolute() / OUTBOX)
