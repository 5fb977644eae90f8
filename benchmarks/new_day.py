"""`python -m benchmarks.new_day`: one new day on two years, against a full run of the same data.

The shop of `benchmarks.shop` is written as a retailer's exports: a file of history and a file of one day for each table
that grows. The history is read and its ledger built first; then the day is added and both are built twice, on top of the
first build and in full. Printed: CPU seconds by stage and peak memory of each, their ratio, and whether both builds hold
the same. What a run does after the ledger (customers, metrics, hunt) is not part of it.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import resource
import shutil
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Final, TypeVar

import duckdb
from sqlglot import exp

from benchmarks.measure import say
from benchmarks.shop import Shop, make
from profithunt import sources
from profithunt.api.compare import compare_folders
from profithunt.api.engines import with_memory
from profithunt.config import read
from profithunt.engine import Engine
from profithunt.engine.runner import Earlier
from profithunt.engine.runs import table_files
from profithunt.ledger.build import build_ledger
from profithunt.schema import TABLES
from profithunt.sources import InputFile, Memory
from profithunt.sources.memory import FILE

Result = TypeVar("Result")

LIMIT: Final = 0.1
LINES: Final = 3_000_000
DAY: Final = "2025-12-30"
NEXT: Final = "2025-12-31"
EVENT: Final = {
    "orders": "ordered_at",
    "shipments": "dispatched_at",
    "returns": "returned_at",
    "contacts": "contacted_at",
    "touches": "touched_at",
    "ad_spend": "spent_on",
}
FOREVER: Final = ("products", "customers", "cost_rates")


@dataclass(frozen=True)
class Took:
    """What a build took: CPU seconds by stage, peak memory in bytes, and why tables were built whole."""

    cpu: dict[str, float]
    memory: int
    whole: dict[str, str]
    earlier: Earlier
    inputs: list[InputFile]

    @property
    def total(self) -> float:
        """CPU seconds of all stages."""
        return sum(self.cpu.values())


@dataclass(frozen=True)
class Compared:
    """What the new day took and what a full build did, and the tables in which they differ."""

    lines: int
    day: Took
    full: Took
    different: list[str]

    @property
    def ratio(self) -> float:
        """CPU of the new day over that of a full build."""
        return self.day.total / self.full.total


def main() -> int:
    """Write the shop, build it three times, print. The exit code is 1 where the two last builds differ."""
    given = _parse()
    found = compared(given.lines, given.cache, given.memory, costs=given.costs)
    return 1 if found.different else 0


def compared(lines: int, cache: Path, memory: str, *, costs: bool = False) -> Compared:
    """Write the shop, build its history, then the new day on top of it and in full."""
    folder = cache / f"new-day-{os.getpid()}"
    made = make(lines, cache, memory=memory)
    files, later = folder / "shop", folder / "later"
    _write(made, files, later, memory=memory, lines=lines, costs=costs)
    runs = {name: folder / name / "tables" for name in ("history", "day", "full")}
    history = _apart(_build, files, runs["history"], None, memory)
    for path in sorted(later.rglob("*.parquet")):
        target = files / path.relative_to(later)
        path.rename(target)
        target.touch()
    day = _apart(_build, files, runs["day"], history, memory)
    full = _apart(_build, files, runs["full"], None, memory)
    for name, took in (("new day", day), ("full", full)):
        stages = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in took.cpu.items())
        say(f"{lines:,} lines, {name}: {took.total:.1f} CPU-s ({stages}), peak {took.memory / 1e9:.2f} GB")
    ratios = ", ".join(f"{stage} {day.cpu[stage] / full.cpu[stage]:.3f}" for stage in full.cpu)
    say(f"ratio {day.total / full.total:.3f} (limit {LIMIT}); {ratios}")
    for name, why in day.whole.items():
        say(f"{name} was built whole: {why}")
    different = _apart(_different, runs["day"], runs["full"])
    say(f"tables that differ: {', '.join(different) or 'none'}")
    shutil.rmtree(folder)
    return Compared(lines, day, full, different)


def section(cache: Path, note: str = "", memory: str = "4GB", lines: int = LINES) -> str:
    """Measure; the text of the page's section."""
    found = compared(lines, cache, memory)
    rows = [
        f"| {name} | {took.total:.1f} | {', '.join(f'{stage} {cpu:.1f}' for stage, cpu in took.cpu.items())} "
        f"| {took.memory / 1e9:.2f} |"
        for name, took in (("the new day, on the build before", found.day), ("the same in full", found.full))
    ]
    met = "met" if found.ratio <= LIMIT else "**not met**"
    differ = f"{', '.join(found.different)} differ" if found.different else "every table the same"
    return (
        f"## One new day\n\nWritten by `python -m benchmarks --only new_day`: {lines:,} order lines of two years as a "
        "retailer's exports; a file of one day is added to each table that grows. Sources and ledger; memory is the peak "
        f"of the process.{' ' + note if note else ''}\n\n"
        "| what | CPU-s | of it | peak GB |\n| --- | ---: | --- | ---: |\n" + "\n".join(rows) + "\n\n"
        f"Ratio {found.ratio:.3f}, limit {LIMIT:g}: {met}; {differ}.\n"
    )


def _apart(work: Callable[..., Result], *arguments: object) -> Result:
    """Do it in a process of its own, so that its memory is its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def _build(files: Path, tables: Path, former: Took | None, memory: str) -> Took:
    """Read the sources and build the ledger into `tables`, on top of a former build or in full."""
    config = with_memory(read(files / "shop.toml"), memory)
    tables.mkdir(parents=True)
    folder = former.earlier.folder if former is not None else tables
    before = Memory.read(folder.parent / FILE, folder)
    stages: dict[str, float] = {}
    began = time.process_time()
    with Engine(memory_limit=memory, temp_dir=tables.parent) as engine:
        if before is None or former is None:
            read_ = sources.build(config, engine, tables)
        else:
            sources.fingerprint(config, before.digests())
            read_ = sources.build_on(config, engine, tables, None, before, former.inputs)
        stages["sources"] = time.process_time() - began
        digests = {name: _digest(paths) for name, paths in table_files(tables).items()}
        for name, paths in table_files(tables).items():
            engine.attach_parquet(name, paths)
        began = time.process_time()
        earlier = former.earlier if former is not None else None
        built = build_ledger(engine, config, tables, fingerprints=digests, earlier=earlier)
        stages["ledger"] = time.process_time() - began
    if read_.memory is not None:
        read_.memory.write(tables.parent / FILE)
    statements = {item.name: item.statement for item in built}
    whole = {item.name: item.why for item in built if item.why is not None}
    return Took(
        stages,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        whole,
        Earlier(tables, digests, statements),
        read_.inputs,
    )


def _digest(paths: list[Path]) -> str:
    """A hash of a table's files by what the file system says of them; a run hashes what is new."""
    return hashlib.sha256(repr([(path.stat().st_ino, path.stat().st_size) for path in paths]).encode()).hexdigest()


def _different(first: Path, second: Path) -> list[str]:
    """Tables that don't hold the same rows."""
    with Engine() as engine:
        compared = compare_folders(engine, first, second, ("day", "full"))
    return [table.name for table in compared.tables if not table.same]


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.new_day", description=__doc__)
    parser.add_argument("--lines", type=int, default=LINES, help="order lines")
    parser.add_argument("--cache", type=Path, default=Path(".bench"), help="where generated shops are kept")
    parser.add_argument("--memory", default="4GB", help="memory limit")
    parser.add_argument(
        "--costs", action="store_true", help="every product has a cost, so no cost follows the newest line"
    )
    return parser.parse_args()


def _write(shop: Shop, files: Path, later: Path, *, memory: str, lines: int, costs: bool) -> None:
    """The shop as exports: history below `files`, the day below `later`."""
    files.mkdir(parents=True)
    entries = []
    with duckdb.connect(config={"memory_limit": memory}) as connection:
        connection.execute("SET preserve_insertion_order = false")
        for name in [*FOREVER, *EVENT, "order_lines"]:
            source = connection.read_parquet(str(shop.table(name)))
            source.create_view("source", replace=True)
            for folder, begin, end in ((files, None, DAY), (later, DAY, NEXT)):
                query = _between(shop, name, begin, end)
                if name in FOREVER and begin is not None:
                    continue
                if name == "products" and costs:
                    query = query.replace("*", "* REPLACE (COALESCE(unit_cost, 7.77) AS unit_cost)", 1)
                (folder / name).mkdir(parents=True, exist_ok=True)
                file = folder / name / f"{begin or 'history'}.parquet"
                connection.sql(query).write_parquet(str(file), compression="zstd")
            columns = "\n".join(f'{item} = "{item}"' for item in TABLES[name].columns if item in source.columns)
            entries.append(f'[[sources]]\ntable = "{name}"\nfiles = "{name}/*.parquet"\n[sources.columns]\n{columns}\n')
    head = '[shop]\ncurrency = "EUR"\n'
    limits = f"[limits]\npart_lines = {max(lines // 30, 1)}\n[runs]\nsort_rows_max = {lines // 15}\n"
    (files / "shop.toml").write_text("\n".join([head, *entries, limits]), "utf-8")


def _between(shop: Shop, name: str, begin: str | None, end: str) -> str:
    """The rows of a table that happened from `begin` up to `end`; lines by their order."""
    query = exp.select("*").from_("source")
    if name in FOREVER:
        return query.sql("duckdb")
    event = exp.column(EVENT.get(name, "ordered_at"))
    during: exp.Expr = exp.LT(this=event, expression=exp.Literal.string(end))
    if begin is not None:
        during = exp.and_(during, exp.GTE(this=event.copy(), expression=exp.Literal.string(begin)))
    if name == "order_lines":
        orders = exp.func("read_parquet", exp.Literal.string(str(shop.table("orders"))), dialect="duckdb")
        of_day = exp.select("order_id").from_(orders).where(during)
        return query.where(exp.In(this=exp.column("order_id"), query=of_day.subquery())).sql("duckdb")
    return query.where(during).sql("duckdb")


if __name__ == "__main__":
    sys.exit(main())
