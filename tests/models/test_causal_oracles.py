"""Other people's estimators say the same of the same data: DoubleML and EconML, where they are installed."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from profithunt.models.causal import Limits, study
from truth.planted import few

WHY = "needs the oracles extra: pip install profithunt[oracles]"
CUSTOMERS = 6_000
ACTION = "positive"

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def world():
    made = few(CUSTOMERS, seed=21)
    return made, study(made.trial, Limits(controls=0))


def learners():
    """Splines with a ridge and a logistic regression: as flexible as ours, by other code."""
    from sklearn.linear_model import LogisticRegression, RidgeCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import SplineTransformer, StandardScaler

    def curved():
        return SplineTransformer(n_knots=8, degree=1, knots="quantile", extrapolation="constant")

    return (
        make_pipeline(curved(), StandardScaler(), RidgeCV(np.logspace(-2, 4, 13))),
        make_pipeline(curved(), StandardScaler(), LogisticRegression(max_iter=2_000)),
    )


def given(world):
    made, found = world
    trial = made.trial
    return trial.x, trial.y, trial.state[:, 0].astype(float), found


@pytest.mark.parametrize(("score", "estimand"), [("ATE", "ATE"), ("ATTE", "ATT")])
def test_doubleml_agrees(world, score, estimand):
    doubleml = pytest.importorskip("doubleml", reason=WHY)
    x, y, did, found = given(world)
    outcome, propensity = learners()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        np.random.seed(1)  # DoubleML draws its folds from the global generator
        data = doubleml.DoubleMLData.from_arrays(x, y, did)
        theirs = doubleml.DoubleMLIRM(data, outcome, propensity, n_folds=5, score=score).fit()
    ours = found.of(ACTION, estimand)
    print(f"{estimand}: ours {ours.effect:.3f} ({ours.error:.3f}), DoubleML {theirs.coef[0]:.3f} ({theirs.se[0]:.3f})")
    assert abs(ours.effect - theirs.coef[0]) < 1.5 * max(ours.error, theirs.se[0])
    assert ours.error == pytest.approx(theirs.se[0], rel=0.25)


def test_econml_agrees(world):
    dr = pytest.importorskip("econml.dr", reason=WHY)
    x, y, did, found = given(world)
    outcome, propensity = learners()
    theirs = dr.LinearDRLearner(
        model_regression=outcome, model_propensity=propensity, min_propensity=0.01, cv=5, random_state=1
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs.fit(y, did.astype(int), X=None, W=x)
        effect, error = float(theirs.intercept_(T=1)), float(theirs.intercept__inference(T=1).stderr)
    ours = found.of(ACTION, "ATE")
    print(f"ATE: ours {ours.effect:.3f} ({ours.error:.3f}), EconML {effect:.3f} ({error:.3f})")
    assert abs(ours.effect - effect) < 1.5 * max(ours.error, error)
    assert ours.error == pytest.approx(error, rel=0.25)
