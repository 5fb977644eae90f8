"""The acquisition lens: the same as a regression over customers, free of the mix, and right about what was planted."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from profithunt.models.acquisition import Cells, Members, adjusted, design

N = 30_000


def grouped(
    mix: list[npt.NDArray[np.int64]], member: npt.NDArray[np.int64], y: npt.NDArray[np.float64]
) -> tuple[Cells, Members]:
    """The sums that the engine gives: by cell of the mix, and by member and cell. A member below 0 is none."""
    keys, cell = np.unique(np.column_stack(mix), axis=0, return_inverse=True)
    cell = cell.reshape(-1)
    count = len(keys)

    def sums(index: npt.NDArray[np.int64], size: int) -> list[npt.NDArray[np.float64]]:
        return [np.bincount(index, weights=w, minlength=size) for w in (np.ones(len(index)), values, values**2)]

    values = y
    cells = Cells(tuple(keys[:, n].astype(object) for n in range(keys.shape[1])), *sums(cell, count))
    inside = member >= 0
    values = y[inside]
    pair = member[inside] * count + cell[inside]
    n_members = int(member.max()) + 1
    n, total, squares = sums(pair, n_members * count)
    seen = np.flatnonzero(n)
    return cells, Members(seen // count, seen % count, n[seen], total[seen], squares[seen], n_members)


def test_it_equals_a_regression_over_all_customers_with_robust_errors() -> None:
    chance = np.random.default_rng(1)
    month, channel = chance.integers(0, 6, 3000), chance.integers(0, 3, 3000)
    member = np.where(chance.random(3000) < 0.2 + 0.05 * month, chance.integers(0, 4, 3000), -1)
    y = 20 + 5 * month + 3 * (channel == 1) + 4 * (member == 2) + chance.normal(0, 10 + month, 3000)
    cells, members = grouped([month, channel], member, y)
    found = adjusted(cells, members)
    x = design((month.astype(object), channel.astype(object)), np.ones(3000))
    for number in range(4):
        columns = np.column_stack([x, member == number])
        inverse = np.linalg.inv(columns.T @ columns)
        beta = inverse @ columns.T @ y
        rest = y - columns @ beta
        variance = inverse @ (columns.T * rest**2) @ columns @ inverse
        assert found.difference[number] == pytest.approx(beta[-1], rel=1e-8)
        assert found.error[number] == pytest.approx(variance[-1, -1] ** 0.5, rel=1e-8)


def test_a_keyword_bought_before_christmas_is_not_praised_for_christmas() -> None:
    chance = np.random.default_rng(2)
    month = chance.integers(0, 12, N)
    member = chance.integers(0, 30, N)
    # Member 0 comes in December only, when customers are worth 40 more; member 1 really brings better ones.
    member = np.where((member == 0) & (month != 11), 5, member)
    y = 50 + 40 * (month == 11) + 12 * (member == 1) + chance.standard_t(3, N) * 30
    found = adjusted(*grouped([month], member, y))
    assert found.naive[0] - y.mean() > 30
    assert abs(found.lift[0]) < 6
    assert abs(found.difference[0]) < 2.5 * found.error[0]
    assert found.lift[1] == pytest.approx(12, abs=4)
    assert found.better[1] > 0.95
    others = np.arange(2, 30)
    assert np.abs(found.lift[others]).mean() < np.abs(found.difference[others]).mean()


def test_small_members_are_held_back_and_intervals_cover() -> None:
    chance = np.random.default_rng(3)
    true = chance.normal(0, 5, 200)
    sizes = chance.integers(10, 400, 200)
    member = np.repeat(np.arange(200), sizes)
    month = chance.integers(0, 4, len(member))
    y = 30 + true[member] + 3 * month + chance.normal(0, 40, len(member))
    found = adjusted(*grouped([month], member, y))
    centred = true - np.average(true, weights=sizes)
    assert ((found.lift - centred) ** 2).mean() < ((found.naive - y.mean() - centred) ** 2).mean()
    inside = (found.low <= centred) & (centred <= found.high)
    assert 0.7 < inside.mean() < 0.9


def test_who_has_nobody_to_compare_with_is_not_judged() -> None:
    month = np.array([0, 0, 0, 1, 1, 1])
    member = np.array([0, 0, 0, 1, 1, -1])
    found = adjusted(*grouped([month], member, np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])))
    assert np.isnan(found.lift[0])
    assert not np.isnan(found.lift[1])
    assert found.naive[0] == 2
