"""Daily rows of many series as panels: the members of one metric and dimension side by side, a column a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from profithunt.models.shrinkage import Array

_BETWEEN: Final = "\x1f"
_FIRST_WEEKDAY: Final = 3
"""1970-01-01, where days are counted from, was a Thursday."""


@dataclass(frozen=True)
class Panel:
    """Series × days of one metric and dimension: what was counted, NaN outside of a series' life, and out of what.

    `weekday` is that of the first day, Monday being 0.
    """

    metric: str
    dimension: str
    members: list[str]
    counts: Array
    exposure: Array
    weekday: int
    first: np.datetime64

    @property
    def falls_below_zero(self) -> bool:
        """Whether an amount is negative: such series have no model of counts."""
        return bool(np.nanmin(self.counts) < 0)

    def exposed(self, series: int, day: int, days: int) -> float:
        """What was counted out of, a day on average over so many days from one."""
        return float(np.nan_to_num(self.exposure[series, day : day + days]).mean())

    def forget_from(self, day: dt.date) -> None:
        """Take what was counted from a day on for not known."""
        at = int((np.datetime64(day, "D") - self.first.astype("datetime64[D]")).astype(int))
        self.counts[:, max(at, 0) :] = np.nan

    @property
    def is_unknown(self) -> bool:
        """Whether nothing is known on any day."""
        return not bool(np.isfinite(self.counts).any())

    def day(self, number: int) -> Any:
        """The day of a column, as a date."""
        return (self.first + np.timedelta64(int(number), "D")).astype("datetime64[D]").item()


def panels(data: Mapping[str, npt.NDArray[Any]]) -> Iterator[Panel]:
    """The panels of rows metric, dimension, member, on, numerator, denominator (null: no denominator)."""
    if not len(data["on"]):
        return
    start = data["on"].min()
    day = (data["on"] - start).astype(int)
    weekday = int(start.astype("datetime64[D]").astype(int)) + _FIRST_WEEKDAY
    metric, dimension, member = (_text(data[name]) for name in ("metric", "dimension", "member"))
    top, bottom = _number(data["numerator"]), _number(data["denominator"])
    names = np.char.add(np.char.add(metric, _BETWEEN), dimension)
    for name in np.unique(names):
        places = np.flatnonzero(names == name)
        about, cut = str(name).split(_BETWEEN)
        members, series = np.unique(member[places], return_inverse=True)
        begin = int(day[places].min())
        at = day[places] - begin
        counts = np.zeros((len(members), int(at.max()) + 1))
        exposure = np.full(counts.shape, np.nan)
        counts[series, at] = top[places]
        exposure[series, at] = bottom[places]
        seen = np.zeros(counts.shape, dtype=bool)
        seen[series, at] = True
        # Before a series' first day and after its last nothing is known.
        begun = np.maximum.accumulate(seen, axis=1) & np.maximum.accumulate(seen[:, ::-1], axis=1)[:, ::-1]
        counts[~begun] = np.nan
        yield Panel(
            about, cut, members.tolist(), counts, exposure, (weekday + begin) % 7, start + np.timedelta64(begin, "D")
        )


def columns_of(rows: Sequence[tuple[Any, ...]], types: Mapping[str, str]) -> dict[str, npt.NDArray[Any]]:
    """Rows as a column each, of the NumPy types named."""
    each = list(zip(*rows, strict=True)) or [()] * len(types)
    return {name: np.array(values, dtype=types[name]) for name, values in zip(types, each, strict=True)}


def _text(column: npt.NDArray[Any]) -> npt.NDArray[np.str_]:
    return np.asarray(np.ma.filled(np.ma.asarray(column), "").astype(str))


def _number(column: npt.NDArray[Any]) -> Array:
    return np.asarray(np.ma.filled(np.ma.asarray(column).astype(np.float64), np.nan), dtype=np.float64)
