"""A shop in a temporary folder: write files, say what they feed, build, look at what came out."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pytest

from profithunt import config
from profithunt.engine import Engine
from profithunt.sources import BuildResult, build

LINES = """
[[sources]]
table = "order_lines"
files = "{files}"
{more}
[sources.columns]
order_id = "order"
line_no = "line"
sku = "sku"
quantity = "qty"
unit_price = "price"
"""


@dataclass
class Shop:
    """A shop that a test writes; `build` gives the result, `rows` what a table holds."""

    folder: Path
    engine: Engine
    out: str = "out"
    result: BuildResult | None = None
    head: str = ""
    _turn: int = field(default=0)

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def lines(self, files: str, more: str = "") -> BuildResult:
        """Build order lines from `files`, without orders."""
        return self.build(LINES.format(files=files, more=more))

    def build(self, settings: str) -> BuildResult:
        self._turn += 1
        self.out = f"out-{self._turn}"
        self.write("shop.toml", self.head + settings)
        self.result = build(config.read(self.folder), self.engine, self.folder / self.out)
        return self.result

    def rows(self, table: str, columns: str = "*") -> list[tuple]:
        path = self.folder / self.out / f"{table}.parquet"
        return self.engine.rows(f"SELECT {columns} FROM '{path}' ORDER BY ALL")

    def total(self) -> Decimal:
        return self.rows("order_lines", "COALESCE(SUM(quantity * unit_price), 0)")[0][0]

    def reasons(self, table: str = "order_lines") -> dict[str, int]:
        assert self.result is not None
        return self.result.tables[table].reasons

    def set_aside(self) -> list[tuple]:
        return self.rows("quarantine", '"file", "row", "column", "reason", "value", money')


@pytest.fixture(scope="session")
def engine():
    with Engine(threads=2) as started:
        yield started


@pytest.fixture
def shop(tmp_path, engine):
    return Shop(tmp_path, engine)
