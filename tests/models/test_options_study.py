"""Delivery options: a planted choice is found from past charges, the best charge by adding up, and right ones are left."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from profithunt.models.option_books import Rows
from profithunt.models.option_choice import Prior, Response, Seen, fit
from profithunt.models.options_study import FEWEST, SURE, NoChoice, study

NAMES = ("standard", "express")
WEIGHS, LOST = 0.4, 0.2
TODAY = (9.0, 14.0)
"""What a unit of a charge weighs in the choice, and the share of what all options lose in worth that leaves."""
COSTS = (5.0, 9.0)
MARGIN, BASKET = 18.0, 50.0
VISITS = 200_000.0


def orders(charges: tuple[float, float]) -> np.ndarray:
    """Expected orders of a month by option, worked out by hand."""
    worth = np.array([math.exp(1.0 - WEIGHS * charges[0]), math.exp(0.5 - WEIGHS * charges[1])])
    return VISITS * 0.1 * worth.sum() ** LOST * worth / worth.sum()


def profit(charges: tuple[float, float]) -> float:
    return float((orders(charges) * (MARGIN - np.array(COSTS) + np.array(charges))).sum())


def books(past: tuple[tuple[float, float], ...], months: int = 4, seed: int = 1, *, visits: bool = True) -> Rows:
    """Each of the charges for some months, today's last; ten bins of baskets around 50, counts as chance gives them."""
    random = np.random.default_rng(seed)
    n_months, n_bins = len(past) * months, 10
    month, option, place = (part.ravel() for part in np.meshgrid(range(n_months), (0, 1), range(n_bins), indexing="ij"))
    expected = np.stack([orders(past[at // months]) for at in range(n_months)])[month, option] / n_bins
    n = random.poisson(expected).astype(float)
    charge = np.array(past)[month // months, option]
    value = (BASKET - 4.5 + place) * n
    before = MARGIN - np.array(COSTS)[option]
    return Rows(
        month=month.astype(np.intp), option=option.astype(np.intp), names=NAMES, bin=(45 + place).astype(np.intp),
        is_new=place % 2 == 0, orders=n, free=np.where(charge > 0, 0.0, n), charged=charge * n, value=value,
        served=np.array(COSTS)[option] * n, earned=before * n, squared=(before + charge) ** 2 * n,
        days=[30.0] * n_months, visits=[VISITS if visits else None] * n_months,
    )  # fmt: skip


PAST = ((3.0, 6.0), (3.0, 9.0), (5.0, 12.0), (1.0, 9.0))


@pytest.fixture(scope="module")
def found():
    return study(books((*PAST, TODAY)))


def test_what_a_charge_weighs_is_found_from_past_changes(found):
    mean = np.mean([charge for pair in (*PAST, TODAY) for charge in pair])
    low, _, high = found.behaviour["switching"]
    assert low * 0.9 <= WEIGHS * mean <= high * 1.1
    assert found.learnt["switching"] > 0.8
    assert [option.seen for option in found.options] == [
        pytest.approx((3.0, 5.0, 1.0, 9.0)), pytest.approx((6.0, 9.0, 12.0, 9.0, 14.0)),
    ]  # fmt: skip


def test_the_charges_taken_earn_much_of_what_the_best_of_all_do(found):
    assert found.recommended is not None
    grid = [tuple(one.charges) for one in found.candidates]
    best = max([*grid, found.recommended.charges], key=profit)
    today = TODAY
    assert profit(found.recommended.charges) - profit(today) >= 0.5 * (profit(best) - profit(today))
    assert found.recommended.gain == pytest.approx(
        (profit(found.recommended.charges) - profit(today)) * 28 / 30, rel=0.35
    )
    assert sum(side.gain for side in found.sides) == pytest.approx(found.recommended.gain, rel=0.1)
    assert found.n_per_arm is not None


def test_right_charges_are_left():
    steps = [(a / 2, b / 2) for a in range(21) for b in range(41)]
    best = max(steps, key=profit)
    past = ((best[0] + 1, best[1]), (best[0], best[1] + 3), (best[0] + 2, best[1] + 6))
    assert study(books((*past, best))).recommended is None


def test_where_charges_never_moved_little_is_learnt_and_beliefs_are_shown_to_speak():
    still = study(books(((3.0, 5.0),), months=12))
    assert still.learnt["switching"] < 0.3
    assert still.recommended is None or still.recommended.better >= SURE


def test_an_option_that_is_free_from_some_basket_on_keeps_its_charge():
    rows = books((*PAST, (3.0, 5.0)))
    free = (rows.option == 0) & (rows.bin >= 50)
    rows = Rows(
        **{**rows.__dict__, "free": np.where(free, rows.orders, 0.0), "charged": np.where(free, 0.0, rows.charged)}
    )
    found = study(rows)
    assert [option.flat for option in found.options] == [False, True]
    assert {one.charges[0] for one in found.candidates} == {found.options[0].charge}


def test_too_little_to_study_is_a_sentence_each():
    few = books(((3.0, 5.0),), months=1)
    with pytest.raises(NoChoice, match=f"fewer than {FEWEST:,}"):
        study(Rows(**{**few.__dict__, "orders": few.orders / 100, "charged": few.charged / 100}))
    with pytest.raises(NoChoice, match="one delivery option only"):
        study(Rows(**{**few.__dict__, "names": ("standard",)}))


@given(
    charges=st.lists(st.floats(0, 15), min_size=3, max_size=3),
    dearer=st.floats(0.1, 5),
    at=st.integers(0, 2),
    behaviour=st.tuples(*[st.floats(-1, 1)] * 2, st.floats(-0.3, 0.3), st.floats(0, 0.5), st.floats(-2, 1)),
)
@settings(max_examples=60, deadline=None)
def test_a_dearer_option_loses_orders_the_others_gain_no_more_than_those(charges, dearer, at, behaviour):
    basket = np.array([20.0, 40.0, 90.0])
    draws = np.array([[*behaviour, *np.zeros(3), *np.tile([0.5, -0.5], (3, 1)).T.ravel()]])
    response = Response(draws, 3, 5.0, basket)
    before = np.tile(np.array(charges)[:, None], (1, 3))
    after = before.copy()
    after[at] += dearer
    change = (response.orders(after) - response.orders(before))[0].sum(axis=1)
    others = np.delete(change, at)
    assert change[at] <= 1e-12
    assert (others >= -1e-9).all()
    assert change.sum() <= 1e-9


def test_months_whose_visits_are_not_known_say_nothing_of_who_leaves():
    """Half of the months without visits sold three times as much: a campaign, not the charge."""
    rows = books((*PAST, (3.0, 5.0)))
    months, shape = len(rows.days), (len(rows.days), 2, 1)
    counts = np.zeros(shape)
    np.add.at(counts, (rows.month, rows.option, np.zeros_like(rows.option)), rows.orders)
    charge = np.array([*PAST, (3.0, 5.0)])[np.arange(months) // 4][:, :, None]
    known = np.arange(months) >= 8
    counts[~known] *= 3
    seen = Seen(counts, charge, np.full(months, VISITS), known, np.array([BASKET]))
    low, _, high = fit(seen, Prior()).behaviour()["sensitivity"]
    assert low <= LOST * WEIGHS * BASKET <= high
