"""Small simulated worlds, made once: with problems, without, and their tables in an engine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlglot import exp

from profithunt.config import ShopConfig
from profithunt.engine import Engine
from profithunt.ledger.build import build_ledger
from profithunt.schema import SQL_TYPES, TABLES
from profithunt.simulate import simulate

CUSTOMERS, MONTHS, SEED = 800, 18, 5
EXPECTED = ("expected_returns", "expected_recovery", "expected_return_costs", "storage")


@dataclass(frozen=True)
class World:
    """A simulated shop on disk and what is true of it."""

    folder: Path
    truth: dict[str, Any]

    def hashes(self) -> dict[str, str]:
        """Hash of each of its files."""
        files = sorted(path for path in self.folder.rglob("*") if path.is_file())
        return {str(path.relative_to(self.folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        """An engine with its canonical tables, typed as the schema has them."""
        with Engine(threads=2) as engine:
            for name, table in TABLES.items():
                engine.attach_parquet(f"raw_{name}", self.folder / f"{name}.parquet")
                have = engine.columns(f"raw_{name}")
                kinds = {column.name: column.type for column in table.columns.values()} | {
                    "_file": "text",
                    "_row": "int",
                }
                chosen = [
                    exp.alias_(
                        exp.cast(
                            exp.column(key, quoted=True) if key in have else exp.null(),
                            SQL_TYPES[kind],
                            dialect="duckdb",
                        ),
                        key,
                        quoted=True,
                    )
                    for key, kind in kinds.items()
                ]
                engine.view(name, exp.select(*chosen).from_(f"raw_{name}"))
            yield engine

    def profit(self, folder: Path) -> Decimal:
        """Contribution profit by the ledger, without returns that are only expected and without storage."""
        folder.mkdir()
        with self.engine() as engine:
            config = ShopConfig.model_validate({"shop": {"currency": "EUR"}})
            build_ledger(engine, config, folder, fingerprints=dict.fromkeys(TABLES, "world"))
            left = " - ".join(f"COALESCE(SUM({name}), 0)" for name in EXPECTED)
            return Decimal(engine.value(f"SELECT SUM(cm3) - {left} FROM ledger"))


def read(folder: Path) -> World:
    """A world that was written."""
    return World(folder, json.loads((folder / "truth" / "truth.json").read_text("utf-8")))


@pytest.fixture(scope="session")
def make(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., World]:
    """Makes worlds; the same arguments give the world that was made before."""
    made: dict[str, World] = {}

    def make_one(key: str = "", **choices: Any) -> World:
        name = f"{key} {sorted(choices.items())}"
        if name not in made:
            folder = tmp_path_factory.mktemp("world") / "shop"
            simulate(folder, **{"customers": CUSTOMERS, "months": MONTHS, "seed": SEED, "problems": "easy", **choices})
            made[name] = read(folder)
        return made[name]

    return make_one


@pytest.fixture(scope="session")
def easy(make: Callable[..., World]) -> World:
    """A world with strong problems."""
    return make()


@pytest.fixture(scope="session")
def sound(make: Callable[..., World]) -> World:
    """The same world without any."""
    return make(problems="none")
