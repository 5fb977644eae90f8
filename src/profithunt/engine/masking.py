"""Personal data in what people wrote: one chain of replacements, for every engine, idempotent.

`masked(value, dialect)` is the only place that says what counts as personal data in free text (`masks.toml`): links,
e-mail addresses, IBANs, card, phone and other long numbers, postal addresses. What is found becomes a word in brackets,
such as `[e-mail]`.

Long numbers are masked whether their check digit fits or not: a card number with a slip of the finger is as personal
as one without. Numbers of up to 8 digits (most order numbers), dates, times and prices stay.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

from sqlglot import exp

_FRAGMENTS: Final = {
    "{word}": r"[\p{L}][\p{L}'’.-]*",
    "{name}": r"\p{Lu}[\p{L}'’.-]*",
    "{of}": r"( (de|del|da|do|dos|das|di|du|des|l['’]|la|le|las|los|les|el))*",
    "{number}": r"[0-9]{1,4}( ?[a-z])?\b",
}
_LIKELY: Final = r"[0-9@]|://|[wW]{3}[.]|[ (\[{](at|AT|arroba|chez)[ )\]}]|[a-z][.][a-z]{2,5}/"
"""Text without any of this holds nothing personal of a fixed form."""


@cache
def masks() -> tuple[tuple[str, str], ...]:
    """What is looked for, in order, and the word that stands for it."""
    found = []
    for item in tomllib.loads(files(__package__).joinpath("masks.toml").read_text("utf-8"))["masks"]:
        pattern = item["pattern"]
        for name, part in _FRAGMENTS.items():
            pattern = pattern.replace(name, part)
        found.append((pattern, f"[{item['word']}]"))
    return tuple(found)


def masked(value: exp.Expr, dialect: str = "duckdb") -> exp.Expr:
    """A text with the personal data in it replaced; null stays null."""
    result = value.copy()
    for pattern, word in masks():
        result = _replaced(result, pattern, word, dialect)
    return exp.Case().when(_matches(value, _LIKELY, dialect), result).else_(value.copy())


def _replaced(value: exp.Expr, pattern: str, word: str, dialect: str) -> exp.Expr:
    flags = [exp.Literal.string("g")] if dialect == "duckdb" else []
    arguments = [value, exp.Literal.string(pattern), exp.Literal.string(word), *flags]
    return exp.Anonymous(this="REGEXP_REPLACE", expressions=arguments)


def _matches(value: exp.Expr, pattern: str, dialect: str) -> exp.Expr:
    name = "REGEXP_MATCHES" if dialect == "duckdb" else "REGEXP_LIKE"
    return exp.Anonymous(this=name, expressions=[value.copy(), exp.Literal.string(pattern)])
