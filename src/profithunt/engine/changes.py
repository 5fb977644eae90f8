"""What changed between an earlier run and this one: rows that came or went, and the keys that they concern."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlglot import exp

from profithunt.engine.builder import Builder, parquet_query, semi_join_of
from profithunt.engine.compiler import compile_sql
from profithunt.engine.duck import Engine
from profithunt.engine.runs import table_files
from profithunt.engine.steps import Earlier, Step

TRACE: Final = ("_file", "_row")
"""Columns that say where a row was read: they may change while the row does not."""


class Unknown(Exception):
    """Nobody can say which rows changed."""


@dataclass(frozen=True)
class Dirty:
    """The keys that something happened to: a table with the column `key`, their number, whether null is one."""

    table: str
    key: str
    count: int
    null: bool

    def query(self) -> exp.Select:
        """The keys but null."""
        return exp.select(exp.column(self.key, quoted=True)).from_(main_query(self.table))


@dataclass
class Changes(Builder):
    """A builder that knows what changed since an earlier run."""

    steps: dict[str, Step] = field(default_factory=dict)
    before: dict[str, list[Path]] = field(default_factory=dict)
    fingerprints: dict[str, str] = field(default_factory=dict)
    changes: dict[str, str | None] = field(default_factory=dict)
    taken: dict[str, set[str]] = field(default_factory=dict)
    ready: set[str] = field(default_factory=set)

    @property
    def duck(self) -> Engine:
        """The engine: only DuckDB refreshes."""
        if not isinstance(self.engine, Engine):
            raise TypeError("only DuckDB refreshes a run")
        return self.engine

    @property
    def former(self) -> Earlier:
        """The earlier run."""
        if self.earlier is None:
            raise TypeError("there is no earlier run")
        return self.earlier

    def rows_of_keys(self, rows: exp.Query, dirty: Dirty) -> exp.Query:
        """Rows of a query whose key is dirty."""
        key = exp.column(dirty.key, quoted=True)
        found: exp.Query = semi_join_of(rows.copy(), key.copy(), dirty.query(), dirty.key)
        if not dirty.null:
            return found
        without = (
            exp.select("*").from_(rows.copy().subquery("r", copy=False)).where(exp.Is(this=key, expression=exp.null()))
        )
        return exp.union(found, without, distinct=False, copy=False)

    def parts_with(self, files: list[Path], dirty: Dirty) -> list[Path]:
        """The parts that hold dirty keys. Their statistics say which cannot; only the others are looked at."""
        files = self._possible(files, dirty)
        if not files:
            return []
        given = exp.Array(expressions=[exp.Literal.string(str(item)) for item in files])
        option = exp.PropertyEQ(this=exp.to_identifier("filename"), expression=exp.true())
        columns = [exp.column(dirty.key, quoted=True), exp.column("filename")]
        rows = exp.select(*columns).from_(exp.Anonymous(this="read_parquet", expressions=[given, option]))
        held = exp.select("filename").distinct().from_(self.rows_of_keys(rows, dirty).subquery("held"))
        names = {str(row[0]) for row in self.engine.rows(held)}
        return [path for path in files if str(path) in names]

    def _possible(self, files: list[Path], dirty: Dirty) -> list[Path]:
        """The parts whose smallest and largest key leave room for a dirty one."""
        if not files or self.engine.describe(parquet_query(files[:1])).get(dirty.key) not in ("VARCHAR", "DATE"):
            return files
        given = exp.Array(expressions=[exp.Literal.string(str(item)) for item in files])
        groups = exp.select("*").from_(exp.Anonymous(this="parquet_metadata", expressions=[given]))
        column = exp.EQ(this=exp.column("path_in_schema"), expression=exp.Literal.string(dirty.key))
        least, most = exp.column("stats_min_value", "rows"), exp.column("stats_max_value", "rows")
        key = exp.cast(exp.column(dirty.key, "wanted", quoted=True), "TEXT")
        within = exp.and_(
            exp.GTE(this=key, expression=exp.func("COALESCE", least, exp.Literal.string(""))),
            exp.or_(exp.LTE(this=key.copy(), expression=most), exp.Is(this=most.copy(), expression=exp.null())),
        )
        told = exp.select("file_name").from_(groups.where(column).subquery("rows"))
        found = told.copy().distinct().join(dirty.query().subquery("wanted"), on=within, join_type="semi")
        names = {str(row[0]) for row in self.engine.rows(found)}
        if dirty.null:
            nulls = exp.column("stats_null_count", "rows")
            some = exp.or_(
                exp.NEQ(this=nulls, expression=exp.Literal.number(0)), exp.Is(this=nulls.copy(), expression=exp.null())
            )
            names |= {str(row[0]) for row in self.engine.rows(told.where(some))}
        return [path for path in files if str(path) in names]

    def dirty_keys(self, made: list[Step]) -> Dirty:
        """The keys of these models that a change concerns. Raises Unknown."""
        own = {step.model.name for step in made}
        key = str(next(step.model.dirty_key for step in made if step.kept))
        for step in made:
            if step.kept and step.model.name not in self.before:
                raise Unknown("it is new")
            if step.kept and self.former.statements.get(step.model.name) != step.statement:
                raise Unknown("its statement or the settings changed")
        # Models that read the same table name its keys once.
        queries: dict[tuple[str | None, str], exp.Query] = {}
        for step in made:
            rules = dict(step.model.dirty)
            for name in sorted(self.outside(step, own)):
                changed = self.change(name)
                if changed is None:
                    continue
                rule = rules.get(name)
                if (rule, changed) in queries:
                    continue
                if rule is not None:
                    queries[rule, changed] = self.stored_keys(rule, changed, f"_keys_{step.model.name}_{name}")
                elif key in self.engine.columns(changed):
                    queries[rule, changed] = named_key(main_query(changed), key)
                else:
                    raise Unknown(f"{name} changed")
        return self.keys_of(f"_dirty_{made[-1].model.name}", key, list(queries.values()))

    def outside(self, step: Step, own: Collection[str]) -> set[str]:
        """The tables that a model comes from without those of its own group."""
        found: set[str] = set()
        for name in step.reads - set(own):
            through = self.steps.get(name)
            found |= {name} if through is None or through.kept else self.outside(through, own)
        return found

    def stored_keys(self, rule: str, changed: str, name: str) -> exp.Query:
        """The distinct keys that a rule names for the rows that changed."""
        self.engine.view("changed", exp.select("*").from_(main_query(changed)))
        self.engine.table(f"{name}_all", self.compiled(rule, name))
        column = next(iter(self.engine.columns(f"{name}_all")))
        self.engine.table(name, named_key(main_query(f"{name}_all"), column).distinct())
        self.engine.drop(f"{name}_all")
        return named_key(main_query(name), "k")

    def keys_of(self, table: str, key: str, queries: list[exp.Query]) -> Dirty:
        """Distinct keys of some queries, each with one column, as a table."""
        if not queries:
            queries = [exp.select(exp.alias_(exp.null(), "k")).where(exp.false())]
        union: exp.Query = queries[0]
        for query in queries[1:]:
            union = exp.union(union, query, distinct=False, copy=False)
        named = exp.alias_(exp.column("k"), key, quoted=True)
        self.engine.table(f"{table}_all", exp.select(named).distinct().from_(union.subquery("u", copy=False)))
        column = exp.column(key, quoted=True)
        there = exp.Is(this=column, expression=exp.null()).not_()
        self.engine.table(table, exp.select(column).from_(main_query(f"{table}_all")).where(there))
        count = int(self.engine.value(count_query(exp.select("*").from_(main_query(table)))))
        both = int(self.engine.value(count_query(exp.select("*").from_(main_query(f"{table}_all")))))
        return Dirty(table, key, count, both > count)

    def compiled(self, sql: str, where: str) -> str:
        """A statement of a header, with the settings of the run."""
        settings = self.settings
        return compile_sql(sql, lists=settings.lists, values=settings.values, parts=settings.parts, where=where)

    def change(self, name: str) -> str | None:
        """The relation of rows that came or went since the earlier run, None where there are none. Raises Unknown."""
        if name not in self.changes:
            self.changes[name] = self._found(name)
        return self.changes[name]

    def _found(self, name: str) -> str | None:
        fingerprint = self.former.fingerprints.get(name)
        if fingerprint is not None and fingerprint == self.fingerprints.get(name):
            return None
        now = self.files.get(name) or table_files(self.out).get(name, [])
        then = self.before.get(name, [])
        if fingerprint is None or not (now or then):
            raise Unknown(f"{name} changed")
        shared = {_identity(path) for path in now} & {_identity(path) for path in then}
        new = [path for path in now if _identity(path) not in shared]
        old = [path for path in then if _identity(path) not in shared]
        if not new and not old:
            return None
        columns = self._columns((now or then)[:1])
        if now and then and set(columns) != set(self._columns(then[:1])):
            raise Unknown(f"the columns of {name} changed")
        changed = f"_changed_{name}"
        empty = parquet_query((now or then)[:1]).where(exp.false())
        self.engine.table(
            changed,
            difference(parquet_query(new) if new else empty, parquet_query(old) if old else empty.copy(), columns),
        )
        return changed if self.engine.value(count_query(exp.select("*").from_(main_query(changed)))) else None

    def _columns(self, files: list[Path]) -> list[str]:
        return [name for name in self.engine.describe(parquet_query(files)) if name not in TRACE]


def _identity(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


def main_query(name: str) -> exp.Table:
    """A table as it is outside of what shadows it."""
    return exp.table_(name, db="main", quoted=True)


def count_query(query: exp.Query) -> exp.Select:
    """How many rows a query gives."""
    return exp.select(exp.Count(this=exp.Star())).from_(query.subquery("counted", copy=False))


def named_key(table: exp.Table, key: str) -> exp.Select:
    """The keys of a table, as the column `k`."""
    return exp.select(exp.alias_(exp.column(key, quoted=True), "k")).from_(table)


def part_of(dirty: Dirty, span: tuple[str | None, str | None], *, first: bool) -> Dirty:
    """The dirty keys of one span; null belongs to the first."""
    return _Span(dirty.table, dirty.key, dirty.count, dirty.null and first, span)


@dataclass(frozen=True)
class _Span(Dirty):
    """Dirty keys of one span."""

    span: tuple[str | None, str | None]

    def query(self) -> exp.Select:
        query = super().query()
        begin, after = self.span
        column = exp.column(self.key, quoted=True)
        if begin is not None:
            query = query.where(exp.GTE(this=column.copy(), expression=exp.Literal.string(begin)))
        if after is not None:
            query = query.where(exp.LT(this=column.copy(), expression=exp.Literal.string(after)))
        return query


def difference(new: exp.Query, old: exp.Query, columns: list[str]) -> exp.Query:
    """Rows that one of two queries has more often than the other."""
    names = [exp.column(name, quoted=True) for name in columns]

    def weighed(query: exp.Query, weight: str) -> exp.Select:
        number = exp.alias_(exp.Literal.number(weight), "_weight")
        return exp.select(*[name.copy() for name in names], number).from_(query.subquery("q", copy=False))

    both = exp.union(weighed(new, "1"), weighed(old, "-1"), distinct=False, copy=False)
    total = exp.Sum(this=exp.column("_weight"))
    return (
        exp.select(*[name.copy() for name in names])
        .from_(both.subquery("both", copy=False))
        .group_by(*[name.copy() for name in names])
        .having(exp.NEQ(this=total, expression=exp.Literal.number(0)))
    )
