"""A build on top of an earlier one gives what a whole build gives, whatever happened to the files between."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from profithunt import sources
from profithunt.config import ShopConfig
from profithunt.engine import Engine
from profithunt.engine.runs import table_files
from profithunt.sources import memory

SOURCES: list[dict[str, Any]] = [
    {"table": "orders", "files": "orders/*.csv"},
    {"table": "order_lines", "files": "lines/*.csv"},
    {"table": "returns", "files": "returns/*.csv"},
    {"table": "products", "files": "products.csv"},
]
COLUMNS = {
    "orders": {name: name for name in ("order_id", "ordered_at", "customer_id", "shipping_charged")},
    "order_lines": {name: name for name in ("order_id", "sku", "quantity", "unit_price")},
    "returns": {name: name for name in ("return_id", "order_id", "returned_at", "refund")},
    "products": {name: name for name in ("sku", "name", "unit_cost")},
}


class Files:
    """The files of a shop, each written at a time of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = 1_700_000_000

    def write(self, name: str, *lines: str, at: int | None = None) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(lines) + "\n", "utf-8")
        self.clock += 60
        os.utime(path, (at or self.clock, at or self.clock))

    def day(self, number: int, orders: int = 3) -> None:
        ids = [f"{number}-{n}" for n in range(orders)]
        at = f"2024-03-{number:02}"
        self.write(f"orders/{number:02}.csv", ORDERS, *(f"{id_},{at} 10:00:00,c{n},4.95" for n, id_ in enumerate(ids)))
        self.write(f"lines/{number:02}.csv", LINES, *(f"{id_},A,2,9.99\n{id_},B,1,{n}.50" for n, id_ in enumerate(ids)))
        self.write(f"returns/{number:02}.csv", RETURNS, f"r{number},{ids[0]},{at} 20:00:00,9.99")


ORDERS = "order_id,ordered_at,customer_id,shipping_charged"
LINES = "order_id,sku,quantity,unit_price"
RETURNS = "return_id,order_id,returned_at,refund"


@pytest.fixture
def shop(tmp_path: Path) -> Files:
    files = Files(tmp_path / "shop")
    files.folder.mkdir()
    files.write("products.csv", "sku,name,unit_cost", "A,Anorak,4", "B,Boots,5")
    files.day(1)
    files.day(2)
    return files


def _config(folder: Path) -> ShopConfig:
    given = [{**source, "columns": COLUMNS[source["table"]]} for source in SOURCES]
    config = ShopConfig.model_validate({"sources": given, "runs": {"sort_rows_max": 0}})
    object.__setattr__(config, "folder", folder)
    return config


def _rows(engine: Engine, tables: Path) -> dict[str, list[str]]:
    found = {}
    for name, files in table_files(tables).items():
        engine.attach_parquet(name, files)
        columns = ", ".join(f'"{column}"' for column in sorted(engine.columns(name)))
        found[name] = sorted(map(str, engine.rows(f'SELECT {columns} FROM "{name}"')))
        engine.drop(name)
    return found


@pytest.mark.parametrize(
    ("change", "grown"),
    [
        (lambda shop: shop.day(3), {"orders", "order_lines", "returns"}),
        (lambda _: None, {"orders", "order_lines", "returns"}),
        (lambda shop: shop.write("orders/03.csv", ORDERS, "1-0,2024-03-03 09:00:00,c9,"), {"returns"}),
        (lambda shop: shop.write("orders/03.csv", ORDERS, "3-0,when?,c1,x", "3-1,2024-03-03,c,1"), {"returns"}),
        (lambda shop: shop.write("lines/03.csv", LINES, "7-7,A,1,1"), {"orders", "order_lines"}),
        (lambda shop: shop.write("lines/03.csv", LINES, "1-0,C,1,1"), {"orders"}),
        (lambda shop: shop.write("lines/03.csv", LINES, "1-0,A,1,1", at=1_000_000_000), {"orders"}),
        (lambda shop: shop.write("orders/01.csv", ORDERS, "1-0,2024-03-01,c0,4.95"), {"returns"}),
        (lambda shop: (shop.folder / "orders/01.csv").unlink(), {"returns"}),
        (lambda shop: shop.write("orders/03.csv", f"{ORDERS},note", "3-0,2024-03-03,c0,1,gift"), {"returns"}),
        (lambda shop: shop.write("returns/03.csv", RETURNS, 'r9,1-0,03.04.2024,"1,50"'), {"orders"}),
        (lambda shop: shop.write("products.csv", "sku,name,unit_cost", "A,Anorak,4"), {"orders", "order_lines"}),
        (lambda shop: shop.write("returns/03.csv", RETURNS, "r1,1-0,2024-03-09 20:00:00,5"), {"orders"}),
    ],
)
def test_what_was_there_is_not_read_again(
    shop: Files, tmp_path: Path, change: Callable[[Files], None], grown: set[str]
) -> None:
    config = _config(shop.folder)
    first, second, whole = (tmp_path / name / "tables" for name in ("first", "second", "whole"))
    with Engine(threads=1) as engine:
        shop.write("lines/00.csv", LINES, "9-9,A,1,1.00", at=1_600_000_000)
        built = sources.build(config, engine, first)
        assert built.memory is not None
        built.memory.write(first.parent / memory.FILE)
        former = sources.Memory.read(first.parent / memory.FILE, first)
        assert former is not None
        change(shop)
        have = sources.build_on(config, engine, second, None, former, built.inputs)
        want = sources.build(config, engine, whole)
        assert json.dumps(have.to_json(), sort_keys=True) == json.dumps(want.to_json(), sort_keys=True)
        assert _rows(engine, second) == _rows(engine, whole)
        shared = {path.stat().st_ino for paths in table_files(first).values() for path in paths}
        linked = {
            name for name, paths in table_files(second).items() if {path.stat().st_ino for path in paths} & shared
        }
        assert grown <= linked


def test_a_line_whose_order_comes_later_is_read_again(shop: Files, tmp_path: Path) -> None:
    config = _config(shop.folder)
    shop.write("lines/03.csv", LINES, "3-0,A,1,1.00")
    first, second, whole = (tmp_path / name / "tables" for name in ("first", "second", "whole"))
    with Engine(threads=1) as engine:
        built = sources.build(config, engine, first)
        assert built.rows_quarantined == 1
        shop.write("orders/03.csv", ORDERS, "3-0,2024-03-03 09:00:00,c9,1")
        assert built.memory is not None
        built.memory.folder = first
        have = sources.build_on(config, engine, second, None, built.memory, built.inputs)
        want = sources.build(config, engine, whole)
        assert have.rows_quarantined == 0
        assert have.to_json() == want.to_json()
        assert _rows(engine, second) == _rows(engine, whole)
