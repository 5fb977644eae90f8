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
from collections.abc import Iterable, Sequence
from typing import Final

from rapidfuzz import fuzz, process

from profithunt.models.matching.codes import gtin, is_global, is_outer
from profithunt.models.matching.evidence import (
    Item,
    Pair,
    Seen,
    by_code,
    by_gtin,
    by_title,
    codes_of,
    contradictions,
    hits,
    item_of,
    said,
    same_brand,
    share,
)
from profithunt.models.matching.offers import Level, Match, Offer, Product
from profithunt.models.matching.packs import compare
from profithunt.models.matching.titles import Title, take_apart
from profithunt.models.matching.words import brand_key, brand_words, code_key, fold, is_code, words

DOUBTFUL: Final = 0.5
CLEAR: Final = 0.08
"""By how much the best candidate must be ahead of the next."""
PRICES: Final = (0.4, 2.5)
"""Offer's price like for like ÷ own price within which a match may be sure."""
PACKS: Final = (1 / 24, 24.0)
_CANDIDATES: Final = 12
_COMMON: Final = 2_000
_FEW: Final = 4


class Catalogue:
    """The own SKUs, indexed. Build it once, then match any number of offers."""

    def __init__(self, products: Sequence[Product]) -> None:
        self._items = [item_of(product, place) for place, product in enumerate(products)]
        self._by_gtin: dict[str, list[Item]] = defaultdict(list)
        self._by_code: dict[str, list[Item]] = defaultdict(list)
        self._by_brand_word: dict[tuple[str, str], list[Item]] = defaultdict(list)
        self._by_word: dict[str, list[Item]] = defaultdict(list)
        self._df: Counter[str] = Counter()
        self._brands = {item.brand for item in self._items if item.brand}
        self._brand_words = {tuple(brand_words(product.brand)) for product in products if product.brand}
        self._longest_brand = max((len(said) for said in self._brand_words), default=0)
        self._alike: dict[str, list[str]] = {}
        self._by_brand: dict[str, list[Item]] = defaultdict(list)
        for item in self._items:
            if item.brand:
                self._by_brand[item.brand].append(item)
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
        seen = Seen(offer, title, brand_key(brand), number, codes_of(offer, title))
        weighed = (self._weigh(item, seen) for item in self._candidates(seen))
        return self._decided(offer, [pair for pair in weighed if pair is not None])

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

    def _candidates(self, seen: Seen) -> list[Item]:
        title, found = seen.title, dict[int, Item]()
        for item in self._by_gtin.get(seen.number or "", ()):
            found[item.order] = item
        for code in seen.codes:
            for item in self._by_code.get(code, ())[:_CANDIDATES]:
                found[item.order] = item
        keys = self._brands_like(seen.brand)
        scores: dict[int, float] = defaultdict(float)
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
                scores[item.order] += rare
        for order, _ in sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[:_CANDIDATES]:
            found[order] = self._items[order]
        if len(found) < _FEW:
            found |= {item.order: item for item in self._spelt_like(title, keys)}
        return list(found.values())

    def _spelt_like(self, title: Title, keys: Sequence[str]) -> list[Item]:
        """SKUs of a brand whose names are written like it though no word is the same."""
        listed = [item for key in keys for item in self._by_brand.get(key, ())]
        if not listed or len(listed) > _COMMON:
            return []
        alike = process.extract(
            title.joined, [item.title.joined for item in listed], scorer=fuzz.partial_ratio, limit=_FEW, score_cutoff=55
        )
        return [listed[place] for _, _, place in alike]

    def _brands_like(self, brand: str) -> list[str]:
        """The own brands that a brand may be, and SKUs without any; empty where the offer names none."""
        if not brand:
            return []
        if brand not in self._alike:
            self._alike[brand] = [*sorted(own for own in self._brands if same_brand(own, brand)), ""]
        return self._alike[brand]

    # Evidence

    def _weigh(self, item: Item, seen: Seen) -> Pair | None:
        own, title, brand, number = item.title, seen.title, seen.brand, seen.number
        same_gtin = number is not None and number == item.gtin
        code = is_code(item.code) and item.code in seen.codes
        own_share, offer_share = self._shares(own, title)
        pair = Pair(
            item, "title", min(own_share, 1.0) * 0.6 + min(offer_share, 1.0) * 0.4, compare(own.content, title.content)
        )
        if item.brand and brand and not same_brand(item.brand, brand):
            pair.against.append("another brand")
        contradictions(pair, own, title, item, code=code)
        if same_gtin:
            return by_gtin(pair, number or "", own_share)
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
        if item.code and not code and is_code(code_key(seen.offer.model)) and is_code(item.code):
            pair.doubts.append("another model number")
        if code:
            return by_code(pair, brand, own_share)
        return by_title(pair, brand, own_share, offer_share, own, title)

    def _shares(self, own: Title, offer: Title) -> tuple[float, float]:
        """Shares of what each name says that the other says too; rare words weigh more, empty ones nothing."""
        left, right = said(own), said(offer)
        weights = {word: 1 / math.log(3 + self._df.get(word, 0)) for word in {*left, *right}}
        return share(left, hits(left, own, right, offer), weights), share(right, hits(right, offer, left, own), weights)

    # Decision

    def _decided(self, offer: Offer, pairs: list[Pair]) -> Match:
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


def _rank(pair: Pair) -> int:
    """Better evidence first; among equal evidence what nothing speaks against."""
    return {"gtin": 0, "model": 2, "title": 4}[pair.by] + bool(pair.against)


def _pack_fit(pair: Pair) -> int:
    if pair.pack.ratio is None:
        return 0
    return 2 if pair.pack.same and pair.pack.sure else 1


def _price_doubt(own: float | None, offer: float | None, ratio: float | None) -> str:
    if not own or not offer or ratio is None:
        return ""
    share = offer * ratio / own
    return "" if PRICES[0] <= share <= PRICES[1] else "the price is far off"


def _told(pair: Pair, ratio: float | None) -> str:
    speaks = {"gtin": "same trade item number", "model": "same brand and model number", "title": "like names"}[pair.by]
    packs = "" if ratio is None or ratio == 1 else f"{ratio:.4g} of theirs hold what one of ours does"
    return "; ".join(part for part in (speaks, packs, *pair.against, *pair.doubts) if part)
