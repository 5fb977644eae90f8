"""What an experiment can show, said before it is launched: how many units it takes, how small an effect it sees."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from profithunt.actions.measurement.holdout import SHARE
from profithunt.actions.measurement.trial import BEFORE_DAYS, WINDOW_DAYS
from profithunt.actions.measurement.units import unit_tree
from profithunt.engine import AnyEngine, compile_model, read_model

Json = Any
QUERIES: Final = Path(__file__).parent / "queries"


@dataclass(frozen=True)
class Design:
    """The size of an experiment; amounts a unit over the window, shop currency.

    `per_arm` units in each of two equal arms for the expected effect to show (15.7 σ²/δ², power 80 %, 5 %),
    `with_before` the same with CUPED, `needed` units of both arms together with this `share` held out.
    `smallest_effect` is what the units that are there will show. None where it can't be known: no effect expected,
    nothing sold so far.
    """

    n_units: int
    share: float
    sigma: float | None
    correlation: float | None
    expected_effect: float | None
    per_arm: int | None
    with_before: int | None
    needed: int | None
    smallest_effect: float | None

    @property
    def enough(self) -> bool | None:
        """Whether the units suffice for the effect that is expected; None where that can't be known."""
        return None if self.needed is None else self.n_units >= self.needed

    @property
    def sentence(self) -> str:
        """What to know before launching."""
        if self.sigma is None:
            return "Nothing was sold to these units in the weeks before: no size can be told."
        if self.smallest_effect is None:
            return "Nobody is held out: what it brings can only be observed."
        shows = f"{self.n_units} units show an effect of {self.smallest_effect:.2f} a unit or more"
        if self.needed is None or self.per_arm is None:
            return f"{shows}."
        wanted = f"{self.per_arm} units an arm ({self.needed} in all with {self.share:.0%} held out)"
        if self.enough:
            return f"The expected {self.expected_effect:.2f} a unit takes {wanted}; there are {self.n_units}."
        return f"Too few: the expected {self.expected_effect:.2f} a unit takes {wanted}; {shows}."

    def to_json(self) -> dict[str, Json]:
        """As data."""
        return {
            "n_units": self.n_units,
            "share": self.share,
            "sigma": _rounded(self.sigma),
            "correlation": _rounded(self.correlation),
            "expected_effect": _rounded(self.expected_effect),
            "per_arm": self.per_arm,
            "with_before": self.with_before,
            "needed": self.needed,
            "smallest_effect": _rounded(self.smallest_effect),
            "enough": self.enough,
            "sentence": self.sentence,
        }


def design(
    engine: AnyEngine,
    level: str,
    units: Sequence[str],
    as_of: dt.date,
    *,
    predicted: float | None = None,
    share: float = SHARE,
    window_days: int = WINDOW_DAYS,
    before_days: int = BEFORE_DAYS,
) -> Design:
    """The size of an experiment on these units, from the window that just passed.

    `predicted` is the money that the action should bring over the window, all units acted on together.
    Raises UsageError for a level that the ledger can't tell apart.
    """
    from profithunt.models.experiments import columns

    start = as_of - dt.timedelta(days=window_days - 1)
    distinct = list(dict.fromkeys(units))
    engine.attach_arrays("trial_units", columns(distinct, [True] * len(distinct)))
    values = {"start": start, "end": as_of, "before_start": start - dt.timedelta(days=before_days)}
    statement = compile_model(read_model(QUERIES / "unit_spread.sql"), parts={"unit": unit_tree(level)}, values=values)
    (row,) = engine.dicts(statement)
    sigma = None if row["sigma"] is None else float(row["sigma"])
    correlation = None if row["correlation"] is None else float(row["correlation"])
    acting = len(distinct) * (1 - share)
    expected = predicted / acting if predicted is not None and acting else None
    return sized(len(distinct), sigma, correlation, expected, share)


def sized(
    n_units: int, sigma: float | None, correlation: float | None, expected: float | None, share: float = SHARE
) -> Design:
    """The size from spread, correlation with the time before and expected effect a unit."""
    from profithunt.models.experiments import smallest_effect, units_in_all, units_per_arm

    if not sigma:
        return Design(n_units, share, None, correlation, expected, None, None, None, None)
    rho = correlation or 0.0
    least = smallest_effect(sigma, n_units * (1 - share), n_units * share, rho)
    per_arm = with_before = needed = None
    if expected:
        per_arm = math.ceil(units_per_arm(sigma, expected))
        adjusted = units_per_arm(sigma, expected, rho)
        with_before = math.ceil(adjusted)
        needed = math.ceil(units_in_all(adjusted, share)) if 0 < share < 1 else None
    shown = least if math.isfinite(least) else None
    return Design(n_units, share, sigma, correlation, expected, per_arm, with_before, needed, shown)


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.6g}")
