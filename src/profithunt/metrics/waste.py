"""The waste ledger: money lost by cause, its trend, and that nothing is counted twice.

Each unit of currency of the ledger is claimed by one cause at most: every cause claims components, or the part of a
component that an entry says is its own (METRICS section 6; MISSION M14). So the total cannot exceed the ledger's.

| cause | claims |
| --- | --- |
| defects | goodwill and repairs; service contacts of orders with a defect |
| contacts | service contacts of all other orders |
| returns | return costs, those still expected, and carriage and packing of what came back |
| dead_clicks | marketing that led to no order |
| stock_outs | the margin of what was cancelled for want of stock |
| excess_stock | storage of stock beyond the days of cover that are wanted |
| needless_discounts | discount on lines that lose money, up to the loss |
| idle_capacity | declared cost of unused capacity |
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from sqlglot import exp

from profithunt.config import ShopConfig
from profithunt.engine import AnyEngine
from profithunt.errors import NotFound
from profithunt.ledger.build import as_of

CAUSES: Final = (
    *("defects", "contacts", "returns", "dead_clicks", "stock_outs", "excess_stock", "needless_discounts"),
    "idle_capacity",
)
TREND_MONTHS: Final = 3


@dataclass(frozen=True)
class Waste:
    """One cause: money lost over all months, in the last three complete ones and the three before, by month.

    `trend` is the change between the two as a share, None where there was none before. `found_by` and `fixed_by` say
    who found and who ended it; nobody where no action says so yet.
    """

    cause: str
    lost: Decimal
    lately: Decimal | None
    before: Decimal | None
    trend: float | None
    months: dict[str, Decimal]
    components: dict[str, Decimal]
    n_entries: int
    found_by: str | None = None
    fixed_by: str | None = None

    def to_json(self) -> dict[str, Any]:
        """All fields."""
        return dict(self.__dict__)


@dataclass(frozen=True)
class WasteLedger:
    """All causes, the largest first; `claimed` of each component never exceeds what the `ledger` lost by it.

    What a component lost is its negative amounts alone: a price above list, which adds, makes no discount smaller.
    """

    total: Decimal
    causes: tuple[Waste, ...]
    claimed: dict[str, Decimal]
    ledger: dict[str, Decimal | None]

    def to_json(self) -> dict[str, Any]:
        """`{total, causes, claimed, ledger}`."""
        return {
            "total": self.total,
            "causes": [one.to_json() for one in self.causes],
            "claimed": self.claimed,
            "ledger": self.ledger,
        }


def waste_ledger(engine: AnyEngine, config: ShopConfig) -> WasteLedger:
    """The waste ledger of a run. Raises NotFound for a run without one."""
    if not engine.has("waste"):
        raise NotFound("this run has no waste ledger", do="run the shop again: profithunt run")
    rows = engine.dicts(exp.select("month", "cause", "component", "lost", "n_entries").from_("waste").order_by("month"))
    day = as_of(engine, config)
    claimed: dict[str, Decimal] = {}
    for row in rows:
        claimed[row["component"]] = claimed.get(row["component"], Decimal(0)) + row["lost"]
    causes = [_cause(name, [row for row in rows if row["cause"] == name], day) for name in CAUSES]
    found = sorted((one for one in causes if one is not None), key=lambda one: (-one.lost, one.cause))
    return WasteLedger(
        sum((one.lost for one in found), Decimal(0)), tuple(found), claimed, _losses(engine, sorted(claimed))
    )


def _losses(engine: AnyEngine, components: Sequence[str]) -> dict[str, Decimal | None]:
    """What each component takes off over all entries of the ledger, negative; None where it takes off nothing."""
    if not components:
        return {}
    taken = [
        exp.alias_(exp.Sum(this=exp.Case().when(exp.column(name) < 0, exp.column(name))), name) for name in components
    ]
    return engine.dicts(exp.select(*taken).from_("ledger"))[0]


def _cause(name: str, rows: list[Mapping[str, Any]], day: dt.date) -> Waste | None:
    if not rows:
        return None
    months: dict[dt.date, Decimal] = {}
    components: dict[str, Decimal] = {}
    for row in rows:
        months[row["month"]] = months.get(row["month"], Decimal(0)) + row["lost"]
        components[row["component"]] = components.get(row["component"], Decimal(0)) + row["lost"]
    # The month that is not over would look like a triumph.
    this = (day + dt.timedelta(days=1)).replace(day=1)
    spans = [[_back(this, n) for n in range(start, start + TREND_MONTHS)] for start in (1, TREND_MONTHS + 1)]
    known = min(months) <= spans[1][-1]
    lately, before = (sum((months.get(month, Decimal(0)) for month in span), Decimal(0)) for span in spans)
    return Waste(
        name,
        sum(months.values(), Decimal(0)),
        lately,
        before if known else None,
        float(lately / before) - 1 if known and before > 0 else None,
        {f"{month:%Y-%m}": lost for month, lost in sorted(months.items())},
        components,
        sum(int(row["n_entries"]) for row in rows),
    )


def _back(month: dt.date, n: int) -> dt.date:
    at = month.year * 12 + month.month - 1 - n
    return dt.date(at // 12, at % 12 + 1, 1)
