"""Sections of the page of results that are measured by themselves, kept between marks when the rest is written anew."""

from __future__ import annotations

import re
from pathlib import Path

_SECTION = re.compile(r"<!-- (?P<name>[a-z_-]+) -->\n.*?<!-- /(?P=name) -->\n", re.DOTALL)


def sections(page: Path) -> dict[str, str]:
    """The sections of a page by name, with their marks; none where there is no page."""
    if not page.exists():
        return {}
    return {found["name"]: found[0] for found in _SECTION.finditer(page.read_text("utf-8"))}


def put(page: Path, name: str, text: str) -> None:
    """Write one section anew and leave the rest of the page as it is."""
    keep(page, {**sections(page), name: f"<!-- {name} -->\n{text.strip()}\n<!-- /{name} -->\n"})


def keep(page: Path, found: dict[str, str]) -> None:
    """Put sections at the end of a page."""
    rest = _SECTION.sub("", page.read_text("utf-8")).rstrip() if page.exists() else ""
    page.write_text("\n\n".join([rest, *(found[name].rstrip() for name in sorted(found))]) + "\n", "utf-8")
