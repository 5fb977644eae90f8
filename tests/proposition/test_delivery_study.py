"""The response to delivery terms: a planted one is found from a past change, and terms that are right are left."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from profithunt.models.delivery_study import SURE, NoTerms, Rows, study
from profithunt.models.delivery_terms import Economics, Period, Terms, expected, fit, outcome

EDGES = np.arange(5.0, 205.0, 1.0)
MIDDLE = (EDGES[1:] + EDGES[:-1]) / 2
SENSITIVITY, PADDING, REACH, OVER = 1.5, 0.5, 2.0, 0.08
CHARGE = 5.0
VISITS = 200_000.0


def orders(threshold: float, *, put_off: float = 0.0, charge: float = CHARGE) -> np.ndarray:
    """Expected orders by bin of 200,000 visits, worked out basket by basket; `put_off` leaves a share of all out."""
    wanted = np.exp(-0.5 * (np.log(MIDDLE / 45) / 0.5) ** 2) / MIDDLE
    wanted = wanted / wanted.sum() * VISITS * 0.1 * (1 - put_off)
    out = np.where(threshold <= MIDDLE, wanted, 0.0)
    for basket, count in zip(MIDDLE[threshold > MIDDLE], wanted[threshold > MIDDLE], strict=True):
        burden, place = SENSITIVITY * charge / basket, int(basket - 5)
        added = threshold - basket + OVER * threshold
        would = PADDING / (1 + (added / (REACH * charge)) ** 2) if math.isfinite(threshold) else 0.0
        out[place] += count * (1 - would) * math.exp(-burden)
        if would:
            beyond = np.maximum(EDGES - threshold, 0.0) / (OVER * threshold)
            out += count * would * (1 - math.exp(-burden)) / burden * np.diff(-np.exp(-beyond))
    return out


def padded_share(threshold: float) -> float:
    """Padded orders among all, planted."""
    added = threshold - MIDDLE + OVER * threshold
    burden = SENSITIVITY * CHARGE / MIDDLE
    would = PADDING / (1 + (added / (REACH * CHARGE)) ** 2) * (1 - np.exp(-burden)) / burden
    wanted = np.exp(-0.5 * (np.log(MIDDLE / 45) / 0.5) ** 2) / MIDDLE
    wanted = wanted / wanted.sum() * VISITS * 0.1
    return float((wanted * would)[threshold > MIDDLE].sum() / orders(threshold).sum())


@pytest.fixture(scope="module")
def learnt():
    """The response fitted to a change from 40 to 60 with visits, counts as chance gives them."""
    random = np.random.default_rng(4)
    seen = [Period(Terms(one, CHARGE), random.poisson(orders(one)).astype(float), VISITS) for one in (40.0, 60.0)]
    return fit(EDGES, seen)


def test_a_planted_response_is_found_from_a_past_change(learnt):
    found = learnt.behaviour()
    for name, planted in (("sensitivity", SENSITIVITY), ("overshoot", OVER)):
        low, middle, high = found[name]
        assert low - 0.5 * (high - low) <= planted <= high + 0.5 * (high - low), name
        assert low <= middle <= high
    for threshold in (40.0, 50.0, 60.0):
        now = outcome(learnt, Economics(0.0, 0.3), Terms(threshold, CHARGE))
        assert (now.padded / now.orders).mean() == pytest.approx(padded_share(threshold), rel=0.1)
    assert all(learnt.learnt()[name] > 0.4 for name in ("padding", "reach", "overshoot"))
    assert abs(found["aversion"][1]) < 0.1
    assert learnt.dispersion < 1.3


@pytest.mark.parametrize("threshold", [40.0, 50.0, 80.0])
def test_orders_under_other_terms_are_foretold(learnt, threshold):
    assert expected(learnt, Terms(threshold, CHARGE)).sum() * VISITS == pytest.approx(orders(threshold).sum(), rel=0.05)


def test_everyone_is_accounted_for_and_free_delivery_takes_in_nothing(learnt):
    economics = Economics(fixed=-2.0, share=0.4)
    for terms in (Terms(0.0, CHARGE), Terms(60.0, CHARGE), Terms(math.inf, CHARGE)):
        found = outcome(learnt, economics, terms)
        assert (found.padded <= found.orders + 1e-12).all()
        assert (found.lost >= -1e-12).all()
    free, cheap = (outcome(learnt, economics, terms) for terms in (Terms(0.0, 5.0), Terms(0.0, 9.0)))
    assert np.array_equal(free.profit, cheap.profit)
    assert not free.lost.any()
    assert not free.padded.any()


def test_no_orders():
    with pytest.raises(ValueError, match="no orders"):
        fit(EDGES, [Period(Terms(40.0, 5.0), np.zeros(len(MIDDLE)))])


def rows(*thresholds: float, share: float, fixed: float, put_off: tuple[float, ...] = (), thin: float = 1.0) -> Rows:
    """Books of three months under each threshold; an order earns `fixed` and a `share` of its value."""
    random = np.random.default_rng(8)
    lost = put_off or (0.0,) * len(thresholds)
    months = [(at, away) for at, away in zip(thresholds, lost, strict=True) for _ in range(3)]
    counts = [random.poisson(orders(at, put_off=away) * thin / 3).astype(float) for at, away in months]
    n = np.concatenate(counts)
    month = np.repeat(np.arange(len(months)), len(MIDDLE))
    value = np.tile(MIDDLE, len(months))
    is_free = value >= np.repeat([at for at, _ in months], len(MIDDLE))
    each = fixed + share * value
    kept = n > 0
    made = Rows(
        month=month,
        is_new=np.zeros(len(n), dtype=bool),
        bin=value.astype(np.int64),
        orders=n,
        free=np.where(is_free, n, 0.0),
        charged=np.where(is_free, 0.0, n * CHARGE),
        value=n * value,
        earned=n * each,
        squared=n * each**2,
        width=1.0,
        days=[30.0] * len(months),
        visits=[VISITS * thin / 3] * len(months),
    )
    columns = ("month", "is_new", "bin", "orders", "free", "charged", "value", "earned", "squared")
    return replace(made, **{name: getattr(made, name)[kept] for name in columns})


def profit(threshold: float, share: float, fixed: float) -> float:
    """What 200,000 visits earn, from the planted response."""
    found = orders(threshold)
    charge = np.where(threshold > MIDDLE, CHARGE, 0.0)
    return float((found * (fixed + share * MIDDLE + charge)).sum())


def test_better_terms_are_recommended_and_earn_more():
    found = study(rows(40.0, 25.0, share=0.3, fixed=-6.0), Economics(0.0, 0.0, returned=0.0))
    assert [one.threshold for one in found.past] == [40.0, 25.0]
    assert found.economics.share == pytest.approx(0.3)
    assert found.economics.fixed == pytest.approx(-6.0)
    assert found.recommended is not None
    assert found.recommended.better >= SURE
    gain = profit(found.recommended.threshold, 0.3, -6.0) - profit(25.0, 0.3, -6.0)
    grid = [one.threshold for one in found.candidates]
    assert gain >= 0.8 * (max(profit(one, 0.3, -6.0) for one in grid) - profit(25.0, 0.3, -6.0))
    assert found.sides == ()
    assert found.n_per_arm is not None
    assert found.n_per_arm > 0


def test_terms_that_are_right_are_left():
    """Free for all beats everything where margins are high; a rise that was tried turned a tenth away."""
    found = study(rows(60.0, 0.0, share=0.5, fixed=4.0, put_off=(0.1, 0.0)), Economics(0.0, 0.0), charges=[CHARGE])
    assert found.today.threshold == 0.0
    assert found.recommended is None
    assert found.best.gain_low < 0 or found.best.gain < 0.01 * found.today.profit


def test_only_the_terms_asked_for_and_never_today():
    found = study(rows(40.0, share=0.3, fixed=-6.0), Economics(0.0, 0.0), thresholds=[40.0, 50.0], charges=[3.0, 5.0])
    assert {(one.threshold, one.charge) for one in found.candidates} == {(50.0, 3.0), (50.0, 5.0), (40.0, 3.0)}


@pytest.mark.parametrize(
    ("given", "choices", "why"),
    [
        ({"thin": 0.001}, {}, "fewer than 1,000 orders"),
        ({}, {"thresholds": [40.0]}, "are today's"),
    ],
)
def test_what_cannot_be_studied_says_why_and_what_would_help(given, choices, why):
    with pytest.raises(NoTerms, match=why) as raised:
        study(rows(40.0, share=0.3, fixed=-6.0, **given), Economics(0.0, 0.0), **choices)
    assert raised.value.do


def test_a_shop_that_never_charged_must_say_what_it_would():
    with pytest.raises(NoTerms, match="no order paid"):
        study(rows(0.0, share=0.3, fixed=-6.0), Economics(0.0, 0.0))
