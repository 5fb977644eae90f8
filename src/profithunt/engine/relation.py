"""A result that any data-frame library can take: rows, pandas, Polars, or the Arrow PyCapsule interface."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import duckdb

from profithunt.errors import EngineError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd
    import polars as pl
    import pyarrow as pa


class Relation:
    """A query on a run that runs each time it is read.

    `rows()` and `dicts()` need nothing installed; `df()` needs pandas, `pl()` Polars, `arrow()` pyarrow. Anything that
    speaks the Arrow PyCapsule interface (Narwhals, Polars, pandas, nanoarrow …) takes the object itself.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, sql: str) -> None:
        self._connection = connection
        self.sql = sql

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return [row[0] for row in self._fetch(f"DESCRIBE {self.sql}")]

    def rows(self) -> list[tuple[Any, ...]]:
        """All rows, as tuples."""
        return self._fetch(self.sql)

    def dicts(self) -> list[dict[str, Any]]:
        """All rows, as dictionaries by column name."""
        names = self.columns
        return [dict(zip(names, row, strict=True)) for row in self.rows()]

    def __len__(self) -> int:
        return int(self._fetch(f"SELECT COUNT(*) FROM ({self.sql}) AS counted")[0][0])

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.dicts())

    def df(self) -> pd.DataFrame:
        """The rows as a pandas data frame."""
        frame: pd.DataFrame = self._convert("pandas", lambda cursor: cursor.sql(self.sql).df())
        return frame

    def pl(self) -> pl.DataFrame:
        """The rows as a Polars data frame."""
        frame: pl.DataFrame = self._convert("polars", lambda cursor: cursor.sql(self.sql).pl())
        return frame

    def arrow(self) -> pa.Table:
        """The rows as an Arrow table."""
        table: pa.Table = self._convert("pyarrow", lambda cursor: cursor.sql(self.sql).to_arrow_table())
        return table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The rows as an Arrow stream, without any library in between."""
        return self._connection.cursor().sql(self.sql).__arrow_c_stream__(requested_schema)

    def _convert(self, library: str, read: Callable[[duckdb.DuckDBPyConnection], Any]) -> Any:
        if find_spec(library) is None:
            raise UsageError(f"this needs {library}", do=f"install it with: pip install {library}")
        try:
            return read(self._connection.cursor())
        except duckdb.Error as error:
            raise EngineError(str(error).split("\n")[0]) from error

    def _fetch(self, sql: str) -> list[tuple[Any, ...]]:
        try:
            return self._connection.cursor().execute(sql).fetchall()
        except duckdb.Error as error:
            raise EngineError(str(error).split("\n")[0]) from error
