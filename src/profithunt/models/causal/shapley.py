"""The worth of actions that come together, split so that nothing is counted twice.

A customer who buys own label in a new category did two actions with one order. Each action's effect alone holds part of
the other's. Here all actions are estimated together: the worth of a set of actions is what they add up to when only
they are in the model, and each action's share is what it adds on average over all orders of entering (Shapley).

The shares add up to the worth of all actions together, exactly. Population: overlap weights. Source: METRICS section 3.
"""

from __future__ import annotations

from itertools import permutations

import numpy as np

from profithunt.models.causal.basis import Array

_EXACT = 7
_DRAWS = 200


def split(gram: Array, moment: Array, counts: Array, seed: int = 7) -> Array:
    """Each action's share of the worth of all, money over all who did it.

    `gram` actions by actions and `moment` actions by outcome of what the covariates leave of each (treated less its
    chance; outcome less its prediction); `counts` those who did it.
    """
    n = len(counts)
    if not n:
        return np.zeros(0)
    if n <= _EXACT:
        orders = list(permutations(range(n)))
    else:
        generator = np.random.default_rng(seed)
        half = [tuple(int(at) for at in generator.permutation(n)) for _ in range(_DRAWS)]
        orders = half + [order[::-1] for order in half]
    known: dict[frozenset[int], float] = {frozenset(): 0.0}
    shares = np.zeros(n)
    for order in orders:
        inside: list[int] = []
        before = 0.0
        for action in order:
            inside.append(action)
            key = frozenset(inside)
            if key not in known:
                known[key] = _worth(gram, moment, counts, sorted(key))
            shares[action] += known[key] - before
            before = known[key]
    return shares / len(orders)


def _worth(gram: Array, moment: Array, counts: Array, inside: list[int]) -> float:
    part = gram[np.ix_(inside, inside)]
    part = part + 1e-9 * np.diag(np.diag(part) + 1e-12)
    return float(counts[inside] @ np.linalg.solve(part, moment[inside]))
