"""A retailer's own detectors in the terminal: what was written, what its case gave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profithunt.cli.views.tables import heading, listing
from profithunt.reports.wording import words

if TYPE_CHECKING:
    from rich.console import RenderableType

    from profithunt.api.own_detectors import CaseResult, NewDetector


def made(new: NewDetector) -> list[RenderableType]:
    """The files that were written and what to do with them."""
    return [
        heading(words(new.name), "A detector that hunts as it is. Change it until it says what you mean:"),
        listing("", [f"{new.sql}  what it looks for", f"{new.case}  rows in which it finds what you expect"]),
        listing(
            "Then",
            [f"profithunt new-detector {new.name} --check   holds it against its case", "profithunt hunt   runs it"],
        ),
    ]


def checked(result: CaseResult) -> list[RenderableType]:
    """What was found in the case, and what differs from its page."""
    found = [", ".join(f"{name} {value}" for name, value in row.items()) for row in result.found]
    finding = "It finds what its page says." if not result.differs else "It does not find what its page says."
    parts: list[RenderableType] = [heading(words(result.name), finding)]
    if result.differs:
        parts.append(listing("Differs", result.differs))
    parts.append(listing("Found", found or ["nothing"]))
    return parts
