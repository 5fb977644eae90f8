"""What it costs to offer overstock: 100,000 customers × 500 SKUs as stored pairs, a million customers × 500 streamed.

Chances come from twelve tastes of customers and SKUs. For 100,000 customers all 50 million pairs lie in a Parquet file;
for a million they are a view: half a billion pairs that are nowhere stored. Counted is all from there on: prices of
stock from samples, each customer's best offers, incentives, what the stock allows.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

import numpy as np

SKUS: Final = 500
STORED, STREAMED = 100_000, 1_000_000
LIMITS: Final = {STORED: 300.0, STREAMED: None}
MEMORY: Final = "3GB"
TASTES: Final = 12
VIEW: Final = """
    SELECT people.customer AS customer, terms.item AS item,
           LEAST(0.9, 0.004 * EXP(CASE WHEN people.taste = terms.taste THEN 1.6 WHEN people.second = terms.taste THEN 0.9 ELSE -0.6 END
             + 0.8 * people.keen * terms.appeal)) AS chance
    FROM overstock_people AS people CROSS JOIN overstock_terms AS terms
"""


def measure(n_customers: int, cache: Path) -> dict[str, Any]:
    """Assign once; the pairs of the smaller market are written before the clock starts."""
    from profithunt.api.overstock import choose
    from profithunt.engine import Engine
    from profithunt.models import offers_books as books
    from profithunt.models.offers import Goods, Incentive, People, Terms
    from profithunt.proposition import overstock as reading

    draw = np.random.default_rng(11)
    price = np.exp(draw.normal(3.6, 0.4, SKUS))
    cost = price * draw.uniform(0.3, 0.6, SKUS)
    incentives = (
        Incentive("none", 0.0, 0.0),
        Incentive("early access", 0.0, 0.02, 1.1),
        Incentive("bundle", 0.08, 0.05),
        Incentive("small", 0.1, 0.1),
        Incentive("larger", 0.2, 0.2),
    )
    goods = Goods(
        excess=draw.uniform(0.2, 3.0, SKUS) * n_customers / 2_000,
        price=price,
        costs=np.full(SKUS, 4.0),
        kept=0.3 * cost,
        elasticity=draw.uniform(1.2, 3.5, SKUS),
        allowed=np.array([one.given for one in incentives])[None, :] <= (1 - cost / price)[:, None],
    )
    people = People(np.exp(draw.normal(0, 0.5, n_customers)), np.where(draw.random(n_customers) < 0.1, 0, 4))
    terms = Terms(incentives, 2.0, 0.05)
    tastes = {"taste": draw.integers(0, TASTES, n_customers), "second": draw.integers(0, TASTES, n_customers)}
    crowd = books.people_columns(people, **tastes, keen=draw.normal(size=n_customers))
    columns = books.terms_columns(
        goods, terms, np.zeros(SKUS), taste=draw.integers(0, TASTES, SKUS), appeal=draw.normal(size=SKUS)
    )
    with Engine(memory_limit=MEMORY, temp_dir=cache) as engine:
        engine.attach_arrays(reading.TERMS, columns)
        engine.attach_arrays(reading.PEOPLE, crowd)
        if n_customers == STORED:
            path = cache / "overstock-pairs.parquet"
            engine.write_parquet(VIEW, path)
            engine.attach_parquet(reading.PAIRS, path)
        else:
            # The prices of stock change: tastes of the SKUs stay as they are in a table of their own.
            engine.table("overstock_tastes", "SELECT item, taste, appeal FROM overstock_terms")
            engine.view(reading.PAIRS, VIEW.replace("overstock_terms", "overstock_tastes"))
        start, cpu = time.perf_counter(), time.process_time()
        found = choose(engine, goods, people, terms)
        seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    at = found.offers.pair
    per_customer = np.bincount(found.pairs.customer[at], minlength=n_customers)
    per_sku = np.bincount(found.pairs.sku[at], found.offers.units, minlength=SKUS)
    kept = bool((per_customer <= people.most).all() and (per_sku <= goods.excess + 1e-6).all())
    return {
        "seconds": seconds,
        "cpu": cpu,
        "gigabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9,
        "pairs": found.n_pairs,
        "offers": len(at),
        "reached": float(found.offers.gain.sum() / found.bound),
        "kept": kept,
    }


def section(cache: Path, note: str = "") -> str:
    """Measure in fresh processes; the text of the page's section."""
    cache.mkdir(parents=True, exist_ok=True)
    runs = {}
    for n in LIMITS:
        command = [sys.executable, "-m", "benchmarks.overstock", str(n), str(cache)]
        runs[n] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return page(runs, note)


def page(runs: dict[int, dict[str, Any]], note: str) -> str:
    """The section of runs by number of customers."""
    rows = []
    for n, run in runs.items():
        limit = LIMITS[n]
        met = "met" if run["kept"] and (limit is None or run["seconds"] <= limit) else "**not met**"
        rows.append(
            f"| {n:,} customers × {SKUS} SKUs | {'–' if limit is None else f'{limit:g} s'} | {run['seconds']:.0f} "
            f"| {run['cpu']:.0f} | {run['gigabytes']:.2f} | {run['pairs']:,} | {run['offers']:,} "
            f"| {run['reached']:.1%} | {'yes' if run['kept'] else '**no**'} | {met} |"
        )
    return (
        "## Overstock\n\nWritten by `python -m benchmarks --only overstock`: who is offered which overstocked SKU with "
        "which incentive. 100,000 customers: 50 million pairs in a Parquet file; a million: half a billion pairs, never "
        f"stored. Memory limit of the engine: {MEMORY}; peak of the whole process; one run each."
        f"{' ' + note if note else ''}\n\n"
        "| what | limit | wall s | CPU-s | peak GB | pairs | offers | of the most possible | limits kept | |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- | --- |\n" + "\n".join(rows) + "\n"
    )


def main() -> None:
    """Measure one size."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.overstock", description=__doc__)
    parser.add_argument("customers", type=int)
    parser.add_argument("cache", type=Path)
    given = parser.parse_args()
    print(json.dumps(measure(given.customers, given.cache)))


if __name__ == "__main__":
    main()
