"""Builds models whole: one after the other, or together a span of keys at a time."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from sqlglot import exp

from profithunt.engine.compiler import compile_sql, values_query
from profithunt.engine.duck import Engine
from profithunt.engine.engine import AnyEngine, Span, Statement
from profithunt.engine.steps import Built, Earlier, Report, Settings, Spans, Step, take_over
from profithunt.errors import ModelError


def around(todo: list[Step], in_spans: list[Step]) -> tuple[list[Step], list[Step]]:
    """What is built before the models in spans and what after. Raises ModelError where one would be both."""
    spanned = {step.model.name for step in in_spans}
    after: set[str] = set()
    first, last = [], []
    for step in todo:
        if step.model.name in spanned:
            if step.reads & after:
                raise ModelError(
                    f"reads {min(step.reads & after)}, which itself needs {min(spanned)}", where=step.model.name
                )
        elif step.reads & (spanned | after):
            after.add(step.model.name)
            last.append(step)
        else:
            first.append(step)
    return first, last


@dataclass
class Builder:
    """Builds steps one after the other and keeps what came of each."""

    engine: AnyEngine
    out: Path
    settings: Settings
    earlier: Earlier | None
    report: Report | None
    spans: Spans
    total: int = 0
    built: list[Built] = field(default_factory=list)
    done: int = 0
    files: dict[str, list[Path]] = field(default_factory=dict)

    def in_spans(self, step: Step) -> bool:
        """Whether a model is one of those built together, a span of keys at a time."""
        return len(self.all_spans) > 1 and self.together(step)

    def together(self, step: Step) -> bool:
        """Whether a model has the key that spans are made of, with all that it reads."""
        return step.model.dirty_key == self.spans.key and not step.model.reads

    @cached_property
    def all_spans(self) -> list[Span]:
        """The spans of keys."""
        return self.spans.of(self.engine)

    def build(self, step: Step, why: str | None = None) -> None:
        """Build or take over one model, whole."""
        if not step.needed:
            return
        start = time.perf_counter()
        self.say(step.model.name)
        if step.reused and self.earlier is not None:
            self.take(step.model.name)
        else:
            self.make(step, self.out / f"{step.model.name}.parquet")
            self.check(step)
        self.done += 1
        self.keep(step, time.perf_counter() - start, why=why)

    def take(self, name: str) -> None:
        """Take the files of a table over from the earlier run."""
        if self.earlier is not None:
            self.attach(name, take_over(self.earlier.folder, self.out, name))

    def attach(self, name: str, files: list[Path]) -> None:
        """Let queries read these files as a table."""
        self.files[name] = files
        self.engine.attach_parquet(name, files)

    def build_in_spans(self, steps: list[Step], why: str | None = None) -> None:
        """Build models span by span; what one of them reads shows only the keys of the span."""
        made = [step for step in steps if not step.reused]
        names = {step.model.name for step in steps}
        seconds = dict.fromkeys(names, 0.0)
        keyed = (
            [
                name
                for name in sorted(set().union(*(step.reads for step in made)) - names)
                if self.spans.key in self.engine.columns(name)
            ]
            if made
            else []
        )
        for number, span in enumerate(self.all_spans if made else (), 1):
            with self.engine.part(keyed, self.spans.key, span):
                for step in made:
                    start = time.perf_counter()
                    self.say(f"{step.model.name} {number}/{len(self.all_spans)}")
                    self.make(step, self.out / step.model.name / f"{number:04}.parquet", whole=False)
                    seconds[step.model.name] += time.perf_counter() - start
        for step in steps:
            if step.reused or step.kept:
                start = time.perf_counter()
                if step.reused:
                    self.take(step.model.name)
                else:
                    self.attach(step.model.name, self._filled(step.model.name))
                    self.check(step)
                self.keep(step, seconds[step.model.name] + time.perf_counter() - start, why=why)
            self.done += 1

    def _filled(self, name: str) -> list[Path]:
        """The parts of a table that hold rows, or its first one where none does; the others are removed."""
        parts = sorted((self.out / name).glob("*.parquet"))
        filled = [path for path in parts if self.rows_of([path])] or parts[:1]
        for path in set(parts) - set(filled):
            path.unlink()
        return filled

    def rows_of(self, files: list[Path]) -> int:
        """Number of rows in some Parquet files."""
        return int(self.engine.value(exp.select(exp.Count(this=exp.Star())).from_(parquet_query(files).subquery("p"))))

    def make(self, step: Step, target: Path, *, whole: bool = True) -> None:
        """Make a view, a working table, or the Parquet file `target`, and attach it.

        A whole table that can be refreshed later is written in parts of its key: a change opens only those that hold
        it.
        """
        model, sql = step.model, self.statement(step)
        if model.kind == "view":
            self.engine.view(model.name, sql)
        elif model.working:
            self.engine.table(model.name, sql)
        elif model.by_part is not None and len(self.files.get(model.by_part, ())) > 1:
            self.attach(model.name, [self.make_part(step, path) for path in self.files[model.by_part]])
        else:
            parts = self._parts(step) if whole and sql is step.sql else []
            if parts:
                self.attach(model.name, parts)
                return
            target.parent.mkdir(exist_ok=True)
            order_by = model.order_by if self.settings.ordered else ()
            self.engine.write_parquet(sql, target, order_by=order_by, any_order=not order_by)
            self.attach(model.name, [target])

    def statement(self, step: Step) -> Statement:
        """The statement of a model; no rows where the inputs that it is nothing without have none."""
        model = step.model
        if not model.empty_with or any(self._filled_now(name) for name in model.empty_with):
            return step.sql
        return values_query({column.name: column.type for column in model.columns}, [])

    def _filled_now(self, name: str) -> bool:
        return bool(self.engine.rows(exp.select(exp.Literal.number(1)).from_(exp.table_(name, quoted=True)).limit(1)))

    def make_part(self, step: Step, part: Path) -> Path:
        """Sums over one part of a table, into a file of the same name."""
        if not isinstance(self.engine, Engine):
            raise TypeError("only DuckDB builds tables in parts")
        base = str(step.model.by_part)
        target = self.out / step.model.name / part.name
        target.parent.mkdir(exist_ok=True)
        shown: dict[str, exp.Query] = {base: parquet_query([part])}
        for name, expression, _ in step.model.reads:
            shown[name] = semi_join(name, expression, shown[base].copy(), expression)
        with self.engine.shadow(shown):
            self.engine.write_parquet(step.sql, target, any_order=True)
        return target

    def _parts(self, step: Step) -> list[Path]:
        """The table in parts of its key, where it can be refreshed and its shop is large; else nothing."""
        key = step.model.dirty_key
        if self.settings.ordered or self.spans.number <= 1 or key is None or not isinstance(self.engine, Engine):
            return []
        if step.model.scattered:
            return []
        for name in sorted(step.bases):
            if key in self.engine.columns(name):
                ends = [end for _, end in self.engine.spans(name, key, self.spans.number) if end is not None]
                return self.engine.write_parts(step.sql, self.out / step.model.name, key, ends) if ends else []
        return []

    def say(self, name: str) -> None:
        """Tell who asked what is being built."""
        if self.report:
            self.report(name, self.done, self.total)

    def keep(self, step: Step, seconds: float, *, refreshed: int | None = None, why: str | None = None) -> None:
        """Note what came of a table that the run keeps."""
        if step.kept:
            rows = int(self.engine.value(exp.select(exp.Count(this=exp.Star())).from_(step.model.name)))
            self.built.append(
                Built(
                    step.model.name,
                    rows,
                    round(seconds, 3),
                    step.fingerprint,
                    step.reused,
                    step.statement,
                    refreshed,
                    why,
                )
            )

    def check(self, step: Step) -> None:
        """Hold a table against the checks of its model. Raises ModelError."""
        model, engine, settings = step.model, self.engine, self.settings
        if model.unique:
            keys = [exp.column(name) for name in model.grain]
            double = exp.select(*keys).from_(model.name).group_by(*keys).having("COUNT(*) > 1").limit(1)
            rows = engine.rows(double)
            if rows:
                raise ModelError(
                    f"the key {dict(zip(model.grain, rows[0], strict=True))} stands more than once", where=model.name
                )
        for total in model.totals:
            have = engine.value(exp.select(exp.Sum(this=exp.column(total.column))).from_(model.name))
            want = engine.value(
                compile_sql(
                    total.equals, lists=settings.lists, values=settings.values, parts=settings.parts, where=model.name
                )
            )
            if (have or 0) != (want or 0):
                raise ModelError(
                    f"its {total.column} adds up to {have}, which is not the control total {want}", where=model.name
                )


def parquet_query(files: list[Path]) -> exp.Select:
    """The rows of some Parquet files."""
    given = exp.Array(expressions=[exp.Literal.string(str(item)) for item in files])
    return exp.select("*").from_(exp.func("read_parquet", given, dialect="duckdb"))


def semi_join(name: str, expression: str | exp.Expr, query: exp.Query, key: str, *, anti: bool = False) -> exp.Select:
    """Rows of the table `name` (as it is outside of what shadows it) whose expression is among a query's keys."""
    return semi_join_of(
        exp.select("*").from_(exp.table_(name, db="main", quoted=True)), expression, query, key, anti=anti
    )


def semi_join_of(
    rows: exp.Query, expression: str | exp.Expr, query: exp.Query, key: str, *, anti: bool = False
) -> exp.Select:
    """Rows of a query whose expression is (`anti`: is not) among the column `key` of another query."""
    tree = exp.maybe_parse(expression, dialect="duckdb", copy=True)
    on = exp.EQ(this=tree, expression=exp.column(key, table="wanted", quoted=True))
    for column in tree.find_all(exp.Column):
        column.set("table", exp.to_identifier("rows"))
    return (
        exp.select(exp.Column(this=exp.Star(), table=exp.to_identifier("rows")))
        .from_(rows.subquery("rows", copy=False))
        .join(query.subquery("wanted", copy=False), on=on, join_type="anti" if anti else "semi")
    )
