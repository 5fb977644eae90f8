"""What the forecast of customers is fed with: purchase histories and their sums, as SQL over a run's tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlglot import exp

from profithunt.config import ShopConfig
from profithunt.customers.build import Span
from profithunt.engine import AnyEngine, Model, compile_sql, read_models, split_header
from profithunt.engine.compiler import Value
from profithunt.engine.runner import Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

WORKING: Final = ("clv_purchases", "clv_histories")
"""Models that only feed the fits."""

TABLES: Final = ("customer_clv", "clv_calibration", "clv_fit")
"""Tables of the run."""

LONGEST_HOLDOUT: Final = 365
SHORTEST_HOLDOUT: Final = 28
SCORED_AT_ONCE: Final = 500_000

_COLUMNS: Final = ("purchases", "recency", "age", "valued", "profit", "profit_sq", "least")
_DAYS: Final = ("recency", "age")


@dataclass(frozen=True)
class Days:
    """Until when histories go, and the day after which the hold-out begins (None: too short a history for one)."""

    until: dt.date
    cut: dt.date | None

    @property
    def holdout(self) -> int:
        """Days of the hold-out."""
        return (self.until - self.cut).days if self.cut else 0


def days(config: ShopConfig, found: Span) -> Days:
    """The last day known; the hold-out is the last half of the history, a year at most."""
    until = config.shop.as_of or found.through
    length = min((until - found.first).days // 2, LONGEST_HOLDOUT)
    if config.clv.holdout_days is not None:
        length = min(config.clv.holdout_days, (until - found.first).days)
    return Days(until, until - dt.timedelta(days=length) if length >= SHORTEST_HOLDOUT else None)


def models() -> dict[str, Model]:
    """All models of this part, by name."""
    return read_models(Path(str(files(__package__) / "clv_models")))


def settings(base: Settings, config: ShopConfig, when: Days) -> Settings:
    """What the models are compiled with beside what the ledger's are."""
    values: dict[str, Value] = {
        "until": when.until,
        # Without a hold-out nothing is "then": a day before all others.
        "cut": when.cut or dt.date(1, 1, 1),
        "unit_days": float(config.clv.unit_days),
    }
    parts = {"profit": exp.column(config.clv.profit, table="order_profit"), "first_member": _first_member(config)}
    return Settings(
        values={**base.values, **values}, lists=base.lists, parts={**base.parts, **parts}, ordered=base.ordered
    )


def _first_member(config: ShopConfig) -> exp.Expr:
    """Time, order and member as one text that sorts by time; nothing where the shop is one segment."""
    if config.clv.by is None:
        return exp.cast(exp.null(), "text", dialect="duckdb")
    column = exp.column(config.clv.by, table="order_profit")
    parts = [
        exp.cast(exp.column("ordered_at", table="order_profit"), "text", dialect="duckdb"),
        exp.func(
            "REPLACE", exp.column("order_id", table="order_profit"), exp.Literal.string("|"), exp.Literal.string("")
        ),
        exp.func("COALESCE", column, exp.Literal.string("")),
    ]
    return exp.func("CONCAT_WS", exp.Literal.string("|"), *parts, dialect="duckdb")


class Feed:
    """Histories as arrays: `then=False` as they are now, `then=True` as they were when the hold-out began."""

    def __init__(self, engine: AnyEngine, when: Days) -> None:
        self._engine = engine
        self._when = when

    def groups(self, *, then: bool) -> dict[str, NDArray[Any]]:
        """Distinct histories with their numbers of customers."""
        return self._engine.arrays(self._compiled("groups", then=then))

    def value_sums(self, *, then: bool) -> dict[str, NDArray[Any]]:
        """Sums of profit per purchase by number of purchases."""
        return self._engine.arrays(self._compiled("value_sums", then=then))

    def customers(self, *, then: bool) -> Iterator[Mapping[str, NDArray[Any]]]:
        """Customers one by one, many at a time."""
        return self._engine.array_batches(self._compiled("customers", then=then), rows=SCORED_AT_ONCE)

    def months(self) -> dict[str, NDArray[Any]]:
        """First and repeat purchases by month."""
        return self._engine.arrays(self._compiled("months", then=False))

    def _compiled(self, name: str, *, then: bool) -> str:
        path = files(__package__) / "clv_queries" / f"{name}.sql"
        text = split_header(path.read_text("utf-8"), name)[1]
        ending = "_then" if then else ""
        parts: dict[str, exp.Expr] = {
            column: exp.column(f"{column}{'_days' if column in _DAYS else ''}{ending}", table="clv_histories")
            for column in _COLUMNS
        }
        return compile_sql(text, parts=parts, values={"until": self._when.until}, where=name)
