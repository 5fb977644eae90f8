"""Which terms a shop had is read off its orders: one threshold, a change, never free, always free, mixed months."""

from __future__ import annotations

import math

import numpy as np
import pytest

from profithunt.models.terms_seen import Baskets, periods

EDGES = np.arange(0.0, 101.0)
MIDDLE = (EDGES[1:] + EDGES[:-1]) / 2


def baskets(*months: tuple[float, float], wrong: float = 0.0, orders: float = 20.0) -> Baskets:
    """Months of equal orders in each bin under (threshold, charge); `wrong` of them paid or not against the terms."""
    every = np.full((len(months), len(MIDDLE)), orders)
    free = np.stack([np.where(threshold <= MIDDLE, 1 - wrong, wrong) * orders for threshold, _ in months])
    charged = (every - free) * np.array([[charge] for _, charge in months])
    return Baskets(EDGES, every, free, charged)


def test_equal_months_are_one_period_and_a_change_starts_another():
    found = periods(baskets((40, 4.9), (40, 4.9), (60, 4.9), (60, 4.9), (60, 5.9)))
    assert [(one.first, one.last, one.threshold) for one in found] == [(0, 1, 40), (2, 3, 60), (4, 4, 60)]
    assert [one.charge for one in found] == pytest.approx([4.9, 4.9, 5.9])
    assert all(one.agrees == 1.0 for one in found)


def test_always_free_and_never_free():
    always, never = periods(baskets((0, 0.0), (0, 0.0), (math.inf, 3.5)))
    assert (always.threshold, always.charge, always.first, always.last) == (0.0, 0.0, 0, 1)
    assert (never.threshold, never.charge) == (math.inf, pytest.approx(3.5))


def test_a_few_orders_against_the_terms_do_not_hide_them():
    (found,) = periods(baskets((40, 4.9), (40, 4.9), wrong=0.04))
    assert (found.threshold, found.agrees) == (40, pytest.approx(0.96))


def test_a_month_in_which_both_terms_held_is_in_no_period():
    mixed = baskets((40, 4.9), (40, 4.9), (80, 4.9))
    mixed.free[1] = (mixed.free[0] + mixed.free[2]) / 2
    mixed.charged[1] = (mixed.charged[0] + mixed.charged[2]) / 2
    found = periods(mixed)
    assert [(one.first, one.last, one.threshold) for one in found] == [(0, 0, 40), (2, 2, 80)]


def test_months_are_the_same_where_no_order_could_tell_them_apart():
    thin = baskets((60, 4.9), (64, 4.9))
    for matrix in (thin.orders, thin.free, thin.charged):
        matrix[:, 58:66] = 0
    assert len(periods(thin)) == 1


def test_a_stray_order_is_no_change_of_terms():
    stray = baskets((60, 4.9), (60, 4.9), (60, 4.9), orders=1.0)
    stray.free[1, 57] += 1
    stray.charged[1, 57] = 0
    assert [(one.first, one.last, one.threshold) for one in periods(stray)] == [(0, 2, 60)]


def test_no_orders_no_terms():
    assert periods(baskets((40, 4.9), orders=0.0)) == ()
