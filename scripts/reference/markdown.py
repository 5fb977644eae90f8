"""The little Markdown that the pages are made of."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence


def document(title: str, source: str, *parts: str) -> str:
    """A page: its title, the place that it was made from, its parts."""
    note = f"*Made from {source} by `make docs`; change it there.*"
    return "\n\n".join([f"# {title}", note, *(part.strip() for part in parts if part.strip())]) + "\n"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; pipes inside cells are kept from splitting them."""
    lines = [_row(header), _row(["---"] * len(header)), *(_row(row) for row in rows)]
    return "\n".join(lines)


def code(text: str) -> str:
    """Text in code style; empty stays empty."""
    return f"`{text}`" if text else ""


def paragraphs(docstring: str | None) -> str:
    """A docstring as Markdown."""
    return inspect.cleandoc(docstring or "")


def first_line(docstring: str | None) -> str:
    """The sentence that a docstring begins with."""
    return paragraphs(docstring).split("\n\n", maxsplit=1)[0].replace("\n", " ")


def _row(cells: Sequence[str]) -> str:
    escaped = (re.sub(r"(?<!\\)\|", r"\\|", cell.replace("\n", " ")) for cell in cells)
    return "| " + " | ".join(escaped) + " |"
