"""Simulated shops with planted problems: what the detectors find of them, beside an oracle and a naive ranking.

Several seeds are put together; a problem, a decoy and a find belong to the shop of their seed.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from pathlib import Path
from typing import Final

import profithunt
from profithunt import Shop
from profithunt.api import simulate
from profithunt.detectors import catalogue
from profithunt.engine import compile_sql
from truth.claim import Claim, Range, reconciles
from truth.score import Find, Planted, Score, oracle, planted, score

NAME: Final = "simulated"
LEVELS: Final = ("easy", "hard")
CUSTOMERS: Final = int(os.environ.get("SIMULATED_CUSTOMERS", "20000"))
SEEDS: Final = tuple(int(part) for part in os.environ.get("SIMULATED_SEEDS", "7,8,9").split(","))
TOP: Final = 100
_NAIVE: Final = Path(__file__).parent / "naive"
_NAIVE_EACH: Final = 20
_LEFT_OUT: Final = "\n[actions_value]\nuse = false\n"
"""Effects of actions are no leak that a detector finds; they have a truth of their own."""

_HEADINGS: Final = "recall finds  of money  planted  precision  decoys  money error  cover  NDCG  top k"


MUST_SHOW: Final = (
    ("share of the planted money in the top 100", "recall", Range(low=0.9)),
    ("share of the top 100 that loses money in the world", "precision", Range(low=0.8)),
    ("share of the decoys that were flagged", "decoys", Range(high=0.05)),
    ("median error of the money found", "error", Range(high=0.25)),
    ("share of P10–P90 that hold the truth", "cover", Range(0.75, 0.85)),
)


@dataclass(frozen=True)
class World:
    """One simulated shop: what was planted, what arose by itself, what was found in it, best ranked first."""

    seed: int
    shop: Shop
    problems: list[Planted]
    decoys: list[Planted]
    arisen: list[Planted]
    undecided: list[Planted]
    finds: list[Find]


def check(folder: Path) -> Iterator[Claim]:
    """The scorer gives an oracle full marks and a naive ranking poor ones; then what the detectors must show."""
    for level in LEVELS:
        yield from _check(folder, level)


def _check(folder: Path, level: str) -> Iterator[Claim]:
    name = f"{NAME} {level}"
    there = {detector.number: detector.name for detector in catalogue()}
    worlds = []
    for seed in SEEDS:
        world = make(folder / f"{profithunt.__version__}-{CUSTOMERS}-{seed}-{level}", level, seed)
        worlds.append(world)
        yield reconciles(f"{name} {seed}", world.shop)
        yield Claim(f"{name} {seed}", "rows set aside", 0, len(world.shop.table("quarantine")))

    problems = [item for world in worlds for item in world.problems]
    decoys = [item for world in worlds for item in world.decoys]
    best = score(oracle(problems), problems, decoys)
    marks = (best.recall, best.money_recall, best.precision, best.cover, best.ndcg, best.top)
    yield Claim(name, "marks of an oracle", (1.0,) * 6, tuple(round(mark or 0, 9) for mark in marks))
    yield Claim(name, "its money error and decoys", (0.0, 0), (best.money_error, best.n_decoys))

    numbers = {number for number, detector in there.items() if (_NAIVE / f"{detector}.sql").exists()}
    some = [item for item in problems if item.number in numbers]
    naive = score([find for world in worlds for find in _naive(world, there, numbers)], some, decoys)
    ours = score(_merged([[f for f in world.finds if f.number in numbers] for world in worlds]), some, decoys)
    poorer = all((a or 0) < (b or 0) for a, b in ((naive.precision, ours.precision), (naive.ndcg, ours.ndcg)))
    yield Claim(name, "ranking by worst average is poorer than the detectors", expected=True, found=poorer)
    _print(level, there, worlds, {"worst average, its detectors": naive, "the same detectors": ours})
    found = _must_show(worlds)
    for what, figure, expected in MUST_SHOW:
        yield Claim(name, what, expected, found[figure])


def make(folder: Path, level: str, seed: int, customers: int = CUSTOMERS) -> World:
    """Simulate a shop, run it, hunt in it; what is known by name is kept apart by the seed."""
    shutil.rmtree(folder, ignore_errors=True)
    made = simulate(folder, customers=customers, seed=seed, problems="easy" if level == "easy" else "hard")
    truth = json.loads((made.folder / "truth" / "truth.json").read_text("utf-8"))
    with (folder / "shop.toml").open("a", encoding="utf-8") as settings:
        settings.write(_LEFT_OUT)
    shop = Shop.open(folder)
    shop.run()
    problems, decoys, arisen, undecided = (
        [
            replace(item, id=f"{seed} {item.id}", entity={**item.entity, "shop": str(seed)})
            for item in planted(truth, kind)
        ]
        for kind in ("problems", "decoys", "arisen", "undecided")
    )
    finds = [
        Find(item.detector, {**item.entity, "shop": str(seed)}, item.value, item.p10, item.p90)
        for item in shop.hunt()
        if item.counted or any(part.number == item.detector for part in problems)
    ]
    return World(seed, shop, problems, decoys, arisen, undecided, finds)


def _must_show(worlds: Sequence[World]) -> dict[str, float | None]:
    """The figures that the catalogue as a whole is held to, over all shops; the top 100 are those of each shop."""
    top = [_of(world, world.finds[:TOP]) for world in worlds]
    money = [sum(item.money for item in world.problems) for world in worlds]
    n_top = [min(len(world.finds), TOP) for world in worlds]
    every = score(
        _merged([world.finds for world in worlds]),
        [item for world in worlds for item in world.problems],
        [item for world in worlds for item in world.decoys],
    )
    n_decoys = sum(len(world.decoys) for world in worlds)
    return {
        "recall": _mean([part.money_recall for part in top], money),
        "precision": _mean([part.precision for part in top], n_top),
        "decoys": round(every.n_decoys / n_decoys, 3) if n_decoys else None,
        "error": None if every.money_error is None else round(every.money_error, 3),
        "cover": None if every.cover is None else round(every.cover, 3),
    }


def _of(world: World, finds: Sequence[Find]) -> Score:
    return score(finds, world.problems, world.decoys, world.arisen, world.undecided)


def _mean(values: Sequence[float | None], weights: Sequence[float]) -> float:
    total = sum(weights) or 1.0
    return round(sum((value or 0.0) * weight for value, weight in zip(values, weights, strict=True)) / total, 3)


def _merged(lists: Sequence[Sequence[Find]]) -> list[Find]:
    """The finds of all shops, the first of each, then the second of each, and so on."""
    return [find for row in zip_longest(*lists) for find in row if find is not None]


def _naive(world: World, there: dict[int, str], numbers: set[int]) -> list[Find]:
    """For each detector the entities with the worst average, whatever the sample; one of each in turn."""
    lists = []
    for number in sorted(numbers):
        rows = world.shop.engine.dicts(
            compile_sql((_NAIVE / f"{there[number]}.sql").read_text("utf-8"), where=there[number])
        )
        rows = [row for row in rows if row["rate"] is not None]
        worst = sorted(rows, key=lambda row: (-row["rate"], str(row)))[:_NAIVE_EACH]
        lists.append(
            [
                Find(number, {**_names(row), "shop": str(world.seed)}, row["rate"], row["rate"], row["rate"])
                for row in worst
            ]
        )
    return [find for find in chain.from_iterable(zip_longest(*lists)) if find is not None]


def _names(row: dict[str, object]) -> dict[str, str]:
    return {key: str(value) for key, value in row.items() if key != "rate"}


def _print(level: str, there: dict[int, str], worlds: Sequence[World], others: dict[str, Score]) -> None:
    """The scores as a table: all detectors, each detector, the naive ranking, what is not there yet."""
    problems = [item for world in worlds for item in world.problems]
    decoys = [item for world in worlds for item in world.decoys]
    finds = _merged([world.finds for world in worlds])
    within = [item for item in problems if item.number in there]
    print(f"\n     {level}: {len(problems)} problems planted, {len(within)} of them for detectors that are there")
    arisen = [item for world in worlds for item in world.arisen]
    undecided = [item for world in worlds for item in world.undecided]
    print(f"     {'':<44} {_HEADINGS}")
    print(_line("oracle", score(oracle(problems), problems, decoys)))
    print(_line("the detectors", score(finds, within, decoys, arisen, undecided)))
    for world in worlds:
        print(_line(f"  the top {TOP} of shop {world.seed}", _of(world, world.finds[:TOP])))
    for what, result in others.items():
        print(_line(what, result))
    for number in sorted({item.number for item in within} | {find.number for find in finds}):
        mine = [item for item in within if item.number == number]
        own = score([find for find in finds if find.number == number], mine, decoys, arisen, undecided)
        print(_line(f"  {number:02d} {there.get(number, 'own')}", own))
    absent = sorted({(item.number, item.name) for item in problems if item.number not in there})
    print(
        "     not there yet, counted as missed: " + (", ".join(f"{number} {name}" for number, name in absent) or "none")
    )
    print(flush=True)


def _line(what: str, result: Score) -> str:
    found = f"{result.n_found}/{result.n_planted}"
    finds = f"{result.n_finds:>5}"
    cells = (
        f"{found:>6}", finds, _cell(result.money_recall, 9), _cell(result.planted, 8),
        _cell(result.precision, 10), f"{result.n_decoys:>7}",
        _cell(result.money_error, 12), _cell(result.cover, 6), _cell(result.ndcg, 5), _cell(result.top, 6),
    )  # fmt: skip
    return f"     {what:<44} " + " ".join(cells)


def _cell(value: float | None, width: int) -> str:
    return f"{'–' if value is None else format(value, '.2f'):>{width}}"
