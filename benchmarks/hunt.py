"""What a hunt costs: all detectors over a simulated shop, against the build of its ledger, in CPU-seconds.

`python -m benchmarks --only hunt` writes the section of the page; `python -m benchmarks.hunt FOLDER` measures one shop
in a process of its own and prints what it took as JSON.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from sqlglot import exp

from benchmarks.measure import say
from profithunt.config import read
from profithunt.engine import Engine
from profithunt.ledger.build import build_ledger, empty_table, prepare
from profithunt.schema import TABLES, sql_type

SIZES: Final = (1, 3)
LIMIT: Final = 3.0
LINES_PER_CUSTOMER: Final = 6.4
SHOWN: Final = 8
SEED: Final = 7


def make(million_lines: float, cache: Path) -> Path:
    """A simulated shop with every canonical table and no planted problems, of about so many order lines, made once."""
    from profithunt.api import simulate

    folder = cache / f"hunt-{million_lines:g}m-seed-{SEED}"
    if not folder.exists():
        cache.mkdir(parents=True, exist_ok=True)
        customers = round(million_lines * 1e6 / LINES_PER_CUSTOMER)
        say(f"hunt: simulating {customers:,} customers")
        simulate(folder, customers=customers, seed=SEED, problems="none")
    return folder


class Watch:
    """Keeps the CPU-seconds of each detector."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._name = ""
        self._start = time.process_time()

    def step(self, name: str, done: float, total: float) -> None:  # noqa: ARG002 - the form of a progress
        """The next detector begins."""
        now = time.process_time()
        if self._name:
            self.seconds[self._name] = now - self._start
        self._name, self._start = name, now


def measure(folder: Path, memory: str, threads: int | None) -> dict[str, Any]:
    """CPU-seconds of the ledger, of what the detectors read beside it, and of the hunt; gigabytes at the peak."""
    from profithunt.api.acquisition import build_acquisition
    from profithunt.api.affinity import build_affinity
    from profithunt.api.clv import build_clv
    from profithunt.api.customers import build_customers
    from profithunt.api.hunting import build_hunt

    config = read(folder / "shop.toml")
    out = folder / "out"
    out.mkdir(exist_ok=True)
    watch = Watch()
    with Engine(memory_limit=memory, threads=threads, temp_dir=out) as engine:
        for name in TABLES:
            _attach(engine, name, folder)
        prepare(engine, config)
        fingerprints = {name: name for name in TABLES}
        steps: dict[str, float] = {}
        for step, build in (
            ("ledger", build_ledger),
            ("customers", build_customers),
            ("clv", build_clv),
            ("acquisition", build_acquisition),
            ("affinity", build_affinity),
        ):
            start = time.process_time()
            build(engine, config, out, fingerprints=fingerprints)
            steps[step] = time.process_time() - start
        start = time.process_time()
        found = build_hunt(engine, config, out, watch)
        steps["hunt"] = time.process_time() - start
        lines = int(engine.value("SELECT COUNT(*) FROM order_lines"))
    return {
        **steps,
        "lines": lines,
        "found": len(found),
        "hunting": len(found.tested),
        "sleeping": [item.name for item in found.sleeping],
        "failed": [f"{item.name}: {item.reason}" for item in found.failed],
        "detectors": watch.seconds,
        "gigabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9,
    }


def _attach(engine: Engine, name: str, folder: Path) -> None:
    """A canonical table as a run has it: every column, null where the shop does not record it."""
    whole, parts = folder / f"{name}.parquet", sorted((folder / name).glob("*.parquet"))
    if not parts and not whole.exists():
        engine.view(name, empty_table(name))
        return
    engine.attach_parquet(f"given_{name}", parts or [whole])
    there = engine.columns(f"given_{name}")
    columns = [
        exp.alias_(exp.cast(exp.column(column) if column in there else exp.null(), sql_type(item.type)), column)
        for column, item in TABLES[name].columns.items()
    ]
    lineage = [
        exp.alias_(exp.Literal.string(f"{name}.parquet"), "_file"),
        exp.alias_(exp.cast(exp.null(), "BIGINT"), "_row"),
    ]
    engine.view(name, exp.select(*columns, *lineage).from_(f"given_{name}"))


def section(
    cache: Path, note: str = "", sizes: Sequence[float] = SIZES, memory: str = "4GB", threads: int | None = None
) -> str:
    """Measure every size in fresh processes; the text of the page's section."""
    rows, dear = [], ""
    for size in sizes:
        folder = make(size, cache)
        command = [sys.executable, "-m", "benchmarks.hunt", str(folder), "--memory", memory]
        command += ["--threads", str(threads)] if threads else []
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        got = json.loads(done.stdout.splitlines()[-1])
        ratio = got["hunt"] / got["ledger"]
        say(f"hunt {size:g} M: {got['hunt']:.1f} CPU-s, {ratio:.2f} ledger builds; failed: {got['failed'] or 'none'}")
        met = "met" if ratio <= LIMIT else "**not met**"
        rows.append(
            f"| {got['lines'] / 1e6:.1f} M | {got['hunting']} | {got['ledger']:.1f} | {got['hunt']:.1f} | {ratio:.2f} "
            f"| {got['gigabytes']:.2f} | {got['found']:,} | {met} |"
        )
        costly = sorted(got["detectors"].items(), key=lambda item: -item[1])[:SHOWN]
        dear = f"The dearest at {got['lines'] / 1e6:.1f} M lines: " + ", ".join(
            f"{name} {seconds:.1f}" for name, seconds in costly
        )
    head = (
        "## Hunt\n\nWritten by `python -m benchmarks --only hunt`: every detector over a simulated shop with all "
        "canonical tables, valued, gated, ranked, with evidence, shared money and lists, held against the build of the "
        f"ledger of the same shop in the same process. Limit: {LIMIT:g} ledger builds. CPU of all threads; one run."
        f"{' ' + note if note else ''}\n\n"
        "| lines | detectors | ledger, CPU-s | hunt, CPU-s | ledger builds | peak GB | found | |\n"
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n"
    )
    return head + "\n".join(rows) + f"\n\n{dear}.\n"


def main() -> None:
    """Measure one folder."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hunt", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--memory", default="4GB")
    parser.add_argument("--threads", type=int)
    given = parser.parse_args()
    print(json.dumps(measure(given.folder, given.memory, given.threads)))


if __name__ == "__main__":
    main()
