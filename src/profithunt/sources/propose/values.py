"""What single values look like: numbers, dates, times, truth values, codes. Patterns, no conversion."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

_NUMBER: Final = re.compile(
    r"^\(?[-+−]?\s*(?:[A-Z]{3}|R\$|kr|zł|[€$£¥])?\s*[-+−]?(\d[\d.,'\u00a0\u202f ]*)\s*"
    r"(?:[A-Z]{3}|kr|zł|[€$£¥円%])?\)?-?$"
)
_NEGATIVE: Final = re.compile(r"^[\s(A-Z$€£¥]*[-−(]|-$")
_TIME_TAIL: Final = (
    r"(?:[T ,]+\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[.,]\d+)?\s*(?:[AaPp]\.?[Mm]\.?)?\s*(?:Z|UTC|[+-]\d{2}:?\d{2})?)?"
)
_ISO: Final = re.compile(rf"^(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME_TAIL}$")
_DAY_FIRST: Final = re.compile(rf"^(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}|\d{{2}}){_TIME_TAIL}$")
_COMPACT: Final = re.compile(r"^(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(\d{4}|\d{6})?$")
_WORDED: Final = re.compile(rf"^(?:\w+,? )?(\d{{1,2}})[ -.]+([^\W\d]{{3,10}})[ -.,]+(\d{{2}}|\d{{4}}){_TIME_TAIL}$")
_WORDED_US: Final = re.compile(rf"^(?:\w+,? )?([^\W\d]{{3,10}})\.? (\d{{1,2}}),? (\d{{4}}){_TIME_TAIL}$")
_EAST: Final = re.compile(rf"^(\d{{4}})年(\d{{1,2}})月(\d{{1,2}})日{_TIME_TAIL}$")
_CLOCK: Final = re.compile(r"^([01]?\d|2[0-3])[:h][0-5]\d(:[0-5]\d)?(\s*[AaPp][Mm])?$")
_EMAIL: Final = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
_POSTCODE: Final = re.compile(r"^'?(?=.*\d)[A-Z0-9]{2,5}([ -]?[A-Z0-9]{2,4})?$", re.IGNORECASE)
_CODES: Final[dict[str, list[str]]] = tomllib.loads((files(__package__) / "codes.toml").read_text("utf-8"))
COUNTRIES: Final = frozenset(_CODES["countries"])
CURRENCIES: Final = frozenset(_CODES["currencies"])
_TRUTH: Final = frozenset(_CODES["truths"])


@dataclass(frozen=True)
class Writing:
    """How a column's numbers are written: the decimal sign where the values show it; `doubtful` when they can't."""

    decimal: str | None = None
    doubtful: bool = False


def is_number(value: str) -> bool:
    """Whether a value is a number with or without separators, sign, currency or per cent."""
    return bool(_NUMBER.match(value.strip()))


def is_email(value: str) -> bool:
    """Whether a value is an e-mail address."""
    return bool(_EMAIL.match(value))


def is_postcode(value: str) -> bool:
    """Whether a value could be a postal code: short, with digits, no sentence."""
    return len(value) <= 10 and bool(_POSTCODE.match(value.strip()))


def is_truth(value: str) -> bool:
    """Whether a value is a truth value in some language."""
    return value.strip().casefold() in _TRUTH


def is_country(value: str) -> bool:
    """Whether a value is a country's code or name in some language."""
    return value.strip().casefold() in COUNTRIES


def is_clock(value: str) -> bool:
    """Whether a value is a time of day."""
    return bool(_CLOCK.match(value.strip()))


def is_date(value: str) -> bool:
    """Whether a value is a day, or a day and time."""
    text = value.strip()
    if match := _ISO.match(text) or _EAST.match(text):
        return _possible(int(match[1]), int(match[2]), int(match[3]))
    if match := _DAY_FIRST.match(text):
        first, second = int(match[1]), int(match[3])
        return min(first, second) >= 1 and max(first, second) <= 31 and min(first, second) <= 12
    return bool(_COMPACT.match(text) or _WORDED.match(text) or _WORDED_US.match(text))


def _possible(year: int, month: int, day: int) -> bool:
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return 1900 <= year <= 2100


def date_order(values: Iterable[str]) -> str | None:
    """`dmy` or `mdy` where numeric dates show it, `?` where they don't, None where there is no question."""
    first_high = second_high = seen = 0
    dotted = False
    for value in values:
        match = _DAY_FIRST.match(value.strip())
        if match is None:
            continue
        seen += 1
        dotted |= match[2] == "."
        first_high += int(match[1]) > 12
        second_high += int(match[3]) > 12
    if not seen:
        return None
    if first_high or second_high:
        return "dmy" if first_high >= second_high else "mdy"
    return "dmy" if dotted else "?"


def writing(values: Sequence[str]) -> Writing:
    """The decimal sign that a column's numbers show."""
    seen: Counter[str] = Counter()
    odd = 0
    for value in values:
        match = _NUMBER.match(value.strip())
        if match is None:
            continue
        digits = match[1].strip()
        marks = [sign for sign in digits if sign in ".,"]
        if not marks:
            continue
        last = marks[-1]
        tail = digits.rpartition(last)[2]
        if len(set(marks)) == 2:
            seen[last] += 1
        elif len(marks) > 1:
            seen["," if last == "." else "."] += 0
        elif len(tail) == 3 and not digits.startswith("0"):
            odd += 1
        else:
            seen[last] += 1
    if seen and max(seen.values()) > 0:
        return Writing(seen.most_common(1)[0][0])
    return Writing(None, doubtful=odd > 0)


def number(value: str, decimal: str | None) -> float | None:
    """The number that a value means, given the column's decimal sign; None when it is none."""
    text = value.strip()
    match = _NUMBER.match(text)
    if match is None:
        return None
    digits = re.sub(r"['\u00a0\u202f ]", "", match[1])
    if decimal == ",":
        digits = digits.replace(".", "").replace(",", ".")
    else:
        digits = digits.replace(",", "")
        if digits.count(".") > 1:
            digits = digits.replace(".", "")
    try:
        result = float(digits)
    except ValueError:
        return None
    return -result if _NEGATIVE.search(text) else result
