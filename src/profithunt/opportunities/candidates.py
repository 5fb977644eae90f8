"""The candidates of one detector: what its statement gives, over the window that says most of each entity.

A long window knows an entity best as long as nothing changes; after a change only the days since then say what the next
ones cost: a leak that was mended is none, one that began a month ago is not diluted by the good months before. So each
entity's window begins with its last 56 days and is extended as long as the days before tell the same within chance.

Source: choosing the longest window that the recent one does not contradict is Lepski's method (1991).
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

STEPS: Final = (56, 140)
"""Days that an entity's window begins with, and to which it is extended before it is the detector's whole one."""

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
    chosen: dict[tuple[str, ...], tuple[Row, Clock]] = {}
    settled: set[tuple[str, ...]] = set()
    longer: Mapping[tuple[str, ...], Row] = {}
    for step in _windows(detector, at):
        longer = _query(engine, detector, step, timezone)
        held = [key for key in longer if key in chosen and key not in settled]
        before, lately = _measures([longer[key] for key in held]), _measures([chosen[key][0] for key in held])
        differs = changed(before, lately, detector.statistic, detector.direction) if held else []
        settled |= {key for key, has_changed in zip(held, differs, strict=True) if has_changed}
        chosen |= {key: (row, step) for key, row in longer.items() if key not in settled}
    keys = sorted(longer)
    rows = [chosen[key][0] for key in keys]
    clocks = [chosen[key][1] for key in keys]
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


def _windows(detector: Detector, at: Clock) -> list[Clock]:
    """The windows to try, shortest first; the detector's own comes last."""
    steps = STEPS if detector.drifts and detector.statistic != "sum" else ()
    return [*(replace(at, start=at.end - dt.timedelta(days=days)) for days in steps if 2 * days <= at.days), at]


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
