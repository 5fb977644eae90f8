"""A name of goods taken apart: what it is, what holds it, and what makes it a variant."""

# ruff: noqa: E501 - lists of words and letters are read best in one line

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from profithunt.models.matching.packs import Content, read
from profithunt.models.matching.words import brand_words, canon, fold, word_set, words

_ATTRIBUTES: Final = {
    "gb": ("gb", 1.0), "go": ("gb", 1.0), "tb": ("gb", 1000.0), "to": ("gb", 1000.0), "mb": ("gb", 0.001),
    "w": ("w", 1.0), "watt": ("w", 1.0), "kw": ("w", 1000.0), "v": ("v", 1.0), "volt": ("v", 1.0),
    "mah": ("mah", 1.0), "ah": ("mah", 1000.0), "mp": ("mp", 1.0), "hz": ("hz", 1.0), "mg": ("mg", 1.0),
    "zoll": ("in", 1.0), "inch": ("in", 1.0), "inches": ("in", 1.0), "pouces": ("in", 1.0), "pulgadas": ("in", 1.0), "pollici": ("in", 1.0),
    '"': ("in", 1.0), "mm": ("mm", 1.0), "cm": ("mm", 10.0), "m": ("mm", 1000.0), "meter": ("mm", 1000.0), "metre": ("mm", 1000.0),
    "%": ("%", 1.0), "fach": ("fach", 1.0), "k": ("k", 1.0), "rpm": ("rpm", 1.0), "den": ("den", 1.0), "bar": ("bar", 1.0),
    "ply": ("ply", 1.0), "lagig": ("ply", 1.0), "teilig": ("parts", 1.0), "tlg": ("parts", 1.0), "tb ssd": ("gb", 1000.0),
    "monate": ("months", 1.0), "months": ("months", 1.0), "m+": ("months", 1.0), "jahre": ("years", 1.0), "years": ("years", 1.0),
    "ans": ("years", 1.0), "lm": ("lm", 1.0), "lumen": ("lm", 1.0),
}  # fmt: skip
_UNIT: Final = "|".join(sorted((re.escape(unit) for unit in _ATTRIBUTES), key=len, reverse=True))
_ATTRIBUTE: Final = re.compile(rf"(?<![\w.,])(\d+(?:[.,]\d+)?)\s*-?\s*({_UNIT})(?![\w])")
_SIDES: Final = re.compile(
    r"(?<![\w.,])(\d+(?:[.,]\d+)?)\s*x\s*(\d+(?:[.,]\d+)?)(?:\s*x\s*(\d+(?:[.,]\d+)?))?\s*(cm|mm|m)\b"
)
_SPF: Final = re.compile(r"\b(?:spf|lsf|fps|ip|faktor)\s*-?\s*(\d+)\b")
_GENERATION: Final = re.compile(
    r"\b(\d+)(?:st|nd|rd|th|\.|e|eme|a|o)?\s*(?:gen|generation|generazione|generacion)\b|\b(?:gen|generation|mk|mark|series|serie|teil|part|vol|band|tome|stufe|level|stage)\.?\s*(\d+|[ivx]+)\b"
)
_ROMAN: Final = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}
_LABELLED: Final = re.compile(
    r"\b(?:size|gr|grosse|taille|talla|taglia|maat|rozmiar|strl|tg|eu)\b\.?\s*:?\s*(\d?x{0,4}[sl]|m|xs|one size|\d{2}/\d{2}|\d{1,3}(?:[.,]5)?)(?![\w/])"
)
_LETTER: Final = re.compile(r"[,(/|-]\s*(\d?x{0,4}[sl]|m|xs)(?=\s*(?:$|[),/|]))|\s(\d?x{1,4}[sl]|[sm])$")
_SIZE_WORDS: Final = {
    "small": "s",
    "medium": "m",
    "large": "l",
    "klein": "s",
    "mittel": "m",
    "gross": "l",
    "xxl": "2xl",
    "xxxl": "3xl",
}
_ZERO: Final = re.compile(r"\b0[.,]0\s*%?(?!\d)")


@dataclass(frozen=True)
class Title:
    """A name taken apart.

    `words` say what it is, in order, without brand, contents and what stands below; `codes` mix letters and digits,
    `numbers` are bare; `attributes` hold measures by unit (128 GB, 55 inches); `flags` are used, accessory, bundle.
    """

    words: tuple[str, ...]
    codes: frozenset[str]
    numbers: frozenset[str]
    attributes: tuple[tuple[str, frozenset[float]], ...]
    colours: frozenset[str]
    sizes: frozenset[str]
    variants: frozenset[str]
    flags: frozenset[str]
    content: Content
    durable: bool
    served: frozenset[str]
    """Words behind "for", "für", "pour" …: what the goods are made for."""
    joined: str
    """All letters and digits in one, to look for codes that were written with blanks."""


@lru_cache(maxsize=131_072)
def take_apart(
    name: str, brand: str = "", size: str = "", colour: str = "", pack: str = "", condition: str = ""
) -> Title:
    """The name with what its own columns say."""
    folded = fold(name)
    content, rest = read(f"{name} {pack}" if pack else name)
    if pack and not read(pack)[0].nothing:
        content = read(pack)[0]
    elif content.nothing and size:
        content = read(size)[0]
    attributes, rest = _attributes(rest)
    if size:
        more, _ = _attributes(read(size)[1])
        attributes = {
            unit: attributes.get(unit, frozenset()) | more.get(unit, frozenset()) for unit in {*attributes, *more}
        }
    rest, variants = _variants(
        _ZERO.sub(" alkoholfrei ", rest) if re.search(r"bier|beer|pils|lager|biere|cerveza|birra", rest) else rest
    )
    sizes, rest = _sizes(rest, size)
    flags = _flags(folded, condition)
    found = words(rest)
    brands = set(brand_words(brand)) if brand else set()
    said_colours = [word for word in found if word not in brands] + words(fold(colour))
    colours = {canon("colours")[word] for word in said_colours if word in canon("colours")}
    if colour and not colours:
        colours = {fold(colour)}
    codes, numbers, plain = set(), set(), []
    for word in found:
        said = _ROMAN.get(word, word)
        if said.isdigit():
            numbers.add(said.lstrip("0") or "0")
        elif any(letter.isdigit() for letter in said):
            codes.add(said)
        elif said not in brands and said not in canon("colours"):
            plain.append(said)
    return Title(
        words=tuple(plain),
        codes=frozenset(codes),
        numbers=frozenset(numbers),
        attributes=tuple(sorted(attributes.items())),
        colours=frozenset(colours),
        sizes=frozenset(sizes),
        variants=frozenset(variants),
        flags=flags,
        content=content,
        durable=bool(word_set("durable") & set(words(folded)))
        or any(word in folded for word in word_set("durable") if " " in word or len(word) > 7),
        served=_served(words(folded)),
        joined=re.sub(r"[^0-9a-z]", "", folded),
    )


def _served(said: list[str]) -> frozenset[str]:
    first = next((place for place, word in enumerate(said) if place and word in word_set("for")), len(said))
    return frozenset(said[first + 1 :])


def _attributes(rest: str) -> tuple[dict[str, frozenset[float]], str]:
    found: dict[str, set[float]] = {}

    def sides(match: re.Match[str]) -> str:
        scale = _ATTRIBUTES[match[4]][1]
        found.setdefault("sides", set()).update(_number(side) * scale for side in match.groups()[:3] if side)
        return " "

    def one(match: re.Match[str]) -> str:
        unit, scale = _ATTRIBUTES[match[2]]
        found.setdefault(unit, set()).add(round(_number(match[1]) * scale, 6))
        return " "

    def factor(match: re.Match[str]) -> str:
        found.setdefault("spf", set()).add(float(match[1]))
        return " "

    def generation(match: re.Match[str]) -> str:
        said = match[1] or match[2]
        number = _ROMAN.get(said, said)
        found.setdefault("generation", set()).add(float(number) if number.isdigit() else float(len(number)))
        return " "

    for pattern, take in ((_SIDES, sides), (_SPF, factor), (_GENERATION, generation), (_ATTRIBUTE, one)):
        rest = pattern.sub(take, rest)
    return {unit: frozenset(values) for unit, values in found.items()}, rest


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _variants(rest: str) -> tuple[str, set[str]]:
    found = set()
    known = canon("variants")
    for phrase in _PHRASES():
        if phrase in rest and re.search(rf"\b{re.escape(phrase)}\b", rest):
            found.add(known[phrase])
            rest = re.sub(rf"\b{re.escape(phrase)}\b", " ", rest)
    kept = []
    for word in re.split(r"(\W+)", rest):
        meaning = known.get(word)
        if meaning is None:
            kept.append(word)
        else:
            found.add(meaning)
            kept.append(" ")
    return "".join(kept), found


@lru_cache(maxsize=1)
def _PHRASES() -> tuple[str, ...]:  # noqa: N802 - a constant that is made when it is first needed
    return tuple(sorted((word for word in canon("variants") if " " in word), key=len, reverse=True))


def _sizes(rest: str, size: str) -> tuple[set[str], str]:
    found = set()
    if size and read(size)[0].nothing:
        said = fold(size).strip()
        found.add(_SIZE_WORDS.get(said, re.sub(r"^(?:eu|gr\.?|size)\s*", "", said).replace(",", ".")))
    labelled = _LABELLED.search(rest) or _LETTER.search(rest)
    if labelled:
        said = next(group for group in labelled.groups() if group)
        found.add(_SIZE_WORDS.get(said, said).replace(",", "."))
        rest = rest[: labelled.start()] + " " + rest[labelled.end() :]
    return found, rest


def _flags(folded: str, condition: str) -> frozenset[str]:
    said = set(words(folded))
    flags = set()
    used = word_set("used")
    stated = fold(condition)
    if (said & used) or any(word in folded for word in used if not word.isalnum()) or (stated and stated not in _NEW):
        flags.add("used")
    listed = words(folded)
    prepositions, accessories = word_set("for"), word_set("accessory")
    if said & accessories or any(word in folded for word in accessories if " " in word):
        flags.add("accessory")
    if any(word in prepositions for word in listed):
        flags.add("for")
    if " + " in f" {folded} " or any(re.search(rf"\b{word}\b", folded) for word in _BUNDLES()):
        flags.add("bundle")
    return frozenset(flags)


@lru_cache(maxsize=1)
def _BUNDLES() -> tuple[str, ...]:  # noqa: N802 - a constant that is made when it is first needed
    return tuple(sorted(word_set("bundle")))


_NEW: Final = frozenset(
    {
        "new",
        "neu",
        "neuf",
        "nuevo",
        "nuovo",
        "nieuw",
        "nowy",
        "ny",
        "novo",
        "neuware",
        "brandnew",
        "brand new",
        "1000",
        "newcondition",
    }
)
