"""Whether an effect may be believed: overlap, balance, and how strong a hidden cause would have to be.

| check | figure |
| --- | --- |
| overlap | share of the population for whom both arms are at least a tenth as frequent as overall |
| balance | largest standardised mean difference of a covariate that weighting leaves |
| sensitivity | robustness value: partial R² that a hidden cause would need with action and outcome to explain it away |

Source: METRICS section 3; Crump et al. (2009); Austin (2009); Cinelli and Hazlett (2020).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from profithunt.models.causal.basis import Array, Single, blocks
from profithunt.models.causal.design import Mask
from profithunt.models.causal.effects import ESTIMANDS, Estimand, Nuisance, Z

_TENTH: Final = 0.1


@dataclass(frozen=True)
class Balance:
    """Largest standardised mean difference left by the weights of one estimand, and the covariate that has it."""

    largest: float
    column: int


def overlap(known: Nuisance) -> dict[Estimand, float]:
    """Share of each estimand's population in which both arms occur: at least a tenth as often as overall."""
    t = known.treated[known.eligible].astype(np.float64)
    e = known.chance[known.eligible]
    share = float(np.clip(t.mean(), 1e-12, 1 - 1e-12))
    with_it = e >= _TENTH * share
    without = 1 - e >= _TENTH * (1 - share)
    both = (with_it & without).astype(np.float64)
    return {
        "ATE": float(both.mean()),
        "ATT": float((t * without).sum() / max(float(t.sum()), 1e-12)),
        "ATO": float((e * (1 - e) * both).sum() / max(float((e * (1 - e)).sum()), 1e-12)),
    }


def balance(x: Single, treated: Mask, eligible: Mask, chance: Array) -> dict[Estimand, Balance]:
    """What the weights leave of the difference between the arms, for each covariate of `x` (no missing values)."""
    t = (treated & eligible).astype(np.float32)
    c = (eligible & ~treated).astype(np.float32)
    e = chance.astype(np.float32)
    weights = np.column_stack([t, c, t / e, c / (1 - e), t, c * e / (1 - e), t * (1 - e), c * e])
    sums = np.zeros((weights.shape[1], x.shape[1]))
    squares = np.zeros((2, x.shape[1]))
    for rows in blocks(len(x)):
        sums += weights[rows].T @ x[rows]
        squares += weights[rows, :2].T @ (x[rows] ** 2)
    totals = np.maximum(weights.sum(axis=0, dtype=np.float64), 1e-12)[:, None]
    means = sums / totals
    spread = np.sqrt(np.maximum(squares / totals[:2] - means[:2] ** 2, 0).mean(axis=0))
    result: dict[Estimand, Balance] = {}
    for at, name in enumerate(ESTIMANDS):
        gap = np.abs(means[2 + 2 * at] - means[3 + 2 * at])
        differences = np.where(spread > 1e-6, gap / np.maximum(spread, 1e-6), 0.0)
        column = int(np.argmax(differences)) if len(differences) else 0
        result[name] = Balance(float(differences[column]) if len(differences) else 0.0, column)
    return result


def filled(x: npt.NDArray[np.floating]) -> Single:
    """Covariates in standard deviations, missing values at the mean: what balance is measured on."""
    out = np.empty(x.shape, dtype=np.float32)
    for column in range(x.shape[1]):
        values = np.asarray(x[:, column], dtype=np.float64)
        known = np.isfinite(values)
        mean = float(values[known].mean()) if known.any() else 0.0
        spread = float(values[known].std()) if known.any() else 0.0
        out[:, column] = np.where(known, (values - mean) / (spread or 1.0), 0.0)
    return out


def robustness(effect: float, error: float, freedom: float, *, significant: bool = False) -> float:
    """Partial R² that a hidden cause needs with action and outcome alike to bring the effect to zero.

    `significant`: to bring the end of the interval to zero instead.
    """
    if error <= 0 or freedom <= 0:
        return 0.0
    strength = abs(effect) / error - (Z if significant else 0.0)
    f = max(strength, 0.0) / float(np.sqrt(freedom))
    return 0.5 * (float(np.sqrt(f**4 + 4 * f**2)) - f**2)
