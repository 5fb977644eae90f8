"""How large a world is, and what follows from it: days, SKUs, stores, how long its logs reach back."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from typing import Final, Literal

from profithunt.engine.compiler import Value
from profithunt.errors import UsageError

Problems = Literal["easy", "hard", "none"]

LEAST_CUSTOMERS: Final = 500
MOST_CUSTOMERS: Final = 4_190_000
LEAST_MONTHS: Final = 6
MOST_MONTHS: Final = 60
CHUNK: Final = 100_000
"""Customers that are made at a time: what memory a world takes depends on it, not on the number of customers."""


@dataclass(frozen=True)
class Size:
    """What was asked for: `customers`, `months` from the first day of the laws, `seed`, `problems`."""

    customers: int
    months: int
    seed: int
    problems: Problems
    starts_on: dt.date

    def __post_init__(self) -> None:
        for name, value, least, most in (
            ("customers", self.customers, LEAST_CUSTOMERS, MOST_CUSTOMERS),
            ("months", self.months, LEAST_MONTHS, MOST_MONTHS),
        ):
            if not least <= value <= most:
                raise UsageError(f"{value} {name} can't be simulated", expected=f"{least:,} to {most:,}")
        if self.seed < 0:
            raise UsageError(f"the seed {self.seed} is negative", expected="a whole number from 0")

    @property
    def ends_on(self) -> dt.date:
        """Last day of the world."""
        month = self.starts_on.month - 1 + self.months - 1
        year, month = self.starts_on.year + month // 12, month % 12 + 1
        return dt.date(year, month, calendar.monthrange(year, month)[1])

    @property
    def n_days(self) -> int:
        """Days of the world."""
        return (self.ends_on - self.starts_on).days + 1

    @property
    def n_skus(self) -> int:
        """SKUs: more customers, more range, in steps, so that worlds of one step hold the same products."""
        steps = ((5_000, 480), (30_000, 1_200), (150_000, 3_000), (600_000, 8_000))
        return next((skus for most, skus in steps if self.customers <= most), 20_000)

    @property
    def chunks(self) -> int:
        """Parts that the customers are made in."""
        return -(-self.customers // CHUNK)

    def values(self) -> dict[str, Value]:
        """Values for `$name` in models."""
        large = self.customers > 200_000
        return {
            "seed": self.seed,
            "customers": self.customers,
            "chunk": CHUNK,
            "first": 0,
            "n_days": self.n_days,
            "n_skus": self.n_skus,
            "n_slots": max(8_192, 4 * self.n_skus),
            "n_keywords": 100 if self.customers <= 30_000 else 240,
            "n_pages": 40,
            "n_stores": 10 if self.customers <= 30_000 else 24,
            "log_days": 182,
            "event_days": 28 if large else 91,
            "stock_days": 28 if large else 91,
        }
