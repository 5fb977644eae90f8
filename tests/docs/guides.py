"""Guides that run: the marked blocks of a Markdown file, in the order in which a reader follows them.

A comment above a fenced block says what it is for:

    <!-- run -->            the block is run (sh by bash, python by Python) and must end well
    <!-- run: exit 1 -->    the same, ending with that code
    <!-- prints -->         each line of the block must stand in what the last block printed; … stands for anything
    <!-- file: NAME -->     the block is the content of that file
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(
    r"^<!-- (?P<mark>run|prints|file)(?:: (?P<word>[^\n]+?))? -->\n+```(?P<language>\w+)\n(?P<text>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class Block:
    """One marked block: what it is for, the word after the mark, its language, its text and its line in the file."""

    mark: str
    word: str
    language: str
    text: str
    line: int


def blocks_of(path: Path) -> list[Block]:
    """The marked blocks of a Markdown file."""
    text = path.read_text("utf-8")
    return [
        Block(
            mark=match["mark"],
            word=match["word"] or "",
            language=match["language"],
            text=match["text"],
            line=text.count("\n", 0, match.start()) + 1,
        )
        for match in _BLOCK.finditer(text)
    ]


def stands_in(line: str, output: str) -> bool:
    """Whether a printed line stands in the output, spaces aside; … stands for anything."""
    parts = (r"\s+".join(re.escape(word) for word in part.split()) for part in line.split("…"))
    return re.search(r".*?".join(parts), output) is not None
