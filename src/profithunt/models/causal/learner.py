"""The effect of an action on one customer, and which action each customer should be led to next.

A doubly robust learner: every customer of the trial has a score that is right on average and very noisy; regressing the
scores on what was known of the customer gives the effect to expect of anyone like them, shrunk towards the average by
cross-validation. Source: METRICS section 3; Kennedy (2023).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from profithunt.models.causal.basis import Array, Basis, blocks
from profithunt.models.causal.design import Design, Mask
from profithunt.models.causal.regression import Ridge, ridge


@dataclass(frozen=True)
class Choice:
    """Each customer's next best action: its place in the list (−1: none pays), effect, its error, and the net."""

    action: npt.NDArray[np.intp]
    effect: Array
    error: Array
    net: Array


def learn(design: Design, eligible: Mask, score: Array, gram: Array) -> Ridge:
    """Regress the scores of the eligible on their columns; `gram` are their columns by columns."""
    level, spread = float(score.mean()), float(score.std()) or 1.0
    wide = np.zeros(design.n)
    wide[eligible] = (score - level) / spread
    moment = design.moments(wide).sum(axis=0)
    found = ridge(gram, moment, float((wide**2).sum()), float(eligible.sum()))
    beta = found.beta * spread
    beta[0] += level
    return Ridge(beta, found.penalty, found.inverse, found.variance * spread**2)


def choose(
    basis: Basis,
    x: npt.NDArray[np.floating],
    fits: list[Ridge],
    open_to: npt.NDArray[np.bool_],
    *,
    cost: Array,
    uptake: Array,
) -> Choice:
    """The action with the highest expected profit for each customer, after the cost of prompting it.

    `open_to` customers × actions says who may still take it, `uptake` the share of those prompted who do. An action
    that costs more than it brings is not chosen.
    """
    n = len(x)
    result = Choice(np.full(n, -1), np.full(n, np.nan), np.full(n, np.nan), np.full(n, np.nan))
    if not fits:
        return result
    betas = np.column_stack([item.beta for item in fits]).astype(np.float32)
    for rows in blocks(n):
        phi = basis.apply(x[rows])
        effect = (phi @ betas).astype(np.float64)
        net = np.where(open_to[rows], effect * uptake - cost, -np.inf)
        best = np.argmax(net, axis=1)
        each = np.arange(len(best))
        pays = net[each, best] > 0
        result.action[rows] = np.where(pays, best, -1)
        result.effect[rows] = np.where(pays, effect[each, best], np.nan)
        result.net[rows] = np.where(pays, net[each, best], np.nan)
        for action in np.unique(best[pays]):
            those = np.flatnonzero(pays & (best == action))
            spread = np.einsum("ij,ij->i", phi[those] @ fits[action].inverse, phi[those])
            result.error[rows.start + those] = np.sqrt(np.maximum(spread * fits[action].variance, 0.0))
    return result
