"""Columns as NumPy arrays, in and out: the border between what SQL computes over rows and what models estimate.

What an array holds is the same on every engine:

- integers keep their width, DOUBLE and FLOAT stay, BOOLEAN is `bool`; DECIMAL and HUGEINT become `float64` (money
  loses its exactness here, so sums are made in SQL);
- text is an object array of `str`; DATE is `datetime64[D]`, times are `datetime64[us]` in UTC;
- a column with nulls is a `numpy.ma.MaskedArray`, one without is a plain array. NaN is a value on the way out and null
  on the way in, since no figure of a table is ever "not a number".

NumPy itself is imported by DuckDB only, when the first array is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import duckdb
from sqlglot import exp

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def fetch_arrays(result: duckdb.DuckDBPyConnection) -> dict[str, NDArray[Any]]:
    """Every column of an executed query, by name, in its order."""
    kinds = [str(column[1]) for column in result.description or ()]
    columns: dict[str, NDArray[Any]] = result.fetchnumpy()
    return {
        name: _plain(column.astype("datetime64[D]") if kind == "DATE" else column)
        for (name, column), kind in zip(columns.items(), kinds, strict=True)
    }


def _plain(column: NDArray[Any]) -> NDArray[Any]:
    """The column without a mask that hides nothing."""
    mask = getattr(column, "mask", None)
    return column if mask is None or mask.any() else column.data  # type: ignore[return-value]


def batches(connection: duckdb.DuckDBPyConnection, table: str, rows: int) -> Iterator[dict[str, NDArray[Any]]]:
    """The rows of a table that nobody changes, `rows` at a time, in their order.

    Reads by row number, which the engine finds without reading what comes before (LIMIT and OFFSET would read it
    again for every batch).
    """
    name = exp.to_identifier(table, quoted=True)
    count = connection.execute(exp.select("COUNT(*)").from_(name).sql(dialect="duckdb")).fetchall()[0][0]
    text = exp.select("*").from_(name).where("rowid >= $1 AND rowid < $2").sql(dialect="duckdb")
    for start in range(0, count, rows):
        yield fetch_arrays(connection.execute(text, [start, start + rows]))


def copy_query(handle: str, arrays: Mapping[str, NDArray[Any]]) -> tuple[dict[str, NDArray[Any]], exp.Select]:
    """What to register under `handle`, and the query that makes a table of it.

    Masks go in as columns of their own, since not every version of the engine reads them.
    """
    given: dict[str, NDArray[Any]] = {}
    chosen: list[exp.Expr] = []
    for number, (name, array) in enumerate(arrays.items()):
        value, missing = f"c{number}", f"m{number}"
        mask = getattr(array, "mask", None)
        given[value] = _readable(array if mask is None else array.data)  # type: ignore[arg-type]
        column: exp.Expr = exp.column(value)
        if mask is not None and mask.any():
            given[missing] = _readable(mask)
            column = exp.Case().when(exp.not_(exp.column(missing)), column)
        if (kind := _column_type(array.dtype)) is not None:
            column = exp.cast(column, kind, dialect="duckdb")
        chosen.append(exp.alias_(column, name, quoted=True))
    return given, exp.select(*chosen).from_(exp.to_identifier(handle, quoted=True))


def _readable(array: NDArray[Any]) -> NDArray[Any]:
    """The array in a type that the engine knows, without a copy where it already is one."""
    dtype = array.dtype
    if dtype.kind == "U":
        return array.astype(object)
    if dtype.kind == "M":
        return array.astype("datetime64[us]")
    # Values that don't lie one after the other are copied: the engine reads only forwards.
    return array.astype(dtype.newbyteorder("="), order="C", copy=not array.flags.c_contiguous)


def _column_type(dtype: np.dtype[Any]) -> str | None:
    """The column's type where the array's own would not say it."""
    if dtype.kind in "OU":
        return "TEXT"
    return "DATE" if dtype == "datetime64[D]" else None
