"""A new day on top of what was there: less is built, and the run holds what a full run holds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from profithunt import Shop
from profithunt.engine import refresh
from tests.api.conftest import line_rows, order_rows, write

pytestmark = pytest.mark.slow

ORDERS = ("order", "placed", "customer", "channel", "postage")
LINES = ("order", "line", "item", "units", "price", "off")


def test_a_new_day_equals_a_full_run(shop_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refresh, "MOST", 9.0)
    settings = shop_folder / "shop.toml"
    text = settings.read_text("utf-8").replace('files = "orders.csv"', 'files = "orders*.csv"')
    settings.write_text(f"{text}\n[runs]\nsort_rows_max = 0\n[limits]\npart_lines = 60\n", "utf-8")
    now = (settings.stat().st_mtime - 3600,) * 2
    for path in shop_folder.glob("*.csv"):
        os.utime(path, now)
    with Shop.open(shop_folder) as shop:
        shop.run()
        write(shop_folder / "orders-2.csv", ORDERS, order_rows(range(400, 410)))
        write(shop_folder / "lines-2.csv", LINES, line_rows(range(400, 410)))
        day = shop.run(memory="1GB")
        tables = day.info["tables"]
        parts = {name: set(tables[name]["files"].values()) for name in ("orders", "order_lines", "ledger")}
        assert 0 < tables["ledger"]["refreshed"] < 400
        assert tables["ledger"]["why"] is None
        full = shop.run(full=True)
        assert full.info["tables"]["ledger"]["refreshed"] is None
        compared = shop.compare(day.run_id, full.run_id)
        assert compared.same, [table for table in compared.tables if not table.same]
        assert day.info["health"] == full.info["health"]
        before = shop._store.get(shop.runs[0]).info["tables"]
        for name, files in parts.items():
            assert files & set(before[name]["files"].values()), name
