"""A simulated shop with planted problems: what today's detectors find of them, beside an oracle and a naive ranking."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest
from pathlib import Path
from typing import Final

import profithunt
from profithunt import Shop
from profithunt.api import simulate
from profithunt.detectors import catalogue
from profithunt.engine import compile_sql
from truth.claim import Claim, reconciles
from truth.score import Find, Planted, Score, oracle, planted, score

NAME: Final = "simulated"
LEVELS: Final = ("easy", "hard")
CUSTOMERS: Final = int(os.environ.get("SIMULATED_CUSTOMERS", "20000"))
SEED: Final = int(os.environ.get("SIMULATED_SEED", "7"))
_NAIVE: Final = Path(__file__).parent / "naive"
_NAIVE_EACH: Final = 20
_LEFT_OUT: Final = "\n[actions_value]\nuse = false\n"
"""Effects of actions are no leak that a detector finds; they have a truth of their own."""

_HEADINGS: Final = "recall  of money  precision  decoys  money error  cover  NDCG  top k"


def check(folder: Path) -> Iterator[Claim]:
    """The scorer gives an oracle full marks and a naive ranking poor ones; the detectors' score is printed."""
    for level in LEVELS:
        yield from _check(folder / f"{profithunt.__version__}-{CUSTOMERS}-{SEED}-{level}", level)


def _check(folder: Path, level: str) -> Iterator[Claim]:
    shutil.rmtree(folder, ignore_errors=True)
    made = simulate(folder, customers=CUSTOMERS, seed=SEED, problems="easy" if level == "easy" else "hard")
    truth = json.loads((made.folder / "truth" / "truth.json").read_text("utf-8"))
    with (folder / "shop.toml").open("a", encoding="utf-8") as settings:
        settings.write(_LEFT_OUT)
    shop = Shop.open(folder)
    shop.run()
    name = f"{NAME} {level}"
    problems, decoys = planted(truth), planted(truth, "decoys")
    there = {detector.number: detector.name for detector in catalogue()}
    within = [item for item in problems if item.number in there]
    finds = [Find(item.detector, item.entity, item.value, item.p10, item.p90) for item in shop.hunt()]

    best = score(oracle(problems), problems, decoys)
    marks = (best.recall, best.money_recall, best.precision, best.cover, best.ndcg, best.top)
    yield Claim(name, "marks of an oracle", (1.0,) * 6, tuple(round(mark or 0, 9) for mark in marks))
    yield Claim(name, "its money error and decoys", (0.0, 0), (best.money_error, best.n_decoys))
    yield reconciles(name, shop)
    yield Claim(name, "rows set aside", 0, len(shop.table("quarantine")))

    covered = {path.stem for path in _NAIVE.glob("*.sql")}
    numbers = {number for number, detector in there.items() if detector in covered}
    some = [item for item in within if item.number in numbers]
    naive = score(_naive(shop, there, numbers), some, decoys)
    ours = score([find for find in finds if find.number in numbers], some, decoys)
    poorer = all((a or 0) < (b or 0) for a, b in ((naive.precision, ours.precision), (naive.ndcg, ours.ndcg)))
    yield Claim(name, "ranking by worst average is poorer than the detectors", expected=True, found=poorer)
    _print(level, there, problems, decoys, finds, {"worst average, its detectors": naive, "the same detectors": ours})


def _naive(shop: Shop, there: dict[int, str], numbers: set[int]) -> list[Find]:
    """For each detector the entities with the worst average, whatever the sample; one of each in turn."""
    lists = []
    for number in sorted(numbers):
        rows = shop.engine.dicts(compile_sql((_NAIVE / f"{there[number]}.sql").read_text("utf-8"), where=there[number]))
        rows = [row for row in rows if row["rate"] is not None]
        worst = sorted(rows, key=lambda row: (-row["rate"], str(row)))[:_NAIVE_EACH]
        lists.append([Find(number, _names(row), row["rate"], row["rate"], row["rate"]) for row in worst])
    return [find for find in chain.from_iterable(zip_longest(*lists)) if find is not None]


def _names(row: dict[str, object]) -> dict[str, str]:
    return {key: str(value) for key, value in row.items() if key != "rate"}


def _print(
    level: str,
    there: dict[int, str],
    problems: Sequence[Planted],
    decoys: Sequence[Planted],
    finds: Sequence[Find],
    others: dict[str, Score],
) -> None:
    """The scores as a table: all detectors, each detector, the naive ranking, what is not there yet."""
    within = [item for item in problems if item.number in there]
    print(f"\n     {level}: {len(problems)} problems planted, {len(within)} of them for detectors that are there")
    print(f"     {'':<44} {_HEADINGS}")
    print(_line("oracle", score(oracle(problems), problems, decoys)))
    print(_line("today's detectors", score(finds, within, decoys)))
    for what, result in others.items():
        print(_line(what, result))
    for number in sorted({item.number for item in within}):
        mine = [item for item in within if item.number == number]
        own = score([find for find in finds if find.number == number], mine, decoys)
        print(_line(f"  {number:02d} {there[number]}", own))
    absent = sorted({(item.number, item.name) for item in problems if item.number not in there})
    print("     not there yet, not counted: " + (", ".join(f"{number} {name}" for number, name in absent) or "none"))
    print(flush=True)


def _line(what: str, result: Score) -> str:
    found = f"{result.n_found}/{result.n_planted}"
    cells = (
        f"{found:>6}", _cell(result.money_recall, 9), _cell(result.precision, 10), f"{result.n_decoys:>7}",
        _cell(result.money_error, 12), _cell(result.cover, 6), _cell(result.ndcg, 5), _cell(result.top, 6),
    )  # fmt: skip
    return f"     {what:<44} " + " ".join(cells)


def _cell(value: float | None, width: int) -> str:
    return f"{'–' if value is None else format(value, '.2f'):>{width}}"
