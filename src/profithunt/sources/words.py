"""Words, signs and codes that stand for values (`words.toml`), and the text cleaning that all cells share."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

from sqlglot import exp

from profithunt.sources.templates import call, fill, text

SPACES = " \t\r\n\v\f\u00a0\u2007\u2009\u200b\u202f\ufeff"


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """The lists of `words.toml`."""
    return tomllib.loads((files(__package__) / "words.toml").read_text("utf-8"))


def cleaned(tree: exp.Expr) -> exp.Expr:
    """A text cell without spaces around it, null where nothing is left."""
    return fill("clean_text", value=tree, spaces=text(SPACES))


def is_missing_word(tree: exp.Expr) -> exp.Expr:
    """Whether a cell says in words that there is nothing."""
    return exp.In(this=exp.Lower(this=tree.copy()), expressions=[text(word) for word in words()["missing"]])


def truth(tree: exp.Expr, true: list[str] | None, false: list[str] | None) -> exp.Expr:
    """A word as a truth value; null where it is neither."""
    lower = exp.Lower(this=tree.copy())

    def among(given: list[str] | None, usual: str) -> exp.Expr:
        chosen = [word.lower() for word in given] if given else words()[usual]
        return exp.In(this=lower.copy(), expressions=[text(word) for word in chosen])

    return exp.Case().when(among(true, "true"), exp.true()).when(among(false, "false"), exp.false())


def month_words(tree: exp.Expr) -> exp.Expr:
    """Times with the names of months as `M01` … `M12`, without weekdays."""
    result = call("regexp_replace", tree, text(r"(?i)^(mon|tue|wed|thu|fri|sat|sun)[\p{L}]*\.?,?\s+"), text(""))
    for number, starts in enumerate(words()["months"], start=1):
        pattern = rf"(?i)(^|[^\p{{L}}])(?:{starts})[\p{{L}}]*\.?"
        result = call("regexp_replace", result, text(pattern), text(rf"\1M{number:02d}"))
    return result
