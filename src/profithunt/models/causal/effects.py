"""The effect of one action: augmented inverse-propensity weighting over three populations, always named.

| estimand | effect on average over |
| --- | --- |
| ATE | all who were eligible |
| ATT | those who did it |
| ATO | those who might as well have done it as not (overlap weights) |

Each is right when either the outcome model or the propensity is; each customer is predicted by models that never saw
that customer. Errors are those of the influence function; that of ATO counts that its population is estimated.

Source: METRICS section 3; Robins, Rotnitzky and Zhao (1994); Chernozhukov et al. (2018); Crump et al. (2006) and Li,
Morgan and Zaslavsky (2018) for overlap weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from profithunt.models.causal.basis import Array
from profithunt.models.causal.design import Design, Mask
from profithunt.models.causal.regression import Ridge, ridge, ridge_by_fold

Estimand = Literal["ATE", "ATT", "ATO"]
ESTIMANDS: Final[tuple[Estimand, ...]] = ("ATE", "ATT", "ATO")

Z: Final = 1.959964


@dataclass(frozen=True)
class Shared:
    """What all actions share for one outcome: its sums by fold over all rows, and its prediction from the other folds.

    `scaled` is the outcome less its `level`, in units of its `spread`.
    """

    y: Array
    scaled: Array
    level: float
    spread: float
    fitted: Array
    moments: Array
    squares: Array


@dataclass(frozen=True)
class Nuisance:
    """For one action: who was treated and who eligible, the chance of treatment, the outcome under both."""

    treated: Mask
    eligible: Mask
    chance: Array
    under_treatment: Array
    under_control: Array


@dataclass(frozen=True)
class Estimate:
    """One effect: money a customer over the horizon, its standard error, and each customer's influence on it."""

    estimand: Estimand
    effect: float
    error: float

    @property
    def low(self) -> float:
        """Lower end of the 95 % interval."""
        return self.effect - Z * self.error

    @property
    def high(self) -> float:
        """Upper end of the 95 % interval."""
        return self.effect + Z * self.error


def share_outcome(design: Design, y: Array, grams: Array) -> Shared:
    """Predict the outcome of every customer from the other folds; `grams` are the design's over all rows."""
    counts = grams[:, 0, 0]
    level, spread = float(y.mean()), float(y.std()) or 1.0
    scaled = (y - level) / spread
    moments, squares = design.moments(scaled), by_fold(design, scaled**2)
    found = ridge_by_fold(grams, moments, squares, counts)
    fitted = design.predict(np.stack([item.beta for item in found])) * spread + level
    return Shared(y, scaled, level, spread, fitted, moments, squares)


def kept_off(log_odds: Array, share: float) -> Array:
    """Probabilities kept off 0 and 1, so that no customer stands for hundreds; `share` is that of the treated."""
    chance = 1 / (1 + np.exp(-np.clip(log_odds, -30, 30)))
    return np.clip(chance, min(0.01, share / 20), 1 - min(0.01, (1 - share) / 20))


@dataclass(frozen=True)
class Arms:
    """Sums by fold over the treated and over the others who were eligible: the same for every outcome."""

    treated: Array
    control: Array


def arms_of(design: Design, treated: Mask, eligible: Mask, grams: Array) -> Arms:
    """Columns by columns within each arm; the larger arm by subtraction from all rows."""
    out = ~eligible
    left = design.grams(out) if out.any() else np.zeros_like(grams)
    few = 2 * int(treated.sum()) <= int(eligible.sum())
    own = design.grams(treated if few else eligible & ~treated)
    other = grams - left - own
    return Arms(own, other) if few else Arms(other, own)


def nuisance_of(design: Design, shared: Shared, treated: Mask, eligible: Mask, arms: Arms) -> tuple[Array, Array]:
    """The outcome expected of each customer with the action, and without it.

    The larger arm is fitted as it is; the smaller one as a correction to it, shrunk the further the fewer stand in it.
    Neither arm's outcomes touch the other's fit: a model of both would carry the effect into what it expects of the
    untreated, and with it an error that goes along with the propensity's.
    """
    scaled = shared.scaled
    moment_treated = design.moments(scaled * treated)
    moment_control = shared.moments - moment_treated
    square_treated = by_fold(design, scaled**2 * treated)
    square_control = shared.squares - square_treated
    out = ~eligible
    if out.any():
        moment_control = moment_control - design.moments(scaled * out)
        square_control = square_control - by_fold(design, scaled**2 * out)
    first = Sums(arms.control, moment_control, square_control)
    second = Sums(arms.treated, moment_treated, square_treated)
    swap = second.rows > first.rows
    base, other = (second, first) if swap else (first, second)
    level = np.stack([item.beta for item in ridge_by_fold(base.grams, base.moments, base.squares, base.counts)])
    change = np.stack([_correction(other, level[k], k).beta for k in range(len(level))])
    large, small = design.predict(level), design.predict(level + change)
    large, small = large * shared.spread + shared.level, small * shared.spread + shared.level
    return (large, small) if swap else (small, large)


@dataclass(frozen=True)
class Sums:
    """Sums by fold over one arm: columns by columns, columns by outcome, the outcome's squares."""

    grams: Array
    moments: Array
    squares: Array

    @property
    def counts(self) -> Array:
        """Rows of each fold: the intercept by itself."""
        return np.asarray(self.grams[:, 0, 0])

    @property
    def rows(self) -> float:
        """Rows of all folds."""
        return float(self.counts.sum())


def _correction(arm: Sums, beta: Array, fold: int) -> Ridge:
    """What an arm's outcomes (without a fold's) differ by from a prediction, from sums alone."""
    gram = arm.grams.sum(axis=0) - arm.grams[fold]
    moment = arm.moments.sum(axis=0) - arm.moments[fold]
    pulled = gram @ beta
    square = float(arm.squares.sum() - arm.squares[fold] - 2 * moment @ beta + beta @ pulled)
    return ridge(gram, moment - pulled, max(square, 0.0), float(arm.rows - arm.counts[fold]))


def estimates(y: Array, known: Nuisance) -> tuple[Estimate, ...]:
    """ATE, ATT and ATO over the eligible."""
    keep = known.eligible
    t = known.treated[keep].astype(np.float64)
    e, mu1, mu0, out = known.chance[keep], known.under_treatment[keep], known.under_control[keep], y[keep]
    gap = mu1 - mu0
    # Weights are made to add up to the arm they stand for: no customer then counts for more than the arm holds.
    up, down = t / e, (1 - t) / (1 - e)
    up, down = up / up.mean(), down / down.mean()
    ate = gap + up * (out - mu1) - down * (out - mu0)
    share = max(float(t.mean()), 1e-12)
    odds = (1 - t) * e / (1 - e)
    odds = odds * (share / max(float(odds.mean()), 1e-12))
    att = (t * (out - mu0) - odds * (out - mu0)) / share
    square = (t - e) ** 2
    top = square * gap + t * (1 - e) * (out - mu1) - (1 - t) * e * (out - mu0)
    return (
        _estimate("ATE", ate, np.ones_like(t)),
        _estimate("ATT", att, t / share),
        _estimate("ATO", top / max(float(square.mean()), 1e-12), square / max(float(square.mean()), 1e-12)),
    )


def scores(y: Array, known: Nuisance) -> Array:
    """Each eligible customer's own effect, unbiased and very noisy: what the effect per customer is learnt from.

    Weights are cut at twenty times their mean, so that a few do not speak for all.
    """
    keep = known.eligible
    t = known.treated[keep].astype(np.float64)
    e, mu1, mu0, out = known.chance[keep], known.under_treatment[keep], known.under_control[keep], y[keep]
    share = float(t.mean())
    up = np.minimum(t / e, 20.0 / max(share, 1e-12))
    down = np.minimum((1 - t) / (1 - e), 20.0 / max(1 - share, 1e-12))
    return np.asarray(mu1 - mu0 + up * (out - mu1) - down * (out - mu0))


def _estimate(name: Estimand, value: Array, weight: Array) -> Estimate:
    effect = float(value.mean() / weight.mean())
    influence = value - weight * effect
    return Estimate(name, effect, float(np.sqrt((influence**2).mean() / max(len(value) - 1, 1))))


def by_fold(design: Design, values: Array) -> Array:
    """Sums over the rows of each fold."""
    return np.array([float(values[fold].sum()) for fold in design.folds])
