"""DuckDB behind one small door: statements in, rows, Arrow streams or Parquet files out.

Nothing above this package imports `duckdb`. A connection never keeps an open result: DuckDB 2 refuses the next
statement while one is pending.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import count, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import duckdb
from sqlglot import exp

from profithunt.engine.arrays import batches, copy_query, fetch_arrays
from profithunt.engine.engine import Parameters, Span, Statement
from profithunt.engine.relation import Relation
from profithunt.errors import EngineError

if TYPE_CHECKING:
    from types import TracebackType

    from numpy.typing import NDArray

_MEMORY_SHARE = 0.6
_POOL_SHARE = 0.88
"""What DuckDB may hold of the memory allowed: its limit counts neither Parquet writers nor what the allocator keeps."""

_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([kmgt])(i?)b?\s*", re.IGNORECASE)
# Small dictionaries: most columns have too many values for one, and building it only to drop it is half the write.
_PARQUET = (
    "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, PARQUET_VERSION v2, DICTIONARY_SIZE_LIMIT 1000,"
    " WRITE_BLOOM_FILTER false"
)
_PART = "part"
_CHANGES_NAMES = ("CREA", "DROP", "ALTE", "ATTA", "DETA", "USE ")
"""How statements begin after which names may stand for something else."""
_SERVED = "served"
_FEW_ROWS = 16_384
"""Rows that are told apart by their smallest and largest key: as few as DuckDB's own minimum allows to be worth it."""


def sql_of(statement: Statement) -> str:
    """The statement as DuckDB text; text is taken as it is."""
    return statement if isinstance(statement, str) else statement.sql(dialect="duckdb")


def quoted(name: str) -> str:
    """A name as DuckDB text, whatever characters it holds."""
    return exp.to_identifier(name, quoted=True).sql(dialect="duckdb")


def default_memory_limit() -> str:
    """60 % of the machine's memory, as DuckDB writes it."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{int(total * _MEMORY_SHARE / 1_000_000)}MB"


def pool_limit(memory: str) -> str:
    """DuckDB's own limit, so that the process stays within `memory`; what is no size is left to DuckDB to refuse."""
    size = _SIZE.fullmatch(memory)
    if size is None:
        return memory
    step = 1024 if size[3] else 1000
    return f"{int(float(size[1]) * step ** ('kmgt'.index(size[2].lower()) + 1) * _POOL_SHARE / 1000)}KB"


class Engine:
    """One DuckDB in memory that spills to `temp_dir`.

    `memory_limit` as in `4GB` is what the process may take (default 60 % of the machine); `threads` (default all cores)
    work at once.
    Use as a context manager, or call `close`.
    """

    dialect = "duckdb"

    def __init__(
        self, *, memory_limit: str | None = None, threads: int | None = None, temp_dir: Path | None = None
    ) -> None:
        spill = temp_dir or Path(tempfile.gettempdir())
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": pool_limit(memory_limit or default_memory_limit()),
            "temp_directory": str(spill / f"profithunt-{os.getpid()}"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        if threads is not None:
            config["threads"] = threads
        try:
            self._connection = duckdb.connect(":memory:", config=config)
        except duckdb.Error as error:
            raise EngineError(f"DuckDB could not start: {error}", do="check [limits] in shop.toml") from error
        self.run("SET TimeZone = 'UTC'")
        self._numbers = count(1)
        self._known: dict[str, list[str]] = {}
        # DuckDB draws a bar of its own where it can; setting it where it can't (Jupyter without widgets) is an error.
        if self.value("SELECT current_setting('enable_progress_bar')"):
            self.run("SET enable_progress_bar = false")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give memory and spill files back."""
        self._connection.close()

    @property
    def version(self) -> str:
        """Name and version of the engine, e.g. `duckdb 2.0.0`."""
        return f"duckdb {duckdb.__version__}"

    def run(self, statement: Statement, params: Parameters = None) -> None:
        """Execute a statement whose result nobody reads. Raises EngineError."""
        self.rows(statement, params)

    def rows(self, statement: Statement, params: Parameters = None) -> list[tuple[Any, ...]]:
        """All rows of a query, as tuples; for results that fit the driver. Raises EngineError."""
        return self.fetch(statement, params)[1]

    def fetch(self, statement: Statement, params: Parameters = None) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Column names and all rows of a query. Raises EngineError."""
        text = sql_of(statement)
        if text.lstrip()[:4].upper() in _CHANGES_NAMES:
            self._known = {}
        try:
            result = self._connection.execute(text, params) if params else self._connection.execute(text)
            names = [str(column[0]) for column in result.description or ()]
            return names, result.fetchall() if names else []
        except duckdb.Error as error:
            raise EngineError(_first_lines(error), where=_where(text)) from error

    def dicts(self, statement: Statement, params: Parameters = None) -> list[dict[str, Any]]:
        """All rows of a query, as dictionaries by column name."""
        names, rows = self.fetch(statement, params)
        return [dict(zip(names, row, strict=True)) for row in rows]

    def value(self, statement: Statement, params: Parameters = None) -> Any:
        """The first column of the first row, or None."""
        rows = self.rows(statement, params)
        return rows[0][0] if rows else None

    def arrays(self, statement: Statement, params: Parameters = None) -> dict[str, NDArray[Any]]:
        """The columns of a query as NumPy arrays, masked where null; `engine/arrays.py` says which type becomes which.

        Raises EngineError.
        """
        text = sql_of(statement)
        try:
            return fetch_arrays(self._connection.execute(text, params) if params else self._connection.execute(text))
        except duckdb.Error as error:
            raise EngineError(_first_lines(error), where=_where(text)) from error

    def array_batches(self, statement: Statement, *, rows: int = 1_000_000) -> Iterator[dict[str, NDArray[Any]]]:
        """The columns of a query as NumPy arrays, `rows` at a time, for results larger than memory.

        The query runs once, into a table that spills to disk and goes when the last batch is read or the reader stops.
        Rows keep the query's order; no rows give no batch. Other statements may run between two batches.
        Raises EngineError.
        """
        text = sql_of(statement)
        name = f"_batches_{next(self._numbers)}"
        try:
            self._connection.execute(f"CREATE TEMPORARY TABLE {quoted(name)} AS {text}")
            yield from batches(self._connection, name, rows)
        except duckdb.Error as error:
            raise EngineError(_first_lines(error), where=_where(text)) from error
        finally:
            self._connection.execute(f"DROP TABLE IF EXISTS temp.{quoted(name)}")

    def relation(self, statement: Statement) -> Relation:
        """A query that runs when it is read, as rows, data frame or Arrow."""
        return Relation(_Reader(self._connection), sql_of(statement))

    def view(self, name: str, query: exp.Expr | str) -> None:
        """Give a query a name."""
        self._create(name, query, "VIEW")

    def table(self, name: str, query: exp.Expr | str) -> None:
        """Run a query and keep its rows in memory under a name."""
        self._create(name, query, "TABLE")

    def _create(self, name: str, query: exp.Expr | str, kind: str) -> None:
        made = f"{kind} {quoted(name)} AS {sql_of(query)}"
        known = self._known
        try:
            self.run(f"CREATE OR REPLACE {made}")
        except EngineError:
            # A table does not replace a view, nor a view a table. Asking first would cost more than all the statements.
            if not self.has(name):
                raise
            self.drop(name)
            self.run(f"CREATE {made}")
        self._known = {**known, name: [kind]}

    def drop(self, name: str) -> None:
        """Forget a view or table, if there is one of this name."""
        for kind in self._kinds(name):
            self.run(f"DROP {kind} {quoted(name)}")

    def _kinds(self, name: str) -> list[str]:
        """What a name stands for; asked once, since to ask takes longer than most of what is asked for a page."""
        if name not in self._known:
            found = self.rows(
                "SELECT table_type FROM information_schema.tables"
                " WHERE table_name = $1 AND table_schema = current_schema() AND table_catalog = current_database()",
                [name],
            )
            self._known[name] = ["VIEW" if row[0] == "VIEW" else "TABLE" for row in found]
        return self._known[name]

    def has(self, name: str) -> bool:
        """Whether a view or table of this name is there."""
        return bool(self._kinds(name))

    def columns(self, name: str) -> dict[str, str]:
        """Columns of a view or table, name → engine type, in their order."""
        return self.describe(exp.select("*").from_(exp.to_identifier(name, quoted=True)))

    def describe(self, query: Statement) -> dict[str, str]:
        """Columns of a query, name → engine type, without running it."""
        return {row[0]: row[1] for row in self.rows(f"DESCRIBE {sql_of(query)}")}

    def attach_parquet(self, name: str, path: Path | Sequence[Path]) -> None:
        """Give Parquet files a name, so that queries read them as a table."""
        paths = [path] if isinstance(path, Path) else list(path)
        files = exp.Array(expressions=[exp.Literal.string(str(item)) for item in paths])
        self.view(name, exp.select("*").from_(exp.func("read_parquet", files, dialect="duckdb")))

    def attach_arrow(self, name: str, source: object) -> None:
        """Copy anything that speaks the Arrow PyCapsule interface into a table."""
        self.drop(name)
        handle = f"_arrow_{name}"
        try:
            self._connection.register(handle, source)
            self.table(name, exp.select("*").from_(exp.to_identifier(handle, quoted=True)))
            self._connection.unregister(handle)
        except duckdb.Error as error:
            raise EngineError(_first_lines(error), where=name) from error

    def attach_arrays(self, name: str, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Copy NumPy arrays of one length into a table, a column each; masked values and NaN become null.

        Object arrays are text; `engine/arrays.py` says which type becomes which. Raises EngineError where lengths
        differ, an array has more than one dimension, or there is none.
        """
        shapes = {column: array.shape for column, array in arrays.items()}
        if len(set(shapes.values())) != 1 or len(next(iter(shapes.values()))) != 1:
            said = ", ".join(f"{column} {shape}" for column, shape in shapes.items()) or "none"
            raise EngineError(f"columns of one length were expected, but got: {said}", where=name)
        handle = f"_arrays_{next(self._numbers)}"
        given, query = copy_query(handle, arrays)
        try:
            # Without a look at the first values: objects are text, also where the first thousand are missing.
            self.run("SET GLOBAL pandas_analyze_sample = 0")
            self._connection.register(handle, given)
            self.table(name, query)
            self._connection.unregister(handle)
        except duckdb.Error as error:
            raise EngineError(_first_lines(error), where=name) from error
        finally:
            self.run("RESET GLOBAL pandas_analyze_sample")

    @contextlib.contextmanager
    def part(self, tables: Sequence[str], key: str, span: Span) -> Iterator[None]:
        """While this lasts, these tables show the rows of a span of keys alone; what is made meanwhile goes with it.

        `span` is (first key, key after the last); None is open. Rows without a key belong to the span without a first.
        """
        within = {
            name: exp.select("*").from_(exp.table_(name, db="main", quoted=True)).where(_within(key, span))
            for name in tables
        }
        with self.shadow(within):
            yield

    @contextlib.contextmanager
    def shadow(self, queries: Mapping[str, Statement], *, stored: bool = False) -> Iterator[None]:
        """While this lasts, each of these names shows its query; what is made meanwhile goes with it.

        Queries read what the names stood for as `main.<name>`. `stored` runs each of them once, in place of whenever
        it is read.
        """
        kind = "TABLE" if stored else "VIEW"
        self.run(f"CREATE SCHEMA {_PART}")
        try:
            for name, query in queries.items():
                self.run(f"CREATE {kind} {_PART}.{quoted(name)} AS {sql_of(query)}")
            self.run(f"SET search_path = '{_PART},main'")
            self._known = {}
            yield
        finally:
            self.run("SET search_path = 'main'")
            self.run(f"DROP SCHEMA {_PART} CASCADE")

    def spans(self, name: str, key: str, number: int) -> list[Span]:
        """About `number` spans of keys that hold about the same number of the table's rows, in order of the keys."""
        if number <= 1:
            return [(None, None)]
        column = exp.column(key)
        rows = self.value(exp.select(exp.Count(this=exp.Star())).from_(name))
        # A hundred keys a span, always the same ones, tell well enough where the spans end.
        one_in = exp.Literal.number(max(1, rows // (100 * number)))
        chosen = exp.EQ(
            this=exp.Mod(this=exp.func("HASH", column), expression=one_in), expression=exp.Literal.number(0)
        )
        present = exp.Is(this=column, expression=exp.null()).not_()
        query = exp.select(column).distinct().from_(name).where(present).order_by(column)
        keys = self.rows(query.where(chosen))
        if len(keys) < number:
            # Few keys with many rows each: a span for each of them.
            keys = self.rows(query.limit(number + 1))
            keys = keys if len(keys) <= number else []
            number = len(keys)
        ends = [keys[round(n * len(keys) / number)][0] for n in range(1, number)] if len(keys) >= number else []
        return list(pairwise([None, *ends, None]))

    def write_parquet(
        self, query: Statement, path: Path, *, order_by: Sequence[str] = (), any_order: bool = False
    ) -> int:
        """Write a query to one Parquet file (zstd), in the order of `order_by`; the number of rows written.

        `any_order` lets the engine write rows as they come, which takes less time and memory.
        """
        body = sql_of(query)
        if order_by:
            keys = ", ".join(f"{quoted(name)} NULLS FIRST" for name in order_by)
            body = f"SELECT * FROM ({body}) AS ordered ORDER BY {keys}"
        target = exp.Literal.string(str(path)).sql(dialect="duckdb")
        self.run(f"SET preserve_insertion_order = {not any_order}")
        try:
            rows = self.rows(f"COPY ({body}) TO {target} ({_PARQUET})")
        finally:
            self.run("SET preserve_insertion_order = true")
        return int(rows[0][0]) if rows else 0

    def write_parts(self, query: Statement, folder: Path, key: str, ends: Sequence[object]) -> list[Path]:
        """Write a query as `folder/0001.parquet` and so on: a file for each span of keys that has rows.

        `ends` are the keys at which a span ends and the next one begins, in their order; rows without a key come first.
        """
        column = exp.column(key)
        number = exp.Case().when(exp.Is(this=column, expression=exp.null()), exp.Literal.number(0))
        for at, end in enumerate(ends, 1):
            number = number.when(exp.LT(this=column.copy(), expression=_literal(end)), exp.Literal.number(at))
        number = number.else_(exp.Literal.number(len(ends) + 1))
        body = f"SELECT *, {number.sql(dialect='duckdb')} AS _part FROM ({sql_of(query)}) AS parted"
        target = exp.Literal.string(str(folder)).sql(dialect="duckdb")
        self.run("SET preserve_insertion_order = false")
        self.run(f"SET partitioned_write_max_open_files = {len(ends) + 2}")
        try:
            self.run(f"COPY ({body}) TO {target} ({_PARQUET}, PARTITION_BY (_part), OVERWRITE_OR_IGNORE)")
        finally:
            self.run("SET preserve_insertion_order = true")
        made = sorted(folder.glob("_part=*/*.parquet"), key=lambda path: (int(path.parent.name[6:]), path.name))
        files = [folder / f"{at:04}.parquet" for at in range(1, len(made) + 1)]
        for source, path in zip(made, files, strict=True):
            source.rename(path)
        for emptied in folder.glob("_part=*"):
            emptied.rmdir()
        return files

    def write_csv(self, query: Statement, path: Path) -> int:
        """Write a query to a CSV file (UTF-8, header, commas); the number of rows written."""
        target = exp.Literal.string(str(path)).sql(dialect="duckdb")
        rows = self.rows(f"COPY ({sql_of(query)}) TO {target} (FORMAT csv, HEADER true)")
        return int(rows[0][0]) if rows else 0

    def write_database(
        self, path: Path, names: Sequence[str], ordered: Mapping[str, tuple[Statement, Sequence[str]]]
    ) -> None:
        """Write a new DuckDB file, for readers that need answers in milliseconds.

        `names` are copied; `ordered` are queries by the name that they get, with the columns that they are sorted by.
        """
        target = exp.Literal.string(str(path)).sql(dialect="duckdb")
        self.run(f"ATTACH {target} AS {_SERVED} (ROW_GROUP_SIZE {_FEW_ROWS})")
        try:
            for name in names:
                self.run(f"CREATE TABLE {_SERVED}.{quoted(name)} AS SELECT * FROM main.{quoted(name)}")
            for name, (query, keys) in ordered.items():
                body = f"SELECT * FROM ({sql_of(query)}) AS ordered ORDER BY {', '.join(quoted(key) for key in keys)}"
                self.run(f"CREATE TABLE {_SERVED}.{quoted(name)} AS {body}")
        finally:
            self.run(f"DETACH {_SERVED}")

    def attach_database(self, path: Path) -> None:
        """Read the tables of a DuckDB file under their names, in place of what had these names. Nobody may write it."""
        target = exp.Literal.string(str(path)).sql(dialect="duckdb")
        self.run(f"ATTACH {target} AS {_SERVED} (READ_ONLY)")
        for (name,) in self.rows("SELECT table_name FROM duckdb_tables() WHERE database_name = $1", [_SERVED]):
            self.view(str(name), exp.select("*").from_(exp.table_(name, db="main", catalog=_SERVED, quoted=True)))


class _Reader:
    """Runs the queries of relations, each on a cursor of its own."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def names(self, sql: str) -> list[str]:
        return [row[0] for row in self.rows(f"DESCRIBE {sql}")]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        try:
            return self._connection.cursor().execute(sql).fetchall()
        except duckdb.Error as error:
            raise EngineError(str(error).split("\n")[0]) from error

    def count(self, sql: str) -> int:
        return int(self.rows(f"SELECT COUNT(*) FROM ({sql}) AS counted")[0][0])

    def frame(self, sql: str, library: str) -> Any:
        try:
            found = self._connection.cursor().sql(sql)
            if library == "pandas":
                return found.df()
            return found.pl() if library == "polars" else found.to_arrow_table()
        except duckdb.Error as error:
            raise EngineError(str(error).split("\n")[0]) from error

    def stream(self, sql: str, requested_schema: object) -> object:
        return self._connection.cursor().sql(sql).__arrow_c_stream__(requested_schema)


def _literal(value: object) -> exp.Expr:
    return exp.Literal.string(str(value))


def _within(key: str, span: Span) -> exp.Expr:
    first, after = span
    column = exp.column(key)
    low = exp.GTE(this=column, expression=exp.Literal.string(first)) if first is not None else exp.true()
    high = exp.LT(this=column, expression=exp.Literal.string(after)) if after is not None else exp.true()
    bounds = exp.and_(low, high)
    return bounds if first is not None else exp.or_(bounds, exp.Is(this=column, expression=exp.null()))


def _first_lines(error: Exception) -> str:
    """The engine's message without the statement that it repeats."""
    text = str(error).split("\n\nLINE ")[0]
    return " ".join(text.split())[:600]


def _where(text: str) -> str:
    return "statement " + " ".join(text.split())[:120]
