"""The tables of a run, from the headers of the SQL models that make them."""

from __future__ import annotations

from profithunt.config import Attribution
from profithunt.engine import Model
from profithunt.ledger import build
from profithunt.ledger.components import COMPONENTS, STEPS
from scripts.reference.markdown import code, document, table

INTRO = """
A run keeps the [canonical tables](tables.md) as they were read, and the tables that its SQL models made of them. Each
is a Parquet file `<name>.parquet`; `Shop.table(name)` gives it in Python. These are for everyday use; the rest are
steps on the way, listed at the end. Money is in the shop's currency, without tax.
"""

ALL_AMOUNTS = "every [component and subtotal](ledger.md), in their order"
EVERYDAY = ("ledger", "order_profit", "customer_profit", "sku_profit", "profit_slices")


def page() -> str:
    """The page `run-tables.md`."""
    models = build.models(Attribution().model)
    steps = (item for name, item in models.items() if name not in EVERYDAY)
    return document(
        "Tables of a run",
        "`src/profithunt/ledger/models/`",
        INTRO,
        *(_section(models[name]) for name in EVERYDAY if name in models),
        "## Steps on the way",
        table(["table", "one row per", "what"], ([code(item.name), _grain(item), item.what] for item in steps)),
    )


def _section(item: Model) -> str:
    amounts = [name for name in (column.name for column in item.columns) if name in {*COMPONENTS, *STEPS}]
    rows = [[code(column.name), column.type, column.meaning] for column in item.columns if column.name not in amounts]
    if amounts:
        rows.append([f"{code(amounts[0])} … {code(amounts[-1])}", "money", ALL_AMOUNTS])
    return f"## {item.name}\n\n{item.what} One row per {_grain(item)}.\n\n{table(['column', 'type', 'meaning'], rows)}"


def _grain(item: Model) -> str:
    return " × ".join(code(name) for name in item.grain)
