"""Detectors: where profit leaks, one small file each.

`CATALOGUE` lists those that come with the package; `catalogue()` reads them and a retailer's own. Whoever adds one
writes `catalogue/<name>.sql` and, beside it, `<name>.md` (prose, input rows, expected findings: its test and its page).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from profithunt.detectors.definition import OWN_NUMBER, Detector, parse_detector, read_detector
from profithunt.detectors.query import (
    Clock,
    clock,
    compile_customers,
    compile_detector,
    compile_finds,
    compile_rows,
    compile_weeks,
    evidence_columns,
)
from profithunt.errors import ConfigError, ModelError

FOLDER: Final = Path(__file__).parent / "catalogue"

CATALOGUE: Final = (
    "avoidable_split",
    "basket_builder",
    "best_seller_running_out",
    "brand_cannibalisation",
    "broken_sizes",
    "cancelled_by_us",
    "cannot_make_a_profit",
    "carrier_overbilling",
    "clv_rich_keyword",
    "contact_heavy",
    "cost_anomaly",
    "costly_payment_mix",
    "delivered_price_gap",
    "delivery_step_drop",
    "discount_acquired_cohort",
    "discount_only_buyer",
    "excess_stock",
    "express_subsidy",
    "failed_first_attempts",
    "failed_site_search",
    "gateway_product",
    "invisible_stock",
    "lane_out_of_control",
    "leaky_landing_page",
    "lifetime_loss",
    "looked_at_not_bought",
    "loss_making_order_shape",
    "mis_set_promise",
    "needless_markdown",
    "next_high_value_action",
    "offer_stacking",
    "one_and_done",
    "over_exposed_loser",
    "overpriced_struggler",
    "overstock_meets_buyer",
    "paid_clicks_to_nothing",
    "promotion_that_adds_nothing",
    "return_driven_loss",
    "search_term_waste",
    "serial_returner",
    "stale_landing_page",
    "store_that_loses_customers",
    "store_transfer",
    "threshold_mis_set",
    "under_exposed_winner",
    "underpriced_mover",
    "unprofitable_keyword",
    "valuable_lapsing",
    "valued_customer_failed",
    "viewed_out_of_stock",
    "voucher_poaching",
    "where_is_my_order_surge",
)
"""Names of the detectors that come with the package, sorted; each is a file in `catalogue/`."""


def catalogue(own: Sequence[Path] = (), off: Sequence[str] = ()) -> list[Detector]:
    """Every detector that hunts, by number: those of the package, then the retailer's own files.

    `off` holds codes or names that do not run. Raises ModelError for a file that breaks the contract, ConfigError for
    an `off` that names none.
    """
    found = [read_detector(FOLDER / f"{name}.sql") for name in CATALOGUE]
    found += [read_detector(path) for path in own]
    for field in ("name", "code", "number"):
        seen: dict[object, Detector] = {}
        for detector in found:
            value = getattr(detector, field)
            if value in seen:
                other = seen[value]
                raise ModelError(
                    f"{field} {value!r} is taken by {other.name}",
                    where=str(detector.path),
                    expected=f"a {field} of its own (numbers of your own start at {OWN_NUMBER})",
                )
            seen[value] = detector
    known = {detector.name for detector in found} | {detector.code for detector in found}
    unknown = sorted(set(off) - known)
    if unknown:
        raise ConfigError(
            f"there is no detector '{unknown[0]}'", where="shop.toml, detectors.off", expected=", ".join(sorted(known))
        )
    return sorted((d for d in found if d.name not in off and d.code not in off), key=lambda d: d.number)


__all__ = [
    "CATALOGUE",
    "FOLDER",
    "Clock",
    "Detector",
    "catalogue",
    "clock",
    "compile_customers",
    "compile_detector",
    "compile_finds",
    "compile_rows",
    "compile_weeks",
    "evidence_columns",
    "parse_detector",
    "read_detector",
]
