"""Names of goods as they are written in several languages, brought to forms that can be compared.

`lexicon.toml` holds the words: colours, what makes a variant, what says that goods are used or an accessory, what says
nothing.
"""

# ruff: noqa: E501, RUF001 - lists of words and letters are read best in one line

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final

_LETTERS: Final = str.maketrans({
    "ß": "ss", "ø": "o", "æ": "a", "œ": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
    "×": "x", "✕": "x", "’": "'", "`": "'", "´": "'", "“": '"', "”": '"', "″": '"', "„": '"', "–": "-", "—": "-", "‑": "-",
})  # fmt: skip
_DIGRAPHS: Final = re.compile(r"(?<=[a-z])(?<![aeiouq])(ae|oe|ue)")
_WORD: Final = re.compile(r"[^\W_]+")
_LEGAL: Final = frozenset(
    {
        "gmbh",
        "inc",
        "ltd",
        "llc",
        "co",
        "kg",
        "ag",
        "sa",
        "srl",
        "spa",
        "bv",
        "ab",
        "oy",
        "corp",
        "company",
        "plc",
        "the",
    }
)


@cache
def lexicon() -> Mapping[str, Any]:
    """The words of `lexicon.toml`."""
    return tomllib.loads(files("profithunt.models.matching").joinpath("lexicon.toml").read_text("utf-8"))


@cache
def canon(table: str) -> Mapping[str, str]:
    """Each folded word of a table of the lexicon and the word that it stands for."""
    found = {}
    for meaning, said in lexicon()[table].items():
        found[fold(meaning)] = meaning
        found |= {fold(word): meaning for word in said}
    return found


@cache
def word_set(name: str) -> frozenset[str]:
    """A list of the lexicon, folded."""
    return frozenset(fold(word) for word in lexicon()["lists"][name])


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """Lower case without accents; ä, ae and a are one, so that Müller, Mueller and Muller are."""
    text = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    bare = "".join(part for part in unicodedata.normalize("NFKD", text) if not unicodedata.combining(part))
    return _DIGRAPHS.sub(lambda match: match[1][0], bare)


def words(folded: str) -> list[str]:
    """The words of a folded text, in order."""
    return _WORD.findall(folded.replace("'", ""))


@lru_cache(maxsize=16_384)
def brand_words(text: str) -> tuple[str, ...]:
    """A brand's words without its legal form; known other names of a brand are one."""
    found = [word for word in words(fold(text).replace("&", " ").replace(".", " ")) if word not in _LEGAL]
    joined = " ".join(found)
    return tuple(words(canon("brands").get(joined, joined)))


def brand_key(text: str | None) -> str:
    """A brand as one word; empty for none."""
    return "".join(brand_words(text)) if text else ""


def code_key(text: str | None) -> str:
    """A model number as one word: `WH-1000XM4/B` → `wh1000xm4b`."""
    return re.sub(r"[^0-9a-z]", "", fold(text)) if text else ""


def is_code(key: str) -> bool:
    """Whether a model number is one that names one product: long enough, with a digit."""
    return len(key) >= 4 and any(letter.isdigit() for letter in key)
