"""Spark's results as NumPy arrays and back: Arrow in between, and DuckDB's own reading of it.

So an array holds the same whichever engine it came from, as `engine/arrays.py` says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import duckdb

from profithunt.engine.arrays import copy_query, fetch_arrays

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray
    from pyspark.sql import DataFrame

_GIVEN = "given"


def columns_of(table: pa.Table) -> dict[str, NDArray[Any]]:
    """Every column of an Arrow table as an array, masked where it has nulls."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register(_GIVEN, table)
        return fetch_arrays(connection.execute(f"SELECT * FROM {_GIVEN}"))


def batches_of(frame: DataFrame, rows: int) -> Iterator[dict[str, NDArray[Any]]]:
    """The rows of a data frame, `rows` at a time, in their order; no more than a partition is held at once."""
    from pyspark.sql.pandas.types import to_arrow_schema

    schema = to_arrow_schema(frame.schema)
    held: list[tuple[Any, ...]] = []
    for row in frame.toLocalIterator(prefetchPartitions=False):
        held.append(tuple(row))
        if len(held) == rows:
            yield columns_of(_table(schema, held))
            held = []
    if held:
        yield columns_of(_table(schema, held))


def _table(schema: pa.Schema, rows: list[tuple[Any, ...]]) -> pa.Table:
    import pyarrow as pa

    columns = zip(*rows, strict=True)
    return pa.table(
        [pa.array(list(values), type=item.type) for values, item in zip(columns, schema, strict=True)], schema=schema
    )


def table_of(arrays: Mapping[str, NDArray[Any]]) -> pa.Table:
    """Arrays of one length as an Arrow table; masked values and NaN are null."""
    given, query = copy_query(_GIVEN, arrays)
    with duckdb.connect() as connection:
        # Objects are text, also where the first thousand are missing.
        connection.execute("SET GLOBAL pandas_analyze_sample = 0")
        connection.register(_GIVEN, given)
        return connection.sql(query.sql(dialect="duckdb")).to_arrow_table()
