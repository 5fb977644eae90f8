"""What other warehouses would be given: every model can be written, and what macros become is kept as it was seen.

`WRITE_SNAPSHOTS=1 pytest tests/engines/test_dialects.py` writes the snapshots anew, to be read before they are kept.
"""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest

from profithunt.config import ShopConfig
from profithunt.engine import compile_model, compile_sql
from profithunt.engine.compiler import EXPERIMENTAL_DIALECTS
from profithunt.engine.macros import MACROS
from profithunt.ledger.build import models, settings
from tests.engines import gaps

FOLDER = Path(__file__).parent / "snapshots"
DIALECTS = ("spark", *EXPERIMENTAL_DIALECTS)
NOT_FOR_WAREHOUSES = {"X_UNIFORM", "X_NORMAL", "X_DRAW", "X_PART", "X_PLUS", "X_SUM"}
MACRO_CALLS = {
    "X_DIV": "X_DIV(a, b)",
    "X_MONEY": "X_MONEY(a)",
    "X_QUANTITY": "X_QUANTITY(a)",
    "X_TIMES": "X_TIMES(a, b)",
    "X_ALLOCATE": "X_ALLOCATE(a, b, c)",
    "X_SHARE": "X_SHARE(a, b, c)",
    "X_PERCENTILE": "X_PERCENTILE(a, 0.9)",
    "X_DAY": "X_DAY(a)",
    "X_MONTH": "X_MONTH(a)",
    "X_DAYS_BETWEEN": "X_DAYS_BETWEEN(a, b)",
    "X_ADD_DAYS": "X_ADD_DAYS(a, 2)",
    "X_ADD_MONTHS": "X_ADD_MONTHS(a, 2)",
    "X_MONTHS_BETWEEN": "X_MONTHS_BETWEEN(a, b)",
    "X_ADD_SECONDS": "X_ADD_SECONDS(a, 2)",
    "X_TEXT_KEY": "X_TEXT_KEY(a, b)",
}
CHOSEN = ("loyalty_costs", "first_orders")


def _written(dialect: str) -> str:
    lines = [
        f"-- {name}\n{compile_sql(f'SELECT {call} AS x FROM t', dialect=dialect, values={'timezone': 'Asia/Tokyo'})};"
        for name, call in MACRO_CALLS.items()
    ]
    made = settings(ShopConfig(), dt.date(2024, 12, 31))
    for name in CHOSEN:
        model = models("last_touch")[name]
        text = compile_model(model, dialect=dialect, parts=made.parts, lists=made.lists, values=made.values)
        lines.append(f"-- {name}\n{text};")
    return "\n".join(lines).replace("\x1e", "\\x1e").replace("\x1f", "\\x1f") + "\n"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_dialect_is_written_as_it_was_seen(dialect: str):
    path = FOLDER / f"{dialect}.sql"
    if os.environ.get("WRITE_SNAPSHOTS"):
        path.write_text(_written(dialect), "utf-8")
    assert _written(dialect) == path.read_text("utf-8")


def test_every_macro_is_in_the_snapshots():
    assert set(MACROS) - NOT_FOR_WAREHOUSES == set(MACRO_CALLS)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_model_of_the_ledger_can_be_written(dialect: str):
    made = settings(ShopConfig(), dt.date(2024, 12, 31))
    failed = set()
    for name, model in models("last_touch").items():
        try:
            compile_model(model, dialect=dialect, parts=made.parts, lists=made.lists, values=made.values)
        except (AttributeError, ValueError):
            failed.add((dialect, name))
    assert failed == {gap for gap in gaps.WRITTEN if gap[0] == dialect}
