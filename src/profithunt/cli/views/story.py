"""A story in the terminal: section after section, each with its rows and where they were read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from profithunt import fmt
from profithunt.cli.views.tables import cents, heading, table
from profithunt.ledger.components import COMPONENTS
from profithunt.reports.wording import words

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from profithunt.ledger.explain import Section, Story

NARROW: Final = 8
"""Columns up to which rows are shown as a table; wider rows are shown one after the other."""
SHARES: Final = ("share", "rate")
COUNTS: Final = {"quantity", "units", "returned", "kg", "credits", "hand", "order", "ratio", "minutes"}
"""Words in the name of an exact figure that say it is no amount of money."""


def story(told: Story, currency: str) -> list[RenderableType]:
    """The whole story, its contribution profit at the top."""
    name = "SKU" if told.kind == "sku" else told.kind.replace("_", " ")
    head = f"{fmt.money_exact(told.cm3, currency)} contribution profit" if told.kind != "component" else ""
    if told.kind == "component":
        head = f"{fmt.money_exact(told.cm3, currency)} in all"
    parts: list[RenderableType] = [heading(f"{name[:1].upper()}{name[1:]} {told.id}", head)]
    for section in told.sections:
        parts += [heading(section.title, section.note), *_rows(section, currency)]
    return parts


def _rows(section: Section, currency: str) -> list[RenderableType]:
    names = list(dict.fromkeys(name for row in section.rows for name in row if name not in {"_file", "_row"}))
    if len(section.rows) > 1 and len(names) <= NARROW:
        return [_table(section.rows, names, currency)]
    mark = "• " if len(section.rows) > 1 else ""
    return [_block(row, currency, mark) for row in section.rows]


def _table(rows: Sequence[Mapping[str, Any]], names: Sequence[str], currency: str) -> RenderableType:
    figures = [name for name in names if any(_is_figure(row.get(name)) for row in rows)]
    sources = any("_file" in row for row in rows)
    heads = [words(name) for name in names]
    shown = table(
        *heads,
        *(["Read from"] if sources else []),
        right=[words(name) for name in figures],
    )
    for row in rows:
        cells: list[str | Text] = [value(name, row.get(name), currency) for name in names]
        shown.add_row(*cells, *([source(row)] if sources else []))
    return shown


def _block(row: Mapping[str, Any], currency: str, mark: str) -> Text:
    from rich.text import Text

    shown = Text(mark, style="dim")
    for name, part in row.items():
        if name[:1] == "_" or part in ("", None) or (part == 0 and name in COMPONENTS):
            continue
        shown.append(" · " if len(shown) > len(mark) else "", style="dim")
        shown.append(f"{name.replace('_', ' ')} ", style="dim")
        shown.append(value(name, part, currency))
    read = source(row)
    shown.append(f"\n  read from {read}" if read else "", style="dim")
    return shown


def source(row: Mapping[str, Any]) -> str:
    """Where a row was read: its file and its record in it."""
    return f"{row['_file']}, row {row.get('_row')}" if row.get("_file") else ""


def _is_figure(part: object) -> bool:
    return isinstance(part, (int, float, Decimal)) and not isinstance(part, bool)


def value(name: str, part: object, currency: str) -> str | Text:
    """A value by its type and name: amounts to the cent, quantities in full, shares in per cent, times as they are."""
    if part is None:
        return fmt.MISSING
    if isinstance(part, bool):
        return "yes" if part else "no"
    if isinstance(part, dt.datetime):
        return f"{part:%Y-%m-%d %H:%M}"
    if isinstance(part, Decimal):
        return _amount(name, part, currency)
    if isinstance(part, float):
        return fmt.share(part) if name.endswith(SHARES) else fmt.number(part)
    return str(part)


def _amount(name: str, part: Decimal, currency: str) -> str | Text:
    if set(name.split("_")) & COUNTS:
        return fmt.count(part)
    return cents(part, currency)
