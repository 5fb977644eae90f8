"""Ridge regression from sums, and logistic regression by damped Newton steps, for all folds at once.

Ridge: the penalty is chosen by generalised cross-validation on the eigenvalues of the columns' covariance, so a grid of
penalties costs one decomposition (Golub, Heath and Wahba 1979; degrees of freedom count 1.4 times, Kim and Gu 2004).

Logistic: one sweep over the rows gives the gradient for every fold's coefficients; the curvature is kept as long as
steps shrink fast. Steps that go too far are halved: full steps diverge where treated and others hardly overlap.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import linalg, special

from profithunt.models.causal.basis import Array, Single, blocks
from profithunt.models.causal.design import Design, Mask

_PENALTIES: Final = 10.0 ** np.arange(-6.0, 3.01, 0.5)
_CAUTION: Final = 1.4
_STEPS: Final = 40
_CLOSE: Final = 1e-3
_GOOD: Final = 0.1
_ROWS_FOR_START: Final = 60_000
_ROWS_FOR_CURVATURE: Final = 200_000

Factor = tuple[Array, bool]


@dataclass(frozen=True)
class Ridge:
    """Coefficients (the intercept first), the penalty chosen, and the covariance factor (columns by columns)^-1."""

    beta: Array
    penalty: float
    inverse: Array
    variance: float


def ridge(gram: Array, moment: Array, square: float, n: float) -> Ridge:
    """Regress on columns whose first is the intercept: `gram` columns by columns, `moment` columns by outcome.

    `square` is the outcome's sum of squares, `n` the rows. The intercept is not penalised.
    """
    width = len(gram)
    beta = np.zeros(width)
    if n < 2:
        return Ridge(beta, np.inf, np.zeros((width, width)), 0.0)
    means = gram[0, 1:] / n
    level = moment[0] / n
    centred = gram[1:, 1:] - n * np.outer(means, means)
    pull = moment[1:] - n * means * level
    total = max(square - n * level**2, 0.0)
    values, vectors = linalg.eigh(centred, check_finite=False)
    values = np.clip(values, 0.0, None)
    turned = vectors.T @ pull
    grid = _PENALTIES * max(float(values.mean()), 1e-9)
    shrunk = values[None, :] / (values[None, :] + grid[:, None])
    fitted = turned[None, :] / (values[None, :] + grid[:, None])
    rest = total - 2 * (fitted * turned).sum(axis=1) + (fitted**2 * values[None, :]).sum(axis=1)
    rest = np.maximum(rest, 1e-12 * max(total, 1e-12))
    freedom = n - _CAUTION * (1 + shrunk.sum(axis=1))
    score = np.where(freedom > 0.05 * n, n * rest / np.maximum(freedom, 1e-9) ** 2, np.inf)
    best = int(np.argmin(score)) if np.isfinite(score).any() else len(grid) - 1
    slopes = vectors @ fitted[best]
    beta[1:] = slopes
    beta[0] = level - means @ slopes
    inverse = np.zeros((width, width))
    inverse[1:, 1:] = (vectors / (values + grid[best])) @ vectors.T
    inverse[0, 1:] = inverse[1:, 0] = -inverse[1:, 1:] @ means
    inverse[0, 0] = 1 / n + means @ inverse[1:, 1:] @ means
    spare = max(n - 1 - float(shrunk[best].sum()), 1.0)
    return Ridge(beta, float(grid[best]), inverse, float(rest[best]) / spare)


def ridge_by_fold(grams: Array, moments: Array, squares: Array, counts: Array) -> list[Ridge]:
    """For each fold, the regression on all others; sums by fold as `ridge` takes them."""
    total = (grams.sum(axis=0), moments.sum(axis=0), squares.sum(), counts.sum())
    return [
        ridge(total[0] - grams[k], total[1] - moments[k], float(total[2] - squares[k]), float(total[3] - counts[k]))
        for k in range(len(counts))
    ]


@dataclass(frozen=True)
class Logistic:
    """Log-odds of treatment: each customer's out of their fold, and the coefficients of each fold and of all rows."""

    log_odds: Array
    betas: Array
    converged: bool


def logistic(design: Design, treated: Mask, eligible: Mask, *, penalty: float = 1.0) -> Logistic:
    """Probability of being treated among the eligible, each customer's from the other folds.

    `penalty` is the precision of a normal prior on each standardised coefficient.
    """
    n_folds = len(design.folds)
    target = treated.astype(np.float32)
    weight = eligible.astype(np.float32)
    share = float(np.clip(target[eligible].mean() if eligible.any() else 0.5, 1e-6, 1 - 1e-6))
    betas = np.zeros((n_folds + 1, design.width))
    betas[:, 0] = special.logit(share)
    betas = _start(design, target, weight, betas, penalty)
    return _newton(design, target, weight, betas, penalty)


def _start(design: Design, target: Single, weight: Single, betas: Array, penalty: float) -> Array:
    """A first guess from every so many rows, where there are many."""
    step = design.n // _ROWS_FOR_START
    if step < 2:
        return betas
    sample = design.phi[::step]
    small = Design(np.ascontiguousarray(sample), (slice(0, len(sample)),))
    found = _newton(small, target[::step], weight[::step], betas[-2:], penalty)
    return np.repeat(found.betas[-1:], len(betas), axis=0)


def _newton(design: Design, target: Single, weight: Single, betas: Array, penalty: float) -> Logistic:
    ridges = np.full(design.width, penalty)
    ridges[0] = 1e-8
    slope = _slope(design, target, weight, betas, ridges)
    curvature = _curvature(design, weight, betas, ridges)
    before = near = np.inf
    for _ in range(1, _STEPS + 1):
        moves = _moves(curvature, slope)
        near = float((moves * slope).sum(axis=1).max())
        if near < _CLOSE:
            break
        if near > before / 4:
            curvature = _curvature(design, weight, betas, ridges)
            moves = _moves(curvature, slope)
        before = near
        betas, slope = _damped(design, target, weight, betas, moves, slope, ridges)
    return Logistic(_out_of_fold(design, betas), betas, near < _GOOD)


def _moves(curvature: list[Factor], slope: Array) -> Array:
    return np.stack([linalg.cho_solve(curvature[k], slope[k], check_finite=False) for k in range(len(slope))])


def _damped(
    design: Design, target: Single, weight: Single, betas: Array, moves: Array, slope: Array, ridges: Array
) -> tuple[Array, Array]:
    """Move each fold's coefficients a step, halved until it does not go far beyond the least loss along its line.

    The loss is convex: where the slope along the step has turned and is no longer small, the step was too long.
    """
    size = np.ones(len(betas))
    gains = (moves * slope).sum(axis=1)
    while True:
        tried = betas - size[:, None] * moves
        new = _slope(design, target, weight, tried, ridges)
        bad = (moves * new).sum(axis=1) < -0.5 * gains
        if not bad.any() or size.min() < 1e-3:
            return tried, new
        size = np.where(bad, size / 2, size)


def _slope(design: Design, target: Single, weight: Single, betas: Array, ridges: Array) -> Array:
    """Gradient of every row of coefficients, each without its fold; the last one takes all rows."""
    several = betas.T.astype(np.float32)
    slope = betas * ridges
    folded = len(betas) > 1 and len(design.folds) > 1
    for fold, rows in design.parts():
        phi = design.phi[rows]
        error = _logistic(phi @ several)
        error -= target[rows, None]
        error *= weight[rows, None]
        if folded:
            error[:, fold] = 0
        slope += (phi.T @ error).T
    return slope


def _logistic(odds: Single) -> Single:
    """1 ÷ (1 + e^−odds); the hyperbolic tangent is the fastest way to it."""
    half = np.tanh(odds * np.float32(0.5))
    return np.asarray((half + np.float32(1)) * np.float32(0.5))


def _curvature(design: Design, weight: Single, betas: Array, ridges: Array) -> list[Factor]:
    """Second derivatives at the coefficients of all rows, less each fold's share, factored.

    Of many rows a part is enough: steps need a direction, where they end is decided by the slope of all rows.
    """
    n_folds = len(design.folds)
    step = max(1, design.n // _ROWS_FOR_CURVATURE)
    phi = design.phi[::step]
    chance = _logistic(phi @ betas[-1].astype(np.float32))
    root = np.sqrt(weight[::step] * chance * (1 - chance) * np.float32(step))
    pieces = np.zeros((n_folds, design.width, design.width))
    for fold, rows in enumerate(design.folds):
        inside = slice(-(-rows.start // step), -(-rows.stop // step))
        for part in blocks(inside.stop - inside.start):
            at = slice(inside.start + part.start, inside.start + part.stop)
            weighted = phi[at] * root[at, None]
            pieces[fold] += weighted.T @ weighted
    total = pieces.sum(axis=0)
    floor = np.diag(ridges + 1e-9 * float(weight.sum()))
    return [
        linalg.cho_factor(total - (pieces[k] if k < n_folds and n_folds > 1 else 0) + floor, check_finite=False)
        for k in range(len(betas))
    ]


def _out_of_fold(design: Design, betas: Array) -> Array:
    return design.predict(betas[:-1] if len(betas) == len(design.folds) + 1 else betas[-1])
