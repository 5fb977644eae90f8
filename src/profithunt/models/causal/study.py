"""A study: many actions over one cohort of customers, each judged, calibrated, and split where they overlap.

The design and what the outcome's model needs are worked out once and shared by all actions; each action adds its own
propensity. Nothing is held twice: 1,000,000 customers × 50 covariates × 50 actions fit in 4.5 GB.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from profithunt.models.causal import basis as curves, checks, design as designs, nulls
from profithunt.models.causal.basis import Array, Basis, Single
from profithunt.models.causal.design import Design, Mask
from profithunt.models.causal.effects import (
    ESTIMANDS,
    Arms,
    Estimand,
    Estimate,
    Nuisance,
    Shared,
    Z,
    arms_of,
    estimates,
    kept_off,
    nuisance_of,
    scores,
    share_outcome,
)
from profithunt.models.causal.learner import learn
from profithunt.models.causal.nulls import EmpiricalNull
from profithunt.models.causal.regression import Ridge, logistic
from profithunt.models.causal.shapley import split
from profithunt.models.causal.threads import one_thread

CONTROL: Final = 0
TREATED: Final = 1
NOT_ELIGIBLE: Final = 2


@dataclass(frozen=True)
class Trial:
    """A cohort: one row a customer at the index order.

    `x` covariates known before it (NaN where missing), `y` the outcome after it, `placebo` the same measure long before
    it, `state` customers × actions: 0 did not, 1 did, 2 not eligible. `negative` are actions known to have no effect.
    """

    x: npt.NDArray[np.floating]
    covariates: tuple[str, ...]
    y: Array
    state: npt.NDArray[np.int8]
    actions: tuple[str, ...]
    placebo: Array | None = None
    negative: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Limits:
    """How the study is made and what it takes to be believed."""

    folds: int = 5
    penalty: float = 1.0
    width: int = 256
    pairs: int = 8
    controls: int = 20
    seed: int = 7
    min_treated: int = 50
    max_smd: float = 0.1
    min_overlap: float = 0.8
    repeat_below: int = 30_000
    repeats: int = 3


@dataclass(frozen=True)
class Result:
    """One action × estimand. Money a customer over the horizon; `low` and `high` are the calibrated 95 % interval."""

    action: str
    estimand: Estimand
    effect: float
    error: float
    low: float
    high: float
    naive: float
    n_eligible: int
    n_treated: int
    overlap: float
    max_smd: float
    max_smd_covariate: str
    placebo: float | None
    placebo_low: float | None
    placebo_high: float | None
    robustness: float
    robustness_interval: float
    credible: bool
    reason: str

    @property
    def n_control(self) -> int:
        """Eligible customers who did not do it."""
        return self.n_eligible - self.n_treated

    @property
    def clear(self) -> bool:
        """Whether it is believed and its interval leaves out zero."""
        return self.credible and not self.low <= 0 <= self.high


@dataclass(frozen=True)
class Study:
    """What a study found: results, each action's share of their joint worth, and what scores new customers."""

    results: tuple[Result, ...]
    worth: dict[str, float]
    basis: Basis
    fits: dict[str, Ridge]
    nulls: dict[Estimand, EmpiricalNull]
    controls: dict[Estimand, tuple[tuple[float, float, float], ...]] = field(default_factory=dict)

    def of(self, action: str, estimand: Estimand) -> Result:
        """One result; raises KeyError."""
        for item in self.results:
            if (item.action, item.estimand) == (action, estimand):
                return item
        raise KeyError((action, estimand))


@dataclass(frozen=True)
class _Found:
    """One action before it is judged."""

    naive: float
    n_eligible: int
    n_treated: int
    effects: tuple[Estimate, ...]
    placebo: tuple[Estimate, ...]
    placebo_naive: float
    overlap: dict[Estimand, float]
    balance: dict[Estimand, checks.Balance]
    strength: float
    converged: bool


class _Cohort:
    """The rows of a trial in the order of their folds, with all that actions share."""

    def __init__(self, trial: Trial, basis: Basis, limits: Limits, seed: int) -> None:
        self.order = designs.shuffled(len(trial.y), seed)
        self.design: Design = designs.make(basis, trial.x, self.order, limits.folds)
        self.grams = self.design.grams()
        self.outcome: Shared = share_outcome(self.design, trial.y[self.order], self.grams)
        self.placebo = (
            None if trial.placebo is None else share_outcome(self.design, trial.placebo[self.order], self.grams)
        )
        self.covariates: Single = checks.filled(trial.x)[self.order]

    def known(self, shared: Shared, treated: Mask, eligible: Mask, chance: Array, arms: Arms) -> Nuisance:
        """All that an estimate of one outcome needs."""
        return Nuisance(treated, eligible, chance, *nuisance_of(self.design, shared, treated, eligible, arms))


def study(trial: Trial, limits: Limits | None = None, report: Callable[[int, int], None] | None = None) -> Study:
    """Estimate every action of a trial that enough customers did, and judge each."""
    with one_thread():
        return _study(trial, limits or Limits(), report)


def _study(trial: Trial, limits: Limits, report: Callable[[int, int], None] | None) -> Study:
    basis = curves.fit(trial.x, trial.y, trial.state, width=limits.width, pairs=limits.pairs)
    enough = [at for at in range(len(trial.actions)) if _enough(trial.state[:, at], limits)]
    rounds = (limits.repeats if len(trial.y) < limits.repeat_below else 1) if enough else 0
    todo = len(enough) * rounds
    done = 0
    repeats: list[list[_Found]] = []
    fits: dict[str, Ridge] = {}
    controls: list[_Found] = []
    worth: dict[str, float] = {}
    for number in range(rounds):
        cohort = _Cohort(trial, basis, limits, limits.seed + number)
        left = np.zeros((len(trial.y), len(enough)), dtype=np.float32) if number == 0 else None
        founds = []
        for place, at in enumerate(enough):
            state = trial.state[cohort.order, at]
            found, known, arms = _action(cohort, state == TREATED, state != NOT_ELIGIBLE, limits)
            founds.append(found)
            if left is not None:
                left[:, place] = np.where(known.eligible, known.treated - known.chance, 0)
                gram = (arms.treated + arms.control).sum(axis=0)
                score = scores(cohort.outcome.y, known)
                fits[trial.actions[at]] = learn(cohort.design, known.eligible, score, gram)
            done += 1
            if report:
                report(done, todo)
        repeats.append(founds)
        if left is not None:
            shares = _split(left, cohort.outcome, np.array([item.n_treated for item in founds], dtype=float))
            worth = dict(zip((trial.actions[at] for at in enough), shares.tolist(), strict=True))
            controls = _drawn_controls(cohort, founds, limits)
    medians = [_median([founds[place] for founds in repeats]) for place in range(len(enough))]
    declared = [medians[place] for place, at in enumerate(enough) if trial.actions[at] in trial.negative]
    nulls_of, placebo_nulls = _nulls([*controls, *declared], limits)
    results = [
        _judge(trial, trial.actions[at], medians[place], name, nulls_of, placebo_nulls, limits, basis.width)
        for place, at in enumerate(enough)
        for name in ESTIMANDS
    ]
    seen = {
        name: tuple((item.effects[k].effect, item.effects[k].error, item.naive) for item in controls)
        for k, name in enumerate(ESTIMANDS)
    }
    return Study(tuple(results), worth, basis, fits, nulls_of, seen)


def _enough(state: npt.NDArray[np.int8], limits: Limits) -> bool:
    treated, control = int((state == TREATED).sum()), int((state == CONTROL).sum())
    return treated >= limits.min_treated and control >= limits.min_treated


def _action(cohort: _Cohort, treated: Mask, eligible: Mask, limits: Limits) -> tuple[_Found, Nuisance, Arms]:
    design, y = cohort.design, cohort.outcome.y
    fit = logistic(design, treated, eligible, penalty=limits.penalty)
    share = float(treated[eligible].mean())
    chance = kept_off(fit.log_odds, share)
    arms = arms_of(design, treated, eligible, cohort.grams)
    known = cohort.known(cohort.outcome, treated, eligible, chance, arms)
    control = eligible & ~treated
    placebo: tuple[Estimate, ...] = ()
    placebo_naive = 0.0
    if cohort.placebo is not None:
        before = cohort.placebo.y
        placebo = estimates(before, cohort.known(cohort.placebo, treated, eligible, chance, arms))
        placebo_naive = float(before[treated].mean() - before[control].mean())
    # Balance is judged with the propensity fitted to all, as it is the weights' own doing; effects never use it.
    of_all = kept_off(design.predict(fit.betas[-1]), share)
    found = _Found(
        naive=float(y[treated].mean() - y[control].mean()),
        n_eligible=int(eligible.sum()),
        n_treated=int(treated.sum()),
        effects=estimates(y, known),
        placebo=placebo,
        placebo_naive=placebo_naive,
        overlap=checks.overlap(known),
        balance=checks.balance(cohort.covariates, treated, eligible, of_all),
        strength=float(fit.log_odds[eligible].std()),
        converged=fit.converged,
    )
    return found, known, arms


def _drawn_controls(cohort: _Cohort, founds: list[_Found], limits: Limits) -> list[_Found]:
    """Actions made to have no effect, as frequent and as strongly confounded as the shop's own."""
    if not founds:
        return []
    generator = np.random.default_rng(limits.seed + 1_000)
    everybody = np.ones(cohort.design.n, dtype=bool)
    shares = np.array([item.n_treated / item.n_eligible for item in founds])
    strengths = np.array([item.strength for item in founds])
    result = []
    for number in range(limits.controls):
        level = (number + 0.5) / limits.controls
        share = float(np.clip(np.quantile(shares, level), limits.min_treated / cohort.design.n, 0.5))
        strength = float(np.clip(np.quantile(strengths, generator.random()), 0.2, 2.5))
        treated = nulls.drawn(cohort.covariates, cohort.outcome.fitted, share, strength, generator)
        if limits.min_treated <= int(treated.sum()) <= len(treated) - limits.min_treated:
            result.append(_action(cohort, treated, everybody, limits)[0])
    return result


def _split(left: Single, outcome: Shared, counts: Array) -> Array:
    rest = (outcome.y - outcome.fitted).astype(np.float32)
    gram, moment = np.zeros((left.shape[1], left.shape[1])), np.zeros(left.shape[1])
    for rows in curves.blocks(len(left)):
        gram += left[rows].T @ left[rows]
        moment += left[rows].T @ rest[rows]
    return split(gram, moment, counts)


def _median(repeats: list[_Found]) -> _Found:
    """The median over divisions into folds, its error with how much they differ."""
    first = repeats[0]
    if len(repeats) == 1:
        return first
    return replace(
        first,
        effects=_middle([item.effects for item in repeats]),
        placebo=_middle([item.placebo for item in repeats]) if first.placebo else (),
    )


def _middle(several: list[tuple[Estimate, ...]]) -> tuple[Estimate, ...]:
    result = []
    for each in zip(*several, strict=True):
        effect = float(np.median([item.effect for item in each]))
        error = float(np.sqrt(np.median([item.error**2 + (item.effect - effect) ** 2 for item in each])))
        result.append(Estimate(each[0].estimand, effect, error))
    return tuple(result)


Nulls = dict[Estimand, EmpiricalNull]


def _nulls(controls: list[_Found], limits: Limits) -> tuple[Nulls, Nulls]:
    """The empirical null of the outcome and of the placebo, for each estimand.

    A control that would itself not be believed says nothing about those that are.
    """
    outcome: Nulls = {}
    placebo: Nulls = {}
    for k, name in enumerate(ESTIMANDS):
        fair = [
            item
            for item in controls
            if item.overlap[name] >= limits.min_overlap and item.balance[name].largest <= limits.max_smd
        ]
        outcome[name] = nulls.empirical_null(
            [item.effects[k].effect for item in fair],
            [item.effects[k].error for item in fair],
            [item.naive for item in fair],
        )
        with_placebo = [item for item in fair if item.placebo]
        placebo[name] = nulls.empirical_null(
            [item.placebo[k].effect for item in with_placebo],
            [item.placebo[k].error for item in with_placebo],
            [item.placebo_naive for item in with_placebo],
        )
    return outcome, placebo


def _judge(
    trial: Trial,
    action: str,
    found: _Found,
    name: Estimand,
    null: Nulls,
    placebo_null: Nulls,
    limits: Limits,
    width: int,
) -> Result:
    estimate = found.effects[ESTIMANDS.index(name)]
    error = null[name].error(estimate.error, found.naive - estimate.effect)
    placebo = low = high = None
    if found.placebo:
        before = found.placebo[ESTIMANDS.index(name)]
        spread = placebo_null[name].error(before.error, found.placebo_naive - before.effect)
        placebo, low, high = before.effect, before.effect - Z * spread, before.effect + Z * spread
    left = found.balance[name]
    worst = trial.covariates[left.column] if trial.covariates else ""
    reasons = []
    if not found.converged:
        reasons.append("the propensity did not converge")
    if left.largest > limits.max_smd:
        reasons.append(f"{worst} still differs by {left.largest:.2f} standard deviations")
    if found.overlap[name] < limits.min_overlap:
        reasons.append(f"overlap is {found.overlap[name]:.0%}")
    if placebo is not None and low is not None and high is not None and not low <= 0 <= high:
        reasons.append(f"it seems to change profit before it happened, by {placebo:.2f}")
    freedom = found.n_eligible - width
    return Result(
        action=action,
        estimand=name,
        effect=estimate.effect,
        error=error,
        low=estimate.effect - Z * error,
        high=estimate.effect + Z * error,
        naive=found.naive,
        n_eligible=found.n_eligible,
        n_treated=found.n_treated,
        overlap=found.overlap[name],
        max_smd=left.largest,
        max_smd_covariate=worst,
        placebo=placebo,
        placebo_low=low,
        placebo_high=high,
        robustness=checks.robustness(estimate.effect, error, freedom),
        robustness_interval=checks.robustness(estimate.effect, error, freedom, significant=True),
        credible=not reasons,
        reason="; ".join(reasons),
    )
