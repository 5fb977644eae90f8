"""`python -m benchmarks`: measure every contestant at every size and write benchmarks/RESULTS.md."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from inspect import signature
from multiprocessing import get_context
from pathlib import Path
from typing import Final, TypeVar

from benchmarks.compare import compare
from benchmarks.contestant import CONTESTANTS
from benchmarks.measure import Cost, Failure, median, run, say
from benchmarks.results import Measured, keep, write
from benchmarks.sections import keep as keep_sections, put, sections
from benchmarks.shop import make

Result = TypeVar("Result")

HERE: Final = Path(__file__).parent
RUNS: Final = {1: 5, 3: 3, 10: 3, 30: 1}
FITS: Final = {"polars": 3, "pandas": 3}
"""The data frames hold everything in memory: they compete up to this many million lines."""


def main() -> int:
    """Parse, measure, write. The exit code is 1 when two contestants disagree on the result."""
    given = _parse()
    if given.only is not None:
        put(given.results, given.only, _alone(given))
        return 0
    # A folder of this call's own: two calls at once would write into each other's results.
    out = given.cache / f"out-{os.getpid()}"
    limits = {"memory": given.memory, "threads": given.threads}
    figures = given.cache / "figures.json"
    differences: list[str] = []
    for size in given.sizes:
        shop = _apart(make, size * 1_000_000, given.cache, 7, given.memory, say)
        for name, cost in _measure(size, shop.folder, out, given).items():
            keep(figures, [Measured(name, size, cost)], **limits)
        if {"plain", "profithunt"} <= set(given.contestants) and size <= given.compare_up_to:
            differences += _compare(out, size)
    apart = sections(given.results)
    write(given.results, keep(figures, [], **limits), differences, **limits, note=given.note)
    keep_sections(given.results, apart)
    shutil.rmtree(out, ignore_errors=True)
    say(f"written: {given.results}")
    return 1 if any("differ" in line for line in differences) else 0


def _alone(given: argparse.Namespace) -> str:
    """The text of one section; `section` of the module of its name, with what that takes."""
    section = import_module(f"benchmarks.{given.only}").section
    known = vars(given)
    takes = {name: known[name.strip("_")] for name in signature(section).parameters if name.strip("_") in known}
    return str(section(**takes))


def _apart(work: Callable[..., Result], *arguments: object) -> Result:
    """Do what needs memory in a process of its own: a contestant starts with the peak of the one that starts it."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--sizes", type=_numbers, default=[1, 3, 10, 30], help="million order lines, e.g. 1,3")
    parser.add_argument(
        "--only",
        choices=["actions_value", "anomalies", "clv", "hunt", "new_day", "overstock", "pages", "review", "slices"],
        help="measure one section of the page by itself",
    )
    parser.add_argument("--contestants", type=_names, default=list(CONTESTANTS), help="e.g. scan,plain,profithunt")
    parser.add_argument("--runs", type=int, help="runs of each, the median counts (default 5, 3, 3, 1 by size)")
    parser.add_argument("--cache", type=Path, default=Path(".bench"), help="where generated shops are kept")
    parser.add_argument("--results", type=Path, default=HERE / "RESULTS.md", help="page to write")
    parser.add_argument("--note", default="", help="a sentence for the page, e.g. what else ran on the machine")
    parser.add_argument("--memory", default="4GB", help="memory limit of every engine")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="threads of every engine")
    parser.add_argument("--limit", type=float, default=1800, help="seconds after which a run is ended")
    parser.add_argument("--compare-up-to", type=int, default=3, help="million lines up to which results are compared")
    return parser.parse_args()


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def _names(text: str) -> list[str]:
    names = text.split(",")
    unknown = sorted(set(names) - set(CONTESTANTS))
    if unknown:
        msg = f"unknown contestant {unknown[0]!r}; there are {', '.join(CONTESTANTS)}"
        raise argparse.ArgumentTypeError(msg)
    return names


def _measure(size: int, shop: Path, out: Path, given: argparse.Namespace) -> dict[str, Cost | Failure]:
    """Median cost by contestant. They take turns: a machine that slows down slows all of them alike."""
    costs: dict[str, list[Cost]] = {name: [] for name in given.contestants if size <= FITS.get(name, size)}
    failed: dict[str, Failure] = {}
    for number in range(given.runs or RUNS.get(size, 1)):
        for name in [name for name in costs if name not in failed]:
            cost = run(name, shop, out / name, memory=given.memory, threads=given.threads, limit=given.limit)
            if isinstance(cost, Failure):
                say(f"{size} M {name}: {cost.reason}")
                failed[name] = cost
                continue
            say(
                f"{size} M {name} run {number + 1}: {cost.cpu:.1f} CPU-s, {cost.wall:.1f} s, {cost.memory / 1e9:.2f} GB"
            )
            costs[name].append(cost)
    return {name: failed.get(name) or median(costs[name]) for name in costs}


def _compare(out: Path, size: int) -> list[str]:
    lines = []
    for found in _apart(compare, out / "plain", out / "profithunt"):
        verdict = "equal" if found.equal else f"differ: {found.lonely} rows stand alone, {found.unequal} are unequal"
        lines.append(f"{size} M, {found.table} ({found.rows:,} rows): {verdict}")
        say(lines[-1])
    return lines


if __name__ == "__main__":
    sys.exit(main())
