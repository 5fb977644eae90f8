"""Figures of few cases held against their peers, control charts, sigma levels: worlds and numbers that are known.

Shrunken shares and means lie within 2 % of an oracle's squared error (it knows the peers' true distribution), and 90 %
intervals cover 89–91 %. A Laney p′ chart of days that differ by a fifth for reasons of their own signals at most 0.8 %
of the days, its run rule with it; a plain p-chart every tenth or so.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from profithunt.metrics.defects_charts import ChartKind, chart, dpmo, sigma_level, upper_bound
from profithunt.models.members import means, shares
from truth.claim import Claim

NAME: Final = "shrinkage"
RUNS: Final = 20
MEMBERS: Final = 4_000
WITHIN: Final = 1.02
COVER: Final = (0.89, 0.91)
DAYS: Final = 20_000
SIGNALS: Final = 0.008

Array = npt.NDArray[Any]


def check(_folder: Path) -> Iterator[Claim]:
    """Shares, means, charts, sigma levels."""
    yield from _held("shares", [_shares(3_000 + at) for at in range(RUNS)])
    yield from _held("means", [_means(3_100 + at) for at in range(RUNS)])
    yield from _charts()
    sigma = sigma_level(dpmo(3_000, 1_000_000))
    yield Claim(NAME, "sigma level of 3,000 defects in 1,000,000", 4.248, sigma, within=5e-4)
    yield Claim(NAME, "95 % upper bound of 0 defects in 600, per million", 5_000.0, upper_bound(0, 600), within=1e-6)
    yield Claim(NAME, "sigma level of 0 defects has no end", None, sigma_level(dpmo(0, 600)))


def _shares(seed: int) -> tuple[float, float]:
    """Squared error over the oracle's, and cover."""
    draw = np.random.default_rng(seed)
    a, b = draw.uniform(1, 10), draw.uniform(20, 80)
    truth = draw.beta(a, b, MEMBERS)
    n = np.rint(np.exp(draw.uniform(np.log(3), np.log(2_000), MEMBERS)))
    hits = draw.binomial(n.astype(int), truth).astype(np.float64)
    return _against(shares(hits, n), (hits + a) / (n + a + b), truth)


def _means(seed: int) -> tuple[float, float]:
    draw = np.random.default_rng(seed)
    centre, spread = draw.normal(10, 5), draw.uniform(0.5, 4)
    truth = draw.normal(centre, spread, MEMBERS)
    error = np.exp(draw.uniform(np.log(0.2), np.log(8), MEMBERS))
    value = truth + error * draw.standard_normal(MEMBERS)
    oracle = (value / error**2 + centre / spread**2) / (1 / error**2 + 1 / spread**2)
    return _against(means(value, error), oracle, truth)


def _against(found: tuple[Array, Array, Array], oracle: Array, truth: Array) -> tuple[float, float]:
    mean, low, high = found
    ratio = float(((mean - truth) ** 2).sum() / ((oracle - truth) ** 2).sum())
    return ratio, float(((low <= truth) & (truth <= high)).mean())


def _held(what: str, runs: list[tuple[float, float]]) -> Iterator[Claim]:
    ratio, cover = (float(np.mean([run[at] for run in runs])) for at in (0, 1))
    worst = max(run[0] for run in runs)
    print(f"     {what}: {ratio:.4f} of the oracle's squared error (worst {worst:.4f}), {cover:.2%} covered")
    yield Claim(NAME, f"{what}: squared error {worst:.4f} of the oracle's, at most {WITHIN}", True, worst <= WITHIN)
    yield Claim(NAME, f"{what}: 90 % intervals cover {cover:.2%}, 89–91 %", True, COVER[0] <= cover <= COVER[1])


def _charts() -> Iterator[Claim]:
    draw = np.random.default_rng(3_200)
    n = draw.integers(1_500, 2_500, DAYS)
    failed = draw.binomial(n, np.clip(0.03 * (1 + 0.2 * draw.standard_normal(DAYS)), 0, 1))
    labels = [str(at) for at in range(DAYS)]
    rate: dict[ChartKind, float] = {}
    kinds: tuple[ChartKind, ...] = ("p", "laney_p", "laney_u")
    for kind in kinds:
        found = chart(kind, labels, failed.tolist(), n.tolist())
        beyond = sum(str(point.signal).startswith("limit") for point in found.points) / DAYS
        rate[kind] = len(found.signals) / DAYS
        print(f"     {kind}: {rate[kind]:.2%} of the days signal, {beyond:.2%} beyond a limit")
    for kind in kinds[1:]:
        yield Claim(
            NAME, f"{kind} signals {rate[kind]:.2%} of days, at most {SIGNALS:.1%}", True, rate[kind] <= SIGNALS
        )
    yield Claim(NAME, f"a plain p-chart signals {rate['p']:.1%} of them", True, rate["p"] >= 0.05)
