"""Maximum likelihood: damped Newton from several starts, and what can be said of the point that it ends at.

Parameters are positive and are searched by their logarithms, inside wide bounds. A fit counts as converged when no
parameter that lies inside the bounds wants to move; a parameter that runs to a bound is named, since the data can't
tell how far it would go.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

Evaluate = Callable[[Array], tuple[float, Array, Array]]
"""Log-likelihood, its gradient and its Hessian at the parameters (positive, not their logarithms)."""

LOWEST, HIGHEST = -11.0, 11.0
"""Bounds of the logarithm of a parameter."""

_ROUNDS = 200
_ENOUGH = 1e-9
_LONGEST = 2.0


@dataclass(frozen=True)
class Fit:
    """The point of maximum likelihood.

    `parameters` by name, `log_likelihood`, `covariance` of the logarithms of the parameters (0 for one at a bound),
    `converged`, `reason` why not, `at_bound` the parameters that ran to a bound, `customers` fitted, `rounds` used.
    """

    parameters: dict[str, float]
    log_likelihood: float
    covariance: Array
    converged: bool
    customers: float
    reason: str = ""
    at_bound: tuple[str, ...] = ()
    rounds: int = 0

    @property
    def values(self) -> Array:
        """The parameters in their order."""
        return np.array(list(self.parameters.values()))

    @property
    def errors(self) -> dict[str, float | None]:
        """Standard error of each parameter (delta method); None where the data can't tell."""
        spread = np.sqrt(np.maximum(np.diag(self.covariance), 0))
        return {
            name: None if name in self.at_bound or not self.converged else float(value * error)
            for (name, value), error in zip(self.parameters.items(), spread, strict=True)
        }

    def draws(self, n: int, random: np.random.Generator) -> Array:
        """`n` sets of parameters that the data allow as well, one a row: normal in the logarithms."""
        values, vectors = np.linalg.eigh(self.covariance)
        # Half a unit of the logarithm and more says "anything": further out draws would only be extreme, not informed.
        scale = np.sqrt(np.clip(values, 0, 0.25))
        normal = random.standard_normal((n, len(values)))
        around = np.clip(np.log(self.values) + (normal * scale) @ vectors.T, LOWEST, HIGHEST)
        return np.asarray(np.exp(around), dtype=np.float64)


def maximise(evaluate: Evaluate, starts: Sequence[Array], names: Sequence[str], customers: float) -> Fit:
    """Climb from every start; the highest point reached."""
    best: Fit | None = None
    for start in starts:
        fit = _climb(evaluate, np.log(start), names, customers)
        better = best is None or (fit.converged, fit.log_likelihood) > (best.converged, best.log_likelihood)
        if better:
            best = fit
    if best is None:
        msg = "there must be a start"
        raise ValueError(msg)
    return best


def _climb(evaluate: Evaluate, start: Array, names: Sequence[str], customers: float) -> Fit:
    at = np.clip(start, LOWEST, HIGHEST)
    value, slope, bend = _logs(evaluate, at)
    damping, rounds = 1e-3, 0
    if not np.isfinite(value):
        return _failed(at, names, customers, "the likelihood can't be computed at the start")
    for rounds in range(1, _ROUNDS + 1):
        free = _free(at, slope)
        step = _step(slope, bend, free, damping * customers)
        gain = float(step @ slope)
        if gain <= _ENOUGH * max(1.0, 1e-4 * customers):
            return _finished(at, value, bend, free, names, customers, rounds)
        there = np.clip(at + step, LOWEST, HIGHEST)
        new = _logs(evaluate, there)
        if np.isfinite(new[0]) and new[0] >= value - 1e-12 * abs(value):
            at, (value, slope, bend) = there, new
            damping = max(damping * 0.1, 1e-9)
        elif damping > 1e6:
            break
        else:
            damping *= 8
    return _failed(at, names, customers, f"no maximum was found in {rounds} steps", value)


def _logs(evaluate: Evaluate, at: Array) -> tuple[float, Array, Array]:
    """Value, gradient and Hessian by the logarithms of the parameters."""
    parameters = np.exp(at)
    with np.errstate(all="ignore"):
        value, slope, bend = evaluate(parameters)
    slope = slope * parameters
    bend = bend * np.outer(parameters, parameters) + np.diag(slope)
    if not (np.isfinite(slope).all() and np.isfinite(bend).all()):
        value = -np.inf
    return float(value), slope, bend


def _free(at: Array, slope: Array) -> npt.NDArray[np.bool_]:
    """Parameters that don't lie at a bound that they press against."""
    return ~(((at <= LOWEST) & (slope <= 0)) | ((at >= HIGHEST) & (slope >= 0)))


def _step(slope: Array, bend: Array, free: npt.NDArray[np.bool_], damping: float) -> Array:
    """Newton's step where the surface bends down, a step uphill where it does not; never far at once."""
    step = np.zeros_like(slope)
    if not free.any():
        return step
    values, vectors = np.linalg.eigh(-bend[np.ix_(free, free)])
    step[free] = vectors @ ((vectors.T @ slope[free]) / (np.abs(values) + damping))
    longest = np.abs(step).max()
    return step if longest <= _LONGEST else step * (_LONGEST / longest)


def _finished(
    at: Array,
    value: float,
    bend: Array,
    free: npt.NDArray[np.bool_],
    names: Sequence[str],
    customers: float,
    rounds: int,
) -> Fit:
    covariance = np.zeros_like(bend)
    inside = free & (at > LOWEST) & (at < HIGHEST)
    reason = ""
    if inside.any():
        values, vectors = np.linalg.eigh(-bend[np.ix_(inside, inside)])
        if values.min() < -1e-6 * max(1.0, values.max()):
            reason = "the point found is no maximum"
        covariance[np.ix_(inside, inside)] = (vectors / np.maximum(values, 1e-9)) @ vectors.T
    return Fit(
        parameters=dict(zip(names, np.exp(at).tolist(), strict=True)),
        log_likelihood=value,
        covariance=covariance,
        converged=not reason,
        customers=customers,
        reason=reason,
        at_bound=tuple(name for name, within in zip(names, inside, strict=True) if not within),
        rounds=rounds,
    )


def _failed(at: Array, names: Sequence[str], customers: float, reason: str, value: float = float("-inf")) -> Fit:
    none = np.zeros((len(at), len(at)))
    return Fit(dict(zip(names, np.exp(at).tolist(), strict=True)), value, none, False, customers, reason)
