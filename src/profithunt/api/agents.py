"""What agents are shown: who they are, the queue in brief, both ends of profit by a dimension."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import sqlglot
from sqlglot import exp

if TYPE_CHECKING:
    from profithunt.actions.reading import Item
    from profithunt.api.act import Act
    from profithunt.api.shop import Shop

Json = Any
_BRIEF: Final = (
    *("id", "title", "code", "level", "entity", "value", "p10", "p90", "confidence", "window_days", "action"),
    *("reversible", "state", "owner", "assignee", "found"),
)


def plain(value: Json) -> Json:
    """A value as JSON: amounts as decimal strings, days in ISO form, what is no number as null."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, float):
        return value if abs(value) < float("inf") else None
    own = getattr(value, "to_json", None)
    return plain(own()) if callable(own) else value


def standing(act: Act) -> dict[str, Json]:
    """Who acts: kind, role, what they may do, limits of a day, and an agent's autonomy by action type."""
    who = act.whoami()
    return {
        "name": who.name,
        "kind": who.kind,
        "role": who.role,
        "may": sorted(who.may),
        "limits": who.limits.to_json(),
        "level": who.level.value if who.is_agent else None,
        "levels": dict(who.levels) if who.is_agent else None,
    }


def brief(item: Item) -> dict[str, Json]:
    """An opportunity in a list: what, worth, action, state; without its evidence."""
    whole = item.to_json()
    return {name: whole[name] for name in _BRIEF}


def profit_ends(shop: Shop, by: str | None, start: dt.date | None, end: dt.date | None, top: int) -> dict[str, Json]:
    """Profit of the shop, or by a dimension the members that make most and those that make least; with its sum.

    Raises NotFound for a dimension that isn't there, UsageError for a period that ends before it starts.
    """
    total = plain(shop.profit(None, start, end).dicts()[0])
    if by is None:
        return {"total": total}
    profits = shop.profit(by, start, end)
    inner = sqlglot.parse_one(profits.sql, read=shop.engine.dialect)

    def of(*, descending: bool) -> list[Json]:
        amount = exp.column("cm3", quoted=True)
        known = exp.Is(this=amount, expression=exp.Null()).not_()
        ordered = (
            exp.select("*")
            .from_(exp.Subquery(this=inner.copy(), alias=exp.TableAlias(this=exp.to_identifier("profits"))))
            .where(known)
            .order_by(exp.Ordered(this=amount.copy(), desc=descending), exp.column("member", quoted=True))
            .limit(top)
        )
        return [plain(row) for row in shop.engine.relation(ordered).dicts()]

    return {
        "total": total,
        "by": by,
        "n_members": len(profits),
        "best": of(descending=True),
        "worst": of(descending=False),
    }
