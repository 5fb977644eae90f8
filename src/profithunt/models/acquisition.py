"""What the customers that a product, keyword or campaign brings are worth, the mix they came in taken out.

A keyword that was bought before Christmas brings customers of another kind than one bought in spring, whatever the
keyword does. So members are compared within the mix: the outcome is regressed on membership and on the mix (month,
channel, marketing channel, country of the first order, each as a set of indicators), member by member, against
everybody else acquired. Only grouped sums are needed (counts, sums and sums of squares by member and cell of the mix),
so the cost does not grow with the customers. Errors are robust to unequal variances. The differences of a dimension
are then held towards each other by empirical Bayes, the more, the fewer customers a member brought.

Not causal: what else differs between the customers of two keywords is not taken out.

Source: Frisch and Waugh (1933) for the partialling out, White (1980) for the errors; METRICS section 4 (shrinkage).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from profithunt.models.shrinkage import Array, fit_normal

Index = npt.NDArray[np.intp]

_BLOCK = 64
_LEAST_OWN = 0.02
"""Share of a member's customers that must not follow from the mix: else there is nobody to compare with."""
_FEWEST_PEERS = 4
_DRAWS = 400
_LEVELS = 40
"""Levels of one part of the mix that are told apart; the rarest beyond are put together."""


@dataclass(frozen=True)
class Cells:
    """Everybody, by cell of the mix: labels of the mix (one array a part), customers, sum and sum of squares."""

    mix: tuple[npt.NDArray[np.object_], ...]
    n: Array
    total: Array
    squares: Array


@dataclass(frozen=True)
class Members:
    """Those of each member, by cell: number of the member and of the cell, customers, sum and sum of squares."""

    member: Index
    cell: Index
    n: Array
    total: Array
    squares: Array
    count: int


@dataclass(frozen=True)
class Lift:
    """Each member against everybody else of the same mix; NaN where there is nobody to compare with.

    `naive` is the plain mean; `difference` that to all others in the same mix, with its standard `error`; `lift` the
    difference to everybody after shrinkage, with its tenth and ninetieth percentile; `better` the probability that it
    lies above zero.
    """

    customers: Array
    naive: Array
    difference: Array
    error: Array
    lift: Array
    low: Array
    high: Array
    better: Array


def design(mix: tuple[npt.NDArray[np.object_], ...], n: Array) -> Array:
    """The mix as columns of indicators, shape (cells, columns), the commonest level of each part left out."""
    columns = [np.ones(len(n))]
    for labels in mix:
        levels, codes = np.unique(labels.astype(str), return_inverse=True)
        sizes = np.bincount(codes, weights=n, minlength=len(levels))
        commonest = np.argsort(-sizes, kind="stable")
        told = commonest[1 : _LEVELS + 1]
        columns += [(codes == level).astype(np.float64) for level in told]
    return np.column_stack(columns)


def adjusted(cells: Cells, members: Members) -> Lift:
    """Each member's difference to everybody else, the mix taken out, and held towards the others."""
    x = design(cells.mix, cells.n)
    normal: Array = np.asarray(np.linalg.pinv(x.T @ (cells.n[:, None] * x)), dtype=np.float64)
    moment = x.T @ cells.total

    def summed(values: Array) -> Array:
        return np.asarray(np.bincount(members.member, weights=values, minlength=members.count), dtype=np.float64)

    held: Array = np.array([summed(column) for column in (x[members.cell] * members.n[:, None]).T])
    gamma: Array = np.asarray(normal @ held, dtype=np.float64)
    fitted = np.einsum("rp,pr->r", x[members.cell], gamma[:, members.member])
    customers = summed(members.n)
    own = summed(members.n * (1 - fitted))
    comparable = own > _LEAST_OWN * customers
    safe = np.where(comparable, own, 1.0)
    difference = np.where(comparable, (summed(members.total) - gamma.T @ moment) / safe, 0.0)
    error = np.sqrt(_variance(cells, members, x, normal, moment, held, gamma, difference)) / safe
    # From the difference to all others to that to everybody, the member's own customers among them.
    rest = 1 - customers / cells.n.sum()
    lift, low, high, better = _shrunk(rest * difference, rest * error, comparable)
    gone = np.where(comparable, 0.0, np.nan)
    return Lift(
        customers=customers,
        naive=summed(members.total) / customers,
        difference=difference + gone,
        error=error + gone,
        lift=lift + gone,
        low=low + gone,
        high=high + gone,
        better=better + gone,
    )


def _variance(
    cells: Cells,
    members: Members,
    x: Array,
    normal: Array,
    moment: Array,
    held: Array,
    gamma: Array,
    difference: Array,
) -> Array:
    """Sum of squared residuals weighted by squared residual membership: the middle of the robust variance."""
    theta = normal @ (moment[:, None] - held * difference[None, :])
    result = np.zeros(members.count)
    for start in range(0, members.count, _BLOCK):
        chosen = np.arange(start, min(start + _BLOCK, members.count))
        inside = (members.member >= chosen[0]) & (members.member <= chosen[-1])
        shape = (len(cells.n), len(chosen))
        place = (members.cell[inside], members.member[inside] - start)
        n, total, squares = (np.zeros(shape) for _ in range(3))
        n[place], total[place], squares[place] = members.n[inside], members.total[inside], members.squares[inside]
        follows, level = x @ gamma[:, chosen], x @ theta[:, chosen]
        with_it = level + difference[chosen]
        mine = squares - 2 * with_it * total + with_it**2 * n
        rest_total, rest_n = cells.total[:, None] - total, cells.n[:, None] - n
        others = (cells.squares[:, None] - squares) - 2 * level * rest_total + level**2 * rest_n
        result[chosen] = ((1 - follows) ** 2 * np.maximum(mine, 0) + follows**2 * np.maximum(others, 0)).sum(axis=0)
    return result


def _shrunk(difference: Array, error: Array, comparable: npt.NDArray[np.bool_]) -> tuple[Array, Array, Array, Array]:
    """Lift, tenth and ninetieth percentile, probability above zero."""
    lift, low, high, better = (np.zeros(len(difference)) for _ in range(4))
    index = np.flatnonzero(comparable)
    if not len(index):
        return lift, low, high, better
    value, spread = difference[index], np.maximum(error[index], 1e-9)
    if len(index) < _FEWEST_PEERS:
        # Too few to say how members differ: nothing is held against anything.
        draws = value[:, None] + spread[:, None] * _normal_levels()[None, :]
        lift[index], better[index] = value, (draws > 0).mean(axis=1)
    else:
        posterior = fit_normal(value, spread).posterior(value, spread)
        first, second = _uniforms()
        draws = posterior.draws(first, second)
        lift[index], better[index] = posterior.mean, posterior.above(np.zeros(len(index)))
    low[index], high[index] = np.quantile(draws, 0.1, axis=1), np.quantile(draws, 0.9, axis=1)
    return lift, low, high, better


def _uniforms() -> tuple[Array, Array]:
    """Two rows of evenly spread numbers in (0, 1), the same each time (additive recurrence, Roberts 2018)."""
    turns = np.arange(1, _DRAWS + 1)
    golden = 1.32471795724474602596
    return (0.5 + turns / golden) % 1.0, np.clip((0.5 + turns / golden**2) % 1.0, 1e-6, 1 - 1e-6)


def _normal_levels() -> Array:
    return np.asarray(special.ndtri((np.arange(_DRAWS) + 0.5) / _DRAWS), dtype=np.float64)
