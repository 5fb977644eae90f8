"""Effects of actions: known effects are found, nothing is found where nothing is, and doubt is said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy import special

from profithunt.models.causal import CONTROL, NOT_ELIGIBLE, Limits, Trial, choose, study
from profithunt.models.causal.basis import fit
from profithunt.models.causal.checks import robustness
from profithunt.models.causal.design import make, shuffled
from profithunt.models.causal.nulls import drawn, empirical_null
from profithunt.models.causal.regression import logistic, ridge
from profithunt.models.causal.shapley import split
from truth.planted import EFFECTS, few

ONCE = Limits(controls=0, repeat_below=0)


@pytest.fixture(scope="module")
def planted():
    world = few(12_000, seed=3)
    return world, study(world.trial, Limits(controls=8, repeat_below=0))


@pytest.mark.parametrize("estimand", ["ATE", "ATT", "ATO"])
@pytest.mark.parametrize("action", list(EFFECTS))
def test_planted_effects_lie_in_their_intervals_and_naive_differences_do_not(planted, action, estimand):
    world, found = planted
    item = found.of(action, estimand)
    true = world.truth[action][estimand]
    assert abs(item.effect - true) < 4 * item.error
    assert abs(item.naive - true) > 10 * item.error
    assert item.credible, item.reason


def test_the_same_seed_gives_the_same_figures(planted):
    world, found = planted
    again = study(world.trial, Limits(controls=8, repeat_below=0))
    assert again.results == found.results


def test_an_effect_that_differs_is_told_per_customer(planted):
    world, found = planted
    fits = found.fits["differs"]
    likely = found.basis.apply(world.trial.x) @ fits.beta
    true = 6 + 2 * np.tanh(world.trial.x[:, 0]) + 1.5 * (world.trial.x[:, 6] > 0.5)
    assert np.corrcoef(likely, true)[0, 1] > 0.6
    assert abs(likely.mean() - true.mean()) < 0.5


def test_a_customer_who_was_not_eligible_changes_nothing():
    world = few(6_000, seed=4)
    state = world.trial.state.copy()
    state[:1_000] = NOT_ELIGIBLE
    moved = world.trial.y.copy()
    moved[:1_000] += 1e4 * np.random.default_rng(0).normal(size=1_000)
    plain = study(replace(world.trial, state=state), ONCE).of("positive", "ATE")
    other = study(replace(world.trial, state=state, y=moved), ONCE).of("positive", "ATE")
    assert other.n_eligible == 5_000
    assert other.effect == pytest.approx(plain.effect, abs=3 * plain.error)


def test_no_overlap_is_refused_with_its_reason():
    draw = np.random.default_rng(1)
    x = draw.normal(size=(4_000, 3))
    did = draw.random(4_000) < special.expit(6 * x[:, 0])
    trial = Trial(x, ("a", "b", "c"), x[:, 0] + draw.normal(size=4_000), did.astype(np.int8)[:, None], ("act",))
    item = study(trial, ONCE).of("act", "ATE")
    assert not item.credible
    assert "overlap" in item.reason


def test_a_hidden_cause_is_refused_by_the_placebo():
    draw = np.random.default_rng(2)
    hidden = draw.normal(size=8_000)
    x = draw.normal(size=(8_000, 3))
    did = draw.random(8_000) < special.expit(hidden)
    trial = Trial(
        x, ("a", "b", "c"), hidden + draw.normal(size=8_000), did.astype(np.int8)[:, None], ("act",),
        placebo=hidden + draw.normal(size=8_000),
    )  # fmt: skip
    item = study(trial, ONCE).of("act", "ATE")
    assert not item.credible
    assert "before it happened" in item.reason


def test_missing_covariates_and_constant_ones_do_no_harm():
    world = few(6_000, seed=5)
    x = np.column_stack([world.trial.x, np.full(6_000, np.nan), np.ones(6_000)])
    x[::3, 9] = np.nan
    names = (*world.trial.covariates, "nothing", "one")
    item = study(replace(world.trial, x=x, covariates=names), ONCE).of("zero", "ATO")
    assert abs(item.effect) < 4 * item.error


def test_too_few_are_left_out():
    world = few(2_000, seed=6)
    state = np.zeros_like(world.trial.state)
    state[:20, 0] = 1
    assert study(replace(world.trial, state=state), ONCE).results == ()


def test_the_logistic_fit_is_the_maximum_for_every_fold():
    draw = np.random.default_rng(3)
    x = draw.normal(size=(3_000, 4))
    did = draw.random(3_000) < special.expit(x[:, 0] - 1)
    basis = fit(x, did.astype(float))
    design = make(basis, x, shuffled(3_000, 1), 3)
    ordered = did[shuffled(3_000, 1)]
    found = logistic(design, ordered, np.ones(3_000, dtype=bool), penalty=1.0)
    for fold, rows in enumerate(design.folds):
        keep = np.ones(3_000, dtype=bool)
        keep[rows] = False
        phi = design.phi[keep].astype(float)
        slope = phi.T @ (special.expit(phi @ found.betas[fold]) - ordered[keep]) + np.r_[0, found.betas[fold][1:]]
        assert np.abs(slope).max() < 1.0
    assert found.converged


def test_separated_arms_converge_too():
    x = np.random.default_rng(4).normal(size=(1_000, 2))
    did = x[:, 0] > 0
    design = make(fit(x, did.astype(float)), x, shuffled(1_000, 1), 2)
    found = logistic(design, did[shuffled(1_000, 1)], np.ones(1_000, dtype=bool))
    assert found.converged
    assert np.isfinite(found.log_odds).all()


@given(st.integers(1, 6), st.integers(0, 10_000))
@settings(deadline=None, max_examples=40)
def test_shares_add_up_to_the_worth_of_all(n, seed):
    draw = np.random.default_rng(seed)
    did = (draw.random((400, n)) < 0.3) - 0.3
    outcome = did @ draw.normal(size=n) + draw.normal(size=400)
    gram, moment, counts = did.T @ did, did.T @ outcome, np.full(n, 120.0)
    shares = split(gram, moment, counts)
    assert shares.sum() == pytest.approx(counts @ np.linalg.solve(gram, moment), rel=1e-6, abs=1e-6)


def test_two_names_of_one_action_share_its_worth():
    draw = np.random.default_rng(5)
    did = draw.random(2_000) < 0.4
    left = np.column_stack([did - 0.4, did - 0.4])
    outcome = 3.0 * did + draw.normal(size=2_000)
    shares = split(left.T @ left, left.T @ outcome, np.full(2, did.sum()))
    assert shares[0] == pytest.approx(shares[1], rel=1e-6)
    assert shares.sum() == pytest.approx(3.0 * did.sum(), rel=0.1)


def test_ridge_without_penalty_is_least_squares():
    draw = np.random.default_rng(6)
    x = np.column_stack([np.ones(500), draw.normal(size=(500, 4))])
    y = x @ [1.0, 2.0, 0.0, -1.0, 0.5] + 0.01 * draw.normal(size=500)
    found = ridge(x.T @ x, x.T @ y, float(y @ y), 500)
    assert found.beta == pytest.approx(np.linalg.lstsq(x, y, rcond=None)[0], abs=1e-3)


def test_the_empirical_null_finds_what_is_left_of_confounding():
    draw = np.random.default_rng(7)
    gaps = draw.uniform(2, 10, 400)
    effects = gaps * (0.03 + 0.02 * draw.normal(size=400)) + 0.05 * draw.normal(size=400)
    found = empirical_null(effects.tolist(), [0.05] * 400, gaps.tolist())
    assert found.shift == pytest.approx(0.03, abs=0.004)
    assert found.spread == pytest.approx(0.02, abs=0.004)
    assert found.error(0.05, 5.0) == pytest.approx(np.hypot(0.05, 5 * np.hypot(0.03, 0.02)), rel=0.15)
    assert empirical_null([1.0], [1.0], [1.0]).error(2.0, 9.0) == 2.0


def test_drawn_controls_are_as_frequent_as_asked():
    draw = np.random.default_rng(8)
    x = draw.normal(size=(20_000, 6)).astype(np.float32)
    did = drawn(x, x[:, 0].astype(float), 0.07, 1.0, draw)
    assert did.mean() == pytest.approx(0.07, abs=0.01)


def test_robustness_value_as_published():
    # Cinelli and Hazlett (2020), Darfur: t = 4.184, 783 degrees of freedom, RV 13.9 %, and 7.6 % for the interval.
    assert robustness(0.097, 0.0232, 783) == pytest.approx(0.139, abs=0.001)
    assert robustness(0.097, 0.0232, 783, significant=True) == pytest.approx(0.076, abs=0.001)


def test_the_next_best_action_pays_after_its_cost_and_is_open(planted):
    world, found = planted
    fits = [found.fits["positive"], found.fits["negative"]]
    open_to = np.ones((12_000, 2), dtype=bool)
    open_to[:100, 0] = False
    choice = choose(found.basis, world.trial.x, fits, open_to, cost=np.array([1.0, 0.0]), uptake=np.array([0.5, 1.0]))
    assert (choice.action[:100] != 0).all()
    assert (choice.action[100:] == 0).mean() > 0.95
    chosen = choice.action == 0
    assert choice.net[chosen] == pytest.approx(0.5 * choice.effect[chosen] - 1.0)
    assert (choice.net[choice.action >= 0] > 0).all()
    assert CONTROL == 0
