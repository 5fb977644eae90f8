"""The page of results: machine, figures, ratios, growth, and whether each target is met."""

from __future__ import annotations

import json
import math
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from benchmarks.measure import Cost, Failure

WHAT: Final = {
    "scan": "bare scan",
    "plain": "plain SQL",
    "profithunt": "profithunt",
    "polars": "Polars",
    "pandas": "pandas",
}
MAX_PLAIN_RATIO: Final = 1.0
MAX_SCAN_RATIO: Final = 15.0
MAX_GIGABYTES: Final = 4.0
LINEAR: Final = 1.05
"""Exponent up to which growth counts as linear: what is left of the fixed cost and the noise of a run."""


@dataclass(frozen=True)
class Measured:
    """A contestant's cost at one size (million order lines), or why there is none."""

    name: str
    size: int
    cost: Cost | Failure


def keep(file: Path, measured: Sequence[Measured], *, memory: str, threads: int) -> list[Measured]:
    """Put figures beside those of earlier calls in `file`, in the place of their own size and contestant.

    Returns all that were measured under the same conditions (machine, versions, memory, threads), by size.
    """
    conditions = f"{_machine()}, {memory}, {threads} threads"
    known = json.loads(file.read_text("utf-8")) if file.exists() else {}
    here = known.setdefault(conditions, {})
    for item in measured:
        here[f"{item.size} {item.name}"] = asdict(item.cost)
    file.write_text(json.dumps(known, indent=1), "utf-8")
    everything = [_measured(key, data) for key, data in here.items()]
    return sorted(everything, key=lambda item: (item.size, list(WHAT).index(item.name)))


def _measured(key: str, data: dict[str, Any]) -> Measured:
    size, name = key.split()
    return Measured(name, int(size), Failure(**data) if "reason" in data else Cost(**data))


def growth(costs: Sequence[tuple[int, float]]) -> float | None:
    """Exponent k of cost ≈ c · size^k, by least squares on logarithms; none with fewer than two sizes."""
    if len(costs) < 2:
        return None
    points = [(math.log(size), math.log(cost)) for size, cost in costs]
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)


def write(
    path: Path, measured: Sequence[Measured], differences: Sequence[str], *, memory: str, threads: int, note: str = ""
) -> None:
    """Write the page; `note` says what else a reader should know of these figures."""
    costs = {(item.name, item.size): item.cost for item in measured if isinstance(item.cost, Cost)}
    parts = [
        _HEAD.format(machine=_machine(), memory=memory, threads=threads),
        f"{note}\n" if note else "",
        _figures(measured, costs),
        _targets(costs),
        _growth(costs),
        _same(differences),
        _FOOT,
    ]
    path.write_text("\n".join(part for part in parts if part), "utf-8")


_HEAD: Final = """# What the ledger costs

Written by `make bench` (`python -m benchmarks`); run it to get the figures of another machine.

Machine: {machine}. Memory limit of every engine: {memory}; threads: {threads}. Each contestant ran in a process of its
own; CPU is user and system time of the whole process, start of Python included, the median of the runs.
Memory is the peak resident set of the process.

| contestant | what it does |
| --- | --- |
| bare scan | DuckDB looks once at each column that the ledger needs: the bound that no ledger can pass |
| plain SQL | DuckDB, the ledger and its roll-ups by hand (`benchmarks/plain/`): what an analyst who knows this shop would write, no general case |
| profithunt | the ledger, its roll-ups and the tables that explain them, by the models of profithunt, with every general case |
| Polars, pandas | the core of the same ledger (no expected returns, no slices) rolled up to orders, customers, SKUs |

The shop of N million order lines is made by `benchmarks/shop/`: N/3 million orders in two years, two touches an order,
1.05 parcels an order, 6 % of lines returned, 50,000 SKUs, text keys.
"""

_FOOT: Final = """## Which formulations won

Measured while the models were written (CPU-seconds at 3 M lines, DuckDB 2.0.0, two threads):

| question | answer |
| --- | --- |
| product of two DECIMAL(18,4), as money | by DOUBLE 0.08, by DECIMAL 1.0: DuckDB 2.0 rescales 128-bit numbers slowly (1.5.5: 0.04) |
| six allocations to lines | two cumulative shares per line, each part a difference of rounded products: 0.37; a CASE and ROUND each time: 0.94 |
| window against GROUP BY and join back | one window for running sum and total 1.2; totals joined back 1.55; single-line orders apart 1.7 |
| last touch of 30 days | join, filter, maximum by order 0.76–0.95; ASOF join 0.93; row_number over the whole path 1.4–2.4 |
| small tables joined to lines | before the window: after it, sizes are misjudged and the wide side is hashed (+1.6 at 1 M) |
| Parquet | version 2 with a dictionary limit of 5,000: 1.09 instead of 1.44 at 1 M rows × 53 columns, and 2 % smaller |
| what passes through a window | it writes and sorts all that it carries: 33 columns 1.9 at 1 M, the line's own 17 with joins afterwards 1.4 |
| order of rows that nobody asked for | `preserve_insertion_order = false`: 4 % of the whole run |
"""


def _machine() -> str:
    packages = []
    for name in ("duckdb", "sqlglot", "polars", "pandas"):
        try:
            packages.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {gigabytes:.0f} GB, {platform.system()}, "
        f"Python {platform.python_version()}, {', '.join(packages)}"
    )


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(head)
    lines = [names, ["---", *["---:"] * (len(names) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"


def _figures(measured: Sequence[Measured], costs: dict[tuple[str, int], Cost]) -> str:
    rows = []
    for item in measured:
        label = f"{item.size} M · {WHAT[item.name]}"
        if isinstance(item.cost, Failure):
            rows.append([label, f"failed: {item.cost.reason}", "", "", "", "", ""])
            continue
        rows.append(
            [
                label,
                str(item.cost.runs),
                f"{item.cost.cpu:.1f}",
                f"{item.cost.wall:.1f}",
                f"{item.cost.memory / 1e9:.2f}",
                _ratio(costs, item, "plain"),
                _ratio(costs, item, "scan"),
            ]
        )
    head = ["lines · contestant", "runs", "CPU-s", "wall s", "peak GB", "× plain SQL", "× bare scan"]
    return "## Figures\n\n" + _table(head, rows)


def _ratio(costs: dict[tuple[str, int], Cost], item: Measured, base: str) -> str:
    under, over = costs.get((base, item.size)), costs.get((item.name, item.size))
    return f"{over.cpu / under.cpu:.2f}" if under and over else ""


def _targets(costs: dict[tuple[str, int], Cost]) -> str:
    rows = []
    for size in sorted({size for name, size in costs if name == "profithunt"}):
        own = costs["profithunt", size]
        plain, scan = costs.get(("plain", size)), costs.get(("scan", size))
        if plain:
            rows.append(_target(f"CPU × plain SQL at {size} M", own.cpu / plain.cpu, MAX_PLAIN_RATIO))
        if scan:
            rows.append(_target(f"CPU × bare scan at {size} M", own.cpu / scan.cpu, MAX_SCAN_RATIO))
        rows.append(_target(f"peak GB at {size} M", own.memory / 1e9, MAX_GIGABYTES))
    exponent = growth([(size, cost.cpu) for (name, size), cost in sorted(costs.items()) if name == "profithunt"])
    if exponent is not None:
        rows.append(_target("growth exponent", exponent, LINEAR))
    return "## Targets\n\n" + _table(["target", "limit", "measured", ""], rows) if rows else ""


def _target(name: str, value: float, limit: float) -> list[str]:
    return [name, f"≤ {limit:g}", f"{value:.2f}", "met" if value <= limit else "**not met**"]


def _growth(costs: dict[tuple[str, int], Cost]) -> str:
    rows = []
    for name, label in WHAT.items():
        exponent = growth([(size, cost.cpu) for (who, size), cost in sorted(costs.items()) if who == name])
        if exponent is not None:
            rows.append([label, f"{exponent:.2f}"])
    head = "## Growth\n\nExponent k of CPU ≈ c · lines^k over the sizes measured; 1 is linear.\n\n"
    return head + _table(["contestant", "k"], rows) if rows else ""


def _same(differences: Sequence[str]) -> str:
    if not differences:
        return ""
    text = (
        "## Same result\n\nEvery row of profithunt's tables against the plain SQL's, every column, amounts to the "
        "cent (parts of allocations are rounded to a hundredth; halves may fall to either side):\n\n"
    )
    return text + "\n".join(f"- {line}" for line in differences) + "\n"
