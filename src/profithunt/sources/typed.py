"""Raw values as values of the house's types: text by how its column writes, typed sources by cast.

A value that is there and can't be read is *bad* and says why; nothing becomes zero, nothing is guessed row by row.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot import exp

from profithunt.schema import sql_type
from profithunt.sources import numbers, times
from profithunt.sources.evidence import Evidence, key_of
from profithunt.sources.mapping import NUMBER, TIME, Field, Mapping
from profithunt.sources.templates import call, cast, column, either, named, table, text
from profithunt.sources.words import cleaned, is_missing_word, truth

if TYPE_CHECKING:
    from profithunt.config import Parse
    from profithunt.sources.numbers import NumberStyle
    from profithunt.sources.opened import Opened
    from profithunt.sources.times import TimeStyle

_FLOATS = ("FLOAT", "DOUBLE")
_NUMBERS = ("quantity", "money", "int", "rate")


@dataclass(frozen=True)
class Settings:
    """What typing needs to know of the shop."""

    zone: str
    currency: str
    currencies: frozenset[str]


@dataclass
class Reading:
    """How one source's text is read: the styles of its sites, the engine types of its trees."""

    opened: Opened
    parse: Parse
    settings: Settings
    numbers: dict[str, NumberStyle] = field(default_factory=dict)
    times: dict[str, TimeStyle] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)

    def read_macros(self, tree: exp.Expr) -> exp.Expr:
        """The tree with X_NUM and X_TIME worked out."""

        def replace(node: exp.Expr) -> exp.Expr:
            if not isinstance(node, exp.Anonymous) or node.name.upper() not in (NUMBER, TIME):
                return node
            inner = node.expressions[0]
            if self.kinds[key_of(inner)] != "VARCHAR":
                return self._typed_macro(inner, node.name.upper())
            if node.name.upper() == NUMBER:
                return numbers.value(cleaned(inner), "macro", self.numbers[key_of(inner)])
            return times.local(cleaned(inner), self.times[key_of(inner)])

        return tree.transform(replace)

    def _typed_macro(self, inner: exp.Expr, macro: str) -> exp.Expr:
        return cast(inner, "DECIMAL(18, 6)" if macro == NUMBER else "TIMESTAMP", strict=False)


def macros(tree: exp.Expr) -> list[tuple[str, exp.Expr]]:
    """The X_NUM and X_TIME calls of a tree: name and argument."""
    return [
        (node.name.upper(), node.expressions[0])
        for node in tree.find_all(exp.Anonymous)
        if node.name.upper() in (NUMBER, TIME)
    ]


def reading(mapping: Mapping, opened: Opened, parse: Parse, evidence: Evidence, settings: Settings) -> Reading:
    """Find out how the source writes what the mapping reads."""
    result = Reading(opened, parse, settings)
    trees = [item.tree for item in mapping.fields]
    trees += [tree for tree in (mapping.where, mapping.updated) if tree is not None]
    inner = [argument for tree in trees for _, argument in macros(tree)]
    result.kinds = _kinds(opened, [*inner, *trees], evidence)
    number_sites = [item for tree in trees for name, item in macros(tree) if name == NUMBER]
    time_sites = [item for tree in trees for name, item in macros(tree) if name == TIME]
    number_sites += [item.tree for item in mapping.fields if item.type in _NUMBERS]
    time_sites += [item.tree for item in mapping.fields if item.type in ("date", "timestamp")]
    if mapping.updated is not None:
        time_sites.append(mapping.updated)

    def is_site(tree: exp.Expr) -> bool:
        return result.kinds[key_of(tree)] == "VARCHAR" and _is_plain(tree)

    result.numbers = evidence.number_styles(opened, filter(is_site, number_sites), parse)
    result.times = evidence.time_styles(
        opened, filter(is_site, time_sites), parse, zone=settings.zone, currency=settings.currency
    )
    return result


def _is_plain(tree: exp.Expr) -> bool:
    return tree.find(exp.AggFunc) is None and not macros(tree)


def _kinds(opened: Opened, trees: list[exp.Expr], evidence: Evidence) -> dict[str, str]:
    """The engine type of each tree, with the macros standing for what they give."""

    def stand_in(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Anonymous) and node.name.upper() in (NUMBER, TIME):
            return cast(exp.null(), "DECIMAL(18, 6)" if node.name.upper() == NUMBER else "TIMESTAMP")
        return node

    unique = {key_of(tree): tree for tree in trees}
    plain = {key: tree.transform(stand_in) for key, tree in unique.items()}
    kinds: dict[str, str] = {}
    for aggregated in (False, True):
        chosen = [key for key, tree in plain.items() if (tree.find(exp.AggFunc) is not None) == aggregated]
        if chosen:
            query = exp.select(*(named(plain[key].copy(), f"t{at}") for at, key in enumerate(chosen)))
            described = evidence.engine.describe(query.from_(table(opened.name)))
            kinds.update(zip(chosen, described.values(), strict=True))
    return kinds


@dataclass(frozen=True)
class Cell:
    """A field as a typed value over its raw one, with what makes it bad and what is then said."""

    field: Field
    value: exp.Expr
    bad: exp.Expr | None
    reason: exp.Expr


def cell(item: Field, source: exp.Expr, kind: str, how: Reading) -> Cell:
    """The typed value of a field whose raw value is `source` (engine type `kind`; text is cleaned already)."""
    if kind == "VARCHAR":
        return _text_cell(item, source, how)
    value = _typed_value(source, kind, item.type, how)
    never = item.type == "text" or kind in ('"NULL"', "NULL") or (item.type == "bool" and kind == "BOOLEAN")
    said = "number out of range or not finite" if item.type in _NUMBERS else "not a time"
    return Cell(item, value, None if never else _unread(item, source), text(said))


def _unread(item: Field, source: exp.Expr) -> exp.Expr:
    """There was a value, and none could be made of it."""
    return exp.and_(
        exp.Is(this=source.copy(), expression=exp.null()).not_(), exp.Is(this=column(item.name), expression=exp.null())
    )


def _text_cell(item: Field, source: exp.Expr, how: Reading) -> Cell:
    key = key_of(item.tree)
    bad: exp.Expr = exp.and_(_unread(item, source), is_missing_word(source).not_())
    if item.type in _NUMBERS:
        style = how.numbers.get(key) or numbers.NumberStyle(how.parse.decimal or ".")
        reason: exp.Expr = numbers.reason(source, item.type, style)
        if style.marked and item.type == "money":
            foreign = numbers.foreign(source, set(how.settings.currencies))
            reason = exp.Case().when(foreign, text("in a currency without an exchange rate")).else_(reason)
            bad = either(bad, foreign)
        return Cell(item, numbers.value(source, item.type, style), bad, reason)
    if item.type in ("date", "timestamp"):
        when = how.times.get(key) or times.TimeStyle(how.parse.timezone or how.settings.zone)
        value = times.utc(source, when) if item.type == "timestamp" else cast(times.local(source, when), "DATE")
        return Cell(item, value, bad, text(times.reason(when)))
    if item.type == "bool":
        return Cell(item, truth(source, how.parse.true, how.parse.false), bad, text("neither true nor false"))
    marked = call("prefix", source, text("#"))
    error = exp.and_(marked, call("regexp_full_match", source, text(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!)")))
    valued = exp.Case().when(error, exp.null()).else_(source.copy())
    return Cell(item, valued, error if item.required else None, text("error value of a spreadsheet"))


def _typed_value(source: exp.Expr, kind: str, wanted: str, how: Reading) -> exp.Expr:
    if wanted == "text":
        return _as_text(source, kind)
    if wanted in _NUMBERS:
        if wanted == "rate":
            return numbers.finite(cast(source, "DOUBLE", strict=False))
        if wanted == "int":
            is_whole = kind.endswith(("INT", "INTEGER"))
            return (
                cast(source, "BIGINT", strict=False)
                if is_whole
                else numbers.whole(cast(source, "DECIMAL(38, 4)", strict=False))
            )
        return cast(source, sql_type(wanted), strict=False)
    if wanted == "bool":
        return source.copy() if kind == "BOOLEAN" else cast(source, "BOOLEAN", strict=False)
    return _as_time(source, kind, wanted, how)


def _as_text(source: exp.Expr, kind: str) -> exp.Expr:
    if kind in _FLOATS or kind.startswith("DECIMAL"):
        whole = exp.EQ(this=source.copy(), expression=exp.Floor(this=source.copy()))
        return (
            exp.Case()
            .when(whole, cast(cast(source, "HUGEINT", strict=False), "VARCHAR"))
            .else_(cast(source, "VARCHAR"))
        )
    if kind.startswith(("STRUCT", "MAP")) or kind.endswith("]"):
        return cast(call("to_json", source), "VARCHAR")
    return cast(source, "VARCHAR")


def _as_time(source: exp.Expr, kind: str, wanted: str, how: Reading) -> exp.Expr:
    zone = how.parse.timezone or how.settings.zone
    if kind.startswith("TIMESTAMP WITH TIME ZONE"):
        there = "UTC" if wanted == "timestamp" else how.settings.zone
        wall = exp.AtTimeZone(this=exp.Paren(this=source.copy()), zone=text(there))
        return wall if wanted == "timestamp" else cast(wall, "DATE")
    if kind == "DATE" or kind.startswith("TIMESTAMP"):
        if wanted == "date":
            return cast(source, "DATE")
        return times.to_utc(cast(source, "TIMESTAMP"), zone)
    return _epoch_or_serial(source, zone, wanted)


def _epoch_or_serial(source: exp.Expr, zone: str, wanted: str) -> exp.Expr:
    """A number as a time: 20180131, seconds or milliseconds since 1970, or a spreadsheet's serial."""
    written = cast(cast(source, "BIGINT", strict=False), "VARCHAR")
    style = times.TimeStyle(zone, iso=False, formats=("%Y%m%d",), epochs=(10, 13, 16), serial=True)
    return times.utc(written, style) if wanted == "timestamp" else cast(times.local(written, style), "DATE")
