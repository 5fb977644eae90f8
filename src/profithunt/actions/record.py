"""Realised beside predicted: for every opportunity, detector, owner, human and agent; and what it teaches.

The ratio is formed after summing. A detector's factor on its later money is its realised ÷ predicted, shrunk: towards
that of all detectors together, which is itself shrunk towards 1, each as far as the standard errors of the outcomes
and their spread say that it is noise. An outcome that was only observed counts with a quarter of the weight of a
held-out test of the same width. Source: normal-normal empirical Bayes (METRICS, sections 4, 6 and 7).
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

from profithunt.errors import UsageError
from profithunt.opportunities.records import Record

Json = Any
By = Literal["opportunity", "detector", "owner", "person", "kind", "action", "all"]

_Z: Final = 1.959963984540054
_PRIOR_SPREAD: Final = 0.5
"""How far true ratios of detectors lie apart before any outcome is known, as a standard deviation."""
_OUTCOME_SPREAD: Final = 0.7
"""How far outcomes of one detector lie apart where few are known, as a share of what was predicted."""
_OBSERVATIONAL: Final = 4.0
_LEAST: Final = 0.1
_MOST: Final = 2.0
_PRIOR_PRECISION: Final = 0.8
_PRIOR_OUTCOMES: Final = 4.0
_LEAST_ERROR: Final = 0.25
"""An outcome without an interval is known to within a quarter of what was predicted, at best."""


@dataclass(frozen=True)
class Outcome:
    """What one action brought, beside what was predicted, shop currency over the same window.

    `low` and `high` the 95 % interval of what was realised; None where it could not be known. `factor` is the
    correction that was in the prediction already: the detector itself said `predicted` ÷ `factor`.
    """

    action: str
    opportunity: str
    detector: str
    owner: str
    by: str
    kind: str
    predicted: Decimal
    realised: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None
    observational: bool = False
    action_kind: str = ""
    factor: float = 1.0
    measured_at: dt.datetime | None = None

    @property
    def said(self) -> float:
        """What the detector itself predicted, before any correction."""
        return float(self.predicted) / self.factor if self.factor else float(self.predicted)

    @property
    def error(self) -> float:
        """Standard error of what was realised."""
        weight = math.sqrt(_OBSERVATIONAL) if self.observational else 1.0
        if self.low is None or self.high is None:
            return weight * _LEAST_ERROR * abs(self.said)
        return weight * float(self.high - self.low) / 2 / _Z


@dataclass(frozen=True)
class Line:
    """One member of a slice: sums of predicted and realised, their ratio, how many were real."""

    member: str
    n_actions: int
    n_measured: int
    n_observational: int
    predicted: Decimal
    realised: Decimal | None
    low: Decimal | None
    high: Decimal | None
    ratio: float | None
    precision: float | None

    def to_json(self) -> dict[str, Json]:
        """As data; amounts as decimal strings."""
        return {
            "member": self.member,
            "n_actions": self.n_actions,
            "n_measured": self.n_measured,
            "n_observational": self.n_observational,
            "predicted": f"{self.predicted:f}",
            "realised": _text(self.realised),
            "low": _text(self.low),
            "high": _text(self.high),
            "ratio": None if self.ratio is None else round(self.ratio, 4),
            "precision": None if self.precision is None else round(self.precision, 4),
        }


_MEMBERS: Final[Mapping[By, Callable[[Outcome], str]]] = {
    "opportunity": lambda one: one.opportunity,
    "detector": lambda one: one.detector,
    "owner": lambda one: one.owner,
    "person": lambda one: one.by,
    "kind": lambda one: one.kind,
    "action": lambda one: one.action_kind or one.action,
    "all": lambda _: "all",
}


def slices(outcomes: Sequence[Outcome], by: By) -> tuple[Line, ...]:
    """Realised beside predicted by member, most realised first. `kind` parts people from agents. Raises UsageError.

    Predicted sums only what has been measured, so that both sides are about the same actions.
    """
    if by not in _MEMBERS:
        raise UsageError(f"outcomes can't be parted by '{by}'", expected=f"one of {', '.join(_MEMBERS)}")
    groups: dict[str, list[Outcome]] = {}
    for one in outcomes:
        groups.setdefault(_MEMBERS[by](one), []).append(one)
    lines = [_line(member, group) for member, group in groups.items()]
    return tuple(sorted(lines, key=lambda line: (-(line.realised or Decimal(0)), line.member)))


def _line(member: str, group: Sequence[Outcome]) -> Line:
    measured = [one for one in group if one.realised is not None]
    predicted = sum((one.predicted for one in measured), Decimal(0))
    realised = sum((one.realised for one in measured if one.realised is not None), Decimal(0)) if measured else None
    known = [one for one in measured if one.low is not None and one.high is not None]
    low = high = None
    if realised is not None and known and len(known) == len(measured):
        width = Decimal(str(_Z * math.sqrt(sum(_half(one) ** 2 for one in known)))).quantize(Decimal("0.01"))
        low, high = realised - width, realised + width
    ratio = float(realised / predicted) if realised is not None and predicted > 0 else None
    return Line(
        member=member,
        n_actions=len(group),
        n_measured=len(measured),
        n_observational=sum(one.observational for one in measured),
        predicted=predicted,
        realised=realised,
        low=low,
        high=high,
        ratio=ratio,
        precision=_precision(measured, prior=0.0) if measured else None,
    )


def _half(one: Outcome) -> float:
    """Standard error as the interval says it, without weights."""
    return float((one.high or Decimal(0)) - (one.low or Decimal(0))) / 2 / _Z


def records(outcomes: Sequence[Outcome]) -> dict[str, Record]:
    """The record of each detector with a measured outcome: factor on its later money, precision, both shrunk."""
    measured = [one for one in outcomes if one.realised is not None and one.said > 0]
    groups: dict[str, list[Outcome]] = {}
    for one in measured:
        groups.setdefault(one.detector, []).append(one)
    if not groups:
        return {}
    seen = {name: _ratio(group) for name, group in groups.items()}
    centre = _centre([*seen.values()])
    found = {}
    for name, (ratio, variance) in seen.items():
        trust = _PRIOR_SPREAD**2 / (_PRIOR_SPREAD**2 + variance)
        factor = min(max(centre + trust * (ratio - centre), _LEAST), _MOST)
        precision = _precision(groups[name], prior=_PRIOR_OUTCOMES)
        found[name] = Record(round(factor, 4), round(precision, 4), len(groups[name]))
    return found


def _ratio(group: Sequence[Outcome]) -> tuple[float, float]:
    """Realised ÷ what the detector said, after summing, and its variance: measurement, and spread between outcomes."""
    said = sum(one.said for one in group)
    ratio = sum(float(one.realised or 0) for one in group) / said
    noise = sum(one.error**2 for one in group) / said**2
    spread = 0.0
    if len(group) > 1:
        gaps = sum((float(one.realised or 0) - ratio * one.said) ** 2 for one in group)
        spread = gaps / said**2 * len(group) / (len(group) - 1)
    # A single outcome says little of the next one, however well it was measured.
    return ratio, max(noise, spread) + _OUTCOME_SPREAD**2 / len(group)


def _centre(seen: Sequence[tuple[float, float]]) -> float:
    """Where detectors lie on the whole: their weighted mean, with one detector's worth of belief in 1."""
    weights = [1 / (_PRIOR_SPREAD**2 + variance) for _, variance in seen]
    belief = 1 / _PRIOR_SPREAD**2
    total = sum(weight * ratio for weight, (ratio, _) in zip(weights, seen, strict=True)) + belief
    return total / (sum(weights) + belief)


def _precision(group: Sequence[Outcome], prior: float) -> float:
    """Share of outcomes above zero, each by the probability that it is; with `prior` outcomes' worth of belief."""
    real = sum(_above_zero(one) for one in group)
    return (real + prior * _PRIOR_PRECISION) / (len(group) + prior)


def _above_zero(one: Outcome) -> float:
    realised = float(one.realised or 0)
    if one.error <= 0:
        return float(realised > 0)
    return 0.5 * (1 + math.erf(realised / one.error / math.sqrt(2)))


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
