"""The acquisition lens: what the customers are worth that a product, keyword, campaign, store brings.

Sums come from the engine (`customers/queries/acquired_*.sql`), the comparison from `models/acquisition.py`; the result
is the table `acquisition` of a run.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from profithunt.config import ShopConfig
from profithunt.customers.build import lens_model, span
from profithunt.customers.reading import compiled
from profithunt.engine import AnyEngine, compile_model
from profithunt.engine.compiler import Value
from profithunt.engine.runner import Built, Earlier, take_over

if TYPE_CHECKING:
    from profithunt.models.acquisition_table import Columns


TABLE: Final = "acquisition"
FORECAST: Final = ("customer_clv",)
"""Read where it is there: then customers are compared by their lifetime value, too."""
READS: Final = ("acquisitions", "order_profit", "ledger", "orders", "products")
FEWEST: Final = 10
"""Customers that a member must have brought to be listed."""
MOST: Final = 500
"""Members listed of a dimension: those that brought most customers."""
OUTCOMES: Final = "acquired_outcomes"
SEEN: Final = 0.3
"""Share of the customers that must have been seen for a whole horizon; else it is halved."""
SHORTEST: Final = 28

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


def lens(engine: AnyEngine, config: ShopConfig, through: dt.date) -> Columns | None:
    """The columns of the table `acquisition`; None where nobody has been seen long enough."""
    from profithunt.models.acquisition_table import with_value

    horizon = _horizon(engine, config.customers.horizon_days, through)
    if horizon is None:
        return None
    values: dict[str, Value] = {"horizon": horizon, "through": through, "timezone": config.shop.timezone}
    engine.table(OUTCOMES, compiled("acquired_outcomes", values))
    found, worth = _compare(engine, horizon), None
    if engine.has("customer_clv"):
        engine.table("acquired_everybody", compiled("acquired_outcomes", {**values, "horizon": 0}))
        engine.table(OUTCOMES, compiled("acquired_values"))
        worth = _compare(engine, horizon)
        engine.drop("acquired_everybody")
    engine.drop(OUTCOMES)
    return None if found is None else with_value(found, worth)


def _compare(engine: AnyEngine, horizon: int) -> Columns | None:
    """Every member of every dimension, by the outcomes that are attached."""
    from profithunt.models.acquisition_table import compare

    everybody = engine.arrays(compiled("acquired_cells"))
    theirs = engine.arrays(compiled("acquired_members", {"fewest": FEWEST, "most": MOST}))
    return compare(everybody, theirs, horizon)


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
