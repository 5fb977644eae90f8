"""Offers of rivals matched to the own catalogue: sure ones are taken, doubtful ones wait for a person.

**Candidates** come from three indexes, so that no offer meets every SKU: equal trade item numbers, model numbers that
stand in the offer, and the rarest words of its name within its brand. **Evidence** is then weighed pair by pair:

| | sure | doubtful |
| --- | --- | --- |
| trade item number | equal, and nothing speaks against it | equal, but brand, pack, variant or price do not fit |
| brand + model number | both equal, one own SKU only | another trade item number, several own SKUs |
| name | nearly all words on both sides, same brand, contents known | most words; colour or size on one side only |

What contradicts (another colour, size, capacity, condition, an accessory *for* it, other numbers) is no match at all
unless the trade item number says otherwise: then a person decides. Whatever its evidence, an offer that would cost less
than two fifths or more than two and a half times as much, like for like, is doubtful.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from rapidfuzz import fuzz

from profithunt.models.matching.codes import gtin, is_global, is_outer
from profithunt.models.matching.packs import Comparison, Content, compare
from profithunt.models.matching.titles import Title, take_apart
from profithunt.models.matching.words import brand_key, brand_words, code_key, fold, is_code, word_set, words

Level = Literal["taken", "review", "none"]

SURE_OWN: Final = 0.9
SURE_OFFER: Final = 0.8
DOUBTFUL: Final = 0.55
CLEAR: Final = 0.08
"""By how much the best candidate must be ahead of the next."""
PRICES: Final = (0.4, 2.5)
"""Offer's price like for like ÷ own price within which a match may be sure."""
PACKS: Final = (1 / 24, 24.0)
_ALIKE: Final = 86
_CANDIDATES: Final = 12
_COMMON: Final = 2_000
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


@dataclass(frozen=True)
class Product:
    """An own SKU as the catalogue has it; empty text for what is not known. `price` as customers see it."""

    sku: str
    name: str = ""
    brand: str = ""
    gtin: str = ""
    model: str = ""
    size: str = ""
    colour: str = ""
    pack_size: str = ""
    price: float | None = None


@dataclass(frozen=True)
class Offer:
    """An offer of a rival; `offer_id` is its key there."""

    competitor: str
    offer_id: str
    title: str = ""
    brand: str = ""
    gtin: str = ""
    model: str = ""
    size: str = ""
    colour: str = ""
    pack_size: str = ""
    condition: str = ""
    price: float | None = None


@dataclass(frozen=True)
class Match:
    """What came of an offer: the SKU that it is (`taken`) or may be (`review`), or none.

    `packs` is how many of the offer's units hold what one own unit does; `reason` says what speaks for it and what
    makes it doubtful.
    """

    offer: Offer
    level: Level
    sku: str | None = None
    matched_by: str = ""
    confidence: float = 0.0
    packs: float = 1.0
    reason: str = ""


@dataclass
class _Pair:
    """Evidence for one candidate while it is weighed."""

    item: _Item
    by: str
    score: float
    pack: Comparison
    against: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Item:
    product: Product
    title: Title
    brand: str
    gtin: str | None
    code: str
    order: int


class Catalogue:
    """The own SKUs, indexed. Build it once, then match any number of offers."""

    def __init__(self, products: Sequence[Product]) -> None:
        self._items = [_item(product, place) for place, product in enumerate(products)]
        self._by_gtin: dict[str, list[_Item]] = defaultdict(list)
        self._by_code: dict[str, list[_Item]] = defaultdict(list)
        self._by_brand_word: dict[tuple[str, str], list[_Item]] = defaultdict(list)
        self._by_word: dict[str, list[_Item]] = defaultdict(list)
        self._df: Counter[str] = Counter()
        self._brands = {item.brand for item in self._items if item.brand}
        self._brand_words = {tuple(brand_words(product.brand)) for product in products if product.brand}
        self._longest_brand = max((len(said) for said in self._brand_words), default=0)
        for item in self._items:
            if item.gtin:
                self._by_gtin[item.gtin].append(item)
            if is_code(item.code):
                self._by_code[item.code].append(item)
            for word in {*item.title.words, *item.title.codes, *item.title.numbers}:
                self._df[word] += 1
                self._by_word[word].append(item)
                self._by_brand_word[item.brand, word].append(item)

    def match(self, offers: Iterable[Offer]) -> list[Match]:
        """Every offer with the SKU that it is, or may be, or with none."""
        return [self.one(offer) for offer in offers]

    def one(self, offer: Offer) -> Match:
        """One offer."""
        brand = offer.brand or self._brand_in(offer.title)
        title = take_apart(offer.title, brand, offer.size, offer.colour, offer.pack_size, offer.condition)
        number = gtin(offer.gtin)
        key = brand_key(brand)
        pairs: dict[str, _Pair] = {}
        for item in self._candidates(offer, title, key, number):
            pair = self._weigh(item, offer, title, key, number)
            if pair is not None:
                pairs[item.product.sku] = pair
        return self._decided(offer, list(pairs.values()))

    # Candidates

    def _brand_in(self, name: str) -> str:
        """The own brand that a name begins with or holds, the longest first; empty for none."""
        found = words(fold(name).replace("&", " ").replace(".", " "))
        for size in range(min(self._longest_brand, len(found)), 0, -1):
            for start in range(len(found) - size + 1):
                said = tuple(found[start : start + size])
                if said in self._brand_words and (start == 0 or size > 1 or len(said[0]) > 3):
                    return " ".join(said)
                joined = "".join(said)
                if joined in self._brands and len(joined) > 3:
                    return joined
        return ""

    def _candidates(self, offer: Offer, title: Title, brand: str, number: str | None) -> list[_Item]:
        found: dict[int, _Item] = {}
        for item in self._by_gtin.get(number or "", ()):
            found[item.order] = item
        for code in _codes(offer, title):
            for item in self._by_code.get(code, ())[:_CANDIDATES]:
                found[item.order] = item
        keys = self._brands_like(brand)
        scores: Counter[int] = Counter()
        known = sorted({*title.words, *title.codes, *title.numbers}, key=lambda word: (self._df.get(word, 0), word))
        for word in known:
            rare = 1 / math.log(2 + self._df.get(word, 0))
            listed = (
                [item for key in keys for item in self._by_brand_word.get((key, word), ())]
                if keys
                else self._by_word.get(word, [])
            )
            if len(listed) > _COMMON:
                continue
            for item in listed:
                scores[item.order] += rare  # type: ignore[assignment] # weights are no counts
        for order, _ in sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[:_CANDIDATES]:
            found[order] = self._items[order]
        return list(found.values())

    def _brands_like(self, brand: str) -> list[str]:
        """The own brands that a brand may be, and SKUs without any; empty where the offer names none."""
        if not brand:
            return []
        alike = [own for own in self._brands if _same_brand(own, brand)]
        return [*alike, ""]

    # Evidence

    def _weigh(self, item: _Item, offer: Offer, title: Title, brand: str, number: str | None) -> _Pair | None:
        own = item.title
        same_gtin = number is not None and number == item.gtin
        code = is_code(item.code) and (item.code in _codes(offer, title))
        own_share, offer_share = self._shares(own, title)
        pair = _Pair(
            item, "title", min(own_share, 1.0) * 0.6 + min(offer_share, 1.0) * 0.4, compare(own.content, title.content)
        )
        if item.brand and brand and not _same_brand(item.brand, brand):
            pair.against.append("another brand")
        _contradictions(pair, own, title, item, code=code)
        if same_gtin:
            return _by_gtin(pair, number or "", own_share)
        if pair.against:
            return None
        if (
            item.gtin
            and number
            and is_global(number)
            and pair.pack.same
            and not (is_outer(number) or is_outer(item.gtin))
        ):
            pair.doubts.append("another trade item number")
        if item.code and offer.model and not code and is_code(code_key(offer.model)) and is_code(item.code):
            pair.doubts.append("another model number")
        if code:
            return _by_code(pair, brand, own_share)
        return _by_title(pair, brand, own_share, offer_share, own, title)

    def _shares(self, own: Title, offer: Title) -> tuple[float, float]:
        """Shares of what each name says that the other says too; rare words weigh more, empty ones nothing."""
        left, right = _said(own), _said(offer)
        weights = {word: 1 / math.log(3 + self._df.get(word, 0)) for word in {*left, *right}}
        joined_left, joined_right = own.joined, offer.joined
        hit_left = {
            word for word in left if word in right or _near(word, right) or (len(word) > 5 and word in joined_right)
        }
        hit_right = {
            word for word in right if word in left or _near(word, left) or (len(word) > 5 and word in joined_left)
        }
        return _share(left, hit_left, weights), _share(right, hit_right, weights)

    # Decision

    def _decided(self, offer: Offer, pairs: list[_Pair]) -> Match:
        if not pairs:
            return Match(offer, "none")
        # Of equally good candidates the one of the same contents is meant.
        pairs.sort(key=lambda pair: (_rank(pair), -_pack_fit(pair), -round(pair.score, 6), pair.item.order))
        best = pairs[0]
        if best.by == "title" and best.score < DOUBTFUL:
            return Match(offer, "none")
        ratio = best.pack.ratio
        rivals = [other for other in pairs[1:] if other.by == best.by and _pack_fit(other) >= _pack_fit(best)]
        if any(best.score - other.score < CLEAR for other in rivals):
            best.doubts.append("several SKUs are as like it")
        if ratio is not None and not PACKS[0] <= ratio <= PACKS[1]:
            best.doubts.append("a pack of quite another size")
        doubt = _price_doubt(best.item.product.price, offer.price, ratio)
        if doubt:
            best.doubts.append(doubt)
        level: Level = "review" if best.doubts or best.against or ratio is None else "taken"
        return Match(
            offer,
            level,
            best.item.product.sku,
            best.by,
            round({"gtin": 0.99, "model": 0.95}.get(best.by, min(best.score, 0.94)) - 0.3 * (level == "review"), 4),
            1.0 if ratio is None else ratio,
            _told(best, ratio),
        )


def _item(product: Product, order: int) -> _Item:
    title = take_apart(product.name, product.brand, product.size, product.colour, product.pack_size)
    number = gtin(product.gtin)
    return _Item(
        product,
        title,
        brand_key(product.brand),
        number if number and is_global(number) else None,
        code_key(product.model),
        order,
    )


def _codes(offer: Offer, title: Title) -> set[str]:
    """Model numbers that an offer names: its own column, and what in its name may be one."""
    found = {code_key(offer.model)} if offer.model else set()
    listed = words(fold(offer.title))
    for start in range(len(listed)):
        for end in range(start + 1, min(start + 4, len(listed)) + 1):
            joined = "".join(listed[start:end])
            if is_code(joined):
                found.add(joined)
    return found - {""} | set(title.codes)


def _same_brand(left: str, right: str) -> bool:
    if left == right:
        return True
    if min(len(left), len(right)) >= 4 and (left.startswith(right) or right.startswith(left)):
        return True
    return min(len(left), len(right)) >= 5 and fuzz.ratio(left, right) >= 88


def _said(title: Title) -> set[str]:
    fluff = word_set("fluff")
    return {word for word in title.words if word not in fluff and len(word) > 1} | set(title.codes) | set(title.numbers)


def _near(word: str, others: set[str]) -> bool:
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


def _share(said: set[str], hit: set[str], weights: Mapping[str, float]) -> float:
    whole = sum(weights[word] for word in said)
    return sum(weights[word] for word in hit) / whole if whole else 1.0


def _contradictions(pair: _Pair, own: Title, title: Title, item: _Item, *, code: bool) -> None:
    """What speaks against the two being one: goes into `against`; what is said on one side only, into `doubts`."""
    _flags(pair, own.flags, title.flags)
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
    if own.durable and not _same_amount(own.content, title.content):
        pair.against.append("another capacity")
    if item.code and is_code(item.code) and own.codes and title.codes and not code and not own.codes & title.codes:
        pair.against.append("another model")


def _flags(pair: _Pair, own: frozenset[str], other: frozenset[str]) -> None:
    if ("used" in own) != ("used" in other):
        pair.against.append("not new")
    if "accessory" in other and "accessory" not in own:
        pair.against.append("an accessory")
    if "accessory" in own and "accessory" not in other:
        pair.doubts.append("perhaps what it is an accessory of")
    if ("bundle" in own) != ("bundle" in other):
        pair.doubts.append("a bundle on one side")


def _attributes(
    pair: _Pair, own: Mapping[str, frozenset[float]], other: Mapping[str, frozenset[float]], *, code: bool
) -> None:
    for unit in sorted({*own, *other}):
        left, right = own.get(unit), other.get(unit)
        if left and right:
            if not any(abs(a - b) <= 0.02 * max(a, b) for a in left for b in right):
                pair.against.append(f"other measures ({unit})")
        elif not code:
            pair.doubts.append(f"measures on one side only ({unit})")


def _numbers(pair: _Pair, own: Title, title: Title) -> None:
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


def _by_gtin(pair: _Pair, number: str, own_share: float) -> _Pair:
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


def _by_code(pair: _Pair, brand: str, own_share: float) -> _Pair:
    pair.by = "model"
    pair.score = 0.8 + 0.2 * pair.score
    pair.doubts = [doubt for doubt in pair.doubts if doubt != "another model number"]
    if not (brand and pair.item.brand):
        pair.doubts.append("brand not known")
    if own_share < 0.3:
        pair.doubts.append("names share few words")
    if not pair.pack.sure and not pair.pack.same:
        pair.doubts.append("contents not clear")
    return pair


def _by_title(pair: _Pair, brand: str, own_share: float, offer_share: float, own: Title, title: Title) -> _Pair:
    if own_share < SURE_OWN or offer_share < SURE_OFFER:
        pair.doubts.append("names differ")
    if not (brand and pair.item.brand):
        pair.doubts.append("brand not known")
    if len(_said(own)) + len(own.attributes) + len(own.sizes) + (not own.content.nothing) < (
        1 if own.content.stated else 2
    ):
        pair.doubts.append("a short name")
    if not pair.pack.sure:
        pair.doubts.append("contents not clear")
    elif not pair.pack.same and (own.attributes or title.attributes or own.sizes):
        pair.doubts.append("packs differ")
    return pair


def _rank(pair: _Pair) -> int:
    """Better evidence first; among equal evidence what nothing speaks against."""
    return {"gtin": 0, "model": 2, "title": 4}[pair.by] + bool(pair.against)


def _pack_fit(pair: _Pair) -> int:
    if pair.pack.ratio is None:
        return 0
    return 2 if pair.pack.same and pair.pack.sure else 1


def _price_doubt(own: float | None, offer: float | None, ratio: float | None) -> str:
    if not own or not offer or ratio is None:
        return ""
    share = offer * ratio / own
    return "" if PRICES[0] <= share <= PRICES[1] else "the price is far off"


def _told(pair: _Pair, ratio: float | None) -> str:
    speaks = {"gtin": "same trade item number", "model": "same brand and model number", "title": "like names"}[pair.by]
    packs = "" if ratio is None or ratio == 1 else f"{ratio:.4g} of theirs hold what one of ours does"
    return "; ".join(part for part in (speaks, packs, *pair.against, *pair.doubts) if part)
