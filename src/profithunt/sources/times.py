"""Text that people wrote as times: ISO, day or month first, month names, epochs, spreadsheet serials, zones → UTC.

Whether 03/04 is in March or April is decided over the whole column, then over the other columns of the file, then by
the shop's currency (US dollar: month first), never cell by cell; cells that contradict the rest are not times.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from profithunt.sources.templates import call, cast, either, text
from profithunt.sources.words import month_words

if TYPE_CHECKING:
    from profithunt.config import Parse

ZONED = r"\d{2}:\d{2}.*(Z|z|UTC|GMT|[+-]\d{2}(:?\d{2})?)$"
_TIME = re.compile(r"^(?P<gap>,? |,? ?a ?|, )(?P<h>9{1,2}):99(?P<s>:99)?(?P<f>\.9{1,6})?(?P<p> ?a)?$")
_SEPARATOR = r"(?P<x>[/.\- ]|\. )"
_NUMERIC = re.compile(rf"^(?:9{{1,2}}){_SEPARATOR}(?:9{{1,2}})(?P=x)(?P<y>9999|99)")
_YEAR_FIRST = re.compile(rf"^9999{_SEPARATOR}9{{1,2}}(?P=x)9{{1,2}}")
_NAMED = re.compile(r"^9{1,2}(?P<a>\.? ?[-/., ]? ?)a99(?P<b>,? ?[-/., ]? ?)(?P<y>9999|99)")
_NAME_FIRST = re.compile(r"^a99(?P<a>[ .\-/]{1,2})9{1,2}(?P<b>[, .\-/]{1,2})(?P<y>9999|99)")
_MONTH_ONLY = re.compile(r"^(?:a99|9{1,2})(?P<a>[ .\-/]{1,2})(?P<y>9999|99)$")
_DIGITS = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_EPOCH = {10: 1_000_000, 13: 1_000, 16: 1}
_SERIAL = re.compile(r"^9{5}(\.9+)?$")
_EXCEL_EPOCH = -2_209_161_600_000_000


@dataclass(frozen=True)
class Shape:
    """Cells of one shape: how many, how many can only be day first, how many only month first."""

    shape: str
    n: int
    day_first: int = 0
    month_first: int = 0


@dataclass(frozen=True)
class TimeEvidence:
    """Counts over one column: filled cells, ISO ones, ISO ones with a zone; and the shapes of the others."""

    n: int
    iso: int
    zoned: int
    shapes: tuple[Shape, ...] = ()

    @property
    def order(self) -> str:
        """`dmy`, `mdy`, or nothing where no cell tells."""
        day, month = sum(item.day_first for item in self.shapes), sum(item.month_first for item in self.shapes)
        if not day and not month:
            return ""
        return "mdy" if month > day else "dmy"


@dataclass(frozen=True)
class TimeStyle:
    """How one column writes times: which readers are tried. `guessed`: nothing told day from month."""

    zone: str
    iso: bool = True
    zoned: bool = False
    formats: tuple[str, ...] = ()
    epochs: tuple[int, ...] = ()
    serial: bool = False
    names: bool = False
    order: str = ""
    guessed: bool = False
    mixed: bool = False


def decide(evidence: dict[str, TimeEvidence], settings: Parse, *, zone: str, currency: str) -> dict[str, TimeStyle]:
    """The style of each column: settings, then its own cells, then the file's other columns, then the currency."""
    orders = [item.order for item in evidence.values() if item.order]
    in_file = max(set(orders), key=lambda order: (orders.count(order), order)) if orders else ""
    return {key: _style(item, settings, in_file, zone, currency) for key, item in evidence.items()}


def _style(item: TimeEvidence, settings: Parse, in_file: str, zone: str, currency: str) -> TimeStyle:
    zone = settings.timezone or zone
    asked = settings.dates or ""
    if "%" in asked:
        return TimeStyle(zone, iso=False, formats=(asked,), names="%b" in asked.lower(), order=asked)
    ambiguous = [shape.shape for shape in item.shapes if _NUMERIC.match(shape.shape)]
    dotted = bool(ambiguous) and all("." in shape[:3] for shape in ambiguous)
    default = "dmy" if dotted or currency != "USD" else "mdy"
    order = asked or item.order or in_file or default
    formats = dict.fromkeys(found for shape in item.shapes if (found := form(shape.shape, order)))
    lengths = {len(shape.shape) for shape in item.shapes if set(shape.shape) == {"9"}}
    return TimeStyle(
        zone=zone,
        iso=item.iso > 0 or item.zoned > 0 or not item.shapes,
        zoned=item.zoned > 0,
        formats=tuple(formats),
        epochs=tuple(sorted(lengths & set(_EPOCH))),
        serial=any(_SERIAL.match(shape.shape) for shape in item.shapes),
        names=any("a99" in shape.shape for shape in item.shapes),
        order=order,
        guessed=bool(ambiguous) and not (asked or item.order or in_file or dotted),
        mixed=any(s.day_first for s in item.shapes) and any(s.month_first for s in item.shapes),
    )


def form(shape: str, order: str) -> str:
    """The strptime format of a shape, e.g. `99/99/9999 9:99 a` → `%m/%d/%Y %I:%M %p`; nothing when it is no time."""
    if set(shape) == {"9"}:
        return _DIGITS.get(len(shape), "")
    date, rest = _date(shape, order)
    if not date:
        return ""
    if not rest:
        return date
    match = _TIME.match(rest)
    if match is None:
        return ""
    hour = "%I" if match["p"] else "%H"
    gap = match["gap"].replace("a", "T") if match["gap"].strip() == "a" and " " not in match["gap"] else match["gap"]
    if "a" in gap:
        return ""
    tail = (":%S" if match["s"] else "") + (".%f" if match["f"] else "")
    return f"{date}{gap}{hour}:%M{tail}" + (match["p"].replace("a", "%p") if match["p"] else "")


def _date(shape: str, order: str) -> tuple[str, str]:
    if match := _YEAR_FIRST.match(shape):
        x = match["x"]
        return f"%Y{x}%m{x}%d", shape[match.end() :]
    if match := _NUMERIC.match(shape):
        x, year = match["x"], _year(match["y"])
        parts = {"dmy": ("%d", "%m", year), "mdy": ("%m", "%d", year), "ymd": ("%y", "%m", "%d")}[order]
        return x.join(parts), shape[match.end() :]
    if match := _NAMED.match(shape):
        return f"%d{match['a']}M%m{match['b']}{_year(match['y'])}", shape[match.end() :]
    if match := _NAME_FIRST.match(shape):
        return f"M%m{match['a']}%d{match['b']}{_year(match['y'])}", shape[match.end() :]
    if match := _MONTH_ONLY.match(shape):
        return ("M%m" if shape[0] == "a" else "%m") + match["a"] + _year(match["y"]), shape[match.end() :]
    return "", ""


def _year(digits: str) -> str:
    return "%Y" if len(digits) == 4 else "%y"


def local(cell: exp.Expr, style: TimeStyle) -> exp.Expr:
    """A cleaned text cell as the time on the wall in its own zone; null where it is none."""
    return _coalesced(_readers(cell, style, zoned=_in_zone(cell, style.zone)))


def utc(cell: exp.Expr, style: TimeStyle) -> exp.Expr:
    """A cleaned text cell as UTC; null where it is none."""
    readers = _readers(cell, style, zoned=None)
    value = to_utc(_coalesced(readers), style.zone)
    return _zoned_first(cell, _in_zone(cell, "UTC"), value) if style.zoned else value


def to_utc(tree: exp.Expr, zone: str) -> exp.Expr:
    """A time on the wall of `zone` as UTC."""
    if zone in ("UTC", "Etc/UTC"):
        return tree
    return exp.AtTimeZone(this=exp.AtTimeZone(this=exp.Paren(this=tree), zone=text(zone)), zone=text("UTC"))


def _on_wall(tree: exp.Expr, zone: str) -> exp.Expr:
    """A UTC time as the time on the wall of `zone`."""
    if zone in ("UTC", "Etc/UTC"):
        return tree
    return exp.AtTimeZone(this=exp.AtTimeZone(this=exp.Paren(this=tree), zone=text("UTC")), zone=text(zone))


def _in_zone(cell: exp.Expr, zone: str) -> exp.Expr:
    joined = call("regexp_replace", cell, text(r"\s+([+-]\d{2}(:?\d{2})?)$"), text(r"\1"))
    return exp.AtTimeZone(this=cast(joined, "TIMESTAMPTZ", strict=False), zone=text(zone))


def _zoned_first(cell: exp.Expr, zoned: exp.Expr, other: exp.Expr) -> exp.Expr:
    return exp.Case().when(call("regexp_matches", cell, text(ZONED)), zoned).else_(other)


def _readers(cell: exp.Expr, style: TimeStyle, zoned: exp.Expr | None) -> list[exp.Expr]:
    readers: list[exp.Expr] = []
    if style.iso:
        plain: exp.Expr = cast(cell, "TIMESTAMP", strict=False)
        if style.formats:
            # The engine would read 25-12-24 as a day of the year 25.
            plain = exp.Case().when(call("regexp_matches", cell, text(r"^\d{4}[-/]")), plain)
        readers.append(_zoned_first(cell, zoned, plain) if style.zoned and zoned is not None else plain)
    if style.formats:
        written = month_words(cell) if style.names else cell.copy()
        formats = exp.Array(expressions=[text(item) for item in style.formats])
        if style.names and "%b" in style.order.lower():
            written = cell.copy()
        readers.append(call("try_strptime", written, formats))
    for length in style.epochs:
        digits = call("regexp_full_match", cell, text(rf"\d{{{length}}}"))
        micros = exp.Mul(this=cast(cell, "BIGINT", strict=False), expression=exp.Literal.number(_EPOCH[length]))
        readers.append(exp.Case().when(digits, _on_wall(call("make_timestamp", micros), style.zone)))
    if style.serial:
        serial = call("regexp_full_match", cell, text(r"[1-9]\d{4}(\.\d+)?"))
        seconds = exp.Mul(this=cast(cell, "DOUBLE", strict=False), expression=exp.Literal.number(86_400))
        whole = cast(exp.Round(this=seconds), "BIGINT")
        micros = exp.Mul(this=whole, expression=exp.Literal.number(1_000_000))
        since_1970 = exp.Add(this=micros, expression=exp.Literal.number(_EXCEL_EPOCH))
        readers.append(exp.Case().when(serial, call("make_timestamp", since_1970)))
    return readers or [cast(cell, "TIMESTAMP", strict=False)]


def _coalesced(readers: list[exp.Expr]) -> exp.Expr:
    return readers[0] if len(readers) == 1 else exp.Coalesce(this=readers[0], expressions=readers[1:])


def reason(style: TimeStyle) -> str:
    """What a filled cell that is no time is told."""
    if style.order and style.mixed:
        first = "month" if style.order == "mdy" else "day"
        return f"not a time: most of this column writes the {first} first"
    return "not a time"


def implausible(tree: exp.Expr) -> exp.Expr:
    """Whether a time lies before 1900 or after 2100: a placeholder or a slip, not when something happened."""
    return either(
        exp.LT(this=tree.copy(), expression=cast(text("1900-01-01"), "TIMESTAMP")),
        exp.GT(this=tree.copy(), expression=cast(text("2100-12-31"), "TIMESTAMP")),
    )
