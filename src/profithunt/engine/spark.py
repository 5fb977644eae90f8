"""Spark behind the same door as DuckDB: the way out when one machine is too small.

Nothing above this package imports `pyspark`, and here it is imported when the first engine is made. Every engine has a
session of its own (names don't meet), all share one Spark application, which ends with the engine that began it.

Paths below the engine's `local` folder are written below `out` instead: a path or object-store URL of Hadoop's
(`s3a://…`, `abfss://…`, `hdfs://…`, `file://…`). A table is written as a
folder of part files: `<name>` for what is called `<name>.parquet`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from sqlglot import exp

from profithunt.engine.compiler import Compiled
from profithunt.engine.engine import Parameters, Span, Statement
from profithunt.engine.portable import for_spark
from profithunt.engine.relation import Relation
from profithunt.engine.sparkarrays import batches_of, columns_of, table_of
from profithunt.engine.sparksession import SETTINGS, faults, session_on
from profithunt.errors import EngineError

if TYPE_CHECKING:
    from types import TracebackType

    from numpy.typing import NDArray
    from pyspark.sql import DataFrame


class SparkEngine:
    """Spark on `master` (`local[*]` by default; `spark://…`, `yarn`, `k8s://…`).

    `options` are Spark's own settings; what decides figures (time zone, ANSI arithmetic) can't be changed by them.
    `local` and `out`: what is written below the folder `local` goes below `out`. Use as a context manager, or call
    `close`. Raises UsageError where pyspark or Java is missing, EngineError where Spark can't start.
    """

    dialect = "spark"

    def __init__(
        self,
        *,
        master: str | None = None,
        options: Mapping[str, str] | None = None,
        local: Path | None = None,
        out: str | None = None,
    ) -> None:
        session, self._began = session_on(master, options or {})
        self._session = session.newSession()
        for name, value in SETTINGS.items():
            self._session.conf.set(name, value)
        self._frames: dict[str, DataFrame] = {}
        self._kept: dict[str, DataFrame] = {}
        self.local = local
        self.out = out.rstrip("/") if out else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Forget what this engine named; end Spark where this engine began it."""
        for name in list(self._frames):
            self.drop(name)
        if self._began:
            self._session.stop()

    @property
    def version(self) -> str:
        """Name and version of the engine, e.g. `spark 4.3.0`."""
        return f"spark {self._session.version}"

    # Statements

    def sql_of(self, statement: Statement) -> str:
        """The statement as Spark text; plain text is taken as it is."""
        if isinstance(statement, Compiled):
            return statement.written_for("spark")
        if isinstance(statement, str):
            return statement
        return for_spark(statement.copy()).sql(dialect="spark")

    def frame(self, statement: Statement) -> DataFrame:
        """A query as Spark's own data frame, for whoever goes on in Spark. Raises EngineError."""
        text = self.sql_of(statement)
        with faults(text):
            return self._session.sql(text)

    def run(self, statement: Statement, params: Parameters = None) -> None:
        """Execute a statement whose result nobody reads. Raises EngineError."""
        self.rows(statement, params)

    def rows(self, statement: Statement, params: Parameters = None) -> list[tuple[Any, ...]]:
        """All rows of a query, as tuples; for results that fit the driver. Raises EngineError."""
        return self.fetch(statement, params)[1]

    def fetch(self, statement: Statement, params: Parameters = None) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Column names and all rows of a query. Raises EngineError."""
        if params:
            raise EngineError("values are bound when a statement is compiled", where=str(statement)[:120])
        frame = self.frame(statement)
        with faults(str(statement)):
            return list(frame.columns), [tuple(row) for row in frame.collect()]

    def dicts(self, statement: Statement, params: Parameters = None) -> list[dict[str, Any]]:
        """All rows of a query, as dictionaries by column name."""
        names, rows = self.fetch(statement, params)
        return [dict(zip(names, row, strict=True)) for row in rows]

    def value(self, statement: Statement, params: Parameters = None) -> Any:
        """The first column of the first row, or None."""
        rows = self.rows(statement, params)
        return rows[0][0] if rows else None

    def arrays(self, statement: Statement, params: Parameters = None) -> dict[str, NDArray[Any]]:
        """The columns of a query as NumPy arrays, as `engine/arrays.py` says. Raises EngineError."""
        if params:
            raise EngineError("values are bound when a statement is compiled", where=str(statement)[:120])
        frame = self.frame(statement)
        with faults(str(statement)):
            return columns_of(frame.toArrow())

    def array_batches(self, statement: Statement, *, rows: int = 1_000_000) -> Iterator[dict[str, NDArray[Any]]]:
        """The same, `rows` at a time: the driver holds one partition of the result. Raises EngineError."""
        frame = self.frame(statement)
        with faults(str(statement)):
            yield from batches_of(frame, rows)

    def relation(self, statement: Statement) -> Relation:
        """A query that runs when it is read, as rows, data frame or Arrow."""
        return Relation(_Reader(self), self.sql_of(statement))

    # Names

    def view(self, name: str, query: Statement) -> None:
        """Give a query a name."""
        self._name(name, self.frame(query))

    def table(self, name: str, query: Statement) -> None:
        """Run a query once and keep its rows (in memory, else on the executors' disks) under a name."""
        kept = self.frame(query).cache()
        self._name(name, kept)
        self._kept[name.lower()] = kept

    def _name(self, name: str, frame: DataFrame) -> None:
        self.drop(name)
        with faults(name):
            frame.createOrReplaceTempView(_quoted(name))
        self._frames[name.lower()] = frame

    def drop(self, name: str) -> None:
        """Forget a view or table, if there is one of this name."""
        if self._frames.pop(name.lower(), None) is not None:
            self._session.catalog.dropTempView(name)
        kept = self._kept.pop(name.lower(), None)
        if kept is not None:
            kept.unpersist()

    def has(self, name: str) -> bool:
        """Whether a view or table of this name is there."""
        return name.lower() in self._frames

    def columns(self, name: str) -> dict[str, str]:
        """Columns of a view or table, name → engine type, in their order."""
        frame = self._frames.get(name.lower())
        if frame is None:
            raise EngineError("there is no table of this name", where=name)
        return {item.name: item.dataType.simpleString() for item in frame.schema}

    def describe(self, query: Statement) -> dict[str, str]:
        """Columns of a query, name → engine type, without running it."""
        return {item.name: item.dataType.simpleString() for item in self.frame(query).schema}

    # Data in

    def attach_parquet(self, name: str, path: Path | str | Sequence[Path | str]) -> None:
        """Give Parquet files or folders (paths or URLs) a name, so that queries read them as a table."""
        paths = [path] if isinstance(path, (Path, str)) else list(path)
        with faults(name):
            self._name(name, self._session.read.parquet(*[self.place(item) for item in paths]))

    def attach_url(self, name: str, urls: Sequence[str]) -> None:
        """Give Parquet files or folders behind URLs a name. Raises EngineError."""
        self.attach_parquet(name, list(urls))

    def attach_catalogue(self, name: str, table: str) -> None:
        """Give a table of Spark's catalogue (`lake.shop.orders`) a name of the house. Raises EngineError."""
        with faults(table):
            self._name(name, self._session.table(table))

    def attach_arrow(self, name: str, source: object) -> None:
        """Copy anything that speaks the Arrow PyCapsule interface into a table."""
        import pyarrow as pa

        with faults(name):
            self._name(name, self._session.createDataFrame(pa.table(source)))

    def attach_arrays(self, name: str, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Copy NumPy arrays of one length into a table, a column each; masked values and NaN become null."""
        shapes = {column: array.shape for column, array in arrays.items()}
        if len(set(shapes.values())) != 1 or len(next(iter(shapes.values()))) != 1:
            said = ", ".join(f"{column} {shape}" for column, shape in shapes.items()) or "none"
            raise EngineError(f"columns of one length were expected, but got: {said}", where=name)
        with faults(name):
            self._name(name, self._session.createDataFrame(table_of(arrays)))

    def spans(self, name: str, key: str, number: int) -> list[Span]:  # noqa: ARG002 - the door's
        """One span: Spark cuts its work into partitions by itself."""
        return [(None, None)]

    def part(
        self,
        tables: Sequence[str],  # noqa: ARG002 - the door's
        key: str,  # noqa: ARG002
        span: Span,  # noqa: ARG002
    ) -> contextlib.AbstractContextManager[None]:
        """The whole tables, since there is one span."""
        return contextlib.nullcontext()

    # Data out

    def place(self, path: Path | str) -> str:
        """Where a path is for Spark: a URL as it is, what lies below `local` below `out`, else the local file.

        A Parquet file that is not there is the folder of part files that stands for it.
        """
        if isinstance(path, str):
            return path
        if path.suffix == ".parquet" and not path.is_file():
            path = path.with_suffix("")
        if self.local is not None and self.out is not None and path.is_relative_to(self.local):
            return f"{self.out}/{path.relative_to(self.local).as_posix()}"
        return path.resolve().as_uri()

    def write_parquet(
        self, query: Statement, path: Path, *, order_by: Sequence[str] = (), any_order: bool = False
    ) -> int:
        """Write a query as a folder of Parquet files (zstd), in the order of `order_by`; the number of rows written."""
        from pyspark.sql import functions as f

        frame = self.frame(query)
        if order_by and not any_order:
            frame = frame.orderBy(*[f.col(_quoted(name)).asc_nulls_first() for name in order_by])
        target = self.place(path)
        with faults(str(path)):
            frame.write.mode("overwrite").parquet(target)
            return int(self._session.read.parquet(target).count())

    def write_csv(self, query: Statement, path: Path) -> int:
        """Write a query to a CSV file (UTF-8, header, commas), row by row; the number of rows written."""
        import csv

        frame = self.frame(query)
        written = 0
        with faults(str(path)), path.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle, lineterminator="\n")
            writer.writerow(frame.columns)
            for row in frame.toLocalIterator():
                writer.writerow(["" if value is None else value for value in row])
                written += 1
        return written

    def upload(self, file: Path, folder: Path) -> None:
        """Copy a local file into what the folder is for Spark. Raises EngineError."""
        target = f"{self.place(folder)}/{file.name}"
        with faults(target):
            at, system = self._hadoop(target)
            system.copyFromLocalFile(False, True, self._hadoop(file.resolve().as_uri())[0], at)

    def folder_sizes(self, folder: Path) -> dict[str, int]:
        """Bytes of what lies in the folder, by name; nothing where it isn't there. Raises EngineError."""
        target = self.place(folder)
        with faults(target):
            at, system = self._hadoop(target)
            found = system.listStatus(at) if system.exists(at) else []
            names = [item.getPath().getName() for item in found]
            return {
                name: int(system.getContentSummary(item.getPath()).getLength())
                for name, item in sorted(zip(names, found, strict=True), key=lambda pair: pair[0])
            }

    def _hadoop(self, url: str) -> tuple[Any, Any]:
        """A path of Hadoop's and its file system, which has no other door."""
        jvm: Any = self._session._jvm  # noqa: SLF001
        at = jvm.org.apache.hadoop.fs.Path(url)
        return at, at.getFileSystem(self._session._jsc.hadoopConfiguration())  # noqa: SLF001


class _Reader:
    """Runs the queries of relations."""

    def __init__(self, engine: SparkEngine) -> None:
        self._engine = engine

    def names(self, sql: str) -> list[str]:
        return list(self._engine.describe(sql))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self._engine.rows(sql)

    def count(self, sql: str) -> int:
        frame = self._engine.frame(sql)
        with faults(sql):
            return int(frame.count())

    def frame(self, sql: str, library: str) -> Any:
        found = self._engine.frame(sql)
        with faults(sql):
            table = found.toArrow()
            if library == "pandas":
                return table.to_pandas()
            if library == "pyarrow":
                return table
            import polars as pl

            return pl.from_arrow(table)

    def stream(self, sql: str, requested_schema: object) -> object:
        return self.frame(sql, "pyarrow").__arrow_c_stream__(requested_schema)


def _quoted(name: str) -> str:
    return exp.to_identifier(name, quoted=True).sql(dialect="spark")
