"""One source's rows in the shape of its canonical table, each with the first thing that is wrong in it.

The query of `shaped` has the table's columns, extra columns as text, `_file`, `_row`, `_extract` and `_newer` (what
makes one extract newer than another), `_problem` (struct of column, reason, value; null when the row is good),
`_record` (raw values as JSON, for rows with a problem) and `_money` (at stake). Grain: a raw row that the source's
filter keeps; for a source that groups, the table's key, and beside them the raw rows with a problem.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from profithunt.schema import Table, sql_type
from profithunt.sources import times
from profithunt.sources.evidence import key_of
from profithunt.sources.mapping import Field, Mapping
from profithunt.sources.opened import EXTRACT, FILE
from profithunt.sources.raw import ROW
from profithunt.sources.rules import rules_of
from profithunt.sources.templates import call, cast, column, either, named, table, text
from profithunt.sources.typed import Cell, Reading, cell, macros
from profithunt.sources.words import cleaned

if TYPE_CHECKING:
    from collections.abc import Sequence

PROBLEM, RECORD, MONEY, NEWER = "_problem", "_record", "_money", "_newer"
TRACE = (FILE, ROW, EXTRACT, NEWER)
_RAW, _UNDECIDED = "_raw", "_undecided"
_PROBLEM_TYPE = 'STRUCT("column" VARCHAR, "reason" VARCHAR, "value" VARCHAR)'
_OPEN_ENDED = ("ends_at", "ends_on", "season_ends_on")


@dataclass(frozen=True)
class Shaping:
    """A mapping with how its text is read, and the columns that the table's sources have beyond the schema."""

    mapping: Mapping
    how: Reading
    extras: tuple[str, ...]
    group: bool
    relation: str

    @property
    def table(self) -> Table:
        """The canonical table fed."""
        return self.mapping.table

    def kind(self, item: Field) -> str:
        """Engine type of a field's raw value."""
        return self.how.kinds[key_of(item.tree)]


def columns_of(canonical: Table, extras: Sequence[str]) -> list[str]:
    """Names of the columns of a canonical table, those beyond the schema last."""
    return [*canonical.columns, *extras]


def shaped(shaping: Shaping) -> exp.Query:
    """The rows of a source in the shape of its table (see the module)."""
    plain = [item for item in shaping.mapping.fields if not item.is_aggregate]
    cells = [cell(item, column(f"_s{at}"), shaping.kind(item), shaping.how) for at, item in enumerate(plain)]
    rows = _typed(shaping, plain, cells)
    if not shaping.group:
        return _finished(rows, cells, shaping)
    unread = named(_first(_unread(cells, shaping)), "_unread")
    return _grouped(exp.select("*", unread).from_(rows.subquery("typed", copy=False)), shaping)


def good_only(shaping: Shaping) -> exp.Query:
    """The same for a source of which no row has a problem: nothing is judged again."""
    plain = [item for item in shaping.mapping.fields if not item.is_aggregate]
    cells = [cell(item, column(f"_s{at}"), shaping.kind(item), shaping.how) for at, item in enumerate(plain)]
    rows = exp.select("*", named(exp.null(), PROBLEM)).from_(_typed(shaping, plain, cells).subquery("typed"))
    return _promised(rows, shaping, exp.null())


def _rows(shaping: Shaping) -> exp.Select:
    """The raw rows to type. A source that groups without sums needs each combination of raw values once only."""
    query = _filtered(shaping)
    used = _raw_columns(shaping)
    if not shaping.group or _aggregated(shaping) or not used:
        return query
    if shaping.mapping.where is not None and _undecided(shaping, shaping.mapping.where) is not None:
        return query
    traced: list[exp.Expr] = [named(exp.Min(this=column(name)), name) for name in (FILE, ROW)]
    traced.append(named(exp.Max(this=column(EXTRACT)), EXTRACT))
    cells = [column(name) for name in used]
    return (
        exp.select(*cells, *traced).from_(query.subquery("rows", copy=False)).group_by(*(cell.copy() for cell in cells))
    )


def _filtered(shaping: Shaping) -> exp.Select:
    """Raw rows that are this table's, with what kept the filter from deciding."""
    condition = shaping.mapping.where
    query = exp.select("*").from_(table(shaping.relation))
    if shaping.how.opened.is_text:
        cells = [column(name) for name in shaping.how.opened.columns]
        some = exp.Coalesce(this=cells[0], expressions=cells[1:]) if len(cells) > 1 else cells[0]
        query = query.where(exp.Is(this=some, expression=exp.null()).not_())
    if condition is None:
        return query
    worked = shaping.how.read_macros(condition)
    undecided = _undecided(shaping, condition)
    query = query.select(named(undecided, _UNDECIDED)) if undecided is not None else query
    keep: list[exp.Expr] = [exp.Paren(this=worked)]
    keep += [_missing(shaping, argument) for _, argument in macros(condition) if _is_required(shaping, argument)]
    if undecided is not None:
        outer = exp.select("*").from_(query.subquery("raw", copy=False))
        return outer.where(either(*keep, exp.Is(this=column(_UNDECIDED), expression=exp.null()).not_()))
    return query.where(either(*keep))


def _is_required(shaping: Shaping, argument: exp.Expr) -> bool:
    key = key_of(argument)
    return not shaping.group and any(item.required and key_of(item.tree) == key for item in shaping.mapping.fields)


def _missing(shaping: Shaping, argument: exp.Expr) -> exp.Expr:
    is_text = shaping.how.kinds[key_of(argument)] == "VARCHAR"
    return exp.Is(this=cleaned(argument) if is_text else argument.copy(), expression=exp.null())


def _undecided(shaping: Shaping, condition: exp.Expr) -> exp.Expr | None:
    """The problem of a row whose filter reads text that is neither a number nor a time."""
    found = exp.Case()
    for name, argument in macros(condition):
        if shaping.how.kinds[key_of(argument)] != "VARCHAR":
            continue
        node = exp.Anonymous(this=name, expressions=[argument.copy()])
        read = shaping.how.read_macros(node)
        clean = cleaned(argument)
        bad = exp.and_(
            exp.Is(this=clean, expression=exp.null()).not_(), exp.Is(this=exp.Paren(this=read), expression=exp.null())
        )
        shown = argument.name if isinstance(argument, exp.Column) else key_of(argument)
        found = found.when(bad, problem(shown, text("not a number" if name == "X_NUM" else "not a time"), clean))
    return found if found.args.get("ifs") else None


def problem(name: str, reason: exp.Expr, value: exp.Expr) -> exp.Expr:
    """What is wrong with a row: column, reason, value."""
    pairs = {"column": text(name), "reason": reason.copy(), "value": cast(value, "VARCHAR")}
    return exp.Struct(
        expressions=[
            exp.PropertyEQ(this=exp.to_identifier(key, quoted=True), expression=item) for key, item in pairs.items()
        ]
    )


def _typed(shaping: Shaping, plain: list[Field], cells: list[Cell]) -> exp.Select:
    """Raw values as `_s<n>` and typed ones under their names; unmapped columns are null."""
    sources: list[exp.Expr] = []
    for at, item in enumerate(plain):
        tree = shaping.how.read_macros(item.tree)
        sources.append(named(cleaned(tree) if shaping.kind(item) == "VARCHAR" else tree, f"_s{at}"))
    used = _raw_columns(shaping)
    raw = exp.Struct(
        expressions=[
            exp.PropertyEQ(this=exp.to_identifier(name, quoted=True), expression=column(name)) for name in used
        ]
    )
    sources.append(named(raw if used else exp.null(), _RAW))
    if shaping.group:
        sources += [named(column(name), f"_r_{name}") for name in _aggregated(shaping)]
    sources += [column(name) for name in (FILE, ROW, EXTRACT)]
    sources.append(named(_newer(shaping), NEWER))
    if shaping.mapping.where is not None and _undecided(shaping, shaping.mapping.where) is not None:
        sources.append(column(_UNDECIDED))
    inner = exp.select(*sources).from_(_rows(shaping).subquery("raw", copy=False))
    have = {item.field.name for item in cells}
    typed = [named(item.value, item.field.name) for item in cells]
    aggregated = {item.name for item in shaping.mapping.fields if item.is_aggregate}
    for name in columns_of(shaping.table, shaping.extras):
        if name not in have and name not in aggregated:
            kind = shaping.table.columns[name].type if name in shaping.table.columns else "text"
            typed.append(named(cast(exp.null(), sql_type(kind)), name))
    return exp.select("*", *typed).from_(inner.subquery("read", copy=False))


def _newer(shaping: Shaping) -> exp.Expr:
    tree = shaping.mapping.updated
    if tree is None:
        return cast(exp.null(), "TIMESTAMP")
    worked = shaping.how.read_macros(tree)
    if shaping.how.kinds[key_of(tree)] != "VARCHAR":
        return cast(worked, "TIMESTAMP", strict=False)
    return times.utc(cleaned(worked), shaping.how.times[key_of(tree)])


def _raw_columns(shaping: Shaping) -> list[str]:
    trees = [item.tree for item in shaping.mapping.fields]
    trees += [tree for tree in (shaping.mapping.where, shaping.mapping.updated) if tree is not None]
    used = {node.name for tree in trees for node in tree.find_all(exp.Column)}
    return [name for name in shaping.how.opened.columns if name in used]


def _aggregated(shaping: Shaping) -> list[str]:
    trees = [item.tree for item in shaping.mapping.fields if item.is_aggregate]
    return sorted({node.name for tree in trees for node in tree.find_all(exp.Column)})


Fault = tuple[exp.Expr, exp.Expr]


def _first(faults: list[Fault]) -> exp.Expr:
    """The problem of the first condition that holds. One plain test keeps good rows out of the chain of cases."""
    if not faults:
        return exp.null()
    chain = exp.Case()
    for condition, found in faults:
        chain = chain.when(condition, found)
    return exp.Case().when(either(*(condition.copy() for condition, _ in faults)), chain)


def _unread(cells: list[Cell], shaping: Shaping) -> list[Fault]:
    """Values that can't be read, and what kept the filter from deciding."""
    faults: list[Fault] = []
    if shaping.mapping.where is not None and _undecided(shaping, shaping.mapping.where) is not None:
        faults.append((exp.Is(this=column(_UNDECIDED), expression=exp.null()).not_(), column(_UNDECIDED)))
    faults += [
        (item.bad, problem(item.field.name, item.reason, column(f"_s{at}")))
        for at, item in enumerate(cells)
        if item.bad is not None
    ]
    return faults


def _broken_rules(shaping: Shaping, *, grouped: bool) -> list[Fault]:
    """Rules of the schema and of the table that a row may break."""
    faults: list[Fault] = []
    rules = rules_of(shaping.table.name)
    mapped = set(shaping.mapping.names)
    needed = [
        name
        for name in shaping.table.required_columns
        if not (name in rules.generated and name not in mapped) and not (grouped and name in shaping.table.key)
    ]
    faults += [
        (exp.Is(this=column(name), expression=exp.null()), problem(name, text("required value missing"), exp.null()))
        for name in needed
    ]
    for name, item in shaping.table.columns.items():
        if name not in mapped:
            continue
        if item.minimum is not None:
            below = exp.LT(this=column(name), expression=exp.Literal.number(item.minimum))
            said = f"negative {item.type if item.type != 'rate' else 'value'}" if item.minimum == 0 else "too small"
            faults.append((below, problem(name, text(said), column(name))))
        if item.type in ("date", "timestamp") and name not in _OPEN_ENDED:
            faults.append((times.implausible(column(name)), problem(name, text("impossible time"), column(name))))
    for rule in rules.rules:
        if {node.name for node in rule.when.find_all(exp.Column)} & (mapped | set(shaping.table.required_columns)):
            faults.append((rule.when.copy(), problem(rule.column, text(rule.reason), column(rule.column))))
    if shaping.table.name == "orders" and "currency" in mapped:
        known = [text(code) for code in sorted(shaping.how.settings.currencies)]
        unknown = exp.In(this=exp.Upper(this=column("currency")), expressions=known).not_()
        faults.append((unknown, problem("currency", text("no exchange rate for this currency"), column("currency"))))
    return faults


def _finished(rows: exp.Select, cells: list[Cell], shaping: Shaping) -> exp.Select:
    """Only what `shaped` promises."""
    judged = _first([*_unread(cells, shaping), *_broken_rules(shaping, grouped=False)])
    query = exp.select("*", named(judged, PROBLEM)).from_(rows.subquery("typed", copy=False))
    bad = exp.Is(this=column(PROBLEM), expression=exp.null()).not_()
    record = exp.Case().when(bad, cast(call("to_json", column(_RAW)), "VARCHAR"))
    return _promised(query, shaping, record)


def _promised(query: exp.Query, shaping: Shaping, record: exp.Expr) -> exp.Select:
    money = cast(rules_of(shaping.table.name).money, "DECIMAL(18, 4)", strict=False)
    return exp.select(
        *(_output(name) for name in columns_of(shaping.table, shaping.extras)),
        *(column(name) for name in TRACE),
        named(cast(column(PROBLEM), _PROBLEM_TYPE), PROBLEM),
        named(cast(record, "VARCHAR"), RECORD),
        named(money, MONEY),
    ).from_(query.subquery("ruled", copy=False))


def _output(name: str) -> exp.Expr:
    if name in _OPEN_ENDED:
        return named(exp.Case().when(times.implausible(column(name)).not_(), column(name)), name)
    if name == "currency":
        return named(exp.Upper(this=column(name)), name)
    return column(name)


def _grouped(rows: exp.Select, shaping: Shaping) -> exp.Query:
    """Good rows collapsed to the key; rows with a problem as they are."""
    keys = list(shaping.table.key)
    values: list[exp.Expr] = []
    for name in columns_of(shaping.table, shaping.extras):
        aggregate = next((item for item in shaping.mapping.fields if item.name == name and item.is_aggregate), None)
        if aggregate is not None:
            values.append(named(_over_rows(aggregate, shaping), f"_a_{name}"))
        elif name in keys:
            values.append(column(name))
        else:
            values.append(named(exp.Min(this=column(name)), name))
    values += [named(exp.Min(this=column(name)), name) for name in (FILE, ROW)]
    values += [named(exp.Max(this=column(name)), name) for name in (EXTRACT, NEWER)]
    good = exp.Is(this=column("_unread"), expression=exp.null())
    present = [exp.Is(this=column(key), expression=exp.null()).not_() for key in keys if _needed(shaping, key)]
    collapsed = (
        exp.select(*values)
        .from_(rows.subquery("judged", copy=False))
        .where(exp.and_(good, *present))
        .group_by(*(column(key) for key in keys))
    )
    return _with_bad(_aggregates_typed(collapsed, shaping), rows, shaping)


def _needed(shaping: Shaping, key: str) -> bool:
    return shaping.table.columns[key].required


def _over_rows(item: Field, shaping: Shaping) -> exp.Expr:
    tree = shaping.how.read_macros(item.tree)
    return tree.transform(lambda node: column(f"_r_{node.name}") if isinstance(node, exp.Column) else node)


def _aggregates_typed(collapsed: exp.Select, shaping: Shaping) -> exp.Select:
    typed: list[exp.Expr] = []
    faults: list[Fault] = []
    for item in shaping.mapping.fields:
        if not item.is_aggregate:
            continue
        read = cell(item, column(f"_a_{item.name}"), shaping.kind(item), shaping.how)
        typed.append(named(read.value, item.name))
        if read.bad is not None:
            faults.append((read.bad, problem(item.name, read.reason, column(f"_a_{item.name}"))))
    query = exp.select("*", *typed).from_(collapsed.subquery("collapsed", copy=False))
    judged = _first([*faults, *_broken_rules(shaping, grouped=True)])
    ruled = exp.select("*", named(judged, PROBLEM)).from_(query.subquery("typed", copy=False))
    return _promised(ruled, shaping, exp.null())


def _with_bad(good: exp.Select, rows: exp.Select, shaping: Shaping) -> exp.Query:
    aggregated = {item.name: item for item in shaping.mapping.fields if item.is_aggregate}
    empty = []
    for name in aggregated:
        kind = shaping.table.columns[name].type if name in shaping.table.columns else "text"
        empty.append(named(cast(exp.null(), sql_type(kind)), name))
    unread = exp.Is(this=column("_unread"), expression=exp.null()).not_()
    query = (
        exp.select("*", *empty, named(column("_unread"), PROBLEM))
        .from_(rows.subquery("judged", copy=False))
        .where(unread)
    )
    bad = _promised(query, shaping, cast(call("to_json", column(_RAW)), "VARCHAR"))
    return exp.union(good, bad, distinct=False)
