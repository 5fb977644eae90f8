"""An experiment as it is decided before anything is sent, and as it is kept with the action."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Self

Json = Any
Method = Literal["randomised", "observational"]
Mode = Literal["planned", "open"]

WINDOW_DAYS: Final = 28
BEFORE_DAYS: Final = 91


@dataclass(frozen=True)
class Trial:
    """How an action will be measured.

    `acted` and `held` are units of the `level` (customers mostly); without held units it can only be *observational*.
    It starts on the day that the action was executed and runs `window_days`; the `before_days` in front of it take out
    what was there before (CUPED, matching). `mode` *planned* ends after the window, with a look on any day of it;
    *open* has no end and is read by its confidence sequence. `predicted` is the money expected over the window.
    `looked_on` are the days of planned looks; None: it may have been looked at on any day, and is judged so.
    """

    action: str
    level: str
    acted: tuple[str, ...]
    held: tuple[str, ...]
    started_on: dt.date
    share: float = 0.1
    window_days: int = WINDOW_DAYS
    before_days: int = BEFORE_DAYS
    mode: Mode = "planned"
    predicted: float | None = None
    looked_on: tuple[dt.date, ...] | None = None

    @property
    def method(self) -> Method:
        """Randomised where units were held out, else observational."""
        return "randomised" if self.held else "observational"

    @property
    def before_start(self) -> dt.date:
        """First day of the time before."""
        return self.started_on - dt.timedelta(days=self.before_days)

    @property
    def last_day(self) -> dt.date:
        """Last day of the window."""
        return self.started_on + dt.timedelta(days=self.window_days - 1)

    def days_seen(self, as_of: dt.date) -> int:
        """Days of it that lie in the data, at most the window for a planned one; zero before it started."""
        days = max((as_of - self.started_on).days + 1, 0)
        return days if self.mode == "open" else min(days, self.window_days)

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {
            "action": self.action,
            "level": self.level,
            "acted": list(self.acted),
            "held": list(self.held),
            "started_on": self.started_on.isoformat(),
            "share": self.share,
            "window_days": self.window_days,
            "before_days": self.before_days,
            "mode": self.mode,
            "predicted": self.predicted,
            "looked_on": None if self.looked_on is None else [day.isoformat() for day in self.looked_on],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> Self:
        """Back from data."""
        looks = data.get("looked_on")
        return cls(
            **{
                **data,
                "acted": tuple(data["acted"]),
                "held": tuple(data["held"]),
                "started_on": dt.date.fromisoformat(data["started_on"]),
                "looked_on": None if looks is None else tuple(dt.date.fromisoformat(day) for day in looks),
            }
        )
