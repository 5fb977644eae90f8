"""What the report asks of a shop; the API's `Shop` gives it. Written down here, since reports lie below the API."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Protocol

from profithunt.config import ShopConfig
from profithunt.engine import AnyEngine, Relation
from profithunt.ledger.reading import Reconciliation, Step as LedgerStep, Whale as LedgerWhale


class CurrentRun(Protocol):
    """The run that the report is about."""

    @property
    def run_id(self) -> str:
        """Its id."""
        ...

    @property
    def info(self) -> dict[str, Any]:
        """What `run.json` says."""
        ...


class Case(Protocol):
    """A different assumption: costs that are assumed, higher or lower by a share."""

    @property
    def share(self) -> float:
        """By how much."""
        ...

    @property
    def cm3(self) -> Decimal:
        """Contribution profit then."""
        ...


class Source(Protocol):
    """What the report asks of a shop; the API's `Shop` gives it."""

    @property
    def config(self) -> ShopConfig:
        """Settings."""
        ...

    @property
    def current(self) -> CurrentRun:
        """The current run."""
        ...

    @property
    def engine(self) -> AnyEngine:
        """An engine with the run's tables attached."""
        ...

    def waterfall(self) -> Sequence[LedgerStep]:
        """From list sales to contribution profit."""
        ...

    def profit(self, by: str | None = None) -> Relation:
        """Profit by a dimension."""
        ...

    def spread(self, by: str) -> Relation:
        """How orders' profit spreads within each member."""
        ...

    def worst_orders(self, by: str, members: list[str], *, n: int = 3) -> Relation:
        """Example orders of members."""
        ...

    def whale(self) -> LedgerWhale | None:
        """The whale curve."""
        ...

    def flows(self) -> Relation:
        """Customers from month to month."""
        ...

    def cohorts(self) -> Relation:
        """Cohorts of all customers as a grid."""
        ...

    def loss_segments(self) -> Relation:
        """How customers lose money."""
        ...

    def reconcile(self) -> Reconciliation:
        """Every cut of the ledger."""
        ...

    def cost_sources(self) -> list[dict[str, Any]]:
        """What margins rest on."""
        ...

    def sensitivity(self) -> Sequence[Case]:
        """Contribution profit under other assumptions."""
        ...

    def table(self, name: str) -> Relation:
        """A table of the run."""
        ...
