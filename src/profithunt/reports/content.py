"""What a report says, as plain values: gathered from a finished run, rendered by the template, free of any engine.

Money is exact and in shop currency; shares are 0–1; what is missing is None and shown as "–".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from profithunt.customers.matrix import CohortMatrix


@dataclass(frozen=True)
class Step:
    """A step of the waterfall: a component with its signed amount (None: not known), or the total so far."""

    name: str
    label: str
    amount: Decimal | None
    subtotal: bool


@dataclass(frozen=True)
class Month:
    """One month of orders; `complete` is false for the one that is still running or still expects returns."""

    month: str
    n_orders: int | None
    net_sales: Decimal | None
    cm3: Decimal | None
    complete: bool = True


@dataclass(frozen=True)
class Member:
    """A customer or a SKU with what it brought: `detail` is its name, `n` counts its orders or units."""

    id: str
    detail: str
    n: Decimal | int | None
    net_sales: Decimal
    cm3: Decimal


@dataclass(frozen=True)
class Tails:
    """Both ends of a ranking by contribution profit: who makes and who loses money, and how many lose.

    `counts` says what `Member.n` counts.
    """

    one: str
    many: str
    counts: str
    n: int
    n_losing: int
    lost: Decimal
    best: tuple[Member, ...]
    worst: tuple[Member, ...]


@dataclass(frozen=True)
class Whale:
    """The whale curve: points (share of customers from best to worst, cumulative profit) and its peak.

    `before_peak` is the share of customers up to the peak, `top_share` what part of the total the best tenth makes.
    """

    n_customers: int
    total: Decimal
    before_peak: float
    peak: Decimal
    points: tuple[tuple[float, float], ...]
    top_share: float | None = None
    gini: float | None = None


@dataclass(frozen=True)
class SpreadRow:
    """How contribution profit spreads over `n` things, with the worst orders as examples."""

    label: str
    n: int
    mean: Decimal | None
    p10: Decimal | float | None
    p50: Decimal | float | None
    p90: Decimal | float | None
    losing_share: float | None
    orders: tuple[str, ...] = ()


@dataclass(frozen=True)
class Spread:
    """A table of spreads: per order, customer and SKU, or per order within the worst members of a dimension.

    `one_scale` says that its rows compare and are drawn on the same scale.
    """

    title: str
    head: str
    rows: tuple[SpreadRow, ...]
    one_scale: bool = True


@dataclass(frozen=True)
class Opportunity:
    """What to do, in order of money: its value over the window with its range, the evidence and the action.

    `name` names the entity where it has a name; `assumed_share` is how much of the figures rests on assumed costs.
    """

    id: str
    code: str
    title: str
    why: str
    entity: Mapping[str, str]
    value: Decimal | float
    p10: Decimal | float | None
    p90: Decimal | float | None
    confidence: float | None
    window_days: int
    rank: int
    action: str
    reversible: bool
    owner: str
    name: str = ""
    assumed_share: float = 0.0
    evidence: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Sleeping:
    """What is switched off for want of data, and what would wake it."""

    name: str
    wakes: str


@dataclass(frozen=True)
class Failed:
    """A detector that broke while the others went on, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Slice:
    """One way to cut the ledger, and what its members' sum differs from the total by."""

    dimension: str
    members: int
    total: Decimal | None
    difference: Decimal


@dataclass(frozen=True)
class TableHealth:
    """One canonical table: what was read, kept, set aside, and the money in what was set aside."""

    name: str
    files: int
    rows_read: int
    rows_kept: int
    rows_quarantined: int
    duplicates: int
    money_quarantined: Decimal | None
    first_on: str
    last_on: str


@dataclass(frozen=True)
class Reason:
    """Why rows were set aside: table, reason, how many."""

    table: str
    reason: str
    rows: int


@dataclass(frozen=True)
class Basis:
    """Where costs come from: source, the net sales that rest on it, whether it is assumed."""

    source: str
    label: str
    net_sales: Decimal
    share: float | None
    assumed: bool


@dataclass(frozen=True)
class Rate:
    """A cost rate that is a guess: what it is for, how much, per what."""

    label: str
    rate: Decimal
    unit: str


@dataclass(frozen=True)
class Case:
    """A different assumption and the contribution profit under it."""

    label: str
    cm3: Decimal


@dataclass(frozen=True)
class Input:
    """A file or query that the run read."""

    path: str
    sha256: str
    n_bytes: int | None
    rows: int | None


@dataclass(frozen=True)
class Lineage:
    """Which run this is, made from what, with what."""

    run_id: str
    finished_at: str
    version: str
    engine: str
    settings_hash: str
    inputs: tuple[Input, ...]


@dataclass(frozen=True)
class People:
    """Customers: rows of the flows by month, the latest cohorts by the share that ordered, how money is lost."""

    flows: tuple[Mapping[str, Any], ...]
    cohorts: CohortMatrix
    segments: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Report:
    """Everything that the report shows."""

    shop: str
    currency: str
    as_of: dt.date | str | None
    first_on: str
    last_on: str
    n_orders: int | None
    steps: tuple[Step, ...]
    months: tuple[Month, ...]
    customers: Tails | None
    skus: Tails | None
    whale: Whale | None
    spreads: tuple[Spread, ...]
    opportunities: tuple[Opportunity, ...]
    n_opportunities: int
    sleeping: tuple[Sleeping, ...]
    failed: tuple[Failed, ...]
    slices: tuple[Slice, ...]
    reconciles: bool
    tables: tuple[TableHealth, ...]
    reasons: tuple[Reason, ...]
    capabilities: tuple[Sleeping, ...]
    bases: tuple[Basis, ...]
    rates: tuple[Rate, ...]
    cases: tuple[Case, ...]
    lineage: Lineage
    people: People | None = None

    def step(self, name: str) -> Decimal | None:
        """The amount of a component or subtotal by its name."""
        return next((step.amount for step in self.steps if step.name == name), None)
