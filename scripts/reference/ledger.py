"""The components of the ledger, from `profithunt.ledger`."""

from __future__ import annotations

from profithunt.ledger.components import COMPONENTS, STEPS, parts_of
from scripts.reference.markdown import code, document, table

INTRO = """
Every component is a signed column of the ledger; their sum is contribution profit. Amounts are in the shop's currency,
without tax. [The ledger](../explanation/ledger.md) explains how they come about.
"""

DATES = {"order": "with its order", "event": "on a day of its own"}


def page() -> str:
    """The page `ledger.md`."""
    rows = []
    for step, label in STEPS.items():
        rows += [_component(name) for name in parts_of(step)]
        rows.append([f"**{code(step)}**", f"**{label}**", "sum of all above", "", ""])
    return document(
        "Ledger components",
        "`src/profithunt/ledger/components.toml`",
        INTRO,
        table(["column", "label", "what it is", "from", "happens"], rows),
    )


def _component(name: str) -> list[str]:
    component = COMPONENTS[name]
    return [code(name), component.label, component.meaning, component.source, DATES[component.dated]]
