"""What `make` lists and what the wheel holds."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY


def test_make_alone_lists_every_target():
    makefile = (REPOSITORY / "Makefile").read_text("utf-8")
    done = subprocess.run(["make", "-C", str(REPOSITORY)], capture_output=True, text=True, check=True)
    for target in re.findall(r"^\.PHONY: ([a-z]+)$", makefile, re.MULTILINE):
        assert re.search(rf"^  make {target}\s+\S", done.stdout, re.MULTILINE), target


@pytest.mark.slow
def test_wheel_holds_the_package_with_its_data(tmp_path: Path):
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path)]
    subprocess.run([*build, str(REPOSITORY)], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
        (entry_points,) = (name for name in held if name.endswith("entry_points.txt"))
        assert "profithunt = profithunt.cli:main" in archive.read(entry_points).decode()
    listed = subprocess.run(
        ["git", "ls-files", "-z", "src/profithunt"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    wanted = {name.removeprefix("src/") for name in listed.stdout.split("\0") if name}
    assert wanted <= held
    assert not [name for name in held if "__pycache__" in name]


@pytest.mark.slow
def test_the_core_works_without_any_data_frame_library(tmp_path: Path):
    shutil.copytree(REPOSITORY / "examples", tmp_path / "shop", ignore=shutil.ignore_patterns(".profithunt"))
    program = """
import sys
for name in ("pandas", "polars", "pyarrow", "sqlalchemy", "psycopg", "adbc_driver_manager"):
    sys.modules[name] = None  # an import of it fails, as where it is not installed
from profithunt import Shop
from profithunt.errors import UsageError
with Shop.open("shop") as shop:
    shop.run()
    assert shop.reconcile().ok
    assert len(shop.profit(by="sku").dicts()) == 13
    for convert in ("df", "pl", "arrow"):
        try:
            getattr(shop.ledger, convert)()
        except UsageError as error:
            assert "pip install" in str(error)
        else:
            raise AssertionError(convert)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
