"""The candidates of one detector: what its statement gives, over the windows that say most of each entity.

A long window knows an entity best as long as nothing changes. Where its rate over the last 56 days differs from the
days before beyond chance, only those 56 days say what the next ones cost: a leak that was mended is none, one that
began a month ago is not diluted by the good months before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from profithunt.detectors import Clock, Detector, compile_detector
from profithunt.detectors.definition import MEASURES
from profithunt.engine import Engine
from profithunt.errors import ModelError
from profithunt.models.gaps import ACTIVITY, changed

LATE_DAYS: Final = 56
"""Days looked at alone where an entity has changed."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Candidates:
    """One entry an entity, sorted by its keys: names, rows as queried, measures by column, peers, window."""

    entities: list[dict[str, str]]
    rows: list[Row]
    columns: dict[str, list[Any]]
    peers: list[str]
    clocks: list[Clock]


def gather(engine: Engine, detector: Detector, at: Clock, timezone: str) -> Candidates:
    """Run a detector's statement over its window, and over a shorter or later one where that says more.

    Raises ModelError for a statement that gives an entity twice, EngineError for one that the engine refuses.
    """
    whole = _query(engine, detector, at, timezone)
    keys = sorted(whole)
    rows = [whole[key] for key in keys]
    clocks = [at] * len(rows)
    if detector.drifts and detector.statistic != "sum" and at.days >= 2 * LATE_DAYS and rows:
        late_at = replace(at, start=at.end - dt.timedelta(days=LATE_DAYS))
        late = _query(engine, detector, late_at, timezone)
        both = [index for index, key in enumerate(keys) if key in late]
        before, lately = (_measures([rows[i] for i in both]), _measures([late[keys[i]] for i in both]))
        for index, has_changed in zip(both, changed(before, lately, detector.statistic) if both else (), strict=True):
            if has_changed:
                rows[index], clocks[index] = late[keys[index]], late_at
    columns = _measures(rows)
    if rows:
        columns["window_days"] = [clock.days for clock in clocks]
    if at.end < at.as_of and "n_rows" in columns:
        columns |= _activity_to_date(engine, detector, at, timezone, keys, rows)
    return Candidates(
        entities=[dict(zip(detector.entity, key, strict=True)) for key in keys],
        rows=rows,
        columns=columns,
        peers=[str(row.get("peers") or "") for row in rows],
        clocks=clocks,
    )


def _activity_to_date(
    engine: Engine, detector: Detector, at: Clock, timezone: str, keys: Sequence[tuple[str, ...]], rows: Sequence[Row]
) -> dict[str, list[Any]]:
    """Activity up to the last day, for a detector whose last days are left out of its rates only."""
    to_date = replace(at, end=at.as_of)
    seen = _query(engine, detector, to_date, timezone)
    found: dict[str, list[Any]] = {
        f"seen_{name}": [seen.get(key, row)[name] for key, row in zip(keys, rows, strict=True)] for name in ACTIVITY
    }
    found["seen_days"] = [to_date.days] * len(keys)
    return found


def _query(engine: Engine, detector: Detector, at: Clock, timezone: str) -> dict[tuple[str, ...], Row]:
    """The statement's rows by entity; rows without a key are about nothing that can be named."""
    found: dict[tuple[str, ...], Row] = {}
    for row in engine.dicts(compile_detector(detector, at, timezone=timezone)):
        if any(row[name] is None for name in detector.entity):
            continue
        key = tuple(str(row[name]) for name in detector.entity)
        if key in found:
            raise ModelError(f"gives {' '.join(key)} twice", where=detector.name, expected="one row for each entity")
        found[key] = row
    return found


def _measures(rows: Sequence[Row]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in MEASURES if rows and name in rows[0]}
