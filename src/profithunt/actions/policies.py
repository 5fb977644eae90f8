"""Who may do what, how much of it in a day, and what stands in its way. Pure: facts in, reasons out.

What can be undone (type 2) flows inside the limits of whoever decides; what can't (type 1) needs a document that was
decided upon and two people who approve. Two actions never work on the same SKU, customer or keyword at once; no price
goes below its floor or undercuts another own price.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from profithunt.actions.exposure import Exposure, Size, Thing, amount
from profithunt.errors import Forbidden

Json = Any

PERMISSIONS: Final = (
    *("see", "comment", "assign", "triage", "propose", "approve", "reject"),
    *("execute", "undo", "document", "manage"),
)
"""What a role may do and a token may be scoped to."""

APPROVERS_OF_TYPE_1: Final = 2


class Autonomy(StrEnum):
    """How far an agent goes by itself, by action type."""

    SUGGEST = "suggest"
    APPROVAL = "approval"
    INSIDE_LIMITS = "inside_limits"


@dataclass(frozen=True)
class Limits:
    """What one may set in motion in a day; None: no limit. Shares are 0–1 of the shop's SKUs, customers, daily spend.

    `price_change` is the largest change of one price. A share always allows one SKU or customer.
    """

    money_a_day: Decimal | None = None
    skus_a_day: int | None = None
    customers_a_day: int | None = None
    sku_share: float | None = None
    customer_share: float | None = None
    spend_share: float | None = None
    price_change: float | None = None

    def to_json(self) -> dict[str, Json]:
        """As data; amounts as decimal strings."""
        return {
            "money_a_day": None if self.money_a_day is None else str(self.money_a_day),
            "skus_a_day": self.skus_a_day,
            "customers_a_day": self.customers_a_day,
            "sku_share": self.sku_share,
            "customer_share": self.customer_share,
            "spend_share": self.spend_share,
            "price_change": self.price_change,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> Limits:
        """Back from data."""
        money = data.get("money_a_day")
        return cls(**{**data, "money_a_day": None if money is None else Decimal(str(money))})


@dataclass(frozen=True)
class Actor:
    """A person or an agent who acts: `may` by role (and by token), limits, and an agent's autonomy by action type."""

    name: str
    kind: str = "person"
    role: str = "viewer"
    may: frozenset[str] = frozenset({"see"})
    limits: Limits = field(default_factory=Limits)
    level: Autonomy = Autonomy.SUGGEST
    levels: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_agent(self) -> bool:
        """Whether it is a machine that acts."""
        return self.kind == "agent"

    def autonomy(self, action: str) -> Autonomy:
        """How far it goes with an action type; people are not asked."""
        return Autonomy(self.levels.get(action, self.level))

    def scoped(self, scopes: Sequence[str]) -> Actor:
        """The same with no more than a token's scopes."""
        return Actor(
            self.name, self.kind, self.role, self.may & frozenset(scopes), self.limits, self.level, self.levels
        )

    def must(self, permission: str) -> None:
        """Raise Forbidden unless it may."""
        if permission not in self.may:
            raise Forbidden(
                f"{self.name} ({self.role}) may not {permission}",
                do=f"ask someone whose role may {permission}, or have the role changed",
            )


def by_itself(actor: Actor, action: str, what: str) -> None:
    """Raise Forbidden for an agent that goes further than its autonomy for this action type."""
    if not actor.is_agent:
        return
    level = actor.autonomy(action)
    allowed = {
        "propose": tuple(Autonomy),
        "execute": (Autonomy.APPROVAL, Autonomy.INSIDE_LIMITS),
        "approve": (Autonomy.INSIDE_LIMITS,),
    }[what]
    if level not in allowed:
        raise Forbidden(
            f"agent {actor.name} may only {_words(level)} where the action is {action}",
            do="a person approves it, or its autonomy for this action type is raised",
        )


def _words(level: Autonomy) -> str:
    return {
        Autonomy.SUGGEST: "suggest",
        Autonomy.APPROVAL: "act once a person has approved",
        Autonomy.INSIDE_LIMITS: "act inside its limits",
    }[level]


def over(limits: Limits, exposure: Exposure, used: Exposure, size: Size) -> list[str]:
    """The limits that an action would break, in words, given what was set in motion this day; none: it fits."""
    said: list[str] = []
    money = used.money + exposure.money
    if limits.money_a_day is not None and money > limits.money_a_day:
        said.append(f"money a day: {money:.2f}, at most {limits.money_a_day:.2f}")
    counts = (
        ("SKUs", used.skus, exposure.skus, limits.skus_a_day, limits.sku_share, size.skus),
        (
            *("customers", used.customers, exposure.customers),
            *(limits.customers_a_day, limits.customer_share, size.customers),
        ),
    )
    for name, before, now, most, share, whole in counts:
        allowed = _allowed(most, share, whole)
        if now and allowed is not None and before + now > allowed:
            said.append(f"{name} a day: {before + now}, at most {allowed}")
    said += _spend(limits, exposure, used, size)
    change = exposure.price_change
    if limits.price_change is not None and change is not None and change > limits.price_change + 1e-12:
        shown = "not known, since the former price is not" if math.isinf(change) else f"{change:.1%}"
        said.append(f"change of price: {shown}, at most {limits.price_change:.1%}")
    return said


def _allowed(most: int | None, share: float | None, whole: int | None) -> int | None:
    by_share = None if share is None else max(1, math.floor(share * (whole or 0) + 1e-9))
    given = [limit for limit in (most, by_share) if limit is not None]
    return min(given) if given else None


def _spend(limits: Limits, exposure: Exposure, used: Exposure, size: Size) -> list[str]:
    if limits.spend_share is None or not exposure.spend:
        return []
    spend = used.spend + exposure.spend
    if size.spend_a_day is None:
        return ["spend a day: how much the shop spends is not known"]
    allowed = size.spend_a_day * Decimal(str(limits.spend_share))
    if spend <= allowed:
        return []
    return [f"spend a day: {spend:.2f}, at most {allowed:.2f} ({limits.spend_share:.0%} of {size.spend_a_day:.2f})"]


@dataclass(frozen=True)
class Approval:
    """Someone who approved: by name, as person or agent, whether inside their own limits."""

    by: str
    kind: str
    within: bool = True


def lacking(*, reversible: bool, approvals: Sequence[Approval], document: str | None) -> list[str]:
    """What is still missing before an action may be executed, in words; `document` is the state of its document."""
    if reversible:
        return [] if approvals else ["an approval"]
    people = {approval.by for approval in approvals if approval.kind == "person"}
    said = []
    if document is None:
        said.append("a document (press release and FAQ, or six-pager)")
    elif document != "decided":
        said.append(f"a decision on its document, which is in state {document}")
    if len(people) < APPROVERS_OF_TYPE_1:
        missing = APPROVERS_OF_TYPE_1 - len(people)
        said.append(f"{missing} more {'person' if missing == 1 else 'people'} to approve")
    if people and not any(approval.within for approval in approvals):
        said.append("an approval by someone whose limits it is inside of")
    return said


@dataclass(frozen=True)
class Held:
    """A thing that another action holds until a day; with the price that it set and where, if it set one."""

    thing: Thing
    action: str
    kind: str
    until: dt.datetime
    price: Decimal | None = None
    scope: str | None = None


def conflicts(things: Sequence[Thing], params: Mapping[str, Json], held: Sequence[Held]) -> list[str]:
    """Why an action can't be taken beside those that are under way, in words.

    Prices of one SKU in two places (`params.scope`: a channel, a store) may both change, unless one undercuts the
    other.
    """
    mine = set(things)
    price = amount(params.get("price")) if "price" in params else None
    scope = params.get("scope")
    said = []
    for other in held:
        if other.thing not in mine:
            continue
        apart = price is not None and other.price is not None and scope and other.scope and scope != other.scope
        if not apart:
            said.append(f"{other.thing} is in action {other.action} ({other.kind}) until {other.until:%Y-%m-%d}")
        elif price is not None and other.price is not None and price < other.price:
            said.append(
                f"{other.thing}: {price:.2f} in {scope} undercuts the own price of {other.price:.2f} in {other.scope}"
            )
        elif price is not None and other.price is not None and price > other.price:
            said.append(
                f"{other.thing}: {price:.2f} in {scope} is undercut by the own price of {other.price:.2f} "
                f"in {other.scope}"
            )
    return said


def below_floor(params: Mapping[str, Json], unit_cost: Json, margin_floor: float) -> list[str]:
    """Why a price is too low, in words: less than `margin_floor` of the price without tax is left over its cost.

    `params.price` includes tax at `params.tax_rate` where that is given. A cost that is not known stops a price too.
    """
    price = amount(params.get("price")) if "price" in params else None
    if price is None:
        return []
    if price <= 0:
        return ["the price is not above zero"]
    net = price / (1 + (amount(params.get("tax_rate", 0)) or Decimal(0)))
    cost = amount(params.get("unit_cost", unit_cost if unit_cost is not None else ""))
    if cost is None:
        return ["the unit cost is not known, so the price can't be held against its floor"]
    margin = float((net - cost) / net)
    if margin >= margin_floor - 1e-12:
        return []
    left = f"leaves a margin of {margin:.1%} over a cost of {cost:.2f}"
    return [f"the price of {price:.2f} {left}, the floor is {margin_floor:.1%}"]
