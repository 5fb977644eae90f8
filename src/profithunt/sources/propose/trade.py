"""Words of the trade: what a status, a line type or the description of an item that is no goods says."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from profithunt.sources.propose.names import normal

PSEUDO = ("shipping", "fee", "discount", "adjustment", "test")
"""Kinds of items that are no goods."""


@cache
def words(kind: str) -> frozenset[str]:
    """Normal forms of the words of one kind, all languages."""
    data = tomllib.loads((files(__package__) / "trade_words.toml").read_text("utf-8"))
    return frozenset(normal(word) for terms in data[kind].values() for word in terms)


def says(kind: str, value: str) -> bool:
    """Whether a status or type says this: by the whole value, or by one of its words."""
    text = normal(value)
    known = words(kind)
    return (
        text in known
        or any(token in known for token in text.split())
        or (not text.isascii() and any(word in text for word in known if not word.isascii()))
    )


def among(kind: str, values: Iterable[str]) -> list[str]:
    """Those of a column's values that say this."""
    return sorted({value for value in values if value and says(kind, value)})


def share(kind: str, description: str) -> float:
    """How much of a description the words of a kind are: 1 all of it."""
    text = normal(description)
    if not text:
        return 0.0
    known = words(kind)
    if text in known:
        return 1.0
    tokens = text.split()
    covered: set[int] = set()
    for size in range(min(4, len(tokens)), 0, -1):
        for start in range(len(tokens) - size + 1):
            if " ".join(tokens[start : start + size]) in known:
                covered |= set(range(start, start + size))
    if covered:
        return sum(len(tokens[at]) for at in covered) / sum(map(len, tokens))
    wide = [word for word in known if not word.isascii() and word in text]
    return max((len(word) / len(text) for word in wide), default=0.0)
