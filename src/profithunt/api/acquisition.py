"""The acquisition lens: what the customers are worth that a product, keyword, campaign, store brings.

Sums come from the engine (`customers/queries/acquired_*.sql`), the comparison from `models/acquisition.py`; the result
is the table `acquisition` of a run.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from profithunt.config import ShopConfig
from profithunt.customers.build import lens_model, span
from profithunt.customers.reading import compiled
from profithunt.engine import AnyEngine, compile_model
from profithunt.engine.compiler import Value
from profithunt.engine.runner import Built, Earlier, take_over

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from profithunt.models.acquisition import Cells, Members

TABLE: Final = "acquisition"
FORECAST: Final = ("customer_clv",)
"""Read where it is there: then customers are compared by their lifetime value, too."""
READS: Final = ("acquisitions", "order_profit", "ledger", "orders", "products")
FEWEST: Final = 10
"""Customers that a member must have brought to be listed."""
MOST: Final = 500
"""Members listed of a dimension: those that brought most customers."""
OUTCOMES: Final = "acquired_outcomes"
VALUES: Final = ("naive", "adjusted", "low", "high")
SEEN: Final = 0.3
"""Share of the customers that must have been seen for a whole horizon; else it is halved."""
SHORTEST: Final = 28

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

VERSION: Final = "2"
"""Changes when the estimate does, so that no older one is taken over."""


def build_acquisition(
    engine: AnyEngine,
    config: ShopConfig,
    out: Path,
    *,
    fingerprints: dict[str, str],
    earlier: Earlier | None = None,
) -> list[Built]:
    """Write the table `acquisition`; none where no order names a customer or nobody has been seen long enough."""
    start = time.perf_counter()
    found = span(engine, config)
    if found is None:
        return []
    known = [f"{name}={fingerprints[name]}" for name in (*READS, *FORECAST) if name in fingerprints]
    settings = f"{VERSION} {engine.version} {found.through} {config.customers.horizon_days} {config.shop.timezone}"
    print_ = hashlib.sha256("\n".join([settings, *known]).encode()).hexdigest()
    target = out / f"{TABLE}.parquet"
    reused = earlier is not None and earlier.fingerprints.get(TABLE) == print_
    if reused and earlier is not None:
        engine.attach_parquet(TABLE, take_over(earlier.folder, out, TABLE))
    else:
        columns = lens(engine, config, found.through)
        if columns is None:
            return []
        engine.attach_arrays("acquisition_found", columns)
        engine.write_parquet(compile_model(lens_model()), target, order_by=("dimension", "member"))
        engine.drop("acquisition_found")
        engine.attach_parquet(TABLE, target)
    fingerprints[TABLE] = print_
    rows = int(engine.value("SELECT COUNT(*) FROM acquisition"))
    return [Built(TABLE, rows, round(time.perf_counter() - start, 3), print_, reused)]


def lens(engine: AnyEngine, config: ShopConfig, through: dt.date) -> dict[str, npt.NDArray[Any]] | None:
    """The columns of the table `acquisition`; None where nobody has been seen long enough."""
    horizon = _horizon(engine, config.customers.horizon_days, through)
    if horizon is None:
        return None
    values: dict[str, Value] = {"horizon": horizon, "through": through, "timezone": config.shop.timezone}
    engine.table(OUTCOMES, compiled("acquired_outcomes", values))
    found = _compare(engine, horizon)
    if found is None:
        return None
    found |= _no_value(len(found["member"]))
    if engine.has("customer_clv"):
        engine.table("acquired_everybody", compiled("acquired_outcomes", {**values, "horizon": 0}))
        engine.table(OUTCOMES, compiled("acquired_values"))
        worth = _compare(engine, horizon)
        engine.drop("acquired_everybody")
        if worth is not None:
            _add_value(found, worth)
    engine.drop(OUTCOMES)
    return found


def _compare(engine: AnyEngine, horizon: int) -> dict[str, npt.NDArray[Any]] | None:
    """Every member of every dimension, by the outcomes that are attached; None without any."""
    import numpy as np

    everybody = engine.arrays(compiled("acquired_cells"))
    theirs = engine.arrays(compiled("acquired_members", {"fewest": FEWEST, "most": MOST}))
    if not len(everybody["n"]) or not len(theirs["n"]):
        return None
    place = {key: number for number, key in enumerate(_keys(everybody))}
    theirs["cell"] = np.array([place[key] for key in _keys(theirs)], dtype=np.intp)
    names = theirs["dimension"].astype(str)
    parts = [
        _of_dimension(dimension, horizon, everybody, {k: v[names == dimension] for k, v in theirs.items()})
        for dimension in np.unique(names).tolist()
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _no_value(count: int) -> dict[str, npt.NDArray[Any]]:
    import numpy as np

    return {f"value_{name}": np.full(count, np.nan) for name in VALUES}


def _add_value(found: dict[str, npt.NDArray[Any]], worth: dict[str, npt.NDArray[Any]]) -> None:
    """Lifetime value beside each member that is in both."""
    place = {key: number for number, key in enumerate(zip(worth["dimension"], worth["member"], strict=True))}
    for row, key in enumerate(zip(found["dimension"], found["member"], strict=True)):
        if key in place:
            for name in VALUES:
                found[f"value_{name}"][row] = worth[f"cm3_{name}"][place[key]]


def _of_dimension(
    dimension: str, horizon: int, everybody: dict[str, npt.NDArray[Any]], theirs: dict[str, npt.NDArray[Any]]
) -> dict[str, npt.NDArray[Any]]:
    import numpy as np

    from profithunt.models.acquisition import adjusted

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
    everybody: dict[str, npt.NDArray[Any]],
    theirs: dict[str, npt.NDArray[Any]],
    member: npt.NDArray[np.intp],
    count: int,
    total: str,
    squares: str,
) -> tuple[Cells, Members]:
    from profithunt.models.acquisition import Cells, Members

    mix = tuple(everybody[name] for name in MIX if name not in LEFT_OUT.get(dimension, ()))
    cells = Cells(mix, _floats(everybody["n"]), _floats(everybody[total]), _floats(everybody[squares]))
    own = Members(member, theirs["cell"], _floats(theirs["n"]), _floats(theirs[total]), _floats(theirs[squares]), count)
    return cells, own


def _floats(values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    import numpy as np

    return np.asarray(values, dtype=np.float64)


def _keys(columns: dict[str, npt.NDArray[Any]]) -> list[tuple[Any, ...]]:
    return list(zip(*(columns[name].tolist() for name in MIX), strict=True))


def _horizon(engine: AnyEngine, wanted: int, through: dt.date) -> int | None:
    """The days that customers are compared over: as set, or halved until enough have been seen so long."""
    lengths = {
        name: max(wanted // part, 1) for name, part in (("whole", 1), ("half", 2), ("quarter", 4), ("eighth", 8))
    }
    given: dict[str, Value] = {"horizon": wanted, "through": through}
    given |= {name: lengths[name] for name in ("half", "quarter", "eighth")}
    row = engine.dicts(compiled("horizons", given))[0]
    for name, days in lengths.items():
        if days >= min(SHORTEST, wanted) and row[name] >= max(FEWEST, SEEN * row["n"]):
            return days
    return None
