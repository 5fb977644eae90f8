"""Shrinkage: limits, monotony, and what it makes of worlds whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from profithunt.models.activity import Activity, Season, outlook, steady
from profithunt.models.discovery import benjamini_hochberg
from profithunt.models.shrinkage import Prior, fit_beta, fit_gamma, fit_normal

PRIORS = {
    "beta": Prior("beta", 0.05, (4.0, 36.0), (1.0, 1.0)),
    "gamma": Prior("gamma", 0.05, (4.0, 40.0), (0.5, 0.5)),
    "normal": Prior("normal", 0.05, (0.1, 0.05), (0.1, 0.5)),
}


@given(hits=st.integers(0, 49), trials=st.integers(50, 500))
def test_more_hits_never_lower_the_rate(hits: int, trials: int):
    prior = PRIORS["beta"]
    rates = prior.posterior(np.array([hits, hits + 1.0]), np.array([trials, float(trials)])).mean
    assert rates[1] > rates[0]


@given(value=st.floats(-2, 2), error=st.floats(0.001, 2))
def test_a_normal_value_is_drawn_towards_its_peers_never_past_them(value: float, error: float):
    rate = PRIORS["normal"].posterior(np.array([value]), np.array([error])).mean[0]
    low, high = sorted((value, 0.1))
    assert low - 1e-9 <= rate <= high + 1e-9


@pytest.mark.parametrize("name", ["beta", "gamma"])
def test_nothing_seen_gives_the_peers_and_much_seen_gives_itself(name: str):
    prior = PRIORS[name]
    nothing = prior.posterior(np.array([0.0]), np.array([0.0])).mean[0]
    assert nothing == pytest.approx(0.95 * 0.1 + 0.05 * (0.5 if name == "beta" else 1.0))
    much = prior.posterior(np.array([300_000.0]), np.array([1_000_000.0])).mean[0]
    assert much == pytest.approx(0.3, rel=0.01)


@settings(max_examples=25)
@given(hits=st.integers(0, 30), trials=st.integers(30, 200), limit=st.floats(0.01, 0.9))
def test_probability_falls_with_the_limit(hits: int, trials: int, limit: float):
    posterior = PRIORS["beta"].posterior(np.array([float(hits)]), np.array([float(trials)]))
    assert posterior.above(np.array([limit])) >= posterior.above(np.array([limit + 0.05])) - 1e-12


def test_body_of_ordinary_peers_is_found_beside_exceptions():
    rng = np.random.default_rng(7)
    trials = rng.integers(20, 300, 400).astype(float)
    truth = rng.beta(20, 180, 400)
    truth[:12] = 0.4
    hits = rng.binomial(trials.astype(int), truth).astype(float)
    prior = fit_beta(hits, trials)
    assert prior.mean == pytest.approx(0.1, abs=0.01)
    assert prior.quantile(0.95) < 0.17
    rates = prior.posterior(hits, trials).mean
    # Exceptions keep their own rate; ordinary ones come nearer to the truth than what was seen of them.
    assert np.abs(rates[:12] - hits[:12] / trials[:12]).mean() < 0.02
    assert np.square(rates[12:] - truth[12:]).mean() < 0.6 * np.square(hits[12:] / trials[12:] - truth[12:]).mean()


def test_equal_peers_are_seen_as_equal():
    rng = np.random.default_rng(3)
    trials = np.full(500, 40.0)
    hits = rng.binomial(40, 0.1, 500).astype(float)
    assert fit_beta(hits, trials).posterior(hits, trials).mean.std() < 0.01
    exposure = rng.uniform(5, 100, 500)
    events = rng.poisson(exposure * 0.05).astype(float)
    assert fit_gamma(events, exposure).posterior(events, exposure).mean.std() < 0.01
    errors = rng.uniform(0.05, 0.3, 500)
    values = 0.3 + rng.normal(0, errors)
    assert fit_normal(values, errors).posterior(values, errors).mean.std() < 0.03


def test_three_peers_that_agree_do_not_prove_that_all_are_alike():
    prior = fit_gamma(np.array([70.0, 72.0, 68.0]), np.array([1000.0, 1000.0, 1000.0]))
    rate = prior.posterior(np.array([140.0]), np.array([1000.0])).mean[0]
    assert rate > 0.12


def test_scale_does_not_matter():
    rng = np.random.default_rng(5)
    errors = rng.uniform(0.05, 0.3, 60)
    values = rng.normal(0.3, 0.1, 60) + rng.normal(0, errors)
    small = fit_normal(values, errors).posterior(values, errors).mean
    large = fit_normal(values * 1000, errors * 1000).posterior(values * 1000, errors * 1000).mean
    assert large == pytest.approx(small * 1000, rel=1e-3)


def test_benjamini_hochberg_on_its_own_example():
    # Benjamini and Hochberg (1995), section 3.2: of fifteen tests four are believed at 5 %.
    p_values = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
                0.6528, 0.7590, 1.0000]  # fmt: skip
    assert benjamini_hochberg(np.array(p_values), 0.05).tolist() == [True] * 4 + [False] * 11
    assert benjamini_hochberg(np.zeros(0), 0.05).tolist() == []


def _activity(**changed: float) -> Activity:
    usual = {"rows": 90.0, "recent": 28.0, "days": 90.0, "waited": 0.0, "silent": 0.0} | changed
    return Activity(**{name: np.array([value]) for name, value in usual.items()})


def test_a_steady_entity_goes_on_as_before():
    ahead = outlook(_activity(), np.array([90.0]), 28, Season(), np.array([90.0]))
    assert ahead.factor[0] * 90 == pytest.approx(28, rel=0.01)
    assert ahead.alive[0] > 0.99


def test_an_entity_that_fell_silent_is_expected_to_do_nothing():
    gone = _activity(rows=60.0, days=60.0, recent=0.0, silent=30.0)
    assert outlook(gone, np.array([90.0]), 28, Season(), np.array([60.0])).factor[0] * 60 < 0.01


def test_an_entity_launched_in_the_window_is_not_diluted():
    new = _activity(rows=30.0, days=30.0, recent=28.0, waited=60.0)
    assert outlook(new, np.array([90.0]), 28, Season(), np.array([30.0])).factor[0] * 30 == pytest.approx(28, rel=0.05)


def test_season_scales_what_is_expected():
    ahead = steady(np.array([90.0]), np.array([90.0]), 28, Season(than_window=2.0))
    assert ahead.factor[0] * 90 == pytest.approx(56)
