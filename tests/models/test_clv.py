"""Lifetime value: known parameters come back, ranges cover, losses count, and poor data gets a clear answer."""

from __future__ import annotations

import csv
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from profithunt.models import bg_nbd, clv, order_value, pareto_nbd
from profithunt.models.ahead import Ahead
from profithunt.models.clv import Customers, Rules, Scorer, calibrate, learn
from profithunt.models.histories import Histories
from profithunt.models.order_value import ValueSums
from profithunt.models.seasons import calendar_factor
from truth.lifetime_value import WORLDS, YEAR, simulate

ONE = np.ones((1, 1))


@pytest.fixture(scope="module")
def world():
    return simulate(20_000, *WORLDS["frequent, a third lose money"], np.random.default_rng(1))


@pytest.fixture(scope="module")
def learned(world):
    customers, squares, *_ = world
    sums = ValueSums.of(customers.orders, customers.value, squares)
    return learn(Histories.of(customers.frequency, customers.recency, customers.age), sums, Rules())


def arrays(*values: list[float]) -> tuple[np.ndarray, ...]:
    return tuple(np.array(value, dtype=float) for value in values)


# Likelihoods


@pytest.mark.parametrize("model", [bg_nbd, pareto_nbd], ids=["bg_nbd", "pareto_nbd"])
@settings(max_examples=15, deadline=None)
@given(
    rows=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=30),
    logs=st.tuples(*[st.floats(-2, 3)] * 4),
)
def test_grouping_changes_nothing_and_the_gradient_is_the_slope(model, rows, logs):
    x, first, second = arrays(*map(list, zip(*rows, strict=True)))
    recency, age = np.where(x > 0, np.minimum(first, second), 0) / 7, np.maximum(first, second) / 7
    grouped = model.Likelihood(Histories.of(x, recency, age))
    at = np.exp(np.array(logs))
    value, slope, _ = grouped(at)
    ungrouped = model.Likelihood(Histories.ungrouped(x, recency, age)).value(at)
    assert value == pytest.approx(ungrouped, rel=1e-9, abs=1e-9)
    for k in range(4):
        step = np.zeros(4)
        step[k] = 1e-5 * at[k]
        difference = (grouped.value(at + step) - grouped.value(at - step)) / (2 * step[k])
        assert slope[k] == pytest.approx(difference, rel=1e-4, abs=1e-4 * max(1, abs(value)) / at[k])


def test_the_hessian_is_the_slope_of_the_gradient():
    random = np.random.default_rng(3)
    age = random.uniform(1, 100, 200)
    x = random.poisson(3, 200).astype(float)
    likelihood = bg_nbd.Likelihood(Histories.of(x, np.where(x > 0, age * random.random(200), 0), age))
    at = np.array([0.7, 4.0, 0.9, 2.0])
    bend = likelihood(at)[2]
    for k in range(4):
        step = np.zeros(4)
        step[k] = 1e-5 * at[k]
        difference = (likelihood(at + step)[1] - likelihood(at - step)[1]) / (2 * step[k])
        assert bend[k] == pytest.approx(difference, rel=1e-5, abs=1e-5 * np.abs(bend).max())


def test_pareto_with_very_many_purchases_agrees_with_fine_integration():
    x, recency, age = arrays([0, 3, 400], [0, 10, 90], [50, 30, 100])
    at = np.array([0.5, 10.0, 0.6, 12.0])
    found = pareto_nbd.Likelihood(Histories.ungrouped(x, recency, age)).value(at)
    r, alpha, s, beta = at
    from scipy import integrate, special

    total = 0.0
    for k, t, whole in zip(x, recency, age, strict=True):
        shift = (r + k) * np.log(alpha + t)

        def integrand(tau, k=k, shift=shift):
            return np.exp(shift - (r + k) * np.log(alpha + tau)) * s * (beta + tau) ** -(s + 1) * beta**s

        died = integrate.quad(integrand, t, whole, epsabs=0, epsrel=1e-11, limit=200)[0]
        lives = np.exp(shift - (r + k) * np.log(alpha + whole)) * (beta / (beta + whole)) ** s
        total += special.gammaln(r + k) - special.gammaln(r) + r * np.log(alpha) - shift + np.log(died + lives)
    assert found == pytest.approx(total, rel=1e-9)


@pytest.mark.parametrize("parameters", [(0.24, 4.4, 0.79, 2.43), (2.0, 20.0, 1.3, 0.05), (0.05, 0.3, 0.02, 0.3)])
def test_expected_orders_agree_with_the_hypergeometric_function(parameters):
    from scipy import special

    r, alpha, a, b = parameters
    x, age = arrays([0, 0, 1, 2, 5], [0, 50, 100, 20, 80])
    z = 52.0 / (alpha + age + 52.0)
    hyper = special.hyp2f1(r + x, b + x, a + b + x - 1, z)
    want = (a + b + x - 1) / (a - 1) * (1 - ((alpha + age) / (alpha + age + 52)) ** (r + x) * hyper)
    got = bg_nbd.BgNbd(np.array(parameters)).expected(x, age, np.array([52.0]), ONE)[:, 0]
    assert got == pytest.approx(want, rel=1e-7)


@pytest.mark.parametrize(("a", "b"), [(8_000.0, 50_000.0), (50_000.0, 50_000.0), (1e-4, 6e4), (6e4, 0.5), (0.02, 0.02)])
def test_expected_orders_where_customers_hardly_differ_in_leaving(a, b):
    random = np.random.default_rng(1)
    p = random.beta(a, b + 2, 400_000)
    with np.errstate(divide="ignore", invalid="ignore"):
        each = np.where(p * 10 < 1e-9, 3 * 52 / 45, -np.expm1(-3 * np.log1p(p * 52 / 45)) / p)
    x, age = arrays([2], [40])
    got = bg_nbd.BgNbd(np.array([1.0, 5.0, a, b])).expected(x, age, np.array([52.0]), ONE)[0, 0]
    assert got == pytest.approx(each.mean(), rel=0.01)


def test_pareto_draws_have_the_mean_and_the_chance_that_the_formulas_give():
    from profithunt.models.maximum import Fit
    from profithunt.models.seeding import Seeds

    at = {"r": 0.9, "alpha": 6.0, "s": 0.7, "beta": 9.0}
    fit = Fit(at, 0.0, np.zeros((4, 4)), True, 1.0)
    for model, values in ((pareto_nbd.ParetoNbd, fit.values), (bg_nbd.BgNbd, np.array([0.9, 6.0, 0.8, 2.0]))):
        buying = model(values)
        own = Fit(dict(zip(at, values.tolist(), strict=True)), 0.0, np.zeros((4, 4)), True, 1.0)
        _, more, until = buying.paths(3.0, 40.0, 52.0, Seeds.of(own, 40_000))
        x, age = arrays([3], [40])
        expected = buying.expected(x, age, np.array([52.0]), ONE)[0, 0]
        chance = buying.buys(x, age, 52.0)[0]
        assert chance * (1 + more.mean()) == pytest.approx(expected, rel=0.03)
        assert until.max() <= 52.0 + 1e-9


# Published figures


@pytest.mark.skipif(find_spec("lifetimes") is None, reason="needs the data files of lifetimes==0.11.3 (make truth)")
def test_cdnow_as_published():
    spec = find_spec("lifetimes")
    path = Path(spec.submodule_search_locations[0]) / "datasets" / "cdnow_customers_summary_with_transactions.csv"
    with path.open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    x, recency, age, value = (np.array([float(row[name]) for row in rows]) for name in ("x", "t_x", "T", "zbar"))
    histories = Histories.of(x, recency, age)
    bg, pareto = bg_nbd.fit(histories), pareto_nbd.fit(histories)
    assert bg.values == pytest.approx([0.243, 4.414, 0.793, 2.426], rel=0.005)
    assert bg.log_likelihood == pytest.approx(-9582.4, abs=0.05)
    assert pareto.values == pytest.approx([0.553, 10.578, 0.606, 11.669], rel=0.005)
    assert pareto.log_likelihood == pytest.approx(-9595.0, abs=0.05)
    gamma = order_value.fit_gamma(x[x > 0], value[x > 0])
    assert gamma.parameters == pytest.approx([6.25, 3.74, 15.44], rel=0.005)


def test_the_conditional_expectation_as_published():
    buying = bg_nbd.BgNbd(np.array([0.243, 4.414, 0.793, 2.426]))
    x, recency, age = arrays([2], [30.43], [38.86])
    expected = buying.expected(x, age, np.array([39.0]), ONE)[:, 0] * buying.alive(x, recency, age)
    assert expected == pytest.approx([1.226], abs=0.001)


# Oracles


def test_lifetimes_agrees(world):
    pytest.importorskip("autograd", reason="needs the oracles extra: pip install profithunt[oracles]")
    lifetimes = pytest.importorskip("lifetimes", reason="needs the oracles extra: pip install profithunt[oracles]")
    customers = world[0].only(slice(0, 2_000))
    ours = bg_nbd.fit(Histories.of(customers.frequency, customers.recency, customers.age))
    fitter = lifetimes.BetaGeoFitter()
    fitter.fit(customers.frequency, customers.recency, customers.age)
    assert ours.values == pytest.approx(fitter.params_.to_numpy(), rel=0.01)
    got = bg_nbd.BgNbd(ours.values)
    alive = got.alive(customers.frequency, customers.recency, customers.age)
    want = fitter.conditional_probability_alive(customers.frequency, customers.recency, customers.age)
    assert alive == pytest.approx(np.asarray(want), abs=0.01)


# Value per order


def test_losses_count_as_what_they_are(world, learned):
    means = world[4]
    assert (means < 0).mean() == pytest.approx(1 / 3, abs=0.02)
    assert learned.value.mean == pytest.approx(means.mean(), rel=0.02)
    assert np.sqrt(learned.value.between) == pytest.approx(9.0, rel=0.02)
    assert np.sqrt(learned.value.within) == pytest.approx(12.0, rel=0.02)


def test_a_customer_is_believed_the_more_the_more_was_seen(learned):
    orders, value = arrays([1, 5, 50], [40, 200, 2000])
    mean, variance = learned.value.posterior(orders, value)
    assert list(mean) == sorted(mean)
    assert (mean > learned.value.mean).all()
    assert (mean < 40).all()
    assert list(variance) == sorted(variance, reverse=True)


def test_gamma_gamma_only_where_it_may(world):
    customers, squares, *_ = world
    histories = Histories.of(customers.frequency, customers.recency, customers.age)
    sums = ValueSums.of(customers.orders, customers.value, squares)
    refused = learn(histories, sums, Rules(value="gamma_gamma"), customers, float(customers.value.min()))
    assert isinstance(refused.value, order_value.NormalValue)
    assert any("not every value is positive" in note for note in refused.notes)

    random = np.random.default_rng(5)
    rate = random.gamma(3.7, 1 / 15.4, len(customers))
    value = random.gamma(6.2 * customers.orders, 1 / rate)
    positive = Customers(customers.frequency, customers.recency, customers.age, customers.orders, value)
    allowed = learn(
        histories, ValueSums.of(customers.orders, value, value**2), Rules(value="gamma_gamma"), positive, 0.1
    )
    assert isinstance(allowed.value, order_value.GammaValue)
    assert allowed.value.parameters == pytest.approx((6.2, 3.7, 15.4), rel=0.1)
    ahead = Ahead.months([12], unit_days=7, rate=0.1)
    scores = Scorer(allowed, ahead, positive.frequency.max(), (0.0, positive.age.max())).score(positive)
    assert (scores["low_0"] >= 0).all()
    assert (scores["low_0"] <= scores["high_0"]).all()

    together = Customers(
        customers.frequency, customers.recency, customers.age, customers.orders, customers.orders**2 * 5.0
    )
    assert "goes with frequency" in order_value.gamma_allowed(together.orders, together.value / together.orders, 5.0)


# Scores and ranges


def test_ranges_cover_what_they_say(world, learned):
    customers, _, orders, money, _ = world
    held = calibrate(learned, customers, orders, money, YEAR)
    assert held.cover == pytest.approx(0.80, abs=0.012)
    assert held.ks < 0.014
    assert held.predicted_orders.sum() == pytest.approx(orders.sum(), rel=0.05)
    assert held.actual_orders.sum() == orders.sum()
    assert held.customers.sum() == len(customers)


def test_scores_make_sense_for_every_customer(world, learned):
    customers = world[0]
    ahead = Ahead.months([12, 24, 36], unit_days=7, rate=0.1)
    scorer = Scorer(learned, ahead, customers.frequency.max(), (customers.age.min(), customers.age.max()))
    scores = scorer.score(customers)
    assert not any(np.isnan(column).any() for column in scores.values())
    assert ((scores["p_alive"] >= 0) & (scores["p_alive"] <= 1)).all()
    for h in range(3):
        assert (scores[f"low_{h}"] <= scores[f"high_{h}"] + 1e-9).all()
        assert (scores[f"orders_low_{h}"] <= scores[f"orders_high_{h}"]).all()
    assert (scores["orders_0"] <= scores["orders_1"]).all()
    assert (scores["orders_1"] <= scores["orders_2"]).all()
    again = scorer.score(customers.only(slice(100, 130)))
    for name, column in again.items():
        assert column == pytest.approx(scores[name][100:130], rel=1e-6, abs=1e-6), name
    total, error = scorer.total_orders(Histories.of(customers.frequency, customers.recency, customers.age), 0)
    assert total == pytest.approx(scores["orders_0"].sum(), rel=0.005)
    assert 0 < error < 0.1 * total


def test_later_money_is_worth_less(world, learned):
    customers = world[0].only(slice(0, 200))
    ages = (customers.age.min(), customers.age.max())
    values = [
        Scorer(learned, Ahead.months([12], unit_days=7, rate=rate), customers.frequency.max(), ages).score(customers)
        for rate in (0.0, 0.1)
    ]
    assert values[0]["value_0"] == pytest.approx(values[0]["orders_0"] * values[0]["profit_per_order"])
    ratio = values[1]["value_0"] / values[0]["value_0"]
    assert ((ratio > 0.9) & (ratio < 1.0)).all()


def test_the_calendar_factor_is_found_and_used():
    true = 1 + 0.4 * np.cos(2 * np.pi * np.arange(12) / 12)
    buying = bg_nbd.BgNbd(np.array([0.8, 6.0, 0.5, 4.0]))
    months, new = np.arange(37), np.full(37, 2_000.0)
    ends = (np.arange(37) + 0.5) * (365.25 / 12 / 7)
    again = np.convolve(new, buying.expected(np.zeros(1), np.zeros(1), ends, np.eye(37))[0])[:37] * true[months % 12]
    found = calendar_factor(buying, months % 12 + 1.0, new, again, 7.0)
    assert found == pytest.approx(true / true.mean(), abs=0.05)
    assert calendar_factor(buying, months[:23] % 12 + 1.0, new[:23], again[:23], 7.0) is None
    flat, seasonal = (
        Ahead.months([12], unit_days=7, rate=0.0, season=season) for season in ((), (true / true.mean()).tolist())
    )
    x, age = arrays([2], [30])
    plain, shaped = (buying.expected(x, age, item.times, np.eye(12))[0] for item in (flat, seasonal))
    assert shaped.sum() == pytest.approx(plain.sum(), rel=0.01)
    assert shaped[0] / shaped[6] > 1.5 * plain[0] / plain[6]


# Poor data


@pytest.mark.parametrize(
    ("x", "recency", "age", "said"),
    [
        ([], [], [], "no customers"),
        ([3.0], [10.0], [20.0], "fewer than"),
        ([0.0] * 600, [0.0] * 600, [30.0] * 600, "second day"),
        ([0.0] * 600, [0.0] * 600, [0.0] * 600, "no time has passed"),
        ([0.0] * 580 + [1.0] * 20, [0.0] * 580 + [4.0] * 20, [30.0] * 600, "only 20 of 600"),
    ],
    ids=["nobody", "one", "nobody-repeats", "no-time", "few-repeat"],
)
def test_poor_data_is_told_not_fitted(x, recency, age, said):
    found = learn(Histories.of(x, recency, age), None, Rules())
    assert found.method == "none"
    assert said in found.reason
    assert found.fit is None


@pytest.mark.parametrize("model", ["bg_nbd", "pareto_nbd"])
@pytest.mark.parametrize(
    ("x", "recency", "age"),
    [(5.0, 25.0, 30.0), (5_000.0, 99.0, 100.0), (1.0, 0.2, 80.0)],
    ids=["all-the-same", "huge-frequencies", "once-and-gone"],
)
def test_strange_data_gives_finite_figures_or_a_reason(model, x, recency, age):
    n = 600
    customers = Customers(*arrays([x] * n, [recency] * n, [age] * n, [x + 1] * n, [-10.0 * (x + 1)] * n))
    sums = ValueSums.of(customers.orders, customers.value, customers.value**2 / customers.orders)
    found = learn(Histories.of(customers.frequency, customers.recency, customers.age), sums, Rules(buying=model))
    if found.fit is None:
        assert found.reason
        return
    assert found.value.mean == pytest.approx(-10)
    ahead = Ahead.months([12], unit_days=7, rate=0.1)
    scores = Scorer(found, ahead, x, (age, age)).score(customers.only(slice(0, 5)))
    assert all(np.isfinite(column).all() for column in scores.values())
    assert (scores["value_0"] <= 0).all()
    assert (scores["high_0"] <= 0).all()


def test_few_customers_are_forecast_by_what_such_customers_brought(world):
    customers, _, orders, money, _ = world
    some = customers.only(slice(0, 400))
    means = clv.CohortMeans.of(some, orders[:400], money[:400], YEAR, lately=20.0)
    found = learn(Histories.of(some.frequency, some.recency, some.age), None, Rules()).with_means(means)
    assert found.method == "cohort_mean"
    assert "400 customers are fewer than the 500" in found.reason
    scores = Scorer(found, Ahead.stretch(YEAR), 0.0, (0.0, 1.0)).score(some)
    assert scores["orders_0"].sum() == pytest.approx(orders[:400].sum())
    assert scores["value_0"].sum() == pytest.approx(money[:400].sum())
    assert np.isnan(scores["p_alive"]).all()
    lately = some.age - some.recency <= 20
    assert scores["orders_0"][lately & (some.frequency > 0)].mean() > scores["orders_0"][~lately].mean()
