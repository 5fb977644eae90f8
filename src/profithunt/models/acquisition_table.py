"""The table `acquisition` as columns: every member of every dimension compared, by what its customers brought."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from profithunt.models.acquisition import Cells, Members, adjusted
from profithunt.models.shrinkage import Array

Columns = dict[str, npt.NDArray[Any]]

MIX: Final = ("mix_month", "mix_channel", "mix_marketing", "mix_country", "mix_basket")
LEFT_OUT: Final = {
    "channel": ("mix_channel", "mix_basket"),
    "store": ("mix_channel", "mix_country", "mix_basket"),
    "country": ("mix_country", "mix_basket"),
    "region": ("mix_country", "mix_basket"),
    "marketing_channel": ("mix_marketing", "mix_basket"),
    "campaign": ("mix_marketing", "mix_basket"),
    "keyword": ("mix_marketing", "mix_basket"),
    "landing_page": ("mix_marketing", "mix_basket"),
    "promotion": ("mix_basket",),
    "first_discount": ("mix_basket",),
}
"""Parts of the mix that a dimension is itself a part of, or acts through: they are not taken out. How many products the
first order held is taken out for products alone: who bought much of anything has bought each thing more often."""

VALUES: Final = ("naive", "adjusted", "low", "high")


def compare(everybody: Columns, theirs: Columns, horizon: int) -> Columns | None:
    """Every member of every dimension against everybody; None where there is nobody.

    `everybody` are sums by cell of the mix, `theirs` by dimension, member and cell.
    """
    if not len(everybody["n"]) or not len(theirs["n"]):
        return None
    place = {key: number for number, key in enumerate(_keys(everybody))}
    cells = np.array([place[key] for key in _keys(theirs)], dtype=np.intp)
    names = theirs["dimension"].astype(str)
    parts = [
        _of_dimension(
            dimension, horizon, everybody, {k: v[names == dimension] for k, v in (theirs | {"cell": cells}).items()}
        )
        for dimension in np.unique(names).tolist()
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def with_value(found: Columns, worth: Columns | None) -> Columns:
    """The same with the lifetime value of each member beside it, where that was compared, too."""
    values = {name: np.full(len(found["member"]), np.nan) for name in VALUES}
    if worth is not None:
        place = {key: number for number, key in enumerate(_names(worth))}
        for row, key in enumerate(_names(found)):
            if key in place:
                for name in VALUES:
                    values[name][row] = worth[f"cm3_{name}"][place[key]]
    return found | {f"value_{name}": column for name, column in values.items()}


def _names(columns: Columns) -> list[tuple[Any, Any]]:
    return list(zip(columns["dimension"].tolist(), columns["member"].tolist(), strict=True))


def _of_dimension(dimension: str, horizon: int, everybody: Columns, theirs: Columns) -> Columns:
    names, member = np.unique(theirs["member"].astype(str), return_inverse=True)
    worth = adjusted(*_sums(dimension, everybody, theirs, member, len(names), "cm3", "cm3_squared"))
    back = adjusted(*_sums(dimension, everybody, theirs, member, len(names), "retained", "retained"))
    n = everybody["n"].sum()
    mean, mean_back = everybody["cm3"].sum() / n, everybody["retained"].sum() / n
    # Rounded, since sums of doubles differ in their last digits with the order in which rows come.
    return {
        "dimension": np.full(len(names), dimension, dtype=object),
        "member": names.astype(object),
        "horizon_days": np.full(len(names), horizon, dtype=np.int64),
        "n_customers": worth.customers.astype(np.int64),
        "cm3_naive": np.round(worth.naive, 4),
        "cm3_adjusted": np.round(mean + worth.lift, 4),
        "cm3_low": np.round(mean + worth.low, 4),
        "cm3_high": np.round(mean + worth.high, 4),
        "cm3_lift": np.round(worth.lift, 4),
        "cm3_error": np.round(worth.error, 4),
        "better": np.round(worth.better, 6),
        "retained_naive": np.round(back.naive, 6),
        "retained_adjusted": np.round(np.clip(mean_back + back.lift, 0, 1), 6),
        "retained_low": np.round(np.clip(mean_back + back.low, 0, 1), 6),
        "retained_high": np.round(np.clip(mean_back + back.high, 0, 1), 6),
    }


def _sums(
    dimension: str,
    everybody: Columns,
    theirs: Columns,
    member: npt.NDArray[np.intp],
    count: int,
    total: str,
    squares: str,
) -> tuple[Cells, Members]:
    mix = tuple(everybody[name] for name in MIX if name not in LEFT_OUT.get(dimension, ()))
    cells = Cells(mix, _floats(everybody["n"]), _floats(everybody[total]), _floats(everybody[squares]))
    own = Members(member, theirs["cell"], _floats(theirs["n"]), _floats(theirs[total]), _floats(theirs[squares]), count)
    return cells, own


def _floats(values: npt.NDArray[Any]) -> Array:
    return np.asarray(values, dtype=np.float64)


def _keys(columns: Columns) -> list[tuple[Any, ...]]:
    return list(zip(*(columns[name].tolist() for name in MIX), strict=True))
