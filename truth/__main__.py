"""`make truth`, `python -m truth [NAME …]`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from profithunt.errors import ProfithuntError
from truth import (
    anomalies,
    cdnow,
    complete_journey,
    delivery_charges,
    delivery_terms,
    effects,
    execution,
    experiments,
    lalonde,
    lifetime_value,
    listening,
    markdowns,
    olist,
    overstock,
    permuted,
    price_advice,
    price_matching,
    promotions,
    shrinkage,
    simulated,
    slices,
    spark,
    superstore,
    tpcds,
)
from truth.claim import Unavailable

CHECKS = {
    "anomalies": anomalies.check,
    "cdnow": cdnow.check,
    "delivery_charges": delivery_charges.check,
    "delivery_terms": delivery_terms.check,
    "effects": effects.check,
    "execution": execution.check,
    "experiments": experiments.check,
    "lalonde": lalonde.check,
    "lifetime_value": lifetime_value.check,
    "listening": listening.check,
    "markdowns": markdowns.check,
    "complete_journey": complete_journey.check,
    "olist": olist.check,
    "overstock": overstock.check,
    "permuted": permuted.check,
    "price_advice": price_advice.check,
    "price_matching": price_matching.check,
    "promotions": promotions.check,
    "shrinkage": shrinkage.check,
    "simulated": simulated.check,
    "slices": slices.check,
    "spark": spark.check,
    "superstore": superstore.check,
    "tpcds": tpcds.check,
}
WORK = Path(".truth")


def main(names: list[str]) -> int:
    """Run the checks named, or all; 0 when every claim holds."""
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        print(f"there is no check {unknown[0]!r}; there are {', '.join(CHECKS)}", file=sys.stderr)
        return 2
    held = failed = absent = 0
    for name in names or list(CHECKS):
        start = time.perf_counter()
        try:
            for claim in CHECKS[name](WORK / name):
                held += claim.holds
                failed += not claim.holds
                mark = "ok  " if claim.holds else "FAIL"
                print(f"{mark} {claim.data}: {claim.what}: expected {claim.expected}, found {claim.found}", flush=True)
        except Unavailable as error:
            absent += 1
            print(f"left out {name}: needs {error}")
        except ProfithuntError as error:
            failed += 1
            print(f"FAIL {name}: {error}")
        print(f"     {name}: {time.perf_counter() - start:.1f} s", flush=True)
    print(f"{held} held, {failed} failed, {absent} left out")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
