"""LaLonde: men of a job programme (NSW) against men of a population survey (CPS), where an experiment knows the answer.

The programme's own control group says +1,794.34 on earnings in 1978; comparing with the survey says −8,497.52. What is
adjusted must come near the experiment at every seed, and the placebo (earnings in 1975, before the programme) must be
refused: those who join have just had a bad year. Only the data files of the package are read, none of its code.

Sources: LaLonde (1986); Dehejia and Wahba (1999).
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from profithunt.models.causal import Limits, Result, Trial, study
from truth.claim import Claim, Unavailable

NAME = "lalonde"
EXPERIMENT = 1_794.34
NAIVE = -8_497.52
LEAST, MOST = 1_200, 2_200
SEEDS = tuple(range(10))
COVARIATES = ("age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75")


def data() -> Path:
    """The folder of the package's data. Raises Unavailable."""
    spec = find_spec("causaldata")
    if spec is None or not spec.submodule_search_locations:
        raise Unavailable("pip install --no-deps causaldata==0.1.5")
    return Path(spec.submodule_search_locations[0])


def trial(outcome: str, covariates: tuple[str, ...]) -> Trial:
    """Men treated in the experiment against all men of the survey."""
    import pandas as pd

    folder = data()
    joined = pd.read_stata(folder / "nsw_mixtape" / "nsw_mixtape.dta")
    survey = pd.read_stata(folder / "cps_mixtape" / "cps_mixtape.dta")
    men = pd.concat([joined[joined["treat"] == 1], survey], ignore_index=True)
    return Trial(
        x=men[list(covariates)].to_numpy(dtype=np.float64),
        covariates=covariates,
        y=men[outcome].to_numpy(dtype=np.float64),
        state=men["treat"].to_numpy(dtype=np.int8)[:, None],
        actions=("joined",),
    )


def experiment() -> float:
    """What the programme's own randomised control group says."""
    import pandas as pd

    men = pd.read_stata(data() / "nsw_mixtape" / "nsw_mixtape.dta")
    return float(men[men["treat"] == 1]["re78"].mean() - men[men["treat"] == 0]["re78"].mean())


def adjusted(given: Trial, seed: int) -> dict[str, Result]:
    """The study at one seed, by estimand; no controls, since it is one action of 185 men."""
    return {item.estimand: item for item in study(given, Limits(seed=seed, controls=0)).results}


def check(_: Path) -> Iterator[Claim]:
    """Naive, experiment, adjusted at every seed with its verdict, and the placebo that must fail."""
    yield Claim(NAME, "the experiment", EXPERIMENT, round(experiment(), 2))
    given = trial("re78", COVARIATES)
    found = [adjusted(given, seed) for seed in SEEDS]
    yield Claim(NAME, "naive difference", NAIVE, round(found[0]["ATT"].naive, 2))
    effects = [item["ATT"].effect for item in found]
    first = found[0]
    for name in ("ATT", "ATO", "ATE"):
        item = first[name]
        verdict = "credible" if item.credible else f"not credible: {item.reason}"
        print(
            f"     {name} {item.effect:,.0f} [{item.low:,.0f}, {item.high:,.0f}], overlap {item.overlap:.0%}, {verdict}"
        )
    print(f"     ATT at {len(SEEDS)} seeds: {min(effects):,.0f} to {max(effects):,.0f}")
    outside = [round(effect) for effect in effects if not LEAST <= effect <= MOST]
    yield Claim(NAME, f"seeds at which the ATT is outside {LEAST:,} to {MOST:,}", [], outside)
    held = all(item["ATT"].low <= EXPERIMENT <= item["ATT"].high for item in found)
    yield Claim(NAME, "every interval holds the experiment", True, held)
    yield Claim(NAME, "all of the survey is refused for want of overlap", False, first["ATE"].credible)
    placebo = adjusted(trial("re75", COVARIATES[:-1]), 0)["ATT"]
    print(f"     placebo, earnings in 1975: {placebo.effect:,.0f} [{placebo.low:,.0f}, {placebo.high:,.0f}]")
    yield Claim(NAME, "the placebo's interval leaves out zero", True, not placebo.low <= 0 <= placebo.high)
