"""The deck of a weekly review, from the module that says what it holds."""

from __future__ import annotations

from profithunt.metrics import deck
from scripts.reference.markdown import document, paragraphs

INTRO = """
What `profithunt wbr --deck deck.yaml` reads; [make the weekly review](../how-to/weekly-review.md) shows one at work.
"""


def page() -> str:
    """The page `decks.md`."""
    return document(
        "Decks", "`src/profithunt/metrics/deck.py`", INTRO, paragraphs(deck.__doc__).split("\n\n", maxsplit=1)[1]
    )
