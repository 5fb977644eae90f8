"""A simulated retailer to learn and to test with: every canonical table, and the truth about what is wrong in it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from profithunt import simulate as simulator
from profithunt.api.progress import Progress, Silent
from profithunt.simulate import Problems, Simulated

CUSTOMERS: Final = 20_000
MONTHS: Final = 24


def simulate(
    folder: str | Path,
    *,
    customers: int = CUSTOMERS,
    months: int = MONTHS,
    seed: int = 1,
    problems: Problems = "easy",
    memory: str | None = None,
    progress: Progress | None = None,
) -> Simulated:
    """Write a simulated shop into a folder that is empty or not there yet; `Shop.open(folder).run()` then runs it.

    `problems` is `easy` (strong, large entities), `hard` (near what chance does) or `none`; `memory` as in `4GB`. The
    truth is written to `truth/truth.json` below the folder, which no run reads. Nothing in it is a real retailer's.
    Raises UsageError.
    """
    return simulator.simulate(
        Path(folder),
        customers=customers,
        months=months,
        seed=seed,
        problems=problems,
        memory=memory,
        report=(progress or Silent()).step,
    )
