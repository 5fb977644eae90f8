"""TPC-DS: sums per channel against plain SQL over the raw tables. Generator: DuckDB's tpcds extension 1.5.5."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from profithunt.engine import Engine
from truth.claim import Claim, Unavailable, reconciles, run_shop

NAME = "tpc-ds"
SCALE = os.environ.get("TPCDS_SCALE", "1")
PINS = ("duckdb==1.5.5", "duckdb-extension-tpcds==1.5.5")

GENERATE = """
import duckdb, glob, os, sys
folder, scale = sys.argv[1], sys.argv[2]
pattern = os.path.join(sys.prefix, "**", "tpcds.duckdb_extension")
connection = duckdb.connect()
connection.execute(f"LOAD '{glob.glob(pattern, recursive=True)[0]}'")
connection.execute(f"CALL dsdgen(sf = {scale})")
for (name,) in connection.execute("SELECT table_name FROM information_schema.tables").fetchall():
    connection.execute(f"COPY {name} TO '{folder}/{name}.parquet' (FORMAT parquet)")
"""

# What each channel's raw tables add up to, by the ledger's component.
SALES = {"store": "ss", "catalog": "cs", "web": "ws"}
RETURNED = {"store": "sr_return_amt", "catalog": "cr_return_amount", "web": "wr_return_amt"}
PLAIN = {
    "list_sales": "SELECT SUM({p}_ext_list_price) FROM {channel}_sales",
    "markdown": "SELECT SUM({p}_ext_sales_price) - SUM({p}_ext_list_price) FROM {channel}_sales",
    "promotion": "SELECT -SUM({p}_coupon_amt) FROM {channel}_sales",
    "refunds": "SELECT -SUM({returned}) FROM {channel}_returns",
}


def generate(folder: Path) -> Path:
    """The raw tables as Parquet, made in an environment of the generator's own."""
    data = folder / f"raw-{SCALE}"
    if not (data / "web_sales.parquet").is_file():
        data.mkdir(parents=True, exist_ok=True)
        environment = folder / "generator"
        python = environment / "bin" / "python"
        try:
            subprocess.run([sys.executable, "-m", "venv", environment], check=True, capture_output=True)
            subprocess.run([python, "-m", "pip", "install", "-q", *PINS], check=True, capture_output=True)
            subprocess.run([python, "-c", GENERATE, data, SCALE], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise Unavailable(f"{' and '.join(PINS)} could not be installed or run") from error
    return data


def check(folder: Path) -> Iterator[Claim]:
    """Per channel: sales after discounts, as the raw tables have them."""
    data = generate(folder)
    shop = run_shop(data, folder / f"shop-{SCALE}", preset="tpcds")
    rows = {row["member"]: row for row in shop.profit(by="channel").dicts()}
    name = f"{NAME} SF{SCALE}"
    with Engine() as plain:
        for path in (*data.glob("*_sales.parquet"), *data.glob("*_returns.parquet")):
            plain.attach_parquet(path.stem, path)
        for channel, prefix in SALES.items():
            for component, query in PLAIN.items():
                text = query.format(p=prefix, channel=channel, returned=RETURNED[channel])
                yield Claim(name, f"{channel}: {component}", Decimal(plain.value(text)), rows[channel][component])
            lines = plain.value(f"SELECT COUNT(*) FROM {channel}_sales")
            count = "SELECT COUNT(*) FROM ledger WHERE line_no IS NOT NULL AND channel = $1"
            yield Claim(name, f"{channel}: lines", lines, shop.engine.value(count, [channel]))
    yield reconciles(name, shop)
