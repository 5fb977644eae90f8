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
from profithunt.engine import AnyEngine
from profithunt.errors import ModelError
from profithunt.models.gaps import ACTIVITY, changed

STEPS: Final = (56, 140)
"""Days that an entity's window begins with, and to which it is extended before it is the detector's whole one."""

Key = tuple[str, ...]


@dataclass(frozen=True)
class Window:
    """What a statement gave over one window: a column of values by name, and each entity's place in them."""

    clock: Clock
    columns: Mapping[str, Sequence[Any]]
    places: Mapping[Key, int]

    def row(self, key: Key) -> dict[str, Any]:
        """All that is known of one entity."""
        place = self.places[key]
        return {name: values[place] for name, values in self.columns.items()}


@dataclass(frozen=True)
class Candidates:
    """One entry an entity, sorted by its keys: the window that stands for it, its measures by column, its peers.

    `lately` are its measures over the last 56 days (empty where no shorter window is looked at).
    """

    keys: list[Key]
    windows: list[Window]
    columns: dict[str, list[Any]]
    peers: list[str]
    lately: dict[str, list[Any]]

    def row(self, index: int) -> dict[str, Any]:
        """All that the statement gave of one entity."""
        return self.windows[index].row(self.keys[index])


def gather(engine: AnyEngine, detector: Detector, at: Clock, timezone: str) -> Candidates:
    """Run a detector's statement over its window and the shorter ones, and keep for each entity what says most.

    Raises ModelError for a statement that gives an entity twice, EngineError for one that the engine refuses.
    """
    chosen: dict[Key, Window] = {}
    settled: set[Key] = set()
    whole = Window(at, {}, {})
    latest: Window | None = None
    for clock in _clocks(detector, at):
        whole = _query(engine, _scaled(detector, clock.days / at.days), clock, timezone)
        latest = latest or whole
        held = [key for key in whole.places if key in chosen and key not in settled]
        if held:
            before = _measures(held, [whole] * len(held))
            lately = _measures(held, [chosen[key] for key in held])
            differs = changed(before, lately, detector.statistic)
            settled.update(key for key, has_changed in zip(held, differs, strict=True) if has_changed)
        chosen.update((key, whole) for key in whole.places if key not in settled)
    keys = sorted(whole.places)
    windows = [chosen[key] for key in keys]
    columns = _measures(keys, windows)
    if keys:
        columns["window_days"] = [window.clock.days for window in windows]
    if at.end < at.as_of and "n_rows" in columns:
        columns |= _activity_to_date(engine, detector, at, timezone, keys, windows)
    peers = whole.columns.get("peers")
    return Candidates(
        keys=keys,
        windows=windows,
        columns=columns,
        peers=[str(peers[whole.places[key]] or "") if peers is not None else "" for key in keys],
        lately={} if latest is None or latest is whole else _of_last_days(latest, keys),
    )


def _clocks(detector: Detector, at: Clock) -> list[Clock]:
    """The windows to try, shortest first; the detector's own comes last."""
    steps = STEPS if detector.drifts and detector.statistic != "sum" else ()
    return [*(replace(at, start=at.end - dt.timedelta(days=days)) for days in steps if 2 * days <= at.days), at]


def _scaled(detector: Detector, share: float) -> Detector:
    """The detector with least samples (thresholds `min_…`) in proportion to a shorter window."""
    least = {
        name: max(value * share, 1)
        for name, value in detector.thresholds.items()
        if name.startswith("min_") and isinstance(value, (int, float)) and share < 1
    }
    return replace(detector, thresholds={**detector.thresholds, **least})


def _activity_to_date(
    engine: AnyEngine, detector: Detector, at: Clock, timezone: str, keys: Sequence[Key], windows: Sequence[Window]
) -> dict[str, list[Any]]:
    """Activity up to the last day, for a detector whose last days are left out of its rates only."""
    to_date = _query(engine, detector, replace(at, end=at.as_of), timezone)
    sources = [to_date if key in to_date.places else window for key, window in zip(keys, windows, strict=True)]
    found = {f"seen_{name}": _values(name, keys, sources) for name in ACTIVITY}
    found["seen_days"] = [to_date.clock.days] * len(keys)
    return found


def _query(engine: AnyEngine, detector: Detector, clock: Clock, timezone: str) -> Window:
    """The statement over one window; rows without a key are about nothing that can be named."""
    names, rows = engine.fetch(compile_detector(detector, clock, timezone=timezone))
    at = [names.index(name) for name in detector.entity]
    rows = [row for row in rows if all(row[place] is not None for place in at)]
    columns = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {}
    keys = (
        list(zip(*([str(value) for value in columns[name]] for name in detector.entity), strict=True)) if rows else []
    )
    places = {key: place for place, key in enumerate(keys)}
    if len(places) < len(keys):
        twice = next(key for place, key in enumerate(keys) if places[key] != place)
        raise ModelError(f"gives {' '.join(twice)} twice", where=detector.name, expected="one row for each entity")
    return Window(clock, columns, places)


def _measures(keys: Sequence[Key], windows: Sequence[Window]) -> dict[str, list[Any]]:
    given = windows[0].columns if windows else {}
    return {name: _values(name, keys, windows) for name in MEASURES if name in given}


def _of_last_days(latest: Window, keys: Sequence[Key]) -> dict[str, list[Any]]:
    """Measures over the last days, null for entities that had none."""
    return {
        name: [values[latest.places[key]] if key in latest.places else None for key in keys]
        for name, values in latest.columns.items()
        if name in MEASURES
    }


def _values(name: str, keys: Sequence[Key], windows: Sequence[Window]) -> list[Any]:
    return [window.columns[name][window.places[key]] for key, window in zip(keys, windows, strict=True)]
