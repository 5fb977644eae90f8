"""Carriers of a shop: scorecard, and what a switch or own delivery would do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from profithunt.engine import AnyEngine
from profithunt.errors import UsageError
from profithunt.metrics.carriers import Scorecard, insource, scorecard, switch


@dataclass(frozen=True)
class OwnDelivery:
    """A region delivered by oneself: fixed cost a year, cost a parcel, failed parcels per million where one knows."""

    region: str
    fixed: float
    variable: float
    failed_per_million: float | None = None


def carriers(
    engine: AnyEngine,
    switched: tuple[str, str] | None = None,
    region: str | None = None,
    own: OwnDelivery | None = None,
) -> Scorecard:
    """The scorecard of all lanes; with what one change would do. Raises NotFound, UsageError."""
    found = scorecard(engine, shrunken)
    if switched is not None and own is not None:
        raise UsageError("a switch and own delivery are two questions", do="ask one of them")
    if switched is not None:
        return switch(found, *switched, region)
    return found if own is None else insource(found, own.region, own.fixed, own.variable, own.failed_per_million)


def shrunken(failed: Sequence[float], known: Sequence[float]) -> tuple[list[float], list[float], list[float]]:
    """Failed shares held against each other, and their 90 % intervals."""
    from profithunt.models.members import floats, shares

    if not failed:
        return [], [], []
    mean, low, high = shares(floats(failed), floats(known))
    return mean.tolist(), low.tolist(), high.tolist()
