"""The effect of an experiment from the sums of its arms: difference of means, with CUPED, by tea-tasting.

The sums are made in the engine, where the rows are; the library sees two lines of numbers, however many units.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from profithunt.errors import UsageError

LEVEL: Final = 0.95
_NORMAL: Final = 1.959963984540054
RATIO_P: Final = 0.001
"""Below this chance the arms are not of the sizes that were drawn: something lost units of one of them."""


@dataclass(frozen=True)
class Arm:
    """One arm: units, mean and variance of the outcome, the same of the time before, and their correlation."""

    n: int
    mean: float
    variance: float
    mean_before: float = 0.0
    variance_before: float = 0.0
    correlation: float | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Arm:
        """From a row of `arm_moments.sql`."""
        correlation = row["correlation"]
        return cls(
            n=int(row["n"]),
            mean=float(row["mean_after"] or 0),
            variance=float(row["variance_after"] or 0),
            mean_before=float(row["mean_before"] or 0),
            variance_before=float(row["variance_before"] or 0),
            correlation=None if correlation is None else float(correlation),
        )


@dataclass(frozen=True)
class Effect:
    """The difference a unit acted on makes, shop currency: estimate, standard error, interval and p of a single test.

    `correlation` is that with the time before (both arms together): CUPED took its square off the variance.
    """

    estimate: float
    error: float
    low: float
    high: float
    p_value: float
    control_mean: float
    correlation: float | None

    @property
    def z(self) -> float:
        """The estimate in standard errors."""
        return self.estimate / self.error if self.error > 0 else 0.0


def effect(held: Arm, acted: Arm) -> Effect | None:
    """The effect by Welch's test on means adjusted for the time before; None while an arm has fewer than two units."""
    if min(held.n, acted.n) < 2:
        return None
    tasting = _library()
    adjusted = all(arm.correlation is not None for arm in (held, acted))
    metric = tasting.Mean("after", "before" if adjusted else None, confidence_level=LEVEL, use_t=False)
    if held.variance + acted.variance <= 0:
        difference = acted.mean - held.mean
        return Effect(difference, 0.0, difference, difference, 1.0 if not difference else 0.0, held.mean, None)
    found = metric.analyze({0: _aggregates(held), 1: _aggregates(acted)}, 0, 1)
    error = (found.effect_size_ci_upper - found.effect_size_ci_lower) / 2 / _NORMAL
    return Effect(
        float(found.effect_size),
        float(error),
        float(found.effect_size_ci_lower),
        float(found.effect_size_ci_upper),
        float(found.pvalue),
        float(found.control),
        _pooled(held, acted) if adjusted else None,
    )


def sample_ratio(n_acted: int, n_held: int, share: float) -> float | None:
    """How likely arms of these sizes are when a `share` is held out; None where nothing is or nobody is there."""
    if not 0 < share < 1 or not n_acted + n_held:
        return None
    tasting = _library()
    sizes = {0: _counted(n_held), 1: _counted(n_acted)}
    return float(tasting.SampleRatio((1 - share) / share).analyze(sizes, 0, 1).pvalue)


def _aggregates(arm: Arm) -> Any:
    from tea_tasting.aggr import Aggregates

    shared = (arm.correlation or 0.0) * math.sqrt(arm.variance * arm.variance_before)
    return Aggregates(
        count_=arm.n,
        mean_={"after": arm.mean, "before": arm.mean_before},
        var_={"after": arm.variance, "before": arm.variance_before},
        cov_={("after", "before"): shared},
    )


def _counted(number: int) -> Any:
    from tea_tasting.aggr import Aggregates

    return Aggregates(count_=number)


def _pooled(held: Arm, acted: Arm) -> float:
    """Correlation of both arms together, weighted by their units."""
    parts = [(arm.n, arm.correlation or 0.0) for arm in (held, acted)]
    return sum(n * value for n, value in parts) / sum(n for n, _ in parts)


def _library() -> Any:
    try:
        import tea_tasting
    except ImportError as error:
        raise UsageError(
            "measuring an experiment needs the package tea-tasting", do="pip install 'profithunt[act]'"
        ) from error
    return tea_tasting
