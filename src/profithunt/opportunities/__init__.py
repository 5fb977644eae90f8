"""Opportunities: what the detectors found, valued, gated, ranked.

`hunt` runs detectors over a run and gives a `Hunt`: opportunities by rank, detectors that sleep and what would wake
them, detectors that failed, and finds that another detector vetoed.
"""

from profithunt.opportunities.hunt import Settings, hunt
from profithunt.opportunities.opportunity import Failed, Hunt, Opportunity, Sleeping, Vetoed, as_query

__all__ = ["Failed", "Hunt", "Opportunity", "Settings", "Sleeping", "Vetoed", "as_query", "hunt"]
