"""The first start on an empty folder: files in, mapping corrected, run, Today."""

from __future__ import annotations

import re
import time

import httpx
import pytest

from profithunt.api.first_start import FirstStart
from profithunt.errors import UsageError
from tests.web.shops import serving


@pytest.mark.slow
def test_from_files_to_today_without_a_command(tmp_path, example_exports):
    folder = tmp_path / "shop"
    folder.mkdir()
    with serving(folder) as address, httpx.Client(base_url=address, timeout=120, follow_redirects=True) as client:
        first = client.get("/")
        assert "Which files does the shop have?" in first.text
        exports = sorted(path for path in example_exports.iterdir() if path.suffix == ".csv")
        handles = [("files", (path.name, path.read_bytes())) for path in exports]
        shown = client.post("/start/files", files=handles)
        assert "What the files mean" in shown.text
        assert 'name="s.0.' in shown.text
        begun = client.post("/start/mapping", data={"shop.name": "Tea", "shop.currency": "EUR", "shop.timezone": "UTC"})
        assert begun.status_code == 200
        until = time.monotonic() + 240
        while "Working it out" in client.get("/start/run").text and time.monotonic() < until:
            time.sleep(0.2)
        landed = client.get("/start/run")
        assert landed.url.path == "/"
        assert "<h1>Today</h1>" in landed.text
        assert "Tea" in landed.text
        assert 'currency = "EUR"' in (folder / "shop.toml").read_text()


def test_a_column_that_is_corrected_by_hand_is_what_is_written(tmp_path, example_exports):
    begun = FirstStart(tmp_path / "shop")
    for path in example_exports.iterdir():
        if path.suffix == ".csv":
            with path.open("rb") as handle:
                begun.add(path.name, handle)
    found = begun.proposed()
    number, source = next((n, one) for n, one in enumerate(found.sources) if one.table == "order_lines")
    column = next(name for name in source.columns if name not in ("order_id", "sku", "quantity", "line_no"))
    written = begun.correct({(number, column): "-"}, {"name": "Tea"}).read_text()
    section = written[written.index('table = "order_lines"') :]
    assert not re.search(rf"^{column} = ", section.partition("[[sources]]")[0], re.MULTILINE)
    with pytest.raises(UsageError, match="orders or their lines are missing"):
        begun.correct({(number, "quantity"): "-"}, {})


@pytest.mark.parametrize("name", ["../../evil.csv", "..\\evil.csv", "/etc/evil.csv", ".evil.csv"])
def test_a_file_stays_in_its_folder(tmp_path, name):
    import io

    begun = FirstStart(tmp_path / "shop")
    target = begun.add(name, io.BytesIO(b"a,b\n1,2\n"))
    assert target.parent == begun.files_folder
    assert target.name == "evil.csv"
    with pytest.raises(UsageError, match="can't be read"):
        begun.add("program.exe", io.BytesIO(b""))
