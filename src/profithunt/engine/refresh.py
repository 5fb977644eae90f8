"""Build a run from an earlier one: only what changed is computed, and the result equals a full run.

A table of a run is a set of *parts*, Parquet files that never change. What differs between two versions of a table lies
in the parts that they don't share. A model with a `dirty_key` is computed for the keys that a change of its inputs
concerns (the header says how they are found), its old rows of these keys are dropped, and parts without such rows are
linked. Any other model is computed whole; so is one whose statement, settings or input changed in a way that names no
keys.
"""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from sqlglot import exp

from profithunt.engine.builder import Builder, around, parquet_query, semi_join_of
from profithunt.engine.compiler import compile_sql
from profithunt.engine.duck import Engine
from profithunt.engine.runs import table_files
from profithunt.engine.steps import Built, Earlier, Step, link

TRACE: Final = ("_file", "_row")
"""Columns that say where a row was read: they may change while the row does not."""

MOST: Final = 0.5
"""Share of the keys beyond which a model is built whole: refreshing would take longer."""

_SMALL_PARTS = 12


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
        return exp.select(exp.column(self.key, quoted=True)).from_(_main(self.table))


@dataclass
class Refresher(Builder):
    """Builds steps from an earlier run."""

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

    def run(self, todo: list[Step], also: Collection[str]) -> list[Built]:
        """Build every table that the run keeps, and the working tables that `also` names."""
        self.steps = {step.model.name: step for step in todo}
        self.before = table_files(self.former.folder)
        self.total = sum(step.kept for step in todo)
        group = [step for step in todo if self.together(step)]
        first, last = around(todo, group)
        with TemporaryDirectory(dir=self.out.parent, prefix="refresh-") as scratch:
            self.scratch = Path(scratch)
            for step in first:
                self._step(step)
            if group:
                self._group(group)
            for step in last:
                self._step(step)
            for name in also:
                self._ready({name})
        if self.report:
            self.report("", self.total, self.total)
        return self.built

    # One model

    def _step(self, step: Step) -> None:
        if not step.kept:
            return
        start = time.perf_counter()
        name = step.model.name
        self.say(name)
        if step.reused:
            self._take(step)
            self.keep(step, time.perf_counter() - start)
        elif step.model.by_part is not None:
            count = self._sum_parts(step)
            self.keep(step, time.perf_counter() - start, refreshed=count)
        elif step.model.dirty_key is not None:
            try:
                dirty = self._dirty([step])
            except Unknown as why:
                self._whole(step, str(why))
            else:
                count = self._refresh_one(step, dirty)
                self.check(step)
                self.keep(step, time.perf_counter() - start, refreshed=count)
        else:
            self._whole(step, None)
        self.done += 1

    def _whole(self, step: Step, why: str | None) -> None:
        self._ready(step.reads)
        start = time.perf_counter()
        self.make(step, self.out / f"{step.model.name}.parquet")
        self.check(step)
        self.keep(step, time.perf_counter() - start, why=why)

    def _take(self, step: Step) -> None:
        self.take(step.model.name)
        self.taken[step.model.name] = {path.name for path in self.files[step.model.name]}
        self.changes[step.model.name] = None

    def _ready(self, names: Collection[str]) -> None:
        """Make the views and working tables among these, with what they need, if they are not there."""
        for step in self._between(names):
            if step.model.name not in self.ready:
                self.make(step, Path())
                self.ready.add(step.model.name)

    def _between(self, names: Collection[str]) -> list[Step]:
        """The views and working tables that lead to these, in the order in which they are made."""
        wanted: set[str] = set()
        todo = list(names)
        while todo:
            step = self.steps.get(todo.pop())
            if step is not None and not step.kept and step.model.name not in wanted:
                wanted.add(step.model.name)
                todo += step.reads
        return [step for name, step in self.steps.items() if name in wanted]

    # Models built together

    def _group(self, group: list[Step]) -> None:
        kept = [step for step in group if step.kept]
        for step in kept:
            if step.reused:
                self._take(step)
                self.keep(step, 0.0)
                self.done += 1
        todo = [step for step in kept if not step.reused]
        if not todo:
            return
        names = {step.model.name for step in todo}
        between = {step.model.name for step in self._between({name for step in todo for name in step.reads})}
        made = [step for step in group if step.model.name in names | between]
        try:
            dirty, chunks = self._dirty_group(made)
        except Unknown as why:
            self._whole_group(made, str(why))
        else:
            self._refresh_group(made, dirty, chunks)

    def _dirty_group(self, made: list[Step]) -> tuple[Dirty, int]:
        """The dirty keys of models built together, and in how many spans to build them. Raises Unknown."""
        dirty = self._dirty(made)
        keys = int(self.engine.value(_count(exp.select("*").from_(self.spans.table))))
        if dirty.count > MOST * keys:
            raise Unknown(f"{dirty.count} of {keys} keys changed")
        return dirty, max(1, round(self.spans.number * dirty.count / max(keys, 1)))

    def _whole_group(self, made: list[Step], why: str) -> None:
        self._ready({name for step in made for name in step.reads} - {step.model.name for step in made})
        if len(self.all_spans) > 1:
            self.build_in_spans(made, why)
            return
        for step in made:
            self.make(step, self.out / f"{step.model.name}.parquet")
            if step.kept:
                self.check(step)
                self.keep(step, 0.0, why=why)
                self.done += 1

    def _refresh_group(self, made: list[Step], dirty: Dirty, chunks: int) -> None:
        kept = [step for step in made if step.kept]
        if not dirty.count and not dirty.null:
            for step in kept:
                self._take(step)
                self.keep(step, 0.0, refreshed=0)
            return
        new: dict[str, list[Path]] = {step.model.name: [] for step in kept}
        seconds = dict.fromkeys(new, 0.0)
        spans = self.engine.spans(dirty.table, dirty.key, chunks)
        for number, span in enumerate(spans):
            part = _part_of(dirty, span, first=number == 0)
            with self._only(made, part, {step.model.name for step in made}):
                for step in made:
                    start = time.perf_counter()
                    self.say(f"{step.model.name} {number + 1}/{len(spans)}")
                    if step.kept:
                        path = self._next(step.model.name, len(new[step.model.name]))
                        self.engine.write_parquet(step.sql, path, any_order=True)
                        self.engine.attach_parquet(step.model.name, path)
                        new[step.model.name].append(path)
                        seconds[step.model.name] += time.perf_counter() - start
                    else:
                        self.make(step, Path())
        for step in kept:
            start = time.perf_counter()
            name = step.model.name
            old = self._rows_of_keys(parquet_query(self.before[name]), dirty)
            fresh = [path for path in new[name] if self.rows_of([path])]
            for path in set(new[name]) - set(fresh):
                path.unlink()
            both = [old, parquet_query(fresh)] if fresh else [old]
            changed = f"_changed_{name}"
            self.engine.view(changed, both[0] if len(both) == 1 else exp.union(*both, distinct=False))
            self.changes[name] = changed
            self._store(name, dirty, fresh)
            self.check(step)
            self.keep(step, seconds[name] + time.perf_counter() - start, refreshed=dirty.count)
            self.done += 1

    # Refreshing

    def _refresh_one(self, step: Step, dirty: Dirty) -> int:
        """Compute the rows of dirty keys; those that came out as they were are left alone. How many keys differ."""
        name = step.model.name
        if not dirty.count and not dirty.null:
            self._take(step)
            return 0
        between = self._between(step.reads)
        fresh = self.scratch / f"{name}.parquet"
        with self._only([*between, step], dirty, {item.model.name for item in between}):
            for item in between:
                self.make(item, Path())
            self.engine.write_parquet(step.sql, fresh, any_order=True)
        old = self._rows_of_keys(parquet_query(self.before[name]), dirty)
        columns = list(self.engine.describe(parquet_query([fresh])))
        changed = f"_changed_{name}"
        self.engine.table(changed, _difference(parquet_query([fresh]), old, columns))
        differ = self._keys_of(f"_differ_{name}", dirty.key, [_named_key(_main(changed), dirty.key)])
        if not differ.count and not differ.null:
            self._take(step)
            return 0
        self.changes[name] = changed
        target = self._next(name, 0)
        rows = self.engine.write_parquet(self._rows_of_keys(parquet_query([fresh]), differ), target, any_order=True)
        if not rows:
            target.unlink()
        self._store(name, differ, [target] if rows else [])
        return differ.count + differ.null

    @contextmanager
    def _only(self, made: list[Step], dirty: Dirty, own: Collection[str]) -> Iterator[None]:
        """While this lasts, what these models read shows what is needed for the dirty keys alone."""
        self.engine.view("dirty", dirty.query())
        words = set(re.findall(r"\w+", " ".join(step.sql for step in made).lower()))
        said = {name: (expression, query) for step in made for name, expression, query in step.model.reads}
        words |= set(re.findall(r"\w+", " ".join(expression for expression, _ in said.values()).lower()))
        shown: dict[str, exp.Query | str] = {}
        for name in sorted(set().union(*(step.reads for step in made)) - set(own)):
            there = self.engine.columns(name)
            columns = [column for column in there if column.lower() in words] or list(there)[:1]
            rows = exp.select(*[exp.column(column, quoted=True) for column in columns]).from_(_main(name))
            if name in said:
                expression, query = said[name]
                wanted = self._compiled(query, name) if query is not None else dirty.query()
                key = expression if query is not None else dirty.key
                tree: exp.Expr = exp.maybe_parse(
                    self._compiled(f"SELECT {expression} AS k FROM {name}", name), dialect="duckdb"
                )
                found = tree.selects[0].unalias() if isinstance(tree, exp.Select) else exp.column(expression)
                text = exp.maybe_parse(wanted, dialect="duckdb") if isinstance(wanted, str) else wanted
                shown[name] = semi_join_of(rows, found, text, key)
            elif dirty.key in there:
                shown[name] = self._rows_of_keys(rows, dirty)
        with self.duck.shadow(shown, stored=True):
            yield

    def _rows_of_keys(self, rows: exp.Query, dirty: Dirty) -> exp.Query:
        key = exp.column(dirty.key, quoted=True)
        found: exp.Query = semi_join_of(rows.copy(), key.copy(), dirty.query(), dirty.key)
        if not dirty.null:
            return found
        without = (
            exp.select("*").from_(rows.copy().subquery("r", copy=False)).where(exp.Is(this=key, expression=exp.null()))
        )
        return exp.union(found, without, distinct=False, copy=False)

    def _store(self, name: str, dirty: Dirty, fresh: list[Path]) -> None:
        """Put a table together: parts without dirty keys linked, what is left of the others, and the fresh ones."""
        before = self.before[name]
        opened = self._opened(before, dirty)
        files: list[Path] = []
        taken: set[str] = set()
        for path in before:
            if path in opened:
                continue
            # A table in one file becomes a part among others.
            lone = path.parent == self.former.folder
            target = self._next(name, len(fresh) + len(files)) if lone else self.out / name / path.name
            target.parent.mkdir(exist_ok=True)
            link(path, target)
            files.append(target)
            if not lone:
                taken.add(path.name)
        for number, some in enumerate(self._batches(opened)):
            target = self._next(name, len(fresh) + number)
            key = exp.column(dirty.key, quoted=True)
            rest = semi_join_of(parquet_query(some), key.copy(), dirty.query(), dirty.key, anti=True)
            if dirty.null:
                rest = rest.where(
                    exp.Is(this=exp.column(dirty.key, table="rows", quoted=True), expression=exp.null()).not_()
                )
            if self.engine.write_parquet(rest, target, any_order=True):
                files.append(target)
            else:
                target.unlink()
        files += fresh
        if not files:
            files = [self._next(name, 0)]
            self.engine.write_parquet(parquet_query(before[:1]).where(exp.false()), files[0])
        self.taken[name] = taken
        self.attach(name, sorted(files))

    def _opened(self, files: list[Path], dirty: Dirty) -> list[Path]:
        """The parts that hold dirty keys; and small ones once there are many, so that they become one."""
        given = exp.Array(expressions=[exp.Literal.string(str(item)) for item in files])
        option = exp.PropertyEQ(this=exp.to_identifier("filename"), expression=exp.true())
        columns = [exp.column(dirty.key, quoted=True), exp.column("filename")]
        rows = exp.select(*columns).from_(exp.Anonymous(this="read_parquet", expressions=[given, option]))
        held = exp.select("filename").distinct().from_(self._rows_of_keys(rows, dirty).subquery("held"))
        names = {str(row[0]) for row in self.engine.rows(held)}
        opened = [path for path in files if str(path) in names]
        if len(files) > _SMALL_PARTS + 2 * max(self.spans.number, 1):
            sizes = {path: path.stat().st_size for path in files}
            usual = sorted(sizes.values())[-max(self.spans.number // 2, 1)]
            opened += [path for path in files if path not in opened and sizes[path] < usual / 3]
        return opened

    def _batches(self, files: list[Path]) -> list[list[Path]]:
        """Parts that become one together: small ones, up to the size of the largest."""
        sizes = {path: path.stat().st_size for path in files}
        most = max(sizes.values(), default=0)
        batches: list[list[Path]] = []
        held = 0
        for path in sorted(files):
            if not batches or held + sizes[path] > most:
                batches.append([])
                held = 0
            batches[-1].append(path)
            held += sizes[path]
        return batches

    def _next(self, name: str, more: int) -> Path:
        """A name for a new part that no part of the earlier run has."""
        numbers = [int(path.stem) for path in self.before.get(name, ()) if path.stem.isdigit()]
        target = self.out / name / f"{max(numbers, default=0) + 1 + more:04}.parquet"
        target.parent.mkdir(exist_ok=True)
        return target

    def _sum_parts(self, step: Step) -> int:
        """Sums over each part of a table: those of parts that were taken over are taken over. The parts made."""
        name, base = step.model.name, str(step.model.by_part)
        taken = self.taken.get(base, set()) if self._sums_hold(step) else set()
        old = {path.name: path for path in self.before.get(name, ())}
        files, made = [], 0
        self.taken[name] = set()
        for part in self.files[base]:
            if part.name in taken and part.name in old and part.parent.name == base:
                target = self.out / name / part.name
                target.parent.mkdir(exist_ok=True)
                link(old[part.name], target)
                self.taken[name].add(part.name)
            else:
                target = self.make_part(step, part)
                made += 1
            files.append(target)
        self.attach(name, files)
        return made

    def _sums_hold(self, step: Step) -> bool:
        """Whether the sums over a part are what they were where the part is."""
        if self.former.statements.get(step.model.name) != step.statement:
            return False
        said = {name for name, _, _ in step.model.reads}
        try:
            return all(self._change(name) is None for name in step.bases - said - {step.model.by_part})
        except Unknown:
            return False

    # What changed

    def _dirty(self, made: list[Step]) -> Dirty:
        """The keys of these models that a change concerns. Raises Unknown."""
        own = {step.model.name for step in made}
        key = str(next(step.model.dirty_key for step in made if step.kept))
        for step in made:
            if step.kept and step.model.name not in self.before:
                raise Unknown("it is new")
            if step.kept and self.former.statements.get(step.model.name) != step.statement:
                raise Unknown("its statement or the settings changed")
        queries: list[exp.Query] = []
        for step in made:
            rules = dict(step.model.dirty)
            for name in sorted(self._outside(step, own)):
                changed = self._change(name)
                if changed is None:
                    continue
                if name in rules:
                    queries.append(self._stored_keys(rules[name], changed, f"_keys_{step.model.name}_{name}"))
                elif key in self.engine.columns(changed):
                    queries.append(_named_key(_main(changed), key))
                else:
                    raise Unknown(f"{name} changed")
        return self._keys_of(f"_dirty_{made[-1].model.name}", key, queries)

    def _outside(self, step: Step, own: Collection[str]) -> set[str]:
        """The tables that a model comes from without those of its own group."""
        found: set[str] = set()
        for name in step.reads - set(own):
            through = self.steps.get(name)
            found |= {name} if through is None or through.kept else self._outside(through, own)
        return found

    def _stored_keys(self, rule: str, changed: str, name: str) -> exp.Query:
        self.engine.view("changed", exp.select("*").from_(_main(changed)))
        self.engine.table(f"{name}_all", self._compiled(rule, name))
        column = next(iter(self.engine.columns(f"{name}_all")))
        self.engine.table(name, _named_key(_main(f"{name}_all"), column).distinct())
        self.engine.drop(f"{name}_all")
        return _named_key(_main(name), "k")

    def _keys_of(self, table: str, key: str, queries: list[exp.Query]) -> Dirty:
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
        self.engine.table(table, exp.select(column).from_(_main(f"{table}_all")).where(there))
        count = int(self.engine.value(_count(exp.select("*").from_(_main(table)))))
        both = int(self.engine.value(_count(exp.select("*").from_(_main(f"{table}_all")))))
        return Dirty(table, key, count, both > count)

    def _compiled(self, sql: str, where: str) -> str:
        settings = self.settings
        return compile_sql(sql, lists=settings.lists, values=settings.values, parts=settings.parts, where=where)

    def _change(self, name: str) -> str | None:
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
            _difference(parquet_query(new) if new else empty, parquet_query(old) if old else empty.copy(), columns),
        )
        return changed if self.engine.value(_count(exp.select("*").from_(_main(changed)))) else None

    def _columns(self, files: list[Path]) -> list[str]:
        return [name for name in self.engine.describe(parquet_query(files)) if name not in TRACE]


def _identity(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


def _main(name: str) -> exp.Table:
    return exp.table_(name, db="main", quoted=True)


def _count(query: exp.Query) -> exp.Select:
    return exp.select(exp.Count(this=exp.Star())).from_(query.subquery("counted", copy=False))


def _named_key(table: exp.Table, key: str) -> exp.Select:
    return exp.select(exp.alias_(exp.column(key, quoted=True), "k")).from_(table)


def _part_of(dirty: Dirty, span: tuple[str | None, str | None], *, first: bool) -> Dirty:
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


def _difference(new: exp.Query, old: exp.Query, columns: list[str]) -> exp.Query:
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
