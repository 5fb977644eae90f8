"""`init`: from a folder of exports to a shop that runs."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.cli.conftest import FILES


@pytest.fixture
def exports(tmp_path) -> Path:
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "orders.csv").write_text(
        FILES["orders.csv"].replace("order,placed", "Order No,Order date").replace("customer,", "Customer ID,"), "utf-8"
    )
    lines = FILES["lines-1.csv"] + "".join(FILES["lines-2.csv"].splitlines(keepends=True)[1:])
    (folder / "order_lines.csv").write_text(
        lines.replace("order,line,sku,quantity,price,discount", "Order No,Line,SKU,Qty,Unit price,Discount"), "utf-8"
    )
    return folder


def test_it_writes_settings_that_run(bare, exports):
    result = bare("init", "shop", "--from", exports, "--yes", "--quiet")
    assert (result.code, result.err) == (0, "")
    assert "Proposed mapping" in result.out
    assert "Order No" in result.out
    assert "%" in result.out
    assert "Next: profithunt check shop, then profithunt run shop" in result.out
    settings = tomllib.loads((bare.folder / "shop" / "shop.toml").read_text("utf-8"))
    assert {"orders", "order_lines"} <= {source["table"] for source in settings["sources"]}
    assert bare("run", "shop", "--quiet").code == 0


def test_its_json_is_the_proposal(bare, exports):
    result = bare("init", "shop", "--from", exports, "--json", "--quiet")
    assert (result.code, result.err) == (0, "")
    assert result.json["complete"] is True
    assert result.json["shop"].endswith("shop.toml")
    assert {"files", "sources", "questions", "warnings", "confidence"} <= set(result.json)


def test_it_never_replaces_a_shop_unasked(bare, exports):
    assert bare("init", "shop", "--from", exports, "--yes", "--quiet").code == 0
    result = bare("init", "shop", "--from", exports, "--yes", "--quiet")
    assert result.code == 2
    assert "--force" in result.err
    assert bare("init", "shop", "--from", exports, "--yes", "--quiet", "--force").code == 0


def test_a_folder_that_is_not_there(bare):
    result = bare("init", "shop", "--from", "nowhere", "--yes")
    assert result.code == 3
    assert "nowhere" in result.err
    assert not (bare.folder / "shop").exists()


def test_an_unknown_preset_names_those_there_are(bare, exports):
    result = bare("init", "shop", "--from", exports, "--preset", "magento", "--yes", "--quiet")
    assert result.code == 2
    assert "shopify" in result.err


def test_files_that_are_no_orders_end_with_1(bare, tmp_path):
    folder = tmp_path / "odd"
    folder.mkdir()
    (folder / "weather.csv").write_text("day,degrees\n2024-01-01,3\n2024-01-02,4\n", "utf-8")
    result = bare("init", "shop", "--from", folder, "--yes", "--quiet")
    assert result.code == 1
    assert "Orders or their lines were not found" in result.out
