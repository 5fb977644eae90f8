"""The benchmark's own honesty: the shop is always the same, the contestants agree, the page says what was not reached."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from benchmarks import pandas_ledger, polars_ledger, shop
from benchmarks.compare import compare
from benchmarks.contestant import Task, plain, profithunt, scan
from benchmarks.measure import Cost, Failure, median, run
from benchmarks.results import Measured, growth, keep, write


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> shop.Shop:
    return shop.make(6_000, tmp_path_factory.mktemp("shops"))


@pytest.fixture(scope="module")
def by_hand(small: shop.Shop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        out = tmp_path_factory.mktemp("plain")
        patch.chdir(out)
        plain(Task(small.folder, out, "1GB", 2))
    return out


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        connection.read_parquet(str(path)).create_view("it")
        return connection.execute(query).fetchall()


def test_the_same_seed_makes_the_same_shop(small: shop.Shop, tmp_path: Path) -> None:
    again = shop.make(6_000, tmp_path)
    other = shop.make(6_000, tmp_path, seed=8)
    everything = "SELECT * FROM it ORDER BY ALL"
    for table in shop.MADE:
        assert rows(again.table(table), everything) == rows(small.table(table), everything)
    assert rows(other.table("order_lines"), everything) != rows(small.table("order_lines"), everything)


def test_a_shop_is_made_once(small: shop.Shop) -> None:
    made_at = small.table("orders").stat().st_mtime_ns
    assert shop.make(6_000, small.folder.parent).table("orders").stat().st_mtime_ns == made_at


def test_the_shop_has_what_makes_a_ledger_hard(small: shop.Shop) -> None:
    assert rows(small.table("orders"), "SELECT count(*) FROM it") == [(2_000,)]
    parcels = "SELECT count(*) FILTER (n = 2) > 0 FROM (SELECT order_id, count(*) AS n FROM it GROUP BY order_id)"
    assert rows(small.table("shipments"), parcels) == [(True,)]
    guests = "SELECT count(*) FILTER (customer_id IS NULL) BETWEEN 150 AND 350 FROM it"
    assert rows(small.table("orders"), guests) == [(True,)]
    assert rows(small.table("products"), "SELECT count(*) FILTER (unit_cost IS NULL) > 1000 FROM it") == [(True,)]
    assert rows(small.table("returns"), "SELECT max(returned_at) < TIMESTAMP '2026-01-01' FROM it") == [(True,)]


def test_profithunt_and_plain_sql_agree_in_every_row(small: shop.Shop, by_hand: Path, tmp_path: Path) -> None:
    profithunt(Task(small.folder, tmp_path, "1GB", 2))
    found = compare(by_hand, tmp_path)
    assert [difference for difference in found if not difference.equal] == []
    assert {difference.table: difference.rows for difference in found}["order_profit"] == 2_000


def test_the_comparison_notices_a_cent(by_hand: Path, tmp_path: Path) -> None:
    changed = "SELECT * REPLACE (CASE order_id WHEN 'SO-1000000007' THEN cm3 + 0.01 ELSE cm3 END AS cm3) FROM it"
    with duckdb.connect() as connection:
        connection.read_parquet(str(by_hand / "order_profit.parquet")).create_view("it")
        connection.sql(changed).write_parquet(str(tmp_path / "order_profit.parquet"))
    (difference,) = compare(by_hand, tmp_path, ("order_profit",))
    assert (difference.lonely, difference.unequal) == (0, 1)


def test_the_data_frames_come_to_the_same_totals(small: shop.Shop, by_hand: Path, tmp_path: Path) -> None:
    alike = ("list_sales", "promotion", "refunds", "shipping_income", "fulfilment", "service", "marketing")
    totals = "SELECT " + ", ".join(f"round(sum({name}), 1)" for name in alike) + " FROM it"
    wanted = rows(by_hand / "order_profit.parquet", totals)
    for frames in (polars_ledger, pandas_ledger):
        out = tmp_path / frames.__name__
        out.mkdir()
        frames.build(small.folder, out)
        found = rows(out / "order_profit.parquet", totals)
        assert [float(amount) for amount in found[0]] == pytest.approx([float(amount) for amount in wanted[0]], abs=0.2)


def test_a_run_is_measured_or_its_failure_told(small: shop.Shop, tmp_path: Path) -> None:
    scan(Task(small.folder, tmp_path, "1GB", 2))
    cost = run("scan", small.folder, tmp_path / "out", memory="1GB", threads=2, limit=60)
    assert isinstance(cost, Cost)
    assert 0 < cost.cpu < 30
    assert cost.memory > 10_000_000
    failure = run("scan", tmp_path / "nowhere", tmp_path / "out", memory="1GB", threads=2, limit=60)
    assert isinstance(failure, Failure)
    assert "order_lines" in failure.reason


def test_growth_is_the_exponent() -> None:
    assert growth([(1, 3.0), (10, 30.0)]) == pytest.approx(1.0)
    assert growth([(1, 3.0), (10, 300.0)]) == pytest.approx(2.0)
    assert growth([(1, 3.0)]) is None


def test_figures_of_several_calls_make_one_page(tmp_path: Path) -> None:
    cost = Cost(cpu=10, wall=6, memory=2_000_000_000)
    file = tmp_path / "figures.json"
    keep(file, [Measured("plain", 3, cost), Measured("scan", 3, Failure("full disk"))], memory="4GB", threads=2)
    keep(file, [Measured("plain", 1, cost)], memory="1GB", threads=2)
    found = keep(file, [Measured("scan", 3, cost), Measured("scan", 1, cost)], memory="4GB", threads=2)
    assert [(item.size, item.name, item.cost) for item in found] == [
        (1, "scan", cost),
        (3, "scan", cost),
        (3, "plain", cost),
    ]


def test_the_page_says_what_is_met_and_what_is_not(tmp_path: Path) -> None:
    cost = Cost(cpu=10, wall=6, memory=2_000_000_000)
    measured = [
        Measured("scan", 3, replace(cost, cpu=1.0)),
        Measured("plain", 3, median([cost, cost, replace(cost, cpu=99)])),
        Measured("profithunt", 3, replace(cost, cpu=12.0)),
        Measured("pandas", 3, Failure("out of memory")),
    ]
    write(tmp_path / "page.md", measured, [], memory="4GB", threads=2)
    page = (tmp_path / "page.md").read_text("utf-8")
    assert "| CPU × plain SQL at 3 M | ≤ 1 | 1.20 | **not met** |" in page
    assert "| CPU × bare scan at 3 M | ≤ 15 | 12.00 | met |" in page
    assert "out of memory" in page
