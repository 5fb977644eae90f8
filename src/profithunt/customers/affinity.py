"""What taste is learnt from: who bought what, as SQL over a run's tables, and the tables that come of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from profithunt.customers.build import Span
from profithunt.engine import Model, read_models
from profithunt.engine.runner import Settings

WORKING: Final = ("affinity_people", "affinity_items", "affinity_pairs")
"""Models that only feed the fits."""

TABLES: Final = ("affinity", "affinity_quality")
"""Tables of the run."""

LEARNT_DAYS: Final = 364
HOLDOUT_DAYS: Final = 28
MOST_CUSTOMERS: Final = 200_000
LEAST_ON_HAND: Final = 5


@dataclass(frozen=True)
class Days:
    """What is looked at: after `since`, up to `until`; the hold-out begins after `cut`."""

    since: dt.date
    cut: dt.date
    until: dt.date


def days(found: Span) -> Days | None:
    """The last year, its last 28 days as hold-out; None for a history too short to learn from and to check."""
    if (found.as_of - found.first).days < 3 * HOLDOUT_DAYS:
        return None
    until = found.as_of
    return Days(until - dt.timedelta(days=LEARNT_DAYS), until - dt.timedelta(days=HOLDOUT_DAYS), until)


def models() -> dict[str, Model]:
    """All models of this part, by name."""
    return read_models(Path(str(files(__package__) / "affinity_models")))


def settings(base: Settings, when: Days) -> Settings:
    """What the models are compiled with beside what the ledger's are."""
    values = {
        **base.values,
        "since": when.since,
        "cut": when.cut,
        "until": when.until,
        "most_customers": MOST_CUSTOMERS,
        "least_on_hand": LEAST_ON_HAND,
    }
    return Settings(values=values, lists=base.lists, parts=base.parts, ordered=base.ordered)
