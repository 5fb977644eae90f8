"""Anomalies planted in 5,000 daily series of two years: at a false discovery rate of 10 %, at most 15 % are false.

Each kind of noise of `truth.daily_series` with a seed of its own, negative binomial counts with five. Recall at least
40 %. The rule of three standard deviations stands beside it. Then: nothing planted, in few series and in many.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from profithunt.models import anomalies
from truth.claim import Claim
from truth.daily_series import NOISE, judged, three_sigma, world

NAME: Final = "anomalies"
SHARE: Final = 0.10
FALSE: Final = 0.15
RECALL: Final = 0.40
SEEDS: Final = (1101, 1102, 1103, 1104, 1105)
QUIET: Final = {1: 60, 10: 30, 100: 10}
"""Runs of so many series in which nothing is planted."""


def check(_folder: Path) -> Iterator[Claim]:
    """Realised false discovery rate and recall, by noise; alarms where there is nothing."""
    first = next(iter(NOISE))
    for noise, seed in [(first, seed) for seed in SEEDS] + [(name, 1200 + at) for at, name in enumerate(NOISE)][1:]:
        yield from _planted(noise, seed)
    yield from _quiet()


def _planted(noise: str, seed: int) -> Iterator[Claim]:
    made = world(seed, noise)
    start = time.process_time()
    found = anomalies.find(made.counts)
    cpu = time.process_time() - start
    held = judged(found, made.planted, SHARE)
    n_plain, plain = three_sigma(made.counts, made.planted)
    print(
        f"     {noise}, seed {seed}: {held.alarms} alarms, {held.false:.1%} false (spike, level, trend "
        f"{_shares(held.false_by_kind)}); {held.recall:.0%} found ({_shares(held.recall_by_kind)}); "
        f"3 sigma: {n_plain:,} alarms, {plain:.1%} false; {cpu:.1f} CPU-s"
    )
    about = f"{noise}, seed {seed}"
    yield Claim(NAME, f"{about}: {held.false:.1%} of the alarms false, at most {FALSE:.0%}", True, held.false <= FALSE)
    yield Claim(NAME, f"{about}: {held.recall:.0%} found, at least {RECALL:.0%}", True, held.recall >= RECALL)


def _shares(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:.0%}" for value in values)


def _quiet() -> Iterator[Claim]:
    """Series of a season and weekdays of their own, nothing planted: hardly a run raises an alarm."""
    draw = np.random.default_rng(1300)
    day = np.arange(730)
    for n_series, runs in QUIET.items():
        rang = 0
        for _ in range(runs):
            season = draw.uniform(0, 0.3, (n_series, 1)) * np.sin(
                2 * np.pi * day / 365.25 + draw.uniform(0, 6.28, (n_series, 1))
            )
            weekday = draw.normal(0, 0.15, (n_series, 7))[:, day % 7]
            level = draw.normal(4, 1, (n_series, 1))
            counts = draw.poisson(np.exp(level + season + weekday + draw.normal(0, 0.1, (n_series, 730))))
            found = anomalies.find(counts.astype(np.float64), shared=n_series > 1)
            rang += bool((anomalies.q_values(found) <= SHARE).any())
        limit = SHARE + 2 * (SHARE * (1 - SHARE) / runs) ** 0.5
        what = f"{n_series} series without anomalies: {rang} of {runs} runs raise an alarm, at most {limit:.0%}"
        yield Claim(NAME, what, True, rang / runs <= limit)
