"""People beside agents: how often others turned over what they approved, and what their actions brought.

An approval is turned over when, in the same course of its opportunity, a person other than who gave it withdrew it,
rejected it or had it undone.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Protocol

import sqlalchemy as sa

from profithunt.actions.store.tables import audit, decisions

Json = Any
_AGAINST: Final = ("withdraw", "reject", "roll_back")


class Brought(Protocol):
    """An outcome, as far as it is looked at here."""

    @property
    def kind(self) -> str:
        """Of who acted."""

    @property
    def predicted(self) -> Decimal:
        """Money that was expected."""

    @property
    def realised(self) -> Decimal | None:
        """Money that came, where it is known."""


@dataclass(frozen=True)
class Side:
    """People (`person`) or agents: approvals, how many were turned over, realised beside predicted of their actions.

    `override_rate` is overridden ÷ approvals, `ratio` realised ÷ predicted, in sums; None without any.
    """

    kind: str
    approvals: int
    overridden: int
    override_rate: float | None
    n_actions: int
    predicted: Decimal
    realised: Decimal
    ratio: float | None

    def to_json(self) -> dict[str, Json]:
        """As data; amounts as decimal strings."""
        amounts = {"predicted": f"{self.predicted:f}", "realised": f"{self.realised:f}"}
        return {**vars(self), **amounts}


def sides(connection: sa.Connection, outcomes: Sequence[Brought]) -> tuple[Side, ...]:
    """People and agents, each where there are any."""
    given: dict[str, int] = defaultdict(int)
    turned: dict[str, int] = defaultdict(int)
    against = _against(connection)
    approvals = _approvals(connection)
    for subject, rows in approvals.items():
        later = {cycle: min((row.at for row in rows if row.cycle > cycle), default=None) for cycle in _cycles(rows)}
        for row in rows:
            given[row.kind] += 1
            turned[row.kind] += any(
                at >= row.at and by != row.by and _before(at, later[row.cycle]) for at, by in against.get(subject, ())
            )
    kinds = sorted({*given, *(each.kind for each in outcomes)}, reverse=True)
    return tuple(_side(kind, given[kind], turned[kind], outcomes) for kind in kinds)


def _side(kind: str, approvals: int, overridden: int, outcomes: Sequence[Brought]) -> Side:
    known = [each for each in outcomes if each.kind == kind and each.realised is not None]
    predicted = sum((each.predicted for each in known), Decimal(0))
    realised = sum((each.realised for each in known if each.realised is not None), Decimal(0))
    return Side(
        kind,
        approvals,
        overridden,
        overridden / approvals if approvals else None,
        len(known),
        predicted,
        realised,
        float(realised / predicted) if predicted else None,
    )


def _approvals(connection: sa.Connection) -> Mapping[str, list[Any]]:
    query = sa.select(*(decisions.c[name] for name in ("opportunity", "cycle", "by", "kind", "at")))
    found: dict[str, list[Any]] = defaultdict(list)
    for row in connection.execute(query.where(decisions.c.verdict == "approve")):
        found[row.opportunity].append(row)
    return found


def _against(connection: sa.Connection) -> Mapping[str, list[tuple[dt.datetime, str]]]:
    query = sa.select(audit.c.subject, audit.c.at, audit.c.by).where(
        audit.c.kind == "person", audit.c.about == "opportunity", audit.c.verb.in_(_AGAINST)
    )
    found: dict[str, list[tuple[dt.datetime, str]]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.subject].append((row.at, row.by))
    return found


def _cycles(rows: Sequence[Any]) -> set[int]:
    return {row.cycle for row in rows}


def _before(at: dt.datetime, end: dt.datetime | None) -> bool:
    return end is None or at < end
