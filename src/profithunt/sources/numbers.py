"""Text that people wrote as numbers, exactly: decimal comma, thousands, currency, parentheses, minus, per cent.

Which sign is the decimal one is decided over the whole column, then over the whole file, never cell by cell; cells that
contradict the rest are not numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from profithunt.schema import sql_type
from profithunt.sources.templates import call, cast, fill, text
from profithunt.sources.words import words

if TYPE_CHECKING:
    from profithunt.config import Parse

_FROM = "−–\u2010\u2011\u00a0\u202f\u2009\u2007’`\u00b4"
_TO = "----    '''"


@dataclass(frozen=True)
class NumberStyle:
    """How one column writes numbers.

    `plain`: only digits and a point in every cell; `marked`: letters or currency signs occur; `mixed`: both signs do.
    """

    decimal: str = "."
    thousands: str | None = None
    marked: bool = False
    mixed: bool = False
    plain: bool = False


@dataclass(frozen=True)
class NumberEvidence:
    """Counts over one column: filled cells, plain numbers, proofs of a decimal comma and point, cells with letters."""

    n: int
    plain: int
    comma: int
    point: int
    marked: int


def decide(evidence: dict[str, NumberEvidence], settings: Parse) -> dict[str, NumberStyle]:
    """The style of each column: settings first, then its own cells, then the other columns of the file."""
    commas = sum(item.comma > item.point for item in evidence.values())
    points = sum(item.point > item.comma for item in evidence.values())
    usual = "," if commas > points else "."
    styles: dict[str, NumberStyle] = {}
    for key, item in evidence.items():
        own = "," if item.comma > item.point else "." if item.point > item.comma else usual
        decimal = settings.decimal or own
        mixed = min(item.comma, item.point) > 0
        plain = item.plain == item.n and decimal == "."
        styles[key] = NumberStyle(decimal, settings.thousands, marked=item.marked > 0, mixed=mixed, plain=plain)
    return styles


def value(cell: exp.Expr, kind: str, style: NumberStyle) -> exp.Expr:
    """A cleaned text cell as a number of the house's type `kind`; null where it is none."""
    target = "DECIMAL(18, 6)" if kind == "macro" else sql_type(kind)
    decimal = "DECIMAL(38, 4)" if kind == "int" else target
    if style.plain:
        tried: exp.Expr = cast(cell, decimal, strict=False)
        return whole(tried) if kind == "int" else finite(tried) if kind == "rate" else tried
    tried = cast(_written(cell, style), decimal, strict=False)
    if style.decimal == ".":
        tried = exp.Coalesce(this=cast(cell, decimal, strict=False), expressions=[tried])
    if kind == "int":
        return whole(tried)
    if kind != "rate":
        return tried
    share = exp.Div(
        this=cast(_written(call("rtrim", cell, text("% ")), style), "DOUBLE", strict=False),
        expression=exp.Literal.number(100),
    )
    with_share = exp.Case().when(call("suffix", cell, text("%")), share).else_(tried)
    return finite(with_share)


def whole(number: exp.Expr) -> exp.Expr:
    """A number as an integer; null when it has a fraction."""
    is_whole = exp.EQ(this=number.copy(), expression=exp.Floor(this=number.copy()))
    return exp.Case().when(is_whole, cast(number, "BIGINT", strict=False))


def finite(number: exp.Expr) -> exp.Expr:
    """A double; null where it is infinite or not a number."""
    return exp.Case().when(call("isfinite", number), number.copy())


def _written(cell: exp.Expr, style: NumberStyle) -> exp.Expr:
    normal = fill("number_normal", value=cell, **{"from": text(_FROM)}, to=text(_TO), currency=text(_currency()))
    point = re.escape(style.decimal)
    if style.thousands is not None:
        group = re.escape(style.thousands.replace("\u00a0", " ").replace("’", "'")) or " "
    else:
        group = "[ ',]" if style.decimal == "." else "[ '.]"
    indian = r"|\d{1,2}(?:,\d{2})+,\d{3}" if style.decimal == "." and style.thousands is None else ""
    pattern = rf"\(?\s*[-+]?\s*(?:\d+|\d{{1,3}}(?:{group}\d{{3}})+{indian})?(?:{point}\d*)?\s*-?\s*\)?"
    return fill(
        "number_text",
        value=normal,
        pattern=text(pattern),
        strip=text(f"[^0-9{point}]"),
        decimal=text(style.decimal),
    )


def _currency() -> str:
    known = words()["currencies"]
    signs = [re.escape(sign) for sign in words()["signs"]]
    return r"(?i)" + "|".join([r"R\$", *known["ambiguous"], *signs, r"\p{Sc}", *known["codes"]])


def foreign(cell: exp.Expr, allowed: set[str]) -> exp.Expr:
    """Whether a cell names a currency that is neither the shop's nor has an exchange rate."""
    codes = [code for code in words()["currencies"]["codes"] if code not in allowed]
    signs = [re.escape(sign) for sign, code in words()["signs"].items() if code not in allowed]
    return call("regexp_matches", cell, text("(?i)" + "|".join([*signs, *codes])))


def reason(cell: exp.Expr, kind: str, style: NumberStyle) -> exp.Expr:
    """Why a filled cell is no number of this kind, in words."""
    other = "not a number"
    if style.mixed:
        sign = "comma" if style.decimal == "," else "point"
        other = f"not a number: this column writes decimals with a {sign}"
    too_large = "not a whole number" if kind == "int" else "number out of range"
    return fill(
        "number_reason", value=cell, range=text(too_large if style.decimal == "." else other), other=text(other)
    )
