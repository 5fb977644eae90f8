"""A result that any data-frame library can take: rows, pandas, Polars, or the Arrow PyCapsule interface."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Protocol

from profithunt.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    import polars as pl
    import pyarrow as pa


class Reader(Protocol):
    """What runs a relation's query. Every method raises EngineError for a query that the engine refuses."""

    def names(self, sql: str) -> list[str]:
        """Names of the columns."""

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows."""

    def count(self, sql: str) -> int:
        """How many rows there are."""

    def frame(self, sql: str, library: str) -> Any:
        """The rows as a frame of `pandas`, `polars` or `pyarrow`."""

    def stream(self, sql: str, requested_schema: object) -> object:
        """The rows as an Arrow stream (a PyCapsule)."""


class Relation:
    """A query on a run that runs each time it is read.

    `rows()` and `dicts()` need nothing installed; `df()` needs pandas, `pl()` Polars, `arrow()` pyarrow. Anything that
    speaks the Arrow PyCapsule interface (Narwhals, Polars, pandas, nanoarrow …) takes the object itself.
    """

    def __init__(self, reader: Reader, sql: str) -> None:
        self._reader = reader
        self.sql = sql

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return self._reader.names(self.sql)

    def rows(self) -> list[tuple[Any, ...]]:
        """All rows, as tuples."""
        return self._reader.rows(self.sql)

    def dicts(self) -> list[dict[str, Any]]:
        """All rows, as dictionaries by column name."""
        names = self.columns
        return [dict(zip(names, row, strict=True)) for row in self.rows()]

    def __len__(self) -> int:
        return self._reader.count(self.sql)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.dicts())

    def df(self) -> pd.DataFrame:
        """The rows as a pandas data frame."""
        frame: pd.DataFrame = self._convert("pandas")
        return frame

    def pl(self) -> pl.DataFrame:
        """The rows as a Polars data frame."""
        frame: pl.DataFrame = self._convert("polars")
        return frame

    def arrow(self) -> pa.Table:
        """The rows as an Arrow table."""
        table: pa.Table = self._convert("pyarrow")
        return table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The rows as an Arrow stream, without any library in between."""
        return self._reader.stream(self.sql, requested_schema)

    def _convert(self, library: str) -> Any:
        if find_spec(library) is None:
            raise UsageError(f"this needs {library}", do=f"install it with: pip install {library}")
        return self._reader.frame(self.sql, library)
