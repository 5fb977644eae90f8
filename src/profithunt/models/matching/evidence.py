"""What speaks for an offer being a SKU, and what against: pair by pair."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from rapidfuzz import fuzz

from profithunt.models.matching.codes import gtin, is_global, is_outer
from profithunt.models.matching.offers import Offer, Product
from profithunt.models.matching.packs import Comparison, Content, compare
from profithunt.models.matching.titles import Title, take_apart
from profithunt.models.matching.words import brand_key, code_key, fold, is_code, word_set, words

SURE_OWN: Final = 0.9
SURE_OFFER: Final = 0.8
_ALIKE: Final = 86
_WHOLE: Final = 0.99
_HARD: Final = frozenset(
    {
        "pro",
        "plus",
        "max",
        "mini",
        "lite",
        "ultra",
        "air",
        "zero",
        "light",
        "decaf",
        "alcoholfree",
        "men",
        "women",
        "kids",
        "baby",
        "refill",
        "left",
        "right",
        "audiobook",
    }
)


@dataclass
class Pair:
    """Evidence for one candidate while it is weighed."""

    item: Item
    by: str
    score: float
    pack: Comparison
    against: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Item:
    """An own SKU, taken apart."""

    product: Product
    title: Title
    brand: str
    gtin: str | None
    code: str
    order: int


@dataclass(frozen=True)
class Seen:
    """An offer taken apart: its brand as one word, its trade item number, the model numbers that it may name."""

    offer: Offer
    title: Title
    brand: str
    number: str | None
    codes: set[str]


def item_of(product: Product, order: int) -> Item:
    """An own SKU taken apart; its place in the catalogue decides between equals."""
    title = take_apart(product.name, product.brand, product.size, product.colour, product.pack_size)
    number = gtin(product.gtin)
    return Item(
        product,
        title,
        brand_key(product.brand),
        number if number and is_global(number) else None,
        code_key(product.model),
        order,
    )


def codes_of(offer: Offer, title: Title) -> set[str]:
    """Model numbers that an offer names: its own column, and what in its name may be one."""
    found = {code_key(offer.model)} if offer.model else set()
    listed = words(fold(offer.title))
    for start in range(len(listed)):
        for end in range(start + 1, min(start + 4, len(listed)) + 1):
            joined = "".join(listed[start:end])
            if is_code(joined):
                found.add(joined)
    return found - {""} | set(title.codes)


def same_brand(left: str, right: str) -> bool:
    """Whether two brands, each as one word, are one: equal, the one in the other, or a slip of the pen apart."""
    if left == right:
        return True
    if min(len(left), len(right)) >= 4 and (
        left.startswith(right) or right.startswith(left) or left.endswith(right) or right.endswith(left)
    ):
        return True
    return min(len(left), len(right)) >= 5 and fuzz.ratio(left, right) >= 88


def said(title: Title) -> set[str]:
    """What a name says of the goods: words that mean something, codes and numbers."""
    fluff = word_set("fluff")
    return {word for word in title.words if word not in fluff and len(word) > 1} | set(title.codes) | set(title.numbers)


def hits(mine: set[str], own: Title, theirs: set[str], other: Title) -> set[str]:
    """Words of a name that the other has too: the same, nearly the same, or parted otherwise (WiFi and Wi-Fi)."""
    found = {word for word in mine if word in theirs or near(word, theirs) or (len(word) > 5 and word in other.joined)}
    found |= mine & {first + second for first, second in pairwise(other.words)}
    for first, second in pairwise(own.words):
        if first + second in theirs:
            found |= mine & {first, second}
    return found


def near(word: str, others: set[str]) -> bool:
    """Whether a word is written a little differently among others: a typo, an abbreviation, part of a compound."""
    if len(word) < 4 or any(letter.isdigit() for letter in word):
        return False
    for other in others:
        if len(other) < 4 or any(letter.isdigit() for letter in other):
            continue
        short, long = sorted((word, other), key=len)
        if long.startswith(short) or (len(short) >= 5 and long.endswith(short)):
            return True
        if len(short) >= 5 and fuzz.ratio(word, other) >= _ALIKE:
            return True
    return False


def share(said: set[str], hit: set[str], weights: Mapping[str, float]) -> float:
    """The part of what is said that was hit, by weight; the whole where nothing is said."""
    whole = sum(weights[word] for word in said)
    return sum(weights[word] for word in hit) / whole if whole else 1.0


def contradictions(pair: Pair, own: Title, title: Title, item: Item, *, code: bool) -> None:
    """What speaks against the two being one: goes into `against`; what is said on one side only, into `doubts`."""
    _flags(pair, own.flags, title.flags, code=code)
    goods = said(own)
    if goods and not own.served and len(goods & title.served) * 2 > len(goods):
        pair.against.append("made for it")
    _attributes(pair, dict(own.attributes), dict(title.attributes), code=code)
    for what, left, right in (("colour", own.colours, title.colours), ("size", own.sizes, title.sizes)):
        if left and right and not left & right:
            pair.against.append(f"another {what}")
        elif bool(left) != bool(right):
            pair.doubts.append(f"{what} on one side only")
    only = (own.variants - title.variants, title.variants - own.variants)
    if (only[0] and only[1]) or (only[0] | only[1]) & _HARD:
        pair.against.append("another variant")
    elif only[0] or only[1]:
        pair.doubts.append("a variant on one side")
    if not code:
        _numbers(pair, own, title)
    if (own.durable or title.durable) and not _same_amount(own.content, title.content):
        (pair.against if own.durable else pair.doubts).append("another capacity")
    if item.code and is_code(item.code) and own.codes and title.codes and not code and not own.codes & title.codes:
        pair.against.append("another model")


def _flags(pair: Pair, own: frozenset[str], other: frozenset[str], *, code: bool) -> None:
    if ("used" in own) != ("used" in other):
        pair.against.append("not new")
    if "accessory" in other and "accessory" not in own:
        # With the same model number a bag or a cable may as well come with it.
        (pair.doubts if code and "for" not in other else pair.against).append("an accessory")
    if "accessory" in own and "accessory" not in other:
        pair.doubts.append("perhaps what it is an accessory of")
    if ("bundle" in own) != ("bundle" in other):
        pair.doubts.append("a bundle on one side")


def _attributes(
    pair: Pair, own: Mapping[str, frozenset[float]], other: Mapping[str, frozenset[float]], *, code: bool
) -> None:
    for unit in sorted({*own, *other}):
        left, right = own.get(unit), other.get(unit)
        if left and right:
            if not any(abs(a - b) <= 0.02 * max(a, b) for a in left for b in right):
                pair.against.append(f"other measures ({unit})")
        elif not code:
            pair.doubts.append(f"measures on one side only ({unit})")


def _numbers(pair: Pair, own: Title, title: Title) -> None:
    left, right = own.codes, title.codes
    joined = {code for code in left if code in title.joined} | {code for code in right if code in own.joined}
    if left - right - joined and right - left - joined:
        pair.against.append("another model")
    elif (left ^ right) - joined:
        pair.doubts.append("a model on one side only")
    first, second = own.numbers, title.numbers
    if first - second and second - first:
        pair.against.append("other numbers")
    elif first ^ second:
        pair.doubts.append("a number on one side only")


def _same_amount(own: Content, other: Content) -> bool:
    compared = compare(own, other)
    return compared.ratio is None or compared.same or own.nothing or other.nothing


def by_gtin(pair: Pair, number: str, own_share: float) -> Pair:
    """A pair with the same trade item number: what only one of the names says is no doubt then."""
    pair.by = "gtin"
    pair.score = 1.0
    # The number is the evidence: what only one of the names says is no doubt.
    pair.doubts = [doubt for doubt in pair.doubts if doubt.startswith(("a bundle", "perhaps"))]
    if is_outer(number):
        pair.doubts.append("the number of a carton")
    if pair.pack.ratio is None or not pair.pack.sure:
        pair.pack = Comparison(1.0, sure=True)
    elif not pair.pack.same:
        pair.against.append("packs differ although the number is the same")
    if own_share < 0.2:
        pair.doubts.append("names share hardly a word")
    return pair


def _in_name(pair: Pair, brand: str) -> bool:
    """Whether the own SKU states no brand, and its name holds the offer's, if that has one."""
    return not pair.item.brand and brand in pair.item.title.joined


def by_code(pair: Pair, brand: str, own_share: float) -> Pair:
    """A pair with the same model number."""
    pair.by = "model"
    pair.score = 0.8 + 0.2 * pair.score
    pair.doubts = [doubt for doubt in pair.doubts if doubt not in ("another model number", "a variant on one side")]
    # A catalogue without brands has them in its names: a long number and a like name are enough there.
    nameless = _in_name(pair, brand) and len(pair.item.code) >= 6 and own_share >= 0.5
    if not (brand and pair.item.brand) and not nameless:
        pair.doubts.append("brand not known")
    if own_share < 0.3:
        pair.doubts.append("names share few words")
    if not pair.pack.sure and not pair.pack.same:
        pair.doubts.append("contents not clear")
    return pair


def by_title(pair: Pair, brand: str, own_share: float, offer_share: float, own: Title, title: Title) -> Pair:
    """A pair that only its names speak for."""
    if own_share < SURE_OWN or offer_share < SURE_OFFER:
        pair.doubts.append("names differ")
    nameless = _in_name(pair, brand) and own_share >= _WHOLE and offer_share >= _WHOLE and len(said(own)) >= 3
    if not (brand and pair.item.brand) and not nameless:
        pair.doubts.append("brand not known")
    if len(said(own)) + len(own.attributes) + len(own.sizes) + (not own.content.nothing) < (
        1 if own.content.stated else 2
    ):
        pair.doubts.append("a short name")
    if not pair.pack.sure:
        pair.doubts.append("contents not clear")
    elif not pair.pack.same and (own.attributes or title.attributes or own.sizes):
        pair.doubts.append("packs differ")
    return pair
