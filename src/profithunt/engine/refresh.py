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
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from sqlglot import exp

from profithunt.engine.builder import around, parquet_query, semi_join_of
from profithunt.engine.changes import Changes, Dirty, Unknown, count_query, difference, main_query, named_key, part_of
from profithunt.engine.runs import table_files
from profithunt.engine.steps import Built, Step, link

MOST: Final = 0.5
"""Share of the keys beyond which a model is built whole: refreshing would take longer."""

_SMALL_PARTS = 12


@dataclass
class Refresher(Changes):
    """Builds steps from an earlier run."""

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
                dirty = self.dirty_keys([step])
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
        dirty = self.dirty_keys(made)
        keys = int(self.engine.value(count_query(exp.select("*").from_(self.spans.table))))
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
            part = part_of(dirty, span, first=number == 0)
            with self._only(made, part, {step.model.name for step in made}):
                for step in made:
                    start = time.perf_counter()
                    self.say(f"{step.model.name} {number + 1}/{len(spans)}")
                    if step.kept:
                        path = self._next(step.model.name, len(new[step.model.name]))
                        self.engine.write_parquet(self.statement(step), path, any_order=True)
                        self.engine.attach_parquet(step.model.name, path)
                        new[step.model.name].append(path)
                        seconds[step.model.name] += time.perf_counter() - start
                    else:
                        self.make(step, Path())
        for step in kept:
            start = time.perf_counter()
            name = step.model.name
            held = self.parts_with(self.before[name], dirty)
            fresh = [path for path in new[name] if self.rows_of([path])]
            for path in set(new[name]) - set(fresh):
                path.unlink()
            # Read by all that comes after: the rows that went are looked up once.
            went = self.scratch / f"went_{name}.parquet"
            self.engine.write_parquet(self._rows_in(name, held, dirty), went, any_order=True)
            changed = f"_changed_{name}"
            self.engine.view(changed, parquet_query([went, *fresh]))
            self.changes[name] = changed
            self._store(name, dirty, fresh, held)
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
            self.engine.write_parquet(self.statement(step), fresh, any_order=True)
        held = self.parts_with(self.before[name], dirty)
        old = self._rows_in(name, held, dirty)
        columns = list(self.engine.describe(parquet_query([fresh])))
        changed = f"_changed_{name}"
        self.engine.table(changed, difference(parquet_query([fresh]), old, columns))
        differ = self.keys_of(f"_differ_{name}", dirty.key, [named_key(main_query(changed), dirty.key)])
        if not differ.count and not differ.null:
            self._take(step)
            return 0
        self.changes[name] = changed
        target = self._next(name, 0)
        rows = self.engine.write_parquet(self.rows_of_keys(parquet_query([fresh]), differ), target, any_order=True)
        if not rows:
            target.unlink()
        self._store(name, differ, [target] if rows else [], self.parts_with(held, differ))
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
            rows = exp.select(*[exp.column(column, quoted=True) for column in columns]).from_(main_query(name))
            if name in said:
                expression, query = said[name]
                wanted = self.compiled(query, name) if query is not None else dirty.query()
                key = expression if query is not None else dirty.key
                tree: exp.Expr = exp.maybe_parse(
                    self.compiled(f"SELECT {expression} AS k FROM {name}", name), dialect="duckdb"
                )
                found = tree.selects[0].unalias() if isinstance(tree, exp.Select) else exp.column(expression)
                text = exp.maybe_parse(wanted, dialect="duckdb") if isinstance(wanted, str) else wanted
                shown[name] = semi_join_of(rows, found, text, key)
            elif dirty.key in there:
                shown[name] = self.rows_of_keys(rows, dirty)
        with self.duck.shadow(shown, stored=True):
            yield

    def _rows_in(self, name: str, held: list[Path], dirty: Dirty) -> exp.Query:
        """The rows of dirty keys in the parts of the earlier run that hold them."""
        if not held:
            return parquet_query(self.before[name][:1]).where(exp.false())
        return self.rows_of_keys(parquet_query(held), dirty)

    def _store(self, name: str, dirty: Dirty, fresh: list[Path], held: list[Path]) -> None:
        """Put a table together: parts without dirty keys linked, what is left of others (`held`), and fresh ones."""
        before = self.before[name]
        opened = self._opened(before, held)
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

    def _opened(self, files: list[Path], held: list[Path]) -> list[Path]:
        """The parts that hold dirty keys; and small ones once there are many, so that they become one."""
        opened = list(held)
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
            return all(self.change(name) is None for name in step.bases - said - {step.model.by_part})
        except Unknown:
            return False
