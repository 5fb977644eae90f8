"""Sources that the engine of the run reads itself: tables of Spark's catalogue, and Parquet behind a URL.

They are typed already and may be larger than any one machine, so they never pass through the readers of files: the
engine maps, types, judges and settles them by key, and writes the canonical tables. What is written in shop.toml means
the same: names, expressions, constants, `where`; `X_NUM` and `X_TIME` are for text files and have no meaning here.
Rows that can't be used go to the quarantine with their reason, as everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final, Protocol

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from profithunt.config import Constant, Expression, ShopConfig, Source
from profithunt.engine import AnyEngine, compile_sql
from profithunt.errors import SourceError
from profithunt.schema import TABLES, Table, sql_type
from profithunt.sources import times
from profithunt.sources.health import BuildResult, InputFile, TableHealth
from profithunt.sources.privacy import Privacy
from profithunt.sources.quarantine import Filed
from profithunt.sources.rules import rules_of
from profithunt.sources.survey import completed, table_health
from profithunt.sources.templates import DIALECT, call, cast, column, either, named, table, text, union_all

QUARANTINE: Final = ("table", "file", "row", "column", "reason", "value", "money", "record")
ASIDE_FILES: Final = "_aside_files"
"""Name under which what the readers of files set aside is attached."""

_PROBLEM, _VALUE, _NEWER, _PLACE, _CONTENT = "_problem", "_value", "_newer", "_place", "_content"
_SEPARATOR: Final = "\x1f"


class LakeEngine(AnyEngine, Protocol):
    """An engine that reads URLs and tables of a catalogue."""

    def attach_catalogue(self, name: str, table: str) -> None:
        """Give a table of the catalogue a name of the house."""

    def attach_url(self, name: str, urls: Sequence[str]) -> None:
        """Give Parquet files or folders behind URLs a name."""


def is_lake(source: Source) -> bool:
    """Whether the engine of the run reads this source itself."""
    return source.catalogue is not None or any("://" in item for item in _files(source))


def _files(source: Source) -> list[str]:
    given = source.files or []
    return [given] if isinstance(given, str) else list(given)


def build_lake(config: ShopConfig, engine: LakeEngine, out: Path) -> BuildResult:
    """Write the canonical tables of all such sources into `out`, attached; no capabilities. Raises SourceError."""
    chosen = [source for source in config.sources if is_lake(source)]
    order = [name for name in TABLES if any(source.table == name for source in chosen)]
    built: dict[str, TableHealth] = {}
    inputs: list[InputFile] = []
    privacy = Privacy(config.folder, engine)
    aside: list[exp.Query] = []
    for name in order:
        canonical = TABLES[name]
        sources = [source for source in chosen if source.table == name]
        typed, read = _typed(config, engine, canonical, sources, inputs)
        judged = _judged(engine, canonical, typed, {key for source in sources for key in _mapped(source, canonical)})
        kept, bad = _settled(engine, canonical, judged)
        names = [item.alias_or_name for item in kept.selects if item.alias_or_name not in ("_file", "_row")]
        kept = privacy.rows(kept, canonical, names)
        rows = engine.write_parquet(kept, out / f"{name}.parquet", order_by=canonical.key)
        engine.attach_parquet(name, out / f"{name}.parquet")
        engine.view(f"_built_{name}", exp.select("*").from_(table(name)))
        engine.table(f"_aside_{name}", privacy.aside(bad))
        aside.append(exp.select("*").from_(table(f"_aside_{name}")))
        built[name] = table_health(engine, canonical, files=len(sources), read=read, kept=rows, duplicates=0, notes=())
    filed = _filed(engine, aside, out)
    last = compile_sql("SELECT MAX(X_DAY(ordered_at)) AS day FROM orders", values={"timezone": config.shop.timezone})
    as_of = config.shop.as_of or (engine.value(last) if engine.has("orders") else None)
    tables = {name: completed(engine, item, filed.get(name), set(built), as_of) for name, item in built.items()}
    rows = sum(item.rows for item in filed.values())
    money = sum((item.money or Decimal(0) for item in filed.values()), Decimal(0))
    return BuildResult(tables, inputs, [], as_of, rows, money)


def _mapped(source: Source, canonical: Table) -> Mapping[str, str | Expression | Constant]:
    """Columns by name; a source that maps none has them under their canonical names."""
    return source.columns or {name: name for name in canonical.columns}


def _typed(
    config: ShopConfig, engine: LakeEngine, canonical: Table, sources: Sequence[Source], inputs: list[InputFile]
) -> tuple[str, int]:
    """All sources of a table under one name: typed columns, where from, and the first value that could not be read."""
    extras = sorted({name for source in sources for name in source.columns} - set(canonical.columns))
    queries, read = [], 0
    for number, source in enumerate(sources):
        raw = f"_raw_{canonical.name}_{number}"
        where = source.catalogue or ", ".join(_files(source))
        if source.catalogue is not None:
            engine.attach_catalogue(raw, source.catalogue)
        else:
            engine.attach_url(raw, _files(source))
        rows = int(engine.value(exp.select(exp.Count(this=exp.Star())).from_(raw)))
        inputs.append(InputFile(where, "", 0, rows))
        read += rows
        queries.append(_query(config, engine, canonical, source, (raw, where, number), extras))
    name = f"_typed_{canonical.name}"
    engine.view(name, union_all(queries))
    return name, read


def _query(
    config: ShopConfig,
    engine: LakeEngine,
    canonical: Table,
    source: Source,
    at: tuple[str, str, int],
    extras: Sequence[str],
) -> exp.Select:
    raw, where, number = at
    there = {name.lower() for name in engine.columns(raw)}
    mapped = dict(_mapped(source, canonical))
    if not source.columns:
        mapped = {name: given for name, given in mapped.items() if name.lower() in there}
    lacking = set(canonical.required_columns) - set(mapped) - set(rules_of(canonical.name).generated)
    if lacking:
        raise SourceError(
            f"nothing is mapped to {min(lacking)}",
            where=f"{where} ({canonical.name})",
            expected=f"every required column of {canonical.name}",
            do=f"map it in [sources.columns]; there is {', '.join(sorted(there))}",
        )
    trees = {name: _tree(given, there, where, name) for name, given in mapped.items()}
    kinds = engine.describe(exp.select(*[named(tree.copy(), name) for name, tree in trees.items()]).from_(table(raw)))
    zone = source.parse.timezone or config.shop.timezone
    chosen: list[exp.Expr] = []
    problem, value = exp.Case(), exp.Case()
    for name in (*canonical.columns, *extras):
        item = canonical.columns.get(name)
        kind = item.type if item else "text"
        tree = trees.get(name)
        if tree is None:
            chosen.append(named(cast(exp.null(), sql_type(kind)), name))
            continue
        read = _read(tree, kind, kinds[name], zone)
        chosen.append(named(read, name))
        if kind != "text":
            reason = {"date": "not a date", "timestamp": "not a time", "bool": "not true or false"}.get(
                kind, "not a number"
            )
            bad = exp.and_(_is_null(tree).not_(), _is_null(read))
            problem = problem.when(bad, text(f"{name}{_SEPARATOR}{reason}"))
            value = value.when(bad.copy(), cast(tree, "TEXT"))
    chosen += [
        named(cast(problem, "TEXT") if problem.args.get("ifs") else cast(exp.null(), "TEXT"), _PROBLEM),
        named(cast(value, "TEXT") if value.args.get("ifs") else cast(exp.null(), "TEXT"), _VALUE),
        named(text(where), "_file"),
        named(cast(exp.null(), "BIGINT"), "_row"),
        named(exp.Literal.number(number), _NEWER),
    ]
    query = exp.select(*chosen).from_(table(raw))
    return query.where(_tree(Expression(expr=source.where), there, where, "where")) if source.where else query


def _tree(given: str | Expression | Constant, there: set[str], where: str, name: str) -> exp.Expr:
    if isinstance(given, Constant):
        return exp.convert(given.value)
    if isinstance(given, str):
        tree: exp.Expr = column(given)
    else:
        try:
            tree = sqlglot.parse_one(given.expr, dialect=DIALECT)
        except SqlglotError as error:
            raise SourceError(f"{name}: {given.expr!r} is not SQL", where=where) from error
    unknown = sorted(item.name for item in tree.find_all(exp.Column) if item.name.lower() not in there)
    if unknown:
        raise SourceError(f"{name}: there is no column {unknown[0]!r}", where=where, expected=", ".join(sorted(there)))
    return tree


def _read(tree: exp.Expr, kind: str, found: str, zone: str) -> exp.Expr:
    """A value as its type of the house. Times with a zone are instants; those without are the shop's (or `parse`'s)."""
    if kind == "text":
        return exp.func("NULLIF", exp.Trim(this=cast(tree, "TEXT")), text(""))
    if kind not in ("date", "timestamp") or zone == "UTC":
        return cast(tree, sql_type(kind), strict=False)
    if kind == "date":
        at = call("FROM_UTC_TIMESTAMP", tree, text(zone)) if found == "timestamp" else tree
        return cast(at, "DATE", strict=False)
    if found == "timestamp":
        return cast(tree, "TIMESTAMP")
    return cast(call("TO_UTC_TIMESTAMP", cast(tree, "TIMESTAMP", strict=False), text(zone)), "TIMESTAMP")


def _is_null(tree: exp.Expr) -> exp.Expr:
    return exp.Is(this=exp.paren(tree.copy()), expression=exp.null())


def _judged(engine: AnyEngine, canonical: Table, typed: str, mapped: set[str]) -> str:
    """The typed rows with the first rule that each breaks, and all that they say as one text."""
    rules = rules_of(canonical.name)
    made = rules.generated_key if rules.generated_key not in mapped else None
    problem = exp.Case().when(_is_null(column(_PROBLEM)).not_(), column(_PROBLEM))
    for name, reason, condition in _conditions(canonical, mapped, made):
        problem = problem.when(condition, text(f"{name}{_SEPARATOR}{reason}"))
    names = [name for name in engine.columns(typed) if name not in (_PROBLEM, _VALUE, _NEWER, "_file", "_row")]
    parts = [exp.func("COALESCE", cast(column(name), "TEXT"), text("\x1e")) for name in names]
    content = exp.func("MD5", exp.func("CONCAT_WS", text(_SEPARATOR), *parts))
    kept = [column(name) for name in (*names, "_file", "_row", _NEWER, _VALUE)]
    query = exp.select(*kept, named(problem, _PROBLEM), named(content, _CONTENT)).from_(table(typed))
    if canonical.name == "order_lines" and engine.has("orders"):
        query = _with_orders(query)
    name = f"_judged_{canonical.name}"
    engine.view(name, _keyed(query, canonical, made, names) if made else query)
    return name


def _conditions(canonical: Table, mapped: set[str], made: str | None) -> list[tuple[str, str, exp.Expr]]:
    found = [
        (name, "required value missing", _is_null(column(name))) for name in canonical.required_columns if name != made
    ]
    for name, item in canonical.columns.items():
        if name in mapped and item.minimum is not None:
            found.append((name, "too small", exp.LT(this=column(name), expression=exp.Literal.number(item.minimum))))
        if (
            name in mapped
            and item.type in ("date", "timestamp")
            and name not in ("ends_at", "ends_on", "season_ends_on")
        ):
            found.append((name, "impossible time", times.implausible(column(name))))
    known = mapped | set(canonical.required_columns)
    return found + [
        (rule.column, rule.reason, rule.when.copy())
        for rule in rules_of(canonical.name).rules
        if {node.name for node in rule.when.find_all(exp.Column)} & known
    ]


def _with_orders(query: exp.Select) -> exp.Select:
    """Order lines, those without an order with that as their problem."""
    there = exp.select(named(column("order_id"), "_order")).from_("orders").distinct()
    lost = exp.and_(_is_null(column("_order")), _is_null(column(_PROBLEM)))
    problem = exp.Case().when(lost, text(f"order_id{_SEPARATOR}no such order")).else_(column(_PROBLEM))
    names = [item.alias_or_name for item in query.selects if item.alias_or_name != _PROBLEM]
    lines = exp.select(*[column(name) for name in names], named(problem, _PROBLEM)).from_(query.subquery("lines"))
    same = exp.EQ(this=column("order_id"), expression=column("_order"))
    return lines.join(there.subquery("known"), on=same, join_type="left")


def _keyed(query: exp.Select, canonical: Table, made: str, names: Sequence[str]) -> exp.Select:
    """Rows with a key made from their content: the same rows always get the same keys."""
    rest = [column(name) for name in canonical.key if name != made]
    within = rest if canonical.columns[made].type == "int" else [column(_CONTENT)]
    number = exp.Window(
        this=exp.RowNumber(),
        partition_by=within,
        order=exp.Order(expressions=[exp.Ordered(this=column(_CONTENT), nulls_first=True)]),
    )
    key: exp.Expr = number
    if canonical.columns[made].type == "text":
        key = exp.func("CONCAT", column(_CONTENT), text("-"), cast(number, "TEXT"))
    ordered = [named(key, made) if name == made else column(name) for name in names]
    own = [column(name) for name in ("_file", "_row", _NEWER, _VALUE, _PROBLEM, _CONTENT)]
    return exp.select(*ordered, *own).from_(query.subquery("content"))


def _settled(engine: AnyEngine, canonical: Table, judged: str) -> tuple[exp.Select, exp.Select]:
    """One good row a key, of the last source that has it; what is set aside, conflicts within one source among it."""
    names = [name for name in engine.columns(judged) if name not in (_PROBLEM, _VALUE, _NEWER, _CONTENT)]
    order = [
        exp.Ordered(this=column(_NEWER), desc=True, nulls_first=False),
        exp.Ordered(this=column(_CONTENT), nulls_first=False),
    ]
    keys = [column(name) for name in canonical.key] or [column(_CONTENT), column(_NEWER)]
    good = _is_null(column(_PROBLEM))

    def over(this: exp.Expr) -> exp.Expr:
        return exp.Window(
            this=this,
            partition_by=[*[key.copy() for key in keys], good.copy()],
            order=exp.Order(expressions=[item.copy() for item in order]),
        )

    first = [named(over(exp.FirstValue(this=column(name))), f"_first{name}") for name in (_NEWER, _CONTENT)]
    ranked = exp.select("*", named(over(exp.RowNumber()), _PLACE), *first).from_(table(judged)).subquery("ranked")
    place = exp.EQ(this=column(_PLACE), expression=exp.Literal.number(1))
    kept = exp.select(*[column(name) for name in names]).from_(ranked).where(good.copy())
    if canonical.key:
        kept = kept.where(place)
    conflict = exp.and_(
        good.copy(),
        exp.NEQ(this=column(_CONTENT), expression=column(f"_first{_CONTENT}")),
        exp.EQ(this=column(_NEWER), expression=column(f"_first{_NEWER}")),
    )
    money = cast(rules_of(canonical.name).money.copy(), "DECIMAL(18, 4)")
    said = exp.func(
        "COALESCE",
        column(_PROBLEM),
        text(f"{', '.join(canonical.key)}{_SEPARATOR}same key as another row, other content"),
    )
    parts = [
        exp.SplitPart(this=said.copy(), delimiter=text(_SEPARATOR), part_index=exp.Literal.number(at)) for at in (1, 2)
    ]
    values = [
        text(canonical.name),
        column("_file"),
        column("_row"),
        *parts,
        column(_VALUE),
        money,
        cast(exp.null(), "TEXT"),
    ]
    bad = exp.select(*[named(item, name) for item, name in zip(values, QUARANTINE, strict=True)]).from_(ranked.copy())
    return kept, bad.where(either(good.copy().not_(), conflict if canonical.key else exp.false()))


def _filed(engine: AnyEngine, aside: Sequence[exp.Query], out: Path) -> dict[str, Filed]:
    """Write the quarantine, with what the readers of files set aside (`_aside_files`); what was set aside by table."""
    parts = [exp.select(*[column(name) for name in QUARANTINE]).from_(query.subquery("aside")) for query in aside]
    engine.view("_aside", union_all(parts))
    if engine.has(ASIDE_FILES):
        parts.append(exp.select(*[column(name) for name in QUARANTINE]).from_(ASIDE_FILES))
    engine.write_parquet(union_all(parts), out / "quarantine.parquet", order_by=QUARANTINE[:6])
    engine.attach_parquet("quarantine", out / "quarantine.parquet")
    grouped = (
        exp.select(column("table"), column("reason"), exp.Count(this=exp.Star()), exp.Sum(this=column("money")))
        .from_("_aside")
        .group_by(column("table"), column("reason"))
    )
    filed: dict[str, Filed] = {}
    for name, reason, number, money in engine.rows(grouped):
        known = filed.get(name, Filed(0, None, {}))
        total = known.money if money is None else (known.money or Decimal(0)) + money
        filed[name] = Filed(known.rows + int(number), total, {**known.reasons, str(reason): int(number)})
    return filed
