"""The candidates of one detector: what its statement gives, over the window that says most of each entity.

The statement runs over several windows; the engine lines their rows up, one row an entity, and the models choose each
entity's window (`models.windows`). Nothing here goes through entities one by one but for those that were found.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from sqlglot import exp

from profithunt.detectors import Clock, Detector, compile_detector
from profithunt.detectors.definition import MEASURES
from profithunt.engine import AnyEngine
from profithunt.errors import EngineError, ModelError
from profithunt.models.gaps import ACTIVITY
from profithunt.models.windows import floats, longest_alike, of_windows, where_known

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from profithunt.models.shrinkage import Array

STEPS: Final = (56, 140)
"""Days that an entity's window begins with, and to which it is extended before it is the detector's whole one."""

_PLACE: Final = "_place"
_TABLE: Final = "_candidates"
_ASKED: Final = "_asked"

Columns = dict[str, "NDArray[Any]"]


@dataclass(frozen=True)
class Window:
    """The rows of a detector's statement over some days: their table, and its columns."""

    table: str
    clock: Clock
    columns: tuple[str, ...]

    @property
    def measures(self) -> tuple[str, ...]:
        """The columns that the statistics read."""
        return tuple(name for name in MEASURES if name in self.columns)


@dataclass(frozen=True)
class Candidates:
    """All entities of a detector in order of their keys: an array entry each.

    `columns` are the measures over the window that stands for the entity (`chosen`, its number in `windows`), `peers`
    the number of its group, `lately` the measures over the last 56 days (empty where no shorter window is looked at).
    """

    engine: AnyEngine
    detector: Detector
    windows: Sequence[Window]
    chosen: NDArray[Any]
    columns: Columns
    peers: NDArray[Any]
    lately: Columns

    def __len__(self) -> int:
        return len(self.chosen)

    def entities(self, places: Sequence[int]) -> dict[int, dict[str, str]]:
        """The keys of some entities, as text, by place."""
        keys = [exp.alias_(exp.cast(exp.column(name), "TEXT"), name) for name in self.detector.entity]
        query = exp.select(_PLACE, *keys).from_(self.windows[-1].table)
        return {row.pop(_PLACE): row for row in self._asked(query, places)}

    def rows(self, places: Sequence[int]) -> dict[int, dict[str, Any]]:
        """All that the statement gave of some entities over the window of each, by place."""
        found: dict[int, dict[str, Any]] = {}
        of = self.chosen.tolist()
        for number, window in enumerate(self.windows):
            columns = [exp.column(name, window.table, quoted=True) for name in window.columns]
            whole = self.windows[-1].table
            query = exp.select(exp.column(_PLACE, whole), *columns).from_(whole)
            if window.table != whole:
                query = query.join(window.table, on=_same_keys(self.detector, whole, window.table))
            mine = [place for place in places if of[place] == number]
            found |= {row.pop(_PLACE): row for row in self._asked(query, mine)}
        return found

    def close(self) -> None:
        """Forget the tables behind it."""
        for window in self.windows:
            self.engine.drop(window.table)

    def _asked(self, query: exp.Select, places: Sequence[int]) -> list[dict[str, Any]]:
        """The rows of the whole window's places."""
        if not places:
            return []
        whole = self.windows[-1].table
        numbers = exp.values([(place,) for place in places], alias=_ASKED, columns=["place"])
        same = exp.EQ(this=exp.column("place", _ASKED), expression=exp.column(_PLACE, whole))
        return self.engine.dicts(query.join(numbers, on=same))


def gather(engine: AnyEngine, detector: Detector, at: Clock, timezone: str) -> Candidates:
    """Run a detector's statement over its window and the shorter ones, and keep for each entity what says most.

    Raises ModelError for a statement that gives an entity twice, EngineError for one that the engine refuses.
    """
    windows = [
        _window(engine, _scaled(detector, clock.days / at.days), clock, timezone, f"{_TABLE}_{number}")
        for number, clock in enumerate(_clocks(detector, at))
    ]
    whole = windows[-1]
    data = engine.arrays(_lined_up(detector, windows))
    seen = [_of(data, number, whole.measures) for number in range(len(windows))]
    chosen = longest_alike(seen, detector.statistic)
    columns = of_windows(seen, chosen)
    if len(chosen):
        columns |= of_windows([{"window_days": floats(chosen * 0 + window.clock.days)} for window in windows], chosen)
    if at.end < at.as_of and "n_rows" in columns:
        columns |= _activity_to_date(engine, detector, at, timezone, whole, columns)
    return Candidates(
        engine=engine,
        detector=detector,
        windows=windows,
        chosen=chosen,
        columns=columns,
        peers=data["_peers"],
        lately=seen[0] if len(windows) > 1 else {},
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


def _window(engine: AnyEngine, detector: Detector, at: Clock, timezone: str, name: str) -> Window:
    """Keep the statement's rows over one window; rows without a key are about nothing that can be named."""
    statement = compile_detector(detector, at, timezone=timezone)
    try:
        columns = tuple(engine.describe(statement))
    except EngineError as error:
        # The engine repeats the whole statement; what is wrong with it stands at the end.
        reason = error.what.rpartition("Error: ")[2] or error.what
        file = detector.path.name if detector.path is not None else detector.name
        raise ModelError(f"the engine refuses the statement: {reason}", where=file) from error
    engine.view(f"{name}_all", statement)
    in_order = exp.Order(expressions=[exp.cast(exp.column(key), "TEXT") for key in detector.entity])
    place = exp.Sub(this=exp.Window(this=exp.RowNumber(), order=in_order), expression=exp.Literal.number(1))
    known = [exp.not_(exp.column(key).is_(exp.null())) for key in detector.entity]
    engine.table(name, exp.select("*", exp.alias_(place, _PLACE)).from_(f"{name}_all").where(*known))
    engine.drop(f"{name}_all")
    double = exp.select(*detector.entity).from_(name).group_by(*detector.entity).having("COUNT(*) > 1").limit(1)
    for row in engine.rows(double):
        keys = " ".join(str(value) for value in row)
        raise ModelError(f"gives {keys} twice", where=detector.name, expected="one row for each entity")
    return Window(name, at, columns)


def _lined_up(detector: Detector, windows: Sequence[Window]) -> exp.Select:
    """One row an entity of the last window: the measures of every window, null where it has no such entity."""
    whole = windows[-1]
    group = exp.column("peers", whole.table) if "peers" in whole.columns else exp.Literal.string("")
    text = exp.func("COALESCE", exp.cast(group, "TEXT"), exp.Literal.string(""))
    peers = exp.Window(this=exp.func("DENSE_RANK"), order=exp.Order(expressions=[text]))
    query = exp.select(exp.alias_(peers, "_peers")).from_(whole.table)
    for number, window in enumerate(windows):
        query = query.select(
            *[exp.alias_(_measure(window, name), _name(number, name), quoted=True) for name in whole.measures]
        )
        if window is not whole:
            query = query.join(window.table, on=_same_keys(detector, whole.table, window.table), join_type="left")
    return query.order_by(exp.column(_PLACE, whole.table))


def _activity_to_date(
    engine: AnyEngine, detector: Detector, at: Clock, timezone: str, whole: Window, columns: Mapping[str, NDArray[Any]]
) -> Columns:
    """Activity up to the last day, for a detector whose last days are left out of its rates only."""
    to_date = _window(engine, detector, replace(at, end=at.as_of), timezone, f"{_TABLE}_to_date")
    query = exp.select(*[exp.alias_(_measure(to_date, name), name, quoted=True) for name in ACTIVITY])
    query = query.from_(whole.table)
    query = query.join(to_date.table, on=_same_keys(detector, whole.table, to_date.table), join_type="left")
    found = engine.arrays(query.order_by(exp.column(_PLACE, whole.table)))
    engine.drop(to_date.table)
    known = where_known({name: floats(found[name]) for name in ACTIVITY}, columns)
    return {
        **{f"seen_{name}": values for name, values in known.items()},
        "seen_days": columns["n_rows"] * 0.0 + to_date.clock.days,
    }


def _same_keys(detector: Detector, left: str, right: str) -> exp.Expr:
    return exp.and_(*[exp.EQ(this=exp.column(key, left), expression=exp.column(key, right)) for key in detector.entity])


def _measure(window: Window, name: str) -> exp.Expr:
    return exp.cast(exp.column(name, window.table, quoted=True), "DOUBLE")


def _name(number: int, measure: str) -> str:
    return f"{measure}_{number}"


def _of(data: Mapping[str, NDArray[Any]], number: int, measures: Sequence[str]) -> dict[str, Array]:
    return {name: floats(data[_name(number, name)]) for name in measures}
