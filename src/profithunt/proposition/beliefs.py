"""What is believed of customers before the shop's own orders have spoken: `priors.toml`, a table a simulator."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Belief:
    """A declared prior: mean and standard deviation, what it means in words, and where it comes from."""

    mean: float
    spread: float
    in_words: str
    source: str


@cache
def beliefs(simulator: str) -> Mapping[str, Belief]:
    """The declared priors of a simulator (`delivery` …), by name."""
    found = tomllib.loads(files("profithunt.proposition").joinpath("priors.toml").read_text("utf-8"))
    return {name: Belief(**given) for name, given in found[simulator].items()}
