"""What it costs to look for anomalies: 5,000 daily series of two years, in CPU-seconds after the imports."""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

SERIES: Final = 5_000
DAYS: Final = 730
LIMIT: Final = 5.0
RUNS: Final = 3


def measure(seed: int) -> dict[str, Any]:
    """Look through one made world once."""
    from profithunt.models import anomalies
    from truth.daily_series import judged, world

    made = world(seed, "negative binomial", SERIES, DAYS)
    start = time.process_time()
    found = anomalies.find(made.counts)
    anomalies.q_values(found)
    cpu = time.process_time() - start
    held = judged(found, made.planted, 0.1)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    return {"cpu": cpu, "gigabytes": memory, "alarms": held.alarms, "false": held.false, "recall": held.recall}


def section(_cache: Path, note: str = "") -> str:
    """Measure in fresh processes; the text of the page's section."""
    command = [sys.executable, "-m", "benchmarks.anomalies"]
    runs = [
        json.loads(subprocess.run([*command, str(1400 + at)], capture_output=True, text=True, check=True).stdout)
        for at in range(RUNS)
    ]
    middle = sorted(runs, key=lambda run: float(run["cpu"]))[len(runs) // 2]
    met = "met" if middle["cpu"] <= LIMIT else "**not met**"
    return (
        "## Anomalies\n\nWritten by `python -m benchmarks --only anomalies`: series of `truth/daily_series.py`, spikes, "
        "shifts and trends planted in a fifth of them; finding and q-values alone, memory with the made data in it; "
        f"median of {RUNS} seeds at a false discovery rate of 10 %.{' ' + note if note else ''}\n\n"
        "| what | limit | CPU-s | peak GB | alarms | false | found | |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n"
        f"| {SERIES:,} series × {DAYS} days | {LIMIT:g} CPU-s | {middle['cpu']:.2f} | {middle['gigabytes']:.2f} "
        f"| {middle['alarms']} | {middle['false']:.1%} | {middle['recall']:.0%} | {met} |\n"
    )


def main() -> None:
    """Measure one seed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.anomalies", description=__doc__)
    parser.add_argument("seed", type=int)
    print(json.dumps(measure(parser.parse_args().seed)))


if __name__ == "__main__":
    main()
