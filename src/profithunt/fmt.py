"""The only number formatter: how every figure reads, in the terminal, in the report and on the pages.

Three significant digits ($95.5k, $1.35M); exact cents on order rows only; a true minus, the sign before the currency;
a plus only for changes; rates change in basis points, amounts in per cent; an estimate never without its range;
what is missing is "–", never zero. Pure functions, no locale, commercial rounding (half away from zero).
"""

from __future__ import annotations

import datetime as dt
import math
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Final

Amount = Decimal | int | float | str | None
"""A figure as it comes out of a run: exact, a ratio, a decimal string from JSON, or missing."""

MISSING: Final = "–"
MINUS: Final = "−"
NBSP: Final = "\u00a0"

SUFFIXES: Final = ("", "k", "M", "B", "T")
SIZES: Final = ("B", "kB", "MB", "GB", "TB")

SYMBOLS: Final = {
    "AUD": "A$", "BRL": "R$", "CAD": "CA$", "CNY": "CN¥", "EUR": "€", "GBP": "£", "HKD": "HK$", "ILS": "₪",
    "INR": "₹", "JPY": "¥", "KRW": "₩", "MXN": "MX$", "NGN": "₦", "NZD": "NZ$", "PHP": "₱", "SGD": "S$",
    "THB": "฿", "TRY": "₺", "TWD": "NT$", "UAH": "₴", "USD": "$", "VND": "₫", "ZAR": "R",
}  # fmt: skip
"""Currencies that have a sign of their own; all others are written as their code and a space."""

DECIMALS: Final = {
    "BHD": 3, "CLP": 0, "HUF": 0, "IDR": 0, "IQD": 3, "ISK": 0, "JOD": 3, "JPY": 0, "KRW": 0, "KWD": 3, "OMR": 3,
    "PYG": 0, "TND": 3, "UGX": 0, "VND": 0,
}  # fmt: skip
"""Decimals of the smallest coin where they are not two (ISO 4217; forint and rupiah as they are used)."""

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SMALLEST: Final = "0.01%"
WHOLE: Final = 100
KILO: Final = 1000
SHORT: Final = 10
MINUTE: Final = 60
HOUR: Final = 3600

LARGEST: Final = 310
"""Digits before the point beyond which no double goes; a figure with more of them is no figure."""

_EXACT: Final = Context(prec=LARGEST + 10, rounding=ROUND_HALF_UP)


def to_decimal(value: Amount) -> Decimal | None:
    """The figure as a decimal; None for what is missing, not a number or without end."""
    if value is None:
        return None
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < LARGEST else None


def _signed(figure: Decimal, text: str, before: str = "", *, plus: bool = False) -> str:
    """The text of a figure behind its sign (and `before`, its currency); what is shown as zero has no sign."""
    shown = any(digit in text for digit in "123456789")
    sign = "" if not shown else MINUS if figure < 0 else "+" if plus else ""
    return f"{sign}{before}{text}"


def _short(number: Decimal, decimals: int | None = None) -> str:
    """Three significant digits of a figure that is not negative, with k, M, B or T; `decimals` at most, if given."""
    quantum = number.adjusted() - 2 if number else -2
    if decimals is not None:
        quantum = max(quantum, -decimals)
    rounded = number.quantize(Decimal(1).scaleb(quantum), context=_EXACT)
    if not rounded:
        return "0" if not number or decimals in (None, 0) else f"{rounded:f}"
    size = rounded.adjusted()
    group = min(max(size, 0) // 3, len(SUFFIXES) - 1)
    places = max(0, 2 - (size - 3 * group))
    if decimals is not None and group == 0:
        places = min(places, decimals)
    scaled = rounded.scaleb(-3 * group, context=_EXACT).quantize(Decimal(1).scaleb(-places), context=_EXACT)
    return f"{scaled:,f}{SUFFIXES[group]}"


def _symbol(currency: str) -> str:
    return SYMBOLS.get(currency, currency + NBSP)


def money(amount: Amount, currency: str = "USD", *, plus: bool = False) -> str:
    """An amount with three significant digits: `$95.5k`, `−€1.35M`; `plus` only where it is a change."""
    number = to_decimal(amount)
    if number is None:
        return MISSING
    return _signed(number, _short(abs(number), DECIMALS.get(currency, 2)), _symbol(currency), plus=plus)


def money_exact(amount: Amount, currency: str = "USD", *, plus: bool = False) -> str:
    """An amount to the cent, for order rows and control totals: `−$1,234.50`."""
    number = to_decimal(amount)
    if number is None:
        return MISSING
    cents = abs(number).quantize(Decimal(1).scaleb(-DECIMALS.get(currency, 2)), context=_EXACT)
    return _signed(number, f"{cents:,f}", _symbol(currency), plus=plus)


def money_range(low: Amount, high: Amount, currency: str = "USD") -> str:
    """The range of an estimate, tenth to ninetieth percentile: `$1.20k to $3.40k`."""
    if to_decimal(low) is None or to_decimal(high) is None:
        return "range unknown"
    return f"{money(low, currency)} to {money(high, currency)}"


def estimate(value: Amount, low: Amount, high: Amount, currency: str = "USD") -> str:
    """An estimate, which never goes without its range: `$2.30k ($1.20k to $3.40k)`."""
    if to_decimal(value) is None:
        return MISSING
    return f"{money(value, currency)} ({money_range(low, high, currency)})"


def number(value: Amount, *, plus: bool = False) -> str:
    """A figure without a unit, three significant digits: `1.35M`, `0.0123`."""
    figure = to_decimal(value)
    if figure is None:
        return MISSING
    return _signed(figure, _short(abs(figure)), plus=plus)


def count(value: Amount) -> str:
    """A number of things, in full: `1,469,307`; a part of a thing (weighed goods) keeps up to two decimals."""
    figure = to_decimal(value)
    if figure is None:
        return MISSING
    rounded = abs(figure).quantize(Decimal("0.01"), context=_EXACT)
    whole = rounded == rounded.to_integral_value()
    text = f"{rounded.quantize(Decimal(1), context=_EXACT):,f}" if whole else f"{rounded:,f}".rstrip("0")
    return _signed(figure, text)


def counted(value: Amount, one: str, many: str | None = None) -> str:
    """A number of named things: `1 order`, `1,204 orders`, `2 categories`."""
    figure = to_decimal(value)
    noun = one if figure is not None and figure == 1 else many or f"{one}s"
    return f"{count(value)} {noun}"


def share(rate: Amount) -> str:
    """A part of a whole, given in 0–1, in per cent with three significant digits at most: `25.4%`, `0.30%`."""
    figure = to_decimal(rate)
    if figure is None:
        return MISSING
    percent = abs(figure) * 100
    places = 0 if percent >= WHOLE else 1 if percent >= 10 - Decimal("0.05") or not percent else 2
    text = f"{percent.quantize(Decimal(1).scaleb(-places), context=_EXACT):,f}" if percent else "0"
    if percent and not Decimal(text.replace(",", "")):
        return f"<{SMALLEST}"
    return _signed(figure, f"{text}%")


def basis_points(before: Amount, after: Amount) -> str:
    """The change of a rate, both given in 0–1: `+120 bp`."""
    old, new = to_decimal(before), to_decimal(after)
    if old is None or new is None:
        return MISSING
    points = ((new - old) * 10_000).quantize(Decimal(1), context=_EXACT)
    return _signed(points, f"{abs(points):,f} bp", plus=True)


def change(before: Amount, after: Amount) -> str:
    """The change of an amount in per cent of what it was: `+12.3%`; missing where there was nothing or a loss."""
    old, new = to_decimal(before), to_decimal(after)
    if old is None or new is None or old <= 0:
        return MISSING
    rate = (new - old) / old
    return _signed(rate, share(abs(rate)), plus=True)


SCALES: Final = {"BB": (9, "B"), "MM": (6, "M"), "KK": (3, "K"), "%": (-2, "%"), "bps": (-4, "bps"), "": (0, "")}
"""Units that a deck may ask for: powers of ten that a figure is divided by, and what is written after it."""


def scaled(value: Amount, scaling: str, *, plus: bool = False) -> str:
    """A figure as a deck asks for it: `##.2MM` gives 12.64M, `##.1%` of 0.0264 gives 2.6%, `##bps` 264bps."""
    figure = to_decimal(value)
    if figure is None:
        return MISSING
    form = scaling.removeprefix("##")
    places = int(form[1]) if form.startswith(".") else 0
    power, unit = SCALES[form[2:] if form.startswith(".") else form]
    text = f"{abs(figure).scaleb(-power).quantize(Decimal(1).scaleb(-places), context=_EXACT):,f}{unit}"
    return _signed(figure, text, plus=plus)


def measured(value: Amount, unit: str, currency: str = "USD", *, plus: bool = False) -> str:
    """A metric's figure in its unit: `count`, `money`, `share` (0–1), `days`, `hours`, `minutes` or a plain number."""
    figure = to_decimal(value)
    if figure is None:
        return MISSING
    if unit == "money":
        return money(figure, currency, plus=plus)
    if unit == "share":
        return _signed(figure, share(abs(figure)), plus=plus)
    if unit == "count" and abs(figure) < KILO:
        return _signed(figure, count(abs(figure)), plus=plus)
    after = {"days": " d", "hours": " h", "minutes": " min"}.get(unit, "")
    return f"{number(figure, plus=plus)}{after}"


def points(value: Amount) -> str:
    """A change that is in basis points already: `−35 bp`."""
    figure = to_decimal(value)
    if figure is None:
        return MISSING
    rounded = figure.quantize(Decimal(1), context=_EXACT)
    return _signed(rounded, f"{abs(rounded):,f} bp", plus=True)


def growth(value: Amount) -> str:
    """A change that is a share of what was before already: `+12.3%`."""
    figure = to_decimal(value)
    return MISSING if figure is None else _signed(figure, share(abs(figure)), plus=True)


def failed(n_failed: Amount, n_all: Amount, one: str = "customer", many: str | None = None) -> str:
    """A share of failures, always beside the number of those failed: `1,234 of 411,000 customers (0.30%)`."""
    some, everyone = to_decimal(n_failed), to_decimal(n_all)
    if some is None or everyone is None:
        return MISSING
    text = f"{count(some)} of {counted(everyone, one, many)}"
    return text if not everyone else f"{text} ({share(some / everyone)})"


def duration(seconds: float | None) -> str:
    """A length of time for people: `0.4 s`, `12 s`, `2 min 5 s`, `1 h 3 min`."""
    if seconds is None or not math.isfinite(seconds):
        return MISSING
    whole = round(seconds)
    if whole < SHORT:
        return f"{max(seconds, 0.0):.1f} s"
    if whole < MINUTE:
        return f"{whole} s"
    minutes, rest = divmod(whole, MINUTE)
    if whole < HOUR:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours:,} h {minutes} min" if minutes else f"{hours:,} h"


def size(n_bytes: int | None) -> str:
    """How big a file is: `812 B`, `13.2 MB`."""
    if n_bytes is None:
        return MISSING
    group, value = 0, Decimal(n_bytes)
    while round(value) >= KILO and group < len(SIZES) - 1:
        group, value = group + 1, value / KILO
    return f"{value:.1f} {SIZES[group]}" if group and round(value) < WHOLE else f"{value:.0f} {SIZES[group]}"


def day(value: dt.date | str | None) -> str:
    """A day as 2017-12-31; a time is cut to its day."""
    if value is None or value == "":
        return MISSING
    return value[:10] if isinstance(value, str) else f"{value:%Y-%m-%d}"


def month(value: dt.date | str | None) -> str:
    """A month as `Dec 2017`, from any of its days (or `2017-12`); another text stays as it is."""
    if value is None or value == "":
        return MISSING
    if isinstance(value, str):
        try:
            return month(dt.date.fromisoformat(f"{value[:7]}-01"))
        except ValueError:
            return value
    return f"{MONTHS[value.month - 1]} {value.year}"
