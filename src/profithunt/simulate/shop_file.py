"""`shop.toml` of a simulated shop: canonical tables under their own names, prices without tax."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from profithunt.config import FILE_NAME
from profithunt.schema import TABLES
from profithunt.simulate.laws import laws
from profithunt.simulate.size import Size

NOTE: Final = """\
# A simulated shop: no retailer, no customer and no product of it is real. Made by: profithunt simulate
#   {customers} customers, {months} months, seed {seed}, problems: {problems}
# What was planted stands in truth/, which no run reads.
"""


def write(folder: Path, size: Size, columns: Mapping[str, Iterable[str]]) -> Path:
    """Write the settings; `columns` are those that each table was written with."""
    shop = laws().shop
    about = {"customers": size.customers, "months": size.months, "seed": size.seed, "problems": size.problems}
    name = f"{shop['name']} ({size.customers} customers, seed {size.seed})"
    lines = [NOTE.format(**about), "[shop]", _pair("name", name), _pair("currency", shop["currency"])]
    lines += [_pair("timezone", shop["timezone"]), f"as_of = {size.ends_on.isoformat()}", ""]
    lines += ["[tax]", "prices_include_tax = false", "", "[returns]", "window_days = 60", ""]
    for table in TABLES:
        lines += ["[[sources]]", _pair("table", table), _pair("files", files_of(folder, table)), "[sources.columns]"]
        lines += [_pair(column, column) for column in columns[table]]
        lines.append("")
    path = folder / FILE_NAME
    path.write_text("\n".join(lines), "utf-8")
    return path


def files_of(folder: Path, table: str) -> str:
    """The file of a table, or the glob of its parts, relative to the shop."""
    return f"{table}/*.parquet" if (folder / table).is_dir() else f"{table}.parquet"


def _pair(key: str, value: str) -> str:
    return f"{key} = {json.dumps(value, ensure_ascii=False)}"
