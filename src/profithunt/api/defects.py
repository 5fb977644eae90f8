"""Defects of a shop: the board, its members' rates held against their peers', and the board as of an earlier day."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Final

from profithunt.config import ShopConfig
from profithunt.engine import AnyEngine
from profithunt.metrics.defects import DefectBoard, Grain, Rates, board
from profithunt.metrics.defects_build import as_at

LEVEL: Final = 0.90
PERIODS: Final = ("week", "month")


def defect_board(
    engine: AnyEngine,
    config: ShopConfig,
    by: str | None = None,
    member: str | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
    grain: Grain = "week",
    examples: int = 5,
) -> DefectBoard:
    """The board, with each member's failed share shrunk towards its peers' and its 90 % interval."""
    found = board(engine, config, by, member, start, end, grain, examples)
    return replace(found, members=held_against_peers(found.members)) if by not in PERIODS else found


def board_as_of(
    engine: AnyEngine,
    config: ShopConfig,
    day: dt.date,
    by: str | None = None,
    member: str | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
    grain: Grain = "week",
    examples: int = 5,
) -> DefectBoard:
    """The board as it would have been at the end of a day; the engine's tables are of that day afterwards."""
    as_at(engine, config, day)
    found = board(engine, config, by, member, start, end, grain, examples, day)
    return replace(found, members=held_against_peers(found.members)) if by not in PERIODS else found


def held_against_peers(members: tuple[Rates, ...]) -> tuple[Rates, ...]:
    """Members with their shrunken failed share (beta-binomial) and its interval; as they are where there are few."""
    from profithunt.models.members import floats, shares

    known = [one for one in members if one.n_parcels]
    if len(known) < 2:
        return members
    failed = floats([one.n_failed for one in known])
    parcels = floats([one.n_parcels for one in known])
    mean, low, high = (values.tolist() for values in shares(failed, parcels, LEVEL))
    held = {one.member: at for at, one in enumerate(known)}
    return tuple(
        replace(one, shrunken=mean[at], low=low[at], high=high[at]) if (at := held.get(one.member)) is not None else one
        for one in members
    )
