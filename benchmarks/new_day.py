"""`python -m benchmarks.new_day`: one new day on two years, against a full run of the same data.

The shop of `benchmarks.shop` is written as a retailer's exports: a file of history and a file of one day for each table
that grows. A run over the history comes first; then the day is added and two runs follow, one on top of the first and
one in full. Printed: CPU seconds and peak memory of each, their ratio, and whether both runs hold the same.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
from sqlglot import exp

from benchmarks.measure import say
from benchmarks.shop import Shop, make
from profithunt.schema import TABLES

LIMIT: Final = 0.1
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
    """What one run took: CPU seconds, peak memory in bytes, and what run.json says."""

    cpu: float
    memory: int
    info: dict[str, Any]


def main() -> int:
    """Write the shop, run it three times, print. The exit code is 1 where the two runs differ."""
    given = _parse()
    folder = given.cache / f"new-day-{os.getpid()}"
    made = make(given.lines, given.cache, memory=given.memory)
    files, later = folder / "shop", folder / "later"
    _write(made, files, later, given)
    _run(files, given)
    for path in sorted(later.rglob("*.parquet")):
        target = files / path.relative_to(later)
        path.rename(target)
        target.touch()
    day = _run(files, given)
    full = _run(files, given, "--full")
    for name, took in (("new day", day), ("full", full)):
        stages = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in took.info["seconds"].items())
        say(f"{name}: {took.cpu:.1f} CPU-s, peak {took.memory / 1e9:.2f} GB; elapsed by stage: {stages}")
    say(f"ratio {day.cpu / full.cpu:.3f} (limit {LIMIT})")
    for name, table in day.info["tables"].items():
        if table["why"]:
            say(f"{name} was built whole: {table['why']}")
    compared = subprocess.run(
        [sys.executable, "-m", "profithunt", "compare", day.info["run_id"], full.info["run_id"], "--shop", str(files)],
        check=False,
    )
    shutil.rmtree(folder)
    return compared.returncode


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.new_day", description=__doc__)
    parser.add_argument("--lines", type=int, default=3_000_000, help="order lines")
    parser.add_argument("--cache", type=Path, default=Path(".bench"), help="where generated shops are kept")
    parser.add_argument("--memory", default="4GB", help="memory limit")
    parser.add_argument(
        "--costs", action="store_true", help="every product has a cost, so no cost follows the newest line"
    )
    return parser.parse_args()


def _write(shop: Shop, files: Path, later: Path, given: argparse.Namespace) -> None:
    """The shop as exports: history below `files`, the day below `later`."""
    files.mkdir(parents=True)
    entries = []
    with duckdb.connect(config={"memory_limit": given.memory}) as connection:
        connection.execute("SET preserve_insertion_order = false")
        for name in [*FOREVER, *EVENT, "order_lines"]:
            source = connection.read_parquet(str(shop.table(name)))
            source.create_view("source", replace=True)
            for folder, begin, end in ((files, None, DAY), (later, DAY, NEXT)):
                query = _between(shop, name, begin, end)
                if name in FOREVER and begin is not None:
                    continue
                if name == "products" and given.costs:
                    query = query.replace("*", "* REPLACE (COALESCE(unit_cost, 7.77) AS unit_cost)", 1)
                (folder / name).mkdir(parents=True, exist_ok=True)
                file = folder / name / f"{begin or 'history'}.parquet"
                connection.sql(query).write_parquet(str(file), compression="zstd")
            columns = "\n".join(f'{item} = "{item}"' for item in TABLES[name].columns if item in source.columns)
            entries.append(f'[[sources]]\ntable = "{name}"\nfiles = "{name}/*.parquet"\n[sources.columns]\n{columns}\n')
    head = '[shop]\ncurrency = "EUR"\n'
    limits = f"[limits]\npart_lines = {max(given.lines // 30, 1)}\n[runs]\nsort_rows_max = {given.lines // 15}\n"
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


def _run(files: Path, given: argparse.Namespace, *options: str) -> Took:
    """One run in a process of its own."""
    command = [sys.executable, "-m", "profithunt", "run", str(files), "--memory", given.memory, "--json", *options]
    with (files / "run.out").open("w+b") as out:
        process = subprocess.Popen(command, stdout=out)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read()
    if process.returncode:
        raise RuntimeError(text.decode()[-2000:])
    took = Took(used.ru_utime + used.ru_stime, used.ru_maxrss * 1024, json.loads(text))
    say(f"run {took.info['run_id']}: {took.cpu:.1f} CPU-s")
    return took


if __name__ == "__main__":
    sys.exit(main())
