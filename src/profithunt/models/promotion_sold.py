"""What is believed of promotions, and what was sold under one by kind of customer, with what it earns at full price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from profithunt.models.promotion_evidence import SEGMENTS

Array = npt.NDArray[np.float64]

_G: Final = len(SEGMENTS)


@dataclass(frozen=True)
class Beliefs:
    """What is believed before anything was measured: mean and standard deviation (`priors.toml`, promotions).

    `lift` share that comes on top of a promoted SKU; `cannibalised` share of that which the rest of the category loses;
    `pulled` share of it that is missing afterwards; `halo` share that all else gains; `newcomers` share of new
    customers who would not have come without; `shop` and `kind` how far shops, and kinds of customers in one promotion,
    differ; `shifts` how kinds of customers differ from all.
    """

    lift: tuple[float, float] = (0.5, 0.25)
    cannibalised: tuple[float, float] = (0.4, 0.15)
    pulled: tuple[float, float] = (0.15, 0.1)
    halo: tuple[float, float] = (0.16, 0.1)
    newcomers: tuple[float, float] = (0.3, 0.15)
    shop: float = 0.15
    kind: float = 0.12
    shifts: Mapping[str, float] = field(
        default_factory=lambda: {
            "heavy": -0.15, "regular": -0.1, "occasional": 0.0, "other": 0.1, "lapsed": 0.15, "new": 0.1
        }
    )  # fmt: skip


@dataclass(frozen=True)
class Sold:
    """What was sold under a promotion, by kind of customer (`SEGMENTS`), and what it earns.

    `value` at list price, `in_scope` of it in what is compared, `subsidy` the discount that the shop paid, `sent` what
    sending it out cost; `margin`, `sibling_margin`, `rest_margin` CM2 at full price per list price; `later` forecast
    contribution of new customers; `rest_price` what a unit of all else costs against one of these.
    """

    value: Array
    in_scope: Array
    units: Array
    subsidy: Array
    sent: Array
    later: Array
    margin: float
    sibling_margin: float
    rest_margin: float
    level: str
    rest_price: float = 1.0


def sold_of(
    facts: Sequence[Mapping[str, Any]], around: Sequence[Mapping[str, Any]], sent: float, clv: float, level: str
) -> Sold | None:
    """What was sold under one promotion, from rows of `promotion_facts.sql` and `promotion_margins.sql`.

    `sent` what sending it out cost, `clv` what its new customers are forecast to bring together. None where nothing of
    what was sold under it has a known cost.
    """

    def column(name: str) -> Array:
        found = np.zeros(_G)
        for row in facts:
            found[SEGMENTS.index(row["segment"])] = float(row[name] or 0.0)
        return found

    value, units, known = column("list_sales"), column("units"), float(column("valued_sales").sum())
    if known <= 0 or value.sum() <= 0 or units.sum() <= 0:
        return None
    margin, price = float(column("full_cm2").sum()) / known, float(value.sum() / units.sum())
    others = {row["role"]: row for row in around if row["valued_sales"] and row["cm2"] is not None and row["units"]}
    margins = {role: float(row["cm2"]) / float(row["valued_sales"]) for role, row in others.items()}
    rest = others.get("rest")
    # Where units are not pieces (litres of fuel), prices of a unit say little: the ratio is kept within reason.
    ratio = 1.0 if rest is None else float(rest["valued_sales"]) / float(rest["units"]) / price
    later = np.zeros(_G)
    later[SEGMENTS.index("new")] = max(clv, 0.0)
    return Sold(
        value,
        column("in_scope"),
        units,
        np.maximum(column("subsidy"), 0.0),
        sent * value / value.sum(),
        later,
        margin,
        margins.get("siblings", margin),
        margins.get("rest", margin),
        level,
        min(max(ratio, 0.25), 4.0),
    )
