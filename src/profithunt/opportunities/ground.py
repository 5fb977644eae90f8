"""What detectors need to know of the shop: its days, its pace, its seasons, and how to hunt there."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from sqlglot import exp

from profithunt.detectors import Clock, Detector, clock
from profithunt.detectors.definition import Threshold
from profithunt.engine import AnyEngine, compile_model, read_model
from profithunt.models.activity import Season
from profithunt.opportunities.opportunity import Opportunity
from profithunt.opportunities.records import Record

QUERIES: Final = Path(__file__).parent / "queries"
YEAR_DAYS: Final = 364


@dataclass(frozen=True)
class Settings:
    """How to hunt.

    `as_of` the day the data is complete to (default: last order); `thresholds` by detector name; `horizon_days` ahead;
    `false_discovery` share of false finds accepted per detector; `minimum_value` money floor over the horizon (default:
    `floor_share` of the shop's net sales over as many days); `records` what outcomes say of detectors, by name;
    `closer` a closer look at a detector's finds, by name: the find as it is then seen, None where it is none.
    """

    as_of: dt.date | None = None
    timezone: str = "UTC"
    thresholds: Mapping[str, Mapping[str, Threshold]] = field(default_factory=dict)
    horizon_days: int = 28
    false_discovery: float = 0.1
    minimum_value: float | None = None
    floor_share: float = 0.00002
    records: Mapping[str, Record] = field(default_factory=dict)
    closer: Mapping[str, Callable[[Opportunity], Opportunity | None]] = field(default_factory=dict)


class Ground:
    """The shop that is hunted in: an engine with its tables, the settings, its days."""

    def __init__(self, engine: AnyEngine, settings: Settings) -> None:
        self.engine = engine
        self.settings = settings

    def tuned(self, detectors: Sequence[Detector]) -> list[Detector]:
        """The detectors with the shop's thresholds. Raises ConfigError for one that a detector has not."""
        return [detector.tuned(self.settings.thresholds.get(detector.name, {})) for detector in detectors]

    @cached_property
    def days(self) -> dict[dt.date, tuple[int, float]]:
        """Orders and net sales by day, up to the day the data is complete to."""
        model = read_model(QUERIES / "days.sql")
        rows = self.engine.rows(compile_model(model))
        last = self.settings.as_of
        return {day: (int(orders), float(sales or 0)) for day, orders, sales in rows if last is None or day <= last}

    @cached_property
    def first_on(self) -> dt.date:
        """First day with an order."""
        return min(self.days)

    @cached_property
    def as_of(self) -> dt.date:
        """The day the data is complete to."""
        return self.settings.as_of or max(self.days)

    def clock(self, detector: Detector) -> Clock:
        """The window of a detector."""
        return clock(detector, self.first_on, self.as_of, self.settings.horizon_days)

    @cached_property
    def floor(self) -> float:
        """Money over the horizon below which nobody should be bothered."""
        if self.settings.minimum_value is not None:
            return self.settings.minimum_value
        start = max(self.first_on, self.as_of - dt.timedelta(days=YEAR_DAYS - 1))
        sales = sum(amount for day, (_, amount) in self.days.items() if day >= start)
        horizons = ((self.as_of - start).days + 1) / self.settings.horizon_days
        return max(sales, 0.0) / horizons * self.settings.floor_share

    def season(self, at: Clock) -> Season:
        """How much busier the horizon was a year ago than the window and than the recent days were; 1 if not known."""
        year = dt.timedelta(days=YEAR_DAYS)
        horizon = dt.timedelta(days=self.settings.horizon_days)
        if at.start - year < self.first_on - dt.timedelta(days=1):
            return Season()
        ahead = self._pace(self.as_of - year, self.as_of - year + horizon)
        window = self._pace(at.start - year, at.end - year)
        recent = self._pace(at.recent_start - year, at.end - year)
        return Season(than_window=_damped(ahead, window), than_recent=_damped(ahead, recent))

    def products(self, entities: Sequence[Mapping[str, str]]) -> dict[str, str]:
        """Names of the SKUs among some entities, as far as products have them."""
        skus = sorted({entity["sku"] for entity in entities if "sku" in entity})
        if not skus or not self.engine.has("products"):
            return {}
        sku = exp.cast(exp.column("sku"), "TEXT", dialect="duckdb")
        query = exp.select("sku", "name").from_("products").where(sku.isin(*skus), "name IS NOT NULL")
        return {str(row[0]): str(row[1]) for row in self.engine.rows(query)}

    def _pace(self, start: dt.date, end: dt.date) -> tuple[float, int]:
        """Orders a day and orders in all, after `start` up to `end`."""
        orders = sum(count for day, (count, _) in self.days.items() if start < day <= end)
        return orders / max((end - start).days, 1), orders


def _damped(ahead: tuple[float, int], before: tuple[float, int]) -> float:
    """Ratio of two paces, pulled towards 1 where few orders stand behind it, within 0.5 and 2."""
    fewest = min(ahead[1], before[1])
    if not fewest:
        return 1.0
    ratio = math.log(ahead[0] / before[0]) * fewest / (fewest + 100)
    return min(max(math.exp(ratio), 0.5), 2.0)
