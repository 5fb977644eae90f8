"""Make a simulated retailer: all canonical tables, `shop.toml`, and the truth about what was planted."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from sqlglot import exp

from profithunt.engine import Engine, values_query
from profithunt.errors import UsageError
from profithunt.schema import TABLES
from profithunt.simulate import planting, shop_file, truth
from profithunt.simulate.laws import laws
from profithunt.simulate.size import CHUNK, Problems, Size
from profithunt.simulate.world import FLOWS, LEVERS, PLACED, World, models

Report = Callable[[str, float, float], None]

IN_PARTS: Final = (
    "customers", "orders", "order_lines", "shipments", "returns", "defects", "contacts", "reviews", "touches",
    "sessions", "events", "loyalty", "customer_events",
)  # fmt: skip
"""Canonical tables that are written a part of the customers at a time."""

WHOLE: Final = tuple(name for name in TABLES if name not in IN_PARTS)
"""Those that are written once."""

_ASIDE: Final = ("ad_clicks", "sold_days")
_SAMPLE: Final = 15_000
_INDEX_DAYS: Final = 90
_POOL: Final = 20_000
_FLOWS_AGAIN: Final = FLOWS[2:]


@dataclass(frozen=True)
class Simulated:
    """A simulated shop on disk: where it is, how large, how long it took, what was planted."""

    folder: Path
    size: Size
    rows: Mapping[str, int]
    seconds: float
    planted: Mapping[str, int]

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "simulated": True,
            "folder": str(self.folder),
            "customers": self.size.customers,
            "months": self.size.months,
            "seed": self.size.seed,
            "problems": self.size.problems,
            "starts_on": self.size.starts_on.isoformat(),
            "ends_on": self.size.ends_on.isoformat(),
            "rows": dict(self.rows),
            "planted": dict(self.planted),
            "seconds": round(self.seconds, 1),
        }


def simulate(
    out: Path,
    *,
    customers: int,
    months: int,
    seed: int = 1,
    problems: Problems = "easy",
    memory: str | None = None,
    without: str = "",
    report: Report | None = None,
) -> Simulated:
    """Write a simulated shop into `out`, a folder that is not there yet or empty.

    The same size, seed and version give the same bytes. `without` is the id of a problem: the same world, with the same
    luck, in which it does not happen (its money is the difference of the two ledgers). Raises UsageError for a size
    that can't be simulated and for a folder that is not empty.
    """
    began = time.perf_counter()
    size = Size(customers, months, seed, problems, laws().shop["starts_on"])
    with _folder(out) as folder, Engine(memory_limit=memory, temp_dir=folder) as engine:
        found, rows = _Making(World(engine, size, without), folder, report or (lambda *_: None)).run()
    counts = {name: len(found[name]) for name in ("problems", "decoys", "shifts", "arisen", "actions")}
    return Simulated(out, size, rows, time.perf_counter() - began, counts)


@contextmanager
def _folder(out: Path) -> Iterator[Path]:
    """A folder to write in, put in its place when everything is there."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(
            "the folder is not empty", where=str(out), do="name a folder that is not there yet, or remove this one"
        )
    partial = out.with_name(f".{out.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir(parents=True)
    except OSError as error:
        raise UsageError(f"can't be written: {error.strerror}", where=str(out.parent)) from error
    try:
        yield partial
        shutil.rmtree(partial / "aside")
        if out.exists():
            out.rmdir()
        partial.rename(out)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


class _Making:
    """One world on its way to disk."""

    def __init__(self, world: World, folder: Path, report: Report) -> None:
        self.world = world
        self.folder = folder
        self.aside = folder / "aside"
        self.report = report
        self.gains: dict[str, truth.Gain] = {}
        self.customers: list[tuple[int, int, Decimal]] = []
        self.rows = dict.fromkeys(TABLES, 0)
        self.columns = {name: [column.name for column in models("tables")[name].columns] for name in TABLES}
        horizon = 365 if world.size.n_days >= 500 else 90
        share = min(1.0, _SAMPLE / world.size.customers)
        self.world.values |= {"potential": False, "horizon": horizon, "index_days": _INDEX_DAYS, "sample_share": share}
        self.steps = world.size.chunks * (3 if world.size.problems != "none" else 2) + 3
        self.done = 0

    def run(self) -> tuple[dict[str, Any], dict[str, int]]:
        """Make everything; what is true of the world, and the rows of its tables."""
        for name in (*(IN_PARTS if self.world.size.chunks > 1 else ()), *(f"aside/{name}" for name in _ASIDE)):
            (self.folder / name).mkdir(parents=True)
        self._step("range, calendar, places")
        self.world.begin()
        wishes = planting.wishes(self.world.size.problems)
        self._plant(wishes)
        parts: list[Path] = []
        for number in range(self.world.size.chunks):
            self._part(number, planted=bool(wishes) and not self.world.values["without"])
            parts.append(self.aside / f"effects-{number}.parquet")
        self._step("stock, prices, spend")
        self._whole()
        self._step("truth")
        self._mean_effects(parts)
        if wishes:
            self.world.engine.attach_parquet("counted_stock", self.folder / "stock.parquet")
            self.world.make("truth", ("calendar", "demand", "stock_ahead"))
        found = truth.gather(self.world, wishes, self.gains, self.customers)
        truth.write(self.folder, found)
        shop_file.write(self.folder, self.world.size, self.columns)
        return found, self.rows

    def _step(self, name: str) -> None:
        self.report(f"Simulate: {name}", self.done, self.steps)
        self.done += 1

    def _plant(self, wishes: list[planting.Wish]) -> None:
        engine = self.world.engine
        engine.table("levers", values_query(LEVERS, []))
        if wishes:
            self.world.make("world", PLACED)
            self.world.make("world", ("casting", "people"), {"chunk": _POOL})
            engine.table("wishes", planting.query(wishes))
            self.world.make("truth", ("pools", "planted", "levers"))
        self.world.make("world", PLACED)

    def _part(self, number: int, *, planted: bool) -> None:
        """One part of the customers: their tables, and what they would have earned without each problem."""
        first = {"first": number * CHUNK}
        name = f"customers {number * CHUNK:,} to {min((number + 1) * CHUNK, self.world.size.customers):,}"
        self._step(name)
        self.world.make("world", ("casting", *FLOWS), first)
        for table in IN_PARTS:
            self.rows[table] += self.world.write(table, self._path(table, number))
        for table in _ASIDE:
            self.world.write(table, self.aside / table / f"{number:03d}.parquet")
        if planted:
            self._step(f"{name} without each problem")
            self._without()
        self._step(f"{name}: what actions do")
        self._actions(number, first)

    def _path(self, table: str, number: int) -> Path:
        if self.world.size.chunks == 1:
            return self.folder / f"{table}.parquet"
        return self.folder / table / f"{number:03d}.parquet"

    def _without(self) -> None:
        """Run what each problem touched again in the world without it, with the same luck; add up the difference."""
        engine, world = self.world.engine, self.world
        world.make("truth", ("order_money", "befallen", "touched_orders"))
        for name in ("lapsed", "losing"):
            self.customers += engine.rows(world.sql("truth", name))
        engine.table("visits_as_is", world.sql("truth", "as_is"))
        _rename(engine, "order_money", "money_as_is")
        _rename(engine, "drafts", "drafts_as_is")
        engine.table("casting", exp.select("world", "customer_no").from_("befallen"))
        world.make("world", ("people", "drafts"))
        engine.table("redone_orders", world.sql("truth", "redone"))
        _rename(engine, "redone_orders", "drafts")
        world.make("world", _FLOWS_AGAIN)
        world.make("truth", ("order_money",))
        for problem, *gain in engine.rows(world.sql("truth", "gains")):
            self.gains[problem] = self.gains.get(problem, truth.Gain()).plus(truth.Gain(*gain))
        for name in ("visits_as_is", "money_as_is", "drafts_as_is", "befallen", "touched_orders"):
            engine.drop(name)

    def _actions(self, number: int, first: Mapping[str, int]) -> None:
        """Run a sample of customers with everything that actions may bring or cost, and weigh it by its chance."""
        world = self.world
        values = {**first, "potential": True}
        world.engine.table("casting", world.sql("truth", "sampled", values))
        world.make("world", FLOWS, values)
        world.make("truth", ("order_money",))
        world.engine.write_parquet(world.sql("truth", "action_effects"), self.aside / f"effects-{number}.parquet")

    def _mean_effects(self, parts: list[Path]) -> None:
        self.world.engine.attach_parquet("action_parts", parts)
        self.world.make("truth", ("action_means",))

    def _whole(self) -> None:
        for name in _ASIDE:
            self.world.engine.attach_parquet(name, sorted((self.aside / name).glob("*.parquet")))
        for name in WHOLE:
            self.rows[name] = self.world.write(name, self.folder / f"{name}.parquet")


def _rename(engine: Engine, name: str, other: str) -> None:
    """Keep a table under another name, so that its own is free."""
    engine.table(other, exp.select("*").from_(name))
    engine.drop(name)
