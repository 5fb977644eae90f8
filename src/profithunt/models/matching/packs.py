"""What one unit of sale holds: 6 × 330 ml, 2er-Pack, 500 g, 20 Beutel, read from names in several languages.

Two offers of the same goods in packs of different sizes are compared by what they hold: the price of the rival's unit
times `ratio` is the price of what one own unit holds.
"""

# ruff: noqa: E501 - lists of words and letters are read best in one line

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from profithunt.models.matching.words import fold

Kind = Literal["g", "ml"]

_UNITS: Final[dict[str, tuple[Kind, float]]] = {
    **dict.fromkeys(("g", "gr", "gramm", "gram", "grams", "gramme", "grammes", "gramos", "grammi", "gms"), ("g", 1.0)),
    **dict.fromkeys(("kg", "kilo", "kilogramm", "kilogram", "kilos", "kgs"), ("g", 1000.0)),
    **dict.fromkeys(("oz", "ounce", "ounces", "unzen"), ("g", 28.349523)),
    **dict.fromkeys(("lb", "lbs", "pound", "pounds"), ("g", 453.59237)),
    **dict.fromkeys(("ml", "milliliter", "millilitre"), ("ml", 1.0)),
    **dict.fromkeys(("cl",), ("ml", 10.0)),
    **dict.fromkeys(("dl",), ("ml", 100.0)),
    **dict.fromkeys(("l", "lt", "ltr", "liter", "litre", "litres", "liters", "litro", "litros", "litri", "litr", "litra"), ("ml", 1000.0)),
    **dict.fromkeys(("fl oz", "fl. oz", "fl.oz", "floz", "fluid ounces"), ("ml", 29.573530)),
}  # fmt: skip
_PIECES: Final = (
    "stuck|stueck|stk|st|pcs|pc|pieces|piece|pz|pezzi|pezzo|uds|ud|unidades|unita|stuks|szt|sztuk|sztuki|kpl|ct|count|"
    "tabs|tabletten|tablets|tablettes|comprimidos|compresse|kapseln|capsules|capsulas|capsule|caps|blatt|sheets|feuilles|"
    "hojas|fogli|rollen|rolls|rouleaux|rollos|rotoli|rol|beutel|teebeutel|teabags|tea bags|bags|sachets|bustine|bolsitas|"
    "zakjes|wl|waschladungen|washes|lavages|lavaggi|lavados|wasbeurten|pran|pods|windeln|couches|diapers|nappies|panales|"
    "pannolini|luiers|paar|pairs|paires|pares|paia|tucher|wipes|lingettes|pads|kerzen|bougies|batterien|batteries|piles|"
    "pilas|pile|cans|dosen|flaschen|bottles|bouteilles|botellas|bottiglie|flessen|latas|lattine|stick|sticks|riegel|bars|"
    "barres|個|本|袋|枚|入|er"
)
_PACKS: Final = (
    "pack|packs|pk|packung|packungen|pak|paket|paquet|paquete|paquetes|set|kasten|tray|karton|bundle|trager|vorteilspack|"
    "multipack|confezione|confezioni|case|box|opakowan|opakowania"
)
_NUMBER: Final = r"(\d+(?:[.,]\d+)?)"
_UNIT: Final = "|".join(sorted((re.escape(unit) for unit in _UNITS), key=len, reverse=True))
_TIMES: Final = re.compile(
    rf"(?<![\w.,])(\d+)\s*(?:{_PIECES}|{_PACKS})?\s*(?:x|\*|a|@|je|de|da)\s*{_NUMBER}\s*-?({_UNIT})\b(?!\s*/)"
)
_TRIPLE: Final = re.compile(rf"(?<![\w.,])(\d+)\s*(?:x|\*)\s*(\d+)\s*(?:x|\*)\s*{_NUMBER}\s*({_UNIT})\b")
_TURNED: Final = re.compile(rf"(?<![\w.,]){_NUMBER}\s*({_UNIT})\s*(?:x|\*)\s*(\d+)(?!\d|\s*(?:{_UNIT}|cm|mm)\b)")
_AMOUNT: Final = re.compile(rf"(?<![\w.,]){_NUMBER}\s*-?({_UNIT})\b(?!\s*/)")
_COUNTED: Final = re.compile(rf"(?<![\w.,])(\d+)\s*-?(?:{_PIECES})\b(?!\s*-?\s*(?:{_PACKS})\b)")
_COUNTED_CJK: Final = re.compile(r"(\d+)\s*(?:個|本|袋|枚)")
_PACKED: Final = (
    re.compile(rf"(?<![\w.,])(\d+)\s*-?\s*er[\s-]*(?:{_PACKS})\b"),
    re.compile(rf"(?<![\w.,])(\d+)[\s-]*(?:{_PACKS})\b"),
    re.compile(r"\b(?:pack|set|box|case|lot|coffret|carton|karton|paquete|pack|caja|confezione|conf|scatola|zestaw|doos|bundle|paket|tray|kasten|pacote|caixa)\.?\s*(?:of|de|da|a|mit|x|z|van)?\s*(\d+)\b(?!\s*[.,x]?\d)"),
    re.compile(r"(?:^|[\s(,/-])(\d+)\s?x(?=[\s),/-]|$)(?!\s*\d)"),
    re.compile(r"(?<!\d)(?<!\d\s)(?:^|(?<=[\s(,/-]))x\s?(\d+)(?=[\s),/-]|$)(?!\s*(?:cm|mm|m|zoll)\b)"),
)  # fmt: skip
_SAID: Final = {
    2: ("doppelpack", "duopack", "duo pack", "twinpack", "twin pack", "doppelpackung", "zweierpack", "zweier pack", "pack duo", "double pack"),
    3: ("dreierpack", "dreier pack", "triple pack", "triopack", "trio pack", "tripack", "3erpack"),
    4: ("viererpack", "vierer pack", "quad pack"),
    6: ("sechserpack", "sixpack", "six pack", "sechser pack", "half dozen", "halbes dutzend"),
    12: ("dutzend", "dozen", "dozzina", "docena", "douzaine", "zwolferpack"),
}  # fmt: skip
_BASE_PRICE: Final = re.compile(
    r"\([^()]*(?:[€$£]|eur|chf|pln|zl)\s*/?[^()]*\)|\(?\s*(?:1|100|10)\s*(?:kg|g|l|ml|stk|st|pcs)\s*=\s*[€$£]?\s*[\d.,]+\s*[€$£]?\)?"
    r"|[\d.,]+\s*(?:[€$£]|eur)\s*/\s*(?:1|100)?\s*(?:kg|g|l|ml|stk|st)\b|\b(?:je|pro|per|par|por|al)\s+100\s*(?:g|ml)\b"
)
_NETWORK: Final = re.compile(r"[345]g")
_PHONE: Final = re.compile(
    r"\d\s?[gt]b\b|phone|galaxy|pixel|tablet|ipad|router|\blte\b|\bsim\b|smart|modem|xiaomi|redmi"
)
_SAME: Final = 0.02
_MOST: Final = 100_000


@dataclass(frozen=True)
class Content:
    """What one unit of sale holds.

    `amount` of goods in grams or millilitres (`kind`), all packs together; `pieces` where they are counted; `packs` in
    it, 1 where nothing is said. `unclear` where the name says two things that do not agree.
    """

    amount: float | None = None
    kind: Kind | None = None
    pieces: float | None = None
    packs: int = 1
    unclear: bool = False
    stated: bool = False

    @property
    def counted(self) -> float | None:
        """Pieces; where goods are not weighed, the packs are pieces too: 4 Stück and 4-pack are one."""
        return (
            self.pieces
            if self.pieces is not None
            else float(self.packs)
            if self.amount is None and self.packs > 1
            else None
        )

    @property
    def nothing(self) -> bool:
        """Whether nothing is said of what it holds."""
        return not self.stated


@dataclass(frozen=True)
class Comparison:
    """How two contents compare: `ratio` own ÷ other, None where it can't be told; `sure` whether to rely on it."""

    ratio: float | None
    sure: bool

    @property
    def same(self) -> bool:
        """Whether both hold the same."""
        return self.ratio is not None and abs(self.ratio - 1) <= _SAME


def compare(own: Content, other: Content) -> Comparison:
    """How many of the other's units hold what one own unit does."""
    ratios = []
    if own.amount and other.amount and own.kind == other.kind:
        ratios.append(own.amount / other.amount)
    if own.counted and other.counted:
        ratios.append(own.counted / other.counted)
    if not ratios:
        if own.nothing and other.nothing:
            return Comparison(1.0, sure=True)
        known = own.packs == other.packs and (own.nothing or other.nothing)
        return Comparison(1.0 if known else None, sure=False)
    agree = max(ratios) / min(ratios) - 1 <= _SAME
    return Comparison(_tidy(ratios[0]), sure=agree and not (own.unclear or other.unclear))


def _tidy(ratio: float) -> float:
    return 1.0 if abs(ratio - 1) <= _SAME else ratio


@lru_cache(maxsize=65_536)
def content(text: str) -> Content:
    """What a name, a size or a pack size says of what one unit holds."""
    return read(text)[0]


def read(text: str) -> tuple[Content, str]:
    """The content, and the folded text without what said it."""
    folded = _BASE_PRICE.sub(" ", fold(text))
    found, rest = _times(folded)
    packs, rest = _packs(rest)
    pieces, rest = _pieces(rest)
    amounts = [(kind, value) for kind, value, times in found if not times]
    products = [(kind, value) for kind, value, times in found if times]
    if products:
        kind, amount = products[0]
        unclear = any(other != kind or abs(value / amount - 1) > _SAME for other, value in products[1:])
        packs = packs or _times_packs(folded) or 1
        return Content(amount, kind, pieces, packs, unclear, stated=True), rest
    if amounts:
        kind, amount, unclear = _one(amounts)
        return Content(amount * (packs or 1), kind, _of_packs(pieces, packs), packs or 1, unclear, stated=True), rest
    stated = bool(packs and packs > 1) or pieces is not None
    return Content(None, None, _of_packs(pieces, packs), packs or 1, stated=stated), rest


def _of_packs(pieces: float | None, packs: int | None) -> float | None:
    """Pieces in all packs: `2 x 20 Beutel`; as many pieces as packs are one thing said twice."""
    if pieces is None or not packs or pieces == packs:
        return pieces
    return pieces * packs


def _one(amounts: list[tuple[Kind, float]]) -> tuple[Kind, float, bool]:
    """One amount of those said: the same in grams and ounces is no contradiction."""
    kind, amount = amounts[0]
    unclear = any(other == kind and abs(value / amount - 1) > 2 * _SAME for other, value in amounts[1:])
    return kind, amount, unclear


def _times(folded: str) -> tuple[list[tuple[Kind, float, bool]], str]:
    """Amounts with a unit, multiplied out; the flag says whether there was something to multiply."""
    found: list[tuple[Kind, float, bool]] = []

    def take(kind: Kind, value: float, *, times: bool) -> str:
        if 0 < value < _MOST * 1000:
            found.append((kind, value, times))
        return " "

    def triple(match: re.Match[str]) -> str:
        kind, each = _amount(match[3], match[4])
        return take(kind, int(match[1]) * int(match[2]) * each, times=True)

    def product(match: re.Match[str]) -> str:
        kind, each = _amount(match[2], match[3])
        return take(kind, int(match[1]) * each, times=True)

    def turned(match: re.Match[str]) -> str:
        kind, each = _amount(match[1], match[2])
        return take(kind, int(match[3]) * each, times=True)

    def alone(match: re.Match[str]) -> str:
        if _NETWORK.fullmatch(match[0]) and _PHONE.search(folded):
            return match[0]
        kind, each = _amount(match[1], match[2])
        return take(kind, each, times=False)

    rest = _TRIPLE.sub(triple, folded)
    rest = _TIMES.sub(product, rest)
    rest = _TURNED.sub(turned, rest)
    rest = _AMOUNT.sub(alone, rest)
    return found, rest


def _times_packs(folded: str) -> int | None:
    for pattern, place in ((_TRIPLE, 1), (_TIMES, 1), (_TURNED, 3)):
        match = pattern.search(folded)
        if match:
            return min(int(match[place]), _MOST)
    return None


def _amount(number: str, unit: str) -> tuple[Kind, float]:
    kind, size = _UNITS[unit]
    thousands = re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", number) and size == 1.0
    value = float(re.sub(r"[.,]", "", number) if thousands else number.replace(",", "."))
    return kind, value * size


def _packs(rest: str) -> tuple[int | None, str]:
    for count, said in _SAID.items():
        for word in said:
            if re.search(rf"\b{word}\b", rest):
                return count, re.sub(rf"\b{word}\b", " ", rest)
    for pattern in _PACKED:
        match = pattern.search(rest)
        if match and 0 < int(match[1]) <= _MOST:
            return int(match[1]), pattern.sub(" ", rest)
    return None, rest


def _pieces(rest: str) -> tuple[float | None, str]:
    for pattern in (_COUNTED, _COUNTED_CJK):
        # "All in 1 tabs, 60 pieces" holds sixty.
        counts = [int(match[1]) for match in pattern.finditer(rest) if 0 < int(match[1]) <= _MOST]
        if counts:
            return float(next((count for count in counts if count > 1), counts[0])), pattern.sub(" ", rest)
    return None, rest
