"""One row per key: the newest extract wins, identical rows collapse, contradictions within one file are set aside.

Tables whose key the source lacks get one made from the content of the row, so that the same lines always get the same
numbers. Identical lines in one file are separate purchases; the same lines in another extract are the same purchases,
unless the files prove to be parts of one whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from profithunt.schema import Table
from profithunt.sources.opened import EXTRACT, FILE
from profithunt.sources.raw import ROW
from profithunt.sources.rules import rules_of
from profithunt.sources.shape import NEWER, PROBLEM
from profithunt.sources.templates import call, cast, column, named, table, text

if TYPE_CHECKING:
    from profithunt.sources.workplace import Workplace

VERDICT: Final = "_verdict"
KEEP, DUPLICATE, CONFLICT = "keep", "duplicate", "conflict"
_OVERLAP = 0.5


@dataclass(frozen=True)
class Settled:
    """Rows with one verdict each: the relation (good rows only), how many are duplicates, how many contradict."""

    relation: str
    duplicates: int = 0
    conflicts: int = 0
    has_verdict: bool = False


def settle(rows: str, canonical: Table, columns: list[str], mapped: set[str], files: int, place: Workplace) -> Settled:
    """Give every good row of the relation `rows` a verdict and, where it lacks one, a key.

    `columns` are the table's, `mapped` those that a source gives, `files` how many files the rows come from.
    """
    good = place.name("good")
    place.engine.view(
        good, exp.select("*").from_(table(rows)).where(exp.Is(this=column(PROBLEM), expression=exp.null()))
    )
    made = rules_of(canonical.name).generated_key
    content = [name for name in columns if name in mapped or name.startswith("extra_")]
    if made is not None and made not in mapped:
        return _numbered(good, canonical, content, made, files, place)
    if not canonical.key:
        return _numbered(good, canonical, content, None, files, place)
    if made is not None:
        good = _filled_in(good, canonical, content, made, place)
    if _unique(good, canonical.key, place):
        return Settled(good)
    return _newest(good, canonical.key, content, place)


def _unique(rows: str, key: tuple[str, ...], place: Workplace) -> bool:
    """Whether no two rows share a key, by one cheap count (equal hashes are looked into by the caller)."""
    hashed = call("hash", *(column(name) for name in key))
    query = exp.select(exp.Count(this=exp.Star()), exp.Count(this=exp.Distinct(expressions=[hashed])))
    total, distinct = place.engine.rows(query.from_(table(rows)))[0]
    return bool(total == distinct)


def _ordered(tree: exp.Expr, *, desc: bool = False) -> exp.Ordered:
    return exp.Ordered(this=tree, desc=desc, nulls_first=False)


def _window(function: exp.Expr, by: list[exp.Expr], order: list[exp.Ordered]) -> exp.Window:
    return exp.Window(this=function, partition_by=by, order=exp.Order(expressions=order))


def _content(names: list[str]) -> exp.Expr:
    return call("row", *(column(name) for name in names)) if names else exp.Literal.number(1)


def _newest(rows: str, key: tuple[str, ...], content: list[str], place: Workplace) -> Settled:
    order = [
        _ordered(column(NEWER), desc=True),
        _ordered(column(EXTRACT), desc=True),
        _ordered(column(FILE), desc=True),
        *(_ordered(column(name)) for name in content if name not in key),
        _ordered(column(ROW)),
    ]
    by: list[exp.Expr] = [column(name) for name in key]
    first = {
        "_place": exp.RowNumber(),
        "_first": call("first_value", _content(content)),
        "_first_file": call("first_value", column(FILE)),
        "_first_newer": call("first_value", column(NEWER)),
    }
    windows = [named(_window(function, by, order), name) for name, function in first.items()]
    placed = exp.select("*", *windows).from_(table(rows))
    contradicts = exp.and_(
        exp.NullSafeNEQ(this=_content(content), expression=column("_first")),
        exp.EQ(this=column(FILE), expression=column("_first_file")),
        exp.NullSafeEQ(this=column(NEWER), expression=column("_first_newer")),
    )
    verdict = (
        exp.Case()
        .when(column("_place").eq(exp.Literal.number(1)), text(KEEP))
        .when(contradicts, text(CONFLICT))
        .else_(text(DUPLICATE))
    )
    return _judged(exp.select("*", named(verdict, VERDICT)).from_(placed.subquery("placed", copy=False)), place)


def _judged(query: exp.Select, place: Workplace) -> Settled:
    name = place.name("settled")
    relation, _ = place.store(query, "settled")
    place.engine.view(name, exp.select("*").from_(relation))
    counted = exp.select(column(VERDICT), exp.Count(this=exp.Star())).from_(table(name)).group_by(column(VERDICT))
    counts = {str(row[0]): int(row[1]) for row in place.engine.rows(counted)}
    return Settled(name, counts.get(DUPLICATE, 0), counts.get(CONFLICT, 0), has_verdict=True)


def _numbered(
    rows: str, canonical: Table, content: list[str], made: str | None, files: int, place: Workplace
) -> Settled:
    """Rows without a key of their own: overlaps between files removed, then a key made from the content."""
    settled = Settled(rows)
    if files > 1 and overlapping(rows, content, rules_of(canonical.name).same_in, place):
        settled = collapse(rows, content, place)
    if made is None:
        return settled
    name = place.name("keyed")
    number = _key_from(canonical, content, made, _verdict(settled))
    _replace(settled.relation, made, number, name, place)
    return Settled(name, settled.duplicates, settled.conflicts, settled.has_verdict)


def _key_from(canonical: Table, content: list[str], made: str, also: list[exp.Expr]) -> exp.Expr:
    """A key made from the content of the row: a number within the rest of the key, or a checksum and a count."""
    trace = [_ordered(column(FILE)), _ordered(column(ROW))]
    if canonical.columns[made].type == "int":
        others = [column(item) for item in canonical.key if item != made]
        order = [*(_ordered(column(item)) for item in content), *trace]
        return cast(_window(exp.RowNumber(), [*others, *also], order), "BIGINT")
    words = [exp.Coalesce(this=cast(column(item), "VARCHAR"), expressions=[text("\x1e")]) for item in content]
    body = exp.MD5(this=call("concat_ws", text("\x1f"), *words))
    short = exp.Substring(this=body, start=exp.Literal.number(1), length=exp.Literal.number(20))
    nth = _window(exp.RowNumber(), [*(column(item) for item in content), *also], trace)
    return call("concat", short, text("-"), cast(nth, "VARCHAR"))


def _replace(rows: str, made: str, number: exp.Expr, name: str, place: Workplace) -> None:
    rest = exp.Star(except_=[exp.to_identifier(made, quoted=True)])
    place.engine.view(name, exp.select(rest, named(number, made)).from_(table(rows)))


def _filled_in(rows: str, canonical: Table, content: list[str], made: str, place: Workplace) -> str:
    """Where one source of a table gives the key and another does not: the missing ones made from the content."""
    missing = exp.Is(this=column(made), expression=exp.null())
    if not place.engine.rows(exp.select(exp.Literal.number(1)).from_(table(rows)).where(missing).limit(1)):
        return rows
    others = [item for item in content if item != made]
    number = _key_from(canonical, others, made, [missing.copy()])
    name = place.name("keyed")
    _replace(rows, made, exp.Coalesce(this=column(made), expressions=[number]), name, place)
    return name


def _verdict(settled: Settled) -> list[exp.Expr]:
    return [column(VERDICT)] if settled.has_verdict else []


def overlapping(rows: str, content: list[str], same_in: str | None, place: Workplace) -> bool:
    """Whether rows of several files are extracts that overlap rather than parts of one whole.

    Rows that belong together (lines of an order) and lie in several files are looked at: in overlapping extracts most
    of them lie in each of the files, in the parts of one whole hardly any.
    """
    belongs = [column(same_in)] if same_in in content else [column(name) for name in content]
    spread = exp.Count(this=exp.Distinct(expressions=[column(FILE)]))
    several = exp.GT(this=spread, expression=exp.Literal.number(1))
    shared = exp.select(*belongs).from_(table(rows)).group_by(*belongs).having(several)
    if not place.engine.rows(shared.limit(1)):
        return False
    if same_in not in content:
        return True
    concerned = exp.select("*").from_(table(rows)).where(exp.In(this=belongs[0].copy(), query=shared.subquery()))
    each = (
        exp.select(named(spread, "n"))
        .from_(concerned.subquery("c", copy=False))
        .group_by(*(column(name) for name in content))
    )
    in_several = exp.Filter(
        this=exp.Count(this=exp.Star()),
        expression=exp.Where(this=exp.GT(this=column("n"), expression=exp.Literal.number(1))),
    )
    both, lines = place.engine.rows(
        exp.select(in_several, exp.Count(this=exp.Star())).from_(each.subquery("e", copy=False))
    )[0]
    return bool(both >= lines * _OVERLAP)


def collapse(rows: str, content: list[str], place: Workplace) -> Settled:
    """The same lines in several extracts counted once, as often as the file that has most of them."""
    cells: list[exp.Expr] = [column(name) for name in content]
    nth = named(_window(exp.RowNumber(), [column(FILE), *cells], [_ordered(column(ROW))]), "_nth")
    counted = exp.select("*", nth).from_(table(rows)).subquery("counted", copy=False)
    newest = [_ordered(column(EXTRACT), desc=True), _ordered(column(FILE)), _ordered(column(ROW))]
    at = _window(exp.RowNumber(), [*(cell.copy() for cell in cells), column("_nth")], newest)
    verdict = exp.Case().when(exp.EQ(this=at, expression=exp.Literal.number(1)), text(KEEP)).else_(text(DUPLICATE))
    return _judged(exp.select("*", named(verdict, VERDICT)).from_(counted), place)
