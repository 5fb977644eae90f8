"""What a forecast of customers costs: fit and score of a million, fit of ten million, streamed from the engine.

`python -m benchmarks --only clv` writes the section of the page; `python -m benchmarks.clv FILE` measures one file in a
process of its own and prints what it took as JSON.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.measure import say
from profithunt.customers.clv import Days, Feed
from profithunt.engine import Engine
from truth.lifetime_value import simulate

SIZES: Final = (1_000_000, 10_000_000)
RUNS: Final = 3
WORLD: Final = ((0.6, 6.0, 1.0, 3.0), (4.0, 9.0, 12.0))
_AT_ONCE: Final = 500_000
_UNTIL: Final = dt.date(2024, 12, 31)


@dataclass(frozen=True)
class Target:
    """A limit of issue 4: CPU-seconds and, where it is set, gigabytes."""

    what: str
    cpu: float
    gigabytes: float | None


TARGETS: Final = {
    1_000_000: Target("1 M customers fitted and scored", 2.0, 1.0),
    10_000_000: Target("10 M customers fitted, with the grouping", 10.0, None),
}


def make(customers: int, cache: Path) -> Path:
    """Purchase histories of simulated customers as a Parquet file, made once."""
    path = cache / f"clv-{customers // 1_000_000}m.parquet"
    if path.exists():
        return path
    cache.mkdir(parents=True, exist_ok=True)
    with Engine(threads=os.cpu_count()) as engine:
        for start in range(0, customers, _AT_ONCE):
            say(f"clv: simulating customers {start:,} to {start + _AT_ONCE:,}")
            random = np.random.default_rng(start)
            found, squares, *_ = simulate(min(_AT_ONCE, customers - start), *WORLD, random)
            days = np.rint(found.age * 7).astype(np.int64)
            recency = np.minimum(np.floor(found.recency * 7).astype(np.int64), days)
            engine.attach_arrays(
                "part",
                {
                    "place": np.arange(start, start + len(found), dtype=np.int64),
                    "purchases": found.orders.astype(np.int64),
                    "recency_days": recency,
                    "age_days": days,
                    "valued": found.orders.astype(np.int64),
                    "profit": found.value,
                    "profit_sq": squares,
                },
            )
            engine.run("CREATE TABLE IF NOT EXISTS whole AS SELECT * FROM part LIMIT 0")
            engine.run("INSERT INTO whole SELECT * FROM part")
        engine.write_parquet(
            "SELECT place, CAST(NULL AS VARCHAR) AS segment, purchases, recency_days, age_days, valued, "
            "CAST(profit AS DECIMAL(18, 4)) AS profit, profit_sq, CAST(0 AS DECIMAL(18, 4)) AS least, "
            "0 AS purchases_after, CAST(0 AS DECIMAL(18, 4)) AS profit_after FROM whole",
            path,
        )
    return path


def measure(path: Path, *, score: bool) -> dict[str, Any]:
    """CPU-seconds by step, and gigabytes at the peak, of this process; what the imports took is told apart."""
    from profithunt.models.clv import Rules
    from profithunt.models.forecast import Forecast, Settings

    imports = time.process_time()
    began = time.perf_counter()
    with Engine(threads=os.cpu_count()) as engine:
        engine.attach_parquet("clv_histories", path)
        settings = Settings(
            Rules(), unit_days=7, rate=0.1, until=_UNTIL, cut=None, lately_days=365, check=False, season=False
        )
        forecast = Forecast(Feed(engine, Days(_UNTIL, None)), settings)
        start = time.process_time()
        forecast.learn()
        steps = {"fit": time.process_time() - start}
        customers = 0
        if score:
            start = time.process_time()
            customers = sum(len(scores["place"]) for scores in forecast.score())
            steps["score"] = time.process_time() - start
        learned = forecast.segments[0].learned
    return {
        "imports": imports,
        **steps,
        "cpu": sum(steps.values()),
        "wall": time.perf_counter() - began,
        "gigabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9,
        "customers": learned.customers,
        "groups": len(forecast.segments[0].histories.age),
        "scored": customers,
        "parameters": learned.fit.parameters if learned.fit else None,
    }


def section(cache: Path, note: str = "") -> str:
    """Measure every size, the median run of each, and write it up against the targets."""
    rows = []
    for size in SIZES:
        path = make(size, cache)
        runs = [_apart(path, score=size == SIZES[0]) for _ in range(RUNS)]
        middle = sorted(runs, key=lambda run: float(run["cpu"]))[len(runs) // 2]
        say(f"clv {size // 1_000_000} M: {middle['cpu']:.2f} CPU-s, {middle['gigabytes']:.2f} GB")
        rows.append(_row(TARGETS[size], middle))
    head = (
        "## Forecast of customers\n\nWritten by `python -m benchmarks --only clv`: customers simulated from BG/NBD "
        "(two years, days), read from a Parquet file, grouped by DuckDB, fitted exactly, scored with 12, 24 and 36 "
        "months and the range of each. CPU of the process after the imports (their CPU stands beside it), all threads; "
        f"median of {RUNS} runs.{' ' + note if note else ''}\n\n"
        "| what | limit | CPU-s | of it fit, score | imports | peak GB | groups | |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n"
    )
    return head + "\n".join(rows) + "\n"


def _row(target: Target, run: dict[str, Any]) -> str:
    met = run["cpu"] <= target.cpu and (target.gigabytes is None or run["gigabytes"] <= target.gigabytes)
    limit = f"{target.cpu:g} CPU-s" + (f", {target.gigabytes:g} GB" if target.gigabytes else "")
    parts = f"{run['fit']:.2f}, {run['score']:.2f}" if run.get("score") else f"{run['fit']:.2f}"
    return (
        f"| {target.what} | {limit} | {run['cpu']:.2f} | {parts} | {run['imports']:.2f} | {run['gigabytes']:.2f} "
        f"| {run['groups']:,} | {'met' if met else '**not met**'} |"
    )


def _apart(path: Path, *, score: bool) -> dict[str, Any]:
    """One measurement in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.clv", str(path), *(["--score"] if score else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def main() -> None:
    """Measure one file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.clv", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--score", action="store_true", help="score every customer too")
    given = parser.parse_args()
    print(json.dumps(measure(given.file, score=given.score)))


if __name__ == "__main__":
    main()
