"""A run built from an earlier one holds what a full run holds: every table, every row, whatever changed between."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from profithunt.config import ShopConfig
from profithunt.engine import Engine, refresh, values_query
from profithunt.engine.runner import Built, Earlier
from profithunt.ledger.build import build_ledger
from profithunt.schema import TABLES
from tests.ledger.shops import Tables
from tests.ledger.test_properties import shops

SMALL = {"runs": {"sort_rows_max": 0}, "limits": {"part_lines": 3}}


class Runs:
    """Runs of one shop, each in a folder of its own, built from the one before or in full."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.number = 0
        self.earlier: Earlier | None = None
        self.built: dict[str, Built] = {}

    def run(self, tables: Tables, choices: Mapping[str, Any], *, full: bool = False) -> dict[str, list[str]]:
        """The rows of every table of a run, as text in an order of their own."""
        self.number += 1
        out = self.folder / str(self.number) / "tables"
        out.mkdir(parents=True)
        with Engine(threads=1, temp_dir=self.folder) as engine:
            fingerprints = {name: f"no {name}" for name in TABLES}
            for name, rows in tables.items():
                columns = {column.name: column.type for column in TABLES[name].columns.values()}
                given_rows = [tuple(row.get(column) for column in columns) for row in rows]
                engine.write_parquet(values_query(columns, given_rows), out / f"{name}.parquet")
                engine.attach_parquet(name, out / f"{name}.parquet")
                fingerprints[name] = repr(sorted(map(repr, given_rows)))
            config = ShopConfig.model_validate({**choices, **SMALL})
            built = build_ledger(engine, config, out, fingerprints=fingerprints, earlier=None if full else self.earlier)
            result = {
                item.name: sorted(str(row) for row in engine.rows(f"SELECT * FROM {item.name}"))
                for item in built
                if not item.name.endswith("_cells")
            }
        if not full:
            statements = {item.name: item.statement for item in built}
            self.earlier = Earlier(out, fingerprints, statements)
        self.built = {item.name: item for item in built}
        return result


def assert_same(have: dict[str, list[str]], want: dict[str, list[str]], built: dict[str, Built]) -> None:
    for name, rows in want.items():
        assert have[name] == rows, (name, built[name].refreshed, built[name].why)


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runs:
    monkeypatch.setattr(refresh, "MOST", 9.0)
    return Runs(tmp_path)


@st.composite
def days(draw: st.DrawFn) -> tuple[list[dict[str, list[dict[str, Any]]]], dict[str, Any]]:
    """A shop on several days: each day rows come, go, or say something else than the day before."""
    last, choices = draw(shops())
    random = draw(st.randoms(use_true_random=False))
    versions = [last]
    for _ in range(draw(st.integers(1, 2))):
        after = versions[0]
        before: dict[str, list[dict[str, Any]]] = {}
        for name, rows in after.items():
            kept = [row for row in rows if random.random() > 0.15]
            for row in kept:
                if random.random() < 0.1:
                    _change(random, name, row, after)
            before[name] = [dict(row) for row in kept]
        ids = {row["order_id"] for row in before["orders"]}
        before["order_lines"] = [row for row in before["order_lines"] if row["order_id"] in ids]
        versions.insert(0, before)
    return versions, choices


def _change(random: Any, table: str, row: dict[str, Any], tables: dict[str, list[dict[str, Any]]]) -> None:
    """Another value in one column that is no key, as another row has it."""
    columns = sorted(name for name in row if name not in TABLES[table].key)
    if columns:
        name = random.choice(columns)
        row[name] = random.choice(tables[table]).get(name)


@pytest.mark.slow
@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(days())
def test_day_after_day_equals_a_full_run(
    case: tuple[list[dict[str, list[dict[str, Any]]]], dict[str, Any]],
) -> None:
    versions, choices = case
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(refresh, "MOST", 9.0)
        runs = Runs(Path(stack.enter_context(TemporaryDirectory())))
        for tables in versions:
            have = runs.run(tables, choices)
        built = runs.built
        assert_same(have, runs.run(versions[-1], choices, full=True), built)
