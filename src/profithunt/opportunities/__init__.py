"""Opportunities: what the detectors found, valued, gated, ranked.

`hunt` runs detectors over a run and gives a `Hunt`: opportunities by rank, detectors that sleep and what would wake
them, detectors that failed, and finds that another detector vetoed.
"""

from profithunt.opportunities.ground import Ground, Settings
from profithunt.opportunities.hunt import hunt
from profithunt.opportunities.lists import CUSTOMERS, listed_customers
from profithunt.opportunities.opportunity import (
    Conflict,
    Failed,
    Hunt,
    Opportunity,
    Shared,
    Sleeping,
    Vetoed,
    as_query,
    read_rows,
)

__all__ = [
    "CUSTOMERS",
    "Conflict",
    "Failed",
    "Ground",
    "Hunt",
    "Opportunity",
    "Settings",
    "Shared",
    "Sleeping",
    "Vetoed",
    "as_query",
    "hunt",
    "listed_customers",
    "read_rows",
]
