"""Worlds of customers in which what every action does is known, made with NumPy for the causal models.

Confounding is heavy, curved, jumpy and interacting; outcomes are skewed as profit is; effects are positive, zero,
negative, and differ between customers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from profithunt.models.causal import Trial

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Planted:
    """A trial, and the true effect of each action by estimand: over those of this world and over all such worlds."""

    trial: Trial
    truth: dict[str, dict[str, float]]


_LEAN = 2.5
"""How strongly customers of good outlook lean towards an action."""
_NOISE = 6.0
"""How much of an outcome nothing foretells: its standard deviation is 1.6 times this."""

EFFECTS = {"positive": 6.0, "zero": 0.0, "negative": -6.0, "differs": 6.0}


def few(n: int, seed: int) -> Planted:
    """Four actions, each under heavy confounding: effects of 6, 0, −6, and one that depends on the customer."""
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(n, 10))
    x[:, 1] = np.exp(0.8 * x[:, 1])
    x[:, 2] = draw.poisson(np.exp(0.5 * x[:, 0]))
    x[:, 3] = x[:, 3] > 0.5
    x[:, 4] = np.where(draw.random(n) < 0.4, 0.0, np.exp(x[:, 4]))
    bent = np.tanh(x[:, 0]) + 0.5 * np.log1p(x[:, 1]) + 0.3 * np.minimum(x[:, 2], 3)
    outlook = bent + 0.5 * np.sin(1.5 * x[:, 5]) + 0.4 * (x[:, 6] > 0.5) + 0.3 * x[:, 0] * x[:, 3]
    y = 6 * outlook + 2 * draw.gamma(0.5, 4.0, size=n)
    truth: dict[str, dict[str, float]] = {}
    states = np.zeros((n, len(EFFECTS)), dtype=np.int8)
    for place, (name, effect) in enumerate(EFFECTS.items()):
        lean = 0.8 * np.tanh(x[:, 0]) + 0.4 * np.log1p(x[:, 1]) + 0.4 * np.sin(1.5 * x[:, 5])
        odds = lean * (1.0 if place % 2 else 0.8) + 0.4 * (x[:, 6] > 0.5) - 1.0 - 0.2 * place
        chance = 1 / (1 + np.exp(-odds))
        did = draw.random(n) < chance
        gain = effect + (2.0 * np.tanh(x[:, 0]) + 1.5 * (x[:, 6] > 0.5) if name == "differs" else np.zeros(n))
        y = y + did * gain
        states[:, place] = did
        over = chance * (1 - chance)
        truth[name] = {
            "ATE": float(gain.mean()),
            "ATT": float((chance * gain).sum() / chance.sum()),
            "ATO": float((over * gain).sum() / over.sum()),
        }
    return Planted(Trial(x, tuple(f"x{at}" for at in range(10)), y, states, tuple(EFFECTS)), truth)


def many(n: int, n_actions: int, seed: int, *, covariates: int = 50, null_share: float = 0.5) -> Planted:
    """Many actions with customers that were not eligible: the first `null_share` of them do nothing.

    Confounding is so heavy and chance so small that at a million customers a naive difference is some 200 standard
    errors of a good estimate: what is left of it then tells of confounding, not of the luck of the draw.
    """
    draw = np.random.default_rng(seed)
    common = draw.normal(size=n)
    x = np.empty((n, covariates), dtype=np.float32)
    for at in range(covariates):
        z = (0.5 * common + draw.normal(size=n)) / 1.12
        kind = at % 5
        if kind == 0:
            x[:, at] = z
        elif kind == 1:
            x[:, at] = np.exp(0.8 * z)
        elif kind == 2:
            x[:, at] = np.maximum(np.exp(z) - 1, 0)
        elif kind == 3:
            x[:, at] = z > 0.4
        else:
            x[:, at] = draw.poisson(np.exp(0.4 * z))
    outlook = 10 * np.tanh(x[:, 0]) + 5 * np.log1p(x[:, 1]) + 3 * np.minimum(x[:, 2], 3) + 4 * x[:, 3] * (x[:, 0] > 0)
    outlook += 2 * np.minimum(x[:, 4], 4) + 3 * np.sin(1.5 * x[:, 5]) + 2 * np.log1p(x[:, 6]) + 0.5 * x[:, 10] * x[:, 0]
    y = outlook.astype(np.float64) + _NOISE * (draw.gamma(0.4, 2.5, n) - 1)
    before = 0.8 * outlook + _NOISE * (draw.gamma(0.4, 2.5, n) - 1)
    states = np.zeros((n, n_actions), dtype=np.int8)
    truth: dict[str, dict[str, float]] = {}
    names = tuple(f"action {at}" for at in range(n_actions))
    shapes = (
        np.tanh(x[:, 0]),
        np.log1p(x[:, 1]),
        np.sin(1.5 * x[:, 5]),
        x[:, 3],
        (x[:, 2] > 1).astype(np.float32),
        np.tanh(x[:, 15]),
        np.tanh(x[:, 20]),
        np.tanh(x[:, 25]),
    )
    for at, name in enumerate(names):
        weights = draw.uniform([0.3, 0.0, -0.3, -0.3, -0.3, -0.3, -0.3, -0.3], [0.7, 0.5, 0.3, 0.3, 0.4, 0.3, 0.3, 0.3])
        odds = _LEAN * sum(weight * shape for weight, shape in zip(weights, shapes, strict=True))
        odds = odds - np.quantile(odds[:50_000], draw.uniform(0.6, 0.98)) - 0.5
        did = draw.random(n) < 1 / (1 + np.exp(-odds))
        states[did, at] = 1
        states[draw.random(n) < draw.uniform(0, 0.3), at] = 2
        gain = 0.0 if at < null_share * n_actions else float(draw.uniform(-3, 4))
        y += did * gain
        truth[name] = dict.fromkeys(("ATE", "ATT", "ATO"), gain)
    return Planted(Trial(x, tuple(f"x{at}" for at in range(covariates)), y, states, names, placebo=before), truth)
