"""How far a run is in all, and how much longer it will take: its steps weighed by what each usually takes.

Weights are shares of the time of a run; those of the run before go before the usual ones. What is told gets surer as
the run goes on: the time left is the time so far over the share that is done.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Final

USUAL: Final[Mapping[str, float]] = {
    "sources": 0.18,
    "ledger": 0.28,
    "customers": 0.04,
    "clv": 0.06,
    "acquisition": 0.03,
    "actions_value": 0.12,
    "metrics": 0.10,
    "prices": 0.02,
    "hunt": 0.17,
}
"""Shares of a run's time by stage, as run.json names them; of a shop that has never run."""
STAGES: Final = (
    ("reading ", "sources"),
    ("checking references", "sources"),
    ("Ledger", "ledger"),
    ("Reconcile", "ledger"),
    ("Customers", "customers"),
    ("CLV", "clv"),
    ("Acquisition", "acquisition"),
    ("Actions' value", "actions_value"),
    ("Metrics", "metrics"),
    ("Quality", "metrics"),
    ("Prices", "prices"),
    ("Serve", "hunt"),
)
"""How the steps of each stage begin; every other step is the hunt's."""
SOON: Final = 0.05
"""Share of the work before which the time left is not told."""


class Pace:
    """Counts the steps of one run. `seconds` are those of the run before, by stage."""

    def __init__(self, seconds: Mapping[str, float] | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        known = {name: spent for name, spent in (seconds or {}).items() if name in USUAL and spent > 0}
        weights = known if len(known) > len(USUAL) // 2 else dict(USUAL)
        whole = sum(weights.values())
        self._weights = {name: weights.get(name, 0.0) / whole for name in USUAL}
        self._clock = clock
        self._start = clock()
        self._share = 0.0

    def step(self, name: str, done: float, total: float) -> None:
        """The run is in a step, with `done` of `total` parts behind it."""
        stage = next((stage for begin, stage in STAGES if name.startswith(begin)), "hunt")
        names = list(self._weights)
        before = sum(self._weights[one] for one in names[: names.index(stage)])
        part = min(1.0, done / total) if total else 0.0
        # Steps of one stage begin anew at nothing; the whole never goes back.
        self._share = max(self._share, before + self._weights[stage] * part)

    @property
    def share(self) -> float:
        """How much of the run is done, 0 to 1."""
        return min(1.0, self._share)

    @property
    def left(self) -> float | None:
        """Seconds that the run will take yet; None while too little is done to tell."""
        if self._share < SOON:
            return None
        spent = self._clock() - self._start
        return max(0.0, spent * (1 - self.share) / self.share)
