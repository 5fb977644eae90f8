"""Causal effects of what customers do, on what they are worth afterwards.

`Trial` in, `study(trial)` out: `Study` with a `Result` for each action and estimand, and what scores other customers.
"""

from profithunt.models.causal.gathered import Cohort, choices_of, cohort_of, mean_where, states_of
from profithunt.models.causal.learner import Choice, choose
from profithunt.models.causal.study import CONTROL, NOT_ELIGIBLE, TREATED, Limits, Result, Study, Trial, study

__all__ = [
    "CONTROL",
    "NOT_ELIGIBLE",
    "TREATED",
    "Choice",
    "Cohort",
    "Limits",
    "Result",
    "Study",
    "Trial",
    "choices_of",
    "choose",
    "cohort_of",
    "mean_where",
    "states_of",
    "study",
]
