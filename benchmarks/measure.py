"""What a contestant costs: CPU-seconds, wall time and peak memory of its process, as the system counts them."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """Seconds of CPU (user and system, all threads), seconds of wall time, bytes of memory at the peak; of how many runs."""

    cpu: float
    wall: float
    memory: int
    runs: int = 1


@dataclass(frozen=True)
class Failure:
    """A run that did not end well, and why."""

    reason: str


def median(costs: Sequence[Cost]) -> Cost:
    """The run of middling CPU time; wall time and memory are medians of their own."""
    return Cost(
        cpu=statistics.median(cost.cpu for cost in costs),
        wall=statistics.median(cost.wall for cost in costs),
        memory=int(statistics.median(cost.memory for cost in costs)),
        runs=len(costs),
    )


def run(name: str, shop: Path, out: Path, *, memory: str, threads: int, limit: float) -> Cost | Failure:
    """One run of a contestant in a fresh process that writes into `out`, ended after `limit` seconds."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    command = [sys.executable, "-m", "benchmarks.contestant", name, "--shop", str(shop), "--out", str(out)]
    command += ["--memory", memory, "--threads", str(threads)]
    with tempfile.TemporaryFile() as errors:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
        watch = threading.Timer(limit, process.kill)
        watch.start()
        # The usage of this one child: `resource.getrusage(RUSAGE_CHILDREN)` would add up all that came before.
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        watch.cancel()
        if process.returncode:
            errors.seek(0)
            if process.returncode < 0 and wall >= limit:
                return Failure(f"ended after {limit:.0f} s")
            return Failure(_reason(errors.read().decode("utf-8", "replace")) or f"exit code {process.returncode}")
    return Cost(cpu=usage.ru_utime + usage.ru_stime, wall=wall, memory=usage.ru_maxrss * 1024)


def _reason(trace: str) -> str:
    """The line of a traceback that names the error: the last one that is not indented and has a colon."""
    lines = [line for line in trace.splitlines() if ": " in line and not line.startswith((" ", "LINE"))]
    return lines[-1] if lines else ""


def say(text: str) -> None:
    """One line of progress, with the time, beside whatever is written to the standard output."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)
