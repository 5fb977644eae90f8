"""How well a heading fits a concept by its name, in any of the languages of `synonyms.toml`.

Equal wording scores 1; words in other order, run together or mistyped a little less; a heading that holds the words
among others, or some of them, less again. A word that several languages use counts more in the language of its file.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

EXACT, JOINED, REORDERED = 1.0, 0.97, 0.93
_FUZZY_LEAST, _FUZZY = 86.0, 0.8
_VAGUE_WORDS = """
    id no nr n code name date time type total value number key status amount datum data fecha nom nome nombre nummer
    price cost preis prix precio preço prezzo art item product order line group user store shipping source at is of
    de d da do del la le du della der die das per on in
"""
_VAGUE: Final = frozenset(_VAGUE_WORDS.split())
"""Words that say little among others."""
_SIGNS: Final = str.maketrans(
    {"%": " pct ", "#": " no ", "№": " no ", "ß": "ss", "ł": "l", "Ł": "L", "ø": "o", "æ": "ae", "’": " ", "'": " "}
)
_WIDE: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def normal(heading: str) -> str:
    """Lower case words without accents and punctuation; `InvoiceNo`, `invoice_no` and `INVOICE NO.` become one."""
    split = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", heading.translate(_SIGNS))
    split = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", split)
    wide = unicodedata.normalize("NFKC", split).casefold()
    if _WIDE.search(wide):
        return re.sub(r"[\s\W_]+", "", wide)
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", wide) if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[a-z0-9\u0400-\u04ff]+", bare))


@dataclass(frozen=True)
class Word:
    """A synonym: its normal form and tokens, the languages that have it, its place among them."""

    text: str
    tokens: frozenset[str]
    joined: str
    languages: frozenset[str]
    rank: int = 0


@dataclass(frozen=True)
class NameFit:
    """How a heading fits a concept by name: `score` 0–1, and the synonym behind it."""

    score: float
    word: str = ""


NO_FIT: Final = NameFit(0.0)
_NUMBERS: Final = frozenset(("id", "no", "nr", "number", "num", "nummer", "key", "code", "n", "uuid"))
_NUMBERED = 0.7


@cache
def words() -> dict[str, tuple[Word, ...]]:
    """Concept → its synonyms in all languages."""
    data = tomllib.loads((files(__package__) / "synonyms.toml").read_text("utf-8"))
    result: dict[str, tuple[Word, ...]] = {}
    for concept, languages in data.items():
        spoken: dict[str, set[str]] = defaultdict(set)
        ranks: dict[str, int] = {}
        for language, terms in languages.items():
            for rank, term in enumerate(terms):
                spoken[normal(term)].add(language)
                ranks[normal(term)] = min(rank, ranks.get(normal(term), rank))
        result[concept] = tuple(
            Word(text, frozenset(text.split()), text.replace(" ", ""), frozenset(spoken[text]), ranks[text])
            for text in spoken
            if text
        )
    return result


@cache
def _spoken() -> dict[str, frozenset[str]]:
    """Normal form → the languages that use it anywhere."""
    spoken: dict[str, set[str]] = defaultdict(set)
    for synonyms in words().values():
        for word in synonyms:
            spoken[word.joined] |= word.languages
    return {text: frozenset(languages) for text, languages in spoken.items()}


def languages_of(headings: Iterable[str]) -> dict[str, float]:
    """Language → its share of the headings that are known word for word."""
    votes: Counter[str] = Counter()
    known = 0
    for heading in headings:
        spoken = _spoken().get(normal(heading).replace(" ", ""))
        if spoken:
            known += 1
            votes.update(spoken)
    return {language: count / known for language, count in votes.items()} if known else {}


def variants(headings: Sequence[str], nouns: Sequence[str] = ()) -> dict[str, tuple[str, ...]]:
    """Heading → its normal form and the one without what many headings share in front (`ss_`, `orders.`)."""
    plain = {heading: normal(heading) for heading in headings}
    first = Counter(text.split()[0] for text in plain.values() if len(text.split()) > 1)
    common = {token for token, count in first.items() if count >= max(3, 0.6 * len(headings)) and len(token) <= 6}
    result: dict[str, tuple[str, ...]] = {}
    for heading, text in plain.items():
        tokens = text.split()
        forms = [text]
        if len(tokens) > 1 and (tokens[0] in common or tokens[0] in nouns):
            forms.append(" ".join(tokens[1:]))
        result[heading] = tuple(dict.fromkeys(forms))
    return result


def fit(forms: Sequence[str], concept: str, speech: Mapping[str, float]) -> NameFit:
    """How well a heading (its `variants`) fits a concept."""
    best = NO_FIT
    for position, form in enumerate(forms):
        for word in words().get(concept, ()):
            score = _closeness(form, word)
            if score <= best.score:
                continue
            spoken = max((speech.get(language, 0.0) for language in word.languages), default=0.0)
            score *= (0.8 + 0.2 * spoken if speech else 1.0) * (1.0 if position == 0 else 0.96)
            score *= 1 - min(0.04, 0.002 * word.rank)
            if score > best.score:
                best = NameFit(score, word.text)
    return best


def numbering(forms: Sequence[str]) -> NameFit:
    """Whether a heading is the number of something, whatever that is: `Click ID`, `Parcel no.`."""
    ends = {token for form in forms for token in (form.split()[:1] + form.split()[-1:])}
    found = ends & _NUMBERS
    return NameFit(_NUMBERED, min(found)) if found else NO_FIT


@cache
def _closeness(form: str, word: Word) -> float:
    if form == word.text:
        return EXACT
    joined = form.replace(" ", "")
    if joined == word.joined:
        return JOINED
    if _WIDE.search(form) or _WIDE.search(word.text):
        return _within(form, word.text)
    tokens = frozenset(form.split())
    if tokens == word.tokens:
        return REORDERED
    score = 0.0
    if word.tokens < tokens:
        score = _share(word.tokens, tokens, 0.5, 0.4)
    elif tokens < word.tokens:
        score = _share(tokens, word.tokens, 0.4, 0.4)
    if score < _FUZZY and min(len(joined), len(word.joined)) >= 5:
        from rapidfuzz import fuzz

        ratio = fuzz.ratio(joined, word.joined, score_cutoff=_FUZZY_LEAST)
        score = max(score, _FUZZY * ratio / 100)
    return score


def _share(part: frozenset[str], whole: frozenset[str], base: float, more: float) -> float:
    """The score of some words among others: more the more of the letters they are, little when they are vague."""
    share = sum(map(len, part)) / sum(map(len, whole))
    score = base + more * share
    return score * 0.72 if part <= _VAGUE else score


def _within(form: str, text: str) -> float:
    if len(text) >= 2 and text in form:
        return 0.5 + 0.4 * len(text) / len(form)
    if len(form) >= 2 and form in text:
        return 0.4 + 0.4 * len(form) / len(text)
    return 0.0
