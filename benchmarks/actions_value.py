"""`python -m benchmarks --only actions_value`: 50 actions × 1,000,000 customers × 50 covariates, against its targets.

Half of the actions do nothing. Printed: CPU-seconds and memory of the study, how far what is estimated of actions
without effect lies from zero as a share of their naive difference, and how many of them are flagged.
"""

from __future__ import annotations

import resource
import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Final

from profithunt.models.causal import Limits, Result, study
from truth.planted import many

CPU_SECONDS: Final = 500.0
MEMORY_GB: Final = 4.5
SHARE_OF_GAP: Final = 0.02
FLAGGED: Final = 0.05
_Z: Final = 1.96


@dataclass(frozen=True)
class Figure:
    """A figure and its limit."""

    what: str
    value: float
    limit: float

    @property
    def holds(self) -> bool:
        """Whether it is within its limit."""
        return self.value <= self.limit

    def __str__(self) -> str:
        return f"{'ok  ' if self.holds else 'FAIL'} {self.what}: {self.value:,.4g} (limit {self.limit:,.4g})"


def measure(customers: int = 1_000_000, actions: int = 50) -> list[Figure]:
    """Run the study on a planted world and hold it against the targets."""
    world = many(customers, actions, seed=1)
    start = time.process_time()
    found = study(world.trial, Limits())
    cpu = time.process_time() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    results = [item for item in found.results if item.estimand == "ATE"]
    none = [item for item in results if world.truth[item.action]["ATE"] == 0.0]
    real = [item for item in results if world.truth[item.action]["ATE"] != 0.0]
    for item in results:
        print(_line(item, world.truth[item.action]["ATE"]), flush=True)
    gaps = [abs(item.effect / item.naive) for item in none]
    flagged = statistics.fmean(not item.low <= 0 <= item.high for item in none)
    covered = [item.low <= world.truth[item.action]["ATE"] <= item.high for item in real]
    print(f"     empirical null: {found.nulls['ATE']}; {statistics.fmean(covered):.0%} of the real effects covered")
    left = abs(statistics.fmean(item.effect for item in none)) / statistics.fmean(abs(item.naive) for item in none)
    chance = statistics.fmean(((item.effect / (item.high - item.low)) * 2 * _Z) ** 2 for item in none) ** 0.5
    print(
        f"     effects of nothing as a share of the naive gap: median {statistics.median(gaps):.2%}, mean of all {left:.2%}"
    )
    print(f"     their size in standard errors (1: no more than chance leaves of a trial of this size): {chance:.2f}")
    return [
        Figure(f"CPU-seconds, {actions} actions × {customers:,} customers × 50 covariates", cpu, CPU_SECONDS),
        Figure("GB of memory at the peak", memory, MEMORY_GB),
        Figure("actions without effect: largest share of the naive gap", max(gaps), SHARE_OF_GAP),
        Figure("actions without effect that are flagged after calibration", flagged, FLAGGED),
    ]


def _line(item: Result, truth: float) -> str:
    return (
        f"     {item.action:10} did it {item.n_treated:8,}  naive {item.naive:7.3f}  true {truth:7.3f}  "
        f"effect {item.effect:7.3f} [{item.low:7.3f}, {item.high:7.3f}]  {'' if item.credible else item.reason}"
    )


def section(note: str = "") -> str:
    """Measure at full size in a process of its own and write it up against the targets."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        figures = pool.submit(measure).result()
    rows = [
        f"| {item.what} | {item.limit:,.4g} | {item.value:,.4g} | {'met' if item.holds else '**not met**'} |"
        for item in figures
    ]
    for item in figures:
        print(item)
    head = (
        "## Effects of customers' actions\n\nWritten by `python -m benchmarks --only actions_value`: one planted world "
        "(`truth/planted.py`), half of its actions without effect; the study alone, all threads, memory with the made "
        f"data in it.{' ' + note if note else ''}\n\n| what | limit | measured | |\n| --- | ---: | ---: | --- |\n"
    )
    return head + "\n".join(rows) + "\n"
