"""What a weekly review costs: 100 metrics × 1,000 days from CSV and YAML to the page, in CPU-seconds after the imports."""

from __future__ import annotations

import argparse
import json
import math
import random
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

METRICS: Final = 100
DAYS: Final = 1000
LIMIT: Final = 1.0
RUNS: Final = 5


def make(folder: Path, n_metrics: int = METRICS, n_days: int = DAYS) -> None:
    """Write a deck with a chart a metric, two in three of them rates, and the daily figures for it."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(7)  # noqa: S311 - figures to measure with
    names = [f"m{number}" for number in range(n_metrics)]
    lines = [",".join(["Date", *names])]
    first = date(2021, 1, 3)
    for at in range(n_days):
        season = 1000 + 200 * math.sin(at / 58)
        cells = (f"{season * (1 + number / 50) * chance.uniform(0.9, 1.1):.2f}" for number in range(n_metrics))
        lines.append(",".join([f"{first + timedelta(days=at)}", *cells]))
    (folder / "daily.csv").write_text("\n".join(lines) + "\n", "utf-8")
    deck = [f"setup: {{week_ending: {first + timedelta(days=n_days - 2)}}}", "metrics:"]
    for number, name in enumerate(names):
        rate = f"{{numerator: {name}, denominator: {names[number - 1]}}}"
        deck.append(f"  {name.upper()}: {rate if number % 3 else f'{{column: {name}, aggf: sum}}'}")
    deck += ["deck:", *(f"  - chart: {name.upper()}" for name in names)]
    (folder / "deck.yaml").write_text("\n".join(deck) + "\n", "utf-8")


def measure(folder: Path) -> dict[str, Any]:
    """Read, work out and write the review once; CPU-seconds of each part, and of the imports."""
    start = time.process_time()
    import jinja2  # noqa: F401 - its import is not what is measured
    import yaml  # noqa: F401 - nor is this one's

    from profithunt.api import weekly_review
    from profithunt.reports import weekly

    imported = time.process_time()
    review = weekly_review(folder / "deck.yaml", csv=folder / "daily.csv")
    worked = time.process_time()
    page = weekly.write(review, folder / "wbr.html")
    written = time.process_time()
    return {
        "imports": imported - start,
        "work": worked - imported,
        "page": written - worked,
        "cpu": written - imported,
        "charts": len(review.charts),
        "bytes": page.stat().st_size,
    }


def section(cache: Path, note: str = "") -> str:
    """Measure in fresh processes; the text of the page's section."""
    folder = cache / "review"
    make(folder)
    command = [sys.executable, "-m", "benchmarks.review", str(folder)]
    runs = [json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout) for _ in range(RUNS)]
    middle = sorted(runs, key=lambda run: run["cpu"])[len(runs) // 2]
    met = "met" if middle["cpu"] <= LIMIT else "**not met**"
    return (
        "## Weekly review\n\nWritten by `python -m benchmarks --only review`: a CSV of daily figures and a deck with one "
        "chart a metric, two in three of them rates, made into the page. CPU of the process after the imports; median "
        f"of {RUNS} runs.{' ' + note if note else ''}\n\n"
        "| what | limit | CPU-s | of it figures, page | imports | page MB | |\n| --- | ---: | ---: | ---: | ---: | ---: | --- |\n"
        f"| {middle['charts']} metrics × {DAYS:,} days | {LIMIT:g} CPU-s | {middle['cpu']:.2f} "
        f"| {middle['work']:.2f}, {middle['page']:.2f} | {middle['imports']:.2f} | {middle['bytes'] / 1e6:.2f} | {met} |\n"
    )


def main() -> None:
    """Measure one folder."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.review", description=__doc__)
    parser.add_argument("folder", type=Path)
    print(json.dumps(measure(parser.parse_args().folder)))


if __name__ == "__main__":
    main()
