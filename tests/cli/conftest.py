"""A small shop whose figures can be checked by hand, in CSV files, and the command line as users start it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from profithunt.cli.app import execute

TERMINAL = ("FORCE_COLOR", "NO_COLOR", "COLUMNS", "LINES", "TERM")

SETTINGS = """\
[shop]
name = "Corner shop"
currency = "USD"
timezone = "UTC"

[[sources]]
table = "customers"
files = "exports/customers.csv"
[sources.columns]
customer_id = "customer"
country = "country"

[[sources]]
table = "products"
files = "exports/products.csv"
[sources.columns]
sku = "sku"
name = "title"
category = "category"
unit_cost = "cost"
list_price = "list price"

[[sources]]
table = "orders"
files = "exports/orders.csv"
[sources.columns]
order_id = "order"
ordered_at = "placed"
customer_id = "customer"
channel = "channel"
country = "country"
shipping_charged = "shipping"

[[sources]]
table = "order_lines"
files = "exports/lines-*.csv"
[sources.columns]
order_id = "order"
line_no = "line"
sku = "sku"
quantity = "quantity"
unit_price = "price"
discount = "discount"

[[sources]]
table = "shipments"
files = "exports/shipments.csv"
[sources.columns]
shipment_id = "parcel"
order_id = "order"
carrier = "carrier"
dispatched_at = "sent"
delivered_at = "delivered"
shipping_cost = "cost"

[[sources]]
table = "returns"
files = "exports/returns.csv"
[sources.columns]
return_id = "return"
order_id = "order"
line_no = "line"
sku = "sku"
quantity = "quantity"
returned_at = "returned"
refund = "refund"
resaleable = "resaleable"
reason = "reason"

[returns]
window_days = 30

[[cost_rates]]
kind = "pick"
rate = 0.5

[[cost_rates]]
kind = "payment_share"
rate = 0.02
assumed = true
"""

FILES = {
    "customers.csv": "customer,country\nada,DE\nbob,DE\ncyd,FR\n",
    "products.csv": (
        "sku,title,category,cost,list price\n"
        "mug,Mug,Kitchen,4.00,10.00\n"
        "lamp,Desk lamp,Light,30.00,50.00\n"
        "rug,Rug,Home,90.00,100.00\n"
    ),
    "orders.csv": (
        "order,placed,customer,channel,country,shipping\n"
        "o1,2024-01-05 10:00:00,ada,web,DE,5.00\n"
        "o2,2024-01-20 11:30:00,bob,web,DE,0.00\n"
        "o3,2024-02-03 09:15:00,ada,store,DE,0.00\n"
        "o4,2024-02-14 18:45:00,cyd,web,FR,0.00\n"
        "o5,2024-06-30 12:00:00,ada,web,DE,5.00\n"
    ),
    "lines-1.csv": (
        "order,line,sku,quantity,price,discount\n"
        "o1,1,mug,2,10.00,0.00\n"
        "o1,2,lamp,1,50.00,5.00\n"
        "o2,1,rug,1,95.00,15.00\n"
    ),
    "lines-2.csv": (
        "order,line,sku,quantity,price,discount\n"
        "o3,1,lamp,2,50.00,0.00\n"
        "o4,1,rug,1,100.00,0.00\n"
        "o4,2,mug,1,10.00,0.00\n"
        "o5,1,mug,5,10.00,0.00\n"
    ),
    "shipments.csv": (
        "parcel,order,carrier,sent,delivered,cost\n"
        "p1,o1,Swift,2024-01-06 08:00:00,2024-01-08 10:00:00,4.20\n"
        "p2,o2,Swift,2024-01-21 08:00:00,2024-01-24 10:00:00,9.90\n"
        "p4,o4,Slow,2024-02-15 08:00:00,2024-02-22 10:00:00,12.00\n"
        "p5,o5,Swift,2024-07-01 08:00:00,2024-07-02 10:00:00,4.20\n"
    ),
    "returns.csv": (
        "return,order,line,sku,quantity,returned,refund,resaleable,reason\n"
        "r1,o4,1,rug,1,2024-03-01 12:00:00,100.00,true,wrong colour\n"
    ),
}


@dataclass(frozen=True)
class Result:
    """What a finished command left."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class CommandLine:
    """Runs `profithunt` as a user would, in a folder, without a terminal; in this process, since starting one takes long."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.environment = environment

    def __call__(self, *arguments: str | Path) -> Result:
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch:
            for name in TERMINAL:
                patch.delenv(name, raising=False)
            for name, value in self.environment.items():
                patch.setenv(name, value)
            patch.chdir(self.folder)
            patch.setattr(sys, "stdin", io.StringIO())
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = execute([str(argument) for argument in arguments])
        return Result(code, out.getvalue(), err.getvalue())


class Process(CommandLine):
    """The same in a process of its own, through the entry point that is installed."""

    def __call__(self, *arguments: str | Path) -> Result:
        kept = {name: value for name, value in os.environ.items() if name not in {*TERMINAL, "PYTHONWARNINGS"}}
        done = subprocess.run(
            [sys.executable, "-m", "profithunt", *map(str, arguments)],
            cwd=self.folder,
            env={**kept, "PYTHONUTF8": "1", **self.environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        return Result(done.returncode, done.stdout, done.stderr)


def write_shop(folder: Path, settings: str = SETTINGS, files: dict[str, str] | None = None) -> Path:
    """The shop's settings and files in a folder."""
    (folder / "exports").mkdir(parents=True)
    (folder / "shop.toml").write_text(settings, "utf-8")
    for name, text in (FILES if files is None else files).items():
        (folder / "exports" / name).write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="session")
def finished_shop(tmp_path_factory) -> Path:
    """The small shop after one run; tests read it and never change it."""
    folder = write_shop(tmp_path_factory.mktemp("shops") / "corner")
    result = CommandLine(folder)("run", "--quiet")
    assert result.code == 0, result.err
    return folder


@pytest.fixture
def shop(finished_shop, tmp_path) -> Path:
    """A copy of the finished shop that a test may change."""
    return Path(shutil.copytree(finished_shop, tmp_path / "corner"))


@pytest.fixture
def fresh_shop(tmp_path) -> Path:
    """The small shop before its first run."""
    return write_shop(tmp_path / "fresh")


@pytest.fixture
def profithunt(finished_shop) -> CommandLine:
    """The command line, started in the finished shop's folder."""
    return CommandLine(finished_shop)


@pytest.fixture
def process(finished_shop) -> Process:
    """The command line in a process of its own, started in the finished shop's folder."""
    return Process(finished_shop)


@pytest.fixture
def bare(tmp_path) -> CommandLine:
    """The command line, started in an empty folder."""
    return CommandLine(tmp_path)
