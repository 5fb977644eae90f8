"""Putting something into the queue that no detector found: a person's idea, an agent's proposal, a simulated offer."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from profithunt.actions import policies
from profithunt.actions.desk import Rules
from profithunt.actions.exposure import amount
from profithunt.actions.policies import Actor
from profithunt.actions.store import queue
from profithunt.actions.store.tables import opportunities
from profithunt.detectors.definition import LEVELS
from profithunt.errors import Stopped, UsageError
from profithunt.opportunities import Opportunity
from profithunt.opportunities.opportunity import identify

if TYPE_CHECKING:
    import sqlalchemy as sa

Json = Any
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,79}")
_MOST: Final = Decimal(10) ** 12


def put_forward(
    connection: sa.Connection,
    rules: Rules,
    actor: Actor,
    *,
    action: str,
    level: str,
    entity: Mapping[str, str],
    value: Decimal | float,
    reason: str,
    params: Mapping[str, Json],
    owner: str,
    reversible: bool,
    window_days: int,
) -> str:
    """Put it into the queue and give its id; the same action on the same entity is the same opportunity."""
    actor.must("propose")
    policies.by_itself(actor, action, "propose")
    _check(action, level, entity, owner, window_days)
    money = amount(value)
    if money is None or abs(money) >= _MOST:
        raise UsageError("the value is no amount of money")
    known = (
        connection.execute(
            opportunities.select().where(opportunities.c.action == action).with_only_columns(opportunities.c.reversible)
        )
        .scalars()
        .all()
    )
    found = Opportunity(
        id=identify(action, entity), detector=0, code="PROPOSED", name=action, level=level, entity=dict(entity),
        value=float(money), p10=float(money), p90=float(money), confidence=0.5, window_days=window_days, rank=0,
        net_value=float(money),
        action=action, reversible=reversible and all(known), owner=owner, evidence={"reason": reason},
    )  # fmt: skip
    try:
        there = queue.row_of(connection, found.id)
    except UsageError:
        queue.propose(connection, actor, found, json.loads(json.dumps(dict(params))), rules.at)
        return found.id
    raise Stopped(f"it is in the queue already and {there.state}", where=f"opportunity {there.id}")


def _check(action: str, level: str, entity: Mapping[str, str], owner: str, window_days: int) -> None:
    if _NAME.fullmatch(action) is None:
        raise UsageError(f"{action!r} is no name of an action", expected="small letters, digits and _")
    if level not in LEVELS:
        raise UsageError(f"there is no level {level!r}", expected=f"one of {', '.join(LEVELS)}")
    if not entity or any(not name or not str(member) or "\x00" in f"{name}{member}" for name, member in entity.items()):
        raise UsageError("what it is about is not said", expected='an entity such as {"sku": "A-1"}')
    if max(len(str(part)) for item in entity.items() for part in item) > 300 or len(owner) > 60 or not owner:
        raise UsageError("a name is empty or too long", expected="at most 300 characters (60 for a team)")
    if not 1 <= window_days <= 730:
        raise UsageError(f"a window of {window_days} days can't be", expected="1 to 730 days")
