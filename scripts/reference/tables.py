"""The canonical tables, from `profithunt.schema`."""

from __future__ import annotations

from profithunt.schema import SQL_TYPES, TABLES, Column, Table
from profithunt.sources.health import Capability, capabilities
from scripts.reference.markdown import code, document, table

INTRO = """
Everything below the sources reads these tables and nothing else. A source feeds one of them through a mapping in
`shop.toml` (see [own data](../how-to/own-data.md)); a table without a source is empty, and what depends on it sleeps:
`profithunt check` says which capability that costs.

A column marked ★ is needed in every row; a row without it goes to quarantine. Everything else may be missing, and
missing is never taken for zero. Further columns that a retailer maps are kept as text and become dimensions.
Each row also carries `_file` and `_row`, the file or query and the record in it that it came from.
"""

TYPE_NOTES = {
    "text": "text; keys are text too",
    "int": "whole number",
    "quantity": "exact, four decimals",
    "money": "exact, four decimals, in the shop's currency unless the order says another",
    "rate": "ratio or measure",
    "bool": "true or false",
    "date": "a day in the shop's time zone",
    "timestamp": "a moment in UTC, without zone",
}


def page() -> str:
    """The page `tables.md`."""
    types = table(
        ["type", "stored as", "what it is"],
        ([code(name), code(stored), TYPE_NOTES[name]] for name, stored in SQL_TYPES.items()),
    )
    overview = table(
        ["table", "one row per", "what"],
        (
            [f"[{item.name}](#{item.name}){_star(required=item.required)}", item.grain, item.what]
            for item in TABLES.values()
        ),
    )
    return document(
        "Canonical tables",
        "`src/profithunt/schema/tables/`",
        INTRO,
        overview,
        "## Types",
        types,
        *(_section(item) for item in TABLES.values()),
        "## What they make possible",
        "A capability whose tables or columns are missing sleeps; everything else works.",
        table(["capability", "needs", "what wakes it"], (_capability(item) for item in capabilities({}))),
    )


def _section(item: Table) -> str:
    key = f"Key: {', '.join(code(name) for name in item.key)}." if item.key else "No key: every row counts."
    facts = [f"One row per {item.grain}.", key]
    if item.event_at:
        facts.append(f"Dated by {code(item.event_at)}.")
    columns = table(["column", "type", "unit", "meaning"], (_column(column) for column in item.columns.values()))
    return f"## {item.name}\n\n{item.what} {' '.join(facts)}\n\n{columns}"


def _column(column: Column) -> list[str]:
    meaning = column.meaning
    if column.references:
        meaning += f"; refers to {code(column.references)}"
    if column.choices:
        meaning += f"; known values: {', '.join(code(choice) for choice in column.choices)}"
    if column.free_text:
        meaning += "; personal data in it is masked as it is read"
    if column.personal:
        meaning += "; goes when the customer is erased"
    if column.minimum is not None:
        meaning += f"; at least {column.minimum}"
    return [code(column.name) + _star(required=column.required), column.type, column.unit or "", meaning]


def _capability(item: Capability) -> list[str]:
    return [item.title, "; ".join(code(need) for need in item.needs), item.wakes]


def _star(*, required: bool) -> str:
    return " ★" if required else ""
