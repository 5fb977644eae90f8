"""Trade item numbers: GTIN-8, -12 (UPC), -13 (EAN), -14 and ISBN brought to one form, and judged.

Source: GS1 General Specifications, check digit (section 7.9), restricted circulation numbers (section 2.1).
"""

from __future__ import annotations

import re
from typing import Final

LENGTHS: Final = (8, 12, 13, 14)
_ISBN_10: Final = re.compile(r"^\d{9}[\dX]$")
_SEPARATORS: Final = re.compile(r"[\s\-–.]|^(?:EAN|GTIN|UPC|ISBN)(?:-?1[0-4]|-?8)?:?\s*", re.IGNORECASE)


def check_digit(digits: str) -> int:
    """The last digit that a number without it must have: weights 3 and 1 from the right."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return -total % 10


def gtin(text: str | None) -> str | None:
    """A trade item number as 14 digits; None for what is none: wrong length, wrong check digit, letters, all zeros."""
    if not text:
        return None
    bare = _SEPARATORS.sub("", text.strip()).upper()
    if _ISBN_10.match(bare):
        return _from_isbn_10(bare)
    if not bare.isascii() or not bare.isdigit() or len(bare) not in LENGTHS or not int(bare):
        return None
    return bare.zfill(14) if check_digit(bare[:-1]) == int(bare[-1]) else None


def is_global(number: str) -> bool:
    """Whether a normalised number means the same everywhere: not one of those that a shop gives out for itself."""
    if number.startswith("0" * 6):
        return number[6] not in "02"
    return not number[1:].startswith(("2", "02", "04", "05", "98", "99"))


def is_outer(number: str) -> bool:
    """Whether a normalised number names a carton of a trade item rather than the item."""
    return number[0] != "0"


def _from_isbn_10(bare: str) -> str | None:
    values = [10 if digit == "X" else int(digit) for digit in bare]
    if sum(value * (10 - place) for place, value in enumerate(values)) % 11:
        return None
    body = f"978{bare[:9]}"
    return f"0{body}{check_digit(body)}"
