"""Kinds of documents: what each is for, its template, and what must be written before it may be read or decided."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from profithunt.errors import UsageError

_TEMPLATES: Final = Path(__file__).parent / "templates"
_HEADING: Final = re.compile(r"^## +(.+?)\s*$", re.MULTILINE)
_HINT: Final = re.compile(r"<!--.*?-->", re.DOTALL)
_CELL: Final = re.compile(r"^\|(.+)\|\s*$")
LEAST_WHYS: Final = 5


@dataclass(frozen=True)
class Kind:
    """One kind of document."""

    name: str
    title: str
    what: str

    @property
    def template(self) -> str:
        """Its text to begin with: headings, hints in comments, references that fill by themselves."""
        return (_TEMPLATES / f"{self.name}.md").read_text("utf-8")

    @property
    def sections(self) -> tuple[str, ...]:
        """Headings that must be there and filled."""
        return tuple(_HEADING.findall(self.template))


KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind("press_release", "Press release and FAQ", "Written before anything is built: what customers will read."),
        Kind("six_pager", "Six-pager", "The case for an initiative, read in silence before it is decided."),
        Kind("correction_of_error", "Correction of error", "What went wrong, why, and who sees that it can't again."),
    )
}


def kind_of(name: str) -> Kind:
    """A kind by its name. Raises UsageError."""
    if name not in KINDS:
        raise UsageError(f"there is no kind of document '{name}'", expected=f"one of {', '.join(KINDS)}")
    return KINDS[name]


@cache
def _hints(name: str) -> frozenset[str]:
    return frozenset(hint.strip() for hint in _HINT.findall(KINDS[name].template))


def sections_of(body: str) -> dict[str, str]:
    """The text under each heading of second level, without hints."""
    found = list(_HEADING.finditer(body))
    ends = [one.start() for one in found[1:]] + [len(body)]
    return {one[1]: _HINT.sub("", body[one.end() : end]).strip() for one, end in zip(found, ends, strict=True)}


def unfinished(name: str, body: str) -> list[str]:
    """What is still to be written, in words; nothing when it may go to its readers."""
    written = sections_of(body)
    left = [
        f"'{heading}' is missing" if heading not in written else f"'{heading}' is empty"
        for heading in kind_of(name).sections
        if not _said(written.get(heading, ""))
    ]
    if any(hint in body for hint in _hints(name)):
        left.append("hints of the template are still in it")
    if name == "correction_of_error":
        left += _unfinished_correction(written)
    return left


def _said(text: str) -> bool:
    """Whether a section says anything: words of its own, not the frame of a table or a list."""
    return bool(re.search(r"\w", re.sub(r"^\|.*\|\s*$|^\d+\.\s*$|^#+.*$", "", text, flags=re.MULTILINE))) or bool(
        _rows(text)
    )


def _unfinished_correction(written: Mapping[str, str]) -> list[str]:
    """Five whys with an answer, actions with owner and date."""
    left = []
    whys = re.findall(r"^\d+\.\s+(\S.*)$", written.get("Five whys", ""), re.MULTILINE)
    if len(whys) < LEAST_WHYS:
        left.append(f"'Five whys' has {len(whys)} of five")
    actions = _rows(written.get("Actions", ""))
    if not actions:
        left.append("'Actions' has none")
    for number, row in enumerate(actions, 1):
        owner, due = [*row[1:], "", ""][:2]
        if not owner:
            left.append(f"action {number} has no owner")
        if not _is_day(due):
            left.append(f"action {number} has no date (2025-01-31)")
    return left


def actions_of(body: str) -> list[dict[str, str]]:
    """The actions of a correction of error: what, owner, due day."""
    rows = _rows(sections_of(body).get("Actions", ""))
    return [dict(zip(("what", "owner", "due"), (*row, "", "", "")[:3], strict=True)) for row in rows]


def _rows(text: str) -> list[list[str]]:
    """Rows of a table of Markdown below its heading, empty ones left out."""
    lines = [found[1].split("|") for line in text.splitlines() if (found := _CELL.match(line.strip()))]
    rows = [[cell.strip() for cell in line] for line in lines[1:]]
    return [row for row in rows if any(row) and not all(set(cell) <= set("-: ") for cell in row)]


def _is_day(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True
