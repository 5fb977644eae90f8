"""What it costs to search for slices: 1,000,000 rows × 10 attributes, combinations of up to three.

Rows and their attributes lie in a Parquet file. Counted is all from there on: codes, sums of every combination in the
engine, the search. Memory is that of the process beyond what it held with the engine open and nothing read.
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

ROWS: Final = 1_000_000
MEMBERS: Final = (3, 5, 8, 10, 12, 20, 6, 4, 15, 9)
LIMIT: Final = 10.0
GIGABYTES: Final = 0.5
MEMORY: Final = "400MB"
RUNS: Final = 3
CAUSES: Final = ({"d2": "m5"}, {"d1": "m2", "d6": "m3"})


def make(cache: Path) -> Path:
    """Rows of two periods with two causes in the later one, made once."""
    from profithunt.engine import Engine

    path = cache / "slices-1m.parquet"
    if path.exists():
        return path
    cache.mkdir(parents=True, exist_ok=True)
    draw = np.random.default_rng(7)
    columns = {
        f"d{at}": np.array([f"m{member}" for member in range(n)], dtype=object)[draw.integers(0, n, ROWS)]
        for at, n in enumerate(MEMBERS)
    }
    later = draw.integers(0, 2, ROWS)
    chance = np.full(ROWS, 0.05)
    for cause, effect in zip(CAUSES, (0.02, 0.05), strict=True):
        inside = np.all([columns[name] == member for name, member in cause.items()], axis=0)
        chance[inside & (later == 1)] += effect
    y = (draw.random(ROWS) < chance).astype(np.float64)
    with Engine() as engine:
        engine.attach_arrays("rows", {**columns, "later": later.astype(np.int32), "y": y, "x": np.ones(ROWS)})
        engine.write_parquet("SELECT * FROM rows", path)
    return path


def measure(path: Path) -> dict[str, Any]:
    """Search once."""
    from profithunt.api.why import search
    from profithunt.engine import Engine
    from profithunt.models import slices  # noqa: F401 - its import is not what is measured

    with Engine(memory_limit=MEMORY, temp_dir=path.parent) as engine:
        before, start = _memory(), time.process_time()
        engine.attach_parquet("why_facts", path)
        dimensions = [f"d{at}" for at in range(len(MEMBERS))]
        sums = dict(engine.rows("SELECT later, SUM(y) / SUM(x) FROM why_facts GROUP BY later"))
        found = search(engine, dimensions, (float(sums[0]), float(sums[1])))
        cpu = time.process_time() - start
    return {"cpu": cpu, "gigabytes": _memory() - before, "found": sorted(str(members) for _, members in found)}


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def section(cache: Path, note: str = "") -> str:
    """Measure in fresh processes; the text of the page's section."""
    path = make(cache)
    command = [sys.executable, "-m", "benchmarks.slices", str(path)]
    runs = [json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout) for _ in range(RUNS)]
    middle = sorted(runs, key=lambda run: float(run["cpu"]))[len(runs) // 2]
    met = "met" if middle["cpu"] <= LIMIT and middle["gigabytes"] <= GIGABYTES else "**not met**"
    exact = "both, no other" if middle["found"] == sorted(map(str, CAUSES)) else str(middle["found"])
    return (
        "## Slices\n\nWritten by `python -m benchmarks --only slices`: rows of two periods in a Parquet file, two causes "
        "planted; all combinations of up to three attributes counted and searched. Memory is what the process needs "
        f"beyond the open engine; median of {RUNS} runs.{' ' + note if note else ''}\n\n"
        "| what | limit | CPU-s | GB | planted slices found | |\n| --- | ---: | ---: | ---: | --- | --- |\n"
        f"| {ROWS:,} rows × {len(MEMBERS)} attributes | {LIMIT:g} CPU-s, {GIGABYTES:g} GB | {middle['cpu']:.2f} "
        f"| {middle['gigabytes']:.2f} | {exact} | {met} |\n"
    )


def main() -> None:
    """Measure one file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.slices", description=__doc__)
    parser.add_argument("file", type=Path)
    print(json.dumps(measure(parser.parse_args().file)))


if __name__ == "__main__":
    main()
