"""Who is held out, how large a test must be, what it says on a day: against known truth, published bounds, oracles."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import given, settings as hypothesis_settings, strategies as st
from scipy import stats

from profithunt.actions.measurement import Trial, can_measure, design, draw, judged, read, sized, unit_of
from profithunt.actions.measurement.effect import Arm, effect, sample_ratio
from profithunt.engine import Engine
from profithunt.errors import UsageError
from profithunt.models.experiments import matched_difference, smallest_effect, units_in_all, units_per_arm
from profithunt.models.sequential import NEVER, confidence_sequence, planned_looks, repeated_interval, spent

START = dt.date(2025, 3, 1)


@given(st.lists(st.text(min_size=1), max_size=200), st.sampled_from([0.0, 0.1, 0.5]), st.text(min_size=1, max_size=8))
def test_the_draw_depends_on_action_and_unit_alone(units, share, action):
    drawn = draw(action, units, share)
    assert sorted(drawn.acted + drawn.held) == sorted(set(units))
    again = draw(action, reversed([*units, "one more"]), share)
    assert set(drawn.held) <= set(again.held)
    assert set(drawn.acted) <= set(again.acted) | {"one more"}


def test_a_tenth_is_held_out_and_every_action_draws_afresh():
    units = [f"c{number}" for number in range(20_000)]
    first, second = set(draw("a-1", units).held), set(draw("a-2", units).held)
    assert len(first) == pytest.approx(2000, abs=150)
    assert len(first & second) == pytest.approx(200, abs=50)
    with pytest.raises(UsageError):
        draw("a", units, 0.7)


def test_sizes_follow_the_rule():
    assert units_per_arm(10, 1) == pytest.approx(15.7 * 100, rel=1e-3)
    assert units_per_arm(10, 1, correlation=0.6) == pytest.approx(1569.8 * 0.64, rel=1e-3)
    assert units_per_arm(10, 0) == math.inf
    total = units_in_all(units_per_arm(10, 1), 0.1)
    assert smallest_effect(10, total * 0.9, total * 0.1) == pytest.approx(1)
    planned = sized(10_000, 10.0, 0.6, 1.0, 0.1)
    assert (planned.per_arm, planned.enough) == (1570, True)
    few = sized(100, 10.0, None, 1.0, 0.1)
    assert few.enough is False
    assert few.sentence.startswith("Too few")
    for odd in (
        sized(10, None, None, 1.0),
        sized(10, 5.0, None, None),
        sized(10, 5.0, None, 1.0, 0.0),
        sized(0, 5.0, None, None),
    ):
        assert odd.sentence
        assert odd.to_json()


@pytest.mark.parametrize(
    ("shares", "bounds"),
    [
        ([1.0], [1.960]),
        ([0.5, 1.0], [2.963, 1.969]),
        ([0.2, 0.4, 0.6, 0.8, 1.0], [4.877, 3.357, 2.680, 2.290, 2.031]),
    ],
)
def test_bounds_are_the_published_ones(shares, bounds):
    """Lan and DeMets' O'Brien–Fleming spending, two-sided 5 %, as ldbounds gives them."""
    assert [look.bound for look in planned_looks(shares)] == pytest.approx(bounds, abs=2e-3)


@hypothesis_settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0.01, 1.0), min_size=1, max_size=6).map(sorted))
def test_any_looks_spend_no_more_than_is_there_and_earlier_bounds_never_change(shares):
    looks = planned_looks(shares)
    assert all(0 < look.bound <= NEVER for look in looks)
    assert looks[-1].spent <= spent(shares[-1]) + 1e-9
    assert planned_looks(shares[:-1]) == looks[:-1]


def test_shares_that_fall_are_refused():
    with pytest.raises(ValueError, match="rise"):
        planned_looks([0.5, 0.4])


def test_looks_taken_every_day_raise_false_alarms_no_more_than_allowed():
    generator = np.random.default_rng(3)
    days = np.arange(1, 29)
    z = generator.normal(size=(4000, 28)).cumsum(axis=1) / np.sqrt(days)
    bounds = np.array([look.bound for look in planned_looks((days / 28).tolist())])
    widths = np.array([confidence_sequence(0, 1, 100.0 * day, 2800).high for day in days])
    crossed = [(np.abs(z) > at).any(axis=1).mean() for at in (1.96, bounds, widths)]
    assert crossed[0] > 0.24
    assert crossed[1] <= 0.06
    assert crossed[2] <= 0.05


def test_a_confidence_sequence_and_its_p_value_agree():
    for z in np.linspace(0, 6, 25):
        found = confidence_sequence(z, 1.0, 500, 1000)
        assert found.shows == (found.p_value < 0.05)
    narrow = confidence_sequence(0, 1, 1000, 1000).high
    assert all(confidence_sequence(0, 1, 1000, tuned).high >= narrow - 0.02 for tuned in (200, 5000))
    assert repeated_interval(1.0, 0.5, 2.0).low == 0.0


def moments(y: np.ndarray, x: np.ndarray) -> Arm:
    return Arm(len(y), y.mean(), y.var(ddof=1), x.mean(), x.var(ddof=1), np.corrcoef(x, y)[0, 1])


def test_the_effect_from_sums_is_welchs_test_on_adjusted_values():
    generator = np.random.default_rng(1)
    x0, x1 = generator.gamma(2, 10, 900), generator.gamma(2, 10, 8000)
    y0, y1 = x0 + generator.normal(0, 8, 900), x1 + 2 + generator.normal(0, 8, 8000)
    found = effect(moments(y0, x0), moments(y1, x1))
    theta = np.cov(np.r_[x0 - x0.mean(), x1 - x1.mean()], np.r_[y0 - y0.mean(), y1 - y1.mean()])
    theta = theta[0, 1] / theta[0, 0]
    a0, a1 = y0 - theta * x0, y1 - theta * x1
    oracle = stats.ttest_ind(a1, a0, equal_var=False)
    assert found.estimate == pytest.approx(a1.mean() - a0.mean(), rel=1e-2)
    assert found.z == pytest.approx(oracle.statistic, rel=2e-2)
    assert found.low < 2 < found.high
    assert found.error < 0.6 * math.sqrt(y0.var() / 900 + y1.var() / 8000)
    assert effect(Arm(1, 0, 0), Arm(10, 0, 0)) is None
    assert effect(Arm(10, 0, 0), Arm(10, 0, 0)).z == 0


def test_arms_that_lost_units_are_not_believed():
    assert sample_ratio(9000, 1000, 0.1) > 0.5
    assert sample_ratio(8500, 1000, 0.1) > 0.001 or sample_ratio(8500, 1000, 0.1) < 0.5
    assert sample_ratio(7000, 1000, 0.1) < 1e-6
    assert sample_ratio(5, 0, 0.0) is None
    trial = Trial("a", "customer", ("x",), ("y",), START)
    lost = judged(trial, START + dt.timedelta(27), Arm(1000, 10, 25), Arm(7000, 30, 25))
    assert lost.verdict == "not_credible"
    assert lost.realised is None


def test_a_look_in_the_middle_asks_for_more_than_one_at_the_end():
    held, acted = Arm(1000, 10.0, 100.0), Arm(9000, 10.8, 100.0)
    trial = Trial("a", "customer", ("x",), ("y",), START, predicted=9000.0)
    middle = judged(trial, START + dt.timedelta(6), held, acted)
    last = judged(trial, START + dt.timedelta(27), held, acted)
    assert middle.single_p < 0.05
    assert middle.verdict == "running"
    assert (last.verdict, last.final) == ("works", True)
    assert last.realised == pytest.approx(0.8 * 9000)
    assert last.realised_low < last.realised < last.realised_high
    assert judged(trial, START + dt.timedelta(6), Arm(20, 1, 1), Arm(200, 2, 1)).verdict == "too_early"
    assert judged(trial, START + dt.timedelta(27), acted, held).verdict == "not_credible"
    assert Trial.from_json(trial.to_json()) == trial


@pytest.fixture(scope="module")
def engine():
    """91 days before and 28 after for 3,000 customers; those acted on bring 4 more each; SKUs of which three are raised."""
    generator = np.random.default_rng(5)
    held = set(draw("act", [str(number) for number in range(3000)]).held)
    rate = generator.gamma(2, 0.02, 3000)
    customer, day, amount, sku = [], [], [], []
    for number in range(3000):
        for at in np.flatnonzero(generator.random(119) < rate[number]) - 91:
            customer.append(str(number))
            day.append(int(at))
            amount.append(float(generator.gamma(4, 5)))
            sku.append(f"s{generator.integers(60)}")
        if str(number) not in held:
            customer.append(str(number)), day.append(int(generator.integers(28))), amount.append(4.0), sku.append(None)
    sku_of = [(f"s{unit}", week) for unit in range(60) for week in range(-13, 4)]
    lift = {f"s{unit}" for unit in range(3)}
    with Engine() as made:
        made.attach_arrays(
            "raw",
            {
                "customer_id": np.array(customer + [None] * len(sku_of), dtype=object),
                "sku": np.array(sku + [name for name, _ in sku_of], dtype=object),
                "day": np.array(day + [week * 7 for _, week in sku_of]),
                "amount": np.array(
                    amount
                    + [
                        200 + 160 * (week >= 0 and name in lift) + float(generator.normal(0, 10))
                        for name, week in sku_of
                    ]
                ),
            },
        )
        made.table(
            "ledger",
            "SELECT customer_id, sku, CAST(amount AS DECIMAL(18, 4)) AS cm3, 'Swift' AS carrier, 'North' AS region,"
            " DATE '2025-03-01' + CAST(day AS INTEGER) AS ordered_on FROM raw",
        )
        yield made


def test_a_planted_effect_is_read_from_the_ledger(engine):
    drawn = draw("act", [str(number) for number in range(3000)])
    trial = Trial("act", "customer", drawn.acted, drawn.held, START, predicted=10_000.0)
    found = read(engine, trial, dt.date(2025, 3, 28))
    assert found.method == "randomised"
    assert (found.n_acted, found.n_held) == (len(drawn.acted), len(drawn.held))
    assert found.low <= 4 <= found.high
    assert abs(found.realised - 4 * len(drawn.acted)) < 3 * (found.realised_high - found.realised)
    assert found.correlation > 0.1
    assert found.final
    before = read(engine, trial, dt.date(2025, 2, 28))
    assert before.verdict == "not_started"
    assert read(engine, trial, dt.date(2025, 9, 1)).effect == pytest.approx(found.effect)
    assert found.to_json()["label"] == "held-out test"


def test_a_change_of_skus_is_held_against_their_likes_and_called_observational(engine):
    trial = Trial("sku", "sku", ("s0", "s1", "s2", "gone"), (), START, predicted=700.0)
    found = read(engine, trial, dt.date(2025, 3, 28))
    assert found.method == "observational"
    assert found.to_json()["label"] == "observational"
    assert found.verdict == "works"
    assert found.low <= 640 <= found.high
    assert found.realised == pytest.approx(3 * 640, rel=0.35)
    assert any("1 units sold nothing" in note for note in found.notes)
    assert read(engine, trial, dt.date(2025, 3, 3)).verdict == "too_early"
    idle = read(engine, Trial("idle", "sku", ("s7",), (), START), dt.date(2025, 3, 28))
    assert idle.verdict in {"no_effect_shown", "not_credible"}


def test_a_lane_alone_has_nothing_to_be_held_against(engine):
    unit = unit_of("lane", {"carrier": "Swift", "region": "North"})
    found = read(engine, Trial("lane", "lane", (unit,), (), START), dt.date(2025, 3, 28))
    assert found.verdict == "too_early"
    assert found.realised is None


def test_a_size_is_told_before_the_launch(engine):
    units = [str(number) for number in range(3000)]
    planned = design(engine, "customer", units, dt.date(2025, 2, 28), predicted=3000 * 0.9 * 1.0)
    assert planned.sigma > 0
    assert planned.expected_effect == pytest.approx(1.0)
    assert planned.per_arm == math.ceil(units_per_arm(planned.sigma, 1.0))
    assert planned.with_before <= planned.per_arm
    with pytest.raises(UsageError, match="can't be read from the ledger"):
        design(engine, "postcode", ["1"], dt.date(2025, 2, 28))
    assert not can_measure("postcode")


def test_regression_to_the_mean_is_not_taken_for_an_effect():
    generator = np.random.default_rng(2)
    alarms = 0
    for _ in range(20):
        level = generator.gamma(4, 25, 200)
        panel = level[:, None] * generator.lognormal(0, 0.4, (200, 17))
        acted = np.zeros(200, dtype=bool)
        acted[np.argsort(panel[:, 9:13].mean(axis=1) / panel[:, :9].mean(axis=1))[:8]] = True
        found = matched_difference(panel[:, :13], panel[:, 13:], acted)
        alarms += not found.low <= 0 <= found.high
    assert alarms <= 6
    assert matched_difference(np.ones((3, 2)), np.ones((3, 0)), np.array([True, False, False])) is None
