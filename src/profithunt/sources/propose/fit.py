"""How well a column's values fit what a concept's values look like.

A fit is None where they can't mean it (a veto), else −0.5 … +0.5 that is added to the name's score.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from profithunt.sources.propose.profile import ColumnProfile

Judge = Callable[[ColumnProfile], float | None]
_MOSTLY = 0.9
_YEAR = (1900, 2030)
_COMPACT_DAY = (19_000_101, 21_001_231)


def judge(kind: str, column: ColumnProfile) -> float | None:
    """The fit of a column's values with a kind of concept; None when they can't be it."""
    if column.filled == 0:
        return -0.2
    return _JUDGES[kind](column)


def judge_id(column: ColumnProfile) -> float:
    """The fit of a column's values with a key; −1 when they can't be one."""
    fit = judge("id", column)
    return -1.0 if fit is None else fit


def _id(column: ColumnProfile) -> float | None:
    if column.is_date and not _compact(column):
        return None
    if column.is_number and (column.whole < _MOSTLY or column.negative > 0.02):
        return None
    fit = 0.0
    if column.spaced > 0.5:
        fit -= 0.35
    if column.emails > _MOSTLY:
        fit -= 0.1
    if column.distinct <= 2 and column.rows > 20:
        fit -= 0.3
    if column.distinct > 20 or column.distinct > 0.5 * column.rows:
        fit += 0.1
    return fit


def _text(column: ColumnProfile) -> float | None:
    if column.is_date or column.lettered < 0.3:
        return None
    fit = 0.1 if column.spaced > 0.3 else 0.0
    return fit - (0.4 if column.emails > 0.5 else 0.0)


def _label(column: ColumnProfile) -> float | None:
    if column.is_date or column.emails > 0.5:
        return None
    if column.is_number and (column.whole < _MOSTLY or column.negative > 0):
        return None
    if column.distinct > 0.5 * column.rows and column.rows > 50:
        return -0.35
    few = column.distinct <= max(30, 0.1 * column.rows)
    return 0.1 if few else -0.1


def _money(column: ColumnProfile) -> float | None:
    if not column.is_number or column.is_date or column.clocks > _MOSTLY:
        return None
    if column.whole < 0.98:
        return 0.15
    return -0.2 if column.distinct > 0.9 * column.rows and column.rows > 50 and (column.least or 0) > 1000 else 0.0


def _quantity(column: ColumnProfile) -> float | None:
    if not column.is_number or column.is_date:
        return None
    if column.distinct > 0.9 * column.rows and column.rows > 50 and column.whole > _MOSTLY:
        return -0.25
    return 0.15 if column.whole > 0.95 else -0.05


def _rate(column: ColumnProfile) -> float | None:
    if not column.is_number or column.least is None or column.most is None:
        return None
    if column.least < -0.001 or column.most > 100.0:
        return None
    return 0.25 if column.most <= 1.0 and column.whole < 1.0 else -0.05


def _rating(column: ColumnProfile) -> float | None:
    if not column.is_number or column.most is None or column.most > 100 or (column.least or 0) < 0:
        return None
    return 0.2 if column.most <= 10 and column.distinct <= 30 else -0.1


def _date(column: ColumnProfile) -> float | None:
    if column.is_date:
        return 0.2
    return None


def _time(column: ColumnProfile) -> float | None:
    if column.clocks > _MOSTLY:
        return 0.3
    return None


def _year(column: ColumnProfile) -> float | None:
    if column.is_number and column.least is not None and column.most is not None and column.whole > 0.99:
        return 0.2 if _YEAR[0] <= column.least and column.most <= _YEAR[1] else None
    return None


def _email(column: ColumnProfile) -> float | None:
    return 0.5 if column.emails > 0.7 else None


def _country(column: ColumnProfile) -> float | None:
    if column.is_number or column.is_date:
        return None
    if column.countries > 0.7:
        return 0.4
    return -0.15 if column.distinct <= 300 else None


def _currency(column: ColumnProfile) -> float | None:
    return 0.4 if column.currencies > 0.8 else None


def _postcode(column: ColumnProfile) -> float | None:
    if column.is_date and not _compact(column):
        return None
    return 0.1 if column.postcodes > 0.6 else (None if column.numbers < 0.5 and column.spaced > 0.8 else -0.3)


def _bool(column: ColumnProfile) -> float | None:
    if column.truths > _MOSTLY and column.distinct <= 4:
        return 0.2
    return -0.2 if column.distinct <= 4 else None


def _compact(column: ColumnProfile) -> bool:
    """Whole numbers that could be days written together, such as 20240131: they may as well be numbers."""
    low, high = column.least or 0, column.most or 0
    return (
        column.is_number and low >= _COMPACT_DAY[0] and high <= _COMPACT_DAY[1] and column.distinct > 0.9 * column.rows
    )


_JUDGES: Final[dict[str, Judge]] = {
    "id": _id,
    "text": _text,
    "label": _label,
    "money": _money,
    "quantity": _quantity,
    "rate": _rate,
    "rating": _rating,
    "date": _date,
    "time": _time,
    "year": _year,
    "email": _email,
    "country": _country,
    "currency": _currency,
    "postcode": _postcode,
    "bool": _bool,
}
