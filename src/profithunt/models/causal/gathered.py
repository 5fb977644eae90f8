"""From the columns that an engine gives, batch by batch, to a trial; and from choices to columns again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from profithunt.models.causal.basis import Array, Single
from profithunt.models.causal.learner import Choice, choose
from profithunt.models.causal.study import CONTROL, Study

Columns = Mapping[str, npt.NDArray[Any]]

_MONEY = ("outcome", "placebo", "index_profit")


@dataclass(frozen=True)
class Cohort:
    """Rows of a cohort in order of their unit: covariates (NaN where null), outcome, placebo, index order's profit."""

    x: Single
    outcome: Array
    placebo: Array
    index_profit: Array

    @property
    def n(self) -> int:
        """Customers."""
        return len(self.x)


def cohort_of(batches: Iterable[Columns], covariates: Sequence[str]) -> Cohort:
    """Put batches of rows together; money that has not been earned yet counts as 0 and is not used."""
    x: list[Single] = []
    money: dict[str, list[Array]] = {name: [] for name in _MONEY}
    for batch in batches:
        x.append(np.column_stack([_filled(batch[name]).astype(np.float32) for name in covariates]))
        for name in _MONEY:
            money[name].append(np.nan_to_num(_filled(batch[name])))
    empty = np.zeros(0)
    return Cohort(
        np.concatenate(x) if x else np.zeros((0, len(covariates)), dtype=np.float32),
        *(np.concatenate(money[name]) if x else empty for name in _MONEY),
    )


def states_of(batches: Iterable[Columns], n: int, n_actions: int) -> npt.NDArray[np.int8]:
    """Customers × actions from rows (unit, action_no, state); who has no row is a control."""
    state = np.zeros((n, n_actions), dtype=np.int8)
    for batch in batches:
        state[batch["unit"].astype(np.int64), batch["action_no"].astype(np.int64)] = batch["state"].astype(np.int8)
    return state


def mean_where(values: Array, state: npt.NDArray[np.int8], action: int, which: int) -> float:
    """Mean over the customers in one arm of an action."""
    return float(values[state[:, action] == which].mean())


def choices_of(
    found: Study,
    now: Cohort,
    state: npt.NDArray[np.int8],
    offered: Sequence[tuple[int, str, float, float]],
) -> dict[str, npt.NDArray[Any]]:
    """The next best action of each customer as columns; `offered` are (number, name, cost, uptake)."""
    numbers = np.array([number for number, _, _, _ in offered], dtype=np.int64)
    if len(offered):
        choice = choose(
            found.basis,
            now.x,
            [found.fits[name] for _, name, _, _ in offered],
            state[:, numbers] == CONTROL,
            cost=np.array([cost for _, _, cost, _ in offered]),
            uptake=np.array([uptake for _, _, _, uptake in offered]),
        )
    else:
        choice = Choice(np.zeros(0, dtype=np.intp), np.zeros(0), np.zeros(0), np.zeros(0))
    those = choice.action >= 0
    return {
        "unit": np.flatnonzero(those).astype(np.int64),
        "action_no": numbers[choice.action[those]] if len(offered) else numbers,
        "effect": choice.effect[those],
        "error": choice.error[those],
        "net": choice.net[those],
    }


def _filled(values: npt.NDArray[Any]) -> Array:
    return np.asarray(np.ma.filled(np.ma.asarray(values, dtype=np.float64), np.nan))
