"""Ridge regression from sums, and logistic regression by damped Newton steps, for all folds at once.

Ridge: the penalty is chosen by generalised cross-validation on the eigenvalues of the columns' covariance, so a grid of
penalties costs one decomposition (Golub, Heath and Wahba 1979; degrees of freedom count 1.4 times, Kim and Gu 2004).

Logistic: one sweep over the rows gives loss and gradient for every fold's coefficients; the curvature is kept as long
as steps shrink fast. Steps that raise the loss are halved: full steps diverge where treated and others hardly overlap.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import linalg, special

from profithunt.models.causal.basis import Array, Single
from profithunt.models.causal.design import Design, Mask

_PENALTIES: Final = 10.0 ** np.arange(-6.0, 3.01, 0.5)
_CAUTION: Final = 1.4
_STEPS: Final = 40
_CLOSE: Final = 1e-5
_EXACT: Final = 60_000
_SMALL: Final = 2_000


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
    steps: int


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
    step = design.n // _EXACT
    if step < 2:
        return betas
    sample = design.phi[::step]
    small = Design(np.ascontiguousarray(sample), (slice(0, len(sample)),))
    found = _newton(small, target[::step], weight[::step], betas[-2:], penalty)
    return np.repeat(found.betas[-1:], len(betas), axis=0)


def _newton(design: Design, target: Single, weight: Single, betas: Array, penalty: float) -> Logistic:
    ridges = np.full(design.width, penalty)
    ridges[0] = 1e-8
    exact = design.n <= _SMALL
    loss, slope = _sweep(design, target, weight, betas, ridges)
    curvature = _curvature(design, weight, betas, ridges, exact=exact)
    before = np.inf
    steps = 0
    near = np.inf
    for steps in range(1, _STEPS + 1):
        moves = np.stack([linalg.cho_solve(curvature[k], slope[k], check_finite=False) for k in range(len(betas))])
        gains = (moves * slope).sum(axis=1)
        near = float(gains.max())
        if near < _CLOSE:
            break
        if near > before / 4 or exact:
            curvature = _curvature(design, weight, betas, ridges, exact=exact)
            moves = np.stack([linalg.cho_solve(curvature[k], slope[k], check_finite=False) for k in range(len(betas))])
            gains = (moves * slope).sum(axis=1)
        before = near
        betas, loss, slope = _damped(design, target, weight, betas, moves, gains, loss, slope, ridges)
    return Logistic(_out_of_fold(design, betas), betas, near < 1e-2, steps)


def _damped(
    design: Design,
    target: Single,
    weight: Single,
    betas: Array,
    moves: Array,
    gains: Array,
    loss: Array,
    slope: Array,
    ridges: Array,
) -> tuple[Array, Array, Array]:
    """Move each fold's coefficients as far as its loss falls, at most the whole step."""
    size = np.ones(len(betas))
    best = (betas, loss, slope)
    for _ in range(12):
        tried = betas - size[:, None] * moves
        new_loss, new_slope = _sweep(design, target, weight, tried, ridges)
        # Single precision leaves noise of this size in the loss: a step is not refused for it.
        bad = new_loss > loss - 1e-4 * size * gains + 1e-6 * np.abs(loss)
        best = (
            np.where(bad[:, None], betas, tried),
            np.where(bad, loss, new_loss),
            np.where(bad[:, None], slope, new_slope),
        )
        if not bad.any():
            break
        size = np.where(bad, size / 2, size)
    return best


def _sweep(design: Design, target: Single, weight: Single, betas: Array, ridges: Array) -> tuple[Array, Array]:
    """Loss and gradient of every column of coefficients, each without its fold; the last column takes all rows."""
    several = betas.T.astype(np.float32)
    loss = 0.5 * (betas**2 * ridges).sum(axis=1)
    slope = betas * ridges
    n_folds = len(design.folds)
    for fold, rows in design.parts():
        phi = design.phi[rows]
        odds = phi @ several
        chance = special.expit(odds)
        given = target[rows, None]
        each = weight[rows, None] * (np.logaddexp(np.float32(0), odds) - given * odds)
        error = weight[rows, None] * (chance - given)
        if len(betas) > 1 and n_folds > 1:
            each[:, fold] = 0
            error[:, fold] = 0
        loss += each.sum(axis=0, dtype=np.float64)
        slope += (phi.T @ error).T
    return loss, slope


Factor = tuple[Array, bool]


def _curvature(design: Design, weight: Single, betas: Array, ridges: Array, *, exact: bool) -> list[Factor]:
    """Second derivatives, factored. Many rows: taken once at the coefficients of all rows, less each fold's share."""
    n_folds = len(design.folds)
    spread = np.diag(ridges + 1e-6 * max(float(weight.sum()), 1.0) * 1e-3)
    if exact and n_folds > 1:
        found = []
        for k in range(len(betas)):
            pieces = design.grams(weight=weight * _pull(design.phi, betas[k]))
            total = pieces.sum(axis=0) - (pieces[k] if k < n_folds else 0)
            found.append(linalg.cho_factor(total + spread, check_finite=False))
        return found
    pieces = design.grams(weight=weight * _pull(design.phi, betas[-1]))
    total = pieces.sum(axis=0)
    return [
        linalg.cho_factor(total - (pieces[k] if k < n_folds and n_folds > 1 else 0) + spread, check_finite=False)
        for k in range(len(betas))
    ]


def _pull(phi: Single, beta: Array) -> npt.NDArray[np.float32]:
    chance = special.expit(phi @ beta.astype(np.float32))
    return np.asarray(chance * (1 - chance), dtype=np.float32)


def _out_of_fold(design: Design, betas: Array) -> Array:
    return design.predict(betas[:-1] if len(betas) == len(design.folds) + 1 else betas[-1])
